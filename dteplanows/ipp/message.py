"""A message of IPP as bytes and back (RFC 8010, section 3): groups of attributes, each a name with values."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

OPERATION, JOB, END, PRINTER, UNSUPPORTED = 1, 2, 3, 4, 5
"""Tags that begin a group, and the one that ends all."""

INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
"""Tags of values."""

_VERSION = b"\x01\x01"
"""1.1, which every printer understands."""
_REQUEST = 1
"""Number of a request, which its answer repeats: each connection has one."""
_WITH_LANGUAGE = (0x35, 0x36)
_BEGIN_COLLECTION, _END_COLLECTION = 0x34, 0x37
_FIRST_TEXT, _LAST_TEXT = 0x41, 0x49
_LAST_GROUP = 0x0F

Value = int | bool | str
Given = tuple[int, str, tuple[Value, ...]]
"""Tag, name and values of an attribute that is sent."""
Found = Mapping[str, tuple[Value, ...]]
"""The attributes of a group that came, by their names; of kinds that nobody here reads there are no values."""


class Malformed(ValueError):  # noqa: N818 - named for what it is
    """The bytes are no message of IPP."""


class Answer(NamedTuple):
    """What a printer answers."""

    status: int
    """Below 0x0100 it did what was asked."""
    groups: tuple[tuple[int, Found], ...]
    """The tag of each and what is in it, in their order."""

    def of(self, tag: int) -> list[Found]:
        """The groups of that *tag*."""
        return [found for one, found in self.groups if one == tag]


def encode(operation: int, groups: Iterable[tuple[int, Iterable[Given]]]) -> bytes:
    """A request without its document, which follows it.

    :param groups: the tag and the attributes of each.
    """
    out = bytearray(_VERSION + struct.pack(">HI", operation, _REQUEST))
    for group, attributes in groups:
        out.append(group)
        for tag, name, values in attributes:
            for index, value in enumerate(values):
                label = b"" if index else name.encode("ascii")
                data = _data(tag, value)
                out += struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(data)) + data
    out.append(END)
    return bytes(out)


def _data(tag: int, value: Value) -> bytes:
    if tag in (INTEGER, ENUM):
        return struct.pack(">i", value)
    if tag == BOOLEAN:
        return b"\x01" if value else b"\x00"
    return str(value).encode()


def decode(data: bytes) -> Answer:
    """What the bytes of an answer say.

    :raises Malformed: they are none.
    """
    try:
        return _read(data)
    except (struct.error, IndexError) as error:
        raise Malformed(str(error)) from None


def _read(data: bytes) -> Answer:
    (status,) = struct.unpack_from(">H", data, 2)
    groups: list[tuple[int, dict[str, tuple[Value, ...]]]] = []
    place, name, depth = 8, "", 0
    while data[place] != END:
        tag = data[place]
        place += 1
        if tag <= _LAST_GROUP:
            groups.append((tag, {}))
            continue
        label, place = _piece(data, place)
        raw, place = _piece(data, place)
        if not groups:
            raise Malformed("a value outside of a group")
        if label and not depth:
            name = label.decode("ascii", "replace")
            groups[-1][1][name] = ()
        depth += (tag == _BEGIN_COLLECTION) - (tag == _END_COLLECTION)
        value = None if depth or tag == _END_COLLECTION else _value(tag, raw)
        if value is not None and name:
            groups[-1][1][name] = (*groups[-1][1].get(name, ()), value)
    return Answer(status, tuple(groups))


def _piece(data: bytes, place: int) -> tuple[bytes, int]:
    """Bytes that their length stands before, and the place behind them."""
    (length,) = struct.unpack_from(">H", data, place)
    end = place + 2 + length
    if end >= len(data):
        raise Malformed("it breaks off")
    return data[place + 2 : end], end


def _value(tag: int, raw: bytes) -> Value | None:
    if tag in (INTEGER, ENUM):
        found: int = struct.unpack(">i", raw)[0]
        return found
    if tag == BOOLEAN:
        return raw != b"\x00"
    if tag in _WITH_LANGUAGE:
        _, place = _piece(raw + b"\x00", 0)
        text, _ = _piece(raw + b"\x00", place)
        return text.decode("utf-8", "replace")
    return raw.decode("utf-8", "replace") if _FIRST_TEXT <= tag <= _LAST_TEXT else None
