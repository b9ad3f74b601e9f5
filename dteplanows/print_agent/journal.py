"""What an agent is printing and what became of it, kept on its disk: what it knows when it is started again.

It is written and on the disk before the first byte leaves, and once more when the printer has all of it, before the
service is told. An agent that was killed in between finds the first and says that nobody knows.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, ValidationError

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.durable import sync
from dteplanows.printers.agent_messages import Identifier, Report
from dteplanows.process.system_errors import in_words

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

KILLED = "el agente se detuvo mientras imprimía"
"""What is said of a job that was begun, and nothing after it."""


class _Kept(BaseModel):
    """What is in the file."""

    instancia: Identifier
    informe: Report | None


class Journal:
    """The journal in one file. Only one process has it: use :func:`opened`."""

    def __init__(self, path: Path) -> None:
        """:raises Refused: it cannot be written (CFG-082)."""
        self._path = path
        self.instance = uuid.uuid4().hex
        """Which journal this is; a new one where the file is gone or damaged."""
        self.report: Report | None = None
        """What the service has still to be told."""
        with suppress(OSError, ValidationError):
            kept = _Kept.model_validate_json(path.read_bytes())
            self.instance, self.report = kept.instancia, kept.informe
        try:
            self._write()
        except OSError as error:
            raise Refused([problem("CFG-082", value=str(path), reason=in_words(error))]) from None

    def begins(self, work: int, attempt: int) -> None:
        """The first byte of that try is about to leave.

        :raises OSError: it cannot be written down, so nothing may be printed.
        """
        self.keep(Report(trabajo=work, intento=attempt, resultado="dudosa", motivo=KILLED))

    def keep(self, report: Report | None) -> None:
        """Keep what is to be told; None once it was.

        :raises OSError: it cannot be written down, and is only known as long as this process lives.
        """
        self.report = report
        self._write()

    def _write(self) -> None:
        draft = self._path.with_name(f".{self._path.name}.parte")
        with draft.open("w", encoding="utf-8") as file:
            file.write(_Kept(instancia=self.instance, informe=self.report).model_dump_json())
        sync(draft)
        draft.replace(self._path)
        sync(self._path.parent)


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal at *path*, for this process alone.

    :raises Refused: another agent has it (CFG-083), or it cannot be written (CFG-082).
    """
    lock = path.with_name(f".{path.name}.en-uso")
    try:
        file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused([problem("CFG-082", value=str(path), reason=in_words(error))]) from None
    try:
        try:
            if sys.platform == "win32":
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused([problem("CFG-083", value=str(path))]) from None
        yield Journal(path)
    finally:
        os.close(file)
