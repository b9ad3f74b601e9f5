"""The catalogue of problems: every code with its texts. Nothing else writes reasons.

The rows are data, in ``catalogue.toml``.

Codes: ``TXT-`` reading a file, ``DOC-`` content of the document, ``TOT-`` arithmetic, ``REF-`` references,
``CMP-`` documents received from suppliers,
``FOL-`` folios and CAF, ``CRT-`` certificates, ``AUT-`` who is calling, ``SRV-`` the service itself,
``BAS-`` its database,
``CFG-`` its settings, ``LIB-`` books of purchases and sales, ``SII-`` delivery to the SII,
``DIS-`` designs of printed documents.
A template may use ``{value}`` (the value received, shortened and made printable), ``{field}``, the facts that the
caller gives, and the limits of :mod:`dteplanows.document.limits`. A code, once published, keeps its meaning.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, NamedTuple

from dteplanows.document.limits import filled
from dteplanows.document.problem import NOWHERE, Place, Problem, Severity, shown
from dteplanows.document.sii_answers import certainty, told

__all__ = ["RULES", "Rule", "problem", "shown"]


class Rule(NamedTuple):
    """One row of the catalogue: severity and the three texts of a problem, with their source."""

    severity: Severity
    message: str
    expected: str = ""
    remedy: str = ""
    source: str = ""
    """Form and section that the rule comes from; empty for rules of our own."""
    sii: tuple[str, ...] = ()
    """Codes of the SII's answers that the rule anticipates, all of one effect."""
    told: str = ""
    """What the SII does, as a sentence; empty where that is not known."""

    @property
    def answer(self) -> str:
        """What the SII does and how sure that is, for whoever reads about the rule."""
        return " ".join(part for part in (self.told, certainty(self.sii)) if part)


def _read() -> dict[str, Rule]:
    """The rows of ``catalogue.toml``."""
    table = tomllib.loads(resources.files("dteplanows.document").joinpath("catalogue.toml").read_text("utf-8"))
    return {code: _rule(row) for code, row in table.items()}


def _rule(row: dict[str, Any]) -> Rule:
    severity, answers = Severity(row.pop("severity")), tuple(row.pop("sii", ()))
    texts: dict[str, str] = {name: filled(text) for name, text in row.items()}
    return Rule(severity, **texts, sii=answers, told=told(severity, answers))


RULES: dict[str, Rule] = _read()
"""Every rule by its code."""


def problem(code: str, place: Place = NOWHERE, value: str = "", **facts: object) -> Problem:
    """The problem *code* at *place* with its texts filled in.

    :param code: a code of the catalogue; an unknown one is a programming error and raises ``KeyError``.
    :param value: the value received, as it came.
    :param facts: what the texts of that code name in braces.
    """
    rule = RULES[code]
    words = {"value": shown(value), "field": place.field, **facts}
    return Problem(
        code,
        rule.severity,
        place,
        value,
        rule.message.format_map(words),
        rule.expected.format_map(words),
        rule.remedy.format_map(words),
        sii=rule.told,
    )
