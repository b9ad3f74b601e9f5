"""What a boleta of a large amount must say about its buyer (Ley 21.713; Formato Boletas v4.2)."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.limits import LARGE_UF
from dteplanows.document.model import Document
from dteplanows.document.phrases import phrase
from dteplanows.document.rut import CLIENT_WITHOUT_RUT
from dteplanows.validator.report import money


def check(document: Document, valor_uf: Decimal) -> None:
    """:param valor_uf: pesos of one UF; 0 where it is not known, and then nothing is judged."""
    if not valor_uf or document.tipo not in BOLETAS or document.totales.amount("MntTotal") <= LARGE_UF * valor_uf:
        return
    receptor, missing = document.receptor, []
    if not document.id_doc.amount("MedioPago") and "MedioPago" not in document.unread:
        missing.append(phrase("buyer.means_of_payment"))
    if receptor.text("RUTRecep") in ("", CLIENT_WITHOUT_RUT) and "RUTRecep" not in document.unread:
        missing.append(phrase("buyer.rut"))
    if not receptor.text("CdgIntRecep") and not receptor.text("RznSocRecep"):
        missing.append(phrase("buyer.name"))
    if missing:
        total = money(document.totales.amount("MntTotal"))
        place = document.totales.place_of("MntTotal")
        document.problems.append(problem("DOC-110", place, total, missing=", ".join(missing), limit=LARGE_UF))
