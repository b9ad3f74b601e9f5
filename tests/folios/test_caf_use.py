"""Whether a company can use a CAF: whose it is, of which environment, how old."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Severity
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, check_for, read_caf
from dteplanows.ledger.rows import Span
from tests.ledger.example import COMPANY, TODAY, rut

AUTHORITY = TestAuthority.generate()
FILE = AUTHORITY.make_caf(COMPANY.rut, COMPANY.razon_social, 33, Span(1, 50), TODAY)
CAF = read_caf(FILE, AUTHORITY.public_key)


def codes(caf: Caf, ambiente: Ambiente = "pruebas", today: date = TODAY) -> list[str]:
    return [one.code for one in check_for(caf, replace(COMPANY, ambiente=ambiente), today)]


@pytest.mark.parametrize(
    ("idk", "ambiente", "expected"),
    [
        (900, "pruebas", []),
        (100, "pruebas", []),
        (300, "produccion", []),
        (900, "produccion", ["FOL-011"]),
        (100, "produccion", ["FOL-011"]),
        (300, "pruebas", ["FOL-011"]),
        (400, "pruebas", ["FOL-013"]),
        (400, "produccion", ["FOL-013"]),
    ],
)
def test_the_environment(idk: int, ambiente: Ambiente, expected: list[str]) -> None:
    assert codes(replace(CAF, idk=idk), ambiente) == expected


def test_a_key_newer_than_this_program_is_only_an_aviso() -> None:
    caf = read_caf(FILE.replace(b"<IDK>900<", b"<IDK>500<"))
    (one,) = check_for(caf, COMPANY, TODAY)
    assert (one.code, one.severity) == ("FOL-013", Severity.AVISO)
    assert "500" in one.text()


def test_another_company_is_named() -> None:
    caf = replace(CAF, rut=rut(76_000_999))
    (one,) = check_for(caf, COMPANY, TODAY)
    assert one.code == "FOL-010"
    assert COMPANY.rut in one.text() and COMPANY.razon_social in one.text() and rut(76_000_999) in one.text()


@pytest.mark.parametrize(("tipo", "lapses"), [(33, True), (61, True), (39, False), (52, False)])
def test_the_age(tipo: int, lapses: bool) -> None:
    caf = replace(CAF, tipo=tipo)
    assert codes(caf, today=TODAY + timedelta(days=MAXIMUM_DAYS)) == []
    late = codes(caf, today=TODAY + timedelta(days=MAXIMUM_DAYS + 1))
    assert late == (["FOL-012"] if lapses else [])


def test_all_reasons_are_said_at_once() -> None:
    caf = replace(CAF, rut=rut(76_000_999), idk=300)
    assert codes(caf, today=TODAY + timedelta(days=400)) == ["FOL-010", "FOL-011", "FOL-012"]
