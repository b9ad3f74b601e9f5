"""Sends in the background what is to be printed: each printer in order, and none waits for another.

A printer that fails is tried again after pauses that grow to a minute, for as long as it takes: people are told, and
the queue is theirs to move. What was at a printer when this process died is taken by the next one; if bytes had left,
the paper says that it is a copy.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from dteplanows.archive.copies import Copies, printed_at
from dteplanows.document.problem import Refused
from dteplanows.ledger import faults, presence
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.print_tables import PrinterKind, StoredPrint, StoredPrinter
from dteplanows.ledger.prints import LONGEST, TERM, Lane
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.printers.addresses import REGISTERED, Address, read
from dteplanows.printers.agents import look_at_silence
from dteplanows.printers.failures import content_or_failed, reason_of
from dteplanows.printers.senders import SENDERS
from dteplanows.printers.sending import GLANCE, Order, Sender, Unprinted, queue_mark
from dteplanows.settings import Settings

log = logging.getLogger(__name__)

IDLE = 0.3
"""Seconds between two looks at what waits: a customer stands at the till."""
_RETRY = 5.0
_SILENCE = 15.0
"""Seconds between two looks whether agents fetch what they should."""
_AT_ONCE = 16
"""Jobs that are taken, made or noted at the same moment, each with a connection to the database: printers that take
their time have none, and keep nobody from that."""
_GRACE = 10.0
"""Seconds for which a job that has begun may go on when the program ends."""
CLOSING = 3.0
"""Seconds that its thread needs to see that."""


class _Stopped(Exception):  # noqa: N818 - nothing failed
    """The program ends, and the job is left to the next one."""


class Printing:
    """Sends jobs. Any number of them may run, in any number of processes."""

    def __init__(self, ledger: Ledger, printed_at: str = "", senders: Mapping[PrinterKind, Sender] = SENDERS) -> None:
        """:param printed_at: as for :class:`dteplanows.archive.copies.Copies`."""
        self._ledger = ledger
        self._copies = Copies(ledger, printed_at=printed_at)
        self._senders = senders
        self._busy: dict[Lane, threading.Thread] = {}
        self._turns = threading.Semaphore(_AT_ONCE)
        self._rarely = Rarely(LONGEST)
        self._listened = -_SILENCE
        self.name = presence.new_worker()

    def run(self, stop: threading.Event) -> None:
        """Work until *stop* is set; jobs that have begun are finished, if they end soon."""
        with presence.held(self._ledger.directory, "impresor"):
            while not stop.is_set():
                try:
                    self.look(stop)
                except Exception as failure:  # noqa: BLE001 - the outermost edge: without it nothing is printed any more
                    log.error("Las impresiones esperan: %s", faults.in_words(failure))
                    stop.wait(_RETRY)
                finally:
                    self._ledger.close()
                stop.wait(IDLE)
            end = time.monotonic() + _GRACE + CLOSING
            for thread in list(self._busy.values()):
                thread.join(max(0.0, end - time.monotonic()))

    def look(self, stop: threading.Event) -> list[threading.Thread]:
        """Begin with what can be sent now. Gives what does so."""
        if time.monotonic() - self._listened > _SILENCE:
            self._listened = time.monotonic()
            look_at_silence(self._ledger)
        self._busy = {lane: thread for lane, thread in self._busy.items() if thread.is_alive()}
        begun = []
        for lane in self._ledger.prints.due(presence.is_gone):
            if lane not in self._busy:
                thread = threading.Thread(target=self._drain, args=(lane, stop), daemon=True)
                self._busy[lane] = thread
                thread.start()
                begun.append(thread)
        return begun

    def _drain(self, lane: Lane, stop: threading.Event) -> None:
        """Send what waits in *lane*, one after the other, until something stops it."""
        with self._turns:
            try:
                while not stop.is_set():
                    job = self._ledger.prints.take(lane, self.name, presence.is_gone)
                    if job is None or not self._print(job, stop):
                        return
            except Exception as failure:  # noqa: BLE001 - the others are still to be printed
                if self._rarely.admits((lane, faults.in_words(failure))):
                    log.error("Las impresiones de una impresora esperan: %s", faults.in_words(failure))
            finally:
                self._ledger.close()

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Let others have this thread's turn while what is inside waits for a printer."""
        self._turns.release()
        try:
            yield
        finally:
            self._turns.acquire()

    def _print(self, job: StoredPrint, stop: threading.Event) -> bool:
        """Whether the next job of its printer can be sent now."""
        prints, printer = self._ledger.prints, self._ledger.printers.find(job.impresora_id)
        sender = self._senders.get(printer.clase) if printer else None
        if printer is None or sender is None or printer.retenida:
            # Held, or an agent's, between the look and now.
            prints.give_back(job, self.name)
            return False
        watch = _Watch(self._ledger, job, self.name, stop)
        watch.warned = printer.aviso
        with suppress(Overtaken, _Stopped):
            try:
                content = content_or_failed(self._copies, job, printer, self.name)
                if content is None:
                    return True
                order = Order(printer, self._address(printer, job), content, queue_mark(job.id, job.pedida))
                with self._aside():
                    sender(order, watch)
                watch.warns("")
                prints.done(job, self.name)
            except Unprinted as failure:
                self._note(printer, failure.reason)
                prints.retry(job, self.name, failure.reason, clean=failure.clean)
                return False
            except (Overtaken, _Stopped):
                raise
            except Exception as failure:  # noqa: BLE001 - the others are still to be printed
                prints.fail(job, self.name, reason_of(failure, job.id))
            return True
        # What was told of the printer while the job was another's already is nobody's any more.
        self._ledger.printers.settle(printer.id)
        if stop.is_set():
            prints.give_back(job, self.name)
        return False

    def _note(self, printer: StoredPrinter, reason: str) -> None:
        """Tell people why a printer prints nothing; the log only now and then, for it is tried again and again."""
        self._ledger.printers.warn(printer.id, reason)
        if self._rarely.admits((printer.id, reason)):
            log.warning("La impresora %s no imprime: %s", printer.nombre, reason)

    def _address(self, printer: StoredPrinter, job: StoredPrint) -> Address:
        """Where *printer* is now.

        :raises Unprinted: nobody has registered, or its folder is not there.
        """
        try:
            address = read(printer.clase, printer.direccion)
        except Refused as refused:
            found = refused.problems[0]
            raise Unprinted(f"{found.message} {found.remedy}".rstrip("."), clean=True) from None
        if address.host != REGISTERED:
            return address
        for one in self._ledger.marks.listeners(job.ambiente, job.rut_emisor):  # type: ignore[arg-type]
            if one.usuario.casefold() == job.usuario.casefold() and job.puerto in (0, one.puerto):
                return Address(one.ip, address.port or one.puerto)
        raise Unprinted(f"el programa de {job.usuario} no ha registrado su dirección con RegIP", clean=True)


class _Watch:
    """What a sender tells, written to the ledger."""

    def __init__(self, ledger: Ledger, job: StoredPrint, worker: str, stop: threading.Event) -> None:
        self._ledger, self._job, self._worker, self._stop = ledger, job, worker, stop
        self._begun = False
        self._renewed = self._used = time.monotonic()
        self._ends = 0.0
        self.warned = ""
        """What people were told last."""

    def begins(self) -> None:
        self._ledger.prints.begins(self._job, self._worker)
        self._begun, self._used = True, time.monotonic()

    def lives(self) -> None:
        now = time.monotonic()
        if self._stop.is_set():
            self._ends = self._ends or now + _GRACE
            if not self._begun or now > self._ends:
                raise _Stopped
        if now - self._renewed > TERM / 4:
            self._ledger.prints.renew(self._job, self._worker)
            self._renewed = self._used = now
        elif now - self._used > GLANCE:
            # A printer may take hours, and connections to a database are few.
            self._ledger.close()
            self._used = now

    def warns(self, text: str) -> None:
        if text != self.warned:
            self._ledger.printers.warn(self._job.impresora_id, text)
            self.warned, self._used = text, time.monotonic()


@contextmanager
def printing(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """What is to be printed is sent while what is inside runs. *stop* is set at its end."""
    thread = threading.Thread(target=Printing(ledger, printed_at(settings)).run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GRACE + 2 * CLOSING)
