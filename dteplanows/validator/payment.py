"""How and when the document is paid (Formato DTE v2.5, FmaPagExp, FchCancel, MntPagos and TermPagoCdg).

That FmaPago is one of its three codes, MedioPago letters (digits in boletas), TpoCtaPago a known kind of account and
TermPagoDias above zero is said by the element table; the period by :mod:`dteplanows.validator.form.dates`.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import EXPORTS
from dteplanows.document.model import Document
from dteplanows.validator.report import money

_FREE, _FREE_ABROAD, _IN_ADVANCE = 3, 21, 32
"""FmaPago without cost; FmaPagExp without payment and in advance (customs table of forms of payment)."""


def complete(document: Document) -> None:
    """An export without cost has its customs code too, as programs that only know FmaPago leave it out.

    Only where the total is no amount: with one, the SII would remark the code (observed answer HED-1-803).
    """
    id_doc = document.id_doc
    if id_doc.amount("FmaPago") != _FREE or "FmaPagExp" in id_doc.fields or "FmaPagExp" in document.unread:
        return
    if "MntTotal" in document.unread or document.totales.number("MntTotal"):
        return
    place = id_doc.place_of("FmaPagExp")
    id_doc.put("FmaPagExp", _FREE_ABROAD, place)
    document.problems.append(problem("DOC-072", place, used=_FREE_ABROAD))


def check(document: Document) -> None:
    """Judge what IdDoc says about the payment."""
    id_doc = document.id_doc
    in_advance = id_doc.amount("FmaPagExp") == _IN_ADVANCE
    if in_advance and "FchCancel" not in id_doc.fields and "FchCancel" not in document.unread:
        document.problems.append(problem("DOC-069", id_doc.place_of("FchCancel")))
    if document.tipo in EXPORTS and id_doc.text("TermPagoCdg") and "TermPagoGlosa" not in id_doc.fields:
        document.problems.append(problem("DOC-070", id_doc.place_of("TermPagoGlosa"), id_doc.text("TermPagoCdg")))
    if "MntPagos" in id_doc.groups and document.tipo not in EXPORTS:
        _check_payments(document)


def _check_payments(document: Document) -> None:
    """The programmed payments do not come to more than the document; an export's are in another currency."""
    if not document.unread.isdisjoint(("MntPago", "MntTotal", "MontoPeriodo", "VlrPagar")):
        return
    payments, totales = document.id_doc.all("MntPagos"), document.totales
    paid = sum(one.amount("MntPago") for one in payments)
    owed = max(totales.amount(name) for name in ("MntTotal", "MontoPeriodo", "VlrPagar"))
    if paid > owed and payments:
        place = payments[0].place_of("MntPago")
        document.problems.append(problem("DOC-071", place, str(paid), given=money(paid), computed=money(owed)))
