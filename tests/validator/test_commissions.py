"""Commissions, and the liquidación that takes them from what it settles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validator.judging import codes
from tests.validator.judging import judged as judged_text
from tests.validator.xml_documents import found, judged, line, reference, texts

SETTLED = [line(100000, TpoDocLiq=33), line(20000, TpoDocLiq=34, IndExe=1)]


def commission(neto: int, exempt: int = 0, iva: object = "", number: int = 1) -> dict[str, object]:
    return {"NroLinCom": number, "TipoMovim": "C", "Glosa": "Comisión", "ValComNeto": neto, "ValComExe": exempt,
            "ValComIVA": iva}  # fmt: skip


def test_a_liquidacion_takes_its_commissions_from_the_total() -> None:
    document = judged(43, SETTLED, {}, Comisiones=[commission(10000), commission(0, 500, number=2)])
    assert codes(document) == []
    assert texts(document, "MntNeto", "MntExe", "IVA", "MntTotal") == ("100000", "20000", "19000", "126600")
    assert texts(document, "IVAProp", "IVATerc") == ("1900", "17100")
    (totals,) = document.totales.all("Comisiones")
    assert [totals.amount(name) for name in ("ValComNeto", "ValComExe", "ValComIVA")] == [10000, 500, 1900]


@pytest.mark.parametrize(("neto", "exempt", "good"), [(100, 0, True), (0, 100, True), (100, 50, True), (0, 0, False)])
def test_a_commission_is_of_something(neto: int, exempt: int, good: bool) -> None:
    assert ("TOT-050" in found(judged(43, SETTLED, {}, Comisiones=commission(neto, exempt)))) is not good


def test_given_figures_of_a_liquidacion_are_compared() -> None:
    totales = {
        "MntNeto": 100000, "MntExe": 20000, "TasaIVA": 19, "IVA": 19000, "IVAProp": 1900, "IVATerc": 17100,
        "Comisiones": {"ValComNeto": 10000, "ValComExe": 0, "ValComIVA": 1900}, "MntTotal": 127100,
    }  # fmt: skip
    lines = [commission(10000, 0, 1900)]
    assert found(judged(43, SETTLED, totales, Comisiones=lines)) == set()
    for change in ({"IVAProp": 1000}, {"IVATerc": 17000}, {"MntTotal": 139000},
                   {"Comisiones": {"ValComNeto": 9000, "ValComExe": 0, "ValComIVA": 1900}}):  # fmt: skip
        assert "TOT-010" in codes(judged(43, SETTLED, {**totales, **change}, Comisiones=lines))


def test_a_liquidacion_may_be_negative() -> None:
    document = judged(43, [line(-10000, TpoDocLiq=61)], {}, Comisiones=commission(100))
    assert codes(document) == []
    assert texts(document, "MntNeto", "IVA", "MntTotal") == ("-10000", "-1900", "-12019")


def test_every_line_of_a_liquidacion_names_the_kind_of_document() -> None:
    assert "DOC-002" in codes(judged(43, [line(100)], {}, Comisiones=commission(10)))


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (commission(10000, 0, 1900), ""),
        (commission(0, 0), "TOT-050"),
        (commission(10000, 0, 1000), "TOT-010"),
    ],
)
def test_each_commission(lines: dict[str, object], code: str) -> None:
    assert found(judged(43, SETTLED, {}, Comisiones=lines)) & {"TOT-050", "TOT-010"} == ({code} if code else set())


def test_commissions_stand_in_their_own_zone() -> None:
    assert "TOT-052" in found(judged(43, SETTLED, {}))
    totals = {"Comisiones": {"ValComNeto": 100, "ValComExe": 0, "ValComIVA": 19}}
    assert "TOT-051" in found(judged(43, SETTLED, totals))


@pytest.mark.parametrize("tipo", [46, 56, 61])
def test_other_documents_with_commissions(tipo: int) -> None:
    refs: dict[str, Any] = {} if tipo == 46 else {"Referencia": reference()}
    document = judged(tipo, [line(10000)], {}, Comisiones=commission(1000), **refs)
    assert codes(document) == []
    assert texts(document, "MntTotal") == (str(11900 - 1190),)


def test_the_period_of_a_liquidacion_is_its_total() -> None:
    """The SII rejects another one (answer HED-3-265)."""
    lines = [line(10000, TpoDocLiq=33), line(500, TpoDocLiq=99, IndExe=2)]
    assert codes(judged(43, lines, {"MontoPeriodo": 11900})) == []
    assert codes(judged(43, lines, {})) == []
    assert "TOT-010" in codes(judged(43, lines, {"MontoPeriodo": 12400}))


TXT = """->Encabezado<-
43;0;2026-11-24;0;0;22222222-2;Cliente;Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;10000;0;19;1900;11900;
->Detalle<-
1;A;Ventas;1;{price};{changes};0;0;10000;INT1;UN;;
->Liquidacion<-
1;33;
"""


@pytest.mark.parametrize(
    ("price", "changes", "name"),
    [(11000, "0;1000;0", "DescuentoMonto"), (12500, "20;2500;0", "DescuentoMonto"), (10000, "0;0;0", ""),
     (0, "0;0;0", "")],
)  # fmt: skip
def test_a_line_of_a_liquidacion_has_no_discount(price: int, changes: str, name: str) -> None:
    document = judged_text(TXT.format(price=price, changes=changes))
    found = [one for one in document.problems if one.severity == "error"]
    assert {one.code for one in found} == ({"TOT-104"} if name else set())
    assert not name or name in found[-1].message


@pytest.mark.parametrize(
    ("change", "refused"),
    [({"DescuentoMonto": 1000}, True), ({"RecargoPct": "2.5"}, True), ({"DescuentoMonto": 0}, False)],
)
def test_nor_in_an_xml(change: dict[str, object], refused: bool) -> None:
    document = judged(43, [{**SETTLED[0], **change}], {}, Comisiones=commission(1000))
    assert codes(document) == (["TXT-059"] if refused else [])


@pytest.mark.parametrize(("kind", "good"), [*((one, True) for one in (30, 33, 35, 39, 43, 56, 60, 99)),
                                            *((one, False) for one in (1, 98, 100, 801, "FAC", "B"))])  # fmt: skip
def test_what_a_liquidacion_settles_is_a_document(kind: object, good: bool) -> None:
    settled = [{**SETTLED[0], "TpoDocLiq": 33}, {**SETTLED[0], "TpoDocLiq": kind}]
    document = judged(43, settled, {}, Comisiones=commission(1000))
    assert codes(document) == []
    said = [one for one in document.problems if one.code == "DOC-114"]
    assert [(one.severity.value, one.value) for one in said] == ([] if good else [("reparo", str(kind))])


def test_a_tolerant_company_gets_the_sums() -> None:
    totals = {"Comisiones": {"ValComNeto": 9, "ValComExe": 0, "ValComIVA": 1900}}
    document = judged(43, SETTLED, totals, tolerante=True, Comisiones=commission(10000, 0, 1))
    assert codes(document) == []
    assert document.totales.all("Comisiones")[0].amount("ValComNeto") == 10000
    assert document.totales.all("Comisiones")[0].amount("ValComIVA") == 1900
