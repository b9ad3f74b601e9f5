"""Wrong totals are refused with their cause: the one mistake that gives them, the right figure and the remedy."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows import parser, validator
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, errors
from dteplanows.validator.causes.causes import texts
from tests.valid_documents import as_file, make
from tests.validator import xml_documents
from tests.validator.judging import BOLETA, COMPANY, FACTURA, TODAY, judged, line
from tests.wrong_totals import IN_PESOS, all_wrong, outcome_of, put, with_round_prices

TWO = line(10000, "5000", "2") + "\n" + line(3000, "3000", n=2)
"""Affected lines of 13000: IVA 2470, total 15470."""
WITH_EXEMPT = line(10000, "10000") + "\n" + line(5000, "5000", exempt=5000, n=2)
"""Net 10000, exempt 5000, IVA 1900, total 16900."""
DISCOUNTED = line(10000, "10000") + "\n" + line(1800, "1000", "2", "10;200", n=2)
DISCOUNT = "->DescRec<-\n1;D;Convenio;%;10;0;\n"
SURCHARGE = "->DescRec<-\n1;R;Flete;$;1000;0;\n"
BOTH = "->DescRec<-\n1;D;Convenio;%;10;0;\n2;R;Flete;$;1000;0;\n"
ROWS = "1;A;Menú;0;2;5950;0;11900;INT1;UN;;\n2;P;Otro;0;1;2380;0;2380;INT1;UN;;"
"""Lines of a boleta of 14280, which is 12000 and an IVA of 2280."""
TIPPED = "1;A;Menú;0;2;5950;0;11900;INT1;UN;;\n2;P;Propina;2;1;1190;0;1190;INT1;UN;;"


class Case(NamedTuple):
    """Lines and totals with a mistake."""

    key: str
    lines: str
    totals: str
    right: str
    """What the first sentence must hold: the right figure, the line, the discount."""
    more: str = ""
    tipo: int = 33


CASES = (
    Case("line_out", TWO, "0;0;0;0;10000;0;19;1900;11900;",
         "línea 2 «Cosa», de 3.000: MntNeto dice 10.000 y debería ser 13.000"),
    Case("line_out", WITH_EXEMPT, "0;0;0;0;10000;5000;19;1900;11900;", "debería ser 16.900"),
    Case("line_twice", TWO, "0;0;0;0;16000;0;19;3040;19040;", "línea 2 «Cosa»", tipo=52),
    Case("as_exempt", TWO, "0;0;0;0;10000;3000;19;1900;14900;",
         "línea 2 «Cosa», de 3.000: MntNeto dice 10.000 y debería ser 13.000"),
    Case("line_discount", DISCOUNTED, "0;0;0;0;12000;0;19;2280;14280;",
         "línea 2 «Cosa», de 200: MntNeto dice 12.000 y debería ser 11.800"),
    Case("quantity", TWO, "0;0;0;0;8000;0;19;1520;9520;", "debería ser 13.000"),
    Case("discount_out", TWO, "0;0;0;0;13000;0;19;2470;15470;",
         "descuento global 1 «Convenio», de 10 %: MntNeto dice 13.000 y debería ser 11.700", DISCOUNT),
    Case("discount_twice", TWO, "0;0;0;0;10530;0;19;2001;12531;", "debería ser 11.700", DISCOUNT),
    Case("discount_opposite", TWO, "0;0;0;0;14300;0;19;2717;17017;", "debería ser 11.700", DISCOUNT),
    Case("discount_of_total", TWO, "0;0;0;0;13000;0;19;2470;14170;", "debería ser 11.700", DISCOUNT),
    Case("surcharge_out", TWO, "0;0;0;0;13000;0;19;2470;15470;",
         "recargo global 1 «Flete», de 1.000: MntNeto dice 13.000 y debería ser 14.000", SURCHARGE),
    Case("surcharge_twice", TWO, "0;0;0;0;15000;0;19;2850;17850;", "debería ser 14.000", SURCHARGE),
    Case("surcharge_opposite", TWO, "0;0;0;0;12000;0;19;2280;14280;", "debería ser 14.000", SURCHARGE),
    Case("surcharge_of_total", TWO, "0;0;0;0;13000;0;19;2470;16470;", "debería ser 14.000", SURCHARGE),
    Case("changes_out", TWO, "0;0;0;0;13000;0;19;2470;15470;", "debería ser 12.700", BOTH),
    Case("iva_before_discount", TWO, "0;0;0;0;11700;0;19;2470;14170;", "IVA dice 2.470 y debería ser 2.223", DISCOUNT),
    Case("unsaid_discount", TWO, "0;0;0;0;10400;0;19;1976;12376;", "menos un 20 %", tipo=61),
    Case("exempt_with_iva", line(10000, "10000"), "0;0;0;0;0;10000;19;1900;11900;",
         "IVA dice 1.900 y debería ser 0", tipo=34),
    Case("gross_prices", TWO, "0;0;0;0;10924;0;19;2076;13000;", "con 1 en MontosBrutos"),
    Case("net_prices", TWO, "0;0;0;0;13000;0;19;2470;15470;1;", "con 0 en MontosBrutos"),
    Case("iva_missing", TWO, "0;0;0;0;13000;0;19;2470;13000;", "debería ser 15.470"),
    Case("iva_missing", TWO, "0;0;0;0;0;0;19;0;13000;", "debería ser 15.470"),
    Case("iva_twice", TWO, "0;0;0;0;13000;0;19;2470;17940;", "debería ser 15.470", tipo=56),
    Case("iva_of_exempt", WITH_EXEMPT, "0;0;0;0;10000;5000;19;2850;17850;", "IVA dice 2.850 y debería ser 1.900"),
    Case("iva_of_total", TWO, "0;0;0;0;13000;0;19;2939;15939;", "debería ser 2.470"),
    Case("iva_inside", TWO, "0;0;0;0;13000;0;19;2076;15076;", "debería ser 2.470"),
    Case("iva_rate", TWO, "0;0;0;0;13000;0;19;2340;15340;", "tasa de 18 %: IVA dice 2.340 y debería ser 2.470"),
    Case("neto_with_iva", TWO, "0;0;0;0;15470;0;19;2470;15470;", "debería ser 13.000"),
    Case("neto_without_iva", TWO, "0;0;0;0;10924;0;19;2470;15470;", "debería ser 13.000"),
    Case("neto_with_exempt", WITH_EXEMPT, "0;0;0;0;15000;5000;19;1900;16900;", "debería ser 10.000"),
    Case("cash", line(10003, "10003"), "0;0;0;0;10003;0;19;1901;11900;", "debería ser 11.904"),
    Case("multiplied", TWO, "0;0;0;0;1300000;0;19;247000;1547000;", "debería ser 13.000"),
    Case("divided", line(130000, "130000"), "0;0;0;0;130;0;19;25;155;", "debería ser 130.000"),
    Case("crossed", WITH_EXEMPT, "0;0;0;0;5000;10000;19;1900;16900;", "MntNeto dice 5.000 y debería ser 10.000"),
    Case("crossed", TWO, "0;0;0;0;13000;0;19;15470;2470;", "IVA y MntTotal vienen cruzados"),
    Case("copied", WITH_EXEMPT, "0;0;0;0;10000;5000;19;1900;10000;", "MntTotal repite el valor de MntNeto"),
)  # fmt: skip

BOLETAS = (
    Case("not_billed", TIPPED, "0;0;0;13090;0;0;0;0;",
         "línea 2 «Propina», de 1.190: MntTotal dice 13.090 y debería ser 11.900"),
    Case("tip", ROWS, "0;0;0;15708;0;0;0;0;", "1.428"),
    Case("line_out", ROWS, "0;0;0;11900;0;0;0;0;",
         "línea 2 «Otro», de 2.380: MntTotal dice 11.900 y debería ser 14.280"),
    Case("line_twice", ROWS, "0;0;0;16660;0;0;0;0;", "línea 2 «Otro»"),
    Case("iva_missing", ROWS, "12000;0;2280;12000;0;0;0;0;", "debería ser 14.280"),
    Case("net_prices", ROWS, "14280;0;2713;16993;0;0;0;0;", "con IndMntNeto 2"),
    Case("cash", "1;A;Pan;0;1;1337;0;1337;INT1;UN;;", "0;0;0;1340;0;0;0;0;", "debería ser 1.337"),
    Case("neto_with_iva", ROWS, "14280;0;2280;14280;0;0;0;0;", "MntNeto dice 14.280 y debería ser 12.000"),
    Case("multiplied", ROWS, "0;0;0;1428000;0;0;0;0;", "debería ser 14.280"),
)  # fmt: skip


def the_error(document: Document) -> Problem:
    """The one error of *document*: a mistake has no consequences of its own."""
    (found,) = errors(document.problems)
    assert found.code in ("TOT-010", "TOT-062"), found.text()
    return found


def shows(one: Problem, key: str, right: str) -> None:
    """*one* begins with the cause *key*, holds *right* in the same sentence, and ends with the cause's remedy."""
    words, remedy = texts()[key]
    begin = words.partition("{")[0]
    assert begin.lower() in one.message.lower(), one.message
    assert right in one.message
    assert one.message.count(". ") == 0, "all of it is the first sentence"
    assert remedy.partition("{")[0] in one.remedy


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.key}-{one.tipo}")
def test_of_a_factura(case: Case) -> None:
    reference = "->Referencia<-\n1;33;120;2026-11-01;3;motivo;\n" if case.tipo in (56, 61) else ""
    text = FACTURA.format(tipo=case.tipo, totales=case.totals, detalle=case.lines) + case.more + reference
    shows(the_error(judged(text)), case.key, case.right)


@pytest.mark.parametrize("case", BOLETAS, ids=lambda one: one.key)
def test_of_a_boleta(case: Case) -> None:
    text = BOLETA.format(tipo=39, totales=case.totals, detalle=case.lines, neta="0")
    shows(the_error(judged(text)), case.key, case.right)


NET = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900}
TAXED = {**NET, "ImptoReten": {"TipoImp": "27", "TasaImp": 10, "MontoImp": 1000}}
COMMISSION = {"NroLinCom": 1, "TipoMovim": "C", "Glosa": "Comisión",
              "ValComNeto": 2000, "ValComExe": 0, "ValComIVA": 380}  # fmt: skip


@pytest.mark.parametrize(("key", "total", "right"), [
    ("added_not", 11900, "impuesto 27 1.000: MntTotal dice 11.900 y debería ser 12.900"),
    ("added_opposite", 10900, "debería ser 12.900"), ("added_twice", 13900, "debería ser 12.900"),
])  # fmt: skip
def test_of_an_additional_tax(key: str, total: int, right: str) -> None:
    lines = [xml_documents.line(10000, CodImpAdic="27")]
    shows(the_error(xml_documents.judged(33, lines, {**TAXED, "MntTotal": total})), key, right)


def test_of_an_iva_with_the_tax_in_it() -> None:
    lines = [xml_documents.line(10000, CodImpAdic="27")]
    document = xml_documents.judged(33, lines, {**TAXED, "IVA": 2900, "MntTotal": 13900})
    shows(the_error(document), "iva_with_tax", "IVA dice 2.900 y debería ser 1.900")


@pytest.mark.parametrize(("key", "total"), [
    ("deducted_not", 11900), ("deducted_opposite", 14280), ("deducted_twice", 7140),
])  # fmt: skip
def test_of_a_commission(key: str, total: int) -> None:
    parts = {"Comisiones": {"ValComNeto": 2000, "ValComExe": 0, "ValComIVA": 380}}
    lines = [xml_documents.line(10000, TpoDocLiq="33")]
    document = xml_documents.judged(43, lines, {**NET, **parts, "MntTotal": total}, Comisiones=COMMISSION)
    shows(the_error(document), key, "debería ser 9.520")
    assert "comisiones: ValComNeto 2.000 y ValComIVA 380" in the_error(document).message


def test_of_a_retention_that_is_as_much_as_the_iva() -> None:
    """Leaving it out gives the total with the IVA twice as well: what people do is to leave it out."""
    lines = [xml_documents.line(10000, CodImpAdic="15", Retenedor={"IndAgente": "R"})]
    totals = {**NET, "ImptoReten": {"TipoImp": "15", "TasaImp": 19, "MontoImp": 1900}, "MntTotal": 11900}
    shows(the_error(xml_documents.judged(46, lines, totals)), "deducted_not", "debería ser 10.000")


def test_of_a_surcharge_of_a_line() -> None:
    lines = [xml_documents.line(2100, QtyItem=2, PrcItem=1000, RecargoMonto=100), xml_documents.line(500)]
    document = xml_documents.judged(33, lines, {"MntNeto": 2500, "TasaIVA": 19, "IVA": 475, "MntTotal": 2975})
    shows(the_error(document), "line_surcharge", "MntNeto dice 2.500 y debería ser 2.600")


def test_of_a_line_that_montonf_counts() -> None:
    lines = [xml_documents.line(10000), xml_documents.line(700)]
    document = xml_documents.judged(33, lines, {**NET, "MntTotal": 11900, "MontoNF": 700})
    shows(the_error(document), "not_marked", "línea 2 «Cosa», de 700")


def test_of_an_exempt_line_taken_for_an_affected_one() -> None:
    lines = [xml_documents.line(10000), xml_documents.line(5000, IndExe=1)]
    document = xml_documents.judged(33, lines, {"MntNeto": 15000, "TasaIVA": 19, "IVA": 2850, "MntTotal": 17850})
    shows(the_error(document), "as_affected", "línea 2 «Cosa», de 5.000: MntNeto dice 15.000 y debería ser 10.000")
    assert "MntExe debe ser 5.000 (viene vacío)" in the_error(document).message


def test_of_an_exempt_line_left_out() -> None:
    lines = [xml_documents.line(10000), xml_documents.line(5000, IndExe=1)]
    document = xml_documents.judged(33, lines, {**NET, "MntTotal": 11900})
    shows(the_error(document), "line_out", "línea 2 «Cosa», de 5.000: MntTotal dice 11.900 y debería ser 16.900")


def test_of_a_balance() -> None:
    document = xml_documents.judged(33, [xml_documents.line(10000)], {**NET, "MntTotal": 12345, "SaldoAnterior": 445})
    shows(the_error(document), "balance", "debería ser 11.900")


DOLLARS = {"TpoMoneda": "DOLAR USA"}
RATE = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950"}}


@pytest.mark.parametrize(("key", "total", "right"), [
    ("in_pesos", "114000", "debería ser 120,00 DOLAR USA"), ("multiplied", "12000", "12.000,00 DOLAR USA"),
    ("line_out", "99.5", "línea 2 «Cosa», de 20,50: MntTotal dice 99,50 DOLAR USA y debería ser 120,00 DOLAR USA"),
    ("unsaid_discount", "108", "MntTotal dice 108,00 DOLAR USA y debería ser 120,00 DOLAR USA"),
    ("exempt_with_iva", "142.8", "debería ser 120,00 DOLAR USA"),
])  # fmt: skip
def test_of_an_export_in_its_currency(key: str, total: str, right: str) -> None:
    lines = [xml_documents.line("99.5", IndExe=1), xml_documents.line("20.5", IndExe=1)]
    customs = {"CodModVenta": 1, "CodClauVenta": 5, "CodViaTransp": 1, "CodPtoEmbarque": 901, "CodPtoDesemb": 211,
               "TotClauVenta": 120, "CodPaisRecep": 225, "CodPaisDestin": 225}  # fmt: skip
    document = xml_documents.judged(
        110, lines, {**DOLLARS, "MntExe": total, "MntTotal": total}, id_doc={"FmaPagExp": 1},
        header={"Transporte": {"Aduana": customs}, **RATE},
    )  # fmt: skip
    (told,) = [one for one in errors(document.problems) if one.code == "TOT-062"]
    shows(told, key, right)


def test_every_cause_has_a_document_here() -> None:
    source = open(__file__, encoding="utf-8").read()  # noqa: SIM115, PTH123 - itself
    assert [key for key in texts() if f'"{key}"' not in source and key != "unknown"] == []


# --- no cause where none is sure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("totals", [
    "0;0;0;0;13001;0;19;2470;15471;",  # a peso
    "0;0;0;0;12345;0;19;2346;14691;",
    "0;0;0;0;13000;0;19;2470;15999;",
])  # fmt: skip
def test_figures_alone_where_no_mistake_gives_them(totals: str) -> None:
    told = the_error(judged(FACTURA.format(tipo=33, totales=totals, detalle=TWO)))
    assert " dice " in told.message.partition(":")[0]
    assert "debería ser" in told.message
    assert told.remedy == texts()["unknown"][1].format(name=told.message.split()[0])


def test_a_line_that_is_wrong_itself_is_mended_before_the_total() -> None:
    """What the total should be is known only then: the key "wrong_line"."""
    lines = line(10000, "10000") + "\n" + line(2000, "2500", n=2)
    document = judged(FACTURA.format(tipo=33, totales="0;0;0;0;9000;0;19;1710;10710;", detalle=lines))
    of_line, of_total = sorted(errors(document.problems), key=lambda one: one.code)
    assert (of_line.code, of_total.code) == ("TOT-001", "TOT-010")
    assert of_total.remedy == texts()["wrong_line"][1].format(name="MntNeto", line=of_line.place.line)


def test_two_mistakes_that_give_the_same_are_not_named() -> None:
    lines = line(10000, "10000") + "\n" + line(2000, "2000", n=2) + "\n" + line(1000, "1000", n=3)
    more = "->DescRec<-\n1;D;Convenio;$;1000;0;\n"  # the discount twice, or the last line left out
    told = the_error(judged(FACTURA.format(tipo=33, totales="0;0;0;0;11000;0;19;2090;13090;", detalle=lines) + more))
    assert told.message.startswith("MntNeto dice 11.000 y debería ser 12.000")


def test_lines_of_one_amount_are_named_together() -> None:
    lines = "\n".join(line(1000, "1000", n=n) for n in (1, 2, 3))
    told = the_error(judged(FACTURA.format(tipo=33, totales="0;0;0;0;2000;0;19;380;2380;", detalle=lines)))
    assert "una de las líneas 1, 2 y 3, de 1.000 cada una" in told.message


def test_a_thousand_lines_are_searched_through() -> None:
    rows = "\n".join(f"{n};A;Cosa;0;1;{1000 + n};0;{1000 + n};INT1;UN;;" for n in range(1, 1001))
    total = sum(1000 + n for n in range(1, 1001)) - 1500
    told = the_error(judged(BOLETA.format(tipo=39, totales=f"0;0;0;{total};0;0;0;0;", detalle=rows, neta="0")))
    assert "la línea 500 «Cosa», de 1.500" in told.message


@pytest.mark.parametrize("tipo", IN_PESOS)
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_mistake_is_named_or_nothing_wrong_is(tipo: int, chance: Random) -> None:
    document = make(tipo, chance, TODAY)
    if chance.random() < 0.5:
        with_round_prices(document, chance)
    found = all_wrong(document)
    if not found:
        return
    key = chance.choice(sorted({one.key for one in found}))
    wrong = chance.choice([one for one in found if one.key == key])
    put(document, wrong.totals)
    (one,) = parser.parse(as_file(document), "2")
    validator.judge(one, COMPANY, TODAY)
    told = errors(one.problems)
    assert outcome_of(wrong, told) in ("named", "figures", "issued"), (wrong, [each.text() for each in told])
