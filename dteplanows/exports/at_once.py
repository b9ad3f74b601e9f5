"""Files of few documents, made while the person waits, one at a time in each process."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.exports.formats import FORMATS, What
from dteplanows.exports.making import MAKERS, count
from dteplanows.exports.work import Work
from dteplanows.ledger.store import Ledger

_FOLDER = "exportaciones/al-momento"
"""In the directory of the data; the system's folder for such files may be memory."""
_LEFT = 300.0
"""Seconds for which a file is left for its client, who has opened it long before."""
_OLD = 3600.0
"""Seconds after which a file of a process that was killed is thrown away."""
_WAIT = 5.0
"""Seconds that one waits for another's file."""

_turn = threading.Lock()


def is_short(ledger: Ledger, company: Company, formato: str, what: What) -> bool:
    """Whether the file has so few documents that the person can wait for it."""
    most = FORMATS[formato].at_once
    return most > 0 and count(ledger, company, formato, what, most + 1) <= most


def make(ledger: Ledger, company: Company, formato: str, what: What) -> Path:
    """The file, which is removed by itself a while after.

    :raises Refused: others are being made (SRV-231), or it cannot be made.
    :raises OSError: it cannot be written.
    """
    if not _turn.acquire(timeout=_WAIT):
        raise Refused([problem("SRV-231")])
    try:
        folder = ledger.directory / _FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(folder)
        path = folder / f"{secrets.token_hex(16)}.{FORMATS[formato].ending}"
        try:
            MAKERS[formato](Work(ledger, company, what, path, lambda progress: None))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    finally:
        _turn.release()
    forget = threading.Timer(_LEFT, _remove, (path,))
    forget.daemon = True
    forget.start()
    return path


def _forget_old(folder: Path) -> None:
    before = time.time() - _OLD
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _remove(path: Path) -> None:
    # Windows keeps a file that somebody reads; a later export removes it.
    with suppress(OSError):
        path.unlink(missing_ok=True)
