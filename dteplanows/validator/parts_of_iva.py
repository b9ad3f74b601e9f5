"""Figures of the totals that are parts of the IVA (Formato DTE v2.5, section Totales)."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.money import percent
from dteplanows.document.taxes import TAXES
from dteplanows.validator.comparison import TOLERANCE, is_close, line_sum, settle
from dteplanows.validator.report import contradiction, money

CREDIT_RATE = Decimal(65)
"""Percent of the IVA that the special credit of building companies takes from the total (Formato DTE v2.5, CredEC)."""

_RETAINED_IN = frozenset({46, 56, 61})
"""Document types in which the buyer retains IVA: the factura de compra and the notes to it."""


def check(document: Document, tolerante: bool) -> None:
    """CredEC, IVANoRet, IVAProp and IVATerc follow from the IVA, which is settled by now."""
    totales = document.totales
    iva = totales.amount("IVA")
    if "CredEC" in totales.fields and document.unread.isdisjoint(("CredEC", "IVA")):
        _check_credit(document, iva, tolerante)
    if document.tipo in _RETAINED_IN:
        _check_not_retained(document, iva, tolerante)
    if document.tipo == 43:
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
    if rest < -TOLERANCE and retained:
        place = retained[0].place_of("MontoImp")
        document.problems.append(problem("TOT-045", place, str(withheld), given=money(withheld), computed=money(iva)))
    elif rest > TOLERANCE or "IVANoRet" in totales.fields:
        reason = f"el IVA {money(iva)} menos lo retenido {money(withheld)}"
        settle(document, "IVANoRet", max(rest, 0), reason, tolerante)
        if not totales.amount("IVANoRet"):
            totales.drop("IVANoRet")


def _check_settlement(document: Document, iva: int, tolerante: bool) -> None:
    """In a liquidación the IVA of the commissions is the issuer's own, and the rest that of his principals."""
    lines = document.root.all("Comisiones") or document.totales.all("Comisiones")
    own = line_sum(lines, "ValComIVA")
    if not own and "IVAProp" not in document.totales.fields and "IVATerc" not in document.totales.fields:
        return
    settle(document, "IVAProp", own, "la suma de ValComIVA", tolerante)
    settle(document, "IVATerc", iva - own, f"el IVA {money(iva)} menos IVAProp {money(own)}", tolerante)


def _check_shares(document: Document, iva: int, tolerante: bool) -> None:
    """IVAProp and IVATerc come to the IVA; where one is missing it is the rest."""
    totales = document.totales
    if not document.unread.isdisjoint(("IVA", "IVAProp", "IVATerc")):
        return
    own, third = totales.amount("IVAProp"), totales.amount("IVATerc")
    if own and third:
        settle(document, "IVATerc", iva - own, f"el IVA {money(iva)} menos IVAProp {money(own)}", tolerante)
    elif own or third:
        missing, other = ("IVATerc", own) if own else ("IVAProp", third)
        settle(document, missing, max(iva - other, 0), f"el IVA {money(iva)} menos {money(other)}", tolerante)


def _check_credit(document: Document, iva: int, tolerante: bool) -> None:
    given, place = document.totales.amount("CredEC"), document.totales.place_of("CredEC")
    if not is_close(given, iva * CREDIT_RATE / 100):
        expected, reason = percent(iva, CREDIT_RATE), f"{CREDIT_RATE} % del IVA {money(iva)}"
        contradiction(
            document, tolerante, "TOT-010", place, document.totales.text("CredEC"), name="CredEC",
            given=money(given), computed=money(expected), difference=money(given - expected), reason=reason,
        )  # fmt: skip
