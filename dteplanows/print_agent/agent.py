"""The agent itself: asks, prints, tells; again and again, whatever happens to the network, the printer and itself."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import dteplanows
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.print_agent.journal import Journal
from dteplanows.print_agent.outputs import Output
from dteplanows.print_agent.service import Service, Unanswered
from dteplanows.printers.agent_messages import WAITING, Answer, Outcome, Question, Report, Work
from dteplanows.printers.content import Content
from dteplanows.printers.failures import reason_of
from dteplanows.printers.sending import Order, Unprinted, queue_mark
from dteplanows.process.system_errors import in_words

_FIRST, _LONGEST = 1.0, 30.0
"""Seconds between two tries to reach the service; they double."""
_PERSON = 60.0
"""Seconds where only a person can mend it."""
_ALIVE = 15.0
"""Seconds between two signs of life while something is printed."""
_REMINDED = 3600.0
"""Seconds after which the same trouble is said again."""


class Agent:
    """Prints what the service has for one printer, one job after the other."""

    def __init__(self, service: Service, journal: Journal, output: Output, say: Callable[[str], None]) -> None:
        """:param say: takes what a person may want to know, a sentence."""
        self._service, self._journal, self._output, self._say = service, journal, output, say
        self._said: tuple[str, float] = ("", 0.0)
        self._printer = ""
        self._turn, self._busy = threading.Lock(), False

    def run(self, stop: threading.Event) -> None:
        """Work until *stop* is set; what is being printed then is finished first, and told."""
        pause = _FIRST
        while not stop.is_set():
            # What is to be told is told at once, and not with an answer that waits for a job.
            wait = 0.0 if self._journal.report else WAITING
            try:
                found = self._ask(wait)
            except Unanswered as failure:
                self._trouble(f"{failure.reason}. Se sigue intentando.")
                stop.wait(_PERSON if failure.person else pause)
                pause = min(2 * pause, _LONGEST)
                continue
            pause = _FIRST
            if not found.trabajo:
                stop.wait(found.pausa if wait else 0.0)
            elif self._takes(stop):
                self._print(found.trabajo)
                self._busy = False
        if self._journal.report:
            with suppress(Unanswered):
                self._ask(0.0, wants=False)

    def is_idle(self) -> bool:
        """Whether nothing is being printed or told; asked once :meth:`run` is to stop, it stays so."""
        with self._turn:
            return not self._busy and not self._journal.report

    def _takes(self, stop: threading.Event) -> bool:
        """Whether a job that has come is printed; one that is not waits at the service."""
        with self._turn:
            self._busy = not stop.is_set()
            return self._busy

    def _ask(self, wait: float, *, wants: bool = True) -> Answer:
        """Tell what is to be told, and take the next job if there is one.

        :raises Unanswered: the service does not hear; it is told later.
        """
        reported = self._journal.report
        found = self._service.ask(self._question(reported, wait, wants=wants))
        if reported:
            self._keep(None)
        if found.impresora != self._printer or self._said[0]:
            self._printer, self._said = found.impresora, ("", 0.0)
            self._say(f"Conectado: imprime lo de la impresora {found.impresora} en {self._output.name}.")
        return found

    def _question(self, report: Report | None, wait: float, *, wants: bool = True) -> Question:
        return Question(
            instancia=self._journal.instance, equipo=platform.node()[:100], version=dteplanows.__version__,
            espera=wait, quiere=wants, informe=report,
        )  # fmt: skip

    def _print(self, work: Work) -> None:
        outcome, reason = self._sent(work)
        self._keep(Report(trabajo=work.trabajo, intento=work.intento, resultado=outcome, motivo=_line(reason)))
        if outcome == "impresa":
            self._say(f"Impreso: {work.titulo}")
        else:
            self._trouble(f"{work.titulo}: {reason or 'se imprime en otra parte, o ya no'}")

    def _sent(self, work: Work) -> tuple[Outcome, str]:
        """Print *work*: what became of it, and why."""
        watch = _Watch(self, work)
        try:
            self._output.send(self._order(work), watch)
        except Overtaken:
            return _unknown(watch), ""
        except Unprinted as failure:
            return "no impresa" if failure.clean else _unknown(watch), failure.reason
        except OSError as error:  # of this machine: its disk is full
            return _unknown(watch), in_words(error)
        except Exception as failure:  # noqa: BLE001 - the others are still to be printed
            return "imposible", reason_of(failure, work.trabajo)
        return "impresa", ""

    def _keep(self, report: Report | None) -> None:
        try:
            self._journal.keep(report)
        except OSError as error:
            # It is told as long as this process lives; after that nobody knows.
            self._trouble(f"No se puede escribir el estado del agente: {in_words(error)}")

    def _order(self, work: Work) -> Order:
        printer = StoredPrinter(
            0, "", "", self._output.name, "agente", "", work.formato, cajon=False, densidad=0, retenida=False,
            aviso="", aviso_desde=None, borrada=None,
        )  # fmt: skip
        content = Content(work.datos, work.media, work.nombre, work.titulo)
        return Order(printer, self._output.address, content, queue_mark(work.trabajo, work.pedida))

    def begins(self, work: Work) -> None:
        """Write down that *work* is about to leave."""
        self._journal.begins(work.trabajo, work.intento)

    def goes_on(self, work: Work, warned: str) -> None:
        """Tell the service that *work* is being printed.

        :raises Overtaken: it is not to be printed here any more.
        """
        report = Report(trabajo=work.trabajo, intento=work.intento, resultado="sigue", motivo=_line(warned))
        try:
            found = self._service.ask(self._question(report, 0.0, wants=False))
        except Unanswered as failure:
            self._trouble(f"{failure.reason}. Se sigue intentando.")
            return
        if not found.vigente:
            raise Overtaken

    def _trouble(self, text: str) -> None:
        """Say *text*, but not the same again and again."""
        before, since = self._said
        if text != before or time.monotonic() - since > _REMINDED:
            self._said = (text, time.monotonic())
            self._say(text)


class _Watch:
    """What a sender tells while it prints."""

    def __init__(self, agent: Agent, work: Work) -> None:
        self._agent, self._work = agent, work
        self.begun = False
        self._warned = ""
        self._told = time.monotonic()

    def begins(self) -> None:
        if not self.begun:
            self._agent.begins(self._work)
            self.begun = True

    def lives(self) -> None:
        if time.monotonic() - self._told > _ALIVE:
            self._tell()

    def warns(self, text: str) -> None:
        if text != self._warned:
            self._warned = text
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._agent.goes_on(self._work, self._warned)


def _unknown(watch: _Watch) -> Outcome:
    """What a job is that did not end well."""
    return "dudosa" if watch.begun else "no impresa"


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:500]
