"""In which charset each line of a file is written, told from the bytes and what the parser read in them."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from dteplanows.parser.characters.pages import PAGES
from dteplanows.parser.characters.readings import read_in

ASCII, UTF_8, UTF_16 = "ASCII", "UTF-8", "UTF-16"
TWICE, MIXED = "twice", "mixed"
"""In place of a name: UTF-8 that was encoded once more, and a line with more than one charset."""

_MOST_LINES = 20


class Charsets(NamedTuple):
    """The charsets of a file."""

    main: str
    """That of most lines that have a character beyond ASCII: a name, :data:`TWICE` or :data:`MIXED`."""
    others: tuple[tuple[int, str], ...] = ()
    """Lines in another one, at most twenty of them."""
    many: int = 0
    """How many lines are in another one."""


def charsets_of(data: bytes, raw: Sequence[bytes], read: Sequence[bytes]) -> Charsets:
    """The charsets of a file.

    :param data: the file as it came.
    :param raw: its lines before their charset is known.
    :param read: the same lines in UTF-8, as the parser reads them; of another number where it read none.
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Charsets(UTF_16)
    if data.isascii():
        return Charsets(ASCII)
    if len(raw) != len(read):
        return Charsets(_of_line(data, b""))
    names = [(number, _of_line(one, utf8)) for number, (one, utf8) in enumerate(zip(raw, read, strict=True), 1)]
    counted = Counter(name for _, name in names if name != ASCII)
    if not counted:
        return Charsets(UTF_8)  # nothing but its byte order mark
    ((main, _),) = counted.most_common(1)
    others = [(number, name) for number, name in names if name not in (main, ASCII)]
    return Charsets(main, tuple(others[:_MOST_LINES]), len(others))


def _of_line(raw: bytes, utf8: bytes) -> str:
    if raw.isascii():
        return ASCII
    if raw == utf8:
        return UTF_8
    text = utf8.decode("utf-8", "replace")
    for page in PAGES:
        if text and read_in(raw, page) == text:
            return page.name
    try:
        raw.decode()
    except UnicodeDecodeError:
        return MIXED if utf8 else PAGES[0].name
    return TWICE if utf8 else UTF_8
