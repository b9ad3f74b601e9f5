"""Each problem's place is the part of the text that it is about, told by other means than those that find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from dteplanows.document.problem import Place
from dteplanows.parser import guess_formato
from dteplanows.portal.validation.places import Places
from dteplanows.portal.validation.source import source_of
from dteplanows.portal.validation.span import visible
from dteplanows.portal.validation.txt_rows import rows_of
from dteplanows.portal.validation.view import FileView, Shown
from dteplanows.portal.validation.xml_elements import MOST_CHARACTERS, Elements
from tests.bad_inputs import BAD, BYTES, CLIENTE, FACTURA, XML, Bad, spoiled
from tests.portal.validation.conftest import View

FIXTURES = Path(__file__).parents[3] / "fixtures"
FITTING = [
    one
    for one in BAD
    if one not in BYTES and one.formato == guess_formato(one.file) and len(one.file) < 100_000
]


def marked(view: FileView, one: Shown) -> str:
    """The text that *one* marks."""
    assert one.span is not None
    line = view.text.split("\n")[one.span.line - 1]
    return line[one.span.begin : one.span.end]


def column(line: str, position: int) -> str:
    """A column of a row without quotes, as a person counts it; empty when it is not there."""
    return dict(enumerate(map(str.strip, line.split(";")), 1)).get(position, "")


@pytest.mark.parametrize("bad", FITTING, ids=lambda bad: bad.name)
def test_every_place_is_the_field_that_it_names(view: View, bad: Bad) -> None:
    found = view(bad.file)
    assert sorted(one.problem.code for one in found.problems if one.problem.refuses) == sorted(bad.codes)
    lines = found.text.split("\n")
    for one in found.problems:
        place = one.problem.place
        if not place.line:
            assert one.span is None
            continue
        assert one.span is not None
        text = marked(found, one)
        if place.position:
            assert one.span.line == place.line
            assert text.startswith(column(lines[place.line - 1], place.position))
            assert text in (column(lines[place.line - 1], place.position), one.problem.value.strip())
        elif place.path.rpartition("/")[2] == place.field != "" and f"<{place.field}>" in lines[place.line - 1]:
            whole = (f"<{place.field}>{text}</{place.field}>", text if text == f"<{place.field}>" else "\n")
            assert any(each in lines[one.span.line - 1] for each in whole)
        else:
            assert text.strip() == text


def fixtures(kind: str) -> list[Path]:
    return sorted((*(FIXTURES / kind).iterdir(), *(FIXTURES / "programs").glob(f"*.{kind}")))


@pytest.mark.parametrize("path", fixtures("txt"), ids=lambda path: path.name)
def test_each_column_of_a_good_file_stands_where_it_is_said_to(path: Path) -> None:
    source = source_of(path.read_bytes(), "1")
    rows = list(rows_of(source.data))
    assert rows
    for row in rows:
        for cell in row.cells:
            text = source.line(cell.span.line)[cell.span.begin : cell.span.end]
            without = text.removeprefix('"').removesuffix('"').replace('""', '"').replace('\\"', '"').strip()
            assert cell.text in (text, without)
        if '"' not in source.line(row.line):
            whole = source.line(row.line)[row.span.begin : row.span.end]
            assert [one.text for one in row.cells] == [one.strip() for one in whole.removesuffix(";").split(";")]


@pytest.mark.parametrize("path", fixtures("xml"), ids=lambda path: path.name)
def test_each_element_of_a_good_file_stands_where_it_is_said_to(path: Path) -> None:
    source = source_of(path.read_bytes(), "2")
    elements = Elements(source)
    tree = list(etree.fromstring(source.text.encode(), etree.XMLParser(encoding="utf-8")).iter("{*}*"))
    assert [one.name for one in elements.all] == [etree.QName(one).localname for one in tree]
    for one, node in zip(elements.all, tree, strict=True):
        assert one.tag.line <= (node.sourceline or 0) <= one.last_line
        text = (node.text or "").strip()
        content = elements.content(one)
        if one.leaf and text and "&" not in content and "CDATA" not in content:
            span = elements.span(one)
            assert source.line(span.line)[span.begin : span.end] == text.split("\n")[0]


# --- odd files ---


def test_a_row_behind_its_mark(view: View) -> None:
    found = view(spoiled(FACTURA, "->Encabezado<-\n33", "->Encabezado<- 33", CLIENTE, "77000222-1"))
    assert [(marked(found, one), one.span and one.span.line) for one in found.problems if one.problem.refuses] == [
        ("77000222-1", 1)
    ]


def test_columns_in_quotes_that_hold_separators_and_line_ends(view: View) -> None:
    rows = ['->Encabezado<-', FACTURA.splitlines()[1].replace("Calle 1", '"Calle 1; piso ""2""\nfondo"'),
            *FACTURA.splitlines()[2:]]  # fmt: skip
    rows[1] = rows[1].replace("Cliente Ficticio", '"Cliente Ficticio"').removesuffix(";").replace(CLIENTE, "1-8")
    source = source_of("\n".join(rows).encode(), "1")
    (header, *_) = rows_of(source.data)
    cells = {one.text: one.span for one in header.cells}
    assert cells['Calle 1; piso "2"\nfondo'].line == 2
    assert "Arica" in cells
    assert cells["Arica"].line == 3
    assert source.line(3)[slice(*cells["Arica"][1:])] == "Arica"
    found = view("\n".join(rows).encode())
    assert "1-8" in [marked(found, one) for one in found.problems if one.problem.refuses]


def test_the_same_element_of_another_line_and_another_document_on_one_line(view: View) -> None:
    one = XML.partition("?>")[2].replace("\n", "")
    line = "<Detalle>" + one.partition("<Detalle>")[2].partition("</Detalle>")[0] + "</Detalle>"
    second = line.replace("<NroLinDet>1", "<NroLinDet>2").replace("<QtyItem>10<", "<QtyItem>dos<")
    good = one.replace("<QtyItem>10<", "<QtyItem>10<")
    bad = one.replace("</Documento>", second + "</Documento>")
    data = f"<SetDTE>{good}{bad}</SetDTE>".encode()
    found = view(data)
    (problem,) = [one for one in found.problems if one.problem.code == "TXT-020"]
    assert problem.document == 2
    assert marked(found, problem) == "dos"
    assert problem.span is not None
    assert problem.span.begin == data.decode().index(">dos<") + 1


def test_an_element_that_is_not_there_marks_what_should_hold_it(view: View) -> None:
    found = view(XML.replace(f"<RUTRecep>{CLIENTE}</RUTRecep>", "").encode("latin-1"))
    (problem,) = [one for one in found.problems if one.problem.refuses]
    assert marked(found, problem) == "<Receptor>"


def test_an_empty_column_is_shown_by_what_stands_around_it(view: View) -> None:
    found = view(spoiled(FACTURA, "Cliente Ficticio", ""))
    (problem,) = found.problems
    assert marked(found, problem) == ""
    assert problem.span is not None
    line = found.text.split("\n")[1]
    around = visible(problem.span, len(line))
    assert line[around.begin : around.end] == ";;"


def test_characters_are_counted_and_not_bytes(view: View) -> None:
    found = view(FACTURA.replace("Cliente Ficticio", "Ñandú añejo 🔩").replace("Calle 1", "C" * 90).encode())
    texts = {one.problem.code: marked(found, one) for one in found.problems}
    assert texts["TXT-027"] == "Ñandú añejo 🔩"
    assert "C" * 90 in texts.values()


@pytest.mark.parametrize(
    "text", ["<!--" * 1000, "<a " * 1000, '<a b="' * 1000, "<a>" * 5000, "</a>" * 5000, "<![CDATA[" * 500, "<?x " * 500]
)
def test_broken_xml_is_gone_through_once(text: str) -> None:
    source = source_of(f"<DTE><Documento>{text}".encode(), "2")
    assert [one.name for one in Elements(source).all][:2] == ["DTE", "Documento"]


def test_a_very_long_xml_is_shown_by_its_lines_alone() -> None:
    source = source_of(b"<DTE>\n" + b"<a>1</a>\n" + b" " * MOST_CHARACTERS, "2")
    assert Elements(source).all == []
    assert Places(source).documents == []
    assert Elements(source).find(Place(2, field="a"), None) is None
