"""What keeps the database from being used, told to whoever called and to whoever runs the service."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger import last_failure
from dteplanows.ledger.engines import errors
from dteplanows.ledger.engines.errors import Replaced
from dteplanows.ledger.engines.sqlite.database import directories
from dteplanows.ledger.engines.sqlite.failures import could_not_grow
from dteplanows.log.where import where

LOOK_FIRST = "Repita la orden cuando esté resuelto, y vea antes con «dteplanows documentos» qué quedó emitido."
NOTHING_DONE = "Con esta llamada no se emitió ni se guardó nada: envíela de nuevo cuando esté resuelto."
ASK_AGAIN = "Haga la consulta de nuevo cuando esté resuelto; lo que ya se emitió sigue como está."
NOT_KNOWN = "Antes de reenviar, consulte con getXMLDte si el documento quedó emitido: no se sabe."

_BY_ERRNO = {errno.ENOSPC: "BAS-003", errno.EDQUOT: "BAS-003", errno.EFBIG: "BAS-003", errno.EROFS: "BAS-004"}
"""What the system says of the files beside the database."""

_TIGHT = 2**20
"""Bytes free below which a failure to write is taken for a full disk: SQLite tells only the plain one."""


def told(failure: BaseException | None, *, nothing_done: bool = True, resultado: str = "") -> Problem | None:
    """Why the database could not be used; None when *failure* has another cause.

    :param failure: as it was caught.
    :param nothing_done: it is known that the call has written nothing; else the remedy says that it is not known.
    :param resultado: what the remedy says of it instead, to whom did not call.
    """
    for one in _chain(failure):
        if isinstance(one, Replaced):
            code = "BAS-001" if nothing_done else "BAS-002"
            return problem(code, value=Path(one.name).name)
        if code := _code_of(one):
            last_failure.note(code)
            if code == "SRV-003" and nothing_done:
                return problem(code)
            if code == "SRV-003":
                code = "BAS-009"
            said = resultado or (NOTHING_DONE if nothing_done else NOT_KNOWN)
            return problem(code, value=name_of(one), resultado=said)
    return None


def cannot_store() -> str:
    """The code that says why nothing can be stored now though it can be read (BAS-003 to BAS-005); empty when it can.

    How much room there is on the disk of SQLite all processes see alike; another reason is known of the last call.
    """
    if any(one.is_dir() and _free(one) < _TIGHT for one in directories()):
        return "BAS-003"
    return last_failure.code()


def line(failure: BaseException) -> str:
    """What the log says of *failure*: the engine's own name for it, and how much room there is."""
    names = [
        str(one) if isinstance(one, Replaced) else name_of(one)
        for one in _chain(failure)
        if isinstance(one, (*errors.of_databases(), OSError))
    ]
    rooms = [f"{_free(one) // 2**20} MiB libres en {one}" for one in directories()]
    return "; ".join((names[0] if names else type(failure).__name__, *rooms))


def in_words(failure: BaseException) -> str:
    """One line about *failure* for the log: its reasons, what the engine says, or where it happened."""
    if isinstance(failure, Refused):
        return " ".join(one.text() for one in failure.problems)
    found = told(failure)
    return f"{found.code}: {line(failure)}" if found else where(failure)


def name_of(failure: BaseException) -> str:
    """The engine's or the system's name for *failure*."""
    if isinstance(failure, OSError) and failure.errno:
        return errno.errorcode.get(failure.errno, str(failure.errno))
    return errors.name_of(failure) or type(failure).__name__


def _code_of(failure: BaseException) -> str:
    """The reason's code; empty for what is no fault of the database."""
    if isinstance(failure, OSError) and not isinstance(failure, ConnectionError):
        return _BY_ERRNO.get(failure.errno or 0, "")
    # A failure to write is told alike by a full disk and by a broken one.
    if could_not_grow(failure) and any(_free(one) < _TIGHT for one in directories()):
        return "BAS-003"
    return errors.code_of(failure)


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def _free(directory: Path) -> int:
    """Bytes that may still be written there; 0 where nothing can be asked."""
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return 0
