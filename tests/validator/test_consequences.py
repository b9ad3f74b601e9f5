"""A fault is told alone: what only follows from it is not; what is wrong by itself beside it is."""

from __future__ import annotations

import pytest

from dteplanows import parser
from dteplanows.document.problem import errors
from tests.validator.judging import BOLETA, FACTURA, boleta, codes, factura, judged, line
from tests.validator.xml_documents import judged as judged_xml
from tests.validator.xml_documents import line as line_of_xml
from tests.validator.xml_documents import reference

TOTALS = "0;0;0;0;10000;0;19;1900;11900;"
LINE = line(10000, "5000", "2")
TWO = "0;0;0;0;20000;0;19;3800;23800;"


@pytest.mark.parametrize(
    ("detalle", "code"),
    [
        (line(10000, "5000", "-2"), "DOC-023"),
        (line(10000, "5000", "7" * 24), "DOC-023"),
        (line(10000, "-5000", "2"), "DOC-023"),
        (line(10000, "5000", "2", discount="1700;0"), "DOC-023"),
        (line(10000, "5000", "2", discount=f"0;{'9' * 20}"), "DOC-024"),
        (line(10000, "5000", "dos"), "TXT-020"),
    ],
)
def test_a_number_of_a_line_beyond_its_limits_silences_the_line_and_the_totals(detalle: str, code: str) -> None:
    document = factura(detalle, TOTALS)
    assert codes(document) == [code]
    assert document.problems[0].place.section == "Detalle"


def test_a_fault_in_one_line_leaves_the_contradiction_of_another() -> None:
    lines = f"{line(10000, '5000', 'dos')}\n{line(9000, '5000', '2', n=2)}"
    assert codes(factura(lines, TWO)) == ["TXT-020", "TOT-001"]
    both = f"{line(10000, '5000', 'dos')}\n{line(10000, '5000', 'tres', n=2)}"
    assert codes(factura(both, TWO)) == ["TXT-020", "TXT-020"]


def test_a_total_beyond_its_limits_is_told_once_and_first() -> None:
    document = factura(LINE, TOTALS.replace(";1900;", ";-1900;"))
    assert len(codes(document)) == 1
    assert document.problems[0].place.field == "IVA"


def test_what_has_nothing_to_do_with_a_fault_is_told_beside_it() -> None:
    text = FACTURA.format(tipo=33, totales=TOTALS, detalle=line(10000, "5000", "dos"))
    assert codes(judged(text.replace("22222222-2", "22222222-3"))) == ["TXT-020", "DOC-011"]
    assert codes(judged(text.replace("22222222-2", "22222222-3").replace(";dos;", ";2;"))) == ["DOC-011"]


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        (line(9000, "5000", "2", discount="10;1000"), "", ""),
        (line(9000, "5000", "2", discount="10;900"), "TOT-003", "ValorDescto"),
        (line(9000, "6000", "2", discount="10;1000"), "TOT-001", "Valor"),
        (line(8000, "5000", "2", discount="10;1000"), "TOT-001", "Valor"),
    ],
)
def test_of_a_discount_and_its_line_the_wrong_one_is_told(lines: str, code: str, field: str) -> None:
    document = factura(lines, "0;0;0;0;9000;0;19;1710;10710;")
    assert codes(document) == ([code] if code else [])
    assert not code or document.problems[0].place.field == field


@pytest.mark.parametrize("kind", ["", "ORDEN", "999"])
def test_a_reference_that_is_not_understood_is_told_without_what_a_note_demands(kind: str) -> None:
    row = {"NroLinRef": 1, "TpoDocRef": kind, "FolioRef": "120", "FchRef": "2026-11-01", "CodRef": 3, "RazonRef": "x"}
    document = judged_xml(61, [line_of_xml(10000)], {}, Referencia=row)
    assert codes(document) == ["REF-003" if kind else "DOC-002"]
    without = {**reference(), "CodRef": ""}
    assert codes(judged_xml(61, [line_of_xml(10000)], {}, Referencia=without)) == ["REF-002"]


@pytest.mark.parametrize("tipo", ["", "99", "-33", "factura"])
def test_without_a_type_nothing_else_is_said_of_the_document(tipo: str) -> None:
    text = FACTURA.format(tipo=tipo, totales=TOTALS, detalle=LINE)
    tax = "->ImpuestoRetencion<-\n1;27;10;1000;\n"
    assert codes(judged(text + tax)) in (["TXT-019"], ["TXT-020"])


def test_a_word_in_the_column_of_a_code_is_told_with_the_codes_alone() -> None:
    text = FACTURA.format(tipo=33, totales=TOTALS, detalle=LINE) + "->FormaPago<-\nCONTADO;\n"
    document = judged(text)
    assert codes(document) == ["TXT-140"]
    assert "se envía 1 (Contado), 2 (Crédito)" in document.problems[0].message
    assert codes(judged(text.replace("CONTADO", "1"))) == []
    exempt = boleta("1;A;Cosa;EXENTO;1;10000;0;10000;INT1;UN;;", "0;0;0;10000;0;0;0;0;")
    assert codes(exempt) == ["TXT-140"]
    assert "se envía 1 (Exento o no afecto)" in exempt.problems[0].message


def test_the_place_of_a_missing_value_is_its_column_also_before_the_group_begins() -> None:
    text = FACTURA.format(tipo=52, totales=TOTALS, detalle=LINE).replace("2026-11-24;0;0", "2026-11-24;2;1")
    transport = "->Transporte<-\nKXBR42;;;{};Luis Rojas;Calle 2;Lota;Lota;2026-11-24;09:30:00;2026-11-24;\n"
    assert codes(judged(text + transport.format("11111111-1"))) == []
    (missing,) = [one for one in judged(text + transport.format("")).problems if one.code == "DOC-002"]
    assert (missing.place.section, missing.place.position) == ("Transporte", 4)


def test_a_row_finds_the_line_that_has_no_number_of_its_own() -> None:
    more = "->DetalleAdicional<-\n{};1;;;;;\n"
    for number in ("1", "", "-1", "x"):
        row = LINE if number == "1" else number + LINE[1:]
        found = codes(factura(row, "0;0;0;0;0;10000;0;0;10000;", tipo=34, more=more.format(1)))
        assert found == (["TXT-020"] if number == "x" else []), number
    assert codes(factura(LINE, "0;0;0;0;0;10000;0;0;10000;", tipo=34, more=more.format(2))) == ["TXT-061"]


def test_the_price_of_one_unit_in_other_lines_is_no_contradiction_beside_a_fault() -> None:
    row = "{n};A;Cosa;0;{q};1000;0;1000;INT1;UN;;"
    good = BOLETA.format(
        tipo=39, neta=0, totales="0;0;0;5000;0;0;0;0;", detalle=f"{row.format(n=1, q=2)}\n{row.format(n=2, q=3)}"
    )
    assert codes(judged(good)) == []
    assert codes(judged(good.replace("1;A;Cosa;0;2", "1;A;Cosa;0;dos"))) == ["TXT-020"]
    assert codes(judged(good.replace("1;A;Cosa;0;2", "1;A;Cosa;0;-2"))) == ["DOC-023"]


def test_a_total_of_more_digits_than_any_amount_is_answered() -> None:
    """In exports, whose amounts have decimals."""
    total = "9" * 30
    document = judged_xml(110, [line_of_xml(100, IndExe=1, QtyItem=1, PrcItem=100)], {"MntTotal": total})
    assert codes(document)


def test_a_wrong_rate_is_told_beside_an_unreadable_quantity() -> None:
    row = line(10000, "5000", "dos")
    assert codes(factura(row, TOTALS)) == ["TXT-020"]
    assert codes(factura(row, TOTALS.replace(";19;", ";18;"))) == ["TXT-020", "TOT-015"]


@pytest.mark.parametrize("rate", ["abc%", "$%", "1..2 %", "%"])
def test_a_rate_that_is_no_number_is_told_and_no_document_beside_it_is_lost(rate: str) -> None:
    wrong = FACTURA.format(tipo=33, totales=TOTALS.replace("0;", f"{rate};", 1), detalle=LINE)
    good = FACTURA.format(tipo=33, totales=TOTALS, detalle=LINE)
    found = parser.parse(f"{wrong}\n{good}".encode(), parser.TXT)
    assert [[one.code for one in errors(document.problems)] for document in found] == [["TXT-020"], []]


def test_two_errors_of_which_each_follows_from_the_other_are_both_told() -> None:
    """Each was dropped for the other, and a note without an error or a draft was left."""
    wrong = {**reference(52), "FolioRef": "9" * 60}
    document = judged_xml(61, [line_of_xml(1000, QtyItem=1, PrcItem=1000)], {"MntNeto": 1000, "TasaIVA": 19, "IVA": 190,
                          "MntTotal": 1190}, Referencia=wrong)  # fmt: skip
    assert len(errors(document.problems)) > 0
    assert not document.draft
