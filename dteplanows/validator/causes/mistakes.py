"""The mistakes that programs are known to make in the totals of a document, and the totals that each one gives.

A mistake is *told* by its row in ``causes.tsv``. Here is only what it computes: from a basket, the four totals that a
program writes which makes it. Most come in several forms, because the program takes the other totals from the wrong
one, or from the right one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from dteplanows.document.money import IVA_RATE, percent, pesos
from dteplanows.document.phrases import phrase
from dteplanows.validator.report import money
from dteplanows.validator.totals.basket import (
    COMMISSIONS,
    NOT_BILLED,
    Amount,
    Basket,
    Change,
    Extra,
    Item,
    Totals,
    total_of,
)
from dteplanows.validator.totals.sums import AFFECTED, EXEMPT

_WITH_IVA = 1 + IVA_RATE / 100
_DISCOUNTS = (5, 10, 15, 20, 25, 30, 40, 50)
"""Whole percentages that a shop gives: of others any sum would be one."""
_TIP = Decimal(10)
"""Percent of the tip that restaurants must suggest (Ley 20.729)."""
_OTHER_RATES = (10, 15, 16, 18, 20, 21)
"""Percentages of the IVA that was, and of that of other countries, which programs keep."""
_SHIFTS = (10, 100, 1000)


class Mistake(NamedTuple):
    """One mistake and what it gives."""

    key: str
    """Row of ``causes.tsv``."""
    subject: Hashable
    """What it is about; two mistakes of one key and subject are one."""
    totals: Totals
    facts: Mapping[str, str] = {}
    """What the texts of the row name."""


def mistakes(basket: Basket) -> Iterator[Mistake]:
    """Every known mistake in the totals of *basket*."""
    for each in (_of_lines, _of_not_billed, _of_line_changes, _of_movements, _of_prices, _of_iva, _of_neto, _of_total,
                 _of_extras, _of_columns):  # fmt: skip
        yield from each(basket)


def not_marked(basket: Basket, not_billed: Amount) -> Iterator[Mistake]:
    """Lines that the file counts as not billed and does not mark as such.

    :param not_billed: MontoNF of the file.
    """
    missing = not_billed - total_of(one.amount for one in basket.lines_of(NOT_BILLED))
    for kind in (AFFECTED, EXEMPT):
        for group in _same(basket.lines_of(kind)):
            if group[0].amount == missing:
                yield from _counted(basket, "not_marked", group, -missing, {"lines": one_of(basket, group)})


def copies(basket: Basket) -> Iterator[Mistake]:
    """One total that stands in the place of another too: what is seen, where no reason for it is known."""
    right = basket.right._asdict()
    for name, other in _pairs(right):
        for to, source in ((name, other), (other, name)):
            facts = {"name": to, "other": source}
            yield Mistake("copied", (to, source), basket.right._replace(**{to: right[source]}), facts)


def _pairs(right: Mapping[str, Amount]) -> list[tuple[str, str]]:
    return [(one, other) for one, other in combinations(right, 2) if right[one] != right[other]]


# --- lines ----------------------------------------------------------------------------------------------------------


def _same(items: list[Item]) -> list[list[Item]]:
    """*items* of one amount together: the totals do not tell which of them it is. Those of nothing change nothing."""
    found: dict[Amount, list[Item]] = {}
    for one in items:
        if one.amount:
            found.setdefault(one.amount, []).append(one)
    return list(found.values())


def _numbers(items: list[Item]) -> frozenset[int]:
    return frozenset(one.number for one in items)


def _of_lines(basket: Basket) -> Iterator[Mistake]:
    """A line that the totals leave out, count twice or take for one of the other class; or all of a class."""
    billed = len(basket.lines_of(AFFECTED)) + len(basket.lines_of(EXEMPT))
    for kind, other in ((AFFECTED, EXEMPT), (EXEMPT, AFFECTED)):
        items = basket.lines_of(kind)
        for group in _same(items):
            amount, facts = group[0].amount, {"lines": one_of(basket, group)}
            if billed > 1:
                yield from _counted(basket, "line_out", group, -amount, facts)
            yield from _counted(basket, "line_twice", group, amount, facts)
            if not basket.all_exempt:
                yield from _as_other(basket, group, amount, facts)
        if len(items) > 1:
            amount, facts = total_of(one.amount for one in items), {"lines": all_of(basket, items)}
            if not basket.all_exempt:
                yield from _as_other(basket, items, amount, facts)
            if basket.sum_of(other):
                yield from _counted(basket, "line_out", items, -amount, facts)
    if basket.all_exempt:
        # exempt lines are all there is: a document with IVA
        neto = basket.moved(EXEMPT, basket.sum_of(EXEMPT))
        iva = basket.whole(neto * IVA_RATE / 100)
        total = neto + iva + basket.extra
        of_file = Totals(neto, 0, iva, total)
        for totals in (of_file, Totals(0, neto, iva, total), Totals(0, neto, 0, total), Totals(0, total, 0, total)):
            yield Mistake("exempt_with_iva", "", totals)


def _counted(basket: Basket, key: str, group: list[Item], by: Amount, facts: Mapping[str, str]) -> Iterator[Mistake]:
    """The totals with *by* more in the class of *group*, lines of one; and the total alone."""
    sums = {AFFECTED: basket.sum_of(AFFECTED), EXEMPT: basket.sum_of(EXEMPT)}
    sums[group[0].kind] += by
    subject = (key, _numbers(group))
    totals = basket.of_lines(sums[AFFECTED], sums[EXEMPT])
    yield Mistake(key, subject, totals, facts)
    yield Mistake(key, subject, basket.right._replace(MntTotal=totals.MntTotal), facts)


def _as_other(basket: Basket, group: list[Item], amount: Amount, facts: Mapping[str, str]) -> Iterator[Mistake]:
    """The totals with *group*, lines of a class, in the other one."""
    kind = group[0].kind
    sums = {AFFECTED: basket.sum_of(AFFECTED), EXEMPT: basket.sum_of(EXEMPT)}
    sums[kind] -= amount
    sums[EXEMPT if kind == AFFECTED else AFFECTED] += amount
    key = "as_exempt" if kind == AFFECTED else "as_affected"
    yield Mistake(key, _numbers(group), basket.of_lines(sums[AFFECTED], sums[EXEMPT]), facts)


def _of_not_billed(basket: Basket) -> Iterator[Mistake]:
    """What is not billed, in the sums of what is: as affected, as exempt, or in the total alone."""
    items, right = basket.lines_of(NOT_BILLED), basket.right
    groups = [(group, group[0].amount, one_of(basket, group)) for group in _same(items)]
    if len(items) > 1:
        groups.append((items, total_of(one.amount for one in items), all_of(basket, items)))
    for group, amount, words in groups:
        subject, facts = _numbers(group), {"lines": words}
        if not basket.all_exempt:
            yield Mistake(
                "not_billed", subject, basket.of_lines(basket.sum_of(AFFECTED) + amount, basket.sum_of(EXEMPT)), facts
            )
        yield Mistake(
            "not_billed", subject, basket.of_lines(basket.sum_of(AFFECTED), basket.sum_of(EXEMPT) + amount), facts
        )
        yield Mistake("not_billed", subject, right._replace(MntTotal=right.MntTotal + amount), facts)
    if not items and not basket.extras and basket.whole is pesos:
        base = right.MntTotal
        tips = {basket.whole(base * _TIP / 100), int(base * _TIP / 100), basket.whole(right.MntNeto * _TIP / 100)}
        for tip in sorted(tips - {0}):
            yield Mistake("tip", "", right._replace(MntTotal=base + tip), {"amount": basket.shown(tip)})


def _of_line_changes(basket: Basket) -> Iterator[Mistake]:
    """Discounts and surcharges of lines, and quantities, that the sums do not know."""
    for key, name, sign in (("line_discount", "DescuentoMonto", 1), ("line_surcharge", "RecargoMonto", -1)):
        changed = [one._replace(amount=one.group.amount(name)) for one in _billed(basket) if one.group.amount(name)]
        for group in [*_same(changed), *([changed] if len(changed) > 1 else [])]:
            whole = group is changed
            each = group if whole else group[:1]
            by = {kind: sign * total_of(one.amount for one in each if one.kind == kind) for kind in (AFFECTED, EXEMPT)}
            if whole or len({one.kind for one in group}) == 1:
                totals = basket.of_lines(basket.sum_of(AFFECTED) + by[AFFECTED], basket.sum_of(EXEMPT) + by[EXEMPT])
                facts = {"lines": all_of(basket, group) if whole else one_of(basket, group)}
                yield Mistake(key, _numbers(group), totals, facts)
    of_one = [one._replace(amount=basket.whole(one.group.number("PrcItem") or Decimal(one.amount)))
              for one in _billed(basket)]  # fmt: skip
    units = {kind: total_of(one.amount for one in of_one if one.kind == kind) for kind in (AFFECTED, EXEMPT)}
    if any(units[kind] != basket.sum_of(kind) for kind in units):
        yield Mistake("quantity", "", basket.of_lines(units[AFFECTED], units[EXEMPT]))


def _billed(basket: Basket) -> list[Item]:
    return [one for one in basket.items if one.kind != NOT_BILLED]


def _of_movements(basket: Basket) -> Iterator[Mistake]:
    """Global discounts and surcharges that were left out, taken twice, turned round, or taken from the total."""
    affected, exempt = basket.sum_of(AFFECTED), basket.sum_of(EXEMPT)
    billed = [one for one in basket.changes if one.kind in (AFFECTED, EXEMPT)]

    def with_changes(changes: list[Change]) -> Totals:
        return basket.totals(basket.moved(AFFECTED, affected, changes), basket.moved(EXEMPT, exempt, changes))

    for one in billed:
        kind = "discount" if one.sign < 0 else "surcharge"
        rest = [each for each in billed if each is not one]
        facts, right = {"change": words_of(basket, one)}, basket.right
        without = with_changes(rest)
        by = basket.whole(basket.sum_of(one.kind) * one.value / 100 if one.in_percent else one.value)
        taken = {right.MntTotal + one.sign * by, right.MntTotal + right.MntTotal - without.MntTotal}
        for totals in (without, right._replace(MntTotal=without.MntTotal)):
            yield Mistake(f"{kind}_out", one.number, totals, facts)
        for totals in (with_changes([*billed, one]), *(right._replace(MntTotal=total) for total in taken)):
            yield Mistake(f"{kind}_twice", one.number, totals, facts)
        yield Mistake(f"{kind}_opposite", one.number, with_changes([*rest, one._replace(sign=-one.sign)]), facts)
        if not basket.gross and one.kind == AFFECTED:
            # from the total, and the net amount stays that of the lines
            total = without.MntTotal + one.sign * by
            yield Mistake(f"{kind}_of_total", one.number, without._replace(MntTotal=total), facts)
            if without.IVA != right.IVA:
                yield from _followed(basket, "iva_before_discount", "IVA", without.IVA, facts)
    if len(billed) > 1:
        yield Mistake("changes_out", "", with_changes([]))
    if not billed:
        for rate in _DISCOUNTS:
            left = {kind: basket.sum_of(kind) - basket.whole(basket.sum_of(kind) * Decimal(rate) / 100)
                    for kind in (AFFECTED, EXEMPT)}  # fmt: skip
            yield Mistake("unsaid_discount", rate, basket.totals(left[AFFECTED], left[EXEMPT]), {"rate": str(rate)})
            if affected and exempt:
                yield Mistake("unsaid_discount", rate, basket.totals(left[AFFECTED], exempt), {"rate": str(rate)})


# --- the IVA --------------------------------------------------------------------------------------------------------


def _followed(
    basket: Basket, key: str, name: str, value: Amount, facts: Mapping[str, str] | None = None
) -> Iterator[Mistake]:
    """One total with another value: alone, with the total that follows from it, and with the IVA that does."""
    right, facts = basket.right, facts or {}
    alone = right._replace(**{name: value})
    by = value - getattr(right, name)
    forms = [alone, alone._replace(MntTotal=right.MntTotal + by)]
    if name == "MntNeto":
        iva = percent(value, IVA_RATE)
        forms += [
            alone._replace(IVA=iva), alone._replace(IVA=iva, MntTotal=right.MntTotal + by + iva - right.IVA),
        ]  # fmt: skip
    for totals in forms:
        yield Mistake(key, "", totals, facts)


def _of_prices(basket: Basket) -> Iterator[Mistake]:
    """Net prices taken for prices with IVA, and the other way round."""
    if basket.all_exempt:
        return
    affected, exempt = basket.moved(AFFECTED, basket.sum_of(AFFECTED)), basket.moved(EXEMPT, basket.sum_of(EXEMPT))
    if basket.gross:
        iva = percent(affected, IVA_RATE)
        yield Mistake("net_prices", "", Totals(affected, exempt, iva, affected + exempt + iva + basket.extra))
    else:
        exact = affected / _WITH_IVA
        for neto in {pesos(exact), int(exact)}:
            yield Mistake("gross_prices", "", Totals(neto, exempt, affected - neto, affected + exempt + basket.extra))


def _of_iva(basket: Basket) -> Iterator[Mistake]:
    """The IVA of another base or rate."""
    right = basket.right
    if basket.all_exempt or not right.IVA:
        return
    neto = right.MntNeto
    for key, base in (("iva_of_exempt", neto + right.MntExe), ("iva_of_total", neto + right.IVA)):
        if base != neto:
            yield from _followed(basket, key, "IVA", percent(base, IVA_RATE))
    yield from _followed(basket, "iva_inside", "IVA", neto - pesos(neto / _WITH_IVA))
    for rate in _OTHER_RATES:
        yield from _followed(basket, "iva_rate", "IVA", percent(neto, Decimal(rate)), {"rate": str(rate)})
    for one in basket.extras:
        facts = {"extra": _named(basket, [one])}
        if one.amount > 0:
            yield from _followed(basket, "iva_with_tax", "IVA", right.IVA + one.amount, facts)
            yield Mistake("iva_with_tax", "", right._replace(IVA=right.IVA + one.amount), facts)


def _of_neto(basket: Basket) -> Iterator[Mistake]:
    """A net amount with the IVA in it, without an IVA that is not in it, or with what is exempt."""
    right = basket.right
    if basket.all_exempt or not right.MntNeto:
        return
    yield from _followed(basket, "neto_with_iva", "MntNeto", right.MntNeto + right.IVA)
    yield from _followed(basket, "neto_without_iva", "MntNeto", pesos(right.MntNeto / _WITH_IVA))
    if right.MntExe:
        yield from _followed(basket, "neto_with_exempt", "MntNeto", right.MntNeto + right.MntExe)


# --- the total ------------------------------------------------------------------------------------------------------


def _of_total(basket: Basket) -> Iterator[Mistake]:
    """A total with one of its parts left out or counted twice, or rounded as cash is."""
    right = basket.right
    # what is withheld whole is the same number: leaving that out is the mistake that people make
    if right.IVA and all(abs(Decimal(one.amount)) != right.IVA for one in basket.extras):
        for total in {right.MntTotal - right.IVA, pesos(right.MntTotal / _WITH_IVA)}:
            yield from _only_total(basket, "iva_missing", total)
        for total in {right.MntTotal + right.IVA, pesos(right.MntTotal * _WITH_IVA)}:
            yield from _only_total(basket, "iva_twice", total)
    if right.MntExe and right.MntNeto:
        items = basket.lines_of(EXEMPT)
        facts = {"lines": all_of(basket, items) if len(items) > 1 else one_of(basket, items)}
        for key, by in (("line_out", -right.MntExe), ("line_twice", right.MntExe)):
            yield Mistake(key, (key, _numbers(items)), right._replace(MntTotal=right.MntTotal + by), facts)
    tens = (int(right.MntTotal) + 4) // 10 * 10  # 1 to 5 down, 6 to 9 up (Ley 20.956)
    if basket.whole is pesos and abs(Decimal(tens - right.MntTotal)) > 1:  # a peso may be a rounding of another kind
        yield from _only_total(basket, "cash", tens)
    for shift in _SHIFTS:
        for key, by in (("multiplied", Decimal(shift)), ("divided", 1 / Decimal(shift))):
            many = Totals(*(basket.whole(each * by) for each in right))
            yield Mistake(key, shift, many, {"factor": money(shift)})
            yield Mistake(key, shift, right._replace(MntTotal=many.MntTotal), {"factor": money(shift)})


def _only_total(basket: Basket, key: str, total: Amount) -> Iterator[Mistake]:
    """Another total, and, where the lines include the IVA, the parts that are taken from it."""
    right = basket.right
    yield Mistake(key, "", right._replace(MntTotal=total))
    if basket.gross:
        yield Mistake(key, "", basket.totals(total - right.MntExe - basket.extra, right.MntExe))


def _of_extras(basket: Basket) -> Iterator[Mistake]:
    """Taxes, withholdings, deposits, credits and commissions left out of the total, or with the other sign."""
    together: dict[str, list[Extra]] = {}
    for one in basket.extras:
        together.setdefault(one.group, []).append(one)
    chosen = [[one] for one in basket.extras] + [each for each in together.values() if len(each) > 1]
    if len(together) > 1:
        chosen.append(list(basket.extras))
    right = basket.right
    for each in chosen:
        amount, facts = total_of(one.amount for one in each), {"extra": _named(basket, each)}
        for key, times in (("not", 1), ("opposite", 2), ("twice", -1)):
            way = "added" if amount > 0 else "deducted"
            subject = frozenset(one.name for one in each)
            yield Mistake(f"{way}_{key}", subject, right._replace(MntTotal=right.MntTotal - times * amount), facts)


def _of_columns(basket: Basket) -> Iterator[Mistake]:
    """Two totals in each other's place."""
    right = basket.right._asdict()
    for name, other in _pairs(right):
        totals = basket.right._replace(**{name: right[other], other: right[name]})
        yield Mistake("crossed", (name, other), totals, {"name": name, "other": other})


# --- words ----------------------------------------------------------------------------------------------------------

_MOST_NAMED = 6


def one_of(basket: Basket, items: list[Item]) -> str:
    """The line of *items*, or one of them, all of one amount: ``la línea 2 «Clavo», de 5.000``."""
    amount = basket.shown(items[0].amount)
    if len(items) == 1:
        name = items[0].group.text("NmbItem")[:40]
        return phrase("lines.one", number=items[0].number, name=name, amount=amount)
    return phrase("lines.one_of", numbers=_listed(items), amount=amount)


def all_of(basket: Basket, items: list[Item]) -> str:
    """All of *items*: ``las líneas 2 y 3, de 7.000 en total``."""
    amount = basket.shown(total_of(one.amount for one in items))
    if len(items) == 1:
        return one_of(basket, items)
    return phrase("lines.all_of", numbers=_listed(items), amount=amount)


def _listed(items: list[Item]) -> str:
    numbers = [str(one.number) for one in items]
    if len(numbers) > _MOST_NAMED:
        named = ", ".join(numbers[:_MOST_NAMED])
        return phrase("lists.and_more", listed=named, count=len(numbers) - _MOST_NAMED)
    return f"{', '.join(numbers[:-1])} y {numbers[-1]}"


def words_of(basket: Basket, one: Change) -> str:
    """A movement: ``el descuento global 1 «Campaña», de 10 %``."""
    name = one.group.text("GlosaDR")[:40]
    named = f" «{name}»" if name else ""
    value = f"{money(one.value)} %" if one.in_percent else basket.shown(one.value)
    key = "movements.discount" if one.sign < 0 else "movements.surcharge"
    return phrase(key, number=one.number, name=named, value=value)


def _named(basket: Basket, extras: list[Extra]) -> str:
    words = _joined([f"{one.name} {basket.shown(abs(Decimal(one.amount)))}" for one in extras])
    only = all(one.group == COMMISSIONS for one in extras)
    return phrase("commissions.named", words=words) if only else words


def _joined(words: list[str]) -> str:
    return " y ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
