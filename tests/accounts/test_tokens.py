"""Tokens: what they are bound to, how long they are good, and what they show."""

from __future__ import annotations

import time
from contextlib import closing

import itsdangerous.timed
import pytest

from dteplanows.accounts.callers import Callers
from dteplanows.accounts.tokens import Holder, Tokens
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.store import Ledger
from tests.installation import CLAVE, USUARIO, Installation

HUELLA = "0" * 32
KEY = b"llave ficticia"
DAY = 24 * 3600


def login(one: Installation, rut: str = "") -> str:
    return one.callers.token(Credentials((USUARIO,), rut or one.rut, (CLAVE,)))


def opens(callers: Callers, token: str) -> bool:
    try:
        callers.bearer(token)
    except Refused as refused:
        assert [one.code for one in refused.problems] == ["AUT-017"]
        return False
    return True


@pytest.mark.parametrize("holder", [Holder(1), Holder(1, True), Holder(987654321)])
def test_a_token_names_its_holder(holder: Holder) -> None:
    token = Tokens(KEY).make(holder, HUELLA)
    assert Tokens(KEY).holder(token) == holder
    assert Tokens(KEY).is_good(token, HUELLA)
    assert token.isascii() and token.isprintable() and " " not in token


def test_another_key_or_another_password_makes_other_tokens() -> None:
    token = Tokens(KEY).make(Holder(1), HUELLA)
    assert not Tokens(b"otra").is_good(token, HUELLA)
    assert not Tokens(KEY).is_good(token, "1" * 32)


def test_no_letter_of_a_token_can_be_changed() -> None:
    tokens = Tokens(KEY)
    token = tokens.make(Holder(12, True), HUELLA)
    for at, old in enumerate(token):
        for new in "13cpAZ_-.":
            altered = token[:at] + new + token[at + 1 :]
            if new != old and tokens.holder(altered):
                # The last letter of a signature has two bits that mean nothing.
                assert not tokens.is_good(altered, HUELLA) or at == len(token) - 1


SIGNED = f".awsYWg.{'a' * 43}"


@pytest.mark.parametrize("token", ["", "x", "1.p", f"0.p{SIGNED}", f"1.x{SIGNED}", f"1.p{SIGNED}ñ", f" 1.p{SIGNED}"])
def test_what_is_no_token(token: str) -> None:
    assert Tokens(KEY).holder(token) is None


@pytest.mark.parametrize(("later", "good"), [(0, True), (DAY - 5, True), (DAY + 5, False), (-3600, True)])
def test_a_token_is_good_for_a_day(monkeypatch: pytest.MonkeyPatch, later: int, good: bool) -> None:
    """Also where the clock was set back meanwhile."""
    made = int(time.time()) - later
    monkeypatch.setattr(itsdangerous.timed.TimestampSigner, "get_timestamp", lambda self: made)
    token = Tokens(KEY).make(Holder(1), HUELLA)
    assert Tokens(KEY).is_good(token, HUELLA) is good


def test_a_token_opens_what_its_login_opened(installation: Installation) -> None:
    for rut in (installation.rut, installation.company.rut):
        expected = installation.callers.authenticate(Credentials((USUARIO,), rut, (CLAVE,)))
        assert installation.callers.bearer(login(installation, rut)) == expected


def test_a_token_holds_in_another_process_that_opens_the_ledger(installation: Installation) -> None:
    token = login(installation)
    with closing(Ledger(installation.ledger.directory)) as ledger:
        assert opens(Callers(ledger), token)


def test_a_token_ends_with_the_password_also_with_the_same_one_again(installation: Installation) -> None:
    for clave in ("otra", CLAVE, CLAVE):
        installation.ledger.users.save(USUARIO, CLAVE, "pruebas", installation.company.rut)
        token = login(installation)
        assert opens(installation.callers, token)
        installation.ledger.users.save(USUARIO, clave, "pruebas", installation.company.rut)
        assert not opens(installation.callers, token)


def test_a_token_stays_with_the_other_settings_of_its_user(installation: Installation) -> None:
    token = login(installation)
    installation.ledger.users.set_avisos(USUARIO, "pruebas", installation.company.rut, False)
    assert opens(installation.callers, token)
    assert not installation.callers.bearer(token).con_avisos


def test_a_token_ends_with_its_user(installation: Installation) -> None:
    token = login(installation)
    with installation.ledger.transaction():
        installation.ledger.connection.execute("DELETE FROM usuario")
    assert not opens(installation.callers, token)
    installation.ledger.users.save(USUARIO, CLAVE, "pruebas", installation.company.rut)
    assert not opens(installation.callers, token)  # nor does its id come back with the next user


def test_no_token_is_stored(installation: Installation) -> None:
    token = login(installation)
    installation.callers.bearer(token)
    installation.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    signature = token.rpartition(".")[2].encode()
    files = [path for path in installation.ledger.directory.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if signature in path.read_bytes()] == []


@pytest.mark.parametrize(("clave", "expected"), [("otra", "AUT-001"), (CLAVE, "AUT-002")])
def test_who_cannot_come_in_gets_no_token(installation: Installation, clave: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        installation.callers.token(Credentials((USUARIO,), "77777777-7", (clave,)))
    assert [one.code for one in refused.value.problems] == [expected]
