"""What the pages of the envelopes show: the list, one envelope with its documents, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger import presence
from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import NEWEST, WantedEnvelopes
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import Owner
from dteplanows.portal.badges import badge_of
from dteplanows.settings import Settings
from dteplanows.sii.delivery.told import envelope_row, reasons_of, said
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import Reason, read_reason
from dteplanows.status.rows import Row

PAGE = 30
"""Envelopes of one page."""

DOCUMENTS = 100
"""Documents of an envelope that are shown; those with reasons first."""

STOPPED = 20
"""Stopped documents that are shown."""

_MOVING = tuple(one for one in STATES[:4])
"""States that pass without a person."""


class StateCount(NamedTuple):
    """How many documents are in one state."""

    estado: str
    documents: int
    kind: str
    """Of its badge."""


class EnvelopeLine(NamedTuple):
    """An envelope in the list."""

    envelope: StoredEnvelope
    said: str
    """What the SII said last, or why it is where it is."""


class Listed(NamedTuple):
    """A page of the list."""

    lines: tuple[EnvelopeLine, ...]
    next: int
    """Before which id the next page begins; 0 where there is none."""


class StoppedDocument(NamedTuple):
    """A document that waits for a person."""

    tipo: int
    folio: int
    name: str
    receptor: str
    since: datetime
    envio: int | None
    reasons: tuple[Reason, ...]
    detail: str
    """Why it was stopped, as its last step says it."""


def counts(ledger: Ledger, company: Company) -> list[StateCount]:
    """How many documents of *company* are in each state, but for those that are accepted as they are."""
    found = ledger.undelivered.counts().get(Owner(company.ambiente, company.rut), {})
    return [StateCount(one, found[one], badge_of(one)) for one in STATES if found.get(one)]


def is_moving(found: Iterable[StateCount]) -> bool:
    """Whether something changes by itself."""
    return any(one.estado in _MOVING for one in found)


def listed(ledger: Ledger, company: Company, situacion: str, before: int = 0) -> Listed:
    """The envelopes of *company*, newest first.

    :param situacion: only those; empty for all.
    :param before: only those with a lower number; 0 for the newest.
    """
    wanted = WantedEnvelopes(company.ambiente, company.rut, situacion)
    found = ledger.envelopes.page(wanted, PAGE + 1, before or NEWEST)
    lines = tuple(EnvelopeLine(one, said(envelope_row(one))) for one in found[:PAGE])
    return Listed(lines, found[PAGE - 1].id if len(found) > PAGE else 0)


def worker_lives(settings: Settings) -> bool | None:
    """Whether something delivers; None where nobody can tell, or nothing should."""
    return presence.alive(settings.directorio, "entrega") if settings.sii_enviar else None


def row_of(seen: Iterable[Row]) -> Row | None:
    """What ``estado`` says of the delivery of the company, where it has something to say."""
    return next((one for one in seen if "sin_enviar" in one.facts), None)


def stopped(ledger: Ledger, company: Company) -> list[StoppedDocument]:
    """The documents that wait for a person, the newest first, up to :data:`STOPPED` of them."""
    found = []
    for one in islice(ledger.finding.found(company, Wanted(estado="detenido")), STOPPED):
        standing = ledger.deliveries.find(one.id)
        if standing is None:
            continue
        steps = ledger.deliveries.history(one.id)
        detail = steps[-1].detalle if steps else ""
        reasons = tuple(map(read_reason, standing.motivos.splitlines()))
        found.append(
            StoppedDocument(
                one.tipo, one.folio, DOCUMENT_NAMES.get(one.tipo, ""), one.razon_social_receptor, standing.desde,
                standing.envio_id, reasons, detail,
            )
        )  # fmt: skip
    return found


# --- one envelope ------------------------------------------------------------------------------------------------


class TravelledDocument(NamedTuple):
    """A document of an envelope."""

    tipo: int
    folio: int
    estado: str
    kind: str
    """Of its badge."""
    reasons: list[dict[str, str]]
    """As :func:`~dteplanows.sii.delivery.told.reasons_of` gives them."""


class OneEnvelope(NamedTuple):
    """All of the page."""

    envelope: StoredEnvelope
    row: Mapping[str, Any]
    said: str
    outcome: str
    """How the last call failed, in words; empty where it did not."""
    remedy: str
    """What to do about that."""
    documents: tuple[TravelledDocument, ...]
    more: int
    """Documents that are not shown."""
    is_moving: bool


def find(ledger: Ledger, company: Company, number: int) -> StoredEnvelope | None:
    """The envelope of that number, if it is one of *company*."""
    one = ledger.envelopes.find(number)
    return one if one and (one.ambiente, one.rut_emisor) == (company.ambiente, company.rut) else None


def show(ledger: Ledger, one: StoredEnvelope) -> OneEnvelope:
    """All that is shown of an envelope but its conversation."""
    row, outcome = envelope_row(one), OUTCOMES.get(one.resultado)
    failed = outcome if outcome and outcome.name not in ("respondido", "recibido", "aun_no") else None
    documents = tuple(islice(_documents(ledger, one), DOCUMENTS))
    return OneEnvelope(
        one, row, said(row), failed.meaning if failed else "", failed.remedy if failed else "", documents,
        max(0, one.documentos - len(documents)), bool(one.siguiente) or one.estado == "enviando",
    )  # fmt: skip


def _documents(ledger: Ledger, one: StoredEnvelope) -> Iterator[TravelledDocument]:
    """Its documents: those with reasons first; at the end those that travel in another one now."""
    here = ledger.deliveries.of_envelope(one.id)
    for each in sorted(here, key=lambda document: not document.motivos):
        yield TravelledDocument(each.tipo, each.folio, each.estado, badge_of(each.estado), reasons_of(each.motivos))
    known = {each.documento_id for each in here}
    for identifier in ledger.envelopes.documents(one.id):
        document = None if identifier in known else ledger.documents.by_id(identifier)
        if document:
            yield TravelledDocument(document.tipo, document.folio, "en otro envío", "plain", [])
