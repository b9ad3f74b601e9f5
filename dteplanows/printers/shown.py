"""How jobs and printers are told to people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.print_tables import CopyKind, PrintState, StoredAgent, StoredPrint, StoredPrinter, StoredRoute
from dteplanows.ledger.store import Ledger
from dteplanows.printers.papers import Paper, paper_of

COPY_WORDS: Mapping[CopyKind, str] = {
    "original": "original", "cedible": "cedible", "segunda": "segunda copia", "prueba": "página de prueba",
}  # fmt: skip

STATE_WORDS: Mapping[PrintState, str] = {
    "pendiente": "en espera", "enviando": "imprimiéndose", "impresa": "impresa", "fallida": "no se puede imprimir",
    "cancelada": "cancelada",
}  # fmt: skip


class Line(NamedTuple):
    """A job in words."""

    job: StoredPrint
    tipo: int
    """Of the document, as the folio; 0 for a test page."""
    folio: int
    printer: str
    copy: str
    state: str
    moment: datetime
    """When it was printed; of what is not, when it was asked for."""


def lines_of(ledger: Ledger, jobs: Collection[StoredPrint]) -> list[Line]:
    """*jobs* in words."""
    documents = ledger.prints.documents_of(jobs)
    names: dict[int, str] = {}
    found = []
    for job in jobs:
        if job.impresora_id not in names:
            printer = ledger.printers.find(job.impresora_id)
            names[job.impresora_id] = printer.nombre if printer else ""
        tipo, folio = documents.get(job.documento_id or 0, (0, 0))
        copy = COPY_WORDS[job.copia] + (", reimpresión" if job.reimpresion else "")
        moment = job.impresa or job.pedida
        found.append(Line(job, tipo, folio, names[job.impresora_id], copy, STATE_WORDS[job.estado], moment))
    return found


def route_words(route: StoredRoute, printer: StoredPrinter) -> str:
    """Which documents *route* brings to *printer*."""
    paper = paper_of(printer.formato)
    parts = [
        f"tipo {route.tipo}" if route.tipo else "" if paper is Paper.ANY else paper.words,
        f"del usuario {route.usuario}" if route.usuario else "",
        f"con Puerto {route.puerto}" if route.puerto else "",
        f"de la sucursal {route.sucursal}" if route.sucursal else "",
    ]
    return ", ".join(filter(None, parts)) or paper.words


def printer_words(printer: StoredPrinter, waiting: int) -> str:
    """How *printer* is."""
    jobs = "1 trabajo espera" if waiting == 1 else f"{waiting} trabajos esperan" if waiting else ""
    if printer.retenida:
        return f"retenida{'; ' + jobs if jobs else ''}"
    if printer.aviso and printer.aviso_desde:
        return f"{printer.aviso} (desde las {printer.aviso_desde:%H:%M del %d-%m-%Y}){'; ' + jobs if jobs else ''}"
    return jobs or "en orden"


def agent_words(agent: StoredAgent | None) -> str:
    """When the agent of a printer was heard of last, and from where."""
    if agent is None:
        return "su agente no tiene clave todavía"
    if not agent.visto:
        return f"clave creada el {agent.creada:%d-%m-%Y a las %H:%M}; su agente no ha llamado todavía"
    heard = datetime.fromtimestamp(agent.visto, UTC).astimezone(clock.SANTIAGO)
    where = f"{agent.equipo} ({agent.ip})" if agent.equipo else agent.ip
    return f"su agente llamó por última vez el {heard:%d-%m-%Y a las %H:%M}, desde {where}, versión {agent.version}"
