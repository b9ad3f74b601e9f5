"""Makes in the background what people asked for, beside batches and delivery, and removes it after some days."""

from __future__ import annotations

import logging
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import cast

from dteplanows.archive.copies import printed_at
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.exports import FOLDER, path_of
from dteplanows.exports.formats import what_of
from dteplanows.exports.making import MAKERS, count
from dteplanows.exports.pauses import Pauses
from dteplanows.exports.work import Progress, Work
from dteplanows.ledger import faults, presence
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.book_tables import StoredExport
from dteplanows.ledger.engines import errors
from dteplanows.ledger.store import Ledger
from dteplanows.log import call
from dteplanows.log.where import where
from dteplanows.process.priority import stand_back
from dteplanows.process.system_errors import in_words
from dteplanows.settings import Settings
from dteplanows.validator.report import money

log = logging.getLogger(__name__)

IDLE = 1.0
"""Seconds between two looks at what waits."""
_RETRY = 5.0
_TELL = 1.0
"""Seconds between two notes of how far a file is."""
_TIDY = 600.0
"""Seconds between two looks at what need not be kept."""
_MOST = 1_000_001
_SPARED = 512 * 2**20
"""Bytes of the disk that are left for the ledger."""
_MEGA = 2**20


class _Stopped(Exception):  # noqa: N818 - nothing failed
    """The program ends, and the file is left where it is."""


class Exporter:
    """Makes files one after the other. Any number of them may run, in any number of processes."""

    def __init__(self, ledger: Ledger, days: int, megas: int, printed_at: str = "") -> None:
        """:param days: for which a file is kept.
        :param megas: MiB that all files may take.
        :param printed_at: what the address of a document's page begins with, where it is printed on the document.
        """
        self._printed_at = printed_at
        self._ledger = ledger
        self._days, self._bytes = days, megas * _MEGA
        self._tidied = -_TIDY
        self.name = presence.new_worker()
        self._host = socket.gethostname()

    def run(self, stop: threading.Event) -> None:
        """Work until *stop* is set; what is under way is left then, and taken up again later."""
        with presence.held(self._ledger.directory, "exportador"):
            while not stop.is_set():
                worked = False
                try:
                    self.tidy()
                    worked = self.work_once(stop)
                except Exception as failure:  # noqa: BLE001 - the outermost edge: without it nothing is made any more
                    log.error("Las exportaciones esperan: %s", faults.in_words(failure))
                    stop.wait(_RETRY)
                finally:
                    self._ledger.close()
                if not worked:
                    stop.wait(IDLE)

    def work_once(self, stop: threading.Event | None = None) -> bool:
        """Make the next file, or as much of it as can be; False when there was none."""
        one = self._ledger.exports.take(self.name, self._host, presence.is_gone)
        if one is None:
            return False
        path = path_of(self._ledger, one)
        try:
            self._make(one, path, stop or threading.Event())
        except Overtaken:
            # Removed by its owner, or another worker has it: then its file is not ours.
            if self._ledger.exports.find(one.id) is None:
                path.unlink(missing_ok=True)
        except _Stopped:
            self._ledger.exports.give_back(one, self.name)
        except Refused as refused:
            self._fail(one, path, " ".join(each.text() for each in refused.problems))
        except OSError as error:
            self._fail(one, path, problem("SRV-262", value=one.nombre, reason=in_words(error)).text())
        except errors.passing():
            self._ledger.exports.give_back(one, self.name, _RETRY)
            raise
        except Exception as failure:  # noqa: BLE001 - the others are still to be made
            identifier = call.identifier()
            log.error("Error %s en la exportación %s: %s", identifier, one.id, where(failure))
            self._fail(one, path, problem("SRV-263", identificador=identifier).text())
        return True

    def _fail(self, one: StoredExport, path: Path, why: str) -> None:
        with suppress(Overtaken):
            self._ledger.exports.fail(one, self.name, why)
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def _make(self, one: StoredExport, path: Path, stop: threading.Event) -> None:
        ledger = self._ledger
        company = ledger.companies.find(cast(Ambiente, one.ambiente), one.rut_emisor)
        if company is None:
            raise LookupError(f"export {one.id} has no company")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        what = what_of(one.que)
        total = one.total or count(ledger, company, one.formato, what, _MOST)
        here = path.stat().st_size if path.exists() else 0
        # Of a file that is shorter than it was known to be nothing can be used.
        begin = Progress(one.hechos, one.punto, one.largo) if 0 < one.largo <= here else Progress()
        state = one._replace(total=total, hechos=begin.hechos, punto=begin.punto, largo=begin.largo)
        ledger.exports.advance(state, self.name)
        told, pauses = time.monotonic(), Pauses(ledger, stop)

        def step(progress: Progress) -> None:
            nonlocal told, state
            state = state._replace(hechos=progress.hechos, punto=progress.punto, largo=progress.largo)
            if stop.is_set() or time.monotonic() - told > _TELL:
                ledger.exports.advance(state, self.name)
                told = time.monotonic()
            if stop.is_set():
                raise _Stopped
            self._look_at_disk(one, path)
            pauses.take()

        done = MAKERS[one.formato](Work(ledger, company, what, path, step, begin, self._printed_at))
        ledger.exports.finish(state._replace(hechos=done.hechos, largo=done.largo), self.name)

    def _look_at_disk(self, one: StoredExport, path: Path) -> None:
        """:raises Refused: the file takes more place than it may (SRV-261)."""
        folder = path.parent
        size = path.stat().st_size if path.exists() else 0
        if size > self._bytes or shutil.disk_usage(folder).free < _SPARED:
            raise Refused([problem("SRV-261", value=one.nombre, megas=money(self._bytes // _MEGA))])

    # --- what need not be kept -------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Remove what is older than it is kept, and the oldest where all take too much place; now and then."""
        if time.monotonic() - self._tidied < _TIDY:
            return
        self._tidied = time.monotonic()
        for one in self._ledger.exports.ended(clock.now() - timedelta(self._days)):
            self._expire(one)
        folder = self._ledger.directory / FOLDER
        if not folder.is_dir():
            return
        known = {path_of(self._ledger, one): one for one in self._ledger.exports.stored()}
        there = [path for path in folder.iterdir() if path.is_file()]
        for path in there:
            if path not in known:
                with suppress(OSError):
                    path.unlink()
        taken = sum(path.stat().st_size for path in known if path.exists())
        for path, one in known.items():
            if taken <= self._bytes:
                break
            if one.estado == "lista" and path.exists():
                taken -= path.stat().st_size
                self._expire(one)

    def _expire(self, one: StoredExport) -> None:
        if one.equipo != self._host:
            return
        with suppress(OSError):
            path_of(self._ledger, one).unlink(missing_ok=True)
        self._ledger.exports.expire(one)


def exporter_of(settings: Settings, ledger: Ledger) -> Exporter:
    """One on *ledger*, by *settings*."""
    return Exporter(ledger, settings.exportaciones_dias, settings.exportaciones_megas, printed_at(settings))


@contextmanager
def exporting(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """Files are made while what is inside runs. *stop* is set at its end."""
    exporter = exporter_of(settings, ledger)

    def work() -> None:
        stand_back()  # a call of an ERP comes first
        exporter.run(stop)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
