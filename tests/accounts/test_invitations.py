from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dteplanows.accounts import invitations, people
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Opened, Rol, UserSettings
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL

CLAVE = "una-clave-larga"
KEY = (COMPANY.ambiente, COMPANY.rut)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    one.companies.save(COMPANY)
    one.companies.save(REAL)
    yield one
    one.close()


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value.problems[0].code


def roles(ledger: Ledger, clave: str) -> list[tuple[str, Rol]]:
    found: list[Opened] = ledger.logins.open(["ana"], [clave])
    return [(one.usuario, one.rol) for one in found]


def test_a_link_makes_a_user_once(ledger: Ledger) -> None:
    token = invitations.invite(ledger, COMPANY, "  Ana ", "contador", "ana@empresa.example")
    one = invitations.find(ledger, token)
    assert (one.usuario, one.rol, one.rut, one.correo) == ("Ana", "contador", COMPANY.rut, "ana@empresa.example")
    assert [one.usuario for one in ledger.invitations.of(*KEY)] == ["Ana"]
    assert refusal(invitations.accept, ledger, token, "corta", 10) == "AUT-051"
    known = "".join(COMPANY.razon_social.split()[:2]).lower()
    assert refusal(invitations.accept, ledger, token, known, 10) == "AUT-086"
    invitations.accept(ledger, token, CLAVE, 10)
    assert roles(ledger, CLAVE) == [("Ana", "contador")]
    assert refusal(invitations.accept, ledger, token, "otra-clave-larga", 10) == "AUT-076"
    assert (roles(ledger, "otra-clave-larga"), ledger.invitations.of(*KEY)) == ([], [])
    events = [(one.tipo, one.despues.get("rol")) for one in ledger.events.of() if "usuario" in one.tipo]
    assert events == [("usuario invitado", "contador"), ("usuario creado", "contador")]


def test_a_link_gives_who_is_there_another_password_and_nothing_else(ledger: Ledger) -> None:
    ledger.users.save("ana", "olvidada", *KEY, UserSettings(rol="administrador"))
    token = invitations.invite(ledger, COMPANY, "ANA", "administrador")
    assert roles(ledger, "olvidada") == [("ana", "administrador")]
    invitations.accept(ledger, token, CLAVE, 10)
    assert (roles(ledger, "olvidada"), roles(ledger, CLAVE)) == ([], [("ana", "administrador")])


def test_a_link_ends_by_itself_and_by_the_next_one_and_by_order(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = invitations.invite(ledger, COMPANY, "ana", "contador")
    other = invitations.invite(ledger, COMPANY, "Ana", "contador")
    assert refusal(invitations.find, ledger, first) == "AUT-076"
    (one,) = ledger.invitations.of(*KEY)
    assert ledger.invitations.withdraw(one.id, REAL.ambiente, REAL.rut) is None
    assert ledger.invitations.withdraw(one.id, *KEY) == "Ana"
    assert refusal(invitations.find, ledger, other) == "AUT-076"
    late = invitations.invite(ledger, COMPANY, "ana", "contador")
    moment = clock.now() + timedelta(days=invitations.DAYS, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert refusal(invitations.accept, ledger, late, CLAVE, 10) == "AUT-076"
    assert ledger.invitations.of(*KEY) == []


def test_the_ledger_holds_nothing_that_opens(ledger: Ledger) -> None:
    token = invitations.invite(ledger, COMPANY, "ana", "contador")
    (row,) = ledger.connection.execute("SELECT * FROM invitacion").fetchall()
    assert token not in str(row)
    assert token not in str(ledger.events.of())
    assert [refusal(invitations.find, ledger, one) for one in ("", row[1], token.lower(), "\ud800")] == ["AUT-076"] * 4


def test_a_link_opens_nobody_who_was_given_more_since(ledger: Ledger) -> None:
    token = invitations.invite(ledger, COMPANY, "ana", "administrador")
    ledger.users.save("ana", "de-operador", *KEY, UserSettings(rol="operador"))
    assert refusal(invitations.accept, ledger, token, CLAVE, 10) == "AUT-076"
    assert roles(ledger, "de-operador") == [("ana", "operador")]


@pytest.mark.parametrize(("name", "code"), [(" ", "AUT-010"), ("x" * 101, "AUT-080"), ("ana\u200b", "AUT-080")])
def test_a_name_has_to_be_one(ledger: Ledger, name: str, code: str) -> None:
    assert refusal(invitations.invite, ledger, COMPANY, name, "contador") == code


def test_nobody_gives_more_than_it_has_nor_shuts_itself_out(ledger: Ledger) -> None:
    people.must_be_below("administrador", "ana", "contador", "administrador")
    assert refusal(people.must_be_below, "administrador", "ana", "operador") == "AUT-079"
    ledger.users.save("ana", CLAVE, *KEY, UserSettings(rol="administrador"))
    opened = ledger.logins.open(["ana"], [CLAVE])
    assert refusal(people.must_not_be, opened, *KEY, "ANA") == "AUT-078"
    people.must_not_be(opened, *KEY, "otra")
    people.must_not_be(opened, REAL.ambiente, REAL.rut, "ana")


def test_a_person_changes_the_password_of_all_its_companies(ledger: Ledger) -> None:
    for company in (COMPANY, REAL):
        ledger.users.save("ana", CLAVE, company.ambiente, company.rut, UserSettings(rol="contador"))
    opened = ledger.logins.open(["ana"], [CLAVE])
    assert refusal(people.change_password, ledger, opened, "corta", 10) == "AUT-051"
    people.change_password(ledger, opened, "otra-clave-larga", 10)
    assert len(ledger.logins.open(["ana"], ["otra-clave-larga"])) == 2
    assert roles(ledger, CLAVE) == []
