"""Files of customers whose figures are right, rounded in another way, left out or wrong, for every type.

Their headers are those of :mod:`tests.valid_documents`; lines, movements, taxes, commissions and totals are made here,
as text and with decimals of Python alone. A file may deserve to be refused: what is issued must be at one with itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from random import Random

from lxml import etree

from tests.valid_documents import as_file, make

_BOLETAS, _EXPORTS, _EXEMPT = {39, 41}, {110, 111, 112}, {34, 41}
_NOTES = {56, 61}
_INDICATORS = {
    33: ("1", "2", "3", "4", "6"), 34: ("2", "3", "4", "6"), 39: ("1", "2", "6"), 41: ("2", "6"), 43: ("1", "2"),
    46: ("1", "2"), 52: ("1", "2", "4", "5"), 56: ("1", "2", "3", "6"), 61: ("1", "2", "3", "6"),
    110: ("1", "2"), 111: ("1",), 112: ("1",),
}  # fmt: skip
_ADDED = {"24": "31.5", "27": "10", "271": "18", "25": "20.5", "19": "12", "44": "15", "18": "5"}
_WITHHELD = {"15": "19", "30": "10", "34": "4", "38": "19", "48": "14"}
_GIVEN = "28"
"""Code of a specific tax: an amount without a rate."""
_ONE = Decimal(1)
_IVA = Decimal("0.19")

Row = dict[str, str]
"""An element's children; the number of a repeated one's further occurrences stands behind ``#``."""


def _round(number: Decimal, rounding: str = ROUND_HALF_UP, unit: Decimal = _ONE) -> Decimal:
    return number.quantize(unit, rounding)


def _plain(number: Decimal) -> str:
    """As programs write it: without exponent, without zeros behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def customer_file(tipo: int, chance: Random, today: date) -> bytes:
    """A file of one document of type *tipo*, in XML."""
    root = etree.fromstring(as_file(make(tipo, chance, today)))
    with localcontext(prec=60):
        _Figures(root, tipo, chance).replace()
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


class _Figures:
    """Puts figures of its own into a document."""

    def __init__(self, root: etree._Element, tipo: int, chance: Random) -> None:
        self.document = root[0]
        self.tipo, self.chance = tipo, chance
        header = self.document.find("Encabezado")
        assert header is not None
        self.header = header
        id_doc = header.find("IdDoc")
        assert id_doc is not None
        self.id_doc = id_doc
        self.traslado = id_doc.findtext("IndTraslado") or ""
        self.rounding = chance.choice([ROUND_HALF_UP] * 5 + [ROUND_HALF_EVEN, ROUND_DOWN, ROUND_CEILING])
        """Of the program that wrote the file."""
        self.unit = _ONE
        self.gross = False
        self.rows: list[Row] = []
        self.sums = {"affected": Decimal(0), "exempt": Decimal(0), "2": Decimal(0), "3": Decimal(0)}
        self.exact = dict(self.sums)
        """The same without any rounding, for programs that round last."""
        self.taxed: dict[str, Decimal] = {}
        self.corrects_text = False

    def likely(self, share: float) -> bool:
        """Whether something happens that does so in this share of the files."""
        return self.chance.random() < share

    def replace(self) -> None:
        """Exchange all that is reckoned."""
        for name in ("Detalle", "DscRcgGlobal", "Comisiones", "SubTotInfo"):
            for one in self.document.findall(name):
                self.document.remove(one)
        for path in ("Totales", "OtraMoneda"):
            one = self.header.find(path)
            if one is not None:
                self.header.remove(one)
        self._prepare()
        for number in range(1, self.chance.choice([1, 1, 2, 3, 5, 12]) + 1):
            self._add_line(number)
        movements = self._movements() if self.tipo != 43 and self.likely(0.3) else []
        commissions = self._commissions() if self.tipo == 43 else []
        self._write(movements, commissions)

    # --- header -------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        for name in ("MntBruto", "IndMntNeto"):
            old = self.id_doc.find(name)
            if old is not None:
                self.id_doc.remove(old)
        folio = self.id_doc.find("Folio")
        assert folio is not None
        folio.text = "0"
        if self.tipo in (33, 56, 61) and self.likely(0.25):
            self._put(self.id_doc, "MntBruto", "1")
            self.gross = True
        if self.tipo == 39:
            self.gross = self.likely(0.7)
            if not self.gross:
                self._put(self.id_doc, "IndMntNeto", "2")
        for one in self.document.findall("Referencia"):
            code = one.find("CodRef")
            if code is not None:
                code.text = self.chance.choice(["1", "2", "3", "3", "3"])
                self.corrects_text = code.text == "2"
        if self.tipo in _EXPORTS:
            self.unit = Decimal("0.0001") if self.likely(0.85) else _ONE

    def _put(self, parent: etree._Element, name: str, text: str) -> None:
        etree.SubElement(parent, name).text = text

    # --- lines --------------------------------------------------------------------------------------------------

    def _quantity(self) -> Decimal:
        number = self.chance.choice([
            Decimal(1), Decimal(self.chance.randint(1, 12)), Decimal(self.chance.randint(1, 500)),
            Decimal(self.chance.randint(50, 4999)).scaleb(-3), Decimal(self.chance.randint(1, 10**7)).scaleb(-6),
        ])  # fmt: skip
        return number or _ONE

    def _price(self) -> Decimal:
        decimals = self.chance.choice([0, 0, 1, 2, 3, 4, 6])
        return Decimal(self.chance.randint(1, 10 ** (self.chance.choice([2, 4, 5]) + decimals))).scaleb(-decimals)

    def _add_line(self, number: int) -> None:
        chance = self.chance
        row: Row = {"NroLinDet": str(number)}
        indicator = "1" if self.tipo in _EXPORTS else ""
        if number > 1 and self.likely(0.25):
            indicator = chance.choice(_INDICATORS[self.tipo])
        if self.tipo == 43:
            row["TpoDocLiq"] = "33"
        if indicator:
            row["IndExe"] = indicator
        row["NmbItem"] = f"Producto {number}"
        base = Decimal(chance.randint(1, 10**6))
        if self.likely(0.9) and not (self.corrects_text and self.likely(0.7)):
            price, quantity = self._price(), self._quantity()
            if self.likely(0.93):
                row["QtyItem"] = _plain(quantity)
                row["UnmdItem"] = "10" if self.tipo in _EXPORTS else "UN"
            else:
                quantity = _ONE
            row["PrcItem"] = _plain(price)
            base = price * quantity
        exact = self._with_changes(row, base)
        amount = self._amount(row, base, exact)
        given_away = self.tipo == 52 and self.traslado != "1" and self.likely(0.2)
        if indicator in ("4", "5") or self.corrects_text or given_away:
            amount = exact = Decimal(0) if self.likely(0.9) else amount
        self._count(indicator, amount, exact)
        self._tax(row, indicator, amount)
        if self.likely(0.9):
            row["MontoItem"] = _plain(amount)
        self.rows.append(row)

    def _with_changes(self, row: Row, base: Decimal) -> Decimal:
        """Give the line a discount or surcharge; the exact amount."""
        exact = base
        if self.tipo == 43:
            return exact
        for kind, sign, share in (("Descuento", -1, 0.25), ("Recargo", 1, 0.1)):
            if not self.likely(share):
                continue
            percentage = Decimal(self.chance.choice(["5", "10", "12.5", "33.33", "7.25", "50", "100", "0.5"]))
            change = exact * percentage / 100
            written = _round(change, self.rounding)
            style = self.chance.randrange(4)
            if style != 1:
                row[f"{kind}Pct"] = _plain(percentage)
            if style != 2 and written > 0:
                row[f"{kind}Monto"] = _plain(change.quantize(Decimal("0.01")) if style == 3 else written)
            exact += sign * change
        return exact

    def _amount(self, row: Row, base: Decimal, exact: Decimal) -> Decimal:
        """The amount as the program has it: by its own rounding, from rounded parts, or wrong."""
        discount, surcharge = (Decimal(row.get(f"{kind}Monto", "0")) for kind in ("Descuento", "Recargo"))
        amount = _round(base, self.rounding, self.unit) - discount + surcharge
        if "DescuentoPct" in row and "DescuentoMonto" not in row:
            amount = _round(exact, self.rounding, self.unit)
        if self.likely(0.1):
            amount = _round(exact, self.rounding, self.unit)
        if self.unit != _ONE and self.likely(0.3):
            amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if self.likely(0.03):
            amount += self.unit * self.chance.choice([-5, -2, -1, 1, 2, 100])
        if self.tipo == 43 and self.likely(0.2):
            return -amount
        return max(amount, Decimal(0))

    def _count(self, indicator: str, amount: Decimal, exact: Decimal) -> None:
        exempt = self.tipo in _EXEMPT or self.tipo in _EXPORTS
        kinds = {"1": "exempt", "2": "2", "6": "2", "3": "3", "4": "", "5": ""}
        kind = kinds.get(indicator, "exempt" if exempt else "affected")
        if kind:
            sign = -1 if indicator == "6" else 1
            self.sums[kind] += sign * amount
            self.exact[kind] += sign * exact

    def _tax(self, row: Row, indicator: str, amount: Decimal) -> None:
        code = ""
        if self.tipo == 46:
            code = "15" if self.likely(0.7) else self.chance.choice(list(_WITHHELD))
        elif self.tipo in (33, 52, 61) and not self.gross and self.likely(0.12):
            code = self.chance.choice([*_ADDED, _GIVEN])
        if code and not indicator:
            row["CodImpAdic"] = code
            self.taxed[code] = self.taxed.get(code, Decimal(0)) + amount
            if self.tipo == 46:
                row["Retenedor/IndAgente"] = "R"

    # --- beside the lines ---------------------------------------------------------------------------------------

    def _movements(self) -> list[Row]:
        found = []
        kinds = {"affected": "", "exempt": "1", "2": "2"}
        for number in range(1, self.chance.choice([1, 1, 2, 3]) + 1):
            kind = self.chance.choice([one for one in kinds if self.sums[one] > 100] or ["affected"])
            row = {"NroLinDR": str(number), "TpoMov": self.chance.choice("DDDR"), "GlosaDR": "Movimiento"}
            sign = 1 if row["TpoMov"] == "R" else -1
            percent = Decimal(self.chance.choice(["10", "2.5", "33.33", "5", "1"]))
            if self.likely(0.5):
                row |= {"TpoValor": "%", "ValorDR": _plain(percent)}
                change, exact = self.sums[kind] * percent / 100, self.exact[kind] * percent / 100
            else:
                amount = (self.sums[kind] * percent / 100).quantize(Decimal(self.chance.choice(["1", "1", "0.01"])))
                row |= {"TpoValor": "$", "ValorDR": _plain(max(amount, _ONE))}
                change = exact = max(amount, _ONE)
            if kinds[kind] and self.tipo not in _EXEMPT:
                row["IndExeDR"] = kinds[kind]
            self.sums[kind] += sign * _round(change, self.rounding, self.unit)
            self.exact[kind] += sign * exact
            found.append(row)
        return found

    def _commissions(self) -> list[Row]:
        found = []
        for number in range(1, self.chance.choice([1, 2, 3]) + 1):
            net = Decimal(self.chance.randint(1, 50_000)) * (-1 if self.likely(0.1) else 1)
            row = {"NroLinCom": str(number), "TipoMovim": "C", "Glosa": "Comisión", "ValComNeto": _plain(net)}
            row["ValComExe"] = "0"
            iva = _round(net * _IVA, self.rounding)
            if self.likely(0.1):
                iva += self.chance.choice([-3, -1, 1])
            row["ValComIVA"] = _plain(iva)
            found.append(row)
        return found

    # --- totals -------------------------------------------------------------------------------------------------

    def _totals(self, commissions: Sequence[Row]) -> dict[str, Decimal]:
        sums = self.sums
        if self.likely(0.12):  # a program that rounds last
            sums = {kind: _round(max(amount, Decimal(0)), self.rounding) for kind, amount in self.exact.items()}
        affected, exempt = sums["affected"], sums["exempt"]
        net = _round(affected / (1 + _IVA), self.rounding) if self.gross else affected
        iva = affected - net if self.gross else _round(net * _IVA, self.rounding)
        if not self.gross and self.likely(0.1):
            iva += self.chance.choice([-2, -1, 1, 2])
        found = {"MntNeto": net, "MntExe": exempt, "IVA": iva}
        total = net + exempt + iva + sums["3"]
        for code, base in self.taxed.items():
            tax = self._tax_of(code, base)
            total += tax if code in _ADDED or code == _GIVEN else -tax
        for name in ("ValComNeto", "ValComExe", "ValComIVA"):
            total -= sum((Decimal(row[name]) for row in commissions), Decimal(0))
        found["MntTotal"] = total
        if sums["3"]:
            found["GrntDep"] = sums["3"]
        if sums["2"] and self.tipo not in (43, *_EXPORTS):
            found["MontoNF"] = sums["2"]
            if self.likely(0.4):
                found["TotalPeriodo" if self.tipo in _BOLETAS else "MontoPeriodo"] = total + sums["2"]
        if self.tipo == 43 and self.likely(0.4):
            found["MontoPeriodo"] = total
        return found

    def _tax_of(self, code: str, base: Decimal) -> Decimal:
        if code == _GIVEN:
            return Decimal(4321)
        return _round(base * Decimal({**_ADDED, **_WITHHELD}[code]) / 100, self.rounding)

    def _spoil(self, totals: dict[str, Decimal]) -> dict[str, Decimal]:
        """Leave figures out, or write others."""
        others = ("total only", "nothing", "a peso", "some pesos", "far off", "zeros")
        style = self.chance.choice(["as it is"] * 6 + list(others))
        if style == "total only":
            return {"MntTotal": totals["MntTotal"]}
        if style == "nothing":
            return {}
        if style == "zeros":
            return {name: amount if name == "MntTotal" else Decimal(0) for name, amount in totals.items()}
        if style != "as it is":
            step = {"a peso": [1], "some pesos": [2, 3, 5], "far off": [100, 1000, -50]}[style]
            names = self.chance.sample(sorted(totals), self.chance.choice([1, 1, 2]))
            for name in names:
                totals[name] += self.chance.choice(step) * self.chance.choice([-1, 1]) * self.unit
        return totals

    # --- writing ------------------------------------------------------------------------------------------------

    def _write(self, movements: Sequence[Row], commissions: Sequence[Row]) -> None:
        if self.tipo in _EXPORTS:
            self._export_totals()
        else:
            self._peso_totals(commissions)
        anchor = self.header
        for name, rows in (("Detalle", self.rows), ("DscRcgGlobal", movements)):
            for row in rows:
                one = _element(name, row)
                anchor.addnext(one)
                anchor = one
        for row in commissions:
            references = self.document.findall("Referencia")
            last = references[-1] if references else anchor
            last.addnext(_element("Comisiones", row))

    def _peso_totals(self, commissions: Sequence[Row]) -> None:
        totals = self._spoil(self._totals(commissions))
        block = etree.SubElement(self.header, "Totales")
        order = ("MntNeto", "MntExe", "TasaIVA", "IVA", "IVAProp", "IVATerc")
        exempt = self.tipo in _EXEMPT
        if totals.get("MntNeto") and not exempt and self.tipo not in _BOLETAS:
            totals["TasaIVA"] = Decimal(19)
        for name in order:
            if name in totals and not (exempt and name != "MntExe") and (totals[name] or self.likely(0.3)):
                self._put(block, name, _plain(totals[name]))
        if totals:
            for code, base in self.taxed.items():
                tax = etree.SubElement(block, "ImptoReten")
                self._put(tax, "TipoImp", code)
                if code != _GIVEN and self.likely(0.9):
                    self._put(tax, "TasaImp", {**_ADDED, **_WITHHELD}[code])
                change = self.chance.choice([0] * 8 + [1, -1, 3])
                self._put(tax, "MontoImp", _plain(self._tax_of(code, base) + change))
        if "GrntDep" in totals:
            self._put(block, "GrntDep", _plain(totals["GrntDep"]))
        if commissions and totals:
            sums = etree.SubElement(block, "Comisiones")
            for name in ("ValComNeto", "ValComExe", "ValComIVA"):
                self._put(sums, name, _plain(sum((Decimal(row[name]) for row in commissions), Decimal(0))))
        for name in ("MntTotal", "MontoNF", "MontoPeriodo", "TotalPeriodo"):
            if name in totals:
                self._put(block, name, _plain(totals[name]))
        if self.tipo == 33 and totals and self.likely(0.1):
            rate = Decimal("945.29")
            other = etree.SubElement(self.header, "OtraMoneda")
            self._put(other, "TpoMoneda", "DOLAR USA")
            self._put(other, "TpoCambio", _plain(rate))
            step = Decimal(self.chance.choice(["0.01", "0.0001"]))
            off = self.chance.choice([Decimal(0)] * 4 + [Decimal("0.01"), Decimal(3)])
            self._put(other, "MntTotOtrMnda", _plain((totals["MntTotal"] / rate).quantize(step) + off))

    def _export_totals(self) -> None:
        total = self.sums["exempt"]
        currency = "PESO CL" if self.unit == _ONE else self.chance.choice(["DOLAR USA", "EURO"])
        block = etree.SubElement(self.header, "Totales")
        self._put(block, "TpoMoneda", currency)
        unpaid = self.tipo == 110 and self.likely(0.05)
        if unpaid:
            form = self.id_doc.find("FmaPagExp")
            if form is not None:
                form.text = "21"
        style = self.chance.choice(["right"] * 5 + ["cents", "off", "far off", "nothing"])
        exempt = Decimal(0) if unpaid and self.likely(0.5) else total
        paid = Decimal(0) if unpaid else total
        change = {"off": self.unit * self.chance.choice([1, -1, 50]), "far off": Decimal(7)}.get(style, Decimal(0))
        if style == "cents":
            exempt, paid = (_round(one, ROUND_HALF_UP, Decimal("0.01")) for one in (exempt, paid))
        if style != "nothing":
            self._put(block, "MntExe", _plain(exempt))
            self._put(block, "MntTotal", _plain(paid + change))
        if currency == "PESO CL":
            return
        rate = Decimal(self.chance.randint(8_000_000, 10_000_000)).scaleb(-4)
        other = etree.SubElement(self.header, "OtraMoneda")
        self._put(other, "TpoMoneda", "PESO CL")
        self._put(other, "TpoCambio", _plain(rate))
        for name, amount in (("MntExeOtrMnda", exempt), ("MntTotOtrMnda", paid)):
            in_pesos = _round(amount * rate, self.rounding)
            off = self.chance.choice([0] * 8 + [1, -1, 5])
            if self.likely(0.9):
                self._put(other, name, _plain(max(in_pesos + off, Decimal(0))))


def _element(name: str, row: Row) -> etree._Element:
    """The element of *row*; a name with a slash stands in a group of its own."""
    one = etree.Element(name)
    for key, text in row.items():
        group, _, inner = key.rpartition("/")
        parent = etree.SubElement(one, group) if group else one
        etree.SubElement(parent, inner).text = text
    return one
