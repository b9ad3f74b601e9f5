"""Figures of the totals that are parts of the IVA (Formato DTE v2.5, section Totales)."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.limits import OWN_ROUNDING
from dteplanows.document.model import Document
from dteplanows.document.money import percent
from dteplanows.document.phrases import phrase
from dteplanows.document.taxes import TAXES
from dteplanows.validator.report import money
from dteplanows.validator.totals.comparison import Comparison, is_close, line_sum, settle, tell_figure

CREDIT_RATE = Decimal(65)
"""Percent of the IVA that the special credit of building companies takes from the total (Formato DTE v2.5, CredEC)."""

_RETAINED_IN = frozenset({46, 56, 61})
"""Document types in which the buyer retains IVA: the factura de compra and the notes to it."""


def check(document: Document, tolerante: bool, taxes_told: bool = False, commissions_told: bool = False) -> None:
    """CredEC, IVANoRet, IVAProp and IVATerc follow from the IVA, which is settled by now.

    :param taxes_told: some withholding is wrong and was reported: what follows from it is not judged.
    :param commissions_told: the same of the commissions.
    """
    totales = document.totales
    iva = totales.amount("IVA")
    check_credit(document, tolerante)
    if document.tipo in _RETAINED_IN and not taxes_told:
        _check_not_retained(document, iva, tolerante)
    if document.tipo == 43:
        if not commissions_told:
            _check_settlement(document, iva, tolerante)
    elif "IVAProp" in totales.fields or "IVATerc" in totales.fields:
        _check_shares(document, iva, tolerante)


def _check_not_retained(document: Document, iva: int, tolerante: bool) -> None:
    """IVANoRet is what is left of the IVA when the buyer has kept his part; left out when nothing is."""
    totales = document.totales
    retained = [
        one for one in totales.all("ImptoReten")
        if one.text("TipoImp") in TAXES and TAXES[one.text("TipoImp")].is_retention
    ]  # fmt: skip
    if not retained and "IVANoRet" not in totales.fields:
        return
    withheld = line_sum(retained, "MontoImp")
    rest = iva - withheld
    if rest < -OWN_ROUNDING and retained:
        place = retained[0].place_of("MontoImp")
        document.problems.append(problem("TOT-045", place, str(withheld), given=money(withheld), computed=money(iva)))
    elif rest > OWN_ROUNDING or "IVANoRet" in totales.fields:
        reason = phrase("totals.iva_less_withheld", iva=money(iva), amount=money(withheld))
        settle(document, "IVANoRet", max(rest, 0), reason, tolerante)
        if not totales.amount("IVANoRet"):
            totales.drop("IVANoRet")


def _check_settlement(document: Document, iva: int, tolerante: bool) -> None:
    """In a liquidación the IVA of the commissions is the issuer's own, and the rest that of his principals."""
    lines = document.root.all("Comisiones") or document.totales.all("Comisiones")
    own = line_sum(lines, "ValComIVA")
    if not own and "IVAProp" not in document.totales.fields and "IVATerc" not in document.totales.fields:
        return
    good = settle(document, "IVAProp", own, phrase("totals.sum_of", name="ValComIVA"), tolerante)
    if good or document.totales.amount("IVATerc") != iva - document.totales.amount("IVAProp"):
        settle(document, "IVATerc", iva - own, _less_own(iva, own), tolerante)


def _check_shares(document: Document, iva: int, tolerante: bool) -> None:
    """IVAProp and IVATerc come to the IVA; where one is missing it is the rest."""
    totales = document.totales
    if not document.unread.isdisjoint(("IVA", "IVAProp", "IVATerc")):
        return
    own, third = totales.amount("IVAProp"), totales.amount("IVATerc")
    if own and third:
        settle(document, "IVATerc", iva - own, _less_own(iva, own), tolerante)
    elif own or third:
        missing, other = ("IVATerc", own) if own else ("IVAProp", third)
        reason = phrase("totals.iva_less", iva=money(iva), amount=money(other))
        settle(document, missing, max(iva - other, 0), reason, tolerante)


def _less_own(iva: int, own: int) -> str:
    return phrase("totals.iva_less_own", iva=money(iva), amount=money(own))


def check_credit(document: Document, tolerante: bool) -> None:
    """CredEC is its share of the IVA of the file."""
    if "CredEC" not in document.totales.fields or not document.unread.isdisjoint(("CredEC", "IVA")):
        return
    given, iva = document.totales.amount("CredEC"), document.totales.amount("IVA")
    if not is_close(given, iva * CREDIT_RATE / 100):
        comparison = Comparison("CredEC", given, percent(iva, CREDIT_RATE), f"{CREDIT_RATE} % del IVA {money(iva)}")
        tell_figure(document, document.totales, comparison, tolerante)


def missing_credit(document: Document, iva: int) -> int:
    """Pesos that CredEC should be more than the file has it; 0 where it is right or the file has none."""
    given = document.totales.amount("CredEC")
    return 0 if not given or is_close(given, iva * CREDIT_RATE / 100) else percent(iva, CREDIT_RATE) - given
