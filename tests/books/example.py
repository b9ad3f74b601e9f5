"""A good book to spoil. All people and companies are fictitious."""

from __future__ import annotations

from datetime import date

from dteplanows.books import judge
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Severity
from fixtures import BOOKS
from tests.installation import COMPANY
from tests.told import Codes, of_severity

TODAY = date(2026, 11, 25)
COMPRA, PARCIAL, VENTA = (one.data for one in BOOKS)


def spoiled(*changes: tuple[str, str], file: bytes = COMPRA) -> bytes:
    """*file* with every ``(old, new)`` of *changes*, each at its first place."""
    for old, new in changes:
        assert old.encode("latin-1") in file, old
        file = file.replace(old.encode("latin-1"), new.encode("latin-1"), 1)
    return file


def problems(file: bytes, company: Company = COMPANY, from_account: bool = False) -> list[Problem]:
    """What is found in *file*."""
    return judge(file, company, TODAY, from_account)[1]


def told(file: bytes, severity: Severity = Severity.ERROR) -> Codes:
    """The codes of the problems of that severity; it fails where one of another is asked for."""
    return of_severity(problems(file), severity)
