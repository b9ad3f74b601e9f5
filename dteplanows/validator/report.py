"""How the checks say what they found."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Severity
from dteplanows.document.values import write

OF_LINES = "la suma de las líneas, con sus descuentos y recargos"
"""Where the right figure of a total comes from."""

_TOLERATED = "La empresa está configurada como tolerante: se emitió con el valor calculado."


def contradiction(document: Document, tolerante: bool, code: str, place: Place, value: str, **facts: object) -> None:
    """A contradiction in the arithmetic: an error, or an aviso where the company tolerates them."""
    found = problem(code, place, value, **facts)
    if tolerante:
        found = found._replace(severity=Severity.AVISO, remedy=_TOLERATED, sii="")
    document.problems.append(found)


def money(amount: int | Decimal) -> str:
    """*amount* with the thousands separated, as people in Chile write it; decimals, of other currencies, after a comma.

    >>> money(1234567), money(Decimal("1234.50"))
    ('1.234.567', '1.234,5')
    """
    whole, _, decimals = write(amount).partition(".")
    negative, digits = whole[:1] == "-", whole.lstrip("-")
    grouped = f"{int(digits):,}".replace(",", ".")
    return ("-" if negative else "") + grouped + (f",{decimals}" if decimals else "")
