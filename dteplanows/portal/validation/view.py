"""What the page shows of one file: what became of it, each problem with its place, its lines, its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from dteplanows.document.catalogue import RULES
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.outcome import COMPRA, DocumentOutcome, Outcome
from dteplanows.document.problem import Problem, errors, in_order
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.portal.validation.charsets import Charsets
from dteplanows.portal.validation.columns import Tables, fields_of, tables_of
from dteplanows.portal.validation.places import Places
from dteplanows.portal.validation.segments import Listing, Mark, listing, marks_by_line
from dteplanows.portal.validation.source import Source
from dteplanows.portal.validation.span import Span

MOST_PROBLEMS = 200
"""Problems of a file that are shown."""
MOST_DOCUMENTS = 100
"""Documents of a file that are shown."""
MOST_EDITED = 200_000
"""Characters of a file that can be mended on the page."""
_MOST_LINES_EDITED = 3000
_MOST_FIELDS = 12_000
"""Fields whose meaning is shown at the caret."""

Verdict = Literal["accepted", "partial", "refused"]
Status = Literal["issuable", "enterable", "keepable", "refused", "issued", "entered", "kept"]


class Shown(NamedTuple):
    """One problem."""

    number: int
    """From 1, within the file."""
    document: int
    """Number of its document, from 1."""
    problem: Problem
    source: str
    """Form and section that the rule comes from; empty for rules of our own."""
    span: Span | None


class DocumentView(NamedTuple):
    """One document."""

    number: int
    """From 1."""
    line: int
    """Where it begins; 0 where that is not known."""
    tipo: int
    name: str
    """Of its type."""
    status: Status
    outcome: DocumentOutcome
    amounts: tuple[tuple[str, int | Decimal], ...]
    """Those it would be signed with, without those that are 0; the total always. By name: ``neto``, ``exento``,
    ``iva``, ``total``, ``pesos``."""
    errors: int
    avisos: int
    """Problems that do not refuse it."""


@dataclass(frozen=True, slots=True)
class FileView:
    """One file as the page shows it."""

    name: str
    size: int
    """Bytes."""
    formato: str
    verdict: Verdict
    outcome: Outcome
    charsets: Charsets
    binary: bool
    documents: tuple[DocumentView, ...]
    documents_hidden: int
    problems: tuple[Shown, ...]
    """Those that refuse first, in the order of the answers."""
    problems_hidden: int
    errors: int
    """All problems that refuse, those not shown too."""
    avisos: int
    listing: Listing
    tables: Tables
    text: str
    """All of it, for who mends it; empty when it is too long for that, or nothing that could be mended."""
    marks: tuple[Mark, ...]
    fields: tuple[tuple[str, Span], ...]
    """Each field of a file that can be mended, with its place."""

    @property
    def editable(self) -> bool:
        """Whether it can be mended on the page."""
        return bool(self.text) or not self.size

    @property
    def issuable(self) -> bool:
        """Whether all of it would be issued, entered or kept."""
        return self.verdict == "accepted"


def view_of(name: str, data: bytes, source: Source, outcome: Outcome) -> FileView:
    """What the page shows of the file *name*.

    :param source: its text.
    :param outcome: what became of it.
    """
    places = Places(source)
    apart = len(places.documents) == len(outcome.documents)
    found = _problems(places, outcome.documents, apart)
    shown = found[:MOST_PROBLEMS]
    marks = [Mark(one.span, one.number, _severity(one.problem)) for one in shown if one.span is not None]
    by_line = marks_by_line(marks, source.lines)
    documents = _documents(outcome.documents, places.documents if apart else [])
    mendable = not source.binary and len(source.text) <= MOST_EDITED and len(source.lines) <= _MOST_LINES_EDITED
    mendable = mendable and not (source.unreadable and len(data) > MOST_EDITED)
    fields = fields_of(places) if mendable else []
    refused = sum(not one.accepted for one in outcome.documents)
    return FileView(
        name=name,
        size=len(data),
        formato=source.formato,
        verdict="accepted" if not refused else "refused" if refused == len(outcome.documents) else "partial",
        outcome=outcome,
        charsets=source.charsets,
        binary=source.binary,
        documents=tuple(documents[:MOST_DOCUMENTS]),
        documents_hidden=max(0, len(documents) - MOST_DOCUMENTS),
        problems=tuple(shown),
        problems_hidden=len(found) - len(shown),
        errors=sum(one.problem.refuses for one in found),
        avisos=sum(not one.problem.refuses for one in found),
        listing=listing(() if source.binary else source.lines, by_line, dict(source.charsets.others)),
        tables=tables_of(places, by_line, [one.tipo for one in outcome.documents] if apart else []),
        text=source.text if mendable else "",
        marks=tuple(one for line in by_line.values() for one in line),
        fields=tuple(fields) if len(fields) <= _MOST_FIELDS else (),
    )


def _severity(problem: Problem) -> str:
    return "error" if problem.refuses else problem.severity.value


def _problems(places: Places, documents: Sequence[DocumentOutcome], apart: bool) -> list[Shown]:
    """All problems, those that refuse in front; within, document by document."""
    told = [
        (number, one) for number, document in enumerate(documents) for one in in_order(document.problems)
    ]
    told.sort(key=lambda pair: not pair[1].refuses)
    found = []
    for number, (document, one) in enumerate(told, 1):
        # beyond those that are shown a place is of no use, and takes time
        span = places.span(one, document if apart else None) if number <= MOST_PROBLEMS else None
        rule = RULES.get(one.code)
        found.append(Shown(number, document + 1, one, rule.source if rule else "", span))
    return found


def _documents(outcomes: Sequence[DocumentOutcome], lines: Sequence[int]) -> list[DocumentView]:
    """The documents; when not all can be shown, those that are refused first."""
    made = [_document(number, one, lines) for number, one in enumerate(outcomes)]
    return sorted(made, key=lambda one: one.outcome.accepted) if len(made) > MOST_DOCUMENTS else made


def _document(number: int, outcome: DocumentOutcome, lines: Sequence[int]) -> DocumentView:
    refusing = len(errors(outcome.problems))
    return DocumentView(
        number + 1,
        lines[number] if number < len(lines) else 0,
        outcome.tipo,
        _name(outcome),
        _status(outcome),
        outcome,
        _amounts(outcome),
        refusing,
        len(outcome.problems) - refusing,
    )


def _name(outcome: DocumentOutcome) -> str:
    if outcome.operacion == COMPRA and outcome.tipo in RECEIVED_TYPES:
        return RECEIVED_TYPES[outcome.tipo].name
    return DOCUMENT_NAMES.get(outcome.tipo, "")


def _status(outcome: DocumentOutcome) -> Status:
    done = bool(outcome.documento_id)
    if not outcome.accepted:
        return "refused"
    if outcome.libro:
        return "kept" if done else "keepable"
    if outcome.operacion == COMPRA:
        return "entered" if done else "enterable"
    return "issued" if done else "issuable"


def _amounts(outcome: DocumentOutcome) -> tuple[tuple[str, int | Decimal], ...]:
    figures = outcome.figures
    if not outcome.accepted or figures is None:
        return ()
    parts = [("neto", figures.neto), ("exento", figures.exento), ("iva", figures.iva)]
    found: list[tuple[str, int | Decimal]] = [(name, amount) for name, amount in parts if amount]
    found.append(("total", figures.total))
    if figures.moneda and figures.total_en_pesos != figures.total:
        found.append(("pesos", figures.total_en_pesos))
    return tuple(found)
