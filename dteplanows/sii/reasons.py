"""Why the SII refuses or remarks: its reasons taken apart, and what each code means and asks for.

What is known of the codes stands in ``reasons.tsv``: ``code``, ``meaning``, ``remedy``. Where the SII gives no number
the code is a name of ours: ``UPL`` upload, ``SEED`` and ``TOK`` session, ``EST`` envelope, ``DOC`` document, ``COR``
mail, ``BOL`` service of boletas; those of claims, cession, books, folios and certification stand there for whoever
meets them elsewhere and looks them up in the manual. A code that is not there is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from dteplanows.sii.outcomes import rows_of

_NUMBERED = re.compile(r"\s*\(?\s*([A-Z]{3,4})\s*(?:L\s*\[\s*([0-9]+)\s*\]\s*)?-\s*([0-9])\s*-\s*([0-9]{1,5})\s*\)?\s*")
"""Section, line, level and number, as in ``(DET L[1] -2-200)``."""
_OURS = re.compile(r"\s*\(([A-Z]{3,6}(?:-+[A-Z0-9]+)*)\)\s*")
"""A code of ours, where the SII gives none."""
_MAY_NOT_SIGN = re.compile("no autorizado a firmar", re.IGNORECASE)
_OF_SCHEMA = re.compile(r"\s*([A-Z]{3}-[0-9]{5})\s*:?\s*")
_XERCES = re.compile(r"\s*cvc-", re.IGNORECASE)
_EFFECT = re.compile(r"(RECHAZO|REPARO)\s*-\s*", re.IGNORECASE)
_COMPARED = re.compile(r"\s*:?\s*\[([^\[\]]*)\]\s*<>\s*\[([^\[\]]*)\]\s*\.?\s*$")
_SECTIONS = {"DETL": "DET"}
"""Ways to write a section, and how it is written here."""


class Known(NamedTuple):
    """What is known of a code."""

    meaning: str
    remedy: str


class Reason(NamedTuple):
    """One reason of the SII."""

    code: str
    """As it is looked up, as ``DET-2-200``; empty when the text has none."""
    text: str
    """What the SII says, without its code and the values compared."""
    line: int = 0
    """Number of the line of the document that it is about; 0 for none."""
    effect: Literal["", "rechazo", "reparo"] = ""
    """What the SII says that it does; the state of the document decides, not this nor the level in the code."""
    ours: str = ""
    """The value in the document, and in ``theirs`` the one that the SII expected; both empty where it compares none."""
    theirs: str = ""
    as_it_came: str = ""

    @property
    def known(self) -> Known | None:
        """What the code means and asks for; None for a code that nobody has described."""
        return REASONS.get(self.code)

    def told(self) -> str:
        """The reason for people: code, meaning, values and remedy; one that is not known as it came."""
        if self.known is None:
            return self.as_it_came
        where = f" (línea {self.line})" if self.line else ""
        values = f" El documento dice {self.ours} y el SII espera {self.theirs}." if self.ours or self.theirs else ""
        return f"{self.code}{where}: {self.known.meaning}.{values} {self.known.remedy}."


REASONS: Mapping[str, Known] = {row["code"]: Known(row["meaning"], row["remedy"]) for row in rows_of("reasons.tsv")}
"""Every code that is described."""


def read_reason(text: str) -> Reason:
    """The reason in *text*: a ``DETALLE`` of the mail, an ``ERROR`` of an upload, or a sentence that holds a code.

    >>> found = read_reason("(DET L[1] -2-200) REPARO- Monto errado : [25883.0000] <> [27246.0000]")
    >>> found.code, found.line, found.effect, found.ours, found.theirs, found.text
    ('DET-2-200', 1, 'reparo', '25883.0000', '27246.0000', 'Monto errado')
    """
    whole = " ".join(text.split())
    if found := _NUMBERED.match(whole):
        section, line, level, number = found.groups()
        code = f"{_SECTIONS.get(section, section)}-{level}-{number}"
        return _reason(code, whole, whole[found.end() :], int(line or 0))
    if found := _OF_SCHEMA.match(whole):
        return _reason(found[1], whole, whole[found.end() :])
    if _XERCES.match(whole):
        return _reason("CVC", whole, whole)
    if _MAY_NOT_SIGN.search(whole):
        return _reason("FIR-RUT", whole, whole)
    if (found := _OURS.match(whole)) and found[1] in REASONS:
        return _reason(found[1], whole, whole[found.end() :])
    return _reason("", whole, whole)


def coded(code: str, text: str) -> str:
    """*text* with *code* before it, as :func:`read_reason` reads it; as it is where nothing is known of the code."""
    return f"({code}) {text}" if code in REASONS else text


def reasons_in(text: str) -> tuple[Reason, ...]:
    """Every reason with a code in parentheses in *text*, as a ``GLOSA`` has them; none when there is none."""
    begins = [found.start() for found in re.finditer(r"\(\s*[A-Z]{3,4}\s*(?:L\s*\[\s*[0-9]+\s*\]\s*)?-", text)]
    return tuple(read_reason(text[a:b]) for a, b in pairwise([*begins, len(text)]))


def _reason(code: str, whole: str, rest: str, line: int = 0) -> Reason:
    effect: Literal["", "rechazo", "reparo"] = ""
    if found := _EFFECT.match(rest):
        effect, rest = "rechazo" if found[1].upper() == "RECHAZO" else "reparo", rest[found.end() :]
    ours = theirs = ""
    if compared := _COMPARED.search(rest):
        ours, theirs = compared[1].strip(), compared[2].strip()
        rest = rest[: compared.start()]
    return Reason(code, rest.strip(), line, effect, ours, theirs, whole)
