"""Designs as the ledger keeps them, on both engines; what becomes of them is in accounts/designs.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dteplanows.accounts import designs
from dteplanows.accounts.audit import changes_of
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.design_tables import StoredDesign
from dteplanows.ledger.designs import CHANGED
from dteplanows.ledger.events import WantedEvents
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.printing.design import Design, logo, ready_design
from tests.ledger.example import REAL
from tests.printing.test_designs import picture

OTHER = replace(REAL, ambiente="pruebas")


def test_whoever_has_chosen_nothing_has_the_usual_design(ledger: Ledger) -> None:
    assert ledger.designs.find(REAL) is None
    assert designs.look_of(ledger, REAL) == designs.Look(Design(), b"")


def test_design_and_logo_are_kept_apart_for_each_company(ledger: Ledger) -> None:
    ledger.companies.save(OTHER)
    designs.put_logo(ledger, REAL, picture())
    designs.choose(ledger, REAL, "moderno")
    look = designs.look_of(ledger, REAL)
    assert look.design == ready_design("moderno")
    assert look.logo.startswith(b"\x89PNG")
    designs.load(ledger, REAL, 'base = "compacto"\n[letra]\ntamano = 7.5\n')
    assert designs.look_of(ledger, REAL).design.letra_tamano == 7.5
    assert designs.look_of(ledger, REAL).logo == look.logo
    designs.remove_logo(ledger, REAL)
    assert designs.look_of(ledger, REAL).logo == b""
    assert designs.look_of(ledger, OTHER) == designs.Look(Design(), b"")


def test_a_wrong_design_changes_nothing(ledger: Ledger) -> None:
    designs.choose(ledger, REAL, "servicios")
    with pytest.raises(Refused):
        designs.load(ledger, REAL, "[colores]\nrecuadro = 'verde'\n")
    with pytest.raises(Refused):
        designs.choose(ledger, REAL, "barroco")
    with pytest.raises(Refused):
        designs.put_logo(ledger, REAL, b"no es")
    assert designs.look_of(ledger, REAL) == designs.Look(ready_design("servicios"), b"")
    with pytest.raises(Refused):
        designs.choose(ledger, replace(REAL, rut="76543210-3"), "moderno")


def test_every_change_is_an_event_that_says_what_is_otherwise(ledger: Ledger) -> None:
    designs.choose(ledger, REAL, "compacto")
    designs.load(ledger, REAL, 'base = "compacto"\n[letra]\ntamano = 7.5\n')
    designs.put_logo(ledger, REAL, picture())
    events = list(ledger.events.changes(WantedEvents(tipo=CHANGED)))
    assert [one.rut_emisor for one in events] == [REAL.rut] * 3
    assert ("recuadro.letra", "12", "10") in changes_of(events[0])
    assert {name: (before, after) for name, before, after in changes_of(events[1])} == {
        "diseño": ("compacto", "propio"), "letra.tamano": ("6.5", "7.5"),
    }  # fmt: skip
    ((name, before, after),) = changes_of(events[2])
    assert (name, before) == ("logo", "ninguno")
    assert "bytes" in after


def test_a_stored_design_that_cannot_be_read_keeps_nothing_from_being_printed(ledger: Ledger) -> None:
    designs.load(ledger, REAL, "[letra]\ntamano = 7.5\n")
    ledger.connection.execute("UPDATE diseno SET archivo = '[otra]'")
    assert designs.look_of(ledger, REAL).design == Design()
    assert [one.code for one in designs.why_unreadable(ledger, REAL)] == ["DIS-002"]
    designs.choose(ledger, REAL, "moderno")
    assert designs.look_of(ledger, REAL).design == ready_design("moderno")
    assert designs.why_unreadable(ledger, REAL) == []


def test_the_log_says_once_that_a_design_cannot_be_read(
    ledger: Ledger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(designs, "_rarely", Rarely(60))
    designs.load(ledger, REAL, "[letra]\ntamano = 7.5\n")
    ledger.connection.execute("UPDATE diseno SET archivo = '[otra]'")
    for _ in range(3):
        designs.look_of(ledger, REAL)
    (line,) = [one.getMessage() for one in caplog.records if one.name == designs.__name__]
    assert f"El diseño de {REAL.razon_social}" in line
    assert "DIS-002" in line


@pytest.mark.parametrize("text", ["", " \n", "\ufeff\r\n"])
def test_a_blank_file_is_no_design(ledger: Ledger, text: str) -> None:
    with pytest.raises(Refused) as refused:
        designs.load(ledger, REAL, text)
    assert [one.code for one in refused.value.problems] == ["DIS-006"]
    assert ledger.designs.find(REAL) is None


def test_a_file_is_kept_with_the_line_ends_of_this_program(ledger: Ledger) -> None:
    designs.load(ledger, REAL, "\ufeff[letra]\r\ntamano = 7.5\r\n")
    assert designs.file_of(REAL, ledger.designs.outline(REAL)) == "[letra]\ntamano = 7.5\n"


def test_a_logo_is_read_once_until_the_look_changes(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, find, reads = designs.Looks(), ledger.designs.find, list[Company]()

    def counted(company: Company) -> StoredDesign | None:
        reads.append(company)
        return find(company)

    monkeypatch.setattr(ledger.designs, "find", counted)
    assert looks.of(ledger, REAL) == designs.Look(Design(), b"")
    designs.put_logo(ledger, REAL, picture())
    reads.clear()
    for _ in range(3):
        assert looks.of(ledger, REAL) == designs.Look(Design(), logo.kept(picture()))
    assert len(reads) == 1
    assert designs.without_logo(ledger, REAL) == designs.Look(Design(), b"")
    assert len(reads) == 1
    designs.choose(ledger, REAL, "moderno")
    assert looks.of(ledger, REAL).design == ready_design("moderno")
