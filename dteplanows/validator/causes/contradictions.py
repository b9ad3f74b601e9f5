"""Why the totals of a file fit no document: the cause where it is known, both figures, and what else follows.

One mistake in a file makes several of its totals wrong. A total is *told* where it is neither what the lines give nor
what follows from the other totals of the file; those that follow from a wrong one stand beside it, with the value that
they will have. The first sentence alone lets somebody mend the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product as each_with_each
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import EXEMPT_DOCUMENTS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import errors
from dteplanows.validator.causes import causes
from dteplanows.validator.causes.causes import Cause, Stated
from dteplanows.validator.causes.mistakes import Mistake, not_marked
from dteplanows.validator.lines.lines import computed, tell_wrong
from dteplanows.validator.report import OF_EXEMPT_LINES, OF_LINES, money, range_of
from dteplanows.validator.totals.basket import Totals, basket_of, extras_of, near_rate
from dteplanows.validator.totals.comparison import Comparison, tell_figure
from dteplanows.validator.totals.settling import (
    RATE,
    Figures,
    Given,
    Sale,
    as_written,
    explains_exempt,
    explains_iva,
    explains_neto,
    explains_total,
    is_near_rate,
    iva_cut_off_by_line,
    iva_line_by_line,
    sale_of,
)
from dteplanows.validator.totals.sums import Sums, add_up

_OF_TWO_TOTALS = frozenset({"crossed", "as_exempt", "as_affected", "exempt_with_iva"})
"""Causes by which one total has what belongs to another."""

_MOST_DOUBTED = 6
"""Lines that contradict themselves of which each amount is tried with each: more give too many documents."""


class _Case(NamedTuple):
    """A document whose totals fit no document."""

    document: Document
    sale: Sale
    right: Totals
    """What the totals should be."""


def tell_total(document: Document, total: int, right: Figures) -> None:
    """No setting changes what the customer has paid: the total stays an error where all else is tolerated."""
    if any(one.code == "TOT-010" for one in errors(document.problems)):
        return
    reason = _parts(document, Totals(*right))
    tell_figure(document, document.totales, Comparison("MntTotal", total, right.MntTotal, reason), tolerante=False)


def tell(document: Document, sale: Sale, sums: Sums, wrong: list[Group], tolerante: bool) -> None:
    """Report why nothing can be signed. The total is an error even where the company tolerates contradictions."""
    if wrong:
        way = _follow_from(document, sale, wrong)
        tell_wrong(document, wrong, tolerante, way or ())
        if way is None:
            _tell_figures(_Case(document, sale, _right(document, sale, sums)), tolerante)
        return
    right = _right(document, sale, sums)
    case = _Case(document, sale, right)
    if not (tolerante and sale.given.MntTotal in (None, right.MntTotal)):
        basket = basket_of(document)
        of_this = [*_of_balance(document, right), *not_marked(basket, document.totales.amount("MontoNF"))]
        cause = causes.find(document, basket, _stated(sale.given), of_this)
        if cause is not None:
            _tell_cause(case, cause)
            return
    if _tell_iva_by_line(document, sale):
        return
    if not _tell_figures(case, tolerante):  # each has its explanation, but no lines give them all
        place = document.totales.place_of("MntTotal")
        document.problems.append(problem("TOT-075", place, document.totales.text("MntTotal")))


def _stated(given: Given) -> Stated:
    return given.MntNeto, given.MntExe, given.IVA, given.MntTotal


def _of_balance(document: Document, right: Totals) -> Iterator[Mistake]:
    """The balance of earlier months in the total of this document."""
    balance, not_billed = document.totales.amount("SaldoAnterior"), document.totales.amount("MontoNF")
    if balance:
        for more in {balance, balance + not_billed}:
            totals = right._replace(MntTotal=right.MntTotal + more)
            yield Mistake("balance", "", totals, {"amount": money(balance)})


def _right(document: Document, sale: Sale, sums: Sums) -> Totals:
    """What the totals should be: those of the lines, and the IVA of the file where it is within its peso."""
    neto, iva = sums.neto, sums.iva(sums.neto)
    given = sale.given.IVA
    if not sale.gross and given is not None and is_near_rate(neto, given):
        iva = given
    return Totals(neto, sums.exempt, iva, neto + sums.exempt + iva + sale.extra)


def _follow_from(document: Document, sale: Sale, wrong: list[Group]) -> tuple[bool, ...] | None:
    """With which lines the totals are right: for each wrong line whether with the amount of its factors, or its own.

    None where no choice makes them right.
    """
    before = [line.fields["MontoItem"] for line in wrong]
    ways: Iterable[tuple[bool, ...]] = [(False,) * len(wrong), (True,) * len(wrong)]
    if len(wrong) <= _MOST_DOUBTED:
        ways = each_with_each((False, True), repeat=len(wrong))
    found = None
    for way in ways:
        for line, by_factors, fields in zip(wrong, way, before, strict=True):
            line.fields["MontoItem"] = fields
            if by_factors:
                line.put("MontoItem", computed(document, line))
        if is_explained(document, sale.given, sale.extra, wrong):
            found = way
            break
    for line, fields in zip(wrong, before, strict=True):
        line.fields["MontoItem"] = fields
    return found


def is_explained(document: Document, given: Given, extra: int, wrong: list[Group]) -> bool:
    """Whether each figure of the file has an explanation beside the others."""
    sums = add_up(document)
    if as_written(sums, given, extra) is not None:
        return True
    sale = sale_of(document, given, extra, sums.gross, wrong)
    neto = given.MntNeto if given.MntNeto is not None else sums.neto
    exempt = given.MntExe if given.MntExe is not None else sums.exempt
    iva = given.IVA if given.IVA is not None else sums.iva(neto)
    by_itself = explains_neto(sale) and explains_exempt(sale) and explains_iva(sale, neto)
    if sale.gross:
        return by_itself and given.MntTotal is not None and sale.affected.explains(given.MntTotal - exempt - extra)
    return by_itself and explains_total(sale, neto, exempt, iva)


# --- with a cause ---------------------------------------------------------------------------------------------------


def _tell_cause(case: _Case, cause: Cause) -> None:
    """One error with everything that the mistake has changed."""
    _, sale, right = case
    stated = dict(zip(Totals._fields, _stated(sale.given), strict=True))
    names = ("MntExe", "MntTotal", "MntNeto", "IVA") if sale.gross else Totals._fields
    first, *rest = [name for name in names if stated[name] is not None and stated[name] != getattr(right, name)]
    if cause.key in _OF_TWO_TOTALS:  # the other of the two may be missing
        rest += [name for name in names if stated[name] is None and getattr(right, name)]
    _tell_one(case, first, rest, cause, tolerante=False)


def _tell_one(case: _Case, name: str, rest: list[str], cause: Cause | None, tolerante: bool) -> None:
    """Report the total *name*, and beside it the *rest*, which follow from it."""
    document, sale, right = case
    given, expected = getattr(sale.given, name), int(getattr(right, name))
    then = [
        phrase("totals.must_be", name=one, amount=money(getattr(right, one))) + _now(getattr(sale.given, one))
        for one in rest
    ]
    comparison = Comparison(name, given, expected, _reason(case, name), cause, listed(then))
    tell_figure(document, document.totales, comparison, tolerante)


def _now(given: int | None) -> str:
    return phrase("totals.empty") if given is None else phrase("totals.says", amount=money(given))


def listed(parts: list[str]) -> str:
    """``a``, ``a y b``, ``a, b e IVA``."""
    if len(parts) < 2:
        return "".join(parts)
    word = "e" if parts[-1].startswith("I") else "y"
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _reason(case: _Case, name: str) -> str:
    """What the total *name* follows from, in Spanish."""
    document, sale, right = case
    if name == "MntExe":
        return OF_EXEMPT_LINES
    if name == "MntNeto":
        return phrase("lines.without_iva", sum=OF_LINES) if sale.gross else OF_LINES
    if name != "MntTotal" and document.tipo in EXEMPT_DOCUMENTS:
        return phrase("totals.of_exempt_document", tipo=document.tipo)
    if name == "MntTotal":
        parts = _parts(document, right)
        lines = money(right.MntNeto + right.IVA)
        return phrase("lines.one_by_one", amount=lines, parts=parts) if sale.gross else parts
    if sale.gross:
        with_iva = right.MntNeto + right.IVA
        return phrase("lines.with_iva", amount=money(with_iva), net=money(right.MntNeto))
    return phrase("totals.rate_of_net", rate=IVA_RATE, net=money(right.MntNeto))


def _parts(document: Document, right: Totals) -> str:
    """The sum that the total is, each part by its own name."""
    parts = [(name, getattr(right, name)) for name in ("MntNeto", "MntExe", "IVA")]
    parts += [(one.name, one.amount) for one in extras_of(document)]
    words = ""
    for name, amount in parts:
        if amount or (name == "MntNeto" and not right.MntExe):
            sign = (" − " if amount < 0 else " + ") if words else ("−" if amount < 0 else "")
            words += f"{sign}{name} {money(abs(amount))}"
    return words


# --- without one ----------------------------------------------------------------------------------------------------


def _tell_figures(case: _Case, tolerante: bool) -> bool:
    """Report each total that nothing explains, and beside the first those that follow from it; whether any was."""
    _, sale, right = case
    told = _gross_faults(sale, right) if sale.gross else _net_faults(sale, right)
    given = sale.given
    rest = [
        name for name in Totals._fields
        if name not in told and getattr(given, name) not in (None, getattr(right, name))
    ]  # fmt: skip
    for name in told:
        _tell_one(case, name, rest if name == told[0] else [], None, tolerante and name != "MntTotal")
    return bool(told)


def _net_faults(sale: Sale, right: Totals) -> list[str]:
    given = sale.given
    found = [name for name, good in (("MntNeto", explains_neto(sale)), ("MntExe", explains_exempt(sale))) if not good]
    netos, exempts = _either(given.MntNeto, right.MntNeto), _either(given.MntExe, right.MntExe)
    if not any(explains_iva(sale, neto) for neto in netos):
        found.append("IVA")
    ivas = _either(given.IVA, right.IVA) | {percent(neto, IVA_RATE) for neto in netos}
    if not any(explains_total(sale, *parts) for parts in each_with_each(netos, exempts, ivas)):
        found.append("MntTotal")
    return found


def _gross_faults(sale: Sale, right: Totals) -> list[str]:
    """The total first: the net amount and the IVA are parts of it."""
    given = sale.given
    found = [] if explains_exempt(sale) else ["MntExe"]
    exempts = _either(given.MntExe, right.MntExe)
    if given.MntTotal is not None and not any(
        sale.affected.explains(given.MntTotal - exempt - sale.extra) for exempt in exempts
    ):
        return [*found, "MntTotal"]
    gross = int(right.MntNeto + right.IVA)
    pairs = [(int(right.MntNeto), int(right.IVA))]
    if given.MntTotal is not None:
        gross_of_file = given.MntTotal - int(right.MntExe) - sale.extra
        neto = round(gross_of_file / (1 + RATE))
        pairs.append((neto, gross_of_file - neto))
    if not explains_neto(sale) and all(abs((given.MntNeto or 0) - neto) > 1 for neto, _ in pairs):
        found.append("MntNeto")
    follows = given.MntNeto is not None and gross - given.MntNeto == given.IVA
    if not follows and not explains_iva(sale, 0) and all(abs((given.IVA or 0) - iva) > 1 for _, iva in pairs):
        found.append("IVA")
    return found


def _either(given: int | None, right: object) -> set[int]:
    return {int(one) for one in (given, right) if isinstance(one, int)}


def _tell_iva_by_line(document: Document, sale: Sale) -> bool:
    """Whether the one thing wrong is an IVA that was rounded, or cut off, line by line and added; reported then."""
    iva = sale.given.IVA
    if iva is None or sale.gross or not (explains_neto(sale) and explains_exempt(sale)):
        return False
    neto = sale.given.MntNeto if sale.given.MntNeto is not None else sale.affected.standing
    exempt = sale.given.MntExe if sale.given.MntExe is not None else sale.exempt.standing
    if near_rate(neto, iva) or not explains_total(sale, neto, exempt, iva):
        return False
    if iva in iva_line_by_line(sale):
        how = "redondeados"
    elif iva == iva_cut_off_by_line(sale):
        how = "cortados"
    else:
        return False
    exact = neto * RATE
    document.problems.append(
        problem(
            "TOT-074", document.totales.place_of("IVA"), str(iva), rate=IVA_RATE, rounding=how, given=money(iva),
            computed=money(percent(neto, IVA_RATE)), base=money(neto), range=range_of(exact),
        )
    )  # fmt: skip
    return True
