"""How the checks say what they found."""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Severity

_TOLERATED = "La empresa está configurada como tolerante: se emitió con el valor calculado."


def contradiction(document: Document, tolerante: bool, code: str, place: Place, value: str, **facts: object) -> None:
    """A contradiction in the arithmetic: an error, or an aviso where the company tolerates them."""
    found = problem(code, place, value, **facts)
    if tolerante:
        found = found._replace(severity=Severity.AVISO, remedy=_TOLERATED)
    document.problems.append(found)


def money(amount: int) -> str:
    """*amount* in pesos with the thousands separated, as people in Chile write it.

    >>> money(1234567)
    '1.234.567'
    """
    return f"{amount:,}".replace(",", ".")
