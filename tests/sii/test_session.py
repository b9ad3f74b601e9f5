"""Seed and token, in both families, and that tokens are shared, renewed and never asked for in vain."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest

from dteplanows.sii.calls import Reply
from dteplanows.sii.client import Client
from dteplanows.sii.session import Family, read_seed, read_token
from dteplanows.sii.tokens import AGE, PAUSE, Tokens, key_of
from tests.installation import Installation
from tests.signer.signer_support import needs_xmlsec1, signer, xmlsec1_accepts
from tests.sii import shapes
from tests.sii.conftest import QUICK, hosts_at
from tests.sii.server import Say, Server

FAMILIES: list[Family] = ["soap", "boletas"]


class Clock:
    """The time, which a test moves."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(Client(QUICK), clock=clock)


def asked(server: Server) -> int:
    """How often a token was asked for."""
    return sum("Token" in path or "token" in path for path in server.paths())


@pytest.mark.parametrize(("family", "value"), [("soap", "TOKEN-1"), ("boletas", "BOLETAS-1")])
def test_a_session_is_opened(server: Server, tokens: Tokens, family: Family, value: str) -> None:
    found = tokens.get(signer(), "pruebas", family, hosts_at(server.address))
    assert (found.outcome.name, found.value) == ("respondido", value)
    first, second = server.seen
    assert (first.method, second.method) == (("POST", "POST") if family == "soap" else ("GET", "POST"))
    assert all("PROG 1.0" in one.headers["user-agent"] for one in server.seen)
    if family == "soap":
        assert (first.headers["soapaction"], second.path) == ('""', "/DTEWS/GetTokenFromSeed.jws")
    else:
        assert second.headers["content-type"] == "application/xml"


@needs_xmlsec1
@pytest.mark.parametrize(("family", "seed"), [("soap", "047682999999"), ("boletas", "030530912644")])
def test_the_seed_that_was_given_is_signed(
    server: Server, tokens: Tokens, tmp_path: Path, family: Family, seed: str
) -> None:
    tokens.get(signer(), "pruebas", family, hosts_at(server.address))
    body = server.seen[1].body.decode()
    signed = unescape(re.findall("<pszXml[^>]*>(.*)</pszXml>", body, re.DOTALL)[0]) if family == "soap" else body
    assert f"<getToken><item><Semilla>{seed}</Semilla></item><Signature " in signed
    assert signed.count("\n") == 0
    assert xmlsec1_accepts(signed.encode(), tmp_path, "SetDTE")


def test_one_token_serves_everybody(server: Server, tokens: Tokens, clock: Clock) -> None:
    hosts = hosts_at(server.address)
    server.on("GetTokenFromSeed", Say(shapes.token().body, wait=0.1))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tokens.get(signer(), "pruebas", "soap", hosts).value, range(16)))
    assert found == ["TOKEN-1"] * 16
    assert asked(server) == 1
    tokens.get(signer(), "pruebas", "boletas", hosts)
    assert asked(server) == 2, "the families do not know each other's tokens"
    tokens.get(signer(), "produccion", "soap", hosts)
    assert asked(server) == 3


def test_another_certificate_has_a_token_of_its_own(server: Server, tokens: Tokens, installed: Installation) -> None:
    hosts = hosts_at(server.address)
    tokens.get(signer(), "pruebas", "soap", hosts)
    tokens.get(installed.certificate, "pruebas", "soap", hosts)
    assert asked(server) == 2


def test_a_token_is_renewed_before_it_ages(server: Server, tokens: Tokens, clock: Clock) -> None:
    hosts = hosts_at(server.address)
    server.on("GetTokenFromSeed", shapes.token("A"), shapes.token("B"), shapes.token("C"))
    assert AGE < 3600
    for seconds, value in ((0, "A"), (AGE - 1, "A"), (2, "B"), (-10, "C")):
        clock.now += seconds
        assert tokens.get(signer(), "pruebas", "soap", hosts).value == value


def test_a_token_is_dropped_only_by_whoever_had_it(server: Server, tokens: Tokens) -> None:
    hosts = hosts_at(server.address)
    server.on("GetTokenFromSeed", shapes.token("A"), shapes.token("B"))
    key = key_of(signer(), "pruebas", "soap", hosts)
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "A"
    tokens.drop(key, "another")
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "A"
    tokens.drop(key, "A")
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "B"
    tokens.drop(key, "A")
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "B"


TOO_MANY = "Ha superado el máximo de sesiones autenticadas para este RUT"


@pytest.mark.parametrize(
    "say",
    [
        shapes.token("", "10", TOO_MANY),
        Say(f"<html><body>{TOO_MANY}</body></html>".encode("latin-1")),
        Say(shapes.fault("Demasiadas sesiones abiertas")),
        Say(TOO_MANY.encode("latin-1"), 401),
    ],
    ids=["state", "page", "fault", "401"],
)
def test_too_many_sessions_are_never_tried_again(server: Server, tokens: Tokens, clock: Clock, say: Say) -> None:
    hosts = hosts_at(server.address)
    server.on("GetTokenFromSeed", say)
    for _ in range(5):
        found = tokens.get(signer(), "pruebas", "soap", hosts)
        assert (found.outcome.name, found.outcome.again, found.reason) == ("sesiones", "no", "TOK-SESIONES")
        clock.now += PAUSE / 6
    assert len(server.seen) == 2, "one seed, one token, and no more"
    server.on("GetTokenFromSeed", shapes.token("later"))
    clock.now += PAUSE
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "later"


def test_another_failure_is_not_kept(server: Server, tokens: Tokens) -> None:
    server.on("CrSeed", Say(shapes.PAGE), shapes.seed())
    hosts = hosts_at(server.address)
    assert tokens.get(signer(), "pruebas", "soap", hosts).outcome.name == "pagina_html"
    assert tokens.get(signer(), "pruebas", "soap", hosts).value == "TOKEN-1"


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [("-1", "falla_del_sii", "SEED--1"), ("-2", "falla_del_sii", "SEED--2"), ("77", "respuesta_desconocida", ""),
     ("", "respuesta_desconocida", "")],
)  # fmt: skip
def test_states_of_the_seed(code: str, outcome: str, reason: str) -> None:
    found = read_seed(Reply(200, {}, shapes.seed(state=code).body))
    assert (found.outcome.name, found.reason, found.value) == (outcome, reason, "")


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [("01", "pregunta_rechazada", "TOK-01"), ("5", "pregunta_rechazada", "TOK-05"), ("08", "falla_del_sii", "TOK-08"),
     ("10", "pregunta_rechazada", "TOK-10"), ("11", "pregunta_rechazada", "TOK-11"), ("-03", "certificado", "TOK--03"),
     ("-3", "certificado", "TOK--03"), ("-07", "certificado", "TOK--07"), ("99", "respuesta_desconocida", ""),
     ("ABC", "respuesta_desconocida", "")],
)  # fmt: skip
def test_states_of_the_token(code: str, outcome: str, reason: str) -> None:
    found = read_token(Reply(200, {}, shapes.token("", code, "No").body))
    assert (found.outcome.name, found.reason, found.value) == (outcome, reason, "")


@pytest.mark.parametrize(("value", "good"), [("A" * 13, True), ("A" * 500, True), ("", False), ("a b", False)])
def test_what_a_token_is(value: str, good: bool) -> None:
    found = read_token(Reply(200, {}, shapes.token(value).body))
    assert (found.outcome.name == "respondido", found.value == value) == (good, good or not value)


def test_a_seed_that_is_no_number_is_not_signed() -> None:
    assert read_seed(Reply(200, {}, shapes.seed("12 34").body)).outcome.name == "respuesta_desconocida"
