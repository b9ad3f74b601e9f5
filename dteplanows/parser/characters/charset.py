"""From the bytes of a customer's file to UTF-8, before its format is read.

Most files are UTF-8, and nothing is done to them. The others are in a charset of eight bits, and some mix: one program
writes UTF-8 and ISO-8859-1 within one row. So each row is judged by itself, and each of its columns where it mixes;
rows that more than one charset would write as good Spanish follow the file. What nothing decides is refused.

In this room:

* a *row* is a line of a file, a *column* a part of it: between the separators of TXT, or up to the next tag of XML.
* a *page* is a charset of eight bits; a *reading* of a row is its text in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from dteplanows.parser.characters.forms import TXT, XML, Form, Spot
from dteplanows.parser.characters.pages import DOS, OLD_DOS, PAGES, WINDOWS, Page, declared
from dteplanows.parser.characters.readings import MARGIN, OfFile, choose, read_in, readings_of, rivals_of
from dteplanows.parser.characters.remarks import Remark, Remarks
from dteplanows.parser.characters.twice_encoded import ODD_UTF8, SELDOM, SIGNS_OF_TWICE, is_utf8, once

_MOST_AGREE = 3
"""A file has one page when the rows that prove it are more than so many times those that prove another."""
_MOST_VOTES = 20_000
"""Rows that say in which page a file is."""

_HIGH = re.compile(rb"[\x80-\xff]")
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


class Text(NamedTuple):
    """A file in UTF-8, and what was found on the way to it."""

    data: bytes
    remarks: tuple[Remark, ...] = ()
    """In the order of the file; :func:`.remarks.told` gives them to the documents that they are about."""


def of_txt(data: bytes) -> Text:
    """The flat TXT *data* in UTF-8."""
    return _recognised(data, TXT, None)


def of_xml(data: bytes) -> Text:
    """The XML *data* in UTF-8; what it declares counts where the bytes leave it open."""
    return _recognised(data, XML, declared(data))


# --- the file ---


def _recognised(data: bytes, form: Form, named: Page | None) -> Text:
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
    of_file = OfFile(favourite, named)
    out, remarks, done = [], Remarks(data, form), 0
    for begin, end in _odd_rows(data, form):
        row = data[begin:end]
        out += [data[done:begin], _row(row, begin, form, of_file, remarks)]
        done = end
    out.append(data[done:])
    return Text(b"".join(out), tuple(remarks.found))


def _is_surely_latin(data: bytes) -> bool:
    """Whether *data*, whose bytes beyond ASCII are all letters and marks of ISO-8859-1, has some that prove it."""
    return _LATIN_WORD.search(data) is not None and _OLD_DOS_WORD.search(data) is None


def _odd_rows(data: bytes, form: Form) -> Iterator[tuple[int, int]]:
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
    return not readings_of([column], PAGES)[0].is_good


def _eight_bit(row: bytes, form: Form) -> list[bytes]:
    """The columns of *row* that are no UTF-8."""
    return [column for column in row.split(form.separator) if not column.isascii() and not _is_meant_as_utf8(column)]


def _of_file(data: bytes, form: Form) -> Page | None:
    """The page of the whole file; None where its rows do not agree or say nothing."""
    votes, sure = dict.fromkeys(PAGES, 0), 0
    totals = dict.fromkeys(PAGES, 0.0)
    for begin, end in islice(_odd_rows(data, form), _MOST_VOTES):
        columns = _eight_bit(data[begin:end], form)
        if not columns:
            continue
        readings = readings_of(columns, PAGES)
        best = readings[0]
        for reading in readings:
            for page in reading.pages:
                totals[page] += reading.weight.score
        if best.is_good and not rivals_of(readings):
            sure += 1
            for page in best.pages:
                votes[page] += 1
    most = max(PAGES, key=votes.__getitem__)
    if sure:
        return most if votes[most] > _MOST_AGREE * (sure - votes[most]) else None
    first = max(PAGES, key=totals.__getitem__)
    others = [totals[page] for page in PAGES if page is not first and {page, first} != {DOS, OLD_DOS}]
    return first if totals[first] > 0 and totals[first] - max(others) >= MARGIN else None


# --- rows ---


def _row(row: bytes, begin: int, form: Form, of_file: OfFile, remarks: Remarks) -> bytes:
    """*row* in UTF-8."""
    columns = row.split(form.separator)
    eight = [index for index, one in enumerate(columns) if not one.isascii() and not _is_meant_as_utf8(one)]
    readings = dict(zip(eight, _texts([columns[index] for index in eight], of_file), strict=True))
    end = begin - 1
    for index, column in enumerate(columns):
        end += 1 + len(column)
        if column.isascii():
            continue
        spot = Spot(begin, end, index, column)
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


def _texts(columns: list[bytes], of_file: OfFile) -> list[tuple[str, Page, tuple[str, Page] | None]]:
    """What *columns* say, the page of each, and its other reading where nothing decides."""
    if not columns:
        return []
    whole = choose(columns, of_file)
    if whole.rival is None and whole.reading.weight.bad and len(columns) > 1:
        return [_texts([column], of_file)[0] for column in columns]
    others: Iterable[tuple[str, Page] | None] = [None] * len(columns)
    if whole.rival is not None:
        others = [(text, whole.rival.pages[0]) for text in whole.rival.texts]
    return [(text, whole.page, other) for text, other in zip(whole.reading.texts, others, strict=True)]


def _shows(page: Page, column: bytes, text: str) -> bool:
    """Whether *text* would be another one if *page* were not known."""
    return page is not WINDOWS and text != read_in(column, WINDOWS)


def _undone(spot: Spot, remarks: Remarks) -> bytes:
    if not any(sign in spot.column for sign in SIGNS_OF_TWICE):
        return spot.column
    text = spot.column.decode()
    plain = once(text)
    if plain == text:
        return spot.column
    remarks.twice(spot, text, plain)
    return plain.encode()
