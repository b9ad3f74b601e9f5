"""What the service does for the agents that print at the customer's site: their keys, their jobs, what they report.

A job that an agent was given is the agent's until it says what became of it, however long its machine sleeps: the same
agent is given the same job again, for its journal knows whether it has begun. Only another agent in its place, which
has another journal, makes the job one that may have been printed.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from dteplanows.archive.copies import Copies
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger import presence
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.print_agents import Seen
from dteplanows.ledger.print_tables import StoredAgent, StoredPrint, StoredPrinter
from dteplanows.ledger.prints import Lane
from dteplanows.ledger.store import Ledger
from dteplanows.printers.agent_messages import ALONE, Answer, Question, Report, Work
from dteplanows.printers.failures import content_or_failed

_NOTED = 20.0
"""Seconds between two notes that an agent was heard of."""

SILENT = "su agente no llama"
"""How what is told of a printer begins whose agent is not heard of."""


class Known(NamedTuple):
    """An agent whose key is good, and its printer."""

    agent: StoredAgent
    printer: StoredPrinter


def new_key(ledger: Ledger, printer: StoredPrinter) -> str:
    """A new key for the agent of *printer*, which is shown once; an earlier one opens nothing any more.

    :raises Refused: it is no agent's printer (CFG-084).
    """
    if printer.clase != "agente":
        raise Refused([problem("CFG-084", value=printer.nombre, clase=printer.clase)])
    key = secrets.token_urlsafe(32)
    ledger.print_agents.set_key(printer, _digest(key))
    return key


def known(ledger: Ledger, key: str) -> Known | None:
    """Whose *key* it is; None for nobody's."""
    agent = ledger.print_agents.find(_digest(key))
    printer = ledger.printers.find(agent.impresora_id) if agent else None
    if agent is None or printer is None or printer.borrada or printer.clase != "agente":
        return None
    return Known(agent, printer)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def look_at_silence(ledger: Ledger) -> None:
    """Tell people of agents' printers for which something waits while nobody fetches it."""
    waiting = ledger.prints.waiting()
    for printer in ledger.printers.all():
        if printer.clase != "agente" or printer.retenida or printer.id not in waiting or printer.aviso:
            continue
        oldest = datetime.fromisoformat(waiting[printer.id].since)
        if (clock.now() - oldest).total_seconds() < ALONE:
            continue
        agent = ledger.print_agents.of(printer.id)
        if agent is None:
            ledger.printers.warn(printer.id, f"{SILENT} todavía: cree su clave")
        elif not 0 <= time.time() - agent.visto < ALONE:
            ledger.printers.warn(printer.id, SILENT + (f" en {agent.equipo}" if agent.equipo else ""))


class Agents:
    """Answers agents."""

    def __init__(self, copies: Copies) -> None:
        """:param copies: make what is printed."""
        self._ledger, self._copies = copies.ledger, copies

    def note(self, who: Known, question: Question, ip: str) -> None:
        """Note that an agent calls.

        :raises Refused: another one with the same key lives (CFG-085).
        """
        agent, printer = who
        silent = time.time() - agent.visto
        if question.instancia != agent.instancia and agent.instancia and 0 <= silent < ALONE:
            raise Refused([problem("CFG-085", value=printer.nombre, equipo=agent.equipo or agent.ip)])
        seen = Seen(question.instancia, question.equipo, ip, question.version)
        before = Seen(agent.instancia, agent.equipo, agent.ip, agent.version)
        if seen != before or not 0 <= silent < _NOTED:
            self._ledger.print_agents.saw(agent, printer, seen)
        if printer.aviso.startswith(SILENT):
            self._ledger.printers.warn(printer.id, "")

    def hear(self, printer: StoredPrinter, instancia: str, report: Report) -> bool:
        """Take a report in; whether the agent still has that job."""
        prints, job = self._ledger.prints, self._ledger.prints.find(report.trabajo)
        if job is None or job.impresora_id != printer.id or job.intentos != report.intento:
            return False
        worker = worker_of(instancia)
        try:
            if report.resultado == "impresa":
                prints.done(job, worker)
            elif report.resultado == "sigue":
                prints.renew(job, worker)
            elif report.resultado == "imposible":
                prints.fail(job, worker, report.motivo)
            else:
                prints.retry(job, worker, report.motivo, clean=report.resultado == "no impresa")
        except Overtaken:
            return False
        told = "" if report.resultado in ("impresa", "imposible") else report.motivo
        if told != printer.aviso:
            self._ledger.printers.warn(printer.id, told)
        return True

    def next(self, printer: StoredPrinter, instancia: str) -> Work | None:
        """The job that this agent has, or the next one of its printer, which it has from now on; None for nothing."""
        prints, lane, worker = self._ledger.prints, Lane(printer.id, ""), worker_of(instancia)
        while not printer.retenida:
            job = prints.had_by(lane, worker)
            if job is None and prints.can_take(lane, presence.is_gone):
                job = prints.take(lane, worker, presence.is_gone)
            if job is None:
                return None
            with suppress(Overtaken):
                if found := self._work(job, printer, worker):
                    return found
        return None

    def _work(self, job: StoredPrint, printer: StoredPrinter, worker: str) -> Work | None:
        """*job* with all that is needed to print it; None where it cannot be, and then it has failed.

        :raises Overtaken: it is this agent's no more.
        """
        made = content_or_failed(self._copies, job, printer, worker)
        if made is None:
            return None
        # From here on it may be printed, also while the agent cannot say so.
        self._ledger.prints.begins(job, worker)
        return Work.model_construct(
            trabajo=job.id, intento=job.intentos, pedida=job.pedida, formato=printer.formato, nombre=made.name,
            titulo=made.title, media=made.media, datos=made.data,
        )  # fmt: skip

    def answer(self, printer: StoredPrinter, question: Question) -> Answer:
        """The answer to *question* at this moment, which may have no job."""
        heard = self.hear(printer, question.instancia, question.informe) if question.informe else True
        work = self.next(printer, question.instancia) if question.quiere else None
        return Answer.model_construct(impresora=printer.nombre, vigente=heard, trabajo=work, pausa=0.0)


def worker_of(instancia: str) -> str:
    """What the jobs of an agent say who has them."""
    return f"agente::{instancia}"
