"""The sections beyond the original layout: rows that belong to lines, groups on demand, exports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dteplanows.document.model import Document
from dteplanows.document.writer import write_draft
from dteplanows.parser import parse
from dteplanows.validator.form import schema
from dteplanows.validator.parties import completion
from fixtures import FIXTURES
from tests.installation import COMPANY
from tests.parser.parser_support import LINE, codes, factura, header, one, txt

EXPORTS = [one.path for one in FIXTURES if one.formato == 1 and one.tipo in (110, 111, 112)]


def file(tipo: int, **changed: str) -> bytes:
    return txt({"Encabezado": header(tipo), "Detalle": LINE} | changed)


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_an_export_has_the_form_of_the_schema(path: Path) -> None:
    (document,) = parse(path.read_bytes(), "1")
    assert codes(document) == []
    completion.complete(document, COMPANY, identity_from_account=True)
    assert schema.check(write_draft(document), document.tipo) == []


def test_the_amounts_of_an_export_keep_their_decimals() -> None:
    (document,) = parse(EXPORTS[0].read_bytes(), "1")
    assert document.totales.number("MntTotal") == document.detalles[0].number("MontoItem") == Decimal("3100.5")
    aduana = document.root.group("Encabezado").group("Transporte").group("Aduana")
    assert aduana.all("TipoBultos")[0].text("Marcas") == "NUBLE 1-20"


def test_an_export_may_fill_only_the_exempt_value() -> None:
    line = "1;;Pieza;2;5.125;0;0;0;0;10.25;0;;;;"
    document = one(file(110, Detalle=line, Totales="0;0;0;0;0;10.25;0;0;10.25;"))
    assert document.detalles[0].number("MontoItem") == Decimal("10.25")
    assert codes(document) == []


def test_discounts_in_the_totals_of_an_export_are_refused() -> None:
    document = one(file(110, Totales="0;1.5;0;0;0;10000;0;0;9998.5;"))
    assert codes(document) == ["TXT-062"]
    assert document.problems[0].place.field == "ValorDesctoTot"


def test_a_section_of_exports_is_foreign_to_a_factura() -> None:
    document = one(factura(Exportacion="DOLAR USA;1;SUC-1;"))
    assert codes(document) == ["DOC-008", "DOC-007"]
    assert document.problems[0].place.field == "TpoMoneda"


def test_rows_may_stand_in_front_of_the_lines_they_belong_to() -> None:
    data = txt({"Encabezado": header(43), "Liquidacion": "7;33;", "Detalle": LINE.replace("1;", "7;", 1)})
    assert one(data).detalles[0].text("TpoDocLiq") == "33"


@pytest.mark.parametrize("number", ["2", "0", "x", ""])
@pytest.mark.parametrize("section", ["Retenedor", "CodigoItem", "DetalleAdicional", "Subcantidad"])
def test_a_row_without_its_line_is_told(section: str, number: str) -> None:
    document = one(factura(**{section: f"{number};1;2;"}))
    assert codes(document) == ["TXT-061"]
    assert document.problems[0].place.section == section
    assert "->" not in document.problems[0].message


def test_a_line_has_one_row_of_a_section_without_repeated_groups() -> None:
    assert codes(one(factura(Retenedor="1;R;\n1;R;"))) == ["TXT-063"]


def test_a_repeated_group_takes_every_row() -> None:
    line = one(factura(CodigoItem="1;EAN13;7801;\n1;CPCS;0212;")).detalles[0]
    assert [code.text("TpoCodigo") for code in line.all("CdgItem")] == ["INT1", "EAN13", "CPCS"]


def _taxes(document: Document) -> list[tuple[str, str, int]]:
    return [
        (tax.text("TipoImp"), tax.text("TasaImp"), tax.amount("MontoImp")) for tax in document.totales.all("ImptoReten")
    ]


def test_a_tax_marks_its_line_and_states_its_total() -> None:
    document = one(factura(ImpuestoRetencion="1;27;;;\n0;27;10;1000;"))
    assert document.detalles[0].text("CodImpAdic") == "27"
    assert _taxes(document) == [("27", "10", 1000)]


def test_amounts_of_lines_make_the_total_of_their_tax() -> None:
    lines = f"{LINE}\n{LINE.replace('1;', '2;', 1)}"
    document = one(factura(Detalle=lines, ImpuestoRetencion="1;27;10;1000;\n2;27;10;1000;"))
    assert _taxes(document) == [("27", "10", 2000)]


def test_a_mark_alone_leaves_the_total_to_the_validator() -> None:
    assert _taxes(one(factura(ImpuestoRetencion="1;27;;"))) == []


def test_a_tax_of_a_line_that_is_not_there_is_told() -> None:
    assert codes(one(factura(ImpuestoRetencion="4;27;;"))) == ["TXT-061"]


def test_an_export_has_no_taxes() -> None:
    assert codes(one(file(110, ImpuestoRetencion="1;27;;"))) == ["DOC-008"]


def test_groups_of_empty_columns_are_not_made() -> None:
    document = one(factura(Transporte=";;;;;;;;2026-03-02;;;"))
    transport = document.root.group("Encabezado").group("Transporte")
    assert transport.day("FchSalida") == date(2026, 3, 2)
    assert "Chofer" not in transport.groups
