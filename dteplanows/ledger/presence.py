"""Which processes of an installation live: the service, and the workers of bulk mode, delivery, exports and printing.

Each holds a lock of the system on a file beside the database. It ends with the process, however that ends, so that
nothing has to be cleaned up and nobody who died is believed to live. The locks of ``flock`` belong to the opened file
and not to the process: who asks in the same process is answered rightly too.
"""

from __future__ import annotations

import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

if sys.platform != "win32":
    import fcntl

Role = Literal["servicio", "trabajador", "entrega", "exportador", "impresor"]

_TRIES = 5
_PAUSE = 0.01
"""Seconds between two tries: another one who asks has the lock for a moment."""


def file_of(directory: Path, role: Role) -> Path:
    """The file that processes of that role hold."""
    return directory / f"dteplanows.{role}"


@contextmanager
def held(directory: Path, role: Role, words: str = "") -> Iterator[None]:
    """Be known to live, inside. Where the file cannot be written, as on a full disk, nobody is told.

    :param words: what those who ask are to read, such as the address of the service.
    """
    try:
        file = os.open(file_of(directory, role), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        is_first = _is_nobodys(file)
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_SH)
        if words:
            with suppress(OSError):
                if is_first:
                    os.ftruncate(file, 0)
                # Beside those of others that live: each is found as long as it does.
                os.pwrite(file, f"{words}\n".encode(), os.fstat(file).st_size)
        yield
    finally:
        os.close(file)


def alive(directory: Path, role: Role) -> bool | None:
    """Whether a process of that role lives; None where the system cannot tell (Windows)."""
    if sys.platform == "win32":
        return None
    try:
        file = os.open(file_of(directory, role), os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _is_nobodys(file)
    finally:
        os.close(file)


def words(directory: Path, role: Role) -> list[str]:
    """What processes of that role told, those that live and some that may have ended, the newest first."""
    try:
        return file_of(directory, role).read_text("utf-8").splitlines()[::-1]
    except (OSError, UnicodeDecodeError):
        return []


def new_worker() -> str:
    """A name for a worker of this process that no other has: ``host:process:…``."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def is_gone(worker: str) -> bool:
    """Whether *worker* was a process of this machine that runs no more. Of other machines only the time tells.

    :param worker: as :func:`new_worker` named it.
    """
    host, _, rest = worker.partition(":")
    process = rest.partition(":")[0]
    if os.name != "posix" or host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _is_nobodys(file: int) -> bool:
    """Whether no process holds *file*, whose lock is then taken; where the system cannot tell, none does."""
    if sys.platform != "win32":
        for number in range(_TRIES):
            if number:
                time.sleep(_PAUSE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            return True
        return False
    return True
