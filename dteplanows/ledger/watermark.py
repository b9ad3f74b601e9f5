"""The mark beside the ledger: how far each series of folios had come, by which an older ledger is recognised.

A database that is restored from a copy does not know what was issued after it. The mark does: a file with one record of
64 bytes per company and type, written after each commit and never synced. It may be lost: a record that is torn or gone
is as if it had never been written. It is never ahead of a ledger but of one that was put back.
"""

from __future__ import annotations

import logging
import os
import struct
import sys
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger.rows import Series
from dteplanows.process.system_errors import in_words

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

FILE = "dteplanows.marca"
"""Name of the mark in its folder."""

_RECORD = struct.Struct("<4s4x10s14sIQQQ")
_SUM = struct.Struct("<I")
_SIZE = _RECORD.size + _SUM.size
_MAGIC = b"DTM1"

_LOOK = 1.0
"""Seconds after which a write looks whether the file is still there."""

_QUIET = 60.0
"""Seconds after which the log says once more that the mark cannot be written."""


class Mark(NamedTuple):
    """How far a series had come."""

    series: Series
    folio: int
    """The highest that was issued."""
    documento_id: int = 0
    """The document that was recorded last; 0 when that is not known."""
    documento_folio: int = 0


class Watermark:
    """The file. Threads share one; what is written comes from one transaction at a time."""

    def __init__(self, path: Path) -> None:
        """:param path: of the file, which is made when something is first written."""
        self.path = path
        self.shared = False
        """Several processes may write at once: each its own series, but in one file."""
        self._file = -1
        self._close: Callable[[], object] | None = None
        self._slots: dict[Series, int] = {}
        self._marks: dict[Series, Mark] = {}
        self._look = 0.0
        self._quiet = 0.0
        # A descriptor that is closed while another thread writes to it may be another file's by then.
        self._lock = threading.Lock()

    def exists(self) -> bool:
        """Whether there is a mark of which anything can be read."""
        try:
            return bool(self.read())
        except OSError:
            return False

    def read(self) -> list[Mark]:
        """The records that are whole, of each series the highest, as they are in the file.

        :raises OSError: there is no such file, or it cannot be read.
        """
        found: dict[Series, Mark] = {}
        for one in _records(self.path.read_bytes()):
            if one and one.folio >= found.get(one.series, one).folio:
                found[one.series] = one
        return list(found.values())

    def reserve(self, series: Series) -> None:
        """See that *series* has its place, under the write lock: then no other process takes that place."""
        with self._lock:
            if series in self._slots and time.monotonic() < self._look:
                return
            try:
                self._open()
                self._place(series)
            except OSError as failure:
                self._failed(failure)

    def write(self, marks: Iterable[Mark]) -> None:
        """Note what was issued, after the commit; the highest folio never goes down."""
        with self._lock:
            for mark in marks:
                try:
                    if mark.series in self._slots:
                        self._put(mark._replace(folio=self._highest(mark)))
                except OSError as failure:
                    self._failed(failure)

    def put(self, marks: Iterable[Mark]) -> None:
        """Set records to what they are to say, under the write lock.

        :raises OSError: the file cannot be written.
        """
        with self._lock:
            self._look = 0.0
            self._open()
            for mark in marks:
                self._place(mark.series)
                self._put(mark)

    def forget(self) -> None:
        """Believe the file, and not what this process wrote."""
        with self._lock:
            self._slots, self._marks, self._look = {}, {}, 0.0

    def _highest(self, mark: Mark) -> int:
        known = self._marks.get(mark.series)
        if not self.shared and (known is None or known.folio < mark.folio):
            return mark.folio
        # Another process may have come further than this one knows.
        os.lseek(self._file, self._slots[mark.series] * _SIZE, os.SEEK_SET)
        there = next(_records(os.read(self._file, _SIZE)), None)
        return max(mark.folio, known.folio if known else 0, there.folio if there and there.series == mark.series else 0)

    def _place(self, series: Series) -> None:
        """Know the place of *series*; the next free one of the file as it is now, when it has none."""
        if series in self._slots:
            return
        if not self.shared or sys.platform == "win32":
            self._look_for(series)
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            self._look_for(series)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _look_for(self, series: Series) -> None:
        for number, one in enumerate(_records(self.path.read_bytes())):
            if one:
                self._slots[one.series] = number
                self._marks.setdefault(one.series, one)
        if series not in self._slots:
            self._slots[series] = os.fstat(self._file).st_size // _SIZE
            self._put(self._marks.get(series, Mark(series, 0)))

    def _open(self) -> None:
        """Have the file open that is at the path now; a new one gets all that this process knows."""
        if self._file >= 0 and time.monotonic() < self._look:
            return
        try:
            there = self.path.stat()
            mine = os.fstat(self._file) if self._file >= 0 else None
            if mine and (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino):
                self._look = time.monotonic() + _LOOK
                return
        except FileNotFoundError:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._close:
            self._close()
        self._file, self._close, self._slots = -1, None, {}
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._close = weakref.finalize(self, os.close, self._file)
        self._look = time.monotonic() + _LOOK
        for series in list(self._marks):
            self._place(series)

    def _put(self, mark: Mark) -> None:
        where, data = self._slots[mark.series] * _SIZE, _packed(mark)
        if hasattr(os, "pwrite"):
            os.pwrite(self._file, data, where)
        else:
            os.lseek(self._file, where, os.SEEK_SET)
            os.write(self._file, data)
        self._marks[mark.series] = mark

    def _failed(self, failure: OSError) -> None:
        self._look = 0.0
        if time.monotonic() > self._quiet:
            self._quiet = time.monotonic() + _QUIET
            log.warning("BAS-022: no se puede escribir la marca %s: %s", self.path, in_words(failure))


def _packed(mark: Mark) -> bytes:
    ambiente, rut, tipo = mark.series
    data = _RECORD.pack(
        _MAGIC, ambiente.encode(), rut.encode(), tipo, mark.folio, mark.documento_id, mark.documento_folio
    )
    return data + _SUM.pack(zlib.crc32(data))


def _records(data: bytes) -> Iterator[Mark | None]:
    """The records of *data* in their order; None for each that is not whole."""
    for begin in range(0, len(data) - _SIZE + 1, _SIZE):
        body = data[begin : begin + _RECORD.size]
        (total,) = _SUM.unpack_from(data, begin + _RECORD.size)
        magic, ambiente, rut, tipo, *numbers = _RECORD.unpack(body)
        if magic != _MAGIC or zlib.crc32(body) != total:
            yield None
            continue
        names = [one.rstrip(b"\0").decode("ascii", "replace") for one in (ambiente, rut)]
        yield Mark(Series(cast(Ambiente, names[0]), names[1], tipo), *numbers)
