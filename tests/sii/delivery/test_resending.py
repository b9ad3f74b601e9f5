"""A person has one document go to the SII again, whatever keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger import presence
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import load
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.client import Client
from dteplanows.sii.delivery import by_person
from dteplanows.sii.delivery.context import Delivery, SharedTokens
from dteplanows.sii.delivery.resending import resend, way_of
from dteplanows.sii.service import Sii
from tests.installation import Installation, make_installation
from tests.issuing.test_after_refusal import brought_to, issued
from tests.issuing.test_issued_before import file

SERVER = "simulador"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def enveloped(made: Installation) -> tuple[StoredDocument, StoredEnvelope]:
    """A document in an envelope that was not sent."""
    stored = issued(made, file())
    addresses = addresses_of(load(directorio=made.ledger.directory))
    tools = Delivery(made.ledger, Sii(Client(), addresses, SharedTokens(made.ledger)), presence.new_worker())
    (due,) = made.ledger.deliveries.due()
    (envelope,) = by_person.form_now(tools, due.group, by_hand=False)
    return stored, envelope


def how(made: Installation, stored: StoredDocument) -> str:
    return way_of(made.ledger, stored, SERVER).how


def state(made: Installation, stored: StoredDocument) -> str:
    found = made.ledger.deliveries.find(stored.id)
    assert found
    return found.estado


def test_what_waits_for_its_turn_or_has_ended_is_not_sent_again(made: Installation) -> None:
    waiting, accepted, refused_one = (issued(made, file()) for _ in range(3))
    brought_to(made, accepted, "aceptado", "")
    brought_to(made, refused_one, "rechazado")
    for stored in (waiting, accepted, refused_one):
        before = state(made, stored)
        assert how(made, stored) == ""
        with pytest.raises(Refused) as refused:
            resend(made.ledger, made.company, stored, SERVER)
        assert [one.code for one in refused.value.problems] == ["SII-046"]
        assert state(made, stored) == before


def test_what_was_stopped_alone_is_due_again(made: Installation) -> None:
    stored = issued(made, file())
    made.ledger.deliveries.move([stored.id], Step("detenido"))
    assert resend(made.ledger, made.company, stored, SERVER).how == "enviar"
    assert state(made, stored) == "pendiente"
    assert "documentos adoptados" in [one.tipo for one in made.ledger.events.changes()]


def test_an_envelope_that_waits_goes_on_at_once(made: Installation) -> None:
    stored, envelope = enveloped(made)
    made.ledger.envelopes.change(envelope, {"siguiente": envelope.siguiente + 3600})
    assert resend(made.ledger, made.company, stored, SERVER).how == "reintentar"
    after = made.ledger.envelopes.find(envelope.id)
    assert after
    assert after.siguiente < envelope.siguiente + 3000
    assert "envío reintentado" in [one.tipo for one in made.ledger.events.changes()]


def test_what_the_sii_refused_whole_travels_in_a_new_envelope(made: Installation) -> None:
    stored, envelope = enveloped(made)
    found = {"estado": "detenido", "estado_sii": "RCT", "subidas": 1, "track_id": "77", "siguiente": 0.0}
    made.ledger.envelopes.change(envelope, found, [Step("detenido")])
    assert resend(made.ledger, made.company, stored, SERVER).how == "rehacer"
    assert state(made, stored) == "pendiente"
    assert how(made, stored) == ""


def test_an_envelope_that_a_person_uploads_is_left_to_that_person(made: Installation) -> None:
    stored, envelope = enveloped(made)
    made.ledger.envelopes.change(envelope, {"siguiente": 0.0})
    assert how(made, stored) == ""
