"""What can be wrong with a file, said so that the keeper of an ERP can mend it.

In this project:

* a *problem* is one finding about the input: a stable code, the place, the value received, what was expected and
  what to do. Its texts are Spanish; the templates live in :mod:`dteplanows.document.catalogue`.
* a *place* is where in the customer's file the finding is: a line, section, column name and position in a TXT,
  an element path in an XML.

Errors::

    * Refused            something the customer must mend; carries the problems, never a secret
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from dteplanows.document.phrases import phrase


class Severity(StrEnum):
    """How serious a problem is."""

    ERROR = "error"
    """The document is not issued: the SII would reject it, or it cannot be read."""
    REPARO = "reparo"
    """The SII accepts the document with a remark; it is issued, unless the company is set not to."""
    AVISO = "aviso"
    """Something was filled in, changed or ignored; the document is issued."""

    @property
    def rank(self) -> int:
        """0 for the most serious."""
        return _RANK_OF_SEVERITY[self]


_RANK_OF_SEVERITY = {one: rank for rank, one in enumerate(Severity)}


class Place(NamedTuple):
    """Where in the customer's file a value stands. Every part may be unknown (0 or empty)."""

    line: int = 0
    """Line of the file, from 1."""
    section: str = ""
    """TXT section name without its arrows, e.g. ``Detalle``; empty for XML."""
    field: str = ""
    """Column name of the TXT, or element name of the XML."""
    position: int = 0
    """Column number in the TXT line, from 1; 0 for XML."""
    path: str = ""
    """Element path in the XML, e.g. ``Detalle[2]/QtyItem``."""

    def text(self) -> str:
        """The place in words: ``Línea 5, sección Detalle, campo 3 (Descripcion)``; empty when nothing is known."""
        parts = []
        if self.line:
            parts.append(f"línea {self.line}")
        if self.section:
            parts.append(f"sección {self.section}")
        if self.position:
            parts.append(f"campo {self.position} ({self.field})")
        elif self.path:
            parts.append(f"elemento {self.path}")
        elif self.field:
            parts.append(f"campo {self.field}")
        words = ", ".join(parts)
        return words[:1].upper() + words[1:]


NOWHERE = Place()

_SHOWN = 60
"""Characters of a received value that a text shows."""


def shown(value: str) -> str:
    """*value* as a text may show it: one line, printable, at most 60 characters."""
    printable = value if value.isprintable() else "".join(c if c.isprintable() else "·" for c in value)
    return printable if len(printable) <= _SHOWN else printable[:_SHOWN] + "…"


_LONGEST_QUOTE = 1000
"""Characters of the file that a text quotes at most: as many as the SII's longest element holds."""

_LET_PASS = phrase("sii.let_pass")


class Problem(NamedTuple):
    """One finding about the input. Made by :func:`dteplanows.document.catalogue.problem`."""

    code: str
    """Stable code, e.g. ``DOC-003``; never reused for another meaning."""
    severity: Severity
    place: Place
    value: str
    """The value received, as it came; empty when there was none."""
    message: str
    """What is wrong, a complete sentence."""
    expected: str
    """What was expected, a complete sentence; may be empty."""
    remedy: str
    """What to do, a complete sentence."""
    stopping: bool = False
    """A reparo that keeps the document from being issued, because the company wants none: see :func:`stop`."""
    sii: str = ""
    """What the SII does with such a document, a complete sentence with the codes of its answer; may be empty."""

    @property
    def refuses(self) -> bool:
        """Whether the document is not issued because of this."""
        return self.severity is Severity.ERROR or self.stopping

    def text(self) -> str:
        """The whole problem as one paragraph: code, place, what is wrong, what the SII does, what was expected, what to
        do."""
        place = self.place.text()
        head = f"[{self.code}] {place}: " if place else f"[{self.code}] "
        parts = (self.message, self.as_it_was, self.sii, self.expected, self.remedy)
        return head + " ".join(part for part in parts if part)

    @property
    def as_it_was(self) -> str:
        """The sentence that quotes what the file said, where the document is issued otherwise and the message does not
        show all of it; empty for errors, whose document is not issued."""
        value = self.value.strip()
        if not value or self.severity is Severity.ERROR:
            return ""
        if not value.isprintable():
            value = "".join(c if c.isprintable() else "·" for c in value)
        if _shows(self.message, value) or _shows(self.message.replace(".", ""), value):  # amounts have dots there
            return ""
        return f"El archivo decía «{value if len(value) <= _LONGEST_QUOTE else value[:_LONGEST_QUOTE] + '…'}»."


def _shows(text: str, value: str) -> bool:
    """Whether *value* stands in *text*, and not as a part of a longer word or number."""
    begin = text.find(value)
    while begin >= 0:
        end = begin + len(value)
        if not text[begin - 1 : begin].isalnum() and not text[end : end + 1].isalnum():
            return True
        begin = text.find(value, begin + 1)
    return False


_FAMILIES = ("SRV", "AUT", "TXT", "DOC", "CMP", "LIB", "FOL", "CRT", "REF", "TOT")
_RANKS = {family: rank for rank, family in enumerate(_FAMILIES)}
"""Causes before consequences: a column that cannot be read also spoils the totals."""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """*problems* as people read them: what refuses first, causes before consequences, then by place in the file.

    Everything that shows several problems shows them so, for many programs show the first alone.
    """
    found = list(problems)
    return sorted(found, key=_order) if len(found) > 1 else found


def _order(one: Problem) -> tuple[bool, int, int, int, int]:
    family = _RANKS.get(one.code.partition("-")[0], len(_RANKS))
    return not one.refuses, one.severity.rank, family, one.place.line, one.place.position


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those of *problems* that keep a document from being issued."""
    return [one for one in problems if one.refuses]


def stop(one: Problem) -> Problem:
    """The reparo *one* as a reason to refuse, which says that it is one and how to let it pass; others as they are."""
    if one.severity is not Severity.REPARO:
        return one
    return one._replace(remedy=f"{one.remedy} {_LET_PASS}", stopping=True)


class Refused(Exception):  # noqa: N818 - the customer's input was refused; nothing failed
    """Something the customer must mend. ``problems`` holds every reason; no secret is ever among them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(one.text() for one in self.problems))
