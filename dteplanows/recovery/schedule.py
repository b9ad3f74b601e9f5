"""Backups made by themselves: into a folder, every so many hours, of which the newest are kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import backups_of, installation_of
from dteplanows.ledger.store import Ledger
from dteplanows.process.system_errors import in_words
from dteplanows.recovery.backups import back_up, last_backup, note_failure
from dteplanows.settings import Settings

log = logging.getLogger(__name__)

_LOOK = 30.0
"""Seconds between two looks at the clock."""

_RETRY = timedelta(minutes=15)
"""After a failure; and as long nobody else begins one."""

_BEGUN = "respaldo_comenzado"


class _Stopped(Exception):  # noqa: N818 - nothing failed
    """The program ends, and the backup is left."""


class Schedule:
    """Makes the backups of one installation. Of several programs that do, one makes each."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger

    def run(self, stop: threading.Event) -> None:
        """Make backups until *stop* is set; one under way is left then."""
        while not stop.is_set():
            try:
                self.work_once(stop)
            except _Stopped:
                return
            except Exception as failure:  # noqa: BLE001 - the outermost edge: without it there are no more backups
                log.error("No se hizo el respaldo programado: %s. Se intenta otra vez.", type(failure).__name__)
            finally:
                self._ledger.close()
            stop.wait(_LOOK)

    def work_once(self, stop: threading.Event | None = None) -> bool:
        """Make a backup if it is time; whether a new one is there."""
        if not self._claim():
            return False
        claimed = clock.now()

        def progress(what: str, done: int, total: int) -> None:
            nonlocal claimed
            if stop is not None and stop.is_set():
                raise _Stopped
            if clock.now() - claimed > _RETRY / 3:
                claimed = clock.now()
                self._ledger.settings.save(_BEGUN, claimed.isoformat())

        folder = Path(self._settings.respaldo_carpeta)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = back_up(self._ledger, self._settings, folder, progress=progress)
        except Refused as refused:
            for one in refused.problems:
                log.error("No se hizo el respaldo programado: %s", one.text())
            return False
        except OSError as error:
            note_failure(self._ledger, f"no se puede usar la carpeta {folder}")
            log.error("No se hizo el respaldo programado: no se puede usar la carpeta %s: %s", folder, in_words(error))
            return False
        log.info("Respaldo programado hecho: %s, %s documentos", made.path, made.manifest.documentos)
        self._forget(folder)
        return True

    def _claim(self) -> bool:
        """Whether it is time, and nobody else makes it."""
        now = clock.now()
        if not self._is_due(now):
            return False
        with self._ledger.transaction("respaldos"):
            begun = self._ledger.settings.get(_BEGUN)
            if begun and timedelta(0) <= now - datetime.fromisoformat(begun) < _RETRY:
                return False
            self._ledger.settings.save(_BEGUN, now.isoformat())
        # Asked again: whoever had it may just have finished.
        return self._is_due(now)

    def _is_due(self, now: datetime) -> bool:
        last = last_backup(self._ledger).momento
        # A moment after now comes from a clock that was wrong.
        return last is None or not timedelta(0) <= now - last < timedelta(hours=self._settings.respaldo_horas)

    def _forget(self, folder: Path) -> None:
        """Delete the oldest backups of this installation beyond those that are kept."""
        there = backups_of(folder, installation_of(self._ledger.connection))
        for one in there[: -self._settings.respaldo_copias]:
            try:
                one.unlink()
            except OSError as error:
                log.warning("No se pudo borrar el respaldo antiguo %s: %s", one, in_words(error))


@contextmanager
def scheduled(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """Backups are made while what is inside runs, when the settings want any. *stop* is set at its end."""
    if not settings.respaldo_carpeta:
        yield
        return
    thread = threading.Thread(target=Schedule(settings, ledger).run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
