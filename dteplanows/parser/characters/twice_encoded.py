"""UTF-8, and what encoding a text in it more than once makes of its letters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import partial

from dteplanows.parser.characters.pages import DOS, MAC, WINDOWS, Page

SELDOM = re.compile(rb"[\xc6-\xdf][\x80-\xbf]")
"""Letters in UTF-8 that no Chilean file has, and combining marks."""

_BLOCK = 1 << 20
"""Bytes that are decoded at once."""


def is_utf8(data: bytes) -> bool:
    if len(data) <= _BLOCK:
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for begin in range(0, len(data), _BLOCK):
            decoder.decode(data[begin : begin + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _twice(page: Page, meant: Iterable[str]) -> tuple[re.Pattern[str], dict[str, str]]:
    """What the characters *meant* look like when their UTF-8 is taken for *page*, and what they are."""
    found = {}
    for character in meant:
        data = character.encode()
        if not 0x80 <= ord(character) < 0xA0:
            found["".join(page.table[byte] for byte in data)] = character
        # Some take ISO-8859-1 by its word: 80 to 9F are controls.
        found[data.decode("latin-1")] = character
    sought = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
    return re.compile(f"(?:{sought})++"), found


_OF_LATIN = [chr(code) for code in range(0xA0, 0x100)]
_TWICE = (
    _twice(WINDOWS, [*_OF_LATIN, *WINDOWS.table[0x80:0xA0], *map(chr, range(0x80, 0xA0))]),
    *(_twice(page, _OF_LATIN) for page in (DOS, MAC)),
)
SIGNS_OF_TWICE = (b"\xc3\x83", b"\xc3\x82", b"\xc3\xa2\xe2\x82\xac", b"\xc3\xa2\xc2\x80", "├".encode(), "√".encode())
_MOST_TIMES = 4
ODD_UTF8 = re.compile(SELDOM.pattern + b"|" + b"|".join(map(re.escape, SIGNS_OF_TWICE)))


def once(text: str) -> str:
    """*text* without what encoding it in UTF-8 more than once has made of its letters."""
    for _ in range(_MOST_TIMES):
        before = text
        for beside_letters, (pattern, meant) in enumerate(_TWICE):
            text = pattern.sub(partial(_meant, meant, beside_letters > 0), text)
        if text == before:
            break
    return text


def _meant(meant: dict[str, str], beside_letters: bool, found: re.Match[str]) -> str:
    """The run of characters *found*, each of which is two or three.

    :param beside_letters: only there. Such pairs mean nothing else in Windows-1252; those of other pages may be a frame
        or a formula.
    """
    run, out, begin = found[0], [], 0
    around = found.string[max(0, found.start() - 1) : found.start()] + found.string[found.end() : found.end() + 1]
    if beside_letters and not re.search("[A-Za-z]", around):
        return run
    while begin < len(run):
        end = begin + (2 if run[begin : begin + 2] in meant else 3)
        out.append(meant[run[begin:end]])
        begin = end
    return "".join(out)
