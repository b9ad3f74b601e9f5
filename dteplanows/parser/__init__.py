"""From the bytes of a customer's file to documents: flat TXT (formato 1) and XML (formato 2).

Whatever the bytes are, the answer is documents: what could not be read stands among their problems.

``characters/`` makes UTF-8 in lines of the bytes, ``txt/`` and ``xml/`` read a format each. What a text means by itself
stands in ``values/``, what customers' programs mean by it in ``habits/`` (both formats) and ``txt/habits.py``. A
document on its way through them is a :class:`.reading.Reading`.
"""

from __future__ import annotations

import base64
import codecs
import re

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.model import Document
from dteplanows.document.problem import NOWHERE
from dteplanows.parser.characters import charset, records
from dteplanows.parser.characters.charset import Text
from dteplanows.parser.characters.remarks import told
from dteplanows.parser.txt.marks import COMPLETE
from dteplanows.parser.txt.reader import read_txt
from dteplanows.parser.xml.reader import read_xml

TXT, XML = "1", "2"
"""The two values of ``formato``."""

MOST_DOCUMENTS = 2000
"""Documents of one file; as many as one envelope to the SII may hold."""
_MOST_SECTIONS = 14
"""A document has each of the sections once at most, or nearly so."""

_MARKER_FIRST = re.compile(rb"\s*" + COMPLETE.pattern)
_MARK_TWICE = codecs.BOM_UTF8.decode("cp1252").encode()
"""The byte order mark of a file that was encoded in UTF-8 twice."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{40,}={0,2}")
_LOOKED_AT, _SHOWN = 400, 40
_SEPARATORS = {b"\t": "tabuladores", b"|": "«|»", b"\xc2\xa6": "«¦»", b",": "comas"}
_COLUMNS = 10
"""Separators that even the shortest file has."""
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def parse(data: bytes, formato: str) -> list[Document]:
    """The documents in *data*, at least one; never raises on input.

    A file that cannot be read at all gives one document of type 0 with the reason.

    :param formato: ``1`` for TXT, ``2`` for XML, as the client sends it.
    """
    formato = formato.strip()
    text = readable(data, formato, MOST_DOCUMENTS)
    if isinstance(text, Document):
        return [text]
    documents = (read_txt if formato == TXT else read_xml)(text.data, MOST_DOCUMENTS)
    if text.remarks:
        documents = list(told(documents, text.remarks))
    return [too_many(MOST_DOCUMENTS)] if len(documents) > MOST_DOCUMENTS else documents


def guess_formato(data: bytes) -> str:
    """The format of a file whose sender does not say: XML when it begins with ``<``, else TXT."""
    return XML if _without_mark(data[:_LOOKED_AT]).lstrip().startswith(b"<") else TXT


def in_lines(data: bytes, formato: str) -> records.Lines:
    """*data* without byte order mark, with a line end behind each line, before its charset is known.

    :param formato: ``1`` for TXT, ``2`` for XML.
    """
    return records.with_lines(_without_mark(data), formato)


def readable(data: bytes, formato: str, most: int) -> Text | Document:
    """*data* for the reader of its format, with line ends, a TXT in UTF-8; when none can read it, the document that
    says why.

    :param formato: without blanks around it.
    :param most: documents that the file may hold.
    """
    if formato not in (TXT, XML):
        return _unreadable("TXT-002", formato)
    data, found = in_lines(data, formato)
    start = data[:4096].lstrip()
    if not start and not data.strip():
        return _unreadable("TXT-001" if formato == TXT else "TXT-051")
    if b"\0" in data:
        return _unreadable("TXT-005")
    if formato == TXT and start.startswith(b"<"):
        return _unreadable("TXT-004")
    if start[:1].isalnum() and _is_base64_of_a_file(data):
        return _unreadable("TXT-125", shown(start[:_SHOWN].decode("ascii")))
    if formato == XML and _MARKER_FIRST.match(data):
        return _unreadable("TXT-003")
    if formato == TXT and b";" not in data and (separator := _other_separator(data)):
        return _unreadable("TXT-126", separator)
    if formato == TXT and data.count(b"<-") > most * _MOST_SECTIONS:
        return too_many(most)
    if formato == XML:
        return Text(data, found)
    text = charset.of_txt(data)
    return text._replace(remarks=(*found, *text.remarks)) if found else text


def _other_separator(data: bytes) -> str:
    """What *data*, which has no semicolon, has between its columns, in words; empty for nothing."""
    if not COMPLETE.search(data):
        return ""
    return next((name for mark, name in _SEPARATORS.items() if data.count(mark) >= _COLUMNS), "")


def _is_base64_of_a_file(data: bytes) -> bool:
    """Whether *data* is a file in base64: a program encoded it, and its SOAP library encoded it once more."""
    if not _BASE64.fullmatch(data[:_LOOKED_AT].strip()):
        return False
    text = b"".join(data[:_LOOKED_AT].split())
    begin = base64.b64decode(text[: len(text) // 4 * 4]).removeprefix(codecs.BOM_UTF8).lstrip()
    return begin.startswith(b"<") or _MARKER_FIRST.match(begin) is not None


def _without_mark(data: bytes) -> bytes:
    """*data* in UTF-8 or an 8-bit charset, without byte order mark and the end mark of old DOS programs."""
    utf16 = _UTF16.get(data[:2])
    if utf16:
        data = data[2:].decode(utf16, "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8).removeprefix(_MARK_TWICE).rstrip(b"\x1a")


def _unreadable(code: str, value: str = "") -> Document:
    return Document(0, problems=[problem(code, NOWHERE, value)])


def too_many(most: int) -> Document:
    """What a file of more than *most* documents gives in their place."""
    return _unreadable("TXT-046", str(most))
