"""What is told of a file's charset, and to which of its documents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem
from dteplanows.parser.characters.forms import LONGEST_TAG, XML, Form, Spot
from dteplanows.parser.characters.pages import Page

_MOST_OPEN = 10
"""Rows without a sure reading that one document tells."""


class Remark(NamedTuple):
    """Something to tell of a file's charset."""

    problem: Problem
    where: tuple[int, float]
    """Its line, and the number of the document there that it is about: 0 is the one that began before, infinity any."""


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


class Remarks:
    """What is told of a file: of each kind once for each document, so that they are no more than these."""

    def __init__(self, data: bytes, form: Form) -> None:
        self._data, self._form = data, form
        self.found: list[Remark] = []
        self._told: dict[object, int] = {}
        """How often each kind was told of the current document."""
        self._seen = 0
        """Up to where begins of documents have been looked for."""
        self._row, self._line, self._documents = 0, 1, 0.0
        """The current row: where it begins, its line, and the documents that have begun in it."""

    def page(self, spot: Spot, text: str, page: Page) -> None:
        """A column is in *page*."""
        if self._counts(spot, page, 1):
            self._add("TXT-081", spot, text, page=page.name)

    def twice(self, spot: Spot, text: str, once: str) -> None:
        """A text was more than once encoded in UTF-8."""
        if self._counts(spot, "twice", 1):
            self._add("TXT-082", spot, text, written=shown(self._form.value(once)))

    def open(self, spot: Spot, one: tuple[str, Page], other: tuple[str, Page]) -> None:
        """Nothing decides between two readings of a text."""
        if self._counts(spot, "open", _MOST_OPEN):
            self._add(
                "TXT-080", spot, one[0], page=one[1].name, other=shown(self._form.value(other[0])),
                otherpage=other[1].name,
            )  # fmt: skip

    def _counts(self, spot: Spot, kind: object, most: int) -> bool:
        """Go on to *spot*, and whether *kind* is still to be told of the document there."""
        if spot.row > self._row:
            self._begins(self._seen, spot.row)
            self._line += sum(1 for _ in self._form.line_end.finditer(self._data, self._row, spot.row))
            self._row, self._documents = spot.row, 0
            # a tag may end in another line than it begins in
            self._seen -= LONGEST_TAG
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

    def _add(self, code: str, spot: Spot, value: str, **facts: object) -> None:
        made = problem(code, self._form.place(self._data, self._line, spot), self._form.value(value), **facts)
        number = self._documents if self._form is XML else 1
        self.found.append(Remark(made, (self._line, number)))
