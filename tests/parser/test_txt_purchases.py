"""Received documents in TXT: where their columns go, and what their taxes and totals mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dteplanows.parser import parse
from dteplanows.parser.txt.purchases import OTHER_TAXES
from tests.parser.parser_support import codes, factura, one, txt

HEADER = "33;712;2026-03-02;0;0;33333333-3;Proveedor Ficticio;Abarrotes;Calle 1;Lota;Concepción;ventas@example.cl;"
TOTALS = "0;0;0;0;20000;0;19;3800;25800;2000;0;"
LINE = "1;B-1;Bebida;20;1000;0;0;0;0;0;20000;0;INT1;UN;Botella;"


def purchase(**changed: str) -> bytes:
    """A received document with sections replaced or added."""
    return txt({"EncabezadoCompra": HEADER, "TotalesCompra": TOTALS, "DetalleCompra": LINE} | changed)


def test_the_other_party_is_the_issuer() -> None:
    document = one(purchase())
    assert not document.problems
    assert (document.received, document.tipo, document.folio) == (True, 33, 712)
    assert document.id_doc.value("FchEmis") == date(2026, 3, 2)
    names = ("RUTEmisor", "RznSoc", "GiroEmis", "DirOrigen", "CmnaOrigen", "CiudadOrigen", "CorreoEmisor")
    assert [document.emisor.text(name) for name in names] == HEADER.split(";")[5:12]
    assert document.receptor.is_empty()
    assert document.beside.correo == ""
    assert document.totales.amount("MntTotal") == 25800
    assert document.totales.amount(OTHER_TAXES) == 2000
    (line,) = document.detalles
    assert (line.amount("MontoItem"), line.text("UnmdItem"), line.text("DscItem")) == (20000, "UN", "Botella")
    assert line.group("CdgItem").text("TpoCodigo") == "INT1"


def test_all_sections_are_read() -> None:
    document = one(
        purchase(
            DescRecCompra="1;D;Oferta;$;500;0;",
            ReferenciaCompra="1;801;77;2026-03-01;0;Orden de compra;",
            ObservacionCompra="En bodega;Falta una caja;",
            Observacion="Pagada",
        )
    )
    assert not document.problems
    assert document.root.group("DscRcgGlobal").text("GlosaDR") == "Oferta"
    assert document.root.group("Referencia").text("FolioRef") == "77"
    assert document.beside.observaciones == ["En bodega", "Falta una caja", "Pagada"]


@pytest.mark.parametrize(
    ("value", "rate", "amount"),
    [("", None, 0), ("10", Decimal(10), 0), ("20.5", Decimal("20.5"), 0), ("2000", None, 2000)],
)
def test_a_tax_has_a_rate_or_an_amount(value: str, rate: Decimal | None, amount: int) -> None:
    document = one(purchase(ImpuestoRetencionCompra=f"1;27;{value};"))
    assert not document.problems
    (tax,) = document.totales.all("ImptoReten")
    assert (tax.text("TipoImp"), tax.number("TasaImp"), tax.amount("MontoImp")) == ("27", rate, amount)
    assert document.detalles[0].text("CodImpAdic") == "27"


def test_amounts_of_several_lines_are_one_tax() -> None:
    second = LINE.replace("1;B-1", "2;B-2", 1)
    document = one(purchase(DetalleCompra=f"{LINE}\n{second}", ImpuestoRetencionCompra="1;27;1200\n2;27;800\n0;24;500"))
    taxes = [(tax.text("TipoImp"), tax.amount("MontoImp")) for tax in document.totales.all("ImptoReten")]
    assert taxes == [("27", 2000), ("24", 500)]
    assert [line.text("CodImpAdic") for line in document.detalles] == ["27", "27"]


def test_a_tax_of_no_line_is_told() -> None:
    assert codes(one(purchase(ImpuestoRetencionCompra="7;27;;"))) == ["TXT-061"]


def test_exempt_lines() -> None:
    line = "1;-;Asesoría;1;5000;0;0;0;0;5000;0;0;;;;"
    document = one(purchase(TotalesCompra="0;0;0;0;0;5000;0;0;5000;", DetalleCompra=line))
    (read,) = document.detalles
    assert (read.amount("IndExe"), read.amount("MontoItem"), read.all("CdgItem")) == (1, 5000, [])


@pytest.mark.parametrize(
    ("totals", "added"),
    [
        ("0;2000;0;0;18000;0;19;3420;21420;", [("D", Decimal(2000))]),
        ("10;0;0;0;18000;0;19;3420;21420;", [("D", Decimal(2000))]),
        ("0;0;0;1000;21000;0;19;3990;24990;", [("R", Decimal(1000))]),
        ("0;2000;0;0;20000;0;19;3800;23800;", []),
        ("0;2000;0;0;15000;0;19;2850;17850;", []),
    ],
    ids=["discount", "percentage", "surcharge", "repeated", "neither"],
)
def test_discounts_of_the_totals(totals: str, added: list[tuple[str, Decimal]]) -> None:
    document = one(purchase(TotalesCompra=totals))
    changes = document.root.all("DscRcgGlobal")
    assert [(change.text("TpoMov"), change.number("ValorDR")) for change in changes] == added


@pytest.mark.parametrize(("tipo", "known"), [("30", True), ("914", True), ("112", True), ("39", False), ("801", False)])
def test_the_types_are_those_of_received_documents(tipo: str, known: bool) -> None:
    document = one(purchase(EncabezadoCompra=HEADER.replace("33", tipo, 1)))
    assert document.tipo == (int(tipo) if known else 0)
    assert codes(document) == ([] if known else ["CMP-001"])


def test_a_row_of_the_sales_is_told() -> None:
    assert codes(one(purchase(DetalleCompra="1;B-1;Bebida;20;1000;0;0;0;0;0;20000;INT1;UN;Botella;"))) == ["CMP-007"]


def test_a_short_row_is_told() -> None:
    document = one(purchase(DetalleCompra="1;B-1;Bebida;20;1000;0;0;0;0;0;20000;"))
    assert codes(document) == ["TXT-014"]
    assert "11 columnas de las 15" in document.problems[0].message


def test_sections_of_sales_do_not_belong_to_it() -> None:
    assert codes(one(purchase(Referencia="1;801;77;2026-03-01;0;Orden;"))) == ["TXT-017"]
    assert codes(one(factura(DetalleCompra=LINE))) == ["TXT-017"]


def test_an_unknown_section_with_the_suffix_is_told() -> None:
    assert codes(one(purchase(XyzwCompra="1;2;"))) == ["TXT-011"]


def test_sales_and_purchases_in_one_file() -> None:
    documents = parse(factura() + purchase() + factura(), "1")
    assert [document.received for document in documents] == [False, True, False]


def test_a_tax_without_code_is_told() -> None:
    document = one(purchase(ImpuestoRetencionCompra="1;;10;\n1;0;0;\n1;;;"))
    assert [(each.code, each.value) for each in document.problems] == [("TXT-105", "1;;10")]
