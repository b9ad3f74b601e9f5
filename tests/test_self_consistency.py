"""What is issued never contradicts itself; and the checker that says so objects to every peso that is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import consistency
from tests import self_consistency
from tests.self_consistency import contradictions

MOVED = (
    "MontoItem", "DescuentoMonto", "RecargoMonto", "MntNeto", "MntExe", "IVA", "MntTotal", "MontoNF", "MontoPeriodo",
    "TotalPeriodo", "GrntDep", "IVANoRet", "IVATerc", "MontoImp", "ValComNeto", "ValComExe", "ValComIVA", "MNT",
)  # fmt: skip
"""Elements that some other one of the document contradicts when they are moved by the least step."""

ALWAYS = {"MontoItem", "MntTotal", "MNT"}
SEEN = {
    33: {"MntNeto", "IVA", "DescuentoMonto"}, 34: {"MntExe", "DescuentoMonto"}, 39: {"MntNeto", "IVA"},
    41: {"MntExe"}, 43: {"MntNeto", "IVA", "ValComNeto", "ValComIVA"}, 46: {"MntNeto", "IVA", "MontoImp"},
    52: {"MntNeto", "IVA"}, 56: {"MntNeto", "IVA"}, 61: {"MntNeto", "IVA"},
    110: {"MntExe"}, 111: {"MntExe"}, 112: {"MntExe"},
}  # fmt: skip
"""What else must have been moved at least once in the documents of a type."""

ENOUGH = 10
"""Documents of each type whose figures are moved."""


# --- the checker itself -------------------------------------------------------------------------------------------


def consistent(tipo: int) -> Iterator[etree._Element]:
    """Signed documents of type *tipo* that the checker finds nothing in."""
    found = 0
    for number in range(consistency.TYPES.index(tipo), 12_000, len(consistency.TYPES)):
        one = consistency.issue(7, number)
        if one.signed and not one.faults:
            yield etree.fromstring(one.signed)
            found += 1
            if found == ENOUGH:
                return


def figures(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of *root* that are moved."""
    tipo = int(root.findtext(".//{*}TipoDTE") or 0)
    unpaid = root.findtext(".//{*}FmaPagExp") == "21" and root.findtext(".//{*}Totales/{*}MntExe") == "0"
    for one in root.iter(*[f"{{*}}{name}" for name in MOVED]):
        parent = one.getparent()
        assert parent is not None
        if parent.findtext("{*}IndExe") == "2" and tipo in (43, 110, 111, 112):
            continue  # of no total that these documents have
        name = etree.QName(one).localname
        free = parent.find("{*}PrcItem") is None or parent.findtext("{*}MontoItem") == "0"
        if name in ("DescuentoMonto", "RecargoMonto") and free:
            continue  # nothing says what it is taken of, or the line may be 0 whatever it says
        if name == "MontoItem" and unpaid:
            continue
        yield one


def least_step(root: etree._Element) -> Decimal:
    """In which the amounts of *root* can be moved."""
    currency = root.findtext(".//{*}Totales/{*}TpoMoneda")
    return Decimal("0.0001") if currency not in (None, "PESO CL") else Decimal(1)


@pytest.mark.parametrize("tipo", consistency.TYPES)
def test_every_peso_that_is_moved_is_found(tipo: int) -> None:
    moved: Counter[str] = Counter()
    for root in consistent(tipo):
        step = least_step(root)
        for one in figures(root):
            right, name = one.text or "", etree.QName(one).localname
            by = step
            if name in ("DescuentoMonto", "RecargoMonto"):
                by = Decimal(2)  # a peso of discount more can make a floor of what was the ceiling
            elif name == "MontoItem" and root.findtext(".//{*}DscRcgGlobal/{*}TpoValor") is not None:
                by = 3 * step  # a global discount in per cent, rounded, can be the same for floor and ceiling
            for way in (-1, 1):
                one.text = str(Decimal(right) + way * by)
                assert contradictions(etree.tostring(root)), f"{name} {right} → {one.text}"
                moved[name] += 1
            one.text = right
        assert not contradictions(etree.tostring(root))
    assert ALWAYS | SEEN[tipo] <= set(moved)


@pytest.mark.parametrize(("name", "text"), [
    ("RE", "1-9"), ("TD", "34"), ("F", "7"), ("FE", "2020-01-01"), ("RR", "1-9"), ("RSR", "Otro"), ("IT1", "Otra cosa"),
    ("MNT", "1"),
])  # fmt: skip
def test_a_stamp_of_something_else_is_found(name: str, text: str) -> None:
    root = next(consistent(33))
    one = root.find(f".//{{*}}DD/{{*}}{name}")
    assert one is not None
    one.text = text
    assert any(f"stamp: {name}" in told for told in contradictions(etree.tostring(root)))


WHOLE = (
    "<DTE><Documento><Encabezado><IdDoc><TipoDTE>{tipo}</TipoDTE><Folio>1</Folio><FchEmis>2026-11-28</FchEmis>{id}</IdDoc>"
    "<Emisor><RUTEmisor>1-9</RUTEmisor></Emisor><Receptor><RUTRecep>2-7</RUTRecep></Receptor>"
    "<Totales>{totales}</Totales>{other}</Encabezado><Detalle><NroLinDet>1</NroLinDet><NmbItem>A</NmbItem>{line}</Detalle>"
    "{more}<TED><DD><RE>1-9</RE><TD>{tipo}</TD><F>1</F><FE>2026-11-28</FE><RR>2-7</RR><RSR>2-7</RSR><MNT>{total}</MNT>"
    "<IT1>A</IT1></DD></TED></Documento></DTE>"
)


def document(line: str, totales: str, tipo: int = 33, more: str = "", id_doc: str = "", other: str = "") -> bytes:
    """A document of one line, or more."""
    total = totales.partition("<MntTotal>")[2].partition("<")[0]
    filled = {"tipo": tipo, "line": line, "totales": totales, "more": more, "id": id_doc, "other": other}
    return WHOLE.format(total=total, **filled).encode()


def net(neto: int, iva: int, total: int, more: str = "") -> str:
    """Totales of net lines."""
    tasa = "<TasaIVA>19</TasaIVA>"
    return f"<MntNeto>{neto}</MntNeto>{tasa}<IVA>{iva}</IVA>{more}<MntTotal>{total}</MntTotal>"


def priced(quantity: str, price: str, amount: str, more: str = "") -> str:
    """A line with its factors."""
    return f"<QtyItem>{quantity}</QtyItem><PrcItem>{price}</PrcItem>{more}<MontoItem>{amount}</MontoItem>"


GROSS = "<MntBruto>1</MntBruto>"
EXPORT = "<TpoMoneda>DOLAR USA</TpoMoneda><MntExe>{0}</MntExe><MntTotal>{0}</MntTotal>"
PESOS = (
    "<OtraMoneda><TpoMoneda>PESO CL</TpoMoneda><TpoCambio>945.29</TpoCambio>"
    "<MntTotOtrMnda>{}</MntTotOtrMnda></OtraMoneda>"
)
DISCOUNT = "<DescuentoPct>{}</DescuentoPct><DescuentoMonto>{}</DescuentoMonto>"
GLOBAL = (
    "<DscRcgGlobal><NroLinDR>1</NroLinDR><TpoMov>D</TpoMov>"
    "<TpoValor>{}</TpoValor><ValorDR>{}</ValorDR></DscRcgGlobal>"
)
TAX = "<ImptoReten><TipoImp>{}</TipoImp><TasaImp>{}</TasaImp><MontoImp>{}</MontoImp></ImptoReten>"

WITH_24, WITH_15 = "<CodImpAdic>24</CodImpAdic>", "<CodImpAdic>15</CodImpAdic>"
TEN, HUNDRED_PESOS = GLOBAL.format("%", "10"), GLOBAL.format("$", "100")

GOOD = {
    "whole": document(priced("2", "500", "1000"), net(1000, 190, 1190)),
    "floor": document(priced("3", "333.5", "1000"), net(1000, 190, 1190)),
    "ceiling": document(priced("3", "333.1", "1000"), net(1000, 190, 1190)),
    "no quantity": document("<PrcItem>1000</PrcItem><MontoItem>1000</MontoItem>", net(1000, 190, 1190)),
    "no price": document("<QtyItem>7</QtyItem><MontoItem>1000</MontoItem>", net(1000, 190, 1190)),
    "IVA of a peso less": document(priced("2", "500", "1000"), net(1000, 189, 1189)),
    "gross": document(priced("2", "340", "680"), net(571, 109, 680), id_doc=GROSS),
    "discount": document(priced("2", "500", "900", DISCOUNT.format("10", "100")), net(900, 171, 1071)),
    "discount of a rounded percentage": document(
        priced("3", "10000", "20000", DISCOUNT.format("33.33", "10000")), net(20000, 3800, 23800)
    ),
    "global discount": document(priced("2", "500", "1000"), net(900, 171, 1071), more=TEN),
    "global discount in pesos": document(priced("2", "500", "1000"), net(900, 171, 1071), more=HUNDRED_PESOS),
    "added tax": document(
        priced("1", "1000", "1000", WITH_24), net(1000, 190, 1505, TAX.format("24", "31.5", "315"))
    ),
    "withheld tax": document(
        priced("1", "1000", "1000", WITH_15), net(1000, 190, 1000, TAX.format("15", "19", "190")), 46
    ),
    "guía without amounts": document(
        priced("1", "1000", "0"), "<MntTotal>0</MntTotal>", 52, id_doc="<IndTraslado>5</IndTraslado>"
    ),
    "export of cents": document(priced("7", "3.3333", "23.33"), EXPORT.format("23.33"), 110),
    "export of four decimals": document(
        priced("7", "3.33333", "23.3333"), EXPORT.format("23.3333"), 110, other=PESOS.format("22057")
    ),
    "export that is not paid": document(
        priced("2", "250.5", "501"), "<TpoMoneda>DOLAR USA</TpoMoneda><MntExe>501</MntExe><MntTotal>0</MntTotal>", 110,
        id_doc="<FmaPagExp>21</FmaPagExp>", other=PESOS.format("0"),
    ),
}  # fmt: skip

BAD = {
    "1 × 1 is 2": document(priced("1", "1", "2"), net(2, 0, 2)),
    "1 × 1 is 0": document(priced("1", "1", "0"), net(0, 0, 0)),
    "1 × 100 is 101": document(priced("1", "100", "101"), net(101, 19, 120)),
    "beyond the ceiling": document(priced("3", "333.1", "1001"), net(1001, 190, 1191)),
    "lines and net": document(priced("3", "33333.33", "99999"), net(100000, 19000, 119000)),
    "IVA of two pesos less": document(priced("2", "500", "1000"), net(1000, 188, 1188)),
    "gross with the IVA of the net": document(priced("2", "340", "680"), net(571, 108, 679), id_doc=GROSS),
    "gross, net a peso more": document(priced("2", "340", "680"), net(572, 108, 680), id_doc=GROSS),
    "another rate": document(
        priced("2", "500", "1000"),
        "<MntNeto>1000</MntNeto><TasaIVA>18</TasaIVA><IVA>180</IVA><MntTotal>1180</MntTotal>",
    ),
    "discount against its percentage": document(
        priced("2", "500", "850", DISCOUNT.format("10.00", "150")), net(850, 162, 1012)
    ),
    "global discount a peso off": document(priced("2", "500", "1000"), net(901, 171, 1072), more=TEN),
    "added tax left out of the total": document(
        priced("1", "1000", "1000", WITH_24), net(1000, 190, 1190, TAX.format("24", "31.5", "315"))
    ),
    "added tax two pesos off": document(
        priced("1", "1000", "1000", WITH_24), net(1000, 190, 1507, TAX.format("24", "31.5", "317"))
    ),
    "withheld tax added": document(
        priced("1", "1000", "1000", WITH_15), net(1000, 190, 1380, TAX.format("15", "19", "190")), 46
    ),
    "sale without amounts": document(
        priced("1", "1000", "0"), "<MntTotal>0</MntTotal>", 52, id_doc="<IndTraslado>1</IndTraslado>"
    ),
    "net in an exempt document": document(priced("1", "1000", "1000"), net(1000, 190, 1190), 34),
    "export with a fraction of a discount": document(
        priced("1", "27246", "25883.7", "<DescuentoMonto>1362</DescuentoMonto>"), EXPORT.format("25883.7"), 110
    ),
    "export of another total": document(priced("7", "3.3333", "23.33"), EXPORT.format("23.34"), 110),
    "pesos 5 off": document(priced("1", "30.3", "30.3"), EXPORT.format("30.3"), 110, other=PESOS.format("28647")),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_has_no_contradiction(name: str) -> None:
    assert contradictions(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told(name: str) -> None:
    assert contradictions(BAD[name])


WITH_17, WITH_14 = "<CodImpAdic>17</CodImpAdic>", "<CodImpAdic>14</CodImpAdic>"
SLAUGHTER = "<Retenedor><IndAgente>R</IndAgente><MntBaseFaena>500</MntBaseFaena></Retenedor>"
MARGIN = "<Retenedor><IndAgente>R</IndAgente><MntMargComer>500</MntMargComer></Retenedor>"
ONE = priced("1", "1000", "1000")
FAULTS = {
    "ImptoReten 24 of no line": document(ONE, net(1000, 190, 1505, TAX.format("24", "31.5", "315"))),
    "of the same code twice": document(
        priced("1", "1000", "1000", WITH_24), net(1000, 190, 1820, 2 * TAX.format("24", "31.5", "315"))
    ),
    "CredEC 100 of IVA 190": document(ONE, net(1000, 190, 1090, "<CredEC>100</CredEC>")),
    "MntBase 600, and not 500": document(
        priced("1", "1000", "1000", SLAUGHTER + WITH_17),
        net(1000, 190, 1215, TAX.format("17", "5", "25") + "<MntBase>600</MntBase>"),
    ),
    "MntMargenCom 600, and not 500": document(
        priced("1", "1000", "1000", MARGIN + WITH_14),
        net(1000, 190, 1095, TAX.format("14", "19", "95") + "<MntMargenCom>600</MntMargenCom>"),
    ),
    "line 1: NroLinDet 2": document(ONE, net(1000, 190, 1190)).replace(b"<NroLinDet>1<", b"<NroLinDet>2<"),
    "MontoItem -1000 is negative": document(priced("1", "-1000", "-1000"), net(-1000, -190, -1190)),
    "MontoPeriodo 1195, and not 1190": document(
        ONE, net(1000, 190, 1190) + "<MontoPeriodo>1195</MontoPeriodo>", 43
    ),
}


@pytest.mark.parametrize("words", FAULTS)
def test_each_rule_tells_its_own_fault(words: str) -> None:
    assert any(words in told for told in contradictions(FAULTS[words])), contradictions(FAULTS[words])


def test_the_checker_is_nothing_of_ours() -> None:
    source = Path(self_consistency.__file__ or "").read_text("utf-8")
    assert "import" in source
    assert "dteplanows" not in source
