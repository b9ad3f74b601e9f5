"""Amounts that the SII wants to be there, or not, whatever the lines say; run when the totals are settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.document.taxes import TAXES, codes_of

_FACTURA = 33
_SALE = 1
"""IndTraslado of a guía that is a sale."""


def check(document: Document) -> None:
    """Judge the settled totals of *document*; where a line has no amount, or there are errors, they are not known."""
    if document.tipo == _FACTURA:
        if "IVA" not in document.totales.fields:  # it says its IVA, be it 0 (validation 55 of the SII)
            document.totales.put("IVA", 0, document.totales.place_of("IVA"))
        return
    judge = _CHECKS.get(document.tipo)
    if judge is None or errors(document.problems) or any("MontoItem" not in line.fields for line in document.detalles):
        return
    judge(document)


def _check_exempt_factura(document: Document) -> None:
    """An exempt factura has an exempt amount (validation 57 of the SII)."""
    if not document.totales.amount("MntExe"):
        document.problems.append(problem("TOT-101", document.totales.place_of("MntExe"), "0"))


def _check_factura_de_compra(document: Document) -> None:
    """A factura de compra exists for its buyer to retain the IVA (answers HED-2-300 and HED-2-302).

    Code 49 says that nothing is retained; its amount is 0, so it may stand in the lines alone.
    """
    totales = document.totales
    codes = {one.text("TipoImp") for one in totales.all("ImptoReten")}
    codes |= {code for line in document.detalles for code in codes_of(line)}
    if totales.amount("IVA") and not any(code in TAXES and TAXES[code].is_retention for code in codes):
        document.problems.append(problem("TOT-103", totales.place_of("ImptoReten"), totales.text("IVA")))


def _check_guia(document: Document) -> None:
    """A guía of a sale has an amount: the lines of 0 are of the other transfers (Formato DTE v2.5, MontoItem)."""
    if document.id_doc.amount("IndTraslado") == _SALE and not document.totales.amount("MntTotal"):
        document.problems.append(problem("TOT-102", document.totales.place_of("MntTotal"), "0"))


_CHECKS: Mapping[int, Callable[[Document], None]] = {
    34: _check_exempt_factura, 46: _check_factura_de_compra, 52: _check_guia,
}
"""Check by document type."""
