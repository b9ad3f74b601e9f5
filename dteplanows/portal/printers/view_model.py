"""What the page of the printers shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger import presence
from dteplanows.ledger.print_tables import PrintState, StoredPrinter
from dteplanows.ledger.printers import Way, lacks_worker
from dteplanows.ledger.store import Ledger
from dteplanows.printers.shown import COPY_WORDS, Line, agent_words, lines_of, printer_words, route_words
from dteplanows.printing.escpos import profiles

MOST = 50
"""Jobs that are shown of the queue, and of what was printed."""

STATE_KINDS: Mapping[PrintState, str] = {
    "pendiente": "plain", "enviando": "info", "impresa": "ok", "fallida": "bad", "cancelada": "plain",
}  # fmt: skip
"""Kinds of badges."""


class Row(NamedTuple):
    """One printer."""

    printer: StoredPrinter
    words: str
    """How it is."""
    kind: str
    """Of its badge."""
    is_common: bool
    """It belongs to all companies."""
    agent: str
    """When its agent was heard of; empty where it has none."""


class RouteRow(NamedTuple):
    """One route."""

    id: int
    words: str
    printer: str
    copies: str


class Shown(NamedTuple):
    """All that is shown."""

    rows: list[Row]
    routes: list[RouteRow]
    queue: list[Line]
    printed: list[Line]
    """What was printed or given up lately, the newest first."""
    nobody_works: bool
    """Something waits, and no program on this machine sends it."""


def shown(ledger: Ledger, company: Company) -> Shown:
    """The printers of *company* and what is printed there."""
    waiting, works = ledger.prints.waiting(), presence.alive(ledger.directory, "impresor")
    rows, nobody = [], False
    for one in ledger.printers.of(company):
        jobs = waiting[one.id].jobs if one.id in waiting else 0
        nobody = nobody or lacks_worker(one, jobs, works)
        kind = "warn" if one.retenida else "bad" if one.aviso else "info" if jobs else "ok"
        agent = agent_words(ledger.print_agents.of(one.id)) if one.clase == "agente" else ""
        rows.append(Row(one, printer_words(one, jobs), kind, not one.ambiente, agent))
    queue = lines_of(ledger, ledger.prints.queue(company, MOST))
    routes = list(map(_route, ledger.printers.ways(company)))
    return Shown(rows, routes, queue, lines_of(ledger, ledger.prints.over(company, MOST)), nobody)


def _route(way: Way) -> RouteRow:
    copies = ", ".join(COPY_WORDS[one] for one in way.route.copias)
    return RouteRow(way.route.id, route_words(*way), way.printer.nombre, copies)


def format_choices(pdf: str, text: str) -> list[tuple[str, str]]:
    """What a printer may be sent, with what a person reads of it."""
    return [("pdf", pdf), ("texto", text), *((one.name, one.description) for one in profiles().values())]
