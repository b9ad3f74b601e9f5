"""Whether a ledger's directory is in use, so that its database is never replaced under a program that has it open.

Every open ledger shares a lock of the system on a file beside the database; whoever replaces the database asks for it
alone. The lock ends with its process, however that ends. It is another file than that of
:mod:`~dteplanows.ledger.engines.sqlite.turns`: a process that closes a file loses all its locks of that kind on it.
Windows has no such locks; there, an open database cannot be replaced anyhow.

The file says which database the first of them opened. Whoever finds another one in its place while they still have
theirs open must not even read it: SQLite would write the log of theirs, which lies beside it, into that one.
"""

from __future__ import annotations

import errno
import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused

if sys.platform != "win32":
    import fcntl

_ENDING = "-en-uso"
"""What the name of the database is followed by in that of the file."""

_PATIENCE = 2.0
"""Seconds to wait for whoever closes at this moment."""

_PAUSE = 0.05

_LONGEST = 64
"""Bytes of what the file says."""


class InUse:
    """Says that the ledger is open, as long as this object lives."""

    def __init__(self, database: Path) -> None:
        """:raises Refused: the database is being replaced (BAS-041), or others have another one open than is there now
        (BAS-083)."""
        self._is_first = False
        try:
            self._file = _open(database)
        except PermissionError:  # whoever cannot write there reads only
            return
        except OSError as error:
            if error.errno == errno.EROFS:
                return
            raise
        weakref.finalize(self, os.close, self._file)
        if sys.platform == "win32":
            return
        self._is_first = _try(self._file, fcntl.LOCK_EX)
        self.opened(database)
        if not _locked(self._file, shared=True):
            raise Refused([problem("BAS-041", value=str(database.parent))])
        known = os.pread(self._file, _LONGEST, 0)
        if known and known != _name_of(database):
            raise Refused([problem("BAS-083", value=str(database))])

    def opened(self, database: Path) -> None:
        """Say which database it is: once more when it was made, and nothing where others had it open before."""
        if self._is_first:
            with suppress(OSError):  # a full disk
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, _name_of(database), 0)


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Nobody else opens the ledger of *database* inside; its directory is there.

    :raises Refused: it is open (BAS-037).
    """
    file = _open(database)
    try:
        if not _locked(file, shared=False):
            raise Refused([problem("BAS-037", value=str(database.parent))])
        yield
    finally:
        os.close(file)


def _open(database: Path) -> int:
    return os.open(database.with_name(database.name + _ENDING), os.O_RDWR | os.O_CREAT, 0o600)


def _locked(file: int, shared: bool) -> bool:
    """Whether the lock could be had, waiting a little for it."""
    if sys.platform == "win32":
        return True
    limit = time.monotonic() + _PATIENCE
    while not _try(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
        if time.monotonic() > limit:
            return False
        time.sleep(_PAUSE)
    return True


if sys.platform != "win32":

    def _try(file: int, lock: int) -> bool:
        try:
            fcntl.flock(file, lock | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _name_of(database: Path) -> bytes:
    """Device and inode of a file, as text; nothing when there is none."""
    try:
        found = database.stat()
    except FileNotFoundError:
        return b""
    return b"%d %d" % (found.st_dev, found.st_ino)
