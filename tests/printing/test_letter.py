"""The letter: everything the SII wants printed is there, whole, in its place, and on as many pages as it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from time import perf_counter

import pytest
from lxml import etree

from dteplanows import printing
from dteplanows.document import rut
from dteplanows.document.elements import BRANCHES, DOCUMENT_NAMES, EXPORTS, Element, at, structure
from dteplanows.document.model import Document
from dteplanows.printing import NotCedible, PrintFacts, cutting, letter
from dteplanows.printing.closing import RECEIPT
from dteplanows.printing.fields import words
from dteplanows.printing.page import RED, Box, Page, Slanted, Stamp, Text, width_of
from dteplanows.printing.stored import read
from tests.installation import Installation
from tests.printing.papers import (
    FACTS,
    PRODUCTION,
    fixture,
    full,
    opened,
    picture,
    signed,
    squeezed,
    stands,
    text,
    texts,
)

MARKED = """
Folio FchEmis MntCancel SaldoInsol FchPago MntPago TermPagoGlosa FchVenc TipoFactEsp RUTEmisor RznSoc GiroEmis
FolioAut FchAut DirOrigen CmnaOrigen RUTMandante RUTRecep RznSocRecep NumId TipoDocID GiroRecep DirRecep CmnaRecep
RUTSolicita Patente PatenteCarro RUTTrans RUTChofer NombreChofer DirDest CmnaDest FchSalida HraSalida FchLlegada
TotClauVenta CodViaTransp NombreTransp RUTCiaTransp NomCiaTransp Tara PesoBruto TotBultos CodTpoBultos CantBultos
Marcas IdContainer TpoMoneda MntNeto MntExe MntBase MntMargenCom TasaIVA IVA TasaImp MontoImp IVANoRet CredEC GrntDep
ValComNeto ValComExe ValComIVA MntTotal MntNetoOtrMnda MntExeOtrMnda MntFaeCarneOtrMnda MntMargComOtrMnda IVAOtrMnda
TasaImpOtrMnda VlrImpOtrMnda IVANoRetOtrMnda MntTotOtrMnda MntBaseFaena MntMargComer PrcConsFinal NmbItem DscItem
QtyItem UnmdItem PrcItem MontoItemOtrMnda DescuentoMonto RecargoMonto MontoItem GlosaDR ValorDR ValorDROtrMnda
TpoDocRef FolioRef FchRef Glosa TasaComision
"""
"""Elements that the Formato DTE v2.5 marks I, to be printed."""
USEFUL = """
RznSocEmisor GiroEmisor RazonRef Telefono CorreoEmisor CiudadOrigen CiudadRecep Contacto CdgVendedor VlrCodigo MontoNF
MontoPeriodo SaldoAnterior VlrPagar TotalPeriodo GlosaSTI ValSubtotSTI GlosaPagos Sello MntFlete MntSeguro FolioTicket
NmbEvento LugarEvento UbicEvento FilaUbicEvento AsntoUbicEvento
"""
"""The same of boletas, and what a reader of any document looks for."""
PRINTED = frozenset(f"{MARKED} {USEFUL}".split())
IN_WORDS = {
    "IndTraslado": "IndTraslado", "FmaPago": "FmaPago", "FmaPagExp": "FmaPagExp", "MedioPago": "MedioPago",
    "TpoCtaPago": "TpoCtaPago", "CdgTraslado": "CdgTraslado", "CodModVenta": "CodModVenta",
    "CodClauVenta": "CodClauVenta", "CodPtoEmbarque": "CodPto", "CodPtoDesemb": "CodPto", "CodUnidMedTara": "CodUnid",
    "CodUnidPesoBruto": "CodUnid", "CodUnidPesoNeto": "CodUnid", "CodPaisRecep": "CodPais", "CodPaisDestin": "CodPais",
    "TipoImp": "TipoImp", "TipoImpOtrMnda": "TipoImp", "IndServicio": "IndServicio", "CodRef": "CodRef",
    "NumCtaPago": "", "BcoPago": "",
}  # fmt: skip
"""Elements that it marks P, to be printed in words, with the table of the words."""
CODES = frozenset({"Folio", "FolioAut", "CodViaTransp", "CodTpoBultos", "TipoDocID", "TipoFactEsp", "FolioTicket"})
"""Numbers that are no amounts, so that they have no dots."""


def shown(element: Element, value: str, name: str) -> str:
    """*value* as it must stand on the paper, by rules of this test's own."""
    if table := IN_WORDS.get(element.name):
        return words(table, value, name) or value
    if element.kind == "rut":
        body, digit = value.split("-")
        return f"{int(body):,}-{digit}".replace(",", ".")
    if element.kind == "date":
        return datetime.fromisoformat(value).strftime("%d-%m-") + value[:4]
    if element.kind in ("positive", "natural", "integer", "decimal") and element.name not in CODES:
        whole, point, fraction = value.lstrip("-").partition(".")
        return re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole) + ("," if point else "") + fraction
    return value


def values(xml: bytes) -> Iterator[tuple[Element, str]]:
    """Every value of a document that must be printed, with its element."""
    root = etree.fromstring(xml)[0]
    tipo = int(root.findtext(".//{*}TipoDTE") or 0)
    for node in root.iter(etree.Element):
        path = root.getroottree().getelementpath(node).replace("{http://www.sii.cl/SiiDte}", "")
        path = re.sub(r"\[\d+\]", "", path).partition("/")[2]
        element = at(BRANCHES[tipo], path)
        if element and node.text and node.text.strip() and element.name in {*PRINTED, *IN_WORDS}:
            yield element, node.text.strip()


def missing(xml: bytes, facts: PrintFacts = FACTS) -> list[str]:
    """What must be printed of the document and is not."""
    pages = texts(printing.letter_pdf(xml, facts))
    name = BRANCHES[read(xml).tipo]
    return [
        f"{element.path}: {value}" for element, value in values(xml) if not stands(shown(element, value, name), pages)
    ]


# --- what is printed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", BRANCHES)
@pytest.mark.parametrize("seed", range(3))
def test_everything_the_form_marks_is_printed(tipo: int, seed: int) -> None:
    assert missing(full(tipo, seed)) == []


def test_what_is_not_printed_would_be_found() -> None:
    xml = full(33)
    other = texts(printing.letter_pdf(full(33, 1), FACTS))
    assert any(not stands(shown(element, value, "factura"), other) for element, value in values(xml))


@pytest.mark.parametrize("tipo", BRANCHES)
def test_name_number_unit_and_words_of_the_stamp(tipo: int) -> None:
    xml = full(tipo)
    found = text(printing.letter_pdf(xml, FACTS))
    issuer = read(xml).root.text("Encabezado/Emisor/RUTEmisor")
    for words_of_it in (DOCUMENT_NAMES[tipo].upper(), "Nº 1234", "S.I.I. - CHILLÁN", "Timbre Electrónico SII",
                        "Res. 80 de 2014", "Verifique documento: www.sii.cl", *FACTS.observaciones, "Pedido interno 55",
                        f"R.U.T.: {int(issuer[:-2]):,}-{issuer[-1]}".replace(",", ".")):  # fmt: skip
        assert squeezed(words_of_it) in found


def test_without_unit_and_date_their_lines_are_left_out() -> None:
    found = text(printing.letter_pdf(full(33), PrintFacts("produccion")))
    assert "S.I.I." not in found
    assert "Res.0Verifique" in found


@pytest.mark.parametrize("tipo", BRANCHES)
def test_only_tests_say_that_they_are_not_valid(tipo: int) -> None:
    tests, real = (letter.layout(read(full(tipo)), facts, False) for facts in (FACTS, PRODUCTION))
    assert all(isinstance(page.marks[0], Slanted) for page in tests)
    assert not any(isinstance(mark, Slanted) for page in real for mark in page.marks)


@pytest.mark.parametrize(
    "name",
    ["factura33-de-guias.txt", "factura34-descuento-por-linea.txt", "boleta39-sin-sucursal.txt", "boleta41-exenta.txt",
     "guia52-venta-con-descuento.txt", "factura33-impuestos-adicionales.xml", "guia52-traslado-interno.xml",
     "nota-credito61-precios-brutos.xml", "nota-debito56-adicional-antes-de-referencia.xml"],
)  # fmt: skip
def test_documents_of_customers(installation: Installation, name: str) -> None:
    path = fixture(name)
    outcome = installation.issue(path.read_bytes(), "1" if path.suffix == ".txt" else "2")
    company = installation.company
    for one in outcome.documents:
        row = installation.ledger.documents.find(company.ambiente, company.rut, one.tipo, one.folio)
        assert row
        assert missing(row.xml) == []
        assert len(opened(printing.letter_pdf(row.xml, FACTS))) == 1
        assert_tidy(letter.layout(read(row.xml), FACTS, False))


# --- where it is printed --------------------------------------------------------------------------------------------


def around(mark: Text, stretch: float = 1) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a text; its height is that of capitals."""
    return mark.x, mark.y - 0.7 * mark.size, mark.x + stretch * width_of(mark.text, mark.size, mark.bold), mark.y


def assert_tidy(pages: list[Page], margin: float = 14) -> None:
    """No text over another or over the stamp, and none outside the *margin* of the paper (in points; 5 mm is 14)."""
    for page in pages:
        texts = sorted((mark for mark in page.marks if isinstance(mark, Text)), key=lambda mark: mark.y)
        boxes = [around(mark, page.stretch) for mark in texts]
        for left, top, right, bottom in boxes:
            assert margin <= left < right <= page.width - margin
            assert margin <= top < bottom <= page.height - margin
        for number, one in enumerate(boxes):
            for other_number, other in enumerate(boxes[number + 1 :], number + 1):
                if other[3] - one[3] > 20:
                    break
                apart = one[2] <= other[0] + 0.01 or other[2] <= one[0] + 0.01 or one[3] <= other[1] + 0.01
                assert apart or other[3] <= one[1] + 0.01, (texts[number], texts[other_number])
        for stamp in (mark for mark in page.marks if isinstance(mark, Stamp)):
            area = (stamp.x - 18, stamp.y, stamp.x + stamp.width + 18, stamp.y + stamp.height)
            beside = [one[0] >= area[2] or one[2] <= area[0] or one[1] >= area[3] or one[3] <= area[1] for one in boxes]
            assert all(beside)


@pytest.mark.parametrize("tipo", BRANCHES)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_overlaps_and_nothing_is_cut(tipo: int, seed: int) -> None:
    stored = read(full(tipo, seed))
    assert_tidy(letter.layout(stored, FACTS, stored.has_cedible))


@pytest.mark.parametrize("tipo", BRANCHES)
def test_the_box_is_red_and_stands_at_the_upper_right(tipo: int) -> None:
    """1.5 by 5.5 cm to 4 by 8 cm, the line 0.5 to 1 mm, letters of 10 points or more (Manual de Muestras Impresas)."""
    page = letter.layout(read(full(tipo)), FACTS, False)[0]
    (box,) = [mark for mark in page.marks if isinstance(mark, Box) and mark.colour == RED]
    millimetre = 72 / 25.4
    assert 55 <= box.width / millimetre <= 80
    assert 15 <= box.height / millimetre <= 40
    assert 0.5 <= box.line / millimetre <= 1
    assert box.x > page.width / 2
    red = [mark for mark in page.marks if isinstance(mark, Text) and mark.colour == RED]
    inside = [mark for mark in red if mark.y < box.y + box.height]
    assert [mark.text for mark in inside][-1] == "Nº 1234"
    assert all(mark.bold and mark.size >= 10 for mark in inside)
    assert all(box.x < around(mark)[0] and around(mark)[2] < box.x + box.width for mark in inside)


def simple(tipo: int, lines: int, names: str = "Tuerca de 1/2 pulgada") -> bytes:
    """A document of so many plain lines."""
    document = Document(tipo)
    document.id_doc.put("TipoDTE", tipo)
    document.id_doc.put("FchEmis", "2026-03-04")
    document.id_doc.put("IndTraslado", 1)
    document.emisor.put("RUTEmisor", "76354771-K")
    for name in ("RznSoc", "RznSocEmisor"):
        document.emisor.put(name, "Maestranza Ñuble & Hijos Ltda.")
    document.receptor.put("RUTRecep", f"61000000-{rut.check_digit(61_000_000)}")
    document.receptor.put("RznSocRecep", "Ferretería El Ancla")
    for number in range(1, lines + 1):
        line = document.root.add_group("Detalle")
        for name, value in (("NroLinDet", number), ("NmbItem", f"{names} {number}"), ("QtyItem", number),
                            ("PrcItem", 1000), ("MontoItem", 1000 * number)):  # fmt: skip
            line.put(name, value)
    document.totales.put("MntTotal", 1000 * lines * (lines + 1) // 2)
    return signed(document, 77)


@pytest.mark.parametrize(("tipo", "lines"), [(33, 1), (33, 60), (52, 60), (39, 1000)])
def test_many_lines_take_several_pages_with_headings_and_numbers(tipo: int, lines: int) -> None:
    xml = simple(tipo, lines)
    pages = opened(printing.letter_pdf(xml, FACTS))
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    assert (len(pages) > 1) == (lines > 1)
    for number, one in enumerate(texts, 1):
        assert f"Página {number} de {len(texts)}" in one
        assert "Nº 77" in one
        assert "Ferretería El Ancla" in one
        assert ("Descripción" in one) == ("Tuerca" in one)
    found = squeezed("".join(texts))
    assert all(f"Tuercade1/2pulgada{number}" in found for number in range(1, lines + 1))
    assert "Timbre" in texts[-1]
    assert_tidy(letter.layout(read(xml), FACTS, False))


def test_an_ordinary_document_has_one_page() -> None:
    assert len(opened(printing.letter_pdf(simple(33, 20), FACTS, cedible=True))) == 1


def test_a_column_of_amounts_ends_at_one_line() -> None:
    pages = letter.layout(read(simple(33, 60)), FACTS, False)
    ends = {
        round(around(mark)[2], 2)
        for page in pages
        for mark in page.marks
        if isinstance(mark, Text) and re.fullmatch(r"\d{1,2}\.000", mark.text) and around(mark)[2] > 560
    }
    assert len(ends) == 1


def test_many_additional_data_are_printed_in_order() -> None:
    facts = replace(FACTS, adicionales={f"Dato {number}": f"valor {number} " * 5 for number in range(cutting.DATA)})
    found = text(printing.letter_pdf(simple(33, 1), facts))
    assert all(f"Dato{number}:" + f"valor{number}" * 5 in found for number in range(cutting.DATA))
    assert_tidy(letter.layout(read(simple(33, 1)), facts, False))


def test_a_document_without_names_or_lines_is_printed_all_the_same() -> None:
    for xml in (simple(39, 1).replace(b"<NmbItem>Tuerca de 1/2 pulgada 1</NmbItem>", b""),
                re.sub(rb"(?s)<Detalle>.*</Detalle>", b"", simple(39, 2))):  # fmt: skip
        assert "BOLETAELECTRÓNICA" in text(printing.letter_pdf(xml, FACTS))
        assert printing.ticket(xml, FACTS).head


def test_long_words_are_broken_and_not_cut() -> None:
    xml = simple(33, 3, names="X" * 70)
    assert missing(xml) == []
    assert_tidy(letter.layout(read(xml), FACTS, False))


# --- cedible --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", [33, 34, 43, 46, 52])
def test_the_cedible_copy_has_the_receipt_and_its_law(tipo: int) -> None:
    xml = simple(tipo, 2)
    assert printing.has_cedible(xml)
    found, original = text(printing.letter_pdf(xml, FACTS, cedible=True)), text(printing.letter_pdf(xml, FACTS))
    for words_of_it in ("Nombre:", "Fecha:", "Recinto:", "Firma:", RECEIPT):
        assert squeezed(words_of_it) in found
    assert found.endswith("CEDIBLECONSUFACTURA" if tipo == 52 else "CEDIBLE")
    assert "CEDIBLE" not in original
    page = letter.layout(read(xml), FACTS, True)[-1]
    (mark,) = [mark for mark in page.marks if isinstance(mark, Text) and mark.text.startswith("CEDIBLE")]
    assert mark.x > page.width / 2
    assert mark.y > page.height * 0.9


@pytest.mark.parametrize("tipo", [39, 41, 56, 61, *sorted(EXPORTS)])
def test_other_documents_have_no_cedible_copy(tipo: int) -> None:
    assert not printing.has_cedible(full(tipo))
    with pytest.raises(NotCedible):
        printing.letter_pdf(full(tipo), FACTS, cedible=True)


def test_a_guia_that_is_no_sale_has_none() -> None:
    xml = simple(52, 1).replace(b"<IndTraslado>1<", b"<IndTraslado>5<")
    assert not printing.has_cedible(xml)
    with pytest.raises(NotCedible):
        printing.letter_pdf(xml, FACTS, cedible=True)
    assert "Trasladosinternos" in text(printing.letter_pdf(xml, FACTS))


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes() -> None:
    assert printing.letter_pdf(full(33), FACTS, cedible=True) == printing.letter_pdf(full(33), FACTS, cedible=True)
    assert printing.letter_pdf(full(33), FACTS) != printing.letter_pdf(full(33), PRODUCTION)


@pytest.mark.parametrize("tipo", BRANCHES)
def test_the_file_is_small(tipo: int) -> None:
    """The SII takes printed samples of 500 KB at most."""
    assert len(printing.letter_pdf(full(tipo), FACTS)) < 100_000


def test_the_picture_has_ink_where_it_should() -> None:
    image = picture(printing.letter_pdf(simple(33, 2), PRODUCTION), dpi=72)
    assert image.size == (612, 792)
    inks = [sum(image.crop(area).histogram()[:128])
            for area in ((370, 28, 580, 100), (50, 620, 280, 740), (300, 300, 500, 500))]  # fmt: skip
    assert inks[0] > 200
    assert inks[1] > 5000
    assert inks[2] == 0


def test_a_page_takes_milliseconds() -> None:
    """About five on an ordinary machine; far more than that would be a mistake and not a slow machine."""
    xml = simple(33, 5)
    printing.letter_pdf(xml, FACTS)
    moments = [perf_counter()]
    for _ in range(20):
        printing.letter_pdf(xml, FACTS)
        moments.append(perf_counter())
    assert min(later - earlier for earlier, later in pairwise(moments)) < 0.05


def test_every_type_is_tested() -> None:
    assert all(structure(tipo) for tipo in DOCUMENT_NAMES)
    assert set(DOCUMENT_NAMES) == set(BRANCHES)
