"""The bodies of calls, and the one account of memory and disk that all of them in a process have together.

While a body arrives, which is as long as its client likes, it takes little memory: a large one goes to a file without a
name in the directory of the data, and a small one too where the memory for those on their way is taken. A call that has
arrived takes as much memory as its body has bytes until it is answered; where that is not there, it waits on disk.

Large calls leave a part of each account to the small ones, so that these never wait behind files of many megabytes or
behind clients that send a byte now and then.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from dteplanows.document.catalogue import problem
from dteplanows.process.system_errors import in_words
from dteplanows.soap.asmx.faults import Broken

log = logging.getLogger(__name__)

SMALL = 128 * 1024
"""Bytes of a body that is never large: some fifty invoices."""

SHORT = 32 * 1024
"""Bytes of a body that is waited for as a whole."""

SLOWEST = 10 * 1024
"""Bytes per second at which a body may arrive however long it takes: the slowest line keeps this up."""

GRACE = 1.0
"""Seconds that a call which is on its way when the service stops may still take to arrive."""

_DISK = 8
"""Times the memory that bodies may take on disk."""


class Refusing:
    """In place of the body that was not waited for: reading it is refused."""

    def __init__(self, refused: Broken) -> None:
        self._refused = refused

    def read(self, size: int = -1) -> bytes:
        """:raises Broken: always; why there is no body."""
        raise self._refused


class _Share:
    """Bytes of one kind that are taken at this moment, and how many may be."""

    __slots__ = ("_all", "_large", "_turn", "taken")

    def __init__(self, large: int, everything: int) -> None:
        """:param large: how many may be taken once a large call takes its own; *everything* is for all."""
        self._large = large
        self._all = everything
        self.taken = 0
        self._turn = threading.Lock()

    def take(self, size: int, *, large: bool, own: int = 0) -> bool:
        """Take *size* bytes; False where they are not there. A call alone is never refused.

        :param own: bytes that the same call has already.
        """
        with self._turn:
            if self.taken > own and self.taken + size > (self._large if large else self._all):
                return False
            self.taken += size
            return True

    def give(self, size: int) -> None:
        """Give *size* bytes back."""
        with self._turn:
            self.taken -= size


class Account:
    """What the bodies of all calls of one process take."""

    def __init__(self, memory: int, directory: Path | None = None, disk: int = 0) -> None:
        """:param memory: bytes: an eighth for bodies on their way, three for calls being answered, two more for small
            ones of these; the rest is for what a web server reads ahead of its connections.
        :param disk: bytes; 0 for eight times *memory*.
        :param directory: where bodies wait that find no memory; None for the system's usual place.
        """
        eighth = memory // 8
        self.arriving = _Share(0, eighth)
        self.working = _Share(3 * eighth, 5 * eighth)
        self.disk = _Share((disk or _DISK * memory) * 3 // 4, disk or _DISK * memory)
        self.directory = directory


class Body:
    """One body: :meth:`add` as it arrives, or :meth:`expect` and :meth:`came`; :meth:`work` once it has; then
    :meth:`read` by the application, and :meth:`end`."""

    __slots__ = ("_account", "_file", "_memory", "_on_disk", "_pieces", "_working", "size")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._memory = 0
        self._on_disk = 0
        self._working = 0
        self.size = 0
        """Bytes that have arrived."""

    @property
    def is_on_disk(self) -> bool:
        """Whether the next piece is written to a file, which may take its time."""
        return self._file is not None

    @property
    def is_large(self) -> bool:
        """Whether it has to leave something to the small ones."""
        return self.size > SMALL

    def add(self, piece: bytes) -> None:
        """Take the next *piece*.

        :raises Broken: there is no room for it, neither in memory nor on disk (503, SRV-064, SRV-066).
        """
        self.size += len(piece)
        if self._file is None:
            if self.size <= SMALL and self._account.arriving.take(len(piece), large=False):
                self._memory += len(piece)
                self._pieces.append(piece)
                return
            self._to_disk()
        self._write(piece)

    def expect(self, size: int) -> bool:
        """Take the memory for a body that :meth:`came` gets whole; False where it is to be added piece by piece."""
        if not 0 < size <= SHORT or not self._account.arriving.take(size, large=False):
            return False
        self._memory = size
        return True

    def came(self, whole: bytes) -> None:
        """The body that was expected."""
        self._pieces.append(whole)
        self.size = len(whole)

    def work(self) -> bool:
        """Take the memory that the call needs until it is answered; False where it has to wait."""
        if self._working or not self.size:
            return True
        if not self._account.working.take(self.size, large=self.is_large):
            return False
        self._working = self.size
        self._give_arriving()
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to *size* bytes of what is not read yet; what was read is no longer held here."""
        if self._file is not None:
            whole = self._load()
        else:
            whole = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        if size < 0 or size >= len(whole):
            self._pieces = []
            return whole
        self._pieces = [whole[size:]]
        return whole[:size]

    def hold(self, more: int) -> None:
        """Take the memory for *more* bytes that the call needs besides, until it is answered.

        :raises Broken: it is not there (503, SRV-064).
        """
        if not self._account.working.take(more, large=self._working + more > SMALL, own=self._working):
            raise Broken(problem("SRV-064"), status=503)
        self._working += more

    def end(self) -> None:
        """The call is answered, or given up: give everything back."""
        self._pieces = []
        self._give_arriving()
        self._drop_file()
        if self._working:
            self._account.working.give(self._working)
            self._working = 0
        self.size = 0

    def _give_arriving(self) -> None:
        if self._memory:
            self._account.arriving.give(self._memory)
            self._memory = 0

    def _to_disk(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(dir=self._account.directory, buffering=0)  # noqa: SIM115
        except OSError as error:
            raise _no_disk(error) from None
        pieces, self._pieces = self._pieces, []
        self._give_arriving()
        for piece in pieces:
            self._write(piece)

    def _write(self, piece: bytes) -> None:
        if self._file is None:
            raise AssertionError
        if not self._account.disk.take(len(piece), large=self.is_large):
            raise Broken(problem("SRV-064"), status=503)
        self._on_disk += len(piece)
        try:
            self._file.write(piece)
        except OSError as error:
            raise _no_disk(error) from None

    def _load(self) -> bytes:
        if self._file is None:
            raise AssertionError
        try:
            self._file.seek(0)
            return self._file.read()
        except OSError as error:
            raise _no_disk(error) from None
        finally:
            self._drop_file()

    def _drop_file(self) -> None:
        if self._file is None:
            return
        # What is not written yet may fail to be; nobody wants it any more.
        with suppress(OSError):
            self._file.close()
        self._file = None
        self._account.disk.give(self._on_disk)
        self._on_disk = 0


def _no_disk(error: OSError) -> Broken:
    reason = in_words(error)
    log.error("SRV-066: una llamada no se puede guardar en el disco mientras llega: %s", reason)
    return Broken(problem("SRV-066", reason=reason), status=503)
