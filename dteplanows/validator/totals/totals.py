"""Totals of the file against the sums of its lines.

What is empty or zero is computed. Where the file's own figures do not add up as a signed document must, a known way of
rounding has to explain them (:mod:`dteplanows.validator.totals.settling`): then the same sale is written so that it
keeps its total, and avisos say what was written otherwise. Else the file contradicts itself: an error that shows both
figures.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS, BRANCHES, EXEMPT_DOCUMENTS, at
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import errors
from dteplanows.validator.causes import contradictions
from dteplanows.validator.lines.indicators import WITH_DEPOSITS
from dteplanows.validator.lines.lines import tell_wrong
from dteplanows.validator.prices.implied_prices import implied_price, write_implied
from dteplanows.validator.prices.shelf_prices import rewrite_with_shelf_prices
from dteplanows.validator.report import money
from dteplanows.validator.taxes import additional_taxes, commissions, parts_of_iva
from dteplanows.validator.totals import other_currency, spreading
from dteplanows.validator.totals.comparison import settle
from dteplanows.validator.totals.settling import Figures, Given, Sale, as_written, rewrite, sale_of
from dteplanows.validator.totals.sums import Sums, add_up, other_amounts, taxes
from dteplanows.validator.unread import FEED_TOTALS, doubtful

_SALE = 1
"""IndTraslado of a guía that is a sale."""

_OPTIONAL_ZEROS = (
    "MontoNF", "MontoPeriodo", "TotalPeriodo", "SaldoAnterior", "VlrPagar", "CredEC", "GrntDep", "IVANoRet",
)  # fmt: skip

_SILENT_IN_BOLETAS = frozenset({"MntNeto", "MntExe", "IVA"})
"""Programs leave them at 0 in boletas, whose lines include the IVA, for the service to compute."""

_DEMAND_NET = frozenset({33, 39})
"""Document types that the SII remarks when their net amount is 0 (observed answer HED-2-223)."""


def check(document: Document, wrong: list[Group], tolerante: bool) -> None:
    """Compare the totals with the lines, complete what is missing, drop zeros that say nothing.

    :param wrong: lines whose amount contradicts their factors, if the totals do not explain them.
    """
    _drop_zeros(document)
    sums = _sums(document)
    more_tax = additional_taxes.check(document, sums, tolerante, wrong)
    told = len(document.problems)
    more_commission = commissions.check(document, tolerante)
    commissions_told = more_commission is None or bool(errors(document.problems[told:]))
    if sums is None:
        tell_wrong(document, wrong, tolerante)
        return
    if sums.overdrawn:
        tell_wrong(document, wrong, tolerante)
        movement = document.root.all("DscRcgGlobal")[0]
        if wrong or "ValorDR" in document.unread:
            return
        document.problems.append(problem("TOT-021", movement.place_of("ValorDR"), movement.text("ValorDR")))
        return
    if _is_transfer_without_amounts(document, sums):
        tell_wrong(document, wrong, tolerante)
        _check_period(document, sums, tolerante)
        return
    more_deposit = 0
    if document.tipo in WITH_DEPOSITS and (sums.deposit or "GrntDep" in document.totales.fields):
        settle(document, "GrntDep", sums.deposit, _OF_DEPOSITS, tolerante)
        more_deposit = sums.deposit - document.totales.amount("GrntDep")
    _check_rate(document, sums)
    more = (more_tax, None if more_commission is None else -more_commission, more_deposit)
    if not _settle(document, sums, wrong, tolerante, more):
        parts_of_iva.check_credit(document, tolerante)
        return
    parts_of_iva.check(document, tolerante, taxes_told=more_tax != 0, commissions_told=commissions_told)
    _check_net(document, sums)
    _check_period(document, sums, tolerante)
    if "OtraMoneda" in document.root.group("Encabezado").groups:
        other_currency.check(document, tolerante)
    spreading.spread(document)


def _sums(document: Document) -> Sums | None:
    """What the lines come to; None where that cannot be known."""
    if not document.detalles or "MontoItem" in document.unread or _has_lines_without_amount(document):
        return None
    movements = document.root.groups.get("DscRcgGlobal")
    if movements:
        discounts = at(BRANCHES[document.tipo], "DscRcgGlobal")
        if discounts is None or len(movements) > discounts.max:
            return None  # reported by the structure; thousands of percentages would grow a number without bound
    return add_up(document)


def _drop_zeros(document: Document) -> None:
    totales = document.totales
    for name in _OPTIONAL_ZEROS:
        if name in totales.fields and totales.value(name) == 0:
            totales.drop(name)


def _has_lines_without_amount(document: Document) -> bool:
    signed = document.tipo == 43
    return any(
        "MontoItem" not in line.fields or (not signed and line.amount("MontoItem") < 0) for line in document.detalles
    )


def _is_transfer_without_amounts(document: Document, sums: Sums) -> bool:
    """A guía that is no sale may state no amounts at all; those of its lines come to its totals (HED-2-210)."""
    if document.tipo != 52 or document.id_doc.amount("IndTraslado") == _SALE:
        return False
    totales = document.totales
    if any(totales.amount(name) for name in Figures._fields):
        return False
    if any(one.amount("MontoImp") for one in totales.all("ImptoReten")):
        return False
    totales.drop("MntTotal")
    if sums.affected or sums.exempt:
        return False
    for name in ("MntNeto", "MntExe", "TasaIVA", "IVA"):
        totales.drop(name)
    totales.put("MntTotal", 0, totales.place_of("MntTotal"))
    return True


def _check_rate(document: Document, sums: Sums) -> None:
    """TasaIVA is in documents with a net amount, and only there; boletas do not have it."""
    totales = document.totales
    rate = totales.number("TasaIVA")
    if not sums.affected or document.tipo in EXEMPT_DOCUMENTS or document.tipo in BOLETAS:
        if rate:
            document.problems.append(problem("TOT-054", totales.place_of("TasaIVA"), totales.text("TasaIVA")))
        totales.drop("TasaIVA")
    elif not rate and "TasaIVA" not in document.unread:
        totales.put("TasaIVA", IVA_RATE, totales.place_of("TasaIVA"))
        document.problems.append(problem("TOT-016", totales.place_of("TasaIVA"), rate=IVA_RATE))
    elif rate and rate != IVA_RATE:
        place = totales.place_of("TasaIVA")
        document.problems.append(problem("TOT-015", place, totales.text("TasaIVA"), rate=IVA_RATE))


class _Reckoning(NamedTuple):
    """What the lines come to beside what the file says."""

    sums: Sums
    given: Given
    extra: int
    """Pesos that taxes, commissions and deposits add to the total."""
    wrong: list[Group]
    """Lines whose amount contradicts their factors."""

    def sale(self, document: Document) -> Sale:
        """The sale that *document* is about."""
        return sale_of(document, self.given, self.extra, self.sums.gross, self.wrong)


def _settle(
    document: Document, sums: Sums, wrong: list[Group], tolerante: bool, told: tuple[int | None, ...]
) -> bool:  # fmt: skip
    """Sign the figures of the file, or the same sale written so that it keeps its total, or say why neither goes.

    :param told: pesos by which taxes, commissions and deposits that were reported would change the total if they were
        right; None for what is not known.
    :returns: whether there are figures to sign.
    """
    extra = taxes(document) + other_amounts(document)
    if not FEED_TOTALS.isdisjoint(document.unread) or None in told:
        tell_wrong(document, wrong, tolerante)
        return _not_settled(document)
    given = given_figures(document)
    figures = None if wrong else as_written(sums, given, extra)
    reckoning = _Reckoning(sums, given, extra, wrong)
    if figures is None:
        figures = _otherwise(document, reckoning)
    if figures is None:
        if _is_told_already(document, reckoning, sum(one or 0 for one in told)):
            tell_wrong(document, wrong, tolerante)
            return _not_settled(document)
        contradictions.tell(document, reckoning.sale(document), sums, wrong, tolerante)
        if not tolerante:
            return _not_settled(document)
        figures = _computed(document, extra)
        if given.MntTotal not in (None, figures.MntTotal):
            contradictions.tell_total(document, given.MntTotal, figures)
            return _not_settled(document)
        given = Given(None, None, None, given.MntTotal)  # said
    else:
        _announce_computed(document, given, figures, sums)
    announce_adjusted(document, given, figures)
    _store(document, figures)
    return True


def _not_settled(document: Document) -> bool:
    document.unread.update(set(Figures._fields) - set(document.totales.fields))  # the structure need not miss them
    return False


def _is_told_already(document: Document, reckoning: _Reckoning, more: int) -> bool:
    """Whether the totals would be right but for what was reported of taxes, commissions, deposits, rate or codes.

    :param more: pesos by which the total would be more, were what was reported right.
    """
    sums, given, extra, wrong = reckoning
    credit = parts_of_iva.missing_credit(document, given.IVA if given.IVA is not None else sums.iva(sums.neto))
    extras = {extra + one + other for one in (0, more) for other in (0, -credit)} - {extra}
    if any(contradictions.is_explained(document, given, one, wrong) for one in extras):
        return True
    rate = document.totales.number("TasaIVA")
    if rate and rate != IVA_RATE and not sums.gross and percent(sums.neto, rate) == given.IVA:
        return given.MntNeto in (None, sums.neto) and given.MntTotal in (
            None, sums.neto + sums.exempt + given.IVA + extra,
        )  # fmt: skip
    return doubtful(document)


def given_figures(document: Document) -> Given:
    """The totals as the file has them; None for what it leaves to us: an empty one, and a zero but for MntTotal."""
    totales = document.totales
    neto, exempt, iva = (totales.amount(name) or None for name in ("MntNeto", "MntExe", "IVA"))
    return Given(neto, exempt, iva, totales.amount("MntTotal") if "MntTotal" in totales.fields else None)


def _computed(document: Document, extra: int) -> Figures:
    sums = add_up(document)
    neto, iva = sums.neto, sums.iva(sums.neto)
    return Figures(neto, sums.exempt, iva, neto + sums.exempt + iva + extra)


def _otherwise(document: Document, reckoning: _Reckoning) -> Figures | None:
    """The figures with lines written otherwise; the lines stay as they are where nothing explains the file."""
    sums, given, extra, wrong = reckoning
    meant: dict[int, Decimal] = {}
    if given.MntNeto or given.MntTotal:  # amounts alone prove no price
        meant = {id(line): price for line in wrong if (price := implied_price(line)) is not None}
    before = [(line, line.fields["PrcItem"]) for line in wrong]
    figures = None
    if len(meant) == len(wrong):
        for line in wrong:
            line.put("PrcItem", meant[id(line)], line.place_of("PrcItem"), line.fields["PrcItem"][0].text)
        figures = as_written(sums, given, extra)
        if figures is None and not wrong:
            figures = _rewritten(document, reckoning.sale(document), partial(rewrite, document=document))
        for line, written in before:
            line.fields["PrcItem"] = written
        if figures is not None:
            for line in wrong:
                write_implied(document, line, meant[id(line)])
            return figures
    return _rewritten(document, reckoning.sale(document), partial(rewrite_with_shelf_prices, document, wrong))


def _rewritten(document: Document, sale: Sale, write: Callable[[Sale], Figures | None]) -> Figures | None:
    """The figures that *write* gives *sale*, with an aviso of the lines that it rounded to their other peso."""
    lines = [line for part in (sale.affected, sale.exempt) for line in part.lines]
    standing = [(line, line.amount, dict(line.group.fields)) for line in lines]
    movements = [(one, dict(one.fields)) for one in document.root.all("DscRcgGlobal")]
    told = len(document.problems)
    figures = write(sale)
    moved = [(line, before) for line, before, _ in standing if line.amount != before]
    if moved and not additional_taxes.still_follow(document):
        for line, before, fields in standing:
            line.amount, line.group.fields = before, fields
        for one, fields in movements:
            one.fields = fields
        del document.problems[told:]
        return None
    if figures is not None and moved:
        first, before = moved[0]
        document.problems.append(
            problem(
                "TOT-070", first.group.place_of("MontoItem"), str(before), given=money(before),
                computed=money(first.amount), count=len(moved), amount=money(figures.MntTotal),
            )
        )  # fmt: skip
        _tell_discounts(document, [(line.group, fields) for line, _, fields in standing], figures)
    return figures


def _tell_discounts(document: Document, before: list[tuple[Group, dict[str, list[Field]]]], figures: Figures) -> None:
    """An aviso of the discounts that were rounded to their other peso with their lines."""
    name = "DescuentoMonto"
    moved = [
        (group, fields[name][0]) for group, fields in before
        if name in fields and group.value(name) != fields[name][0].value
    ]  # fmt: skip
    if moved:
        group, was = moved[0]
        document.problems.append(
            problem(
                "TOT-081", was.place, was.text, given=str(was.value), computed=money(group.amount(name)),
                count=len(moved), amount=money(figures.MntTotal),
            )
        )  # fmt: skip


_REASONS = {
    "MntNeto": phrase("lines.sum_taxed"),
    "MntExe": phrase("lines.sum_exempt"),
    "IVA": phrase("totals.of_iva"),
    "MntTotal": phrase("totals.of_parts"),
}
_OF_DEPOSITS, _OF_NOT_BILLED = phrase("lines.sum_deposits"), phrase("lines.sum_not_billed")


def _announce_computed(document: Document, given: Given, figures: Figures, sums: Sums) -> None:
    """An aviso for each figure that the file left to us; boletas, whose lines include the IVA, leave it by custom."""
    for name, before, after in zip(Figures._fields, given, figures, strict=True):
        if before is None and after and not (document.tipo in BOLETAS and name in _SILENT_IN_BOLETAS):
            place, reason = document.totales.place_of(name), _REASONS[name]
            document.problems.append(problem("TOT-012", place, name=name, computed=money(after), reason=reason))


def announce_adjusted(document: Document, given: Given, figures: Figures) -> None:
    """Tell each total that the file has and that is issued with another amount."""
    for name, before, after in zip(Figures._fields, given, figures, strict=True):
        if before and before != after:
            place, shown = document.totales.place_of(name), {"given": money(before), "computed": money(after)}
            document.problems.append(problem("TOT-011", place, str(before), name=name, **shown))


def _store(document: Document, figures: Figures) -> None:
    """Put the figures; a zero stays out unless the document is of zero amounts or the SII demands the element."""
    totales = document.totales
    exempt_only = document.tipo in EXEMPT_DOCUMENTS
    wanted = {
        "MntNeto": not exempt_only and bool(figures.MntNeto or not figures.MntExe),
        "MntExe": exempt_only or bool(figures.MntExe),
        "IVA": not exempt_only and bool(figures.IVA or not figures.MntExe),
        "MntTotal": True,
    }
    for name, value in figures._asdict().items():
        if not wanted[name] and not value:
            totales.drop(name)
        elif totales.value(name) != value:
            totales.put(name, value, totales.place_of(name))


def _check_net(document: Document, sums: Sums) -> None:
    """A factura or boleta of nothing affected; that all its lines are exempt is said by the structure."""
    if document.tipo not in _DEMAND_NET or document.totales.amount("MntNeto") or sums.neto:
        return
    known = document.unread.isdisjoint(("MntNeto", "IndExe"))
    if not known or all(one.amount("IndExe") == 1 for one in document.detalles):
        return
    document.problems.append(problem("TOT-056", document.totales.place_of("MntNeto"), "0", tipo=document.tipo))


def _check_period(document: Document, sums: Sums, tolerante: bool) -> None:
    """Amounts that are not billed, and what the period and the balance come to."""
    totales = document.totales
    if sums.not_billed and document.tipo == 43:
        not_billed = 0  # its totals have no MontoNF, and the SII wants the period to be the total (answer HED-3-265)
    else:
        good = settle(document, "MontoNF", sums.not_billed, _OF_NOT_BILLED, tolerante)
        if "MontoNF" in document.unread or not (good or tolerante):
            return  # the period follows from it
        not_billed = totales.amount("MontoNF")
    period = totales.amount("MntTotal") + not_billed
    for name in ("MontoPeriodo", "TotalPeriodo"):
        if name in totales.fields:
            total = money(totales.amount("MntTotal"))
            reason = phrase("totals.with_not_billed", total=total, not_billed=money(not_billed))
            settle(document, name, period, reason, tolerante)
    payable = totales.amount("VlrPagar")
    expected = period + totales.amount("SaldoAnterior")
    if payable and payable != expected and document.unread.isdisjoint(("VlrPagar", "SaldoAnterior", "MntTotal")):
        place = totales.place_of("VlrPagar")
        figures = {"given": money(payable), "computed": money(expected)}
        document.problems.append(problem("TOT-053", place, str(payable), **figures))
