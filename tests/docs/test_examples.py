"""The example files of the manual are issued as they stand, but for the date."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.reference import MANUAL, example_files
from dteplanows.document import clock
from dteplanows.document.elements import BRANCHES
from tests.installation import Installation

DATE = b"2026-01-05"
FILES = example_files()


@pytest.mark.parametrize("path", [path for paths in FILES.values() for path in paths], ids=lambda one: one.name)
def test_an_example_is_issued_without_any_remark(installation: Installation, path: Path) -> None:
    file = path.read_bytes().replace(DATE, clock.today().isoformat().encode())
    (document,) = installation.issue(file, "2" if path.suffix == ".xml" else "1").documents
    assert [one.text() for one in document.problems] == []
    assert document.accepted
    assert path.name.startswith(f"{document.tipo}-")


def test_the_example_of_a_book_is_kept_without_any_remark(installation: Installation) -> None:
    outcome = installation.issue((MANUAL / "ejemplos" / "libro-ventas.xml").read_bytes(), "2")
    assert (outcome.accepted, outcome.problems) == (True, ())


@pytest.mark.parametrize("tipo", [33, 34, 39, 41, 52, 56, 61])
def test_a_type_has_an_example_in_each_format(tipo: int) -> None:
    assert {path.suffix for path in FILES[tipo]} == {".txt", ".xml"}


def test_only_types_that_are_issued_have_examples() -> None:
    assert set(FILES) <= set(BRANCHES)
