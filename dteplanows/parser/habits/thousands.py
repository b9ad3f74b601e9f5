"""Numbers with a dot and three digits behind it, in pesos: 129.990 is 129 990 as people in Chile write it, or 129,99.
So are those with a comma, and quantities too: 1,500 is one and a half as people in Chile write it, or 1500.

Which of the two is meant, the arithmetic of the document says: the product of a line, the percentage beside a discount,
the totals. A reading is taken where it is the only one that agrees, and where the figures would not agree all the same
if the number were nothing. Where both agree, or none, the number is refused. Quantities are not doubted by themselves
(kilos have three decimals); beside a doubtful amount they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from itertools import product

from dteplanows.document import values
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS, MOST_MOVEMENTS
from dteplanows.document.model import Group
from dteplanows.document.money import IVA_RATE, PESO
from dteplanows.document.taxes import TAXES
from dteplanows.parser.habits.choices import Choice, Key, choices_of, is_one_custom, key_of, reading_of
from dteplanows.parser.reading import Doubt, Read, Reading
from dteplanows.parser.values.unusual import KINDS

_OF_LINE = ("QtyItem", "PrcItem", "DescuentoMonto", "RecargoMonto", "MontoItem")
_FIGURES = ("MntNeto", "MntExe", "IVA", "MntTotal")
_SUMS = frozenset({"MontoPeriodo", "TotalPeriodo", "VlrPagar"})
"""Totals that repeat MntTotal where nothing else is due."""
_COMMISSIONS = ("ValComNeto", "ValComExe", "ValComIVA")
_OTHER_SUMS = ("CredEC", "GrntDep")
"""Totals that change MntTotal beside those that are reckoned here."""

_ONE, _NONE, _HUNDRED = Decimal(1), Decimal(0), Decimal(100)
_EXACT = Context(prec=60)
_GROSS = 1 + IVA_RATE / _HUNDRED

_AMBIGUOUS = {".": "TXT-060", ",": "TXT-022"}
_IMPOSSIBLE = {".": "TXT-091", ",": "TXT-114"}
"""What is said of a number of which both readings agree, or neither."""


def settle(reading: Reading) -> None:
    """Read the doubtful numbers of *reading* as what they can only be, and refuse the others.

    A quantity is one of them where it is wrong as a number of three decimals and right with thousands.
    """
    document = reading.document
    doubts = [one for one in reading.doubts if _stands(one)]
    if len(doubts) < len(reading.doubts):
        for one in reading.doubts:
            field = one.group.field(one.name)
            if one.sign == "," and one not in doubts and field is not None and field.text == one.text:
                assert one.readings.decimals is not None
                _read(reading, one, one.readings.decimals)
    reading.doubts.clear()
    if document.tipo in EXPORTS and document.totales.text("TpoMoneda") != PESO:
        _foreign(reading, doubts)
    else:
        _Case(reading, doubts).settle()


def _stands(one: Doubt) -> bool:
    """Whether the number still stands where it was read, and is no percentage: there it keeps its decimals."""
    field = one.group.field(one.name)
    kind = KINDS.get(one.name)
    return field is not None and field.text == one.text and not (kind and one.group.text(kind) == "%")


def _foreign(reading: Reading, doubts: list[Doubt]) -> None:
    """In another currency three decimals are usual; what the SII wants whole there is refused as before.

    The factors and the amount of a line may settle it; and where a column separates decimals with commas, its dots
    separate thousands.
    """
    case = _Case(reading, doubts)
    case.settle_lines()
    with_commas = {one.place.field for one in reading.unusual if "," in one.text}
    for one in doubts:
        if key_of(one) in case.read:
            _read(reading, one, case.read[key_of(one)])
        elif one.readings.decimals is None or (one.sign == "." and one.place.field in with_commas):
            _read(reading, one, one.readings.thousands)
        elif one.whole or one.sign == ",":
            _refuse(reading, one, _AMBIGUOUS[one.sign])


class _Case:
    """A document with doubtful numbers."""

    def __init__(self, reading: Reading, doubts: list[Doubt]) -> None:
        self.reading = reading
        self.document = reading.document
        self.doubts = doubts
        self.open: dict[Key, Doubt] = {key_of(one): one for one in doubts if one.readings.decimals is not None}
        """Numbers of two readings that nothing has settled yet."""
        self.read: Choice = {key_of(one): one.readings.thousands for one in doubts if one.readings.decimals is None}
        self.doubted = {key_of(one): one for one in doubts}
        self.decimal_commas = {one.place for one in reading.unusual if "," in one.text}
        """Where the file has a comma that can only separate decimals."""
        self.impossible: set[Key] = set()
        """Numbers of which neither reading agrees."""
        self.lines: dict[int, list[Choice]] = {}
        """Choices with which a line agrees, where there are several."""
        self.quantities: dict[Key, Doubt] = {}
        self.styles: dict[tuple[str, str], bool | None] = {}
        figures = self.document.unread.isdisjoint(("MontoItem", "PrcItem", "QtyItem", "ValorDR"))
        self.reckonable = figures and bool(self.document.detalles)
        self.room = 2 + len(self.document.detalles) // 2
        """Pesos that the totals of a program may differ from what is reckoned here: it rounds in its own order."""
        self.changes = tuple(_header_changes(reading))

    def settle_lines(self) -> None:
        """Settle what each line says of its own numbers."""
        of_lines: dict[int, list[Doubt]] = {}
        for one in self.open.values():
            if one.name in _OF_LINE:
                of_lines.setdefault(id(one.group), []).append(one)
        for line in self.document.detalles:
            if id(line) in of_lines:
                self._line(line, of_lines[id(line)])
            elif "." in line.text("QtyItem"):
                self._beside_thousands(line)

    def settle(self) -> None:
        """Settle what can be, then write it down."""
        self.settle_lines()
        if self.open:
            self._totals()
        self._repeated()
        for one in [*self.doubts, *self.quantities.values()]:
            key = key_of(one)
            if key in self.read:
                _read(self.reading, one, self.read[key])
            elif key not in self.quantities:
                _refuse(self.reading, one, (_IMPOSSIBLE if key in self.impossible else _AMBIGUOUS)[one.sign])

    def _value(self, group: Group, name: str, choice: Choice) -> Decimal | None:
        key = id(group), name
        found = choice.get(key)
        if found is None:
            found = self.read.get(key)
        return group.number(name) if found is None else found

    # --- lines ---

    def _line(self, line: Group, own: list[Doubt]) -> None:
        """Settle what the factors, the percentages and the amount of *line* leave but one reading of."""
        if line.unread:
            self.reckonable = False
            return
        doubts = [*own, *self._quantity(line)]
        agreeing = [choice for choice in choices_of(doubts) if self._agrees(line, choice)]
        if not agreeing:
            self.impossible.update(map(key_of, own))
            for one in own:
                self.open.pop(key_of(one))
            self.reckonable = False
            return
        for one in doubts:
            key = key_of(one)
            found = {choice[key] for choice in agreeing}
            if len(found) == 1 and not any(self._agrees(line, choice | {key: _NONE}) for choice in agreeing):
                self.read[key] = found.pop()
                self.open.pop(key, None)
        if any(key_of(one) in self.open for one in own):
            self.lines[id(line)] = agreeing

    def _beside_thousands(self, line: Group) -> None:
        """Settle the quantity of *line*, whose other numbers are settled: it has thousands where only those agree."""
        for one in () if line.unread or self._agrees(line, self.read) else self._quantity(line):
            thousands = {key_of(one): one.readings.thousands}
            if self._agrees(line, self.read | thousands):
                self.read.update(thousands)

    def _quantity(self, line: Group) -> list[Doubt]:
        """The quantity of *line* as one more doubt, where an amount can settle it."""
        field = line.field("QtyItem")
        readings = values.dotted(field.text) if field and line.number("MontoItem") else None
        if field is None or readings is None or readings.decimals is None:
            return []
        one = Doubt(line, "QtyItem", field.text, field.place, readings, False, 6)
        self.quantities[key_of(one)] = one
        return [one]

    def _agrees(self, line: Group, choice: Choice) -> bool:
        """Whether the factors of *line* come to its amount and its percentages to their amounts, to the peso."""
        if not line.number("PrcItem"):
            return True
        price, amount = self._value(line, "PrcItem", choice), self._value(line, "MontoItem", choice)
        base = _EXACT.multiply(price or _NONE, self._quantity_of(line, choice))
        discount = self._value(line, "DescuentoMonto", choice) or _NONE
        surcharge = self._value(line, "RecargoMonto", choice) or _NONE
        if not _is_percentage(line, "Descuento", discount, base):
            return False
        if not _is_percentage(line, "Recargo", surcharge, base - discount):
            return False
        if not amount:
            return True
        rounding = 2 if discount or surcharge else 1
        if abs(abs(amount) - (base - discount + surcharge)) <= rounding:
            return True
        return self._repeats_price(line, choice)

    def _quantity_of(self, line: Group, choice: Choice) -> Decimal:
        found = self._value(line, "QtyItem", choice)
        return _ONE if found is None else found

    def _repeats_price(self, line: Group, choice: Choice) -> bool:
        """A program repeats in boletas the price of one unit as the amount of all."""
        price = self._value(line, "PrcItem", choice)
        return self.document.tipo in BOLETAS and price is not None and price == self._value(line, "MontoItem", choice)

    # --- totals ---

    def _totals(self) -> None:
        """Settle by the totals what the lines leave open: programs write all numbers of a kind in one way."""
        inside = {key for key, one in self.open.items() if self._is_reckoned(one)}
        worlds = list(self._worlds(inside)) if inside and self.reckonable else []
        known = any(self._value(self.document.totales, name, self.read) for name in _FIGURES)
        fitting = [world for world in worlds if self._adds_up(world)] if known else worlds
        if worlds and not fitting:
            self.impossible |= inside
            for key in inside:
                del self.open[key]
            return
        in_style = [world for world in fitting if self._in_style(world)]
        if len(in_style) > 1 and self.decimal_commas:  # no program separates decimals with both
            in_style = [one for one in in_style if not any(self._has_point(key, one) for key in inside)] or in_style
        by_style = len(in_style) < len(fitting)
        fitting = in_style or fitting
        for key in {key for key in self.quantities if key not in self.read} if fitting else ():
            found = {world[key] for world in fitting}
            if len(found) == 1:
                self.read[key] = found.pop()
        for key in inside:
            found = {world[key] for world in fitting}
            if len(found) == 1 and (by_style or all(self._is_proven(key, world) for world in fitting)):
                self.read[key] = found.pop()
                del self.open[key]

    def _has_point(self, key: Key, world: Choice) -> bool:
        """Whether the dot of a number separates decimals in *world*."""
        one = self.open[key]
        return one.sign == "." and world[key] != one.readings.thousands

    def _is_reckoned(self, one: Doubt) -> bool:
        totales = self.document.totales
        if id(one.group) in self.lines:
            return one.name in _OF_LINE
        if one.group is totales:
            return one.name in _FIGURES
        if one.name in _COMMISSIONS:
            return one.group in totales.all("Comisiones")
        return one.name == "ValorDR" or (one.name == "MontoImp" and one.group in totales.all("ImptoReten"))

    def _worlds(self, inside: set[Key]) -> Iterator[Choice]:
        """The choices for the whole document in which each kind of number is written in one way."""
        kinds = {key: self._kind(self.open[key]) for key in inside}
        names = sorted({*kinds.values(), *(["quantity."] if self.quantities else [])})
        for ways in product((True, False), repeat=len(names)):
            way = dict(zip(names, ways, strict=True))
            if not is_one_custom((kind[-1], is_thousands) for kind, is_thousands in way.items()):
                continue
            world = {key: reading_of(self.open[key], way[kind]) for key, kind in kinds.items()}
            for key, one in self.quantities.items():
                if key not in self.read:
                    world[key] = reading_of(one, way["quantity."])
            if all(self._is_among(world, choices) for choices in self.lines.values()):
                yield world

    def _kind(self, one: Doubt) -> str:
        """What is written in one way, with what separates behind it."""
        if id(one.group) in self.lines:
            return f"line{one.sign}"
        return f"totals{one.sign}" if one.group is self.document.totales else f"{one.name}{one.sign}"

    def _is_among(self, world: Choice, choices: list[Choice]) -> bool:
        """Whether *world* chooses for a line one of the *choices* with which it agrees."""
        return any(all(world.get(key, value) == value for key, value in choice.items()) for choice in choices)

    def _adds_up(self, world: Choice) -> bool:
        """Whether the totals are those of the lines, whichever way their program reckons."""
        repeated = self.document.tipo in BOLETAS
        for by_product in (False, True) if repeated else (False,):
            affected, exempt = self._sums(world, by_product)
            for change in self.changes:
                for gross in (False, True):
                    if self._are_totals(world, affected + change, exempt, gross):
                        return True
        return False

    def _are_totals(self, world: Choice, affected: Decimal, exempt: Decimal, gross: bool) -> bool:
        totales = self.document.totales
        net = affected / _GROSS if gross else affected
        iva = net * IVA_RATE / _HUNDRED
        computed: dict[str, Decimal | None] = {"MntNeto": net, "MntExe": exempt, "IVA": iva}
        extra = self._extra(world)
        computed["MntTotal"] = None if extra is None else net + exempt + iva + extra
        for name, sought in computed.items():
            given = self._value(totales, name, world)
            if given and sought is not None and abs(given - sought) > self.room:
                return False
        return True

    def _sums(self, world: Choice, by_product: bool) -> tuple[Decimal, Decimal]:
        """Affected and exempt amounts of the lines with the global movements."""
        sums = {0: _NONE, 1: _NONE}
        only_exempt = self.document.tipo in EXEMPT_DOCUMENTS | EXPORTS
        has_exempt = any(line.amount("IndExe") == 1 for line in self.document.detalles)
        for line in self.document.detalles:
            indicator = line.amount("IndExe")
            if indicator in sums:
                sums[1 if only_exempt else indicator] += self._amount(line, world, by_product)
        for one in self.document.root.all("DscRcgGlobal")[:MOST_MOVEMENTS]:
            # programs write 1 where nothing is exempt, which says nothing
            indicator = one.amount("IndExeDR") if has_exempt or one.amount("IndExeDR") != 1 else 0
            value = self._value(one, "ValorDR", world) or _NONE
            if indicator in sums:
                kind = 1 if only_exempt else indicator
                change = sums[kind] * value / _HUNDRED if one.text("TpoValor") == "%" else value
                sums[kind] += change if one.text("TpoMov").upper() == "R" else -change
        return sums[0], sums[1]

    def _amount(self, line: Group, world: Choice, by_product: bool) -> Decimal:
        amount = self._value(line, "MontoItem", world)
        if amount and not (by_product and self._repeats_price(line, world)):
            return amount
        base = _EXACT.multiply(self._value(line, "PrcItem", world) or _NONE, self._quantity_of(line, world))
        base -= _change(self._value(line, "DescuentoMonto", world), line.number("DescuentoPct"), base)
        return base + _change(self._value(line, "RecargoMonto", world), line.number("RecargoPct"), base)

    def _extra(self, world: Choice) -> Decimal | None:
        """Additional taxes and commissions of the totals; None where what else changes MntTotal is not known here."""
        totales = self.document.totales
        if any(totales.number(name) for name in _OTHER_SUMS):
            return None
        extra = _NONE
        for one in totales.all("Comisiones"):
            extra -= sum(self._value(one, name, world) or _NONE for name in _COMMISSIONS)
        for one in totales.all("ImptoReten"):
            amount, tax = self._value(one, "MontoImp", world), TAXES.get(one.text("TipoImp"))
            if not amount or tax is None or not tax.effect:
                return None
            extra += amount if tax.effect == "added" else -amount
        return extra

    def _is_proven(self, key: Key, world: Choice) -> bool:
        """Whether the totals would be others, beyond all rounding, if the number were nothing."""
        one, without = self.open[key], world | {key: _NONE}
        if one.group is self.document.totales:
            return True
        effect = world[key]
        if id(one.group) in self.lines:
            effect = self._amount(one.group, world, False) - self._amount(one.group, without, False)
            effect = world.get((id(one.group), "MontoItem"), effect)  # the line ties its factors to its amount
        return abs(effect) > 2 * self.room

    # --- what settles besides ---

    def _in_style(self, world: Choice) -> bool:
        """Whether *world* reads each column of the lines as its other numbers show that the program writes them."""
        for key, one in self.open.items():
            if key in world and id(one.group) in self.lines:
                column = one.name, one.sign
                if column not in self.styles:
                    self.styles[column] = self._style(*column)
                style = self.styles[column]
                if style is not None and world[key] != reading_of(one, style):
                    return False
        return True

    def _style(self, name: str, sign: str) -> bool | None:
        """True where *sign* separates thousands in the column *name*, False where decimals; None if unknown."""
        styles = set()
        for line in self.document.detalles:
            field = line.field(name)
            if field is None:
                continue
            key = id(line), name
            doubt = self.doubted.get(key)
            if key in self.read:
                readings = doubt.readings if doubt else values.dotted(field.text)
                if readings is not None and sign in field.text:
                    styles.add(self.read[key] == readings.thousands)
            elif sign == "." and values.has_three_decimals(field.text):
                styles.add(False)
            elif sign == "," and "," in field.text and doubt is None:
                styles.add(True)
            elif sign == "," and field.place in self.decimal_commas:
                styles.add(False)
        return styles.pop() if len(styles) == 1 else None

    def _repeated(self) -> None:
        """Settle the totals that repeat MntTotal, and the payments that come to it."""
        total = self._value(self.document.totales, "MntTotal", {})
        if not total or (id(self.document.totales), "MntTotal") in self.open:
            return
        for key, one in list(self.open.items()):
            if one.group is self.document.totales and one.name in _SUMS:
                sums = (total, total + (self._value(self.document.totales, "MontoNF", {}) or _NONE))
                readings = {reading_of(one, True), reading_of(one, False)}
                found = [value for value in readings if any(abs(value - known) <= 1 for known in sums)]
                if len(found) == 1:
                    self.read[key] = found[0]
                    del self.open[key]
        paid = self.document.id_doc.all("MntPagos")
        fitting = [way for way in (True, False) if abs(sum(self._payment(one, way) for one in paid) - total) <= 1]
        for payment in paid if len(fitting) == 1 else ():
            key = id(payment), "MntPago"
            if key in self.open:
                self.read[key] = reading_of(self.open.pop(key), fitting[0])

    def _payment(self, one: Group, thousands: bool) -> Decimal:
        doubt = self.open.get((id(one), "MntPago"))
        return reading_of(doubt, thousands) if doubt else self._value(one, "MntPago", {}) or _NONE


def _change(amount: Decimal | None, rate: Decimal | None, base: Decimal) -> Decimal:
    """A discount or surcharge of a line that may be given by its percentage alone."""
    return amount or base * (rate or _NONE) / _HUNDRED


def _is_percentage(line: Group, kind: str, amount: Decimal, base: Decimal) -> bool:
    """Whether *amount* is the percentage of *base* that stands beside it, as exactly as that was written."""
    field, rate = line.field(f"{kind}Pct"), line.number(f"{kind}Pct")
    if field is None or not rate or not line.number(f"{kind}Monto"):
        return True
    written = len(field.text.partition(".")[2])
    error = abs(base) * Decimal(5).scaleb(-written - 3)
    return abs(amount - base * rate / _HUNDRED) <= 1 + error


def _header_changes(reading: Reading) -> Iterator[Decimal]:
    """What the discount and surcharge columns of a TXT's totals may change: nothing, or their amounts."""
    yield _NONE
    row = reading.row("Totales")
    for column, sign in (("ValorDesctoTot", -1), ("ValorRecgoTot", 1)) if row is not None else ():
        text = row.text(column) if row is not None else ""
        readings = values.dotted(text)
        if readings is not None:
            yield from (sign * one for one in readings if one is not None)
        elif text.isdecimal() and len(text) < 20 and text.strip("0"):
            yield sign * Decimal(text)


# --- the outcome ---


def _read(reading: Reading, one: Doubt, value: Decimal) -> None:
    """Take *value* as what the number is; told where it is no plain number of three decimals or loses some."""
    kept = values.as_written(value, one.whole, one.fraction)
    if one.sign == ",":
        one.group.put(one.name, kept, one.place, values.write(value))
        separates = "miles" if value == one.readings.thousands else "decimales"
        reading.unusual.append(Read("TXT-113", one.place, one.text, values.write(kept), separates))
        return
    one.group.put(one.name, kept, one.place, one.text)
    if value == one.readings.thousands:
        reading.problem("TXT-090", one.place, one.text, used=values.write(value))
    elif kept != value:
        reading.problem("TXT-029", one.place, one.text, used=values.write(kept))


def _refuse(reading: Reading, one: Doubt, code: str) -> None:
    group, document = one.group, reading.document
    reading.problem(code, one.place, one.text, readings=one.readings.text())
    group.drop(one.name)
    unread = {one.name}
    if one.name in _OF_LINE and "MontoItem" not in group.fields:
        unread.add("MontoItem")
    group.unread = (*group.unread, *unread)
    # what would follow from the number is not missed on top of it
    document.unread.update(unread, (name for name in _FIGURES if name not in document.totales.fields))
