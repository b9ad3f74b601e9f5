"""Which files are being issued at this moment, by all processes of an installation.

A file is *under way* from the moment its call is judged until its answer is delivered or known not to be. Each has a
key, and of each key one call at a time is under way; another one with the same key waits for it. Whoever comes when the
answer has been handed over only waits until it is known what became of it: its client may be the one that has just read
that answer, and sends its next sale.

The key is a lock of the system on one byte of a file, or one of the database where that is shared by machines; it ends
with its process, however that ends.

What the lock cannot tell is written down: which documents were there before the call began, so that its own can be
found when it has ended, or died. In the file it lies in a place that the key gives. Two keys may have the same place;
then what is known of the first is forgotten, and nothing else happens.

This is about calls that repeat one another. What keeps a folio from being given twice is the ledger's transaction. On
Windows, which has no such locks, only the calls of one process know of each other.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import fcntl

_PLACES = 4096
_PLACE = struct.Struct("<16sdQ")
"""A part of the key, the moment at which the call began (UTC, in seconds), the newest document then and one more."""

_SIZE = _PLACE.size
_NOTHING = _PLACE.pack(b"", 0.0, 0)

_PAUSE = 0.01
"""Seconds between two looks at a key that another process has."""

_HANDED_OVER = 2**63
"""Added to the newest document of a call whose answer has been handed over."""

Key = bytes
"""The 32 bytes of a digest."""


class StillUnderWay(Exception):  # noqa: N818 - nothing failed
    """The other call did not end in time."""


class Begun(NamedTuple):
    """A call that has begun, and is under way or was when its process died."""

    begun: float
    """UTC, in seconds."""
    newest: int
    """Id of the newest document when it began."""
    handed_over: bool = False
    """Its answer was handed over to be sent; what became of it is not known yet."""


class Stay(NamedTuple):
    """One call under way."""

    key: Key
    newest: int
    """Id of the newest document when it began: its own are newer."""
    waited_for: Begun | None
    """Another call with this key that it waited for and repeats; None for none."""
    broken: Begun | None
    """The call of this key that was under way last, when its process died."""


class UnderWay(ABC):
    """The calls under way. One for each process; its threads share it."""

    def __init__(self) -> None:
        self._held: dict[int, Begun | None] = {}
        self._changed = threading.Condition()

    def enter(self, key: Key, newest: Callable[[], int], patience: float, must_wait: Callable[[], None]) -> Stay:
        """Begin a call, once no other one of that key is under way.

        :param newest: gives the id of the newest document; asked once the key is taken.
        :param patience: seconds to wait for another call.
        :param must_wait: asked while waiting; it raises when nobody waits for the call any more.
        :raises StillUnderWay: it took longer.
        """
        number = _number(key)
        waited_for = None
        if not self._take(number):
            waited_for = self._wait(key, Begun(time.time(), newest()), time.monotonic() + patience, must_wait)
        try:
            broken = self._read(key)
            now = newest()
            self._tell(key, Begun(time.time(), now))
        except BaseException:
            self._give(number)
            raise
        return Stay(key, now, waited_for, broken)

    def hand_over(self, stay: Stay) -> None:
        """Tell that the answer of a call is about to be sent: whoever comes from now on does not repeat it."""
        held = self._held.get(_number(stay.key))
        if held:
            self._tell(stay.key, held._replace(handed_over=True))

    def leave(self, stay: Stay) -> None:
        """End a call."""
        self._write(stay.key, None)
        self._give(_number(stay.key))

    def _wait(self, key: Key, now: Begun, limit: float, must_wait: Callable[[], None]) -> Begun | None:
        """Wait for the others, and take the key; the first of them that this call repeats, as far as known. None where
        the only one had handed its answer over.

        :param now: stands for another one of which nothing can be seen.
        """
        first = self._seen(key)
        waited_for = None if first else now
        while True:
            other = self._seen(key)
            # Another one than the first was not there when this call came.
            answered = bool(other and other.handed_over and first and other.begun == first.begun)
            if other and not answered and (waited_for is None or other.newest < waited_for.newest):
                waited_for = other
            must_wait()
            with self._changed:
                self._changed.wait(_PAUSE)
            if self._take(_number(key)):
                return waited_for
            if time.monotonic() > limit:
                raise StillUnderWay

    def _seen(self, key: Key) -> Begun | None:
        """The call of *key* that is under way, as far as known."""
        return self._read(key) or self._held.get(_number(key))

    def _tell(self, key: Key, begun: Begun) -> None:
        self._held[_number(key)] = begun
        self._write(key, begun)

    def _take(self, number: int) -> bool:
        with self._changed:
            if number in self._held or not self._lock(number):
                return False
            self._held[number] = None
        return True

    def _give(self, number: int) -> None:
        with self._changed:
            self._unlock(number)
            del self._held[number]
            self._changed.notify_all()

    @abstractmethod
    def _lock(self, number: int) -> bool:
        """Take the lock of that number; False where another process has it."""

    @abstractmethod
    def _unlock(self, number: int) -> None:
        """Give it back."""

    @abstractmethod
    def _read(self, key: Key) -> Begun | None:
        """The call of *key* that is told of: under way still, or broken."""

    @abstractmethod
    def _write(self, key: Key, begun: Begun | None) -> None:
        """Tell of the call of *key*; None that it has ended."""


class FileUnderWay(UnderWay):
    """The calls under way on one machine, by a file."""

    def __init__(self, path: Path) -> None:
        """:param path: the file; made when it is not there."""
        super().__init__()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, self._file)

    def is_at(self, path: Path) -> bool:
        """Whether its file is the one at *path*: an installation may have been removed, and another made there."""
        try:
            return os.path.samestat(os.fstat(self._file), path.stat())
        except OSError:
            return False

    # A place that cannot be read or written, on a full disk, tells nothing; the lock holds all the same.

    if sys.platform == "win32":

        def _read(self, key: Key) -> Begun | None:
            return None

        def _write(self, key: Key, begun: Begun | None) -> None:
            pass

        def _lock(self, number: int) -> bool:
            return True

        def _unlock(self, number: int) -> None:
            pass

    else:

        def _read(self, key: Key) -> Begun | None:
            """The call that the place of *key* tells of: under way still, or broken."""
            try:
                found = os.pread(self._file, _SIZE, _at(key))
            except OSError:
                return None
            if found[:16] != key[:16] or len(found) < _SIZE:
                return None
            _, begun, more = _PLACE.unpack(found)
            return Begun(begun, more % _HANDED_OVER - 1, more >= _HANDED_OVER) if more else None

        def _write(self, key: Key, begun: Begun | None) -> None:
            place = _NOTHING
            if begun:
                more = begun.newest + 1 + (_HANDED_OVER if begun.handed_over else 0)
                place = _PLACE.pack(key[:16], begun.begun, more)
            try:  # noqa: SIM105 - contextlib.suppress costs as much as the system's call
                os.pwrite(self._file, place, _at(key))
            except OSError:
                pass

        def _lock(self, number: int) -> bool:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except (BlockingIOError, PermissionError):  # POSIX leaves to the system which of the two it is
                return False
            except OSError:  # a disk without locks: only the calls of one process know of each other then
                pass
            return True

        def _unlock(self, number: int) -> None:
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)


def _number(key: Key) -> int:
    """The byte of the file that is locked: mostly far behind its end, where nothing need be for that."""
    return int.from_bytes(key[16:24], "big") >> 2


def _at(key: Key) -> int:
    """Where the place of *key* begins."""
    return int.from_bytes(key[24:32], "big") % _PLACES * _SIZE
