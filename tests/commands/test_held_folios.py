"""``folio``: holding folios back, listing and freeing them, as the operator does it."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from rich.console import Console

from dteplanows.commands import held_folios
from dteplanows.document import clock
from dteplanows.folios.authority import TestAuthority
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.commands.command_line import RUT, run


@pytest.fixture
def loaded(directory: Path, tmp_path: Path) -> Path:
    """The data directory with the folios 1 to 50."""
    authority = TestAuthority.from_pem((directory / "autoridad-de-prueba.pem").read_bytes())
    path = tmp_path / "caf.xml"
    path.write_bytes(authority.make_caf(RUT, "Comercial Uno SpA", 33, Span(1, 50), clock.today()))
    assert run(directory, "caf", "cargar", str(path)).exit_code == 0
    return directory


def test_hold_list_and_free(loaded: Path) -> None:
    assert "No hay folios retenidos" in run(loaded, "folio", "retenidos").output
    assert "retenidos" not in run(loaded, "caf", "listar").output
    done = run(loaded, "folio", "retener", "33", "11-20", "--motivo", "respaldo de ayer")
    assert done.exit_code == 0, done.output
    assert "Retenidos: 10 folios (11 a 20, tipo 33" in done.output
    again = run(loaded, "folio", "retener", "33", "20-21", "--motivo", "respaldo de ayer")
    assert "Retenidos: 1 folio (" in again.output
    assert "1 estaban emitidos" in again.output
    shown = run(loaded, "folio", "retenidos").output
    assert "respaldo de ayer" in shown
    assert [part.strip() for part in shown.splitlines()[3].split("│")[1:6]] == [RUT, "pruebas", "33", "11", "20"]
    assert "retenidos: 11 folios" in run(loaded, "caf", "listar").output
    done = run(loaded, "folio", "liberar", "33", "9-19", "--motivo", "no figuran en el SII")
    assert done.exit_code == 0, done.output
    assert "Liberados: 9 folios" in done.output
    assert "Los otros 2 no estaban retenidos." in done.output
    assert "siguen retenidos: 20 y 21" in done.output
    for written, left in (("21", "siguen retenidos: 20."), ("20-", "(20 en adelante, tipo 33")):
        assert left in run(loaded, "folio", "liberar", "33", written, "--motivo", "no figuran en el SII").output
    assert "No hay folios retenidos" in run(loaded, "folio", "retenidos").output
    ledger = Ledger(loaded)
    assert ledger.events.of()[-1].detalle.endswith(f"por {getpass.getuser()}")
    ledger.close()


def test_what_is_wrong_is_said_and_nothing_changes(loaded: Path) -> None:
    done = run(loaded, "folio", "liberar", "33", "1-3", "--motivo", "no figuran")
    assert done.exit_code == 1
    assert "FOL-082" in done.output
    done = run(loaded, "folio", "retener", "33", "tres", "--motivo", "x")
    assert done.exit_code == 2
    assert "120-150" in done.output
    assert "--motivo" in run(loaded, "folio", "retener", "33", "1").output
    assert "No hay folios retenidos" in run(loaded, "folio", "retenidos").output


def test_a_narrow_terminal_cuts_no_folio(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(loaded, "folio", "retener", "34", "1-", "--motivo", "la base se restauró de un respaldo").exit_code == 0
    monkeypatch.setattr(held_folios, "console", lambda: Console(width=80, highlight=False))
    lines = run(loaded, "folio", "retenidos").output.splitlines()
    assert lines[0] == f"Empresa {RUT}, ambiente pruebas:"
    assert lines[2].split()[:4] == ["34", "1", "9999999999", "9999999999"]
    assert all(len(line) <= 80 for line in lines[:3])
