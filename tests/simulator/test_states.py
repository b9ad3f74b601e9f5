"""Each state of the tables that questions are answered with, provoked over the wire."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dteplanows.simulator.tables import texts
from tests.simulator import maker
from tests.simulator.client import Client, fields
from tests.simulator.maker import Dte, envelope, reference
from tests.simulator.test_authentication import wrong


def with_users(client: Client, rut: str, *rights: str) -> str:
    """An envelope of a company that from now on lets only *rut* do something."""
    track, _ = client.deliver(envelope([Dte()]))
    client.control("/empresas", {"rut": maker.COMPANY, "usuarios": {rut: list(rights)}})
    return track


def just_sent(client: Client) -> str:
    """An envelope whose first state is far away."""
    client.control("/opciones", {"demora": 600})
    return client.upload(envelope([Dte()])).xml()["TRACKID"]


def by_a_token(client: Client, token: str) -> str:
    client.token = token
    return "1"


def by_one_that_ended(client: Client) -> str:
    client.control("/tokens/vencer", {})
    return "1"


ASKED: dict[str, Callable[[Client], str]] = {
    "001": by_one_that_ended,
    "002": lambda client: by_a_token(client, "NINGUNO"),
    "003": lambda client: by_a_token(client, ""),
    "-1": lambda client: "5",
    "-3": lambda client: with_users(client, maker.STRANGER, "consultar"),
    "-6": lambda client: with_users(client, maker.PERSON, "enviar", "firmar"),
    "-11": just_sent,
}
"""What is asked QueryEstUp about, by its answer."""


@pytest.mark.parametrize("state", texts("query_states"))
def test_of_an_envelope(client: Client, state: str) -> None:
    found = fields(client.envelope_state(ASKED[state](client)).encode())
    assert (found["ESTADO"], found["GLOSA"]) == (state, texts("query_states")[state])


def test_of_a_token() -> None:
    """Each of them is a case of the test of tokens; too many sessions have one of their own."""
    assert set(texts("token_states")) == {*wrong("1"), "sesiones"}


def by_note(tipo: int, cod: str) -> Callable[[Client], dict[str, str]]:
    def ask(client: Client) -> dict[str, str]:
        client.deliver(envelope([Dte(), Dte(tipo, references=reference("33", 1, cod))]))
        return client.document_state(33, 1)

    return ask


def received(client: Client, monto: str = "1190") -> dict[str, str]:
    client.deliver(envelope([Dte()]))
    return client.document_state(33, 1, monto)


def void(client: Client) -> dict[str, str]:
    client.control("/folios-anulados", {"rut": maker.COMPANY, "tipo": 33, "desde": 1, "hasta": 1})
    return client.document_state(33, 1)


def unknown(client: Client) -> dict[str, str]:
    client.control("/opciones", {"solo_registradas": True})
    return client.document_state(33, 1)


DOCUMENTS: dict[str, Callable[[Client], dict[str, str]]] = {
    "DOK": received, "DNK": lambda client: received(client, "7"), "FAU": lambda client: client.document_state(33, 1),
    "FAN": void, "EMP": unknown, "AND": by_note(56, "1"), "ANC": by_note(61, "1"), "TMD": by_note(56, "2"),
    "TMC": by_note(61, "2"), "MMD": by_note(56, "3"), "MMC": by_note(61, "3"),
}  # fmt: skip


@pytest.mark.parametrize("state", texts("document_states"))
def test_of_a_document(client: Client, state: str) -> None:
    found = DOCUMENTS[state](client)
    assert (found["ESTADO"], found["ERR_CODE"]) == (state, texts("document_states")[state])


MAILS: dict[str, Callable[[Client], str]] = {
    "0": lambda client: client.mail_again(client.deliver(envelope([Dte()]))[0]),
    "101": lambda client: client.mail_again("1", DvEmpresa="9"),
    "102": lambda client: client.mail_again(""),
    "104": lambda client: client.mail_again(by_a_token(client, "NINGUNO")),
    "105": lambda client: client.mail_again("5"),
    "106": lambda client: client.mail_again(with_users(client, maker.STRANGER, "consultar")),
    "114": lambda client: client.mail_again(just_sent(client)),
}


@pytest.mark.parametrize("state", texts("mail_states"))
def test_of_a_mail(client: Client, state: str) -> None:
    assert MAILS[state](client) == state
