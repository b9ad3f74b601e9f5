"""Whether the files of the database are still those that this process opened.

A copy moved over the database, or a log that was removed, leaves each connection writing into files that nobody will
open again: what is issued then is lost with the process, and its folios are given once more. So device and inode are
compared: of the database with those it had when this process opened it, and of log and shared memory with those they
had when a connection was opened, for SQLite makes both anew whenever the last connection has been closed. Whoever finds
another file, or none, stops for good: which of the two databases is right only a person can say. While the folder says
that no name in it has changed, one look at it is enough.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar
from weakref import WeakSet

from dteplanows.ledger.engines.errors import Replaced

_Link = TypeVar("_Link", bound=sqlite3.Connection)

_BESIDE = ("-wal", "-shm")
"""Endings of the files that exist as long as a connection is open."""

_OF_SERVICE = "_DTEPLANOWS_BASE"
"""Environment variable by which the processes of a service know which file it began with."""

_EVERY = 0.05
"""Seconds between two looks where nothing is written."""

_SETTLED = 50_000_000
"""Nanoseconds after which another change of a folder has another time: clocks of file systems tick in milliseconds."""

_Files = tuple[tuple[int, int], ...]
_Change = tuple[int, int, int]
"""Which folder, and when a name in it came, went or was given to another file. Nobody can set that time back."""


class Identity:
    """The files of one database as this process knows them. Its threads share one."""

    def __init__(self, path: Path, database: tuple[int, int] | None = None) -> None:
        """:param path: of the database.
        :param database: its device and inode; those of the file that is there, or with which the service began, when
            they are not given.
        :raises Replaced: it is gone.
        """
        self._path = str(path)
        # SQLite puts them where the database lies indeed.
        self._beside = tuple(str(path.resolve()) + ending for ending in _BESIDE)
        self._folder = "" if os.name != "posix" or path.is_symlink() else str(path.parent)
        self._seen: _Change | None = None
        self._database = database or _of_service(path) or _identity(self._path)
        self._open_beside: _Files = ()
        self._links: WeakSet[sqlite3.Connection] = WeakSet()
        self._lock = threading.Lock()
        self._replaced = ""
        self.due = 0.0
        """When, in the time of ``time.monotonic``, the files are to be looked at again."""
        self._pin()

    def anew(self) -> Identity:
        """The same database for a process that has no connection to it."""
        return Identity(Path(self._path), self._database)

    def for_children(self) -> None:
        """Let processes that this one starts open this very file, or none."""
        facts = {"path": str(Path(self._path).resolve()), "file": self._database}
        os.environ[_OF_SERVICE] = json.dumps(facts)

    def opened(self, connect: Callable[[], _Link]) -> _Link:
        """A connection to the files that this process knows.

        :raises Replaced: there are others. Nothing was written into them.
        """
        with self._lock:
            self.check()
            link = connect()
            try:
                # Only a connection that has read keeps log and shared memory in their places.
                link.execute("PRAGMA user_version").fetchone()
                if not self._links:
                    self._open_beside = tuple(map(_identity, self._beside))
                self.check()
            except BaseException:
                link.close()
                raise
            self._links.add(link)
        return link

    def closing(self, link: sqlite3.Connection, close: Callable[[], None]) -> None:
        """Close *link* by *close*: the log may be gone with it."""
        with self._lock:
            close()
            self._links.discard(link)
            if not self._links:
                self._open_beside = ()

    def check(self) -> None:
        """Compare, under the write lock or before a file is opened.

        :raises Replaced: another file is there, or none, or it was so before.
        """
        if not self._replaced:
            if self._seen and self._seen == _change_of(self._folder):
                return
            try:
                seen = _settled_change_of(self._folder) if self._folder else None
                if _identity(self._path) != self._database:
                    raise Replaced(self._path)
                for name, known in zip(self._beside, self._open_beside, strict=False):  # none: no connection is open
                    if _identity(name) != known:
                        raise Replaced(name)
            except Replaced as replaced:
                self._replaced = replaced.name
                self.due = 0.0
            else:
                self._seen = seen
                return
        raise Replaced(self._replaced)

    def give_up(self, path: Path) -> NoReturn:
        """Stop for good: what the file holds is not what this process wrote.

        :raises Replaced: always.
        """
        self._replaced, self.due = str(path), 0.0
        raise Replaced(self._replaced)

    def look(self) -> None:
        """Compare where nothing is written, which need not be so often.

        :raises Replaced: as :meth:`check`.
        """
        self.check()
        self.due = time.monotonic() + _EVERY

    def _pin(self) -> None:
        """Keep the inode from being given to another file while no connection is open.

        Only with a descriptor that SQLite's locks do not know of: closing any other would end them.
        """
        if hasattr(os, "O_PATH"):
            weakref.finalize(self, os.close, os.open(self._path, os.O_PATH | os.O_CLOEXEC))


def _identity(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - on the way of every document, where a Path is three times as slow
    except OSError:
        raise Replaced(path) from None
    return found.st_dev, found.st_ino


def _change_of(folder: str) -> _Change | None:
    try:
        found = os.stat(folder)  # noqa: PTH116 - as above
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _settled_change_of(folder: str) -> _Change | None:
    """The same, or None when what comes next might not be told from it."""
    change = _change_of(folder)
    return change if change and time.time_ns() - change[2] > _SETTLED else None


def _of_service(path: Path) -> tuple[int, int] | None:
    """The file with which the service began that started this process; None where there is none, or of other data."""
    facts = json.loads(os.environ.get(_OF_SERVICE, "{}"))
    if facts.get("path") != str(path.resolve()):
        return None
    device, inode = facts["file"]
    return int(device), int(inode)
