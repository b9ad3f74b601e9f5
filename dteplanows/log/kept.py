"""Refused files, kept for a while: what was sent, and every reason that was answered.

They hold customers' data as the files in the ledger do, and lie beside it, as those not sealed and readable only for
the owner. A program that sends the same file again and again, for the same reasons, makes one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from dteplanows.document.problem import Place, Problem, Severity
from dteplanows.log.call import Call
from dteplanows.log.files import BINARY, give_to_owner_of, make_folder

DAY = 86_400

_SHARE = 16
"""Part of the room after which is looked whether there is too much."""

_MOST_FILES = 20_000


class KeptFile(NamedTuple):
    """A refused file."""

    content: bytes
    """Empty where a part of its documents was issued: then the ledger has the file."""
    problems: tuple[Problem, ...]
    """Those of its refused documents, in the order of the file."""


class Kept:
    """The folder of the refused files. Threads and processes share it."""

    def __init__(self, folder: Path, days: int, most: int) -> None:
        """:param days: how long a file is kept after it was sent for the last time.
        :param most: bytes of all of them together; 0 to keep none.
        """
        self._folder = folder
        self._days = days
        self._most = most
        self._lock = threading.Lock()
        self._added = most
        self._looked = 0.0

    def keep(self, call: Call) -> None:
        """Keep the file and the reasons of *call*. Where that is not possible, its answer goes out all the same."""
        if not self._most or not call.sha256 or not call.usuario:
            return
        content = call.file if call.file and call.refused == call.documents else b""
        name = _name(call)
        path = self._folder / f"{name}.gz"
        with suppress(OSError):
            if path.exists():
                os.utime(path)
                call.kept = name
                return
            data = _written(call.trouble, content)
            if len(data) > self._most // _SHARE:  # it would push out all others
                data = _written(call.trouble, b"")
            if len(data) <= self._most // _SHARE:
                self._store(path, data)
                call.kept = name

    def tidy(self) -> None:
        """Delete what is too old or too much: also where nothing was refused for long."""
        self._looked = 0.0
        with suppress(OSError):
            self._make_room(0)

    def _store(self, path: Path, data: bytes) -> None:
        make_folder(self._folder)
        self._make_room(len(data))
        made = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, 0o600)
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(data)
            give_to_owner_of(self._folder.parent, made)
            made.replace(path)
        except OSError:
            made.unlink(missing_ok=True)
            raise

    def _make_room(self, wanted: int) -> None:
        """Delete what is too old or too much, now and then."""
        with self._lock:
            self._added += wanted
            now = time.time()
            if self._added < self._most // _SHARE and 0 <= now - self._looked < DAY:
                return
            self._added, self._looked = wanted, now
            found = sorted(_files(self._folder), reverse=True)
        left = self._most - 2 * self._most // _SHARE
        for number, (moment, size, path) in enumerate(found):
            left -= size
            if now - moment > self._days * DAY or left < 0 or number >= _MOST_FILES:
                with suppress(OSError):
                    path.unlink()


def read_kept(folder: Path, name: str) -> KeptFile | None:
    """What is kept under *name*, as the line of a call says it; None where it is not there any more."""
    try:
        head, _, content = gzip.decompress((folder / f"{Path(name).name}.gz").read_bytes()).partition(b"\n")
        return KeptFile(content, tuple(_problem(one) for one in json.loads(head)))
    except (OSError, EOFError, ValueError, TypeError):
        return None


def _written(problems: tuple[Problem, ...], content: bytes) -> bytes:
    head = json.dumps(problems, separators=(",", ":")).encode()
    return gzip.compress(head + b"\n" + content, 1, mtime=0)


def _problem(values: list[Any]) -> Problem:
    code, severity, place, *texts = values
    return Problem(code, Severity(severity), Place(*place), *texts)


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each was sent for the last time, its bytes, and where it is."""
    for path in folder.iterdir():
        with suppress(OSError):
            found = path.stat()
            yield found.st_mtime, found.st_size, path


def _name(call: Call) -> str:
    """One for each file, user, company and set of reasons."""
    reasons = (f"{one.code} {one.place} {one.value}" for one in call.trouble)
    whole = "\n".join((call.usuario, call.ambiente, call.rut, *reasons)).encode("utf-8", "replace")
    return f"{call.sha256}-{hashlib.blake2b(whole, digest_size=6).hexdigest()}"
