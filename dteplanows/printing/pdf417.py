"""The PDF417 symbol of the stamp: byte compaction, error correction level 5, rows three modules high.

Instructivo de Emisión 28.10.21, A.2.5, and ISO/IEC 15438. The encoders that Python has choose the compaction
themselves and write most of a stamp as text; the SII asks for bytes. In bytes a symbol of that level holds 1034 of
them, which is enough for the keys of the SII's CAFs (512 bits) unless the names are full of ``&amp;``; longer stamps,
as those of the test authority's longer keys, are left to ``zxing-cpp``, which packs what is text more tightly. It is
handed a text of ISO-8859-1, the character set that PDF417 has by default: given bytes, it announces them as such with
an ECI (899) that ZXing for Java and for browsers cannot read. What is longer still gets a lower level.

A *codeword* is a number below 929; it is drawn 17 *modules* (the narrowest bar) wide, in one of three *clusters* that
alternate from row to row. ``pdf417.tsv`` has the widths of the four bars and four spaces of each, as the standard does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from operator import mul
from typing import NamedTuple

import zxingcpp

LEVEL = 5
"""Error correction level; it adds ``2 ** (LEVEL + 1)`` codewords."""
ROW_HEIGHT = 3
"""Height of a row, in modules."""

BLACK, WHITE = "1", "0"

MAXIMUM_ROWS = 90
MAXIMUM_COLUMNS = 30
MAXIMUM_CODEWORDS = 928

_PRIME = 929
_CORRECTION = 2 << LEVEL
_BYTES, _BYTES_BY_SIX = 901, 924
"""Codewords that begin byte compaction: any number of bytes, and a number that six divides."""
_PADDING = 900

_START, _STOP = "81111113", "711311121"
_FIXED_MODULES = 17 + 17 + 17 + 18
"""Start, left and right indicator, stop."""

_LANE = 32
"""Bits that one codeword gets in :func:`_remainders`: enough for 928 products of two codewords."""


class TooLong(ValueError):  # noqa: N818 - named for the state of the data
    """The bytes do not fit into a symbol."""


class Symbol(NamedTuple):
    """A symbol without its quiet zone."""

    rows: tuple[str, ...]
    """From the top; one character for each module, :data:`BLACK` or :data:`WHITE`."""

    @property
    def width(self) -> int:
        """In modules."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """In modules."""
        return len(self.rows) * ROW_HEIGHT


def level_of(data: bytes) -> int:
    """The error correction level that the symbol of *data* has: :data:`LEVEL`, or less when it does not fit otherwise.

    :raises TooLong: it fits with none.
    """
    return LEVEL if _in_bytes(data) <= MAXIMUM_CODEWORDS else _mixed(data, _MIXED_COLUMNS)[0]


def codewords(data: bytes) -> int:
    """How many codewords the symbol of *data* has, without padding.

    :raises TooLong: more than a symbol can have.
    """
    words = _in_bytes(data)
    return words if words <= MAXIMUM_CODEWORDS else len(_mixed(data, _MIXED_COLUMNS)[1]) * _MIXED_COLUMNS


def _in_bytes(data: bytes) -> int:
    """Codewords of *data* in byte compaction: length, the beginning of the compaction, data, correction."""
    return 2 + len(data) // 6 * 5 + len(data) % 6 + _CORRECTION


def width_of(columns: int) -> int:
    """Width in modules of a symbol of so many data *columns*."""
    return 17 * columns + _FIXED_MODULES


def encode(data: bytes, columns: int) -> Symbol:
    """The symbol of *data* with so many data *columns* (1 to 30).

    :raises TooLong: it takes more rows or codewords than a symbol can have.
    """
    rows = -(-_in_bytes(data) // columns)
    if rows * columns > MAXIMUM_CODEWORDS or rows > MAXIMUM_ROWS:
        return Symbol(_mixed(data, columns)[1])
    words = _compact(data)
    words += [_PADDING] * (rows * columns - _CORRECTION - 1 - len(words))
    words.insert(0, len(words) + 1)
    words += _correction(words)
    return Symbol(tuple(_drawn_rows(words, rows, columns)))


def _compact(data: bytes) -> list[int]:
    """*data* in byte compaction: six bytes as five digits of base 900, the rest one by one."""
    words = [_BYTES if len(data) % 6 else _BYTES_BY_SIX]
    whole = len(data) - len(data) % 6
    for start in range(0, whole, 6):
        number = int.from_bytes(data[start : start + 6], "big")
        number, e = divmod(number, 900)
        number, d = divmod(number, 900)
        number, c = divmod(number, 900)
        a, b = divmod(number, 900)
        words += (a, b, c, d, e)
    words += data[whole:]
    return words


# --- error correction ---------------------------------------------------------------------------------------------


@cache
def _remainders() -> tuple[int, ...]:
    """For the codeword in each place from the end: what it adds to the correction, all codewords side by side.

    Reed-Solomon is linear, so the correction of a message is the sum of those of its codewords. Each remainder of
    ``x ** (place + 64)`` by the generator polynomial is kept as one wide integer, which makes the sum quick.
    """
    generator = [1]
    root = 1
    for _ in range(_CORRECTION):
        root = root * 3 % _PRIME
        shifted, scaled = [*generator, 0], [0, *(one * root for one in generator)]
        generator = [(high - low) % _PRIME for high, low in zip(shifted, scaled, strict=True)]
    below = [-one % _PRIME for one in generator[1:]]

    remainders = []
    current = below
    for _ in range(MAXIMUM_CODEWORDS):
        remainders.append(sum(one << _LANE * lane for lane, one in enumerate(reversed(current))))
        first, rest = current[0], [*current[1:], 0]
        current = [(one + first * factor) % _PRIME for one, factor in zip(rest, below, strict=True)]
    return tuple(remainders)


def _correction(words: Sequence[int]) -> list[int]:
    """The error correction codewords of *words*."""
    total = sum(map(mul, reversed(words), _remainders()))
    lanes = total.to_bytes(_CORRECTION * _LANE // 8, "big")
    step = _LANE // 8
    return [-int.from_bytes(lanes[at : at + step], "big") % _PRIME for at in range(0, len(lanes), step)]


# --- drawing ------------------------------------------------------------------------------------------------------


def _drawn(widths: str) -> str:
    """Bars and spaces of those *widths* in modules, one character for each module."""
    return "".join((WHITE if at % 2 else BLACK) * int(width) for at, width in enumerate(widths))


@cache
def _clusters() -> tuple[tuple[str, ...], ...]:
    """The drawn codewords of each cluster."""
    table = resources.files("dteplanows.printing").joinpath("pdf417.tsv").read_text("ascii")
    rows = [line.split("\t")[1:] for line in table.splitlines()[1:]]
    return tuple(tuple(map(_drawn, cluster)) for cluster in zip(*rows, strict=True))


def _drawn_rows(words: Sequence[int], rows: int, columns: int) -> Iterator[str]:
    start, stop = _drawn(_START), _drawn(_STOP)
    facts = ((rows - 1) // 3, LEVEL * 3 + (rows - 1) % 3, columns - 1)
    for row in range(rows):
        cluster = _clusters()[row % 3]
        base = 30 * (row // 3)
        left, right = cluster[base + facts[row % 3]], cluster[base + facts[(row + 2) % 3]]
        inner = "".join([cluster[word] for word in words[row * columns : (row + 1) * columns]])
        yield f"{start}{left}{inner}{right}{stop}"


# --- what is too long for bytes -----------------------------------------------------------------------------------

_MIXED_COLUMNS = 16
"""Data columns that :func:`codewords` counts with; 928 codewords are exactly 58 such rows, so none holds more."""
_PIXELS = bytes.maketrans(b"\x00\xff", f"{BLACK}{WHITE}".encode("ascii"))


def _mixed(data: bytes, columns: int) -> tuple[int, tuple[str, ...]]:
    """The level and the rows of a symbol in whatever compaction is shortest."""
    text = data.decode("latin-1")
    for level in range(LEVEL, -1, -1):
        try:
            symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.PDF417, ec_level=str(level), columns=columns)
        except ValueError:
            continue
        picture = symbol.to_image(scale=1, add_quiet_zones=False)
        height, width = picture.shape
        pixels = bytes(picture).translate(_PIXELS).decode("ascii")  # type: ignore[call-overload]
        return level, tuple(pixels[row * width : (row + 1) * width] for row in range(0, height, ROW_HEIGHT))
    raise TooLong(f"{len(data)} bytes in {columns} columns")
