"""The problems of one file, of which so many are told one by one."""

from __future__ import annotations

from itertools import islice

from dteplanows.document.catalogue import RULES, problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Severity

PROBLEMS_SHOWN = 100
"""Problems of one file that are told one by one; more of them help nobody."""

_OF_EVERY_DOCUMENT = 3
"""Errors that a document tells in any case: each has its own answer, and whoever reads it must see what to correct."""

_AVISOS_OF_EVERY_DOCUMENT = 100
"""Avisos that a document tells in any case: they are kept with it, and say what it does not say itself."""


class Report:
    """The problems of one file; beyond :data:`PROBLEMS_SHOWN` each document tells its first errors, and its avisos."""

    def __init__(self) -> None:
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether further problems are only counted: then their texts need no care."""
        return self._count >= PROBLEMS_SHOWN

    def tell(self, document: Document, code: str, place: Place, value: str = "", **facts: object) -> None:
        """Add the problem *code* to those of *document*. A document with an error never loses all its errors."""
        aviso = RULES[code].severity is Severity.AVISO
        if not self.full or _says_little(document, aviso):
            self._count += 1
            document.problems.append(problem(code, place, value, **facts))
            return
        more = "TXT-044" if aviso else "TXT-006"
        if not any(one.code == more for one in reversed(document.problems)):
            document.problems.append(problem(more, document.place, limit=PROBLEMS_SHOWN))


def _says_little(document: Document, aviso: bool) -> bool:
    most = _AVISOS_OF_EVERY_DOCUMENT if aviso else _OF_EVERY_DOCUMENT
    told = islice((one for one in document.problems if one.refuses is not aviso), most)
    return sum(1 for _ in told) < most
