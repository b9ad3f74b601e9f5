"""One known mistake in the totals of a document that breaks no rule, with what makes it known.

The arithmetic is done here a second time, so that the validator's list of mistakes is not its own judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import NamedTuple

from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem
from dteplanows.validator.causes.causes import texts
from tests.valid_documents import pesos

WITH_IVA = Decimal("1.19")
_LARGE = 1_000_000
NAMES = ("MntNeto", "MntExe", "IVA", "MntTotal")


class Wrong(NamedTuple):
    """A mistake to make."""

    key: str
    """Row of ``causes.tsv`` that tells it; empty for what is no known mistake."""
    line: int
    """Number of the line that it is about; 0 for none, or for all of a class."""
    totals: tuple[int, int, int, int]
    """What the file says then: MntNeto, MntExe, IVA, MntTotal."""


@dataclass
class Sale:
    """The lines of a document by class, and how its totals follow from them."""

    document: Document
    affected: dict[int, int]
    exempt: dict[int, int]
    free: dict[int, int]
    gross: bool
    extra: int

    def figures(self, affected: int, exempt: int, movement: int = 1) -> tuple[int, int, int, int]:
        """The totals of lines that come to these.

        :param movement: how often the global discount is taken.
        """
        for one in self.document.root.all("DscRcgGlobal"):
            main = exempt if self.document.tipo in EXEMPT_DOCUMENTS else affected
            value = one.number("ValorDR") or Decimal(0)
            for _ in range(abs(movement)):
                by = pesos(main * value / 100) if one.text("TpoValor") == "%" else int(value)
                main -= by if movement > 0 else -by
            if self.document.tipo in EXEMPT_DOCUMENTS:
                exempt = main
            else:
                affected = main
        neto = pesos(affected / WITH_IVA) if self.gross else affected
        iva = affected - neto if self.gross else pesos(neto * Decimal("0.19"))
        return neto, exempt, iva, neto + exempt + iva + self.extra


def sale_of(document: Document) -> Sale:
    """The sale of *document*, of a type in pesos."""
    kinds: dict[str, dict[int, int]] = {"": {}, "1": {}, "2": {}}
    plain = "1" if document.tipo in EXEMPT_DOCUMENTS else ""
    for number, line in enumerate(document.detalles, 1):
        kinds[line.text("IndExe") or plain][number] = line.amount("MontoItem")
    totales = document.totales
    extra = totales.amount("MntTotal") - sum(totales.amount(name) for name in NAMES[:3])
    gross = (document.tipo in BOLETAS and document.tipo not in EXEMPT_DOCUMENTS) or bool(
        document.id_doc.amount("MntBruto")
    )
    return Sale(document, kinds[""], kinds["1"], kinds["2"], gross, extra)


def put(document: Document, totals: tuple[int, int, int, int]) -> None:
    """Write *totals* as a program does: what is 0 is left out, but the total."""
    for name, amount in zip(NAMES, totals, strict=True):
        document.totales.drop(name)
        if amount or name == "MntTotal":
            document.totales.put(name, amount)
    for name in ("MontoPeriodo", "TotalPeriodo"):  # they would show what the total should be
        document.totales.drop(name)


_ROUND_PRICES = (500, 990, 1000, 1190, 1500, 1990, 2000, 5000, 10000, 11900, 20000)


def with_round_prices(document: Document, chance: Random) -> None:
    """Give *document*, where it has no taxes or commissions, few prices as shops have: sums are alike by chance."""
    if sale_of(document).extra or not any(line.amount("MontoItem") for line in document.detalles):
        return
    for line in document.detalles:
        price, quantity = chance.choice(_ROUND_PRICES), chance.choice((1, 1, 1, 2, 10))
        for name in ("DescuentoPct", "DescuentoMonto", "RecargoMonto"):
            line.drop(name)
        line.put("PrcItem", Decimal(price))
        line.put("QtyItem", Decimal(quantity))
        line.put("MontoItem", price * quantity)
    for one in document.root.all("DscRcgGlobal"):
        one.put("TpoValor", "%")
        one.put("ValorDR", Decimal(10))
    sale = sale_of(document)
    sale.extra = 0
    document.totales.drop("MontoNF")
    put(document, sale.figures(sum(sale.affected.values()), sum(sale.exempt.values())))


def all_wrong(document: Document) -> list[Wrong]:
    """Every mistake that *document* can have, but those that change nothing."""
    sale = sale_of(document)
    right = sale.figures(sum(sale.affected.values()), sum(sale.exempt.values()))
    known = [one for make in _MAKERS for one in make(sale, right)]
    given = {one.totals for one in known}
    found = [*known, *(one for one in _unknown(right) if one.totals not in given)]
    return [one for one in found if one.totals != right and one.totals[3] > 0 and one.totals[0] >= 0]


def _lines(sale: Sale, right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    affected, exempt = sum(sale.affected.values()), sum(sale.exempt.values())
    many = len(sale.affected) + len(sale.exempt) > 1
    for number, amount in sale.affected.items():
        if many:
            yield Wrong("line_out", number, sale.figures(affected - amount, exempt))
        yield Wrong("line_twice", number, sale.figures(affected + amount, exempt))
        if sale.document.tipo not in (43, 46, 52):
            yield Wrong("as_exempt", number, sale.figures(affected - amount, exempt + amount))
        discount = sale.document.detalles[number - 1].amount("DescuentoMonto")
        if discount:
            yield Wrong("line_discount", number, sale.figures(affected + discount, exempt))
    for number, amount in sale.exempt.items():
        if many:
            yield Wrong("line_out", number, sale.figures(affected, exempt - amount))
        yield Wrong("line_twice", number, sale.figures(affected, exempt + amount))
        if sale.document.tipo not in EXEMPT_DOCUMENTS:
            yield Wrong("as_affected", number, sale.figures(affected + amount, exempt - amount))
    for number, amount in sale.free.items():
        neto, free, iva, total = right
        yield Wrong("not_billed", number, (neto, free, iva, total + amount))
        yield Wrong("not_billed", number, sale.figures(affected, exempt + amount))


def _movements(sale: Sale, right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    affected, exempt = sum(sale.affected.values()), sum(sale.exempt.values())
    if sale.document.root.all("DscRcgGlobal"):
        for key, times in (("discount_out", 0), ("discount_twice", 2), ("discount_opposite", -1)):
            yield Wrong(key, 0, sale.figures(affected, exempt, times))
    else:
        for rate in (10, 20, 50):
            left = [each - pesos(Decimal(each * rate) / 100) for each in (affected, exempt)]
            yield Wrong("unsaid_discount", 0, sale.figures(*left))


def _iva(sale: Sale, right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    neto, exempt, iva, total = right
    if not iva:
        if sale.document.tipo in EXEMPT_DOCUMENTS:
            more = pesos(exempt * Decimal("0.19"))
            yield Wrong("exempt_with_iva", 0, (0, exempt, more, total + more))
            yield Wrong("exempt_with_iva", 0, (exempt, 0, more, total + more))
        return
    if abs(sale.extra) != iva:
        yield Wrong("iva_missing", 0, (neto, exempt, iva, total - iva))
        yield Wrong("iva_twice", 0, (neto, exempt, iva, total + iva))
    for key, other in (
        ("iva_of_exempt", pesos((neto + exempt) * Decimal("0.19")) if exempt else iva),
        ("iva_of_total", pesos((neto + iva) * Decimal("0.19"))),
        ("iva_inside", neto - pesos(neto / WITH_IVA)), ("iva_rate", pesos(neto * Decimal("0.18"))),
    ):  # fmt: skip
        yield Wrong(key, 0, (neto, exempt, other, total + other - iva))
        yield Wrong(key, 0, (neto, exempt, other, total))
    with_iva = neto + iva
    yield Wrong("neto_with_iva", 0, (with_iva, exempt, iva, total))
    yield Wrong("neto_with_iva", 0, (with_iva, exempt, iva, total + iva))
    yield Wrong("neto_without_iva", 0, (pesos(neto / WITH_IVA), exempt, iva, total))
    if sale.gross:
        more = pesos(with_iva * Decimal("0.19"))
        yield Wrong("net_prices", 0, (with_iva, exempt, more, total + more))
    else:
        less = pesos(neto / WITH_IVA)
        yield Wrong("gross_prices", 0, (less, exempt, neto - less, total - iva))


def _total(sale: Sale, right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    neto, exempt, iva, total = right
    for one in sale.document.totales.all("ImptoReten"):
        amount = one.amount("MontoImp")
        if sale.document.tipo == 46:
            yield Wrong("deducted_not", 0, (neto, exempt, iva, total + amount))
        else:
            yield Wrong("added_not", 0, (neto, exempt, iva, total - amount))
            yield Wrong("added_opposite", 0, (neto, exempt, iva, total - 2 * amount))
    for one in sale.document.totales.all("Comisiones"):
        amount = sum(one.amount(name) for name in ("ValComNeto", "ValComExe", "ValComIVA"))
        yield Wrong("deducted_not", 0, (neto, exempt, iva, total + amount))
        yield Wrong("deducted_opposite", 0, (neto, exempt, iva, total + 2 * amount))
    if not sale.free:
        yield Wrong("tip", 0, (neto, exempt, iva, total + pesos(Decimal(total) / 10)))
    if total % 10 not in (0, 1, 9):
        yield Wrong("cash", 0, (neto, exempt, iva, (total + 4) // 10 * 10))
    yield Wrong("multiplied", 0, (neto * 100, exempt * 100, iva * 100, total * 100))


def _columns(sale: Sale, right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    for at, other in ((0, 1), (2, 3), (0, 3), (0, 2), (1, 3)):
        swapped = list(right)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        yield Wrong("crossed", 0, (swapped[0], swapped[1], swapped[2], swapped[3]))


def _unknown(right: tuple[int, int, int, int]) -> Iterator[Wrong]:
    """A digit of one total is another one, or some pesos more: no known mistake.

    Of large totals only: of small ones it is too often, by chance, what a known mistake gives.
    """
    if right[3] < _LARGE:
        return
    chance = Random(repr(right))
    for at in range(4):
        digits = list(str(right[at]))
        place = chance.randrange(len(digits))
        digits[place] = chance.choice([one for one in "123456789" if one != digits[place]])
        for amount in (int("".join(digits)), right[at] + chance.randint(7, 5000)):
            if right[at]:
                yield Wrong("", 0, (*right[:at], amount, *right[at + 1 :]))  # type: ignore[arg-type]


_MAKERS: tuple[Callable[[Sale, tuple[int, int, int, int]], Iterator[Wrong]], ...] = (
    _lines, _movements, _iva, _total, _columns,
)  # fmt: skip

IN_PESOS = tuple(sorted({33, 34, 39, 41, 43, 46, 52, 56, 61} - EXPORTS))
"""Document types whose totals are in pesos."""


# --- what is told of it ---------------------------------------------------------------------------------------------


def named_key(sentence: str) -> str:
    """The row of ``causes.tsv`` that *sentence* begins with; empty for none."""
    for key, (words, _) in texts().items():
        parts = [part for part in _fixed(words) if part.strip()]
        begin, found = 0, bool(parts)
        for part in parts:
            begin = sentence.lower().find(part.lower(), begin)
            if begin < 0:
                found = False
                break
        if found:
            return key
    return ""


def _fixed(words: str) -> list[str]:
    """What stands between the placeholders of *words*."""
    parts = []
    while words:
        text, _, words = words.partition("{")
        parts.append(text)
        words = words.partition("}")[2]
    return parts


def outcome_of(wrong: Wrong, told: list[Problem]) -> str:
    """What became of a document with that mistake."""
    if not told:
        return "issued"
    if len(told) > 1:
        return "several"
    key, sentence = named_key(told[0].message), told[0].message
    if not key:
        return "figures"
    if key != wrong.key:
        return "wrong"
    number = f" {wrong.line} "
    in_text = sentence.replace(",", " ").replace("«", " ")
    return "named" if not wrong.line or number in in_text else "wrong"
