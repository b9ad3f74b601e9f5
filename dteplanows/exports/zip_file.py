"""A zip that grows file by file, may be left at any moment, and goes on behind the last file that was whole.

The libraries for zips keep something of each file in memory until the end, and what a killed program leaves of their
zip is nothing. Here what is needed of each file stands before it, in the zip itself; the table of contents, without
which nobody reads it, is made of that at the end. Format: APPNOTE.TXT of PKWARE, 6.3, with its ZIP64 parts.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_FAR = struct.Struct("<2HQ")
"""Where a file begins that is behind the first 4 GiB."""
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_PLACE_OF_END_64 = struct.Struct("<4sIQI")

_PLAIN, _LARGE = 20, 45
"""Versions of the format that a reader must know."""
_UNIX = 3 << 8
_UTF8 = 0x800
_DEFLATED = 8
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
_MODE = 0o100600 << 16


class _Entry(NamedTuple):
    """What stands before a file."""

    offset: int
    moment: tuple[int, int]
    crc: int
    packed: int
    size: int
    name: bytes


class GrowingZip:
    """A zip on disk that files are added to."""

    def __init__(self, path: Path, length: int = 0) -> None:
        """:param length: bytes of an earlier try that are whole files; what is behind them is thrown away.
        :raises OSError: it cannot be written.
        """
        path.touch(mode=0o600)
        self._file: BinaryIO = path.open("r+b")
        self._path = path
        self._file.truncate(length)
        self._file.seek(length)

    def __enter__(self) -> GrowingZip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, name: str, pieces: Iterable[bytes], moment: datetime) -> None:
        """Add a file of less than 4 GiB.

        :param moment: when it was made, as it is shown.
        """
        begin = self._file.tell()
        head = _Entry(begin, _dos(moment), 0, 0, 0, name.encode("utf-8"))
        self._file.write(_local(head))
        packing, crc, size = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS), 0, 0
        for piece in pieces:
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            self._file.write(packing.compress(piece))
        self._file.write(packing.flush())
        end = self._file.tell()
        packed = end - begin - _LOCAL.size - len(head.name)
        self._file.seek(begin)
        self._file.write(_local(head._replace(crc=crc, packed=packed, size=size)))
        self._file.seek(end)

    def save(self) -> int:
        """Make what was added durable; gives its bytes, with which the zip can be opened again."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self) -> int:
        """Write the table of contents behind the files. Gives the bytes of the whole zip."""
        length = self.save()
        count = 0
        for one in self._entries(length):
            count += 1
            self._file.write(_central(one))
        self._file.write(_ending(count, length, self._file.tell() - length))
        return self.save()

    def _entries(self, length: int) -> Iterator[_Entry]:
        """What the first *length* bytes hold."""
        with self._path.open("rb") as file:
            while (begin := file.tell()) < length:
                _, _, _, _, time, date, crc, packed, size, name, more = _LOCAL.unpack(file.read(_LOCAL.size))
                yield _Entry(begin, (time, date), crc, packed, size, file.read(name))
                file.seek(begin + _LOCAL.size + name + more + packed)


def _dos(moment: datetime) -> tuple[int, int]:
    """Time and day as the format has them: to two seconds, from 1980 on."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, max(moment.year - 1980, 0) << 9 | moment.month << 5 | moment.day


def _local(one: _Entry) -> bytes:
    head = (b"PK\x03\x04", _PLAIN, _UTF8, _DEFLATED, *one.moment, one.crc, one.packed, one.size, len(one.name), 0)
    return _LOCAL.pack(*head) + one.name


def _central(one: _Entry) -> bytes:
    far = _FAR.pack(1, 8, one.offset) if one.offset >= _MOST_32 else b""
    needed = _LARGE if far else _PLAIN
    head = (
        b"PK\x01\x02", _UNIX | needed, needed, _UTF8, _DEFLATED, *one.moment, one.crc, one.packed, one.size,
        len(one.name), len(far), 0, 0, 0, _MODE, min(one.offset, _MOST_32),
    )  # fmt: skip
    return _CENTRAL.pack(*head) + one.name + far


def _ending(count: int, begin: int, size: int) -> bytes:
    """What stands behind the table of contents, which has *size* bytes from *begin* on."""
    far = b""
    if count >= _MOST_16 or begin >= _MOST_32 or size >= _MOST_32:
        far = _END_64.pack(b"PK\x06\x06", _END_64.size - 12, _UNIX | _LARGE, _LARGE, 0, 0, count, count, size, begin)
        far += _PLACE_OF_END_64.pack(b"PK\x06\x07", 0, begin + size, 1)
    counts = (min(count, _MOST_16),) * 2
    return far + _END.pack(b"PK\x05\x06", 0, 0, *counts, min(size, _MOST_32), min(begin, _MOST_32), 0)
