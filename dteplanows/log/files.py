"""Where lines go: files of a day that several processes append to, one file of a fixed name, or the error output.

Each line is one ``write`` to a file opened for appending, so lines of several processes never mix. No sink ever raises:
a call is answered also where its line cannot be written. What was lost is counted, and told in the next line that can.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from dteplanows.document import clock
from dteplanows.process.system_errors import in_words

if sys.platform != "win32":
    import fcntl

MIB = 2**20

_PART = 32 * MIB
"""Bytes after which a day goes on in another file."""

_LOOK = 256
"""Lines after which a process looks how long the file has become by those of the others."""

_SECOND = 1.0
"""Seconds between two looks whether the file of a fixed name is still the same."""

BINARY = getattr(os, "O_BINARY", 0)
"""Windows would write each line feed as two characters."""

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{4})\.jsonl")

Lost = Callable[[int], bytes]
"""Gives the line that says how many lines were lost."""


class Sink(Protocol):
    """Where lines go."""

    def write(self, day: str, line: bytes) -> None:
        """Append *line*, which ends with a line feed, of the day *day* (AAAA-MM-DD). Never raises."""

    def reopen(self) -> None:
        """Open what is written to anew with the next line: it was moved away."""

    def tidy(self) -> None:
        """Delete what need not be kept."""


class _Files(ABC):
    """Writes lines to what :meth:`_descriptor` gives; threads share it."""

    def __init__(self, lost: Lost) -> None:
        self._lock = threading.Lock()
        self._lost = 0
        self._line_of_lost = lost
        self._broken = False
        self._file = -1
        """What is written to; -1 while none is open."""

    def write(self, day: str, line: bytes) -> None:
        """Append *line*, which ends with a line feed, of the day *day* (AAAA-MM-DD)."""
        with self._lock:
            try:
                file = self._descriptor(day)
                if self._lost:
                    self._whole(file, self._line_of_lost(self._lost))
                    self._lost = 0
                self._whole(file, line)
            except OSError as error:
                self._close()
                if not self._lost:
                    show(f"No se puede escribir el registro: {in_words(error)}")
                self._lost += 1

    def reopen(self) -> None:
        """Open the file anew with the next line."""
        with self._lock:
            self._close()

    @abstractmethod
    def _descriptor(self, day: str) -> int:
        """The file that the lines of *day* are appended to.

        :raises OSError: it cannot be opened.
        """

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _whole(self, file: int, line: bytes) -> None:
        """:raises OSError: not all of it could be written; the next line begins a new one."""
        data = b"\n" + line if self._broken else line
        self._broken = os.write(file, data) < len(data)
        if self._broken:
            raise OSError(0, "el disco está lleno")


class DayFiles(_Files):
    """Files ``AAAA-MM-DD.NNNN.jsonl`` in a folder. None is ever renamed, so that every process only opens and appends,
    on every system; the oldest are deleted, by age and by the size of all together."""

    def __init__(self, folder: Path, days: int, most: int, lost: Lost) -> None:
        """:param days: how many days are kept.
        :param most: bytes of all files together.
        """
        super().__init__(lost)
        self._folder = folder
        self._days = days
        self._most = most
        self._part = min(_PART, most // 8)
        self._day = ""
        self._lines = 0

    def tidy(self) -> None:
        """Delete what is too old or too much: also where no line has been written for long."""
        with self._lock:
            self._prune()

    def _close(self) -> None:
        super()._close()
        self._day = ""

    def _descriptor(self, day: str) -> int:
        self._lines += 1
        if day != self._day or (self._lines % _LOOK == 0 and self._is_over()):
            self._close()
            self._file = self._open(day)
            self._day = day
        return self._file

    def _is_over(self) -> bool:
        found = os.fstat(self._file)
        return found.st_size >= self._part or not found.st_nlink  # deleted by another hand

    def _open(self, day: str) -> int:
        make_folder(self._folder)
        self._prune()
        parts = [int(number) for of_day, number in _names(self._folder) if of_day == day]
        for number in range(max(parts, default=1), 10_000):
            path = self._folder / f"{day}.{number:04}.jsonl"
            try:
                if path.exists() and path.stat().st_size >= self._part:
                    continue
                return _append(path)
            except PermissionError:  # made by another user of the system: a part of our own
                continue
        raise OSError(0, f"no se puede abrir un archivo en {self._folder}")

    def _prune(self) -> None:
        """Delete what is too old or too much, leaving room for a part."""
        oldest = (clock.today() - timedelta(self._days)).isoformat()
        left = self._most - self._part
        for day, number in sorted(_names(self._folder), reverse=True):
            path = self._folder / f"{day}.{number}.jsonl"
            with suppress(OSError):
                left -= path.stat().st_size
                if day < oldest or left < 0:
                    path.unlink()


class OneFile(_Files):
    """A file of a fixed name, beside which the one before it lies as ``NAME.1``.

    Whoever finds it too long renames it, under a lock on the file itself; the others notice within a second that the
    name means another file, as they do when a program of the system rotates it. Lines of that second are in ``NAME.1``.
    """

    def __init__(self, path: Path, most: int, lost: Lost) -> None:
        """:param most: bytes of both files together.
        :raises OSError: the file cannot be made or written to.
        """
        super().__init__(lost)
        self._path = path
        self._most = most // 2
        self._looked = 0.0
        self._descriptor("")

    def tidy(self) -> None:
        """Nothing: of the file before there is one, and the next takes its place."""

    def _descriptor(self, day: str) -> int:
        now = time.monotonic()
        if self._file >= 0 and now - self._looked >= _SECOND:
            self._looked = now
            if not self._is_named():
                self._close()
            elif os.fstat(self._file).st_size >= self._most:
                self._rotate()
                self._close()
        if self._file < 0:
            self._file = _append(self._path)
            self._looked = now
        return self._file

    def _is_named(self) -> bool:
        """Whether the open file is still the one of that name."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._file))
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        # Where another process has the file open, Windows does not rename it: it grows until that is possible.
        with suppress(OSError):
            if sys.platform == "win32":
                os.close(self._file)
                self._file = -1
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX)  # ends when the file is closed, right after
                if not self._is_named():
                    return
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))


class ErrorOutput:
    """The error output, as it is at that moment."""

    def write(self, day: str, line: bytes) -> None:
        """Print *line*."""
        show(line.decode("utf-8", "replace").rstrip("\n"))

    def reopen(self) -> None:
        """It is open as long as the process."""

    def tidy(self) -> None:
        """Nothing is kept."""


def day_files(folder: Path) -> list[Path]:
    """The files of :class:`DayFiles` in *folder*, oldest first."""
    return [folder / f"{day}.{number}.jsonl" for day, number in sorted(_names(folder))]


def day_of(path: Path) -> date:
    """The day of one of them."""
    return date.fromisoformat(path.name[:10])


def _names(folder: Path) -> list[tuple[str, str]]:
    try:
        found = [_NAME.fullmatch(one.name) for one in folder.iterdir()]
    except OSError:
        return []
    return [(one[1], one[2]) for one in found if one]


def make_folder(folder: Path) -> None:
    """Make *folder*, readable only for its owner, where it is not there."""
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        give_to_owner_of(folder.parent, folder)


def give_to_owner_of(folder: Path, made: Path) -> None:
    """What the system's administrator makes in the service's folder, the service must be able to write."""
    if sys.platform != "win32" and os.geteuid() == 0:
        with suppress(OSError):
            owner = folder.stat()
            os.chown(made, owner.st_uid, owner.st_gid)


def _append(path: Path) -> int:
    made = not path.exists()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | BINARY, 0o600)
    if made:
        give_to_owner_of(path.parent, path)
    return file


def show(line: str) -> None:
    """Print *line* to the error output, where there is one."""
    with suppress(OSError, ValueError, AttributeError):  # closed, or none at all
        sys.stderr.write(f"{line}\n")  # one text, so that the lines of several threads do not mix
        sys.stderr.flush()
