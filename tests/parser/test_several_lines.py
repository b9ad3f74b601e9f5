"""Several lines inside one element, as a program writes them that opens ``Detalle`` once for the whole document."""

from __future__ import annotations

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser.bulk import BulkFile
from tests.parser.parser_support import codes, one, xml


def _line(number: int, name: str, amount: int, more: str = "") -> str:
    return (
        f"<NroLinDet>{number}</NroLinDet><NmbItem><![CDATA[{name}]]></NmbItem>{more}<QtyItem>1</QtyItem>"
        f"<PrcItem>{amount}</PrcItem><MontoItem>{amount}</MontoItem>"
    )


FIRST, SECOND = _line(1, "Honorarios", 9000), _line(2, "Gastos & otros", 1000)
TWO = f"<Detalle>{FIRST}{SECOND}</Detalle>"


def _lines(document: Document) -> list[tuple[object, str, int]]:
    return [(one.value("NroLinDet"), one.text("NmbItem"), one.amount("MontoItem")) for one in document.detalles]


BOTH = [(1, "Honorarios", 9000), (2, "Gastos & otros", 1000)]
DAY = "<FchRef>2026-03-01</FchRef>"
CODE = "<CdgItem><TpoCodigo>INT1</TpoCodigo><VlrCodigo>{}</VlrCodigo></CdgItem>"
NUMBERS = ("<NroLinDet>1</NroLinDet>", "<NroLinDet>2</NroLinDet>")
UNNUMBERED = TWO.replace(NUMBERS[0], "").replace(NUMBERS[1], "")


def test_a_second_number_begins_a_new_line() -> None:
    document = one(xml(TWO), "2")

    assert _lines(document) == BOTH
    (aviso,) = document.problems
    assert (aviso.code, aviso.place.path) == ("TXT-150", "Detalle[2]")
    assert "Leídos así: 2" in aviso.text()


def test_each_place_is_that_of_its_line() -> None:
    document = one(xml(f"\n<Detalle>\n{FIRST}\n{SECOND.replace('<QtyItem>1<', '<QtyItem>uno<')}</Detalle>"), "2")

    (wrong,) = errors(document.problems)
    assert (wrong.code, wrong.place.line, wrong.place.path) == ("TXT-020", 4, "Detalle[2]/QtyItem")


@pytest.mark.parametrize("inside", [
    f"<Detalle>{FIRST}</Detalle><Detalle>{SECOND}</Detalle>",
    TWO,
    TWO.replace("<NmbItem>", "<IndExe/><NmbItem>").replace("<QtyItem>", "<DscItem></DscItem><QtyItem>"),
    TWO.replace(">2</NroLinDet>", ">1</NroLinDet>"),
    TWO.replace(">2</NroLinDet>", ">0</NroLinDet>"),
    UNNUMBERED,
    UNNUMBERED.replace("<QtyItem>1</QtyItem>", "<QtyItem>1</QtyItem><DscItem>de julio</DscItem>", 1),
    TWO.replace(NUMBERS[0], "").replace("</PrcItem>", f"</PrcItem>{NUMBERS[0]}", 1).replace(NUMBERS[1], "").replace(
        "1000</PrcItem>", f"1000</PrcItem>{NUMBERS[1]}"),
])  # fmt: skip
def test_what_is_read_alike(inside: str) -> None:
    document = one(xml(inside), "2")

    assert _lines(document) == BOTH
    assert not errors(document.problems)


def test_what_one_line_may_have_several_times_stays_with_it() -> None:
    codes_of = [CODE.format("A") + CODE.format("B"), CODE.format("C")]
    document = one(xml(f"<Detalle>{_line(1, 'A', 1, codes_of[0])}{_line(2, 'B', 2, codes_of[1])}</Detalle>"), "2")

    found = [[code.text("VlrCodigo") for code in line.all("CdgItem")] for line in document.detalles]
    assert found == [["A", "B"], ["C"]]
    alone = one(xml(f"<Detalle>{_line(1, 'A', 1, codes_of[0])}</Detalle>"), "2")
    assert (len(alone.detalles), codes(alone)) == (1, [])


def test_several_elements_of_several_lines() -> None:
    third, fourth = _line(3, "Timbres", 300), _line(4, "Fotocopias", 40)
    document = one(xml(f"{TWO}<Detalle>{third}{fourth}</Detalle>"), "2")

    assert [amount for _, _, amount in _lines(document)] == [9000, 1000, 300, 40]
    assert [field.place.path for line in document.detalles if (field := line.field("MontoItem"))] == [
        f"Detalle[{number}]/MontoItem" for number in (1, 2, 3, 4)
    ]
    (aviso,) = document.problems
    assert "Leídos así: 4" in aviso.text()


def test_references_and_taxes() -> None:
    reference = f"<NroLinRef>{{0}}</NroLinRef><TpoDocRef>801</TpoDocRef><FolioRef>{{0}}7</FolioRef>{DAY}"
    tax = "<TipoImp>{}</TipoImp><TasaImp>10</TasaImp><MontoImp>{}</MontoImp>"
    document = one(xml(f"{TWO}<Referencia>{reference.format(1)}{reference.format(2)}</Referencia>").replace(
        b"<IVA>", f"<ImptoReten>{tax.format(27, 100)}{tax.format(24, 200)}</ImptoReten><IVA>".encode()
    ), "2")

    assert [row.text("FolioRef") for row in document.root.all("Referencia")] == ["17", "27"]
    assert [row.amount("MontoImp") for row in document.totales.all("ImptoReten")] == [100, 200]
    assert codes(document) == ["TXT-150"] * 3


@pytest.mark.parametrize("inside", [
    # what ends the first line could begin the second
    UNNUMBERED.replace("</MontoItem><NmbItem>", "</MontoItem><DscItem>de julio</DscItem><NmbItem>"),
    # by columns and not by lines
    "<NmbItem>A</NmbItem><NmbItem>B</NmbItem><MontoItem>1</MontoItem><MontoItem>2</MontoItem>",
    # a line in which something comes twice
    TWO.replace("</PrcItem>", "</PrcItem><QtyItem>2</QtyItem>", 1),
    # numbers alone in front
    f"<Detalle>{''.join(NUMBERS)}<NmbItem>A</NmbItem><MontoItem>1</MontoItem><MontoItem>2</MontoItem></Detalle>",
])  # fmt: skip
def test_lines_that_cannot_be_told_apart_are_refused(inside: str) -> None:
    document = one(xml(inside if inside.startswith("<Detalle>") else f"<Detalle>{inside}</Detalle>"), "2")

    (wrong,) = errors(document.problems)
    assert wrong.code == "TXT-151"
    assert wrong.place.field in wrong.text()


def test_one_datum_twice_is_no_second_line() -> None:
    doubled = xml(f"<Detalle>{FIRST}</Detalle>".replace("<QtyItem>", "<NmbItem>Otro</NmbItem><QtyItem>"))

    document = one(doubled, "2")
    assert len(document.detalles) == 1
    assert len(document.detalles[0].fields["NmbItem"]) == 2
    assert codes(document) == []  # who counts the values tells it


def test_bulk_reads_them_alike() -> None:
    (document,) = BulkFile(xml(TWO), "2", 10).documents()

    assert _lines(document) == BOTH
