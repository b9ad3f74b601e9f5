"""The fonts of printed documents: how wide their letters are, and what of them goes into a PDF file.

They are Bitstream Vera Sans and its bold, which come with reportlab and may be embedded (its
``bitstream-vera-license.txt``): every letter of ISO-8859-1, digits of one width, and hints for printers of 203 dots per
inch. Letters are drawn at nine tenths of their width, for Vera is wide. Texts are written in Windows-1252.

A file holds the letters that nearly every document is written with, or, where one has others, all of Windows-1252.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import reportlab
from reportlab.pdfbase.ttfonts import TTFontFile, TTFontMaker

STRETCH = 0.9
"""How wide letters are drawn, as a part of the font's own width."""

ENCODING = "cp1252"
"""Of the texts of a page."""

_FILES = ("Vera.ttf", "VeraBd.ttf")
_UNITS = 1000
"""Of a glyph space, in which PDF files give widths (ISO 32000-1, 9.2.4)."""
_USUAL = "".join(map(chr, range(0x20, 0x7F))) + "áéíóúüñÁÉÍÓÚÜÑº°ª¿¡–…´·½"
_CODES = range(0x20, 0x100)


class Face(NamedTuple):
    """A font as a PDF file needs it."""

    name: str
    """With the mark of a font of which a part is embedded."""
    widths: tuple[int, ...]
    """Of the characters from 32 to 255 in Windows-1252, in thousandths of the size."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    capitals: int
    """Height of capitals."""
    stem: int
    file: bytes
    """The TrueType file with the letters that are needed, compressed."""
    length: int
    """Of the file before."""


@cache
def widths(bold: bool) -> tuple[float, ...]:
    """How wide the character of each byte of Windows-1252 is drawn, as a part of the size."""
    found = _source(bold)
    ours = [found.charWidths.get(ord(one), found.defaultWidth) if one else 0 for one in map(_letter, range(256))]
    return tuple(width * STRETCH / _UNITS for width in ours)


def needs_all(texts: Iterable[str]) -> bool:
    """Whether *texts* have letters beyond those of nearly every document."""
    return not _USUAL_SET.issuperset("".join(texts))


@cache
def face(bold: bool, whole: bool) -> Face:
    """What goes into a file: the usual letters of the font, or the *whole* of Windows-1252."""
    font = _source(bold)
    letters = sorted({ord(one) for one in map(_letter, _CODES) if one} if whole else set(map(ord, _USUAL)))
    file = _with_unicode(font.makeSubset(letters), letters)
    wide = [round(font.charWidths.get(ord(one), 0)) if (one := _letter(code)) else 0 for code in _CODES]
    mark = f"DTE{'BB' if bold else 'AA'}{'W' if whole else 'U'}"
    return Face(
        f"{mark}+{font.name.decode('ascii')}", tuple(wide), tuple(map(round, font.bbox)), round(font.ascent),
        round(font.descent), round(font.capHeight), font.stemV, zlib.compress(file, 9), len(file),
    )  # fmt: skip


_USUAL_SET = frozenset(_USUAL)


@cache
def _source(bold: bool) -> Any:
    # Cutting a part out reads the whole file again, which reportlab keeps.
    return TTFontFile(str(Path(reportlab.__file__).parent / "fonts" / _FILES[bold]))


def _letter(code: int) -> str:
    return bytes([code]).decode(ENCODING, "ignore")


def _with_unicode(file: bytes, letters: list[int]) -> bytes:
    """*file*, a part of a font, with a table that finds its glyphs by Unicode: reportlab writes one of its own codes,
    and readers of PDF look for letters by their names in a table of Unicode (ISO 32000-1, 9.6.6.4)."""
    (number,) = struct.unpack(">H", file[4:6])
    made = TTFontMaker()
    for at in range(number):
        tag, _, offset, length = struct.unpack(">4sLLL", file[12 + 16 * at : 28 + 16 * at])
        table = file[offset : offset + length]
        made.add(tag.decode("ascii"), _cmap(table, letters) if tag == b"cmap" else table)
    return bytes(made.makeStream())


def _cmap(theirs: bytes, letters: list[int]) -> bytes:
    """A table of characters of format 4 (OpenType, cmap), with a segment for each letter.

    :param theirs: that of reportlab, of format 6: the glyphs of *letters*, in order.
    """
    glyphs = struct.unpack(f">{len(letters)}H", theirs[22 : 22 + 2 * len(letters)])
    codes = [*letters, 0xFFFF]
    deltas = [(glyph - code) % 0x10000 for glyph, code in zip(glyphs, letters, strict=True)] + [1]
    segments = len(codes)
    power = 1 << (segments.bit_length() - 1)
    head = (2 * segments, 2 * power, power.bit_length() - 1, 2 * segments - 2 * power)
    body = struct.pack(
        f">4H{segments}HH{segments}H{segments}H{segments}H", *head, *codes, 0, *codes, *deltas, *[0] * segments
    )
    part = struct.pack(">HHH", 4, len(body) + 6, 0) + body
    return struct.pack(">HHHHL", 0, 1, 3, 1, 12) + part
