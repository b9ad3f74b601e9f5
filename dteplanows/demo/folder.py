"""Whose folder the demonstration works in: its own, and one demonstration at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.store import DATABASE_FILE

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ACCESS_FILE = "demo.json"
"""What the demonstration writes when its data are ready."""
MARK = "demostracion"
"""File that says that the folder is a demonstration's; whoever runs one holds its lock, which ends with the process."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Have *folder* for one demonstration; it is made when it is not there.

    :raises Refused: another demonstration runs in it (CFG-046), or it holds what is none's (CFG-047).
    :raises OSError: it cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _must_be_ours(folder)
    descriptor = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(descriptor):
            raise Refused([problem("CFG-046", value=str(folder), ruta=folder, detalle=_address(folder))])
        yield
    finally:
        os.close(descriptor)


def _must_be_ours(folder: Path) -> None:
    # Demonstrations of older versions left no mark but the data for the client.
    if not any((folder / name).exists() for name in (MARK, ACCESS_FILE)) and (folder / DATABASE_FILE).exists():
        raise Refused([problem("CFG-047", value=str(folder), ruta=folder)])


def _address(folder: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / ACCESS_FILE).read_bytes())["url"])
    return "vea su terminal"


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
