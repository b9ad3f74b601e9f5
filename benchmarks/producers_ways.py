"""How programs compute an invoice: a basket, a way of computing, and the file that comes out of them.

Nothing here knows how the service computes. Every way ends with the *customer's total*: what the till took, whole
pesos that are paid already, whatever the lines of the file say. Arithmetic in decimal rounds half up, half to even or
down; arithmetic in binary floating point uses Python's own ``round`` or ``int``, as Java's, PHP's and JavaScript's
programs use theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from random import Random
from typing import Any, NamedTuple

Number = Any
"""A Decimal or a float: what an arithmetic computes with, never both."""

IVA_RATE = "0.19"
WITH_IVA = "1.19"
TAX_CODE, TAX_RATE = "27", "10"
"""The additional tax of those cells that have one: soft drinks, in per cent."""

INNER_DECIMALS = 10
"""Decimals of a price that a program keeps inside with more than it writes."""

EXACT = Context(prec=50)

# --- arithmetic ---------------------------------------------------------------------------------------------------


class Arithmetic(NamedTuple):
    """What a program computes with."""

    name: str
    number: Callable[[str], Number]
    """A number from its decimal writing."""
    rounded: Callable[[Number, int], Number]
    """A number rounded to so many decimals."""
    exact_halves: bool
    """Rounds to the nearest, and knows the half exactly."""

    def whole(self, number: Number) -> int:
        """*number* in whole pesos."""
        return int(self.rounded(number, 0))

    def written(self, number: Number, decimals: int) -> str:
        """*number* rounded to *decimals*, as the program writes it."""
        return f"{self.rounded(number, decimals):.{decimals}f}"


def _decimal(rounding: str) -> Callable[[Number, int], Number]:
    steps = [Decimal(1).scaleb(-decimals) for decimals in range(INNER_DECIMALS + 1)]

    def rounded(number: Number, decimals: int) -> Number:
        return number.quantize(steps[decimals], rounding, EXACT)

    return rounded


def _binary_round(number: Number, decimals: int) -> Number:
    return round(number, decimals)


def _binary_cut(number: Number, decimals: int) -> Number:
    scale = 10.0**decimals
    return int(number * scale) / scale


HALF_UP = Arithmetic("half up", Decimal, _decimal(ROUND_HALF_UP), True)
HALF_EVEN = Arithmetic("half even", Decimal, _decimal(ROUND_HALF_EVEN), True)
FLOOR = Arithmetic("floor", Decimal, _decimal(ROUND_DOWN), False)
BINARY = Arithmetic("binary", float, _binary_round, False)
BINARY_CUT = Arithmetic("binary cut", float, _binary_cut, False)
ARITHMETICS = (HALF_UP, HALF_EVEN, FLOOR, BINARY, BINARY_CUT)

# --- the file -----------------------------------------------------------------------------------------------------


class Kind(NamedTuple):
    """What is written: a type of document, how its lines stand, and which totals the program leaves to the service."""

    name: str
    tipo: int
    gross: bool
    """Prices and amounts of the lines include IVA."""
    empty: bool = False
    """Net and IVA are left empty."""


KINDS = (
    Kind("33", 33, False), Kind("33 gross", 33, True), Kind("52", 52, False), Kind("39", 39, True),
    Kind("39 empty", 39, True, True), Kind("39 net", 39, False), Kind("39 net empty", 39, False, True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the program writes it."""

    quantity: str
    price: str
    amount: int
    percentage: str = "0"
    discount: int = 0
    exempt: bool = False
    taxed: bool = False
    """It pays the additional tax."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What the program writes of one sale, and what the customer has paid."""

    kind: Kind
    lines: tuple[Line, ...]
    net: int
    exempt: int
    iva: int
    tax: int
    """Additional tax."""
    total: int


def as_file(sale: Sale, day: date) -> bytes:
    """*sale* as the TXT of its producer."""
    rows = _boleta(sale, day) if sale.kind.tipo == 39 else _factura(sale, day)
    return "\r\n".join([*rows, ""]).encode("ascii")


def _boleta(sale: Sale, day: date) -> list[str]:
    ind_mnt_neto = 0 if sale.kind.gross else 2
    net, iva = ("0", "0") if sale.kind.empty else (str(sale.net), str(sale.iva))
    rows = [
        f"{n};P-{n};Producto {n};{int(one.exempt)};{one.quantity};{one.price};{one.amount if one.exempt else 0}"
        f";{one.amount};INT1;UN;;{one.percentage};{one.discount};"
        for n, one in enumerate(sale.lines, 1)
    ]
    return [
        "->Boleta<-", f"39;0;{day};3;{ind_mnt_neto};;;;66666666-6;;Cliente de mostrador;;;;;;",
        "->BoletaTotales<-", f"{net};{sale.exempt};{iva};{sale.total};0;0;0;0;",
        "->BoletaDetalle<-", *rows,
    ]  # fmt: skip


def _factura(sale: Sale, day: date) -> list[str]:
    traslado = 1 if sale.kind.tipo == 52 else 0
    rows = [
        f"{n};P-{n};Producto {n};{one.quantity};{one.price};{one.percentage};{one.discount};0;0"
        f";{one.amount if one.exempt else 0};{one.amount};INT1;UN;;"
        for n, one in enumerate(sale.lines, 1)
    ]
    taxes = []
    if sale.tax:
        taxes = [f"{n};{TAX_CODE};;;" for n, one in enumerate(sale.lines, 1) if one.taxed]
        taxes = ["->ImpuestoRetencion<-", *taxes, f"0;{TAX_CODE};{TAX_RATE};{sale.tax};"]
    return [
        "->Encabezado<-",
        f"{sale.kind.tipo};0;{day};0;{traslado};22222222-2;Cliente Ficticio;Comercio;Calle Uno 1;Talca;Talca;;",
        "->Totales<-", f"0;0;0;0;{sale.net};{sale.exempt};19;{sale.iva};{sale.total};{int(sale.kind.gross)};",
        "->Detalle<-", *rows, *taxes,
    ]  # fmt: skip


# --- baskets ------------------------------------------------------------------------------------------------------


class Item(NamedTuple):
    """What lies in the basket."""

    price: str
    """Of the shelf or the list, with all decimals that the program knows."""
    quantity: str
    percentage: str
    """Discount in per cent; 0 for none."""
    exempt: bool
    taxed: bool


class Extras(NamedTuple):
    """What some baskets have besides prices and quantities."""

    name: str
    discounts: bool = False
    exempt: bool = False
    tax: bool = False


PLAIN = Extras("")
QUANTITIES = ("one", "whole", "weighed")
_PERCENTAGES = ("5", "10", "15", "20", "30", "7.5", "12.5", "33.33")


def basket(chance: Random, lines: int, quantity: str, decimals: int, extras: Extras) -> list[Item]:
    """*lines* things, their prices with so many *decimals*; at least one pays IVA."""
    items = []
    for number in range(lines):
        exempt = extras.exempt and number > 0 and chance.random() < 0.3
        items.append(
            Item(
                _price(chance, decimals),
                _quantity(chance, quantity),
                chance.choice(_PERCENTAGES) if extras.discounts and chance.random() < 0.5 else "0",
                exempt,
                extras.tax and not exempt and (number == 0 or chance.random() < 0.4),
            )
        )
    return items


def _price(chance: Random, decimals: int) -> str:
    whole = int(10 ** chance.uniform(2, 4.7))
    if not decimals:
        return str(whole // 10 * 10 if chance.random() < 0.6 else whole)
    return f"{whole}.{chance.randrange(10**decimals):0{decimals}}"


def _quantity(chance: Random, kind: str) -> str:
    if kind == "one":
        return "1"
    if kind == "whole":
        return str(chance.randint(13, 48) if chance.random() < 0.1 else chance.randint(1, 12))
    return f"{chance.randint(50, 4999) / 1000:.3f}"


# --- ways of computing --------------------------------------------------------------------------------------------


class Producer(NamedTuple):
    """A program: what it writes, how it computes, what it rounds with."""

    kind: Kind
    way: Way
    arithmetic: Arithmetic
    decimals: int
    """Of the price as written."""
    inner: bool
    """Computes with more decimals of the price than it writes."""


class _Entry(NamedTuple):
    """A line while the program computes."""

    item: Item
    price: Number
    """That it computes with."""
    quantity: Number
    rate: Number
    """Share that the discount takes."""
    written: str
    """The price as written."""


Compute = Callable[[Producer, list[_Entry]], Sale]


class Way(NamedTuple):
    """A way of computing."""

    name: str
    compute: Compute
    shelf: bool = False
    """Its prices come from whole pesos with IVA."""


def sell(producer: Producer, items: list[Item]) -> Sale:
    """What *producer* writes of a sale of *items*."""
    with localcontext(EXACT):
        return producer.way.compute(producer, [_entry(producer, one) for one in items])


def _entry(producer: Producer, item: Item) -> _Entry:
    arithmetic, number = producer.arithmetic, producer.arithmetic.number
    price = number(item.price)
    if producer.way.shelf and not producer.kind.gross and not item.exempt:
        price = price / number(WITH_IVA)
    written = arithmetic.written(price, producer.decimals)
    if not producer.inner:
        price = number(written)
    rate = number(item.percentage) / number("100")
    return _Entry(item, price, number(item.quantity), rate, written)


def _line(one: _Entry, amount: int, discount: int) -> Line:
    return Line(one.item.quantity, one.written, amount, one.item.percentage, discount, one.item.exempt, one.item.taxed)


def _rounded_line(arithmetic: Arithmetic, one: _Entry) -> Line:
    """Product and discount rounded one after the other."""
    base = arithmetic.whole(one.price * one.quantity)
    discount = arithmetic.whole(arithmetic.number(str(base)) * one.rate)
    return _line(one, base - discount, discount)


def _exact(one: _Entry) -> Number:
    return one.price * one.quantity * (1 - one.rate)


def _late_line(arithmetic: Arithmetic, one: _Entry) -> Line:
    """The line of a program that computes without rounding and rounds what it prints."""
    discount = arithmetic.whole(one.price * one.quantity * one.rate)
    return _line(one, arithmetic.whole(_exact(one)), discount)


def _finish(
    producer: Producer, lines: list[Line], affected: int, exempt: int, taxed: Number, iva: int | None = None
) -> Sale:
    """Net, IVA and total from the rounded sum of the affected lines, which is net or gross as the kind has it.

    :param taxed: amount that pays the additional tax.
    :param iva: where the program has it already.
    """
    whole, number = producer.arithmetic.whole, producer.arithmetic.number
    if producer.kind.gross:
        net = whole(number(str(affected)) / number(WITH_IVA))
        return Sale(producer.kind, tuple(lines), net, exempt, affected - net, 0, affected + exempt)
    if iva is None:
        iva = whole(number(str(affected)) * number(IVA_RATE))
    tax = whole(taxed * number(TAX_RATE) / 100)
    return Sale(producer.kind, tuple(lines), affected, exempt, iva, tax, affected + exempt + iva + tax)


def _amounts(lines: list[Line], exempt: bool) -> int:
    return sum(one.amount for one in lines if one.exempt == exempt)


def _taxed(arithmetic: Arithmetic, lines: list[Line]) -> Number:
    return arithmetic.number(str(sum(one.amount for one in lines if one.taxed)))


def _zero(arithmetic: Arithmetic) -> Number:
    return arithmetic.number("0")


def rounded_lines(producer: Producer, entries: list[_Entry]) -> Sale:
    """Each line rounded; all else from the rounded lines."""
    lines = [_rounded_line(producer.arithmetic, one) for one in entries]
    return _finish(producer, lines, _amounts(lines, False), _amounts(lines, True), _taxed(producer.arithmetic, lines))


def _sums(producer: Producer, entries: list[_Entry]) -> tuple[list[Line], Number, Number, Number]:
    """Lines as printed; the exact sums of what is affected, exempt and taxed."""
    lines = [_late_line(producer.arithmetic, one) for one in entries]
    zero = _zero(producer.arithmetic)
    affected = sum((_exact(one) for one in entries if not one.item.exempt), zero)
    exempt = sum((_exact(one) for one in entries if one.item.exempt), zero)
    taxed = sum((_exact(one) for one in entries if one.item.taxed), zero)
    return lines, affected, exempt, taxed


def summed(producer: Producer, entries: list[_Entry]) -> Sale:
    """Summed first, then rounded; IVA from the rounded net."""
    lines, affected, exempt, taxed = _sums(producer, entries)
    whole = producer.arithmetic.whole
    return _finish(producer, lines, whole(affected), whole(exempt), taxed)


def rounded_last(producer: Producer, entries: list[_Entry]) -> Sale:
    """Summed first; the total rounded from the exact sum, the last figure by difference."""
    lines, affected, exempt, taxed = _sums(producer, entries)
    whole, number = producer.arithmetic.whole, producer.arithmetic.number
    free = whole(exempt)
    if producer.kind.gross:
        return _finish(producer, lines, whole(affected + exempt) - free, free, taxed)
    net, tax = whole(affected), whole(taxed * number(TAX_RATE) / 100)
    total = whole(affected * number(WITH_IVA) + exempt + taxed * number(TAX_RATE) / 100)
    return Sale(producer.kind, tuple(lines), net, free, total - net - free - tax, tax, total)


def from_shelf(producer: Producer, entries: list[_Entry]) -> Sale:
    """The till adds prices of the shelf, IVA included; the document divides total and each price by 1.19."""
    arithmetic = producer.arithmetic
    lines = [_rounded_line(arithmetic, one) for one in entries]
    if producer.kind.gross:
        return _finish(producer, lines, _amounts(lines, False), _amounts(lines, True), _zero(arithmetic))
    charged = 0
    for one in entries:
        if not one.item.exempt:
            shelf = one._replace(price=arithmetic.number(one.item.price))
            charged += _rounded_line(arithmetic, shelf).amount
    whole, number = arithmetic.whole, arithmetic.number
    net = whole(number(str(charged)) / number(WITH_IVA))
    exempt, tax = _amounts(lines, True), whole(_taxed(arithmetic, lines) * number(TAX_RATE) / 100)
    return Sale(producer.kind, tuple(lines), net, exempt, charged - net, tax, charged + exempt + tax)


def iva_by_line(producer: Producer, entries: list[_Entry]) -> Sale:
    """IVA, or the net amount of a gross line, rounded line by line and added."""
    arithmetic = producer.arithmetic
    lines = [_rounded_line(arithmetic, one) for one in entries]
    whole, number = arithmetic.whole, arithmetic.number
    pay = [number(str(one.amount)) for one in lines if not one.exempt]
    affected, exempt = _amounts(lines, False), _amounts(lines, True)
    if producer.kind.gross:
        net = sum(whole(one / number(WITH_IVA)) for one in pay)
        return Sale(producer.kind, tuple(lines), net, exempt, affected - net, 0, affected + exempt)
    iva = sum(whole(one * number(IVA_RATE)) for one in pay)
    return _finish(producer, lines, affected, exempt, _taxed(arithmetic, lines), iva)


LINES = Way("lines, then sum", rounded_lines)
SUM = Way("sum, then round", summed)
LAST = Way("total rounded last", rounded_last)
NET = Way("net price x quantity", rounded_lines, shelf=True)
SHELF = Way("from the shelf", from_shelf, shelf=True)
IVA_BY_LINE = Way("IVA by line", iva_by_line)
WAYS = (LINES, SUM, LAST, NET, SHELF, IVA_BY_LINE)


def producers() -> list[Producer]:
    """Every program: kind x way x arithmetic x decimals x decimals kept inside, but those that differ in nothing.

    A gross price of the shelf is whole and written whole, and it is no net price.
    """
    found = []
    for kind in KINDS:
        for way in WAYS:
            if kind.gross and way is NET:
                continue
            whole = kind.gross and way.shelf
            for arithmetic in ARITHMETICS:
                for decimals in (0,) if whole else (0, 2, 4, 6):
                    for inner in (False,) if whole else (False, True):
                        found.append(Producer(kind, way, arithmetic, decimals, inner))
    return found


def sale_of(producer: Producer, chance: Random, lines: int, quantity: str, extras: Extras) -> Sale:
    """A sale of *producer* to a customer with a chance basket."""
    decimals = 0 if producer.way.shelf else INNER_DECIMALS if producer.inner else producer.decimals
    return sell(producer, basket(chance, lines, quantity, decimals, extras))


def with_line(sale: Sale, number: int, line: Line | None) -> Sale:
    """*sale* with another line in place of that of index *number*, or without it."""
    lines = list(sale.lines)
    lines[number : number + 1] = [] if line is None else [line]
    return replace(sale, lines=tuple(lines))
