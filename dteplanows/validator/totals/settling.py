"""The totals of the file, the lines and the rates made one: which figures are signed, and which lines give them.

The customer's total is money already paid: it is kept to the peso or refused. In the order tried: the file as it is
written; its lines, or their discounts, rounded to the other peso; and, in
:mod:`dteplanows.validator.prices.shelf_prices`, its lines with the prices of the shelf. Each only where a known way of
computing explains the figures of the file (:mod:`dteplanows.validator.totals.ways`). The one peso that stays is between
the IVA and its rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.validator.lines.precision import is_rounded, text_of
from dteplanows.validator.report import money
from dteplanows.validator.totals.sums import AFFECTED, EXEMPT, Sums, line_class
from dteplanows.validator.totals.ways import Line, Movement, Part, line_of, rounded

RATE = Fraction(IVA_RATE) / 100


class Figures(NamedTuple):
    """The totals that depend on each other, in pesos."""

    MntNeto: int
    MntExe: int
    IVA: int
    MntTotal: int


class Given(NamedTuple):
    """The same as the file has them; None for what it leaves to us."""

    MntNeto: int | None
    MntExe: int | None
    IVA: int | None
    MntTotal: int | None


@dataclass(slots=True)
class Sale:
    """What is to be brought together."""

    affected: Part
    exempt: Part
    given: Given
    extra: int
    """What else the total counts, in pesos: additional taxes, deposits, commissions."""
    gross: bool
    """The affected lines include the IVA."""


def is_near_rate(neto: int, iva: int) -> bool:
    """Whether *iva* is within one peso of its rate; nothing has none."""
    # whole numbers: the fraction would be made and reduced for each document
    return abs(iva * RATE.denominator - RATE.numerator * neto) <= RATE.denominator if neto else iva == 0


def as_written(sums: Sums, given: Given, extra: int) -> Figures | None:
    """The figures when the file needs no other writing; None where it contradicts itself."""
    neto, exempt = sums.neto, sums.exempt
    if given.MntNeto not in (None, neto) or given.MntExe not in (None, exempt):
        return None
    rest = None if given.MntTotal is None else given.MntTotal - neto - exempt - extra
    if sums.gross:
        iva = sums.iva(neto)
        if given.IVA not in (None, iva) or rest not in (None, iva):
            return None
        return Figures(neto, exempt, iva, neto + exempt + iva + extra)
    iva = given.IVA if given.IVA is not None else sums.iva(neto)
    if rest is not None and rest != iva:
        if given.IVA is not None:
            return None
        iva = rest
    if iva < 0 <= neto or not is_near_rate(neto, iva):
        return None
    return Figures(neto, exempt, iva, neto + exempt + iva + extra)


def sale_of(document: Document, given: Given, extra: int, gross: bool, alone: list[Group]) -> Sale:
    """The parts of *document*.

    :param alone: lines whose amount contradicts their price: nothing is concluded from the price.
    """
    parts = {AFFECTED: Part(), EXEMPT: Part()}
    for group in document.detalles:
        part = parts.get(line_class(document, group.amount("IndExe")))
        if part is not None:
            is_alone = any(group is one for one in alone)
            amount = group.amount("MontoItem")
            line = Line(group, amount, written=Fraction(amount)) if is_alone else line_of(group)
            part.lines.append(line)
    for one in document.root.all("DscRcgGlobal"):
        part = parts.get(line_class(document, one.amount("IndExeDR")))
        if part is not None:
            sign = 1 if one.text("TpoMov") == "R" else -1
            part.movements.append(Movement(sign, one.number("ValorDR") or Decimal(0), one.text("TpoValor") == "%", one))
    return Sale(parts[AFFECTED], parts[EXEMPT], given, extra, gross)


def rewrite(sale: Sale, document: Document) -> Figures | None:
    """The figures to sign, with the lines written so that they give them; None where nothing explains the file's."""
    for changed in _with_other_changes(sale):
        figures = _first(changed.sale)
        if figures and sale.affected.explains(figures.MntNeto + (figures.IVA if sale.gross else 0)):
            changed.write(document)
            return figures
    return _first(sale)


def _first(sale: Sale) -> Figures | None:
    return next(filter(None, _gross(sale) if sale.gross else _net(sale)), None)


class _Changed(NamedTuple):
    """A sale whose global discount or surcharge in per cent is the other one of its two whole amounts."""

    sale: Sale
    movement: Group
    amount: int

    def write(self, document: Document) -> None:
        """Write the amount in place of the percentage, and say so."""
        one, place = self.movement, self.movement.place_of("ValorDR")
        rate = one.number("ValorDR") or Decimal(0)
        text = text_of(one, "ValorDR")
        document.problems.append(problem("TOT-080", place, text, rate=rate, amount=money(self.amount)))
        one.put("TpoValor", "$", one.place_of("TpoValor"), "%")
        one.put("ValorDR", Decimal(self.amount), place, text)


def _with_other_changes(sale: Sale) -> Iterator[_Changed]:
    """Programs round the sum behind the discount, and not the discount: 5 % of 8350 leaves 7932.5, which is 7933."""
    for part in (sale.affected, sale.exempt):
        if len(part.movements) != 1 or not part.movements[0].in_percent:
            continue
        one = part.movements[0]
        base = sum(line.amount for line in part.lines)
        exact = Fraction(base) * Fraction(one.value) / 100
        if exact.denominator > 1:
            lower = int(exact)
            amount = lower + 1 if percent(base, one.value) == lower else lower
            changed = Part(part.lines, [one._replace(value=Decimal(amount), in_percent=False)])
            affected, exempt = (changed if each is part else each for each in (sale.affected, sale.exempt))
            yield _Changed(replace(sale, affected=affected, exempt=exempt), one.group, amount)


# --- which figures the file may have -------------------------------------------------------------------------------


def explains_exempt(sale: Sale) -> bool:
    """Whether a known way gives the exempt amount of the file."""
    return sale.given.MntExe is None or sale.exempt.explains(sale.given.MntExe)


def explains_neto(sale: Sale) -> bool:
    """Whether a known way gives the net amount of the file."""
    neto = sale.given.MntNeto
    if neto is None:
        return True
    if not sale.gross:
        return sale.affected.explains(neto)
    gross = _gross_amount(sale)
    if abs(neto - gross / (1 + RATE)) < 1:
        return sale.given.IVA is None or abs(neto + sale.given.IVA - gross) <= 1
    by_line = neto in _net_by_line(sale) or neto in _rest(gross, _iva_by_line(sale))
    return by_line and sale.given.IVA in (None, gross - neto)


def explains_iva(sale: Sale, neto: int) -> bool:
    """Whether a known way gives the IVA of the file beside *neto*."""
    iva = sale.given.IVA
    if iva is None:
        return True
    if sale.gross:
        gross = _gross_amount(sale)
        exact = gross - gross / (1 + RATE)
        return abs(iva - exact) <= 1 or iva in _iva_by_line(sale) or iva in _rest(gross, _net_by_line(sale))
    return (
        is_near_rate(neto, iva)
        or (not sale.affected.movements and iva in iva_line_by_line(sale))
        or _is_rest_of_total_rounded_once(sale, neto, iva)
    )


def explains_total(sale: Sale, neto: int, exempt: int, iva: int) -> bool:
    """Whether the total of the file is the sum of these figures, or, a peso off, the exact amounts rounded once."""
    total = sale.given.MntTotal
    if total is None:
        return True
    off = abs(total - neto - exempt - iva - sale.extra)
    return off == 0 or (off == 1 and not sale.gross and is_total_rounded_once(sale))


def is_total_rounded_once(sale: Sale) -> bool:
    """Whether the total of the file is the exact sum of everything, rounded at the end."""
    if sale.given.MntTotal is None or (sale.given.MntExe is not None and not sale.affected.lines):
        return False
    rate = 1 if sale.gross else 1 + RATE
    exact = rate * sale.affected.sum + sale.exempt.sum
    return is_rounded(sale.given.MntTotal - sale.extra, exact, rate * sale.affected.slack + sale.exempt.slack)


def _is_share_of_total(sale: Sale, amount: int) -> bool:
    """Whether *amount* is what a total that was rounded once leaves for the affected lines."""
    return is_total_rounded_once(sale) and abs(amount - sale.affected.sum) < 1 + sale.affected.slack


def _is_rest_of_total_rounded_once(sale: Sale, neto: int, iva: int) -> bool:
    """Programs that round the total once take the IVA as what is left."""
    exempt = sale.given.MntExe if sale.given.MntExe is not None else sale.exempt.standing
    total = sale.given.MntTotal
    return total is not None and iva == total - neto - exempt - sale.extra and is_total_rounded_once(sale)


def iva_line_by_line(sale: Sale) -> set[int]:
    """The IVA of a program that rounds it in each line and adds."""
    taxes = [RATE * one.amount for one in sale.affected.lines]
    return {sum(map(rounded, taxes)), sum(map(round, taxes))}


def iva_cut_off_by_line(sale: Sale) -> int:
    """The IVA of a program that cuts it off in each line and adds: no document can say it."""
    return sum(int(RATE * one.amount) for one in sale.affected.lines)


def _gross_amount(sale: Sale) -> Fraction:
    if sale.given.MntTotal is not None:
        exempt = sale.given.MntExe if sale.given.MntExe is not None else sale.exempt.standing
        return Fraction(sale.given.MntTotal - exempt - sale.extra)
    return Fraction(sale.affected.standing)


def _net_by_line(sale: Sale) -> set[int]:
    nets = [one.amount / (1 + RATE) for one in sale.affected.lines]
    return {sum(map(rounded, nets)), sum(map(int, nets))}


def _iva_by_line(sale: Sale) -> set[int]:
    taxes = [one.amount - one.amount / (1 + RATE) for one in sale.affected.lines]
    return {sum(map(rounded, taxes)), sum(map(int, taxes))}


def _rest(gross: Fraction, parts: set[int]) -> set[Fraction]:
    return {gross - one for one in parts}


# --- how they are written ------------------------------------------------------------------------------------------


def _candidates(part: Part, given: int | None) -> Iterator[int]:
    if given is None:
        yield from dict.fromkeys(part.ways())
    elif part.explains(given):
        yield given


def _net(sale: Sale) -> Iterator[Figures | None]:
    given = sale.given
    for neto in _netos(sale):
        for exempt in _candidates(sale.exempt, given.MntExe):
            for iva in _ivas(sale, neto):
                if explains_total(sale, neto, exempt, iva):
                    total = neto + exempt + iva + sale.extra if given.MntTotal is None else given.MntTotal
                    yield write(sale, neto, exempt, total)


def _netos(sale: Sale) -> Iterator[int]:
    yield from _candidates(sale.affected, sale.given.MntNeto)
    if sale.given.MntNeto is None and sale.given.MntTotal is not None:
        # a program that keeps its prices with more decimals shows its own net amount in its total only
        neto = rounded(_gross_amount(sale) / (1 + RATE))
        if sale.affected.explains(neto):
            yield neto


def _ivas(sale: Sale, neto: int) -> Iterator[int]:
    if sale.given.IVA is not None:
        if explains_iva(sale, neto):
            yield sale.given.IVA
        return
    yield percent(neto, IVA_RATE)
    yield int(RATE * neto)
    if not sale.affected.movements:
        yield from iva_line_by_line(sale)


def write(sale: Sale, neto: int, exempt: int, total: int) -> Figures | None:
    """Lines that come to *total*, with a net amount as near to *neto* as the IVA allows."""
    reached_exempt = sale.exempt.reach(exempt)
    if reached_exempt is None:
        return None
    room = len(sale.affected.lines) + 1
    for distance in sorted(range(-room, room + 1), key=abs):
        iva = total - neto - distance - exempt - sale.extra
        if iva < 0 <= neto + distance or not is_near_rate(neto + distance, iva):
            continue
        reached = sale.affected.reach(neto + distance)
        if reached is not None:
            sale.affected.apply(reached)
            sale.exempt.apply(reached_exempt)
            return Figures(neto + distance, exempt, iva, total)
    return None


def _gross(sale: Sale) -> Iterator[Figures | None]:
    given = sale.given
    for exempt in _candidates(sale.exempt, given.MntExe):
        if given.MntTotal is not None:
            amount: int | None = given.MntTotal - exempt - sale.extra
        elif given.MntNeto is not None and given.IVA is not None:
            amount = given.MntNeto + given.IVA
        else:
            amount = None
        by_itself = _candidates(sale.affected, amount)
        for gross in [amount] if amount is not None and _is_share_of_total(sale, amount) else by_itself:
            if explains_neto(sale) and explains_iva(sale, 0):
                yield _write_gross(sale, gross, exempt)


def _write_gross(sale: Sale, gross: int, exempt: int) -> Figures | None:
    reached, reached_exempt = sale.affected.reach(gross), sale.exempt.reach(exempt)
    if reached is None or reached_exempt is None or gross < 0:
        return None
    sale.affected.apply(reached)
    sale.exempt.apply(reached_exempt)
    neto = rounded(gross / (1 + RATE))
    return Figures(neto, exempt, gross - neto, gross + exempt + sale.extra)
