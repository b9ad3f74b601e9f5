"""What was said of a document: the codes of its problems, and never a silence that a filter makes.

Most tests ask for the problems of one severity or family. Whoever asks such a list for a code that it can never hold
would always hear that it is not there; here that question fails. :func:`codes` shows everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from dteplanows.document.catalogue import RULES
from dteplanows.document.problem import Problem, Severity


class Judged(Protocol):
    """What holds problems: a document, an outcome."""

    @property
    def problems(self) -> Iterable[Problem]:
        """What was found, in the order found."""


Shows = Callable[[str], bool]
"""Whether a code can be among those that are shown."""


def _must_show(shows: Shows, code: object) -> None:
    if isinstance(code, str) and code in RULES and not shows(code):
        raise AssertionError(f"{code} can never be among these: ask tests.told.codes(), which shows every problem")


class Codes(list[str]):
    """Codes in the order found."""

    def __init__(self, codes: Iterable[str], shows: Shows) -> None:
        super().__init__(codes)
        self._shows = shows

    def __contains__(self, code: object) -> bool:
        _must_show(self._shows, code)
        return super().__contains__(code)

    def count(self, code: str) -> int:
        """How often *code* was found."""
        _must_show(self._shows, code)
        return super().count(code)


class CodeSet(set[str]):
    """Codes without their order."""

    _shows: Shows

    @classmethod
    def of(cls, codes: Iterable[str], shows: Shows) -> CodeSet:
        """Those of *codes* that are shown."""
        made = cls(code for code in codes if shows(code))
        made._shows = shows
        return made

    def __contains__(self, code: object) -> bool:
        _must_show(self._shows, code)
        return super().__contains__(code)

    def __and__(self, others: Any) -> set[str]:
        for code in others:
            _must_show(self._shows, code)
        return {one for one in self if one in others}

    __rand__ = __and__

    def isdisjoint(self, others: Iterable[Any]) -> bool:
        """Whether none of *others* was found."""
        return not self & set(others)


def codes(judged: Judged | Iterable[Problem]) -> list[str]:
    """The codes of all problems, of every severity and family, in the order found."""
    return [one.code for one in _problems(judged)]


def of_severity(judged: Judged | Iterable[Problem], severity: Severity) -> Codes:
    """The codes of the problems of one severity.

    A tolerant company has errors as avisos; what else has another severity than its rule does not exist.
    """
    found = (one.code for one in _problems(judged) if one.severity is severity)
    can_be = {severity, Severity.ERROR} if severity is Severity.AVISO else {severity}
    return Codes(found, lambda code: RULES[code].severity in can_be)


def of_families(judged: Judged | Iterable[Problem], *families: str) -> CodeSet:
    """The codes that begin with one of *families*, of any severity."""
    return CodeSet.of(codes(judged), lambda code: code.startswith(families))


def among(judged: Judged | Iterable[Problem], *wanted: str) -> Codes:
    """Those of *wanted* that were found, in the order found."""
    return Codes((one for one in codes(judged) if one in wanted), lambda code: code in wanted)


def _problems(judged: Judged | Iterable[Problem]) -> Iterable[Problem]:
    return judged.problems if hasattr(judged, "problems") else judged
