"""A customer's file as it is shown: lines of text whose numbers are those of the problems."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dteplanows import parser
from dteplanows.document.model import Document
from dteplanows.document.text import decode
from dteplanows.parser.characters import charset
from dteplanows.parser.txt.stretches import with_plain_line_ends
from dteplanows.portal.validation.charsets import Charsets, charsets_of

_SHOWN_OF_UNREADABLE = 200_000
"""Bytes of a file which no reader takes that are shown."""

MOST_LINES = 200_000
"""Lines of a file that are looked at: more than a file has that is issued at once. Those behind are not shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it is shown."""

    formato: str
    data: bytes
    """In UTF-8 with LF behind each line."""
    lines: tuple[str, ...]
    """Without line ends; the last one is empty where the file ends with a line end."""
    charsets: Charsets
    binary: bool = False
    """Nothing that people could read or mend."""
    unreadable: bool = False
    """The parser takes it for no file of its format; the lines are those that can be made out."""
    single: bool = False
    """The parser counts all of it as one line."""

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines)

    def line(self, number: int) -> str:
        """Line *number*, from 1; empty when there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def source_of(data: bytes, formato: str) -> Source:
    """The file *data* as the parser reads it."""
    read = parser.readable(data, formato, parser.MOST_DOCUMENTS)
    raw = parser.in_lines(data, formato).data
    if isinstance(read, Document):
        binary = b"\0" in raw or _is_noise(raw)
        shown = decode(raw[:_SHOWN_OF_UNREADABLE]).replace("\0", "·")
        lines = _plain(shown).split("\n")
        found = Charsets("") if binary else charsets_of(data, (), ())
        return Source(formato, shown.encode("utf-8", "replace"), tuple(lines), found, binary, unreadable=True)
    text = read.data if formato == parser.TXT else charset.of_xml(read.data).data
    single = formato == parser.XML and b"\n" not in text
    read_lines = _lines(text)
    found = charsets_of(data, _lines(raw), read_lines)
    texts = tuple(one.decode("utf-8", "replace") for one in read_lines)
    return Source(formato, b"\n".join(read_lines), texts, found, _is_noise(raw), single=single)


def _lines(data: bytes) -> list[bytes]:
    return with_plain_line_ends(data).split(b"\n", MOST_LINES)[:MOST_LINES]


_CONTROLS = bytes(one for one in range(0x20) if one not in b"\t\n\r\x0b\x0c\x1a\x1b")
_SAMPLE, _MOST_CONTROLS = 4096, 0.02


def _is_noise(data: bytes) -> bool:
    """Whether *data* has more controls than a text could have."""
    sample = data[:_SAMPLE]
    return len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample) + 1


def _plain(text: str) -> str:
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")


class Offsets:
    """From places in a whole text to its lines, for who finds many."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line, from 1, and character in it, from 0, at *offset*."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]
