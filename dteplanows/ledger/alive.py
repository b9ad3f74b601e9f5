"""Whether a worker of the batches lives: each holds a lock of the system, which ends with it however it ends.

Nothing is written, so that an idle worker costs nothing and a ledger that is only read can be asked too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_ENDING = "-trabajador"
"""What the name of the database is followed by in that of the file whose lock the workers hold."""


def _file(database: Path) -> Path:
    return database.with_name(database.name + _ENDING)


@contextmanager
def working(database: Path) -> Iterator[None]:
    """Be a worker of *database* inside."""
    descriptor = os.open(_file(database), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def any_worker(database: Path) -> bool | None:
    """Whether a worker of *database* lives on this machine; None where the system cannot tell, as on Windows."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(_file(database), os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        # Had and let go at once: a worker that begins in this instant waits for it.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
