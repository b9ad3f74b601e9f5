"""The lines of a file as they are shown: cut into what is marked and what is not, and bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from dteplanows.portal.validation.span import Span, visible

MOST_LINES = 1200
"""Lines of a file that are shown."""
_AROUND = 3
"""Lines in front of and behind a marked one that are shown of a longer file."""
_FIRST = 20
"""Lines at the beginning of a longer file that are shown."""
LONGEST_LINE = 4000
"""Characters of a line that are shown; of a longer one those around its first mark."""
_CUT = "…"


class Mark(NamedTuple):
    """A marked part of a file."""

    span: Span
    problem: int
    """Number of the problem."""
    severity: str


class Segment(NamedTuple):
    """A part of a line that is marked throughout or not at all."""

    text: str
    problem: int = 0
    """Number of the most serious problem that it is about; 0 for none."""
    severity: str = ""


class Line(NamedTuple):
    """One line as it is shown."""

    number: int
    segments: tuple[Segment, ...]
    skipped: int = 0
    """Lines in front of it that are not shown."""
    charset: str = ""
    """Its charset, where it is not that of the file."""


class Listing(NamedTuple):
    """The lines of a file that are shown."""

    lines: tuple[Line, ...]
    skipped: int
    """Lines behind the last one that are not shown."""


def marks_by_line(marks: Iterable[Mark], lines: Sequence[str]) -> dict[int, list[Mark]]:
    """*marks*, the most serious first, by line; empty columns get the separators around them."""
    found: dict[int, list[Mark]] = {}
    for one in marks:
        length = len(lines[one.span.line - 1])
        found.setdefault(one.span.line, []).append(one._replace(span=visible(one.span, length)))
    return found


def listing(lines: Sequence[str], marks: Mapping[int, list[Mark]], charsets: Mapping[int, str]) -> Listing:
    """*lines* as they are shown.

    :param marks: as :func:`marks_by_line` gives them.
    :param charsets: charsets of single lines.
    """
    count = len(lines) - 1 if lines and not lines[-1] else len(lines)
    numbers: Iterable[int] = range(1, count + 1)
    if count > MOST_LINES:
        near = {one for line in marks for one in range(line - _AROUND, line + _AROUND + 1)}
        numbers = sorted(one for one in near | set(range(1, _FIRST + 1)) if 0 < one <= count)[:MOST_LINES]
    shown: list[Line] = []
    last = 0
    for number in numbers:
        text = lines[number - 1]
        segments = _segments(text, marks.get(number, []))
        if len(text) > LONGEST_LINE:
            segments = _shortened(segments)
        shown.append(Line(number, segments, number - last - 1, charsets.get(number, "")))
        last = number
    return Listing(tuple(shown), count - last)


def _segments(text: str, marks: Sequence[Mark]) -> tuple[Segment, ...]:
    bounds = {0, len(text)}
    for one in marks:
        bounds |= {one.span.begin, one.span.end}
    edges = sorted(bounds)
    found = []
    for begin, end in pairwise(edges):
        over = next((one for one in marks if one.span.begin <= begin and end <= one.span.end), None)
        part = _printable(text[begin:end])
        found.append(Segment(part, over.problem, over.severity) if over else Segment(part))
    return tuple(found)


def _shortened(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """*segments* with their longest parts cut, so that what is marked stays."""
    most = max(40, LONGEST_LINE // len(segments))
    return tuple(
        one if len(one.text) <= most else one._replace(text=f"{one.text[: most // 2]}{_CUT}{one.text[-most // 2 :]}")
        for one in segments[: LONGEST_LINE // 40]
    )


def _printable(text: str) -> str:
    """*text* with a sign for what could not be seen."""
    return text if text.isprintable() else "".join(one if one.isprintable() or one == "\t" else "·" for one in text)
