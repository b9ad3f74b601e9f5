"""Ways to damage a file of either format. Each takes the bytes and a source of chance, and gives other bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from benchmarks.fuzz_texts import DATES, FRAGMENTS, NUMBERS, bases

_NUMBER = re.compile(rb"(?<=[;>\n])[\d.,]+(?=[;<\r])")
_DATE = re.compile(rb"\d{4}-\d\d-\d\d")
_SECTION = re.compile(rb"(?=->)")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "latin-1", "utf-32", "utf-7", "cp037", "cp850")

Damage = Callable[[bytes, Random], bytes]


def _span(data: bytes, chance: Random, longest: int = 200) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randrange(longest))


def flip(data: bytes, chance: Random) -> bytes:
    """Some bytes become others."""
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def flip_bit(data: bytes, chance: Random) -> bytes:
    """One bit becomes the other."""
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def insert(data: bytes, chance: Random) -> bytes:
    """A fragment comes in between."""
    at, _ = _span(data, chance)
    return data[:at] + chance.choice(FRAGMENTS) + data[at:]


def insert_bytes(data: bytes, chance: Random) -> bytes:
    """Random bytes come in between."""
    at, _ = _span(data, chance)
    return data[:at] + chance.randbytes(chance.randint(1, 40)) + data[at:]


def overwrite(data: bytes, chance: Random) -> bytes:
    """A fragment stands in the place of some bytes."""
    start, end = _span(data, chance, 30)
    return data[:start] + chance.choice(FRAGMENTS) + data[end:]


def delete(data: bytes, chance: Random) -> bytes:
    """A piece is missing."""
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, chance: Random) -> bytes:
    """A piece comes several times."""
    start, end = _span(data, chance)
    return data[:start] + data[start:end] * chance.randint(2, 12) + data[end:]


def move(data: bytes, chance: Random) -> bytes:
    """A piece stands elsewhere."""
    start, end = _span(data, chance)
    rest = data[:start] + data[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def cut(data: bytes, chance: Random) -> bytes:
    """The file ends early, or begins late."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.8 else data[at:]


def splice(data: bytes, chance: Random) -> bytes:
    """The beginning of this file and the end of another."""
    other = chance.choice(bases()).data
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def append(data: bytes, chance: Random) -> bytes:
    """Another file follows."""
    return data + chance.choice(bases()).data


def number(data: bytes, chance: Random) -> bytes:
    """Some numbers become extreme ones."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        data = _exchange(_NUMBER, NUMBERS, data, chance)
    return data


def close_number(data: bytes, chance: Random) -> bytes:
    """A number becomes one near it, so that sums nearly fit."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    digits = one[0].replace(b",", b"").partition(b".")[0]
    near = int(digits[:30] or b"0") + chance.choice((-3, -2, -1, 1, 2, 3))
    return data[: one.start()] + str(near).encode() + data[one.end() :]


def moment(data: bytes, chance: Random) -> bytes:
    """A date becomes another, or none."""
    return _exchange(_DATE, DATES, data, chance)


def _exchange(pattern: re.Pattern[bytes], words: tuple[bytes, ...], data: bytes, chance: Random) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    return data[: one.start()] + chance.choice(words) + data[one.end() :]


def lines(data: bytes, chance: Random) -> bytes:
    """Lines swap places, repeat or go."""
    rows = data.split(b"\n")
    at, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    kind = chance.randrange(4)
    if kind == 0:
        rows[at], rows[other] = rows[other], rows[at]
    elif kind == 1:
        rows[at:at] = [rows[other]] * chance.randint(1, 80)
    elif kind == 2:
        del rows[at]
    else:
        chance.shuffle(rows)
    return b"\n".join(rows)


def columns(data: bytes, chance: Random) -> bytes:
    """Columns of one line swap places, repeat, go or come in."""
    rows = data.split(b"\n")
    with_columns = [index for index, row in enumerate(rows) if b";" in row]
    if not with_columns:
        return data
    index = chance.choice(with_columns)
    parts = rows[index].split(b";")
    at, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    kind = chance.randrange(6)
    if kind == 0:
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 1:
        parts[at:at] = [parts[other]] * chance.randint(1, 30)
    elif kind == 2:
        del parts[at]
    elif kind == 3:
        parts[at] = b""
    elif kind == 4:
        parts[at] = chance.choice((*FRAGMENTS, *NUMBERS, *DATES))
    else:
        chance.shuffle(parts)
    rows[index] = b";".join(parts)
    return b"\n".join(rows)


def sections(data: bytes, chance: Random) -> bytes:
    """Sections of the TXT swap places, repeat, go, or come from another file."""
    parts = _SECTION.split(data)
    at = chance.randrange(len(parts))
    kind = chance.randrange(5)
    if kind == 0:
        chance.shuffle(parts)
    elif kind == 1:
        parts[at:at] = [parts[at]] * chance.randint(1, 40)
    elif kind == 2:
        del parts[at]
    elif kind == 3:
        parts.insert(at, chance.choice(_SECTION.split(chance.choice(bases()).data)))
    else:
        parts[at] = parts[at].replace(b"<-", chance.choice((b"<--", b"< -", b"-", b"", b"<-;", b"x<-")), 1)
    return b"".join(parts)


def encode(data: bytes, chance: Random) -> bytes:
    """The file in another charset."""
    text = data.decode(chance.choice(("utf-8", "latin-1")), "replace")
    return text.encode(chance.choice(_ENCODINGS), "replace")


def mark(data: bytes, chance: Random) -> bytes:
    """A byte order mark that may not be true."""
    return chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf" * 2, b"+/v8-")) + data


def line_ends(data: bytes, chance: Random) -> bytes:
    """Other line ends."""
    ends = (b"\r\n", b"\r", b"\r\r\n", b"\n\n", b"\x0b", b"\x0c", b"\x85", "\u2028".encode(), b" \n ", b"")
    return data.replace(b"\r\n", b"\n").replace(b"\n", chance.choice(ends))


def letter_case(data: bytes, chance: Random) -> bytes:
    """A piece, or all of it, in capitals or without."""
    start, end = _span(data, chance, 2000)
    part = data[start:end]
    return data[:start] + chance.choice((part.upper(), part.lower(), part.swapcase())) + data[end:]


DAMAGES: tuple[Damage, ...] = (
    flip, flip_bit, insert, insert, insert_bytes, overwrite, overwrite, delete, repeat, move, cut, splice, append,
    number, number, number, close_number, close_number, moment, lines, columns, columns, columns, sections, sections,
    encode, mark, line_ends, letter_case,
)  # fmt: skip
"""All of them; the more telling ones are there more than once."""
