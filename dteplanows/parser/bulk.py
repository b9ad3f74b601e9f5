"""Reads files of many thousand documents: one document after another, so that memory does not grow with their number.

The file is gone through once before the first document is given, to count them and to see that it can be read to its
end. Nothing of an XML that breaks off in the middle is issued, as in immediate mode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from lxml import etree

from dteplanows.document.model import Document
from dteplanows.parser import TXT, readable, too_many
from dteplanows.parser.characters.remarks import Remark, told
from dteplanows.parser.report import Report
from dteplanows.parser.txt import marks
from dteplanows.parser.txt.reader import read_piece
from dteplanows.parser.txt.stretches import with_plain_line_ends
from dteplanows.parser.xml.reader import read_document
from dteplanows.parser.xml.source import NoDocuments, malformed, prepared, stream_xml, told_with_its_place

MOST_TAGS_EACH = 250
"""Tags of an XML for each document that it may hold, on the average; one of ten lines has about two hundred."""

TOLD_TOGETHER = 50
"""Documents that share a limit of problems told, as those of a file do in immediate mode."""


class BulkFile:
    """The documents of a customer's file, to be read one after another, from any of them on."""

    def __init__(self, data: bytes, formato: str, most: int, total: int = 0) -> None:
        """:param most: documents that the file may hold.
        :param total: how many it has, when it has been gone through before; 0 when that is to be done.
        """
        self._formato = formato.strip()
        self._refusal: Document | None = None
        self._data = b""
        self._remarks: tuple[Remark, ...] = ()
        self.total = 1
        """How many documents there are; a file that cannot be read has one, which says why."""
        text = readable(data, self._formato, most)
        found: tuple[Remark, ...] = ()
        if not isinstance(text, Document) and self._formato != TXT:
            found = text.remarks
            text = prepared(text.data, most * MOST_TAGS_EACH)
        if isinstance(text, Document):
            self._refuse(text, found)
            return
        self._data = with_plain_line_ends(text.data) if self._formato == TXT else text.data
        self._remarks = (*found, *text.remarks)
        if total:
            self.total = total
        else:
            self._count(most, found)

    def _refuse(self, document: Document, remarks: tuple[Remark, ...]) -> None:
        """*document* says why nothing is read; the *remarks* are those of all that was gone through before."""
        (self._refusal,) = told([document], remarks) if remarks else [document]

    def _count(self, most: int, found: tuple[Remark, ...]) -> None:
        pieces: Iterator[object] = marks.documents(self._data) if self._formato == TXT else stream_xml(self._data)
        try:
            # To the end, also beyond the limit: an XML that is none is the better reason.
            self.total = sum(1 for _ in pieces)
        except etree.XMLSyntaxError as wrong:
            self._refuse(malformed(self._data, told_with_its_place(self._data, wrong)), found)
        except NoDocuments as none:
            self._refuse(none.document, found)
        if self._refusal is None and self.total > most:
            self._refusal = too_many(most)
        if self._refusal:
            self.total = 1

    def documents(self, done: int = 0) -> Iterator[Document]:
        """The documents after the first *done*, which are skipped unread."""
        if self._refusal:
            yield from [self._refusal][done:]
        elif self._remarks:
            # which of them a remark is about can only be told from all
            yield from islice(told(self._read(0), self._remarks), done, None)
        else:
            yield from self._read(done)

    def _read(self, done: int) -> Iterator[Document]:
        """The documents after the first *done*, without what was found out about their charset."""
        report = Report()
        for number, piece in enumerate(islice(self._pieces(), done, None), done):
            if number % TOLD_TOGETHER == 0:
                report = Report()
            yield piece(report)

    def _pieces(self) -> Iterator[Callable[[Report], Document]]:
        """The documents, each to be read by a call."""
        if self._formato == TXT:
            for piece in marks.documents(self._data):
                yield partial(read_piece, piece)
        else:
            for found in stream_xml(self._data):
                yield partial(read_document, found)
