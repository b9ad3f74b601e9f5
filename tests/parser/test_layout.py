"""The layout table: complete, in order, and with examples that can be issued."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from dteplanows.document import clock
from dteplanows.document.elements import ROOTS, at
from dteplanows.document.outcome import COMPRA, VENTA
from dteplanows.parser.txt import marks
from dteplanows.parser.txt.layout import BY_NAME, HEADERS, PURCHASE, SECTIONS, Column, Section, structure_of
from dteplanows.parser.txt.plan import filled_twice
from dteplanows.validator.form import structure
from tests.installation import Installation
from tests.parser.parser_support import LINE, TOTALS, codes, factura, header, one, txt

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


def repeated(section: Section) -> list[str]:
    """The columns of *section* below a group that a document may have several of, where no row says of which."""
    own = {"Detalle"} if section.by_line else set[str]()
    found = []
    for column in section.columns:
        steps = column.path.split("/")[:-1]
        above = {"/".join(steps[:count]) for count in range(1, len(steps) + 1)} - own
        groups = [group for name in ROOTS for one in above if (group := at(name, one))]
        found += [column.name] if not section.target and any(group.max > 1 for group in groups) else []
    return found


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_a_row_says_which_of_several_groups_it_fills(section: Section) -> None:
    """A row makes a new group (``target``), or names the line that it belongs to (``by_line``)."""
    assert repeated(section) == []


def test_a_column_below_a_group_that_repeats_would_be_found() -> None:
    assert repeated(with_a_column("Glosa", "Encabezado/IdDoc/MntPagos/GlosaPagos")) == ["Glosa"]
    assert repeated(with_a_column("Tipo", "Detalle/SubDscto/TipoDscto")) == ["Tipo"]


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


UNFIT = frozenset({*(f"TXT-0{number}" for number in range(20, 30)), *(f"DOC-0{number}" for number in range(20, 26))})
"""Reasons of a value that its element cannot take: it cannot be read, or is outside of the limits."""


def unfit(section: Section) -> list[tuple[str, str]]:
    """The columns of *section* whose example their element cannot take, in documents of any type, with the reason."""
    found: list[tuple[str, str]] = []
    for tipo in (33, 43, 46, 52, 110):
        parts = {"Encabezado": header(tipo), "Totales": TOTALS, "Detalle": f"{LINE}\n{LINE.replace('1;', '2;', 1)}"}
        document = one(txt(parts) + example_of(section).encode())
        structure.check(document)
        found += [(it.place.field, it.code) for it in document.problems if it.place.section == section.name]
    return [(column, code) for column, code in found if code in UNFIT]


@pytest.mark.parametrize("section", [one for one in SECTIONS if one.extension], ids=lambda one: one.name)
def test_an_element_takes_the_example_of_its_column(section: Section) -> None:
    """The examples of the other sections make a document together, which is accepted."""
    assert unfit(section) == []


@pytest.mark.parametrize(("example", "code"), [("treinta", "TXT-020"), ("10000", "DOC-024")])
def test_an_example_that_its_element_cannot_take_would_be_found(
    monkeypatch: pytest.MonkeyPatch, example: str, code: str
) -> None:
    pago = BY_NAME["pago"]
    columns = (replace(one, example=example) if one.name == "TermPagoDias" else one for one in pago.columns)
    other = replace(pago, columns=tuple(columns))
    monkeypatch.setitem(marks._AS_WRITTEN, b"Pago", other)
    assert set(unfit(other)) == {("TermPagoDias", code)}


# --- one column for one element -----------------------------------------------------------------------------------


def places_filled(section: Section) -> list[tuple[str, str]]:
    """What the columns of *section* fill: the group that each of its rows makes anew, and the element's path."""
    return [(section.target, column.path) for column in section.columns if column.path]


@pytest.mark.parametrize("branch", ["factura", "boleta", PURCHASE])
def test_no_two_columns_fill_one_element(branch: str) -> None:
    """Rows that make a group of their own, as those of CodigoItem do, fill no element of another section's."""
    filled = Counter(place for section in SECTIONS if section.branch == branch for place in places_filled(section))
    assert [place for place, count in filled.items() if count > 1] == []


def with_a_column(name: str, path: str) -> Section:
    """The section ``Totales`` with one column more."""
    section = BY_NAME["totales"]
    added = Column(len(section.columns) + 1, name, path, example="0", note="Otra.")
    return replace(section, columns=(*section.columns, added))


def test_a_second_column_for_an_element_would_be_found() -> None:
    section = with_a_column("TotalOtro", "Encabezado/Totales/MntTotal")
    assert Counter(places_filled(section))["", "Encabezado/Totales/MntTotal"] == 2
    assert list(filled_twice(section)) == [(8, len(section.columns) - 1)]


@pytest.mark.parametrize(
    ("other", "told", "total"), [("11901", ["TXT-121"], 11901), ("11900", [], 11900), ("", [], 11900)]
)
def test_two_filled_columns_for_one_element_are_told(
    monkeypatch: pytest.MonkeyPatch, other: str, told: list[str], total: int
) -> None:
    section = with_a_column("TotalOtro", "Encabezado/Totales/MntTotal")
    monkeypatch.setitem(marks._AS_WRITTEN, b"Totales", section)
    document = one(factura(Totales=f"0;0;0;0;10000;0;19;1900;11900;0;0;{other};"))
    assert codes(document) == told
    assert document.totales.amount("MntTotal") == total
    assert len(document.totales.fields["MntTotal"]) == 1
    if told:
        (aviso,) = document.problems
        assert (aviso.place.field, aviso.value) == ("Total", "11900")
        assert all(word in aviso.message for word in ("«11900»", "«11901»", "MntTotal", "TotalOtro"))
