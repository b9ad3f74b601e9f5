"""``RegIP``: where a customer's program waits for documents to print, from networks that were allowed."""

from __future__ import annotations

import pytest

from dteplanows.settings.networks import networks
from dteplanows.soap.limits import USUAL
from dteplanows.soap.operations.documents import NOT_REGISTERED
from tests.installation import USUARIO, Installation
from tests.soap.document_calls import LOGIN, call, order
from tests.soap.soap_support import Caller, envelope


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def test_a_listener_is_registered_with_its_address(made: Installation, caller: Caller) -> None:
    for _ in range(2):
        assert order(call(caller, "RegIP", puerto=9978)) == "OK"
    assert made.ledger.marks.listeners() == []
    told = [event.detalle for event in made.ledger.events.of() if event.tipo == NOT_REGISTERED]
    assert told == ["203.0.113.7, puerto 9978: no está en las redes del ajuste regip_redes"]
    caller = Caller(made.issuer, limits=USUAL._replace(regip_networks=networks("10.0.0.0/8, 203.0.113.0/24")))
    assert order(call(caller, "RegIP", puerto=9978)) == "OK"
    assert order(call(caller, "RegIP", plain=True, puerto=9350)) == "OK"

    found = made.ledger.marks.listeners()
    assert sorted((one.ip, one.puerto, one.usuario) for one in found) == [
        ("203.0.113.7", 9350, USUARIO), ("203.0.113.7", 9978, USUARIO),
    ]  # fmt: skip
    assert {(one.vence - one.momento).total_seconds() for one in found} == {USUAL.regip_minutes * 60}


@pytest.mark.parametrize("puerto", ["0", "65536", "-1", "cien", "123456"])
def test_ports_that_are_none(made: Installation, caller: Caller, puerto: str) -> None:
    for plain in (True, False):
        text = order(call(caller, "RegIP", plain=plain, puerto=puerto))
        assert text.startswith("[SRV-080]") and f"«{puerto}»" in text


def test_a_listener_needs_an_address(made: Installation, caller: Caller) -> None:
    body = f"<RegIP>{LOGIN}<puerto>9978</puerto></RegIP>"
    assert order(caller.post(envelope(body), REMOTE_ADDR="")).startswith("[SRV-081]")
