"""The LibroCV and the CSV of the RCV against what others say of them: the SII's schema, our own reader of books, and
the totals of the ledger."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from dteplanows import books
from dteplanows.archive.totals import totals
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Refused
from dteplanows.exports import at_once
from dteplanows.exports.formats import What
from dteplanows.exports.rcv import FIELDS
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.rows import NewReceived, ReceivedFile
from dteplanows.portal.sales.query import whole_month
from tests.installation import Installation
from tests.ledger.example import rut
from tests.official import errors_in_envelope
from tests.signer.signer_support import needs_xmlsec1, xmlsec1_accepts
from tests.sii.documents import installation_in, issue

SUPPLIER = rut(77000222)
MONTH = Wanted(*whole_month(clock.today()))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Several documents of each type this month, one of them refused by the SII."""
    one = installation_in(tmp_path_factory.mktemp("libros"))
    for tipo in sorted(BRANCHES):
        for first in (0, 7, 19):
            issue(one, tipo, range(first, 60))
    with one.ledger.transaction():
        query = "SELECT MIN(id) FROM documento WHERE tipo = 33"
        refused = one.ledger.connection.execute(query).fetchone()[0]
        order = "UPDATE entrega SET estado = 'rechazado' WHERE documento_id = ?"
        one.ledger.connection.execute(order, (refused,))
    for number, (tipo, neto) in enumerate(((33, 1000), (33, 2500), (61, 400), (34, 0), (52, 900)), 1):
        one.ledger.received.record(received(one.company, tipo, number, neto))
    yield one
    one.close()


def received(company: Company, tipo: int, folio: int, neto: int) -> NewReceived:
    """A document of a supplier with an additional tax."""
    iva, exento, other = neto * 19 // 100, 0 if neto else 700, neto // 10
    taxes = [{"TipoImp": "27", "TasaImp": "10", "MontoImp": str(other)}] if other else []
    content = {"Encabezado": [{"Totales": [{"TasaIVA": "19", "ImptoReten": taxes}]}]}
    return NewReceived(
        ambiente=company.ambiente, rut_empresa=company.rut, rut_emisor=SUPPLIER, tipo=tipo, folio=folio, huella="",
        fecha_emision=clock.today().isoformat(), razon_social_emisor="Proveedor <Ñ> & Cía.", monto_neto=neto,
        monto_exento=exento, iva=iva, otros_impuestos=other, monto_total=neto + exento + iva + other,
        contenido=json.dumps(content), beside="{}", avisos="[]", usuario="ana", creado=datetime(2026, 11, 24, 10),
        archivo=ReceivedFile("1", f"{tipo} {folio}".encode()),
    )  # fmt: skip


def made(house: Installation, formato: str) -> bytes:
    path = at_once.make(house.ledger, house.company, formato, What(Listing(MONTH)))
    try:
        return path.read_bytes()
    finally:
        path.unlink()


def text(element: etree._Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}") or ""


@pytest.mark.parametrize("formato", ["librocv", "compras-librocv"])
def test_a_book_is_one_for_the_sii_and_for_our_own_reader(house: Installation, formato: str) -> None:
    file = made(house, formato)
    assert errors_in_envelope(file, "LibroCV_v10.xsd") == []
    head, problems = books.judge(file, house.company, clock.today())
    assert [one.text() for one in problems] == []
    operacion = "VENTA" if formato == "librocv" else "COMPRA"
    assert head == (operacion, f"{clock.today():%Y-%m}", "MENSUAL", "TOTAL")


@needs_xmlsec1
@pytest.mark.parametrize("formato", ["librocv", "compras-librocv"])
def test_its_signature_is_over_what_it_says(house: Installation, formato: str, tmp_path: Path) -> None:
    file = made(house, formato)
    assert xmlsec1_accepts(file, tmp_path, "EnvioLibro")
    assert not xmlsec1_accepts(file.replace(b"<TipoEnvio>TOTAL", b"<TipoEnvio>AJUSTE"), tmp_path, "EnvioLibro")


def test_the_book_of_sales_has_the_totals_of_the_ledger(house: Installation) -> None:
    root = etree.fromstring(made(house, "librocv"))
    by_type = {one.tipo: one for one in totals(house.ledger, house.company, MONTH)}
    found = {int(text(one, "TpoDoc")): one for one in root.iter("{*}TotalesPeriodo")}
    assert set(found) == set(by_type) - {46, 52}
    for tipo, one in found.items():
        right = by_type[tipo]
        assert (int(text(one, "TotDoc")), int(text(one, "TotMntTotal"))) == (right.documentos, right.total), tipo
        assert (int(text(one, "TotMntNeto")), int(text(one, "TotMntIVA"))) == (right.neto, right.iva)
        assert int(text(one, "TotMntExe")) == right.exento
    rows = [int(text(one, "TpoDoc")) for one in root.iter("{*}Detalle")]
    assert {tipo: rows.count(tipo) for tipo in rows} == {
        tipo: one.documentos for tipo, one in by_type.items() if tipo not in (39, 41, 46, 52)
    }


def test_the_book_of_purchases_has_what_was_received_and_the_facturas_de_compra(house: Installation) -> None:
    root = etree.fromstring(made(house, "compras-librocv"))
    rows = [(int(text(one, "TpoDoc")), int(text(one, "MntTotal"))) for one in root.iter("{*}Detalle")]
    of_46 = [one.total for one in totals(house.ledger, house.company, MONTH) if one.tipo == 46]
    assert [row for row in rows if row[0] != 46] == [(34, 700), (61, 516), (33, 3225), (33, 1290)]
    assert sum(total for tipo, total in rows if tipo == 46) == sum(of_46)
    assert 52 not in {tipo for tipo, _ in rows}
    names = {text(one, "RznSoc") for one in root.iter("{*}Detalle") if text(one, "RUTDoc") == SUPPLIER}
    assert names == {"Proveedor <Ñ> & Cía."}


def test_an_empty_month_is_a_book_too(house: Installation) -> None:
    what = What(Listing(Wanted(*whole_month(clock.today().replace(year=2020)))))
    for formato in ("librocv", "compras-librocv"):
        path = at_once.make(house.ledger, house.company, formato, what)
        assert errors_in_envelope(path.read_bytes(), "LibroCV_v10.xsd") == []


def test_who_has_no_resolution_gets_no_book(house: Installation) -> None:
    real = replace(house.company, ambiente="produccion", fecha_resolucion=None)
    with pytest.raises(Refused):
        at_once.make(house.ledger, real, "librocv", What(Listing(MONTH)))


def test_the_file_of_the_rcv_has_its_columns_and_the_amounts_of_the_ledger(house: Installation) -> None:
    lines = made(house, "rcv").decode("utf-8-sig")
    assert lines.splitlines()[0].split(";") == list(FIELDS) and len(FIELDS) == 43
    rows = list(csv.DictReader(io.StringIO(lines, newline=""), delimiter=";"))
    first = [one for one in rows if one["Nro"]]
    by_type = {one.tipo: one for one in totals(house.ledger, house.company, MONTH)}
    # On the first days of a month some documents are of the one before.
    for tipo in {33, 34, 43, 56, 61, 110, 111, 112} & set(by_type):
        of_type = [one for one in first if one["Tipo Doc"] == str(tipo)]
        assert len(of_type) == by_type[tipo].documentos
        for column, right in (("Monto Neto", "neto"), ("Monto Exento", "exento"), ("Monto IVA", "iva"),
                              ("Monto total", "total")):  # fmt: skip
            assert sum(int(one[column]) for one in of_type) == getattr(by_type[tipo], right)
    assert not {"39", "41", "46", "52"} & {one["Tipo Doc"] for one in rows}
    assert all(re.fullmatch(r"\d\d/\d\d/20\d\d", one["Fecha Docto"]) for one in rows)
    assert all(not one["Monto total"] and one["Codigo Otro Imp."] for one in rows if not one["Nro"])
    notes = [one for one in first if one["Tipo Doc"] in ("56", "61")]
    assert all(one["Tipo Docto. Referencia"] and one["Folio Docto. Referencia"] for one in notes)


@pytest.mark.parametrize("formato", ["compras-csv", "guias-csv"])
def test_lists_of_the_other_books(house: Installation, formato: str) -> None:
    what = What(Listing(MONTH._replace(tipo=52 if formato == "guias-csv" else 0)))
    path = at_once.make(house.ledger, house.company, formato, what)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    if formato == "guias-csv":
        guias = [one.documentos for one in totals(house.ledger, house.company, MONTH) if one.tipo == 52]
        assert len(rows) == sum(guias) and all(one["ind_traslado"] in "123456789" and one["traslado"] for one in rows)
    else:
        assert [(one["tipo"], one["total"], one["signo"]) for one in rows] == [
            ("52", "1161", "0"), ("34", "700", "1"), ("61", "516", "-1"), ("33", "3225", "1"), ("33", "1290", "1"),
        ]  # fmt: skip
    assert Path(at_once.make(house.ledger, house.company, formato.replace("csv", "xlsx"), what)).stat().st_size > 3000
