"""``anular``: the note is shown, asked for, and issued."""

from __future__ import annotations

from pathlib import Path

import pytest

from dteplanows.ledger.store import Ledger
from tests.commands.command_line import RUT, run, sample


@pytest.fixture
def issued(directory: Path, tmp_path: Path) -> Path:
    """A directory in which the boleta 1 is issued."""
    assert run(directory, "procesar", sample(tmp_path, "boleta39.txt")).exit_code == 0
    return directory


def test_a_document_is_annulled_by_its_note(issued: Path, ledger: Ledger) -> None:
    asked = run(issued, "anular", "39", "1")
    assert asked.exit_code == 2
    assert "--si" in asked.output
    done = run(issued, "anular", "39", "1", "--motivo", "Error de precio", "--si")
    assert done.exit_code == 0, done.output
    note = ledger.documents.find("pruebas", RUT, 61, 1)
    assert note
    assert b"<RazonRef>Error de precio</RazonRef>" in note.xml
    again = run(issued, "anular", "39", "1", "--si")
    assert again.exit_code == 1
    assert "REF-043" in again.output
    none = run(issued, "anular", "39", "7", "--si")
    assert "FOL-060" in none.output


def test_a_guia_is_only_marked(directory: Path, ledger: Ledger, tmp_path: Path) -> None:
    assert run(directory, "procesar", sample(tmp_path, "guia52.txt")).exit_code == 0
    done = run(directory, "anular", "52", "1", "--si")
    assert done.exit_code == 0, done.output
    guia = ledger.documents.find("pruebas", RUT, 52, 1)
    assert guia
    assert ledger.marks.annulled(guia.id)
