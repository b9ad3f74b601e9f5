"""The layout table: complete, in order, and with examples that can be issued."""

from __future__ import annotations

import pytest

from dteplanows.document import clock
from dteplanows.document.elements import ROOTS, at
from dteplanows.document.outcome import COMPRA, VENTA
from dteplanows.parser.layout import BY_NAME, HEADERS, PURCHASE, SECTIONS, Section, structure_of
from tests.installation import Installation

ADVANCING_DATES = ("FechaEmision", "FechaVenc")
"""Columns whose date must not lie in the past when the document is issued."""


def test_the_columns_are_numbered_from_one() -> None:
    assert SECTIONS
    for section in SECTIONS:
        assert [one.position for one in section.columns] == list(range(1, len(section.columns) + 1)), section.name


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_a_section_is_described_completely(section: Section) -> None:
    assert section.branch in ("", PURCHASE, *HEADERS)
    assert section.required <= len(section.columns)
    assert section.note.endswith(".")
    for column in section.columns:
        assert column.example or section.extension or column.position > section.required, column.name
        assert column.note.endswith("."), column.name
        assert ";" not in column.example, column.name
    assert len({one.name for one in section.columns}) == len(section.columns)


def test_every_structure_begins_with_its_header() -> None:
    assert {BY_NAME[name.lower()].branch for name in HEADERS.values()} == {"factura", "boleta"}
    assert set(HEADERS) == set(ROOTS)
    assert all(BY_NAME[name.lower()].header for name in HEADERS.values())


def test_a_received_document_is_read_as_a_factura() -> None:
    header = BY_NAME["encabezadocompra"]
    assert (header.branch, structure_of(header), header.header) == (PURCHASE, "factura", True)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_every_path_is_one_of_a_structure(section: Section) -> None:
    for column in section.columns:
        if column.path:
            assert any(at(name, column.path) for name in ROOTS), column.path
        if section.target and column.path:
            assert column.path.startswith(f"{section.target}/")
        if section.by_line:
            assert section.columns[0].name == "NroLinea"
            assert not column.path or column.path.startswith("Detalle/")


def example_of(section: Section) -> str:
    """The section with one row of its examples, issued today."""
    today = clock.today().isoformat()
    row = (today if column.name in ADVANCING_DATES else column.example for column in section.columns)
    return f"->{section.name}<-\n{';'.join(row)};\n"


@pytest.mark.parametrize(("branch", "operacion"), [("factura", VENTA), ("boleta", VENTA), (PURCHASE, COMPRA)])
def test_the_examples_make_a_document_that_is_accepted(
    installation: Installation, branch: str, operacion: str
) -> None:
    own = [one for one in SECTIONS if one.branch == branch and not one.extension]
    common = [one for one in SECTIONS if not one.branch]
    file = "".join(example_of(one) for one in (*own, *common))
    (document,) = installation.issue(file.encode(), "1").documents
    # the global discount of a boleta goes to its lines
    assert [one.text() for one in document.problems if one.code != "TOT-076"] == []
    assert (document.accepted, document.operacion) == (True, operacion)
