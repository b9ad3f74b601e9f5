"""Says what contradicts itself in a signed document, from its bytes alone.

Everything is computed anew from the rules of the SII (Formato DTE v2.5, Formato Boletas v4.2) with fractions; nothing
of the service is used here, so that it is not its own judge. The rules:

* a line with a price is price × quantity − discount + surcharge: exactly where that is whole, else its floor or its
  ceiling; whole pesos, or in another currency four decimals, or cents as its programs round;
* net, exempt, not billed and deposits are the sums of the signed lines, with the global movements in their order;
* with net lines the IVA is within one peso of its rate; with gross lines net is the sum without IVA, rounded half up,
  and the IVA is the rest;
* each additional tax and each commission's IVA is within one peso of its rate;
* the total, and what follows from it, is the exact sum of its parts;
* the stamp says what the document says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from lxml import etree

_EXEMPT_DOCUMENTS = {34, 41, 110, 111, 112}
_EXPORTS = {110, 111, 112}
_BOLETAS = {39, 41}
_NOTES = {56, 61, 111, 112}
_ADDED = {"14", "17", "18", "19", "23", "24", "25", "26", "27", "271", "28", "35", "44", "45", "50", "51", "52", "53"}
_WITHHELD = {
    "15", "30", "31", "32", "33", "34", "36", "37", "38", "39", "41", "46", "47", "48", "49",
    "301", "321", "331", "341", "361", "371", "481",
}  # fmt: skip
_ON_SLAUGHTER = {"17"}
_ON_MARGIN = {"14", "50"}
_IVA_RATE = Fraction(19)
_CREDIT_RATE = Fraction(65, 100)
_WITHOUT_PAYMENT = 21
_CENT = Fraction(1, 100)
_NAME_IN_STAMP = 40

def contradictions(signed: bytes) -> list[str]:
    """What the signed DTE *signed* says twice in different ways; empty where it is at one with itself."""
    return list(_Document(etree.fromstring(signed)).contradictions())


# --- reading ------------------------------------------------------------------------------------------------------


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    if element is None:
        return []
    return [one for one in element if isinstance(one.tag, str) and etree.QName(one).localname == name]


def _child(element: etree._Element | None, path: str) -> etree._Element | None:
    for name in path.split("/"):
        element = next(iter(_children(element, name)), None)
    return element


def _text(element: etree._Element | None, path: str) -> str:
    found = _child(element, path)
    return (found.text or "") if found is not None else ""


def _number(element: etree._Element | None, path: str) -> Fraction | None:
    text = _text(element, path)
    return Fraction(text) if text else None


def _amount(element: etree._Element | None, path: str) -> Fraction:
    return _number(element, path) or Fraction(0)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


# --- judging ------------------------------------------------------------------------------------------------------


def _shown(number: Fraction) -> str:
    return str(number) if number.denominator == 1 else f"{float(number):.6f}"


def _half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def _between(exact: Fraction, unit: Fraction) -> Iterator[Fraction]:
    """Floor and ceiling of *exact* in multiples of *unit*: one number where it is a multiple itself."""
    scaled = exact / unit
    yield floor(scaled) * unit
    if scaled.denominator != 1:
        yield ceil(scaled) * unit


class _Document:
    """One document, taken apart."""

    def __init__(self, root: etree._Element) -> None:
        whole = root if etree.QName(root).localname != "DTE" else root[0]
        self.whole = whole
        header = _child(whole, "Encabezado")
        self.header = header
        self.id_doc = _child(header, "IdDoc")
        self.totales = _child(header, "Totales")
        self.tipo = int(_text(self.id_doc, "TipoDTE"))
        self.lines = _children(whole, "Detalle")
        currency = _text(self.totales, "TpoMoneda")
        self.unit = Fraction(1, 10_000) if self.tipo in _EXPORTS and currency != "PESO CL" else Fraction(1)
        """The smallest step of the document's amounts."""

    def total(self, name: str) -> Fraction:
        """A figure of Totales; 0 where it is not there."""
        return _amount(self.totales, name)

    def has(self, name: str) -> bool:
        """Whether Totales has it."""
        return _child(self.totales, name) is not None

    def contradictions(self) -> Iterator[str]:
        """All of them."""
        for number, line in enumerate(self.lines, 1):
            yield from self.of_line(number, line)
        yield from self.of_sums()
        yield from self.of_taxes()
        yield from self.of_commissions()
        yield from self.of_total()
        yield from self.of_other_currency()
        yield from self.of_stamp()

    # --- lines --------------------------------------------------------------------------------------------------

    def of_line(self, number: int, line: etree._Element) -> Iterator[str]:
        """What a line says of itself."""
        where = f"line {number}"
        if _text(line, "NroLinDet") != str(number):
            yield f"{where}: NroLinDet {_text(line, 'NroLinDet')}"
        amount = _amount(line, "MontoItem")
        if amount % self.unit:
            yield f"{where}: MontoItem {_shown(amount)} is no multiple of {self.unit}"
        if amount < 0 and self.tipo != 43:
            yield f"{where}: MontoItem {_shown(amount)} is negative"
        for name in ("DescuentoMonto", "RecargoMonto"):
            if _amount(line, name).denominator != 1:
                yield f"{where}: {name} {_text(line, name)} is not whole"
        if _text(line, "IndExe") in ("4", "5") and amount:
            yield f"{where}: MontoItem {_shown(amount)} of a line that is no sale"
        price = _number(line, "PrcItem")
        if price is None:
            return
        quantity = _number(line, "QtyItem")
        base = price * (Fraction(1) if quantity is None else quantity)
        yield from self.of_percentage(where, line, "Descuento", base)
        yield from self.of_percentage(where, line, "Recargo", base - _amount(line, "DescuentoMonto"))
        exact = base - _amount(line, "DescuentoMonto") + _amount(line, "RecargoMonto")
        if not amount and self.may_be_zero(line):
            return
        steps = (self.unit,) if self.unit == 1 else (self.unit, _CENT)
        right = {each for step in steps for each in _between(exact, step)}
        if (abs(amount) if self.tipo == 43 else amount) not in right:
            yield f"{where}: MontoItem {_shown(amount)}, price and quantity give {_shown(exact)}"

    def of_percentage(self, where: str, line: etree._Element, kind: str, base: Fraction) -> Iterator[str]:
        """A discount or surcharge and its percentage."""
        written = _text(line, f"{kind}Pct")
        if not written or _child(line, f"{kind}Monto") is None:
            return
        rate = Fraction(written) / 100
        explained = abs(base) / 2 / 10 ** (_decimals(written) + 2)
        amount = _amount(line, f"{kind}Monto")
        # Programs take it of the product or of the product in whole pesos.
        if all(abs(amount - one * rate) > 1 + explained for one in (base, *_between(base, Fraction(1)))):
            yield f"{where}: {kind}Monto {_shown(amount)}, {written} % is {_shown(base * rate)}"

    def may_be_zero(self, line: etree._Element) -> bool:
        """Whether a line with a price may come to nothing."""
        if _text(line, "IndExe") in ("4", "5"):
            return True
        if self.tipo in _NOTES and any(_text(one, "CodRef") == "2" for one in _children(self.whole, "Referencia")):
            return True
        return self.tipo == 52 and _text(self.id_doc, "IndTraslado") != "1"

    # --- sums ---------------------------------------------------------------------------------------------------

    def kind_of(self, indicator: str) -> str:
        """Which sum a line or a movement belongs to."""
        plain = "exempt" if self.tipo in _EXEMPT_DOCUMENTS else "affected"
        kinds = {"1": "exempt", "2": "not billed", "3": "deposit", "4": "none", "5": "none", "6": "not billed"}
        return kinds.get(indicator, plain)

    def sums(self) -> dict[str, Fraction]:
        """What each class comes to; a movement in per cent is rounded half up, each on what those before it left."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for line in self.lines:
            indicator = _text(line, "IndExe")
            amount = _amount(line, "MontoItem")
            found[self.kind_of(indicator)] += -amount if indicator == "6" else amount
        for movement in _children(self.whole, "DscRcgGlobal"):
            kind = self.kind_of(_text(movement, "IndExeDR"))
            change = _amount(movement, "ValorDR")
            if _text(movement, "TpoValor") == "%":
                change = found[kind] * change / 100
            change = _half_up(change / self.unit) * self.unit
            found[kind] += change if _text(movement, "TpoMov") == "R" else -change
        return found

    def is_gross(self) -> bool:
        """Whether the affected lines include the IVA."""
        if self.tipo in _BOLETAS:
            return self.tipo == 39 and _text(self.id_doc, "IndMntNeto") != "2"
        return _text(self.id_doc, "MntBruto") == "1"

    def of_sums(self) -> Iterator[str]:
        """Net, exempt, not billed, deposits and the IVA."""
        sums = self.sums()
        yield from self.of_net(sums["affected"])
        if _text(self.id_doc, "FmaPagExp") != str(_WITHOUT_PAYMENT) or self.total("MntExe"):
            yield from self.expect("MntExe", sums["exempt"])
        if self.tipo not in _EXPORTS | {43}:  # their totals have no MontoNF
            yield from self.expect("MontoNF", sums["not billed"])
        yield from self.expect("GrntDep", sums["deposit"])
        period = self.total("MntTotal") + (0 if self.tipo == 43 else self.total("MontoNF"))
        for name in ("MontoPeriodo", "TotalPeriodo"):
            if self.has(name):
                yield from self.expect(name, period)

    def of_net(self, affected: Fraction) -> Iterator[str]:
        """The net amount and its IVA."""
        if self.tipo in _EXEMPT_DOCUMENTS:
            for name in ("MntNeto", "IVA", "TasaIVA"):
                if self.has(name):
                    yield f"{name} in a document without IVA"
            return
        rate = _number(self.totales, "TasaIVA")
        if rate is None:
            rate = _IVA_RATE
        elif rate != _IVA_RATE:
            yield f"TasaIVA {rate}"
        net, iva = self.total("MntNeto"), self.total("IVA")
        if self.is_gross():
            right = Fraction(_half_up(affected / (1 + rate / 100)))
            if (net, iva) != (right, affected - right):
                yield f"MntNeto {net} and IVA {iva}, gross lines give {right} and {affected - right}"
            return
        yield from self.expect("MntNeto", affected)
        if abs(iva - net * rate / 100) > 1:
            yield f"IVA {iva}, {rate} % of {net} is {_shown(net * rate / 100)}"

    def expect(self, name: str, right: Fraction) -> Iterator[str]:
        """A figure of the totals is *right*."""
        if self.total(name) != right:
            yield f"{name} {_shown(self.total(name))}, and not {_shown(right)}"

    # --- taxes --------------------------------------------------------------------------------------------------

    def of_taxes(self) -> Iterator[str]:
        """Additional taxes and withholdings, and what is computed from the IVA."""
        told = [_text(one, "TipoImp") for one in _children(self.totales, "ImptoReten")]
        if len(set(told)) < len(told):
            yield f"ImptoReten of the same code twice: {told}"
        for one in _children(self.totales, "ImptoReten"):
            yield from self.of_tax(one)
        if self.has("CredEC") and self.total("CredEC") not in _between(self.total("IVA") * _CREDIT_RATE, Fraction(1)):
            yield f"CredEC {self.total('CredEC')} of IVA {self.total('IVA')}"
        withheld = sum(
            (_amount(one, "MontoImp") for one in _children(self.totales, "ImptoReten")
             if _text(one, "TipoImp") in _WITHHELD), Fraction(0),
        )  # fmt: skip
        rest = self.total("IVA") - withheld
        if self.has("IVANoRet") and self.total("IVANoRet") != rest:
            yield f"IVANoRet {self.total('IVANoRet')}, IVA less withholdings is {rest}"
        if self.has("IVAProp") and self.has("IVATerc"):
            yield from self.expect("IVATerc", self.total("IVA") - self.total("IVAProp"))
        for name, below in (("MntBase", "MntBaseFaena"), ("MntMargenCom", "MntMargComer")):
            if self.has(name):
                yield from self.expect(name, self.below(self.lines, below))

    def of_tax(self, one: etree._Element) -> Iterator[str]:
        code, rate = _text(one, "TipoImp"), _number(one, "TasaImp")
        lines = [
            line for line in self.lines if code in {child.text for child in _children(line, "CodImpAdic")}
        ]  # fmt: skip
        if not lines:
            yield f"ImptoReten {code} of no line"
        if rate is None:
            return
        base = sum((_amount(line, "MontoItem") for line in lines), Fraction(0))
        if code in _ON_SLAUGHTER:
            base = self.below(lines, "MntBaseFaena")
        elif code in _ON_MARGIN:
            base = self.below(lines, "MntMargComer")
        right = [base * rate / 100]
        affected = [line for line in self.lines if self.kind_of(_text(line, "IndExe")) == "affected"]
        before = sum((_amount(line, "MontoItem") for line in affected), Fraction(0))
        if before and _children(self.whole, "DscRcgGlobal"):
            # The form does not say whether a global movement changes what the tax is taken of.
            right.append(right[0] * self.sums()["affected"] / before)
        amount = _amount(one, "MontoImp")
        if all(abs(amount - each) > 1 for each in right):
            yield f"ImptoReten {code} {amount}, {rate} % of {_shown(base)} is {_shown(right[0])}"

    def below(self, lines: list[etree._Element], name: str) -> Fraction:
        """Sum of a base that stands in the lines' Retenedor."""
        return sum((_amount(one, name) for line in lines for one in _children(line, "Retenedor")), Fraction(0))

    def of_commissions(self) -> Iterator[str]:
        """Each commission's IVA, and the sums in the totals."""
        rows = _children(self.whole, "Comisiones")
        for number, row in enumerate(rows, 1):
            exact = _amount(row, "ValComNeto") * _IVA_RATE / 100
            if abs(_amount(row, "ValComIVA") - exact) > 1:
                yield f"commission {number}: ValComIVA {_text(row, 'ValComIVA')}, its rate gives {_shown(exact)}"
        totals = _child(self.totales, "Comisiones")
        for name in ("ValComNeto", "ValComExe", "ValComIVA"):
            summed = sum((_amount(row, name) for row in rows), Fraction(0))
            if _amount(totals, name) != summed:
                yield f"{name} {_text(totals, name)}, the commissions sum to {summed}"

    # --- the total ----------------------------------------------------------------------------------------------

    def of_total(self) -> Iterator[str]:
        """MntTotal is the exact sum of its parts."""
        total = self.total("MntNeto") + self.total("MntExe") + self.total("IVA") + self.total("GrntDep")
        total -= self.total("CredEC")
        for one in _children(self.totales, "ImptoReten"):
            code, amount = _text(one, "TipoImp"), _amount(one, "MontoImp")
            total += amount if code in _ADDED else -amount if code in _WITHHELD else 0
        commissions = _child(self.totales, "Comisiones")
        total -= sum(_amount(commissions, name) for name in ("ValComNeto", "ValComExe", "ValComIVA"))
        if _text(self.id_doc, "FmaPagExp") == str(_WITHOUT_PAYMENT):
            total = Fraction(0)
        yield from self.expect("MntTotal", total)

    def of_other_currency(self) -> Iterator[str]:
        """OtraMoneda is the document once more, by its rate of exchange."""
        for block in _children(self.header, "OtraMoneda"):
            rate = _number(block, "TpoCambio")
            if not rate:
                continue
            in_pesos = _text(block, "TpoMoneda") == "PESO CL"
            pairs = (("MntNetoOtrMnda", "MntNeto"), ("MntExeOtrMnda", "MntExe"), ("IVAOtrMnda", "IVA"),
                     ("MntTotOtrMnda", "MntTotal"))  # fmt: skip
            for name, of in pairs:
                if _child(block, name) is None:
                    continue
                exact = self.total(of) * rate if in_pesos else self.total(of) / rate
                step = Fraction(1) if in_pesos else _CENT
                if abs(_amount(block, name) - exact) >= step:
                    yield f"{name} {_text(block, name)}, {of} by the rate is {_shown(exact)}"

    # --- the stamp ----------------------------------------------------------------------------------------------

    def of_stamp(self) -> Iterator[str]:
        """The data of the TED are the document's."""
        data = _child(self.whole, "TED/DD")
        if data is None:
            yield "no stamp"
            return
        name = _text(self.header, "Receptor/RznSocRecep") or _text(self.header, "Receptor/RUTRecep")
        right = {
            "RE": _text(self.header, "Emisor/RUTEmisor"),
            "TD": str(self.tipo),
            "F": _text(self.id_doc, "Folio"),
            "FE": _text(self.id_doc, "FchEmis"),
            "RR": _text(self.header, "Receptor/RUTRecep"),
            "RSR": " ".join(name.split())[:_NAME_IN_STAMP].strip(),
            "IT1": " ".join(_text(self.lines[0], "NmbItem").split())[:_NAME_IN_STAMP].strip(),
        }
        for key, value in right.items():
            if _text(data, key) != value:
                yield f"stamp: {key} «{_text(data, key)}», the document says «{value}»"
        if _amount(data, "MNT") != self.total("MntTotal"):
            yield f"stamp: MNT {_text(data, 'MNT')}, the document says {_text(self.totales, 'MntTotal')}"
