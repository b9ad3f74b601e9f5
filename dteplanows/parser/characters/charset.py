"""From the bytes of a customer's file to UTF-8, before its format is read.

Most files are UTF-8, and nothing is done to them. The others are in a charset of eight bits, and some mix: one program
writes UTF-8 and ISO-8859-1 within one row. So each row is judged by itself, and each of its columns where it mixes;
rows that more than one charset would write as good Spanish follow the file. What nothing decides is refused.

In this module:

* a *row* is a line of a file, a *column* a part of it: between the separators of TXT, or up to the next tag of XML.
* a *page* is a charset of eight bits; a *reading* of a row is its text in one of them.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import ROOTS
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Problem
from dteplanows.parser.characters.pages import DOS, OLD_DOS, PAGES, WINDOWS, Page, declared
from dteplanows.parser.characters.spanish import Weight, weigh
from dteplanows.parser.characters.twice_encoded import ODD_UTF8, SELDOM, SIGNS_OF_TWICE, is_utf8, once
from dteplanows.parser.txt.layout import BY_NAME, SECTIONS

_MARGIN = 1.0
"""What one reading is ahead of another, in characters, when it alone is taken to be meant."""
_MOST_AGREE = 3
"""A file has one page when the rows that prove it are more than so many times those that prove another."""
_MOST_KNOWN = 100
"""Bytes of a column whose readings are remembered."""
_MOST_WEIGHED = 4000
"""Characters of a text that are looked at: more than any element of a DTE holds."""
_MOST_VOTES = 20_000
"""Rows that say in which page a file is."""
_MOST_OPEN = 10
"""Rows without a sure reading that one document tells."""

_HIGH_CHARACTER = re.compile(r"[^\x00-\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8_INSIDE = re.compile(rb"(\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x90-\xa6]|\xe2\x82\xac)")
"""Letters in UTF-8 within a text of another charset, in which such pairs make no sense."""

_ASCII = bytes(range(0x80))
_OF_LATIN_ALONE = "áéíóúñÁÉÍÓÚÑÜºª°¿".encode("latin-1")
# a letter that is rare comes first in these patterns: only where one stands they look around it
_LATIN_WORD = re.compile(
    "[áíóñúÁÍÓÑ](?:(?<=[a-z][áíóñ])[a-z]|(?<=[A-Z][ÁÍÓÑ])[A-Z]|(?<=[a-km-z]ú)[a-z]{4})".encode("latin-1")
)
"""What in the other pages is a sign between letters, or a letter that Spanish does not have. An ú is the point of kg·m
and col·legi there: only a longer word, as número, shows it."""
_OLD_DOS_WORD = re.compile("é(?:(?<=[A-Z]{2}é)|[A-Z])|ÍÍ".encode("latin-1"))
"""What in page 850 is an Ú among capitals, or a line: then each row is looked at."""


class Remark(NamedTuple):
    """Something to tell of a file's charset."""

    problem: Problem
    where: tuple[int, float]
    """Its line, and the number of the document there that it is about: 0 is the one that began before, infinity any."""


class Text(NamedTuple):
    """A file in UTF-8, and what was found on the way to it."""

    data: bytes
    remarks: tuple[Remark, ...] = ()
    """In the order of the file; :func:`told` gives them to the documents that they are about."""


class _Form(NamedTuple):
    """What the format of a file means for its charset."""

    row_ends: tuple[bytes, ...]
    line_end: re.Pattern[bytes]
    separator: bytes
    begins_document: re.Pattern[bytes]
    place: Callable[[bytes, int, _Spot], Place]
    """From the file, the line and the column to the place of a text."""
    value: Callable[[str], str]
    """A column as people know it."""


def of_txt(data: bytes) -> Text:
    """The flat TXT *data* in UTF-8."""
    return _recognised(data, _TXT, None)


def of_xml(data: bytes) -> Text:
    """The XML *data* in UTF-8; what it declares counts where the bytes leave it open."""
    return _recognised(data, _XML, declared(data))


def told(documents: Iterable[Document], remarks: tuple[Remark, ...]) -> Iterator[Document]:
    """*documents*, all of a file in order, each with those of *remarks* that are about its part of it."""
    waiting = list(remarks)[::-1]
    last: Document | None = None
    line, number = 0, 0.0
    for document in documents:
        number = number if document.place.line == line else 0
        line = document.place.line
        # what is passed over in an XML begins with no tag of a document
        number += 1 if document.root.place.line else 0.5
        end = (line, number)
        if last is not None:
            _tell(last, waiting, end)
            yield last
        last = document
    if last is not None:
        _tell(last, waiting, (math.inf, 0))
        yield last


def _tell(document: Document, waiting: list[Remark], end: tuple[float, float]) -> None:
    """Give *document* what waits for it and stands before *end*, and what may be about it."""
    near = [one.problem for one in islice(reversed(waiting), _MOST_OPEN) if one.where == (end[0], math.inf)]
    while waiting and waiting[-1].where < end:
        document.problems.append(waiting.pop().problem)
    document.problems += near


# --- the file ---


def _recognised(data: bytes, form: _Form, named: Page | None) -> Text:
    if data.isascii():
        return Text(data)
    # the bytes that matter, one behind the other: whatever is looked for in them is in most files in a few bytes
    high = data.translate(None, _ASCII)
    whole = is_utf8(data)
    if whole and not ODD_UTF8.search(high):
        return Text(data)
    if not named and not whole and not high.translate(None, _OF_LATIN_ALONE) and _is_surely_latin(data):
        return Text(data.decode("latin-1").encode())
    favourite = named or (None if whole and not SELDOM.search(high) else _of_file(data, form))
    out, remarks, done = [], _Remarks(data, form), 0
    for begin, end in _odd_rows(data, form):
        row = data[begin:end]
        out += [data[done:begin], _row(row, begin, form, favourite, named, remarks)]
        done = end
    out.append(data[done:])
    return Text(b"".join(out), tuple(remarks.found))


def _is_surely_latin(data: bytes) -> bool:
    """Whether *data*, whose bytes beyond ASCII are all letters and marks of ISO-8859-1, has some that prove it."""
    return _LATIN_WORD.search(data) is not None and _OLD_DOS_WORD.search(data) is None


def _odd_rows(data: bytes, form: _Form) -> Iterator[tuple[int, int]]:
    """Begin and end of each row beyond ASCII."""
    done = 0
    while high := _HIGH.search(data, done):
        before = [data.rfind(mark, done, high.start()) + 1 for mark in form.row_ends]
        behind = [data.find(mark, high.end()) for mark in form.row_ends]
        begin, done = max(done, *before), min((one for one in behind if one >= 0), default=len(data))
        yield begin, done


def _is_meant_as_utf8(column: bytes) -> bool:
    """Whether *column* is UTF-8, and not by chance: Íñigo in page 850 is a Hebrew sign and «igo»."""
    if not is_utf8(column):
        return False
    if not SELDOM.search(column) or not SELDOM.sub(b"", column).isascii():
        return True
    return not _readings([column], PAGES)[0].is_good


def _eight_bit(row: bytes, form: _Form) -> list[bytes]:
    """The columns of *row* that are no UTF-8."""
    return [column for column in row.split(form.separator) if not column.isascii() and not _is_meant_as_utf8(column)]


def _of_file(data: bytes, form: _Form) -> Page | None:
    """The page of the whole file; None where its rows do not agree or say nothing."""
    votes, sure = dict.fromkeys(PAGES, 0), 0
    totals = dict.fromkeys(PAGES, 0.0)
    for begin, end in islice(_odd_rows(data, form), _MOST_VOTES):
        columns = _eight_bit(data[begin:end], form)
        if not columns:
            continue
        readings = _readings(columns, PAGES)
        best = readings[0]
        for reading in readings:
            for page in reading.pages:
                totals[page] += reading.weight.score
        if best.is_good and not _rivals(readings):
            sure += 1
            for page in best.pages:
                votes[page] += 1
    most = max(PAGES, key=votes.__getitem__)
    if sure:
        return most if votes[most] > _MOST_AGREE * (sure - votes[most]) else None
    first = max(PAGES, key=totals.__getitem__)
    others = [totals[page] for page in PAGES if page is not first and {page, first} != {DOS, OLD_DOS}]
    return first if totals[first] > 0 and totals[first] - max(others) >= _MARGIN else None


# --- rows ---


class _Reading(NamedTuple):
    """What a row says in some pages."""

    texts: tuple[str, ...]
    weight: Weight
    pages: list[Page]

    @property
    def is_good(self) -> bool:
        """Whether it is Spanish throughout."""
        return self.weight.good > 0 and not self.weight.bad

    @property
    def is_perfect(self) -> bool:
        """Whether each character beyond ASCII is where Spanish has it: no other reading can be better."""
        odd = sum(len(_HIGH_CHARACTER.findall(text)) for text in self.texts)
        return not self.weight.weak and self.weight.good >= odd


def _readings(columns: list[bytes], pages: tuple[Page, ...]) -> tuple[_Reading, ...]:
    """The different readings of *columns*, the best first; of equal ones that of the more frequent page."""
    short = sum(map(len, columns)) <= _MOST_KNOWN
    return (_known_readings if short else _all_readings)(tuple(columns), pages)


def _all_readings(columns: tuple[bytes, ...], pages: tuple[Page, ...]) -> tuple[_Reading, ...]:
    found: dict[tuple[str, ...], _Reading] = {}
    for page in pages:
        read = [_known(column, page) if len(column) <= _MOST_KNOWN else _weighed(column, page) for column in columns]
        texts = tuple([text for text, _ in read])
        if texts in found:
            found[texts].pages.append(page)
            continue
        weight = Weight()
        for _, one in read:
            weight = weight.plus(one)
        found[texts] = _Reading(texts, weight, [page])
    return tuple(sorted(found.values(), key=lambda one: -one.weight.score))


_known_readings = lru_cache(2048)(_all_readings)
"""A row is read when the page of the file is sought, and again by itself; and programs repeat their rows."""


def _weighed(column: bytes, page: Page) -> tuple[str, Weight]:
    """What *column* says in *page*, and how well that reads; very long texts are not worth the time."""
    text = _read(column, page)
    return text, weigh(text[:_MOST_WEIGHED], page.typographic)


_known = lru_cache(4096)(_weighed)
"""The same few texts come in many rows; long ones are not worth the memory."""


def _read(column: bytes, page: Page) -> str:
    """*column* in *page*, but for letters in UTF-8 within it."""
    parts = _UTF8_INSIDE.split(column)
    if len(parts) == 1:
        return codecs.charmap_decode(column, "strict", page.table)[0]
    inner = (codecs.charmap_decode(one, "strict", page.table)[0] if index % 2 == 0 else one.decode()
             for index, one in enumerate(parts))  # fmt: skip
    return "".join(inner)


def _rivals(readings: tuple[_Reading, ...]) -> list[_Reading]:
    """The good readings beside the best, itself good, that are nearly as good."""
    best = readings[0]
    return [one for one in readings[1:] if one.is_good and best.weight.score - one.weight.score < _MARGIN]


class _Choice(NamedTuple):
    """How a row is read."""

    reading: _Reading
    page: Page
    rival: _Reading | None = None
    """The other reading that is as good, where nothing decides."""


def _choose(columns: list[bytes], favourite: Page | None, named: Page | None) -> _Choice:
    """The reading of *columns*: that of the *favourite* unless they prove another."""
    if favourite is not None and (only := _readings(columns, (favourite,))[0]).is_perfect:
        return _Choice(only, favourite)
    pages = PAGES if named is None or named in PAGES else (named, *PAGES)
    readings = _readings(columns, pages)
    best = readings[0]
    usual = next(one for one in readings if (favourite or WINDOWS) in one.pages)
    behind = best.weight.score - usual.weight.score
    if favourite is not None and not usual.weight.bad:
        follows = behind < _MARGIN or favourite is named or not best.is_good
        return _Choice(usual, favourite, None if follows else best)
    rivals = _rivals(readings) if best.is_good else []
    if rivals:
        return _Choice(best, best.pages[0], rivals[0])
    proven = best.is_good or (usual.weight.bad and (not best.weight.bad or behind >= _MARGIN))
    return _Choice(best, best.pages[0]) if proven else _Choice(usual, favourite or WINDOWS)


class _Spot(NamedTuple):
    """A column in the file."""

    row: int
    """Where its row begins."""
    end: int
    """Where it ends."""
    number: int
    """Its number in the row, from 0."""
    column: bytes


def _row(
    row: bytes, begin: int, form: _Form, favourite: Page | None, named: Page | None, remarks: _Remarks
) -> bytes:
    """*row* in UTF-8."""
    columns = row.split(form.separator)
    eight = [index for index, one in enumerate(columns) if not one.isascii() and not _is_meant_as_utf8(one)]
    readings = dict(zip(eight, _texts([columns[index] for index in eight], favourite, named), strict=True))
    end = begin - 1
    for index, column in enumerate(columns):
        end += 1 + len(column)
        if column.isascii():
            continue
        spot = _Spot(begin, end, index, column)
        if index not in readings:
            columns[index] = _undone(spot, remarks)
            continue
        text, page, other = readings[index]
        if other is not None and other[0] != text:
            remarks.open(spot, (text, page), other)
        elif other is None and _shows(page, column, text):
            remarks.page(spot, text, page)
        columns[index] = text.encode()
    return form.separator.join(columns)


def _texts(
    columns: list[bytes], favourite: Page | None, named: Page | None
) -> list[tuple[str, Page, tuple[str, Page] | None]]:
    """What *columns* say, the page of each, and its other reading where nothing decides."""
    if not columns:
        return []
    whole = _choose(columns, favourite, named)
    if whole.rival is None and whole.reading.weight.bad and len(columns) > 1:
        return [_texts([column], favourite, named)[0] for column in columns]
    others: Iterable[tuple[str, Page] | None] = [None] * len(columns)
    if whole.rival is not None:
        others = [(text, whole.rival.pages[0]) for text in whole.rival.texts]
    return [(text, whole.page, other) for text, other in zip(whole.reading.texts, others, strict=True)]


def _shows(page: Page, column: bytes, text: str) -> bool:
    """Whether *text* would be another one if *page* were not known."""
    return page is not WINDOWS and text != _read(column, WINDOWS)


def _undone(spot: _Spot, remarks: _Remarks) -> bytes:
    if not any(sign in spot.column for sign in SIGNS_OF_TWICE):
        return spot.column
    text = spot.column.decode()
    plain = once(text)
    if plain == text:
        return spot.column
    remarks.twice(spot, text, plain)
    return plain.encode()


# --- remarks ---


class _Remarks:
    """What is told of a file: of each kind once for each document, so that they are no more than these."""

    def __init__(self, data: bytes, form: _Form) -> None:
        self._data, self._form = data, form
        self.found: list[Remark] = []
        self._told: dict[object, int] = {}
        """How often each kind was told of the current document."""
        self._seen = 0
        """Up to where begins of documents have been looked for."""
        self._row, self._line, self._documents = 0, 1, 0.0
        """The current row: where it begins, its line, and the documents that have begun in it."""

    def page(self, spot: _Spot, text: str, page: Page) -> None:
        """A column is in *page*."""
        if self._counts(spot, page, 1):
            self._add("TXT-081", spot, text, page=page.name)

    def twice(self, spot: _Spot, text: str, once: str) -> None:
        """A text was more than once encoded in UTF-8."""
        if self._counts(spot, "twice", 1):
            self._add("TXT-082", spot, text, written=shown(self._form.value(once)))

    def open(self, spot: _Spot, one: tuple[str, Page], other: tuple[str, Page]) -> None:
        """Nothing decides between two readings of a text."""
        if self._counts(spot, "open", _MOST_OPEN):
            self._add(
                "TXT-080", spot, one[0], page=one[1].name, other=shown(self._form.value(other[0])),
                otherpage=other[1].name,
            )  # fmt: skip

    def _counts(self, spot: _Spot, kind: object, most: int) -> bool:
        """Go on to *spot*, and whether *kind* is still to be told of the document there."""
        if spot.row > self._row:
            self._begins(self._seen, spot.row)
            self._line += sum(1 for _ in self._form.line_end.finditer(self._data, self._row, spot.row))
            self._row, self._documents = spot.row, 0
            # a tag may end in another line than it begins in
            self._seen -= _LONGEST_TAG
        self._documents += self._begins(self._seen, spot.end)
        self._told[kind] = self._told.get(kind, 0) + 1
        return self._told[kind] <= most

    def _begins(self, begin: int, end: int) -> float:
        """The documents that begin between; a comment may hide some: then it is not known, and infinite."""
        count: float = 0
        for found in self._form.begins_document.finditer(self._data, max(0, begin), end):
            if found.end() > self._row:
                count += 1 if found[0] != b"<!" else math.inf
        self._seen = max(end, begin)
        if count:
            self._told.clear()
        return count

    def _add(self, code: str, spot: _Spot, value: str, **facts: object) -> None:
        made = problem(code, self._form.place(self._data, self._line, spot), self._form.value(value), **facts)
        number = self._documents if self._form is _XML else 1
        self.found.append(Remark(made, (self._line, number)))


def _behind_tag(text: str) -> str:
    """The text of a column of XML without the tag in front of it."""
    return text.rpartition(">")[2].strip() or text.strip()


_MARKER = re.compile(rb"-[ \t]*>([^<>;\r\n]*)<[ \t]*-")


def _place_in_txt(data: bytes, line: int, spot: _Spot) -> Place:
    """With section and column, as far as the mark above tells them."""
    above = data.rfind(b"<", 0, spot.row)
    names = _MARKER.findall(data, max(0, above - _LONGEST_NAME), spot.end)
    name = names[-1].decode("utf-8", "replace").replace(" ", "").lower() if names else ""
    section = BY_NAME.get(name)
    if section is None or spot.number >= len(section.columns):
        return Place(line, section.name if section else "")
    return Place(line, section.name, section.columns[spot.number].name, spot.number + 1)


_LONGEST_NAME, _LONGEST_TAG = 60, 1100


def _place_in_xml(data: bytes, line: int, spot: _Spot) -> Place:
    """With the name of the element."""
    name = re.match(rb"[\w.:-]{1,60}", spot.column) if spot.number else None
    return Place(line, field=name[0].decode("ascii", "replace") if name else "")


_HEADERS = "|".join(section.name for section in SECTIONS if section.header).encode()
_ROOTS = "|".join(sorted(set(ROOTS.values()))).encode()
_TXT = _Form(
    (b"\n", b"\r"), re.compile(rb"\r{0,3}\n|\r"), b";",
    re.compile(rb"-[ \t]*>[ \t]*(?:" + _HEADERS + rb")[ \t]*<", re.IGNORECASE),
    _place_in_txt, str.strip,
)  # fmt: skip
_XML = _Form(
    (b"\n",), re.compile(rb"\n"), b"<",
    re.compile(rb"<!|<(?:[\w.-]{1,60}:)?(?:" + _ROOTS + rb")(?:\s[^<>]{0,1000})?>"),
    _place_in_xml, _behind_tag,
)  # fmt: skip
