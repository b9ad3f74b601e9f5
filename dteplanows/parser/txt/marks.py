"""The marks of the flat TXT, ``->Name<-``: where a section begins, however the file was made.

A mark stands at the start of its line. Tools that join, convert or re-save files put something in front of it: the end
of a last line without line end, a byte order mark, the end mark of DOS, codes of a printer, a no-break space, quotes,
the empty cells of a spreadsheet. A mark that is passed over makes the rows behind it somebody else's, so a known name
between arrows is a mark wherever it stands; what could as well be text is told and nothing is guessed.

Both ways of reading, a file at once and one document after another, take the marks from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from dteplanows.document.text import decode, printable_in_dte
from dteplanows.parser.txt.layout import BY_NAME, SECTIONS, Section

COMPLETE = re.compile(rb"-[ \t]*>([^<>;\n]*)<[ \t]*-")
"""A name between both arrows."""

_WIDE = rb"\xef\xbb\xbf|\xc3\xaf\xc2\xbb\xc2\xbf|\xc2[\x80-\xa0\xad]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
_UNSEEN = rb"[\x00-\x20\x7f]|(?<![\x80-\xf4])\xa0|" + _WIDE
"""What nobody sees: controls, U+FEFF (also written in UTF-8 twice), no-break spaces and the like."""
_UNSEEN_ONLY = re.compile(rb"(?:" + _UNSEEN + rb")*")
_SEEN = re.compile(rb"[!-~]")
_NARROW = bytes(range(0x21)) + b"\x7f"
_LAST = tuple((length, re.compile(_WIDE + rb"|[^\x80-\xf4]?\xa0")) for length in (6, 3, 2))
_QUOTES = re.compile(rb"(?:" + _UNSEEN + rb"|[\"'])*")
_TRIMMINGS = re.compile(rb"(?:" + _UNSEEN + rb"|[\"'`.,:*#=_~+\-])*")
"""What may surround a mark that stands alone on its line."""
_NOTHING_BEHIND = re.compile(rb"(?:" + _UNSEEN + rb"|[\"'`.,:*#=_~+\-;])*")

_HALF = re.compile(rb"-[ \t]*>[^;<>]*(?:<|-)?|[^;<>]*<[ \t]*-")
_NAMES = "|".join(sorted((section.name for section in SECTIONS), key=len, reverse=True)).encode()
_HEADS = re.compile(rb">[ \t]*(" + _NAMES + rb")[ \t]*<(?![/!a-z])", re.IGNORECASE)
"""A known name between the heads of the arrows alone; not the name between two tags of HTML."""
_ARROW = re.compile(rb"->([A-Za-z]+)<-[ \t]*(?![^\n])|<|>")
"""A mark as nearly all are written, which ends its line, or the head of another arrow."""
_AS_WRITTEN = {section.name.encode(): section for section in SECTIONS}


class Kind(Enum):
    """What a mark is."""

    OPENS = auto()
    """It opens the section of its name, which may be unknown."""
    HALF = auto()
    """A line that is nearly a mark: an arrow is missing."""
    INSIDE = auto()
    """A row that has a known mark in the middle, which could be text: it is no row of any section."""


_OPENS = Kind.OPENS
_LONGEST_SHOWN = 400
"""Bytes of a line that are quoted."""
_tuple = tuple.__new__


class Mark(NamedTuple):
    """A mark and where it stands in the bytes that it was sought in."""

    kind: Kind
    start: int
    """Behind the row that it stands in; the start of its line when nothing else stands before it."""
    end: int
    """What is behind it on its line, if anything, is a row of data."""
    name: str
    section: Section | None
    """None when no section has this name."""
    written: str = ""
    """The line, where it is not written as a mark should be; empty where it is."""
    filling: int = 0
    """Separators behind it: a spreadsheet fills every line to the width of its widest."""


class Piece(NamedTuple):
    """One document of a file, unread."""

    data: bytes
    """The whole file."""
    begin: int
    end: int
    """Where the document stands in it."""
    line: int
    """Number of its first line, from 1."""
    marks: list[Mark]
    """Those in it."""
    written: str = ""
    """The line of its first mark, when that stood in the middle of it."""


def known(name: str) -> Section | None:
    """The section called *name*, whatever blanks and capitals it is written with."""
    return BY_NAME.get(name.replace(" ", "").lower())


def marks(data: bytes) -> Iterator[Mark]:
    """The marks in *data*, which has LF at the end of its lines, in order."""
    arrow = _ARROW.search(data)
    while arrow:
        start = arrow.start()
        section = _AS_WRITTEN.get(arrow[1])
        if section and (not start or data[start - 1] == 0x0A):
            end = arrow.end()
            yield _tuple(Mark, (_OPENS, start, end, section.name, section, "", 0))
        else:
            begin = data.rfind(b"\n", 0, start) + 1
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            yield from _of_line(data[begin:end], begin)
        arrow = _ARROW.search(data, end)


def documents(data: bytes) -> Iterator[Piece]:
    """The documents in *data*, which has LF at the end of its lines; what precedes them is the first's."""
    begin, line, written, found = 0, 1, "", False
    inside: list[Mark] = []
    for mark in marks(data):
        if mark.section is not None and mark.section.header and mark.kind is _OPENS:
            if found:
                yield Piece(data, begin, mark.start, line, inside, written)
                line += data.count(b"\n", begin, mark.start)
                begin, inside = mark.start, []
                written = mark.written if data[begin - 1] != 0x0A else ""
            found = True
        inside.append(mark)
    yield Piece(data, begin, len(data), line, inside, written)


def unseen(line: bytes) -> bool:
    """Whether *line* has nothing that anybody sees."""
    return not _SEEN.search(line) and _UNSEEN_ONLY.fullmatch(line) is not None


def _of_line(line: bytes, offset: int) -> Iterator[Mark]:
    """The marks of one line, which stands at *offset*."""
    begin, opened = 0, False
    for found in COMPLETE.finditer(line):
        mark = _complete(line, found, begin, offset)
        if mark is None:
            continue
        yield mark
        if mark.kind is Kind.INSIDE:
            return
        begin, opened = mark.end - offset, True
    rest = line[begin:]
    if not rest:
        return
    half = None if opened else _half(rest, offset)
    if half:
        yield half
        return
    heads = _HEADS.search(rest)
    written = rest[heads.start() :] if heads else _half_behind(rest)
    if written:
        name = decode(heads[1] if heads else written.strip(b"-<> \t"))
        yield Mark(Kind.INSIDE, offset + begin, offset + len(line), name, known(name), _shown(line))


def _complete(line: bytes, found: re.Match[bytes], begin: int, offset: int) -> Mark | None:
    """What *found*, a name between arrows, is in *line*, whose marks before *begin* are known; None for a text."""
    name = printable_in_dte(decode(found[1])).strip()
    section = known(name)
    before = line[begin : found.start()]
    behind = line[found.end() :]
    start, end, exact = begin, found.end(), not begin and not before.strip()
    if not exact:
        if section is None and (begin or not _QUOTES.fullmatch(before)):
            return None
        if not _TRIMMINGS.fullmatch(before):
            row = _row_before(before)
            start += len(row)
            if not row.endswith(b";") and before[len(row) :] and not before[len(row) :].strip(b" \t"):
                # a blank, and nothing else, parts them: the mark could belong to the text
                return Mark(Kind.INSIDE, offset + begin, offset + len(line), name, section, _shown(line))
    filling = 0
    if behind and _NOTHING_BEHIND.fullmatch(behind):
        filling, end = behind.count(b";"), len(line)
        exact = exact and not behind.strip()
    return Mark(Kind.OPENS, offset + start, offset + end, name, section, "" if exact else _shown(line), filling)


def _row_before(before: bytes) -> bytes:
    """The row in front of a mark, without what parts them: what nobody sees, a longer arrow, a quote before it."""
    row = _without_end(before.rstrip(b"-"))
    quoted = _without_end(row[:-1]) if row.endswith((b'"', b"'")) else b""
    return quoted if quoted.endswith(b";") else row


def _without_end(text: bytes, also: bytes = b"") -> bytes:
    """*text* without what nobody sees at its end, nor the bytes *also*."""
    while True:
        text = text.rstrip(_NARROW + also)
        for length, form in _LAST:
            if len(text) >= length and form.fullmatch(text[-length:]):
                text = text[:-length] if length > 2 or text[-2:-1] == b"\xc2" else text[:-1]
                break
        else:
            return text


def _trimmed(text: bytes, also: bytes = b"") -> bytes:
    """*text* without quotes and what nobody sees around it."""
    first = _QUOTES.match(text)
    return _without_end(text[first.end() if first else 0 :], b"\"'" + also)


def _half(line: bytes, offset: int) -> Mark | None:
    """The line as half a mark."""
    for text in (_trimmed(line), _trimmed(line, b";")):
        if _HALF.fullmatch(text) or _HEADS.fullmatch(text.strip(b"-")):
            written = printable_in_dte(decode(text))
            name = written.strip("-<> \t")
            # with separators behind it, it is a row; unless its name is known
            if known(name) or text == _trimmed(line):
                return Mark(Kind.HALF, offset, offset + len(line), name, known(name), written)
    return None


def _half_behind(line: bytes) -> bytes:
    """Half the mark of a document that is the last text of a row; empty when there is none."""
    last = _trimmed(_trimmed(line, b";").rpartition(b";")[2])
    if not _HALF.fullmatch(last):
        return b""
    section = known(printable_in_dte(decode(last)).strip("-<> \t"))
    return last if section is not None and section.header else b""


def _shown(line: bytes) -> str:
    """The beginning of *line*, which may hold a whole file."""
    return line[:_LONGEST_SHOWN].decode("utf-8", "ignore").strip()
