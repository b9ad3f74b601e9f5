"""``reemitir``: what it says without a file, what it refuses, and the document issued again with its folio."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_states import State
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from tests.commands.command_line import RUT, run, sample

SERIES = Series("pruebas", RUT, 39)


@pytest.fixture
def issued(directory: Path, tmp_path: Path) -> Path:
    """A directory in which the boleta 1 is issued."""
    assert run(directory, "procesar", sample(tmp_path, "boleta39.txt")).exit_code == 0
    return directory


def bring(ledger: Ledger, state: State, reasons: str = "(DTE-3-505) Firma DTE Incorrecta") -> None:
    found = ledger.documents.find(*SERIES, 1)
    assert found
    for step in ("en sobre", "enviado"):
        ledger.deliveries.move([found.id], Step(step))
    ledger.deliveries.move([found.id], Step(state, reasons=reasons))


def words(text: str) -> str:
    return " ".join(text.split())


def test_without_a_file_it_says_why_it_was_refused_and_what_is_needed(issued: Path, ledger: Ledger) -> None:
    bring(ledger, "rechazado")
    done = run(issued, "reemitir", "39", "1")
    assert done.exit_code == 0, done.output
    told = words(done.output)
    assert "El SII rechazó" in told
    assert "DTE-3-505: " in told
    assert f"dteplanows reemitir 39 1 ARCHIVO --empresa {RUT}" in told
    assert len(ledger.documents.history(*SERIES, 1)) == 1


def test_the_corrected_file_gets_the_folio(issued: Path, ledger: Ledger, tmp_path: Path) -> None:
    """Also where it leaves the folio to the service."""
    bring(ledger, "rechazado")
    file = sample(tmp_path, "boleta39.txt")
    done = run(issued, "reemitir", "39", "1", file)
    assert done.exit_code == 0, done.output
    assert "emitido con el folio 1" in words(done.output)
    assert "FOL-073" in done.output
    first, second = ledger.documents.history(*SERIES, 1)
    assert (first.reemplaza, second.reemplaza) == (0, first.id)
    shown = run(issued, "documentos", "39", "1")
    assert "Reemplaza a: el de" in words(shown.output)
    facts = json.loads(run(issued, "documentos", "39", "1", "--json").output)
    assert [one["creado"] for one in facts["reemplazados"]] == [first.creado.isoformat()]
    listed = json.loads(run(issued, "documentos", "--json").output)
    assert [(one["folio"], one["estado"]) for one in listed] == [(1, "emitido"), (1, "rechazado")]
    (totals,) = json.loads(run(issued, "documentos", "--totales", "--json").output)
    assert (totals["documentos"], totals["rechazados"], totals["total"]) == (1, 1, second.monto_total)
    assert "Sin 1 que el SII rechazó o que se descartaron." in run(issued, "documentos", "--totales").output
    again = run(issued, "reemitir", "39", "1", file)
    assert again.exit_code == 1
    assert "SII-040" in again.output


@pytest.mark.parametrize(
    ("state", "reasons", "code"),
    [
        ("aceptado", "", "SII-040"),
        ("detenido", "", "SII-040"),
        ("rechazado", "(DTE-3-100) Repetido", "SII-041"),
        ("rechazado", "(DTE-3-601) Anulado", "SII-045"),
    ],
)
def test_a_folio_that_is_not_free_is_not_issued_again(
    issued: Path, ledger: Ledger, tmp_path: Path, state: State, reasons: str, code: str
) -> None:
    bring(ledger, state, reasons)
    for file in ([], [sample(tmp_path, "boleta39.txt")]):
        done = run(issued, "reemitir", "39", "1", *file)
        assert done.exit_code == 1
        assert code in done.output
    assert len(ledger.documents.history(*SERIES, 1)) == 1


def test_a_file_of_other_documents_is_refused(issued: Path, ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, "rechazado")
    boleta, factura = (Path(sample(tmp_path, name)) for name in ("boleta39.txt", "factura33.txt"))
    two, other = tmp_path / "dos.txt", tmp_path / "otro.txt"
    two.write_bytes(boleta.read_bytes() + boleta.read_bytes())
    other.write_bytes(boleta.read_bytes().replace(b"39;0;", b"39;7;", 1))
    assert other.read_bytes() != boleta.read_bytes()
    for file in (factura, two, other):
        done = run(issued, "reemitir", "39", "1", str(file))
        assert done.exit_code == 1
        assert "SII-042" in done.output
    assert len(ledger.documents.history(*SERIES, 1)) == 1


def test_a_document_that_is_not_there_and_a_correction_that_is_wrong(
    issued: Path, ledger: Ledger, tmp_path: Path
) -> None:
    assert "FOL-060" in run(issued, "reemitir", "39", "2").output
    bring(ledger, "rechazado")
    bad = tmp_path / "mala.txt"
    bad.write_bytes(b"->Encabezado<-\n39;0;2026-99-99;;\n")
    done = run(issued, "reemitir", "39", "1", str(bad))
    assert done.exit_code == 1
    assert "rechazado por" in words(done.output)
    assert len(ledger.documents.history(*SERIES, 1)) == 1
