"""OtraMoneda of a document in pesos: its amounts are those of Totales, by the rate (Formato DTE v2.5, OtraMoneda).

Exports have rules of their own (:mod:`dteplanows.validator.exports.exports`).
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.model import Document
from dteplanows.document.money import currency, in_cents
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes.causes import unknown
from dteplanows.validator.report import contradiction, money

_PAIRS = (
    ("MntNetoOtrMnda", "MntNeto"), ("MntExeOtrMnda", "MntExe"), ("IVAOtrMnda", "IVA"), ("MntTotOtrMnda", "MntTotal"),
)  # fmt: skip


def check(document: Document, tolerante: bool) -> None:
    """The amounts in the other currency, to the cent."""
    for block in document.root.group("Encabezado").all("OtraMoneda"):
        rate = block.number("TpoCambio")
        if not rate:
            continue
        for name, of in _PAIRS:
            given, amount = block.number(name), document.totales.amount(of)
            if given is None or not document.unread.isdisjoint((name, of)):
                continue
            exact, place = Decimal(amount) / rate, block.place_of(name)
            if abs(given - exact) < in_cents(1):
                continue
            reason = phrase("totals.by_rate", name=of, amount=money(amount), rate=money(rate))
            contradiction(
                document, tolerante, "TOT-062", place, block.text(name),
                name=name, given=money(given), computed=money(currency(exact)), reason=reason,
                cause="", remedy=unknown(name).remedy, then="",
            )  # fmt: skip
            if tolerante:
                block.put(name, currency(exact), place)
