"""Lines and totals: what is accepted as it is, computed, adjusted or refused."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import boleta, codes, factura, figures, judged, line

AVISO = Severity.AVISO


def test_a_factura_that_adds_up_is_left_alone() -> None:
    document = factura(line(10000, "5000", "2"), "0;0;0;0;10000;0;19;1900;11900;")
    assert codes(document) == codes(document, AVISO) == []
    assert figures(document) == (10000, 0, 1900, 11900)


@pytest.mark.parametrize(
    ("amount", "price", "quantity", "discount", "good"),
    [
        (3, "2.5", "1", "0;0", True),  # half goes up
        (2, "2.5", "1", "0;0", True),  # within one peso
        (5, "2.5", "1", "0;0", False),
        (900, "500", "2", "10;100", True),
        (1000, "500", "2", "10;100", False),
        (670, "1000", "1", "33;330", True),
        (667, "1000", "1", "33;333", True),  # a percentage without decimals stands for 32.5 to 33.5
        (600, "1000", "1", "33;400", False),
        (1000, "0", "7", "0;0", True),  # without a price the amount stands alone
    ],
)
def test_a_line_follows_from_its_factors(amount: int, price: str, quantity: str, discount: str, good: bool) -> None:
    iva = (amount * 19 + 50) // 100
    document = factura(line(amount, price, quantity, discount), f"0;0;0;0;{amount};0;19;{iva};{amount + iva};")
    assert bool(codes(document)) is not good


def test_both_figures_of_a_wrong_line_are_shown_with_its_place() -> None:
    document = factura(line(9000, "5000", "2"), "0;0;0;0;9000;0;19;1710;10710;")
    (one,) = [each for each in document.problems if each.severity is Severity.ERROR]
    assert (one.code, one.place.line, one.place.section, one.place.position) == ("TOT-001", 6, "Detalle", 11)
    assert "9.000" in one.text()
    assert "10.000" in one.text()
    assert "2 × 5.000" in one.text()


@pytest.mark.parametrize(
    ("totales", "wrong"),
    [
        ("0;0;0;0;11000;0;19;2090;13090;", ["MntNeto"]),
        ("0;0;0;0;10000;0;19;2900;12900;", ["IVA"]),
        ("0;0;0;0;10000;0;19;1900;12900;", ["MntTotal"]),
        ("0;0;0;0;10000;0;19;1903;11903;", ["IVA"]),
        ("0;0;0;0;10000;0;19;1900;0;", ["MntTotal"]),
        ("0;0;0;0;10000;500;19;1900;12400;", ["MntExe"]),
    ],
)
def test_one_wrong_total_is_one_problem(totales: str, wrong: list[str]) -> None:
    document = factura(line(10000, "10000"), totales)
    found = [one for one in document.problems if one.severity is Severity.ERROR]
    assert [one.code for one in found] == ["TOT-010"] * len(wrong)
    assert all(name in one.message for name, one in zip(wrong, found, strict=True))


@pytest.mark.parametrize("totales", ["0;0;0;0;10001;0;19;1900;11901;", "0;0;0;0;10000;0;19;1900;11901;"])
def test_a_peso_that_no_rounding_explains_is_refused(totales: str) -> None:
    document = factura(line(10000, "10000"), totales)
    assert codes(document) == ["TOT-010"]
    assert figures(document)[3] == 11901


@pytest.mark.parametrize("iva", [1899, 1901])
def test_the_iva_may_be_a_peso_off_its_rate(iva: int) -> None:
    document = factura(line(10000, "10000"), f"0;0;0;0;10000;0;19;{iva};{10000 + iva};")
    assert codes(document) == codes(document, AVISO) == []
    assert figures(document) == (10000, 0, iva, 10000 + iva)


def test_empty_totals_are_computed() -> None:
    document = factura(line(10000, "10000"), "0;0;0;0;;;;;;")
    assert codes(document) == []
    assert figures(document) == (10000, 0, 1900, 11900)
    assert str(document.totales.value("TasaIVA")) == "19"


def test_a_rate_other_than_the_one_in_force_is_refused() -> None:
    assert "TOT-015" in codes(factura(line(10000, "10000"), "0;0;0;0;10000;0;18;1800;11800;"))


def test_gross_lines_are_taken_apart() -> None:
    document = factura(line(11900, "11900"), "0;0;0;0;10000;0;19;1900;11900;1;")
    assert codes(document) == []
    assert document.id_doc.value("MntBruto") == 1
    assert figures(document) == (10000, 0, 1900, 11900)


def test_exempt_and_affected_lines() -> None:
    lines = line(10000, "10000") + "\n" + line(5000, "5000", exempt=5000, n=2)
    document = factura(lines, "0;0;0;0;10000;5000;19;1900;16900;")
    assert codes(document) == []
    assert [one.amount("IndExe") for one in document.detalles] == [0, 1]


def test_a_factura_of_exempt_lines_only_must_be_a_34() -> None:
    document = factura(line(5000, "5000", exempt=5000), "0;0;0;0;0;5000;0;0;5000;")
    assert codes(document) == ["DOC-050"]
    assert "34" in document.problems[0].text()


def test_an_exempt_document_has_no_net_amount() -> None:
    document = factura(line(5000, "5000"), "0;0;0;0;0;5000;0;0;5000;", tipo=34)
    assert codes(document) == []
    assert "MntNeto" not in document.totales.fields
    assert codes(factura(line(5000, "5000"), "0;0;0;0;5000;0;19;950;5950;", tipo=34)) != []


@pytest.mark.parametrize(("kind", "value", "neto"), [("%", "10", 9000), ("$", "1500", 8500)])
def test_global_discounts(kind: str, value: str, neto: int) -> None:
    iva = neto * 19 // 100
    more = f"->DescRec<-\n1;D;Convenio;{kind};{value};0;\n"
    document = factura(line(10000, "10000"), f"0;0;0;0;{neto};0;19;{iva};{neto + iva};", more=more)
    assert codes(document) == []
    assert figures(document) == (neto, 0, iva, neto + iva)


def test_a_global_discount_may_not_take_more_than_there_is() -> None:
    more = "->DescRec<-\n1;D;Convenio;$;20000;0;\n"
    assert codes(factura(line(10000, "10000"), "0;0;0;0;0;0;19;0;0;", more=more)) == ["TOT-021"]


def test_a_boleta_is_gross() -> None:
    document = boleta("1;A;Cosa;0;1;11900;0;11900;INT1;UN;;", "0;0;0;11900;0;0;0;0;")
    assert codes(document) == codes(document, AVISO) == []
    assert figures(document) == (10000, 0, 1900, 11900)
    assert "VlrPagar" not in document.totales.fields


def test_a_boleta_in_net_amounts() -> None:
    document = boleta("1;A;Cosa;0;1;1190;0;1190;INT1;UN;;", "1190;0;226;1416;0;0;0;0;", neta="2")
    assert codes(document) == []
    assert figures(document) == (1190, 0, 226, 1416)


def test_lines_that_are_not_billed() -> None:
    lines = "1;A;Cosa;0;1;11900;0;11900;INT1;UN;;\n2;B;Abono;2;1;500;0;500;INT1;UN;;"
    document = boleta(lines, "0;0;0;11900;500;12400;0;12400;")
    assert codes(document) == []
    assert document.totales.amount("MontoNF") == 500
    assert codes(boleta(lines, "0;0;0;11900;500;99999;0;12400;")) == ["TOT-010"]


CONTRADICTION = "1;77;Polera;1;3000;0;0;0;0;0;3000;INT1;UN;;\n2;78;Gorro;2;3000;0;0;0;0;0;3000;INT1;UN;;"


def test_a_contradiction_is_refused_unless_the_company_tolerates_it() -> None:
    totales = "0;0;0;0;9000;0;19;1710;10710;"
    assert "TOT-001" in codes(factura(CONTRADICTION, totales))
    document = factura(CONTRADICTION, totales, tolerante=True)
    assert codes(document) == []
    assert "TOT-001" in codes(document, AVISO)
    assert [one.amount("MontoItem") for one in document.detalles] == [3000, 6000]
    assert figures(document) == (9000, 0, 1710, 10710)


def test_a_tolerant_company_gets_computed_figures_but_never_another_total() -> None:
    document = factura(line(10000, "10000"), "0;0;0;0;10005;0;19;1900;11900;", tolerante=True)
    assert codes(document) == []
    assert figures(document) == (10000, 0, 1900, 11900)
    for totales in ("0;0;0;0;10000;0;19;1900;99999;", "0;0;0;0;10005;0;19;1901;11906;"):
        assert codes(factura(line(10000, "10000"), totales, tolerante=True)) == ["TOT-010"]


XML = """<DTE version="1.0"><Documento><Encabezado><IdDoc><TipoDTE>33</TipoDTE><Folio>0</Folio>
<FchEmis>2026-11-24</FchEmis></IdDoc><Emisor><RUTEmisor>1-9</RUTEmisor></Emisor>
<Receptor><RUTRecep>22222222-2</RUTRecep><RznSocRecep>Almacén</RznSocRecep><GiroRecep>Ventas</GiroRecep>
<DirRecep>Calle</DirRecep><CmnaRecep>Lota</CmnaRecep></Receptor>
<Totales><MntNeto>29000</MntNeto><TasaIVA>19</TasaIVA><IVA>5510</IVA>{taxes}<MntTotal>{total}</MntTotal></Totales>
</Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>Bebida</NmbItem>{code}<MontoItem>9000</MontoItem></Detalle>
<Detalle><NroLinDet>2</NroLinDet><NmbItem>Otra</NmbItem><MontoItem>20000</MontoItem></Detalle>
</Documento></DTE>"""
TAX = "<ImptoReten><TipoImp>{code}</TipoImp><TasaImp>{rate}</TasaImp><MontoImp>{amount}</MontoImp></ImptoReten>"


@pytest.mark.parametrize(
    ("taxes", "code", "total", "errors"),
    [
        (TAX.format(code=27, rate=10, amount=900), "27", 35410, []),
        (TAX.format(code=15, rate=19, amount=1710), "15", 32800, []),  # withheld: taken from the total
        (TAX.format(code=27, rate=10, amount=700), "27", 35210, ["TOT-024"]),
        ("", "27", 34510, ["TOT-022"]),
        (TAX.format(code=27, rate=10, amount=900), "", 35410, []),
    ],
)
def test_additional_taxes(taxes: str, code: str, total: int, errors: list[str]) -> None:
    carried = f"<CodImpAdic>{code}</CodImpAdic>" if code else ""
    document = judged(XML.format(taxes=taxes, code=carried, total=total))
    assert codes(document) == errors
    assert ("TOT-023" in codes(document, AVISO)) is (bool(taxes) and not code)
