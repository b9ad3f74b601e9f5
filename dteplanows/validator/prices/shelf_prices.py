"""Net lines whose prices are shelf prices divided by 1.19, written with the shelf prices again.

A till adds whole prices that include the IVA; its program writes net prices, rounded, whose lines no longer come to the
total that was paid. Written with the shelf prices (MntBruto 1; in a boleta without IndMntNeto 2) they do. Only where
every affected price is a whole shelf price divided by 1.19 to the decimals that the file writes, and the total of the
file is the sum of the shelf prices. A guía, and what has additional taxes, stays net (Formato DTE v2.5, MntBruto): its
lines are rounded to their other peso, where that is enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.model import Document, Field, Group
from dteplanows.validator.lines.lines import follows
from dteplanows.validator.lines.precision import HALF, decimals_of, is_rounded
from dteplanows.validator.report import money
from dteplanows.validator.totals.settling import (
    RATE,
    Figures,
    Sale,
    explains_exempt,
    explains_iva,
    explains_neto,
    rewrite,
    write,
)
from dteplanows.validator.totals.ways import Line, Part, has_parts, line_of, rounded

DOCUMENTS = frozenset({33, 39, 56, 61})
"""Document types that may have gross lines and are issued with net ones."""

_SALES = DOCUMENTS | {52}
"""Document types whose total may be that of shelf prices."""

_MOST_SUMS = 20_000
"""Sums of lines of several possible shelf prices that are looked at."""

_REWRITTEN = ("PrcItem", "DescuentoMonto", "RecargoMonto", "MontoItem")


class _Priced(NamedTuple):
    """A line with one of the shelf prices that its net price may come from."""

    price: int
    line: Line
    """With what it costs with IVA, before rounding."""


def rewrite_with_shelf_prices(document: Document, wrong: list[Group], sale: Sale) -> Figures | None:
    """The figures with gross lines, into which the lines of *document* are written; None where they are none.

    :param wrong: lines whose amount contradicts the price that the file writes.
    """
    if document.tipo not in _SALES or sale.gross or sale.given.MntTotal is None:
        return None
    if any(not one.in_percent for one in sale.affected.movements) or not _are_affected(sale, wrong):
        return None
    gross_lines = document.tipo in DOCUMENTS and not sale.extra and not document.totales.all("ImptoReten")
    priced = [_candidates(document, one, gross_lines) for one in sale.affected.lines]
    if not priced or not all(priced) or not explains_exempt(sale):
        return None
    exempt = sale.given.MntExe if sale.given.MntExe is not None else sale.exempt.standing
    gross = sale.given.MntTotal - exempt - sale.extra
    if not _header_fits(sale, gross):
        return None
    chosen = next(_choices(priced, sale.affected, gross), None)
    if chosen is None:
        return None
    if gross_lines:
        return _written(document, sale, chosen)
    neto = sale.given.MntNeto if sale.given.MntNeto is not None else rounded(gross / (1 + RATE))
    return write(sale, neto, exempt, sale.given.MntTotal)


def _candidates(document: Document, line: Line, gross_lines: bool) -> list[_Priced]:
    """The whole shelf prices that give the net price as written, the nearest first; none where the line fits none.

    :param gross_lines: the line will be written with the shelf price; else its net amount stands, and must follow.
    """
    group, price = line.group, line.group.number("PrcItem")
    if not price or line.amount <= 0:
        return []
    half = HALF / 10 ** decimals_of(group, "PrcItem")
    low, high = (Fraction(price) - half) * (1 + RATE), (Fraction(price) + half) * (1 + RATE)
    fits = follows(document, group, Decimal(line.amount))
    found = []
    for shelf in range(math.ceil(low), math.floor(high) + 1):
        gross = _gross_line(group, shelf)
        if gross is None:
            return []
        if fits or (gross_lines and is_rounded(line.amount, gross.exact / (1 + RATE))):
            found.append(_Priced(shelf, gross))
    nearest = Fraction(price) * (1 + RATE)
    return sorted(found, key=lambda one: abs(one.price - nearest))


def _gross_line(group: Group, shelf: int) -> Line | None:
    """The line at that shelf price; None where its discount is an amount or has parts, which would be net ones."""
    if has_parts(group):
        return None
    rates = {}
    for kind in ("Descuento", "Recargo"):
        rate = rates[kind] = Fraction(group.number(f"{kind}Pct") or 0) / 100
        if group.amount(f"{kind}Monto") and not rate:
            return None
    product = shelf * Fraction(group.number("QtyItem") or 1)
    discount = product * rates["Descuento"]
    return Line(group, 0, product, discount, (product - discount) * rates["Recargo"], rate=rates["Descuento"])


def _are_affected(sale: Sale, wrong: list[Group]) -> bool:
    """Whether all of *wrong* pay IVA: only those lines get other prices."""
    return all(any(line.group is one for line in sale.affected.lines) for one in wrong)


def _header_fits(sale: Sale, gross: int) -> bool:
    """Whether the net amount and the IVA of the file are those of *gross*, or of its lines as they are written."""
    exact = gross / (1 + RATE)
    neto, iva = sale.given.MntNeto, sale.given.IVA
    if neto is not None and iva is not None and neto + iva != gross:
        return False
    if neto is not None and abs(neto - exact) >= 1 and not explains_neto(sale):
        return False
    if iva is None or abs(iva - (gross - exact)) <= 1:
        return True
    return explains_iva(sale, neto if neto is not None else int(exact))


def _choices(priced: list[list[_Priced]], part: Part, gross: int) -> Iterator[list[_Priced]]:
    """The ways to choose a shelf price for each line so that they come to *gross*, the nearest prices first."""
    nearest = [one[0] for one in priced]
    if _gross_part(nearest, part).explains(gross):
        yield nearest
    if all(len(one) == 1 for one in priced) or part.movements:
        return
    sums: dict[int, tuple[_Priced, ...]] = {0: ()}
    for candidates in priced:
        longer: dict[int, tuple[_Priced, ...]] = {}
        for total, chosen in sums.items():
            for one in candidates:
                longer.setdefault(total + one.line.rounded_twice(rounded), (*chosen, one))
        if len(longer) > _MOST_SUMS:
            return
        sums = longer
    if gross in sums:
        yield list(sums[gross])


def _gross_part(chosen: list[_Priced], part: Part) -> Part:
    """The lines at the *chosen* prices, each rounded."""
    for one in chosen:
        one.line.amount = one.line.rounded_twice(rounded)
        one.line.written = Fraction(one.line.amount)
    return Part([one.line for one in chosen], part.movements)


def _written(document: Document, sale: Sale, chosen: list[_Priced]) -> Figures | None:
    """Write the lines with the *chosen* prices; they stay as they were where their discounts do not fit."""
    before = [{name: one.group.fields.get(name) for name in _REWRITTEN} for one in sale.affected.lines]
    for line, one in zip(sale.affected.lines, chosen, strict=True):
        _write_line(line.group, one)
    lines = [line_of(one.group) for one in sale.affected.lines]
    given = sale.given._replace(MntNeto=None, IVA=None)
    gross = Sale(Part(lines, sale.affected.movements), sale.exempt, given, sale.extra, gross=True)
    figures = rewrite(gross, document)
    if figures is None:
        for line, fields in zip(sale.affected.lines, before, strict=True):
            _restore(line.group, fields)
        return None
    header = document.id_doc
    if document.tipo in BOLETAS:
        header.drop("IndMntNeto")
    else:
        header.put("MntBruto", 1, header.place_of("MntBruto"))
    first = before[0]["PrcItem"]
    place = sale.affected.lines[0].group.place_of("PrcItem")
    document.problems.append(
        problem(
            "TOT-073", place, first[0].text if first else "",
            given=first[0].text if first else "", computed=money(chosen[0].price), count=len(chosen),
        )
    )  # fmt: skip
    return figures


def _write_line(group: Group, one: _Priced) -> None:
    whole = one.price * Fraction(group.number("QtyItem") or 1)
    rest = whole
    for kind, sign in (("Descuento", -1), ("Recargo", 1)):
        rate = group.number(f"{kind}Pct")
        if rate:
            change = rounded(rest * Fraction(rate) / 100)
            _put(group, f"{kind}Monto", change)
            rest += sign * change
    _put(group, "PrcItem", one.price)
    discount, surcharge = group.amount("DescuentoMonto"), group.amount("RecargoMonto")
    _put(group, "MontoItem", rounded(whole) - discount + surcharge)


def _put(group: Group, name: str, value: int) -> None:
    found = group.field(name)
    group.put(name, value, group.place_of(name), found.text if found else "")


def _restore(group: Group, fields: dict[str, list[Field] | None]) -> None:
    for name, one in fields.items():
        if one is None:
            group.fields.pop(name, None)
        else:
            group.fields[name] = one
