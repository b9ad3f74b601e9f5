"""Additional taxes and withholdings: table, amounts, who may carry them, and what they leave of the IVA."""

from __future__ import annotations

import pytest

from dteplanows.document.elements import find
from dteplanows.document.problem import Severity
from dteplanows.document.taxes import TAXES
from tests.validator.judging import codes
from tests.validator.xml_documents import found, judged, line, reference, texts

AGENT = {"Retenedor": {"IndAgente": "R"}}
NET = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900}


def tax(code: int, amount: object = "", rate: object = "") -> dict[str, object]:
    return {"TipoImp": code, "TasaImp": rate, "MontoImp": amount}


def test_the_table_has_exactly_the_codes_of_the_schema() -> None:
    assert set(TAXES) == set(find(33, "Encabezado/Totales/ImptoReten/TipoImp").enum)
    assert [code for code, one in TAXES.items() if not one.effect] == ["16", "40", "54", "55"]


def test_a_total_retention_is_of_the_whole_iva() -> None:
    whole = {code: one for code, one in TAXES.items() if one.total_of}
    assert sorted(whole) == ["301", "321", "331", "341", "361", "371", "481"]
    assert all(one.rate == 19 and TAXES[one.total_of].is_retention for one in whole.values())


@pytest.mark.parametrize(
    ("tipo", "code", "rate", "neto", "amount", "total"),
    [
        (33, 24, "31.5", 1000, 315, 1505),
        (33, 19, "12", 700000, 84000, 917000),
        (33, 53, "0.5", 10000, 50, 11950),
        (33, 46, "19", 10000, 1900, 10000),
        (46, 34, "4", 10000, 400, 11500),
        (46, 341, "19", 10000, 1900, 10000),
    ],
)
def test_the_amount_is_given_or_computed(tipo: int, code: int, rate: str, neto: int, amount: int, total: int) -> None:
    iva = neto * 19 // 100
    lines = [line(neto, CodImpAdic=code, **(AGENT if tipo == 46 else {}))]
    rest = {"IVANoRet": iva - amount} if tipo == 46 and iva > amount else {}
    net = {"MntNeto": neto, "TasaIVA": 19, "IVA": iva}
    whole = {**net, "ImptoReten": tax(code, amount, rate), **rest, "MntTotal": total}
    given = judged(tipo, lines, whole)
    assert codes(given) == []
    assert not {one for one in found(given) if one.startswith("TOT")}
    computed = judged(tipo, lines, {})
    assert codes(computed) == []
    assert "TOT-043" in found(computed)
    for document in (given, computed):
        assert texts(document, "MntTotal", "IVANoRet") == (str(total), str(rest.get("IVANoRet", "")))
        (one,) = document.totales.all("ImptoReten")
        assert (one.text("TipoImp"), one.text("TasaImp"), one.amount("MontoImp")) == (str(code), rate, amount)


def test_a_tax_without_amount_or_rate_is_completed() -> None:
    document = judged(33, [line(10000, CodImpAdic=27)], {**NET, "ImptoReten": tax(27), "MntTotal": 12900})
    assert codes(document) == []
    assert {"TOT-040", "TOT-043"} <= found(document)


def test_a_missing_tax_is_added_only_where_the_total_counts_it() -> None:
    lines = [line(10000, CodImpAdic=27)]
    assert codes(judged(33, lines, {**NET, "MntTotal": 12900})) == []
    assert codes(judged(33, lines, {**NET, "MntTotal": 11900})) == ["TOT-022"]


@pytest.mark.parametrize("code", [28, 35, 51, 52])
def test_a_specific_tax_is_what_the_file_says(code: int) -> None:
    lines = [line(10000, CodImpAdic=code)]
    good = judged(33, lines, {**NET, "ImptoReten": tax(code, 777), "MntTotal": 12677})
    assert found(good) == set()
    assert "TOT-022" in codes(judged(33, lines, {**NET, "ImptoReten": tax(code), "MntTotal": 11900}))
    with_rate = judged(33, lines, {**NET, "ImptoReten": tax(code, 777, 10), "MntTotal": 12677})
    assert found(with_rate) == {"TOT-041"}
    assert "TasaImp" not in with_rate.totales.all("ImptoReten")[0].fields


@pytest.mark.parametrize("code", [16, 40, 54, 55])
def test_codes_that_no_table_explains_are_refused(code: int) -> None:
    declared = judged(33, [line(10000)], {**NET, "ImptoReten": tax(code, 100), "MntTotal": 12000})
    assert "TOT-030" in codes(declared)
    assert "TOT-030" in codes(judged(33, [line(10000, CodImpAdic=code)], {**NET, "MntTotal": 11900}))


@pytest.mark.parametrize(("tipo", "code", "good"), [(33, 27, True), (46, 15, True), (33, 15, False), (46, 27, False)])
def test_which_documents_carry_a_tax(tipo: int, code: int, good: bool) -> None:
    document = judged(tipo, [line(10000, CodImpAdic=code, **AGENT)], {})
    assert ("TOT-038" in found(judged(tipo, [line(10000, CodImpAdic=code, **AGENT)],
                                      {"ImptoReten": tax(code)}))) is not good  # fmt: skip
    assert document.totales.amount("MntTotal") == (12900 if code == 27 else 10000)


def test_a_rate_of_another_time_is_remarked_but_not_in_notes() -> None:
    totals = {**NET, "ImptoReten": tax(27, 1300, 13), "MntTotal": 13200}
    lines = [line(10000, CodImpAdic=27)]
    assert codes(judged(33, lines, totals), Severity.REPARO) == ["TOT-042"]
    assert found(judged(61, lines, totals, Referencia=reference())) == set()


def test_a_code_stands_once_and_is_positive() -> None:
    lines = [line(10000, CodImpAdic=27)]
    twice = {**NET, "ImptoReten": [tax(27, 600, 10), tax(27, 400, 10)], "MntTotal": 12900}
    assert codes(judged(33, lines, twice), Severity.REPARO) == ["TOT-039"]
    assert "TOT-046" in codes(judged(33, lines, {**NET, "ImptoReten": tax(27, -1000, 10), "MntTotal": 10900}))


def test_gross_lines_and_additional_taxes_exclude_each_other() -> None:
    document = judged(33, [line(11900, CodImpAdic=27)], {}, id_doc={"MntBruto": 1})
    assert "TOT-025" in codes(document)


DISCOUNT = {"NroLinDR": 1, "TpoMov": "D", "ValorDR": 10}


def test_a_global_discount_in_pesos_needs_one_kind_of_lines() -> None:
    mixed = [line(10000, CodImpAdic=27), line(10000)]
    totals = {"MntNeto": 19990, "TasaIVA": 19, "IVA": 3798, "ImptoReten": tax(27, 1000, 10), "MntTotal": 24788}
    assert "TOT-047" in codes(judged(33, mixed, totals, DscRcgGlobal={**DISCOUNT, "TpoValor": "$"}))
    same = [line(10000, CodImpAdic=27)]
    totals = {"MntNeto": 9990, "TasaIVA": 19, "IVA": 1898, "ImptoReten": tax(27, 999, 10), "MntTotal": 12887}
    assert codes(judged(33, same, totals, DscRcgGlobal={**DISCOUNT, "TpoValor": "$"})) == []


@pytest.mark.parametrize(("amount", "errors"), [(1000, []), (900, []), (950, ["TOT-024"]), ("", ["TOT-048"])])
def test_a_global_percentage_leaves_two_readings_of_the_base(amount: object, errors: list[str]) -> None:
    total = 9000 + 1710 + (amount if isinstance(amount, int) else 0)
    totals = {"MntNeto": 9000, "TasaIVA": 19, "IVA": 1710, "ImptoReten": tax(27, amount, 10), "MntTotal": total}
    document = judged(33, [line(10000, CodImpAdic=27)], totals, DscRcgGlobal={**DISCOUNT, "TpoValor": "%"})
    assert codes(document) == errors


def test_the_iva_of_a_margin_and_of_slaughter() -> None:
    margin = line(10000, CodImpAdic=14, Retenedor={"IndAgente": "R", "MntMargComer": 2000, "PrcConsFinal": 12000})
    document = judged(33, [margin], {})
    assert codes(document) == []
    assert document.totales.all("ImptoReten")[0].amount("MontoImp") == 380
    assert texts(document, "MntMargenCom", "MntTotal") == ("2000", "12280")
    meat = line(10000, CodImpAdic=17, Retenedor={"IndAgente": "R", "MntBaseFaena": 4000, "PrcConsFinal": 12000})
    document = judged(33, [meat], {})
    assert document.totales.all("ImptoReten")[0].amount("MontoImp") == 200
    assert texts(document, "MntBase", "MntTotal") == ("4000", "12100")


@pytest.mark.parametrize(
    ("name", "below", "code"), [
        ("MntBase", "MntBaseFaena", 17), ("MntMargenCom", "MntMargComer", 14), ("MntMargenCom", "MntMargComer", 50),
    ]
)
def test_the_bases_of_the_lines_add_up(name: str, below: str, code: int) -> None:
    lines = [
        line(10000, CodImpAdic=code, Retenedor={"IndAgente": "R", below: base, "PrcConsFinal": 12000})
        for base in (4000, 1000)
    ]
    assert texts(judged(33, lines, {}), name) == ("5000",)
    assert "TOT-012" in found(judged(33, lines, {}))
    for given, wrong in ((5000, False), (5001, True), (4999, True)):
        document = judged(33, lines, {name: given})
        assert ("TOT-049" in found(document)) is wrong
        assert texts(document, name) == (str(given),)
    assert "TOT-049" not in found(judged(33, [line(10000)], {name: 9999}))


def test_the_whole_iva_retained() -> None:
    lines = [line(10000, CodImpAdic=15, **AGENT)]
    totals = {**NET, "ImptoReten": tax(15, 1900, 19), "MntTotal": 10000}
    document = judged(46, lines, totals)
    assert found(document) == set()
    assert "IVANoRet" not in document.totales.fields
    assert "TOT-010" in codes(judged(46, lines, {**totals, "IVANoRet": 500}))


def test_several_retentions_are_added() -> None:
    lines = [line(10000, CodImpAdic=34, **AGENT), line(10000, CodImpAdic=30, **AGENT)]
    document = judged(46, lines, {})
    assert texts(document, "IVA", "IVANoRet", "MntTotal") == ("3800", "2400", "22400")


def test_no_more_is_retained_than_the_iva() -> None:
    lines = [line(10000, CodImpAdic=[15, 34], **AGENT)]
    assert "TOT-045" in codes(judged(46, lines, {}))


def test_a_factura_de_compra_without_retention() -> None:
    document = judged(46, [line(10000, CodImpAdic=49, **AGENT)], {**NET, "MntTotal": 11900})
    assert codes(document) == []
    assert "TOT-043" not in found(document)
    assert document.totales.all("ImptoReten") == []


def test_what_was_tried_to_keep_a_total_is_undone_when_its_taxes_do_not_follow() -> None:
    halves = [("2727", "1.5"), ("1815", "3.5"), ("2863", "0.5"), ("2781", "0.5"), ("2221", "2.5"), ("2557", "1.5"),
              ("1085", "3.5"), ("2515", "3.5"), ("1927", "1.5"), ("1249", "1.5"), ("2443", "3.5"), ("363", "0.5"),
              ("953", "0.5"), ("1533", "0.5")]  # fmt: skip
    lines = [
        line(int(float(price) * float(quantity) + 0.5), PrcItem=price, QtyItem=quantity, CodImpAdic=271)
        for price, quantity in halves
    ]
    totals = {"MntNeto": 46243, "TasaIVA": 19, "IVA": 8786, "ImptoReten": tax(271, 9000, 18), "MntTotal": 64029}
    change = {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "%", "ValorDR": "7.5"}
    document = judged(33, lines, totals, DscRcgGlobal=change)
    assert codes(document) == ["TOT-075"]
    assert "TOT-080" not in found(document)
    (movement,) = document.root.all("DscRcgGlobal")
    assert (movement.text("TpoValor"), movement.text("ValorDR")) == ("%", "7.5")
    assert [one.amount("MontoItem") for one in document.detalles] == [one["MontoItem"] for one in lines]
