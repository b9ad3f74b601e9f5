"""Files whose lines do not end as the lines of a text do: records of fixed length, NEL, NUL bytes as padding.

A COBOL program with ORGANIZATION SEQUENTIAL writes each line filled with blanks, or with LOW-VALUES (NUL), to one
length and no line end at all. A file that was converted from EBCDIC ends its lines with NEL, U+0085, which in
Windows-1252 is an ellipsis. Buffers of C and COBOL end in NUL bytes.

Each is read only where the layout settles it: the marks and the rows stand where they have to, in one way alone.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place
from dteplanows.parser.characters.remarks import Remark
from dteplanows.parser.txt.layout import BY_NAME
from dteplanows.parser.txt.rows import closed

_MARK = re.compile(r"->([A-Za-z]+)<-")
_SHORTEST = 40
"""Characters of the shortest record that is looked for: the row of a header has more."""
_MOST_PARTS = 12
"""Of how many records the marks may all be multiples: they stand an even number apart where each section has a row."""

_NELS = (b"\xc2\x85", b"\x85")
"""In UTF-8, and in ISO-8859-1."""
_BLANKS = rb"[ \t\0]*"

_FILLING = re.compile(rb"\0[\0 ]*+")
_BEHIND_FILLING = {"1": b"\r\n;", "2": b"\r\n<"}
"""What NUL bytes that only fill end at, by ``formato``: the end of a line, of a column or of a text."""
_FILE_END = b"\0\x1a"


class Lines(NamedTuple):
    """A file with the line ends that the readers know, and what is to be told of it."""

    data: bytes
    remarks: tuple[Remark, ...] = ()


def with_lines(data: bytes, formato: str) -> Lines:
    """*data* with a line end behind each line and blanks instead of NUL bytes that only fill.

    :param formato: ``1`` for TXT, ``2`` for XML.
    """
    remarks: list[Remark] = []
    if b"\n" not in data and b"\r" not in data and formato == "1":
        found = _records(data)
        if found:
            data, length = found
            remarks.append(_remark("TXT-152", length=length))
    if b"\x85" in data:
        written = _without_nel(data) if formato == "1" else _without_nel_between_tags(data)
        if written is not None:
            data = written
            remarks.append(_remark("TXT-153"))
    if b"\0" in data:
        end = len(data.rstrip(_FILE_END))
        runs = [found.span() for found in _FILLING.finditer(data, 0, end)]
        if end and all(after == end or data[after] in _BEHIND_FILLING[formato] for _, after in runs):
            remarks.append(_remark("TXT-154", count=len(runs) + (end < len(data))))
            data = data[:end].replace(b"\0", b" ")
    return Lines(data, tuple(remarks))


def _remark(code: str, **facts: int) -> Remark:
    """What is told of the whole file, with its first document."""
    return Remark(problem(code, Place(1), "", **facts), (0, 0.0))


# --- records of fixed length ---


def _records(data: bytes) -> tuple[bytes, int] | None:
    """*data*, which has no line end, with one behind each record, and the length of those; None where it has none.

    The length counts bytes, or characters where a program fills its texts before it encodes them.
    """
    found = _divided(data.decode("latin-1"))
    if found:
        return found[0].encode("latin-1"), found[1]
    try:
        found = None if data.isascii() else _divided(data.decode())
    except UnicodeDecodeError:
        return None
    return (found[0].encode(), found[1]) if found else None


def _divided(text: str) -> tuple[str, int] | None:
    starts = [found.start() for found in _MARK.finditer(text) if found[1].lower() in BY_NAME]
    if len(starts) < 2 or starts[0]:
        return None
    apart = math.gcd(*starts)
    readings: dict[str, int] = {}
    for parts in range(1, _MOST_PARTS + 1):
        length, rest = divmod(apart, parts)
        if rest or length < _SHORTEST:
            continue
        lines = _lines(text, length)
        if lines is not None:
            readings.setdefault("\n".join(lines), length)
    return readings.popitem() if len(readings) == 1 else None


def _lines(text: str, length: int) -> list[str] | None:
    """The records of *text* without what fills them; None where one is neither a mark nor a whole row."""
    lines, section = [], None
    for begin in range(0, len(text), length):
        # a shorter length that cuts the filling may leave some of it in front
        line = text[begin : begin + length].strip(" \0\x1a")
        if not line:
            continue
        mark = _MARK.search(line)
        if mark is not None and mark[1].lower() in BY_NAME:
            if mark[0] != line:
                return None
            section = BY_NAME[mark[1].lower()]
        elif section is None:
            return None
        elif not section.free:
            columns = len(closed(line.split(";"), section))
            if not section.required <= columns <= len(section.columns):
                return None
        lines.append(line)
    return lines


# --- NEL ---


def _without_nel(data: bytes) -> bytes | None:
    """The TXT *data* with LF instead of NEL; None where NEL does not end its lines."""
    for nel in _NELS:
        if nel not in data:
            continue
        rest = [one.strip(b"\r\n") for one in data.split(nel)]
        if any(b"\n" in one or b"\r" in one for one in rest):
            continue
        marks = [one for one in rest if b"->" in one and b"<-" in one]
        if len(marks) > 1 and all(_is_alone(one) for one in marks):
            return b"\n".join(rest)
    return None


def _is_alone(line: bytes) -> bool:
    """Whether *line*, which has arrows, is a mark and nothing else."""
    found = _MARK.fullmatch(line.strip(b" \t\0").decode("latin-1"))
    return found is not None and found[1].lower() in BY_NAME


def _without_nel_between_tags(data: bytes) -> bytes | None:
    """The XML *data* with LF instead of NEL, all of which stand between two tags; None where one stands in a text."""
    if b"\n" in data or b"\r" in data:
        return None
    for nel in _NELS:
        end = re.escape(nel)
        between = re.compile(rb"(?:(?<=>)|\A)" + _BLANKS + rb"(?:" + end + _BLANKS + rb")+(?=<|\Z)")
        written = between.sub(lambda run, nel=nel: run[0].replace(nel, b"\n"), data)  # type: ignore[misc]
        if written != data and nel not in written:
            return written
    return None
