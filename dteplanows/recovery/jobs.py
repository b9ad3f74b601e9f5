"""Long work on an installation that somebody begins and does not wait for: a backup, or the check of everything.

It runs beside what its process does otherwise. How far it is stands in a file of the data directory, which every
process reads; one whose process has died is known by its silence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ValidationError

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.store import Ledger
from dteplanows.log.where import where

log = logging.getLogger(__name__)

Kind = Literal["respaldo", "verificacion", "revision"]
"""A backup; the check of the whole ledger; a backup read through."""

KINDS: tuple[Kind, ...] = get_args(Kind)

FOLDER = "trabajos"
"""Of the data directory."""

_SILENCE = timedelta(seconds=90)
"""After which a job without a sign of life is dead: one step of a large ledger takes long."""

_EVERY = timedelta(seconds=1)
"""Between two notes of how far it is."""


class Job(BaseModel):
    """The last job of its kind. Moments are local in Chile."""

    comenzado: datetime
    por: str
    """Who began it."""
    visto: datetime
    """Its last sign of life."""
    que: str = ""
    """What is done at this moment, in words."""
    hecho: int = 0
    total: int = 0
    """0 where nobody knows."""
    terminado: datetime | None = None
    bien: bool = False
    """It ended as it should."""
    resultado: str = ""
    """What came of it, or why it failed, in words for the person."""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.terminado is None and clock.now() - self.visto < _SILENCE

    @property
    def was_broken_off(self) -> bool:
        """Whether it ended without a word: its process died."""
        return self.terminado is None and not self.is_running


class Jobs:
    """The jobs of one installation. Threads and processes share them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._folder = ledger.directory / FOLDER

    def last(self, kind: Kind) -> Job | None:
        """The last job of *kind*; None where there was none."""
        try:
            return Job.model_validate_json(self._path(kind).read_text("utf-8"))
        except (OSError, ValidationError):
            return None

    def begin(self, kind: Kind, por: str, work: Callable[[Progress], tuple[bool, str]]) -> None:
        """Begin *work* beside everything else.

        :param por: who wants it.
        :param work: is told how to say how far it is; gives whether all is well, and what came of it.
        :raises Refused: one of that kind is under way (BAS-090).
        """
        now = clock.now()
        job = Job(comenzado=now, por=por, visto=now)
        with self._ledger.transaction("trabajos"):  # of two who begin at once, one does
            known = self.last(kind)
            if known and known.is_running:
                raise Refused([problem("BAS-090", desde=f"{known.comenzado:%d-%m-%Y %H:%M}", por=known.por)])
            self._note(kind, job)
        threading.Thread(target=self._run, args=(kind, job, work), daemon=True).start()

    def _run(self, kind: Kind, job: Job, work: Callable[[Progress], tuple[bool, str]]) -> None:
        def progress(what: str, done: int, total: int) -> None:
            now = clock.now()
            if now - job.visto >= _EVERY or what != job.que:
                job.visto, job.que, job.hecho, job.total = now, what, done, total
                self._note(kind, job)

        try:
            job.bien, job.resultado = work(progress)
        except Refused as refused:
            job.resultado = " ".join(one.text() for one in refused.problems)
        except Exception as failure:  # noqa: BLE001 - the outermost edge of its thread
            job.resultado = f"Un error interno lo detuvo ({type(failure).__name__}). Vea el registro del servicio."
            log.error("El trabajo %s falló: %s", kind, where(failure))
        finally:
            job.terminado = job.visto = clock.now()
            with suppress(OSError):
                self._note(kind, job)
            self._ledger.close()

    def _note(self, kind: Kind, job: Job) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        draft = self._folder / f".{kind}.{threading.get_ident()}.parte"
        draft.write_text(job.model_dump_json(), "utf-8")
        draft.replace(self._path(kind))

    def _path(self, kind: Kind) -> Path:
        return self._folder / f"{kind}.json"
