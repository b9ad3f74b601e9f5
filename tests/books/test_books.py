"""Books of purchases and sales: what is read from them and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from dteplanows.books import is_book, judge
from dteplanows.books.checks import Heading
from dteplanows.books.table import EFFECTS, OTHER_NAMES, PAIRS, SUMMED_UP, TYPES, Pair, structure
from dteplanows.document.elements import Element
from dteplanows.document.problem import Severity
from fixtures import BOOKS, FIXTURES, Fixture
from tests.books.example import COMPRA, PARCIAL, TODAY, VENTA, problems, spoiled, told
from tests.installation import COMPANY

AVISO = Severity.AVISO
NETO = "<MntNeto>100000</MntNeto>"


def line_of(text: str, file: bytes = COMPRA) -> int:
    """The line of *file* where *text* first stands."""
    return file[: file.index(text.encode("latin-1"))].count(b"\n") + 1


# --- which files are books --------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", BOOKS, ids=str)
def test_a_good_book_has_no_problems(one: Fixture) -> None:
    assert is_book(one.data, " 2 ")
    assert problems(one.data) == []


def test_the_heading() -> None:
    assert judge(PARCIAL, COMPANY, TODAY)[0] == Heading("VENTA", "2026-04", "ESPECIAL", "PARCIAL")


@pytest.mark.parametrize("one", FIXTURES, ids=str)
def test_documents_are_no_books(one: Fixture) -> None:
    assert not is_book(one.data, str(one.formato))


@pytest.mark.parametrize(
    ("file", "formato", "expected"),
    [
        (b"<LibroCompraVenta/>", "2", True),
        (b"\xef\xbb\xbf\n<!-- a --><?b c?> <LibroCompraVenta>", "2", True),
        (b'<s:LibroCompraVenta xmlns:s="http://www.sii.cl/SiiDte">', "2", True),
        ("\ufeff<LibroCompraVenta/>".encode("utf-16-le"), "2", True),
        (b"<LibroCompraVenta/>", "1", False),
        (b"<LibroCompraVenta/>", "3", False),
        (b"<LibroCompraVenta/>\0", "2", True),
        (b"<LibroCompra\0Venta/>", "2", False),
        (b"<LibroCompraVentas/>", "2", False),
        (b"<DTE><LibroCompraVenta/></DTE>", "2", False),
        (b"<!-- <LibroCompraVenta> --><DTE/>", "2", False),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><LibroCompraVenta/>', "2", False),
        (b"<LibroGuia/>", "2", False),
        (b"", "2", False),
    ],
)
def test_what_is_a_book(file: bytes, formato: str, expected: bool) -> None:
    assert is_book(file, formato) is expected


def test_the_charset_is_that_of_the_bytes() -> None:
    as_utf8 = COMPRA.decode("latin-1").encode()
    assert problems(as_utf8) == []
    assert problems(VENTA.decode().encode("latin-1")) == []


def test_the_order_of_elements_does_not_matter() -> None:
    text = COMPRA.decode("latin-1")
    start, end = text.index("    <Detalle>"), text.index("  </EnvioLibro>")
    head = text.index("    <Caratula>")
    assert problems((text[:head] + text[start:end] + text[head:start] + text[end:]).encode("latin-1")) == []


# --- bad books --------------------------------------------------------------------------------------------------

CARATULA = "Caratula"
PERIODO = "ResumenPeriodo/TotalesPeriodo"
BAD = [
    (("<RutEmisorLibro>76354771-K", "<RutEmisorLibro>76354771-1"), "DOC-011", f"{CARATULA}/RutEmisorLibro"),
    (("<RutEmisorLibro>76354771-K", "<RutEmisorLibro>78123450-8"), "LIB-010", f"{CARATULA}/RutEmisorLibro"),
    (("<RutEnvia>13482906-0", "<RutEnvia>trece"), "DOC-010", f"{CARATULA}/RutEnvia"),
    (("<RutEnvia>13482906-0</RutEnvia>", "<RutEnvia></RutEnvia>"), "LIB-001", f"{CARATULA}/RutEnvia"),
    (("<PeriodoTributario>2026-03", "<PeriodoTributario>03-2026"), "LIB-012", f"{CARATULA}/PeriodoTributario"),
    (("<PeriodoTributario>2026-03", "<PeriodoTributario>2026-13"), "LIB-012", f"{CARATULA}/PeriodoTributario"),
    (("<PeriodoTributario>2026-03", "<PeriodoTributario>2026-12"), "LIB-013", f"{CARATULA}/PeriodoTributario"),
    (("<FchResol>2014-08-22", "<FchResol>22-08-2014"), "TXT-023", f"{CARATULA}/FchResol"),
    (("<FchResol>2014-08-22", "<FchResol>2014-02-30"), "TXT-024", f"{CARATULA}/FchResol"),
    (("<NroResol>80", "<NroResol>1234567"), "LIB-022", f"{CARATULA}/NroResol"),
    (("<NroResol>80", "<NroResol>-1"), "LIB-023", f"{CARATULA}/NroResol"),
    (("<TipoOperacion>COMPRA", "<TipoOperacion>Compras"), "LIB-020", f"{CARATULA}/TipoOperacion"),
    (("<TipoLibro>MENSUAL", "<TipoLibro>ANUAL"), "LIB-020", f"{CARATULA}/TipoLibro"),
    (("<TipoEnvio>TOTAL", "<TipoEnvio>COMPLETO"), "LIB-020", f"{CARATULA}/TipoEnvio"),
    (("<NroResol>80</NroResol>", "<NroResol>80</NroResol><NroResol>80</NroResol>"), "LIB-002", f"{CARATULA}/NroResol"),
    (("<TotMntNeto>10000</TotMntNeto>", ""), "LIB-001", f"{PERIODO}[1]/TotMntNeto"),
    (("<TotMntNeto>10000", "<TotMntNeto>10001"), "LIB-040", f"{PERIODO}[1]/TotMntNeto"),
    (("<TotMntNeto>10000", "<TotMntNeto>10.000"), "TXT-060", f"{PERIODO}[1]/TotMntNeto"),
    (("<TotMntTotal>186500", "<TotMntTotal>186400"), "LIB-040", f"{PERIODO}[2]/TotMntTotal"),
    (("<TotDoc>3", "<TotDoc>4"), "LIB-041", f"{PERIODO}[2]/TotDoc"),
    (("<TotDoc>3</TotDoc>", "<TotDoc>3</TotDoc><TotAnulado>2</TotAnulado>"), "LIB-047", f"{PERIODO}[2]/TotAnulado"),
    (("<TotMntImp>3000", "<TotMntImp>3500"), "LIB-040", f"{PERIODO}[2]/TotOtrosImp[1]/TotMntImp"),
    (("<TotMntIVANoRec>1900", "<TotMntIVANoRec>0"), "LIB-040", f"{PERIODO}[2]/TotIVANoRec[1]/TotMntIVANoRec"),
    (("<TpoDoc>61", "<TpoDoc>30"), "LIB-043", f"{PERIODO}[3]/TpoDoc"),
    (("<TotMntNeto>10000", "<TotMntneto>5</TotMntneto><TotMntNeto>10000"), "LIB-004", f"{PERIODO}[1]/TotMntneto"),
    (("<NroDoc>871</NroDoc>", ""), "LIB-001", "Detalle[2]/NroDoc"),
    (("<NroDoc>871", "<NroDoc>A-871"), "TXT-020", "Detalle[2]/NroDoc"),
    (("<NroDoc>871", "<NroDoc>12345678901"), "LIB-022", "Detalle[2]/NroDoc"),
    (("<FchDoc>2026-03-03", "<FchDoc>1999-03-03"), "LIB-023", "Detalle[2]/FchDoc"),
    (("<FchDoc>2026-03-03", "<FchDoc>03/03/2026"), "TXT-023", "Detalle[2]/FchDoc"),
    (("<RUTDoc>78123450-8", "<RUTDoc>78123450-9"), "DOC-011", "Detalle[2]/RUTDoc"),
    (("<TasaImp>19", "<TasaImp>190"), "LIB-023", "Detalle[1]/TasaImp"),
    ((NETO, "<MntNeto>100,000</MntNeto>"), "TXT-022", "Detalle[2]/MntNeto"),
    ((NETO, f"{NETO}<Tasa>19</Tasa><TotMntIVA>7</TotMntIVA>"), "LIB-004", "Detalle[2]/TotMntIVA"),
    (("<CodImp>28</CodImp>\n        <MntImp>3000", "<CodImp>99</CodImp><MntImp>3000"), "LIB-020",
     "Detalle[3]/OtrosImp[1]/CodImp"),
    (("<CodIVANoRec>1</CodIVANoRec>\n        <MntIVANoRec>", "<MntIVANoRec>"), "LIB-001",
     "Detalle[4]/IVANoRec[1]/CodIVANoRec"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "path"), BAD)
def test_a_bad_book_is_told_with_line_and_path(change: tuple[str, str], code: str, path: str) -> None:
    file = spoiled(change)
    found = [one for one in problems(file) if one.severity is Severity.ERROR]
    assert code in {one.code for one in found}
    one = next(one for one in found if one.code == code)
    assert one.place.path == path
    whole = etree.fromstring(file)
    parent = whole.find(f"EnvioLibro/{path.rpartition('/')[0]}")
    assert parent is not None
    named = parent.find(path.rpartition("/")[2])
    lines = {parent.sourceline} if named is None else {child.sourceline for child in parent.findall(named.tag)}
    assert one.place.line in lines
    assert one.text().startswith(f"[{code}] Línea {one.place.line}, elemento {path}: ")
    assert "{" not in one.text()


def test_there_is_just_the_one_problem() -> None:
    """Nothing is compared with what could not be read."""
    alone = [change for change, code, _ in BAD if code not in ("LIB-043", "LIB-041", "LIB-047")]
    assert [told(spoiled(change)) for change in alone if len(told(spoiled(change))) != 1] == []


def test_figures_of_both_sides_are_told() -> None:
    (one,) = problems(spoiled(("<TotMntTotal>186500", "<TotMntTotal>186400")))
    assert "186.400" in one.message
    assert "186.500" in one.message
    assert "-100" in one.message
    assert "tipo 33" in one.message


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        (b"<LibroCompraVenta/>", ["LIB-001"]),
        (b"<LibroCompraVenta><EnvioLibro/><EnvioLibro/></LibroCompraVenta>", ["LIB-001", "LIB-002"]),
        (COMPRA.replace(b"</Caratula>", b""), ["TXT-050"]),
        (COMPRA[:-30], ["TXT-067"]),
        (COMPRA.replace(b"Aceros", b"&eacute;"), ["TXT-050"]),
        (b"<LibroCompraVenta>" + b"<a>" * 300 + b"</a>" * 300 + b"</LibroCompraVenta>", ["TXT-053"]),
        (b"<LibroCompraVenta>" + b"<a/>" * 1_000_000 + b"</LibroCompraVenta>", ["TXT-053"]),
    ],
    ids=["empty", "twice", "open", "cut", "entity", "deep", "long"],
)
def test_what_cannot_be_read(file: bytes, codes: list[str]) -> None:
    assert is_book(file, "2")
    assert sorted(told(file)) == codes


def test_a_document_type_that_the_sii_does_not_list() -> None:
    row = [one for one in problems(spoiled(("<TpoDoc>30", "<TpoDoc>31"))) if one.code == "LIB-024"]
    assert [one.place.path for one in row] == ["ResumenPeriodo/TotalesPeriodo[1]/TpoDoc"]


def test_rows_without_totals_and_totals_without_rows() -> None:
    assert told(spoiled(("<TpoDoc>61", "<TpoDoc>56"))) == ["LIB-041", "LIB-042"]
    without = re.sub(rb"    <Detalle>.*</Detalle>\n", b"", COMPRA, flags=re.DOTALL)
    assert told(without) == ["LIB-041"] * 3
    boletas = spoiled(("<TotDoc>250", "<TotDoc>251"), file=VENTA)
    assert problems(boletas) == []


def test_the_totals_of_a_tax_that_is_not_among_them() -> None:
    (one,) = problems(re.sub(rb"<TotOtrosImp>.*</TotOtrosImp>", b"", COMPRA, flags=re.DOTALL))
    assert one.code == "LIB-045"
    assert "3.000" in one.message
    assert "28" in one.message


def test_annulled_documents_may_be_counted_or_not() -> None:
    assert problems(spoiled(("<TotDoc>3", "<TotDoc>2"), file=VENTA)) == []
    assert told(spoiled(("<TotDoc>3", "<TotDoc>1"), file=VENTA)) == ["LIB-041"]


def test_only_totals_of_just_these_rows_are_compared() -> None:
    changed = ("<TotMntExe>70000", "<TotMntExe>71000")
    assert told(spoiled(changed, file=PARCIAL)) == ["LIB-040"]
    assert told(spoiled(changed, ("PARCIAL", "AJUSTE"), file=PARCIAL)) == []
    periodo = spoiled(("<TotMntTotal>186500", "<TotMntTotal>999999"), ("<TipoEnvio>TOTAL", "<TipoEnvio>FINAL"))
    assert told(periodo) == []


# --- avisos -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (("<MntTotal>124000", "<MntTotal>124003"), "LIB-030", "Detalle[2]/MntTotal"),
        (("<FchDoc>2026-03-03", "<FchDoc>2026-04-01"), "LIB-031", "Detalle[2]/FchDoc"),
        (("<NroDoc>871</NroDoc>", "<NroDoc>871</NroDoc><Glosa>x</Glosa>"), "LIB-003", "Detalle[2]/Glosa"),
        (("Panadería", "Panadería de muchas clases de pan y pasteles y"), "LIB-021", "Detalle[1]/RznSoc"),
        (("<TipoLibro>MENSUAL", "<TipoLibro>RECTIFICA"), "LIB-014", f"{CARATULA}/CodAutRec"),
        (("<TotOpIVARec>2", "<TotOpIVARec>3"), "LIB-046", f"{PERIODO}[2]/TotOpIVARec"),
        (("<NroDoc>871</NroDoc>", "<NroDoc>871</NroDoc>suelto"), "TXT-058", "Detalle[2]"),
        ((NETO, "<MntNeto>99999.6</MntNeto>"), "TXT-029", "Detalle[2]/MntNeto"),
    ],
)
def test_an_aviso_does_not_keep_a_book_out(change: tuple[str, str], code: str, path: str) -> None:
    more = [("<TotMntTotal>186500", "<TotMntTotal>186503")] if code == "LIB-030" else []
    found = problems(spoiled(change, *more))
    assert [(one.code, one.severity, one.place.path) for one in found] == [(code, AVISO, path)]


def test_a_document_that_stands_there_twice() -> None:
    changes = (("<NroDoc>902", "<NroDoc>871"), ("<RUTDoc>96512340-7", "<RUTDoc>78123450-8"))
    (one,) = problems(spoiled(*changes))
    assert (one.code, one.severity) == ("LIB-032", AVISO)
    assert f"línea {line_of('<NroDoc>871') - 2}" in one.message
    assert problems(spoiled(changes[0])) == [], "another issuer has its own numbers"
    adjusted = spoiled(*changes, ("<TipoEnvio>TOTAL", "<TipoEnvio>AJUSTE"))
    assert "LIB-032" not in told(adjusted, AVISO), "an adjustment says anew what was said before"


def test_sales_of_an_earlier_month_are_told() -> None:
    assert told(spoiled(("2026-03-05", "2026-02-05"), file=VENTA), AVISO) == ["LIB-031"]


def test_a_total_book_without_summary() -> None:
    text = re.sub(rb"<ResumenPeriodo>.*</ResumenPeriodo>", b"", COMPRA, flags=re.DOTALL)
    assert (told(text), told(text, AVISO)) == ([], ["LIB-044"])


@pytest.mark.parametrize("name", ["PsjNac", "PsjInt"])
def test_a_row_of_which_nothing_certain_is_known_is_not_added_up(name: str) -> None:
    changes = ((NETO, f"{NETO}<{name}>5</{name}>"), ("<MntTotal>124000", "<MntTotal>124005"))
    totals = "<TotMntTotal>186500</TotMntTotal>"
    more = (totals, f"<TotMntTotal>186505</TotMntTotal><Tot{name}>5</Tot{name}>")
    assert problems(spoiled(*changes, more)) == []


def test_the_issuer_of_a_test_login_is_the_account() -> None:
    other = spoiled(("<RutEmisorLibro>76354771-K", "<RutEmisorLibro>78123450-8"))
    (one,) = problems(other, from_account=True)
    assert (one.code, one.severity) == ("LIB-011", AVISO)
    assert problems(spoiled(("<RutEmisorLibro>76354771-K", "<RutEmisorLibro>1-9"))) == []


def test_a_tolerant_company_is_only_told_of_contradictions() -> None:
    file = spoiled(("<TotMntTotal>186500", "<TotMntTotal>186400"))
    (one,) = problems(file, replace(COMPANY, tolerante=True))
    assert (one.code, one.severity) == ("LIB-040", AVISO)
    assert "tolerante" in one.remedy


def test_zeros_that_programs_write_where_nothing_applies() -> None:
    zeros = "<IndServicio>0</IndServicio><CdgSIISucur>0</CdgSIISucur><TpoImp>0</TpoImp><Nada>0</Nada>"
    assert problems(spoiled(("<NroDoc>871</NroDoc>", f"<NroDoc>871</NroDoc>{zeros}"))) == []


# --- limits -----------------------------------------------------------------------------------------------------


def test_no_more_than_a_hundred_problems_are_told() -> None:
    row = b"<Detalle><TpoDoc>33</TpoDoc><NroDoc>x</NroDoc></Detalle>"
    found = problems(COMPRA.replace(b"</EnvioLibro>", row * 5000 + b"</EnvioLibro>"))
    assert len(found) == 101
    assert "TXT-006" in {one.code for one in found}


def test_an_error_behind_many_avisos_is_not_lost() -> None:
    rows = b"".join(
        b"<Detalle><TpoDoc>33</TpoDoc><NroDoc>%d</NroDoc><FchDoc>2026-05-01</FchDoc></Detalle>" % number
        for number in range(5000, 5200)
    )
    file = COMPRA.replace(b"</EnvioLibro>", rows + b"<Detalle><TpoDoc>33</TpoDoc></Detalle></EnvioLibro>")
    assert sorted(told(file)) == ["LIB-001", "LIB-041"]


# --- the tables -------------------------------------------------------------------------------------------------


def below(element: Element | None, path: str) -> Element | None:
    """The element at *path* below *element*."""
    for name in path.split("/"):
        element = element.child(name) if element else None
    return element


@pytest.mark.parametrize("one", PAIRS, ids=[one.total for one in PAIRS])
def test_both_sides_of_every_pair_exist(one: Pair) -> None:
    totals = below(structure(), "ResumenPeriodo/TotalesPeriodo")
    assert below(totals, one.total)
    detail = structure().child("Detalle")
    assert not one.detail or below(detail, one.detail)
    if one.key:
        assert below(totals, f"{one.total.partition('/')[0]}/{one.key}")
        assert below(detail, f"{one.detail.partition('/')[0]}/{one.key}")


def test_every_total_has_a_pair() -> None:
    totals = below(structure(), "ResumenPeriodo/TotalesPeriodo")
    assert totals
    names = {one.name for one in totals.walk() if one.name.startswith("Tot") and one.kind != "group"}
    # they follow from factors of the whole period, not from the rows
    assert names - {one.name for one in PAIRS} == {"TotCredIVAUsoComun", "TotCredImp"}


def test_the_other_tables() -> None:
    assert all(below(structure(), path) for path in EFFECTS)
    names = {one.name for one in structure().walk()}
    assert set(OTHER_NAMES.values()) <= names
    assert not set(OTHER_NAMES) & names
    assert {str(one) for one in SUMMED_UP} < set(TYPES)
    assert len(TYPES) == len(set(TYPES))
