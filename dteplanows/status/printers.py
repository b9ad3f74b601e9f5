"""Whether what a company prints by itself comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dteplanows.document.company import Company
from dteplanows.ledger import presence
from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.ledger.printers import lacks_worker
from dteplanows.ledger.prints import Waiting
from dteplanows.status.look import Look, group_of
from dteplanows.status.rows import Row, State

_LONG = timedelta(minutes=2)
"""How long something may wait until it is remarkable."""
_QUEUE = "Vea la cola con «impresion listar»; lo que no puede esperar se mueve a otra impresora con «impresion mover»."
_NONE = Waiting(0, "")


def printers(look: Look, company: Company) -> Iterator[Row]:
    """A row for each printer of *company*, those of all companies included."""
    found = look.ledger.printers.of(company)
    if not found:
        return
    waiting, failed = look.ledger.prints.waiting(), look.ledger.prints.failed_counts()
    works = presence.alive(look.settings.directorio, "impresor")
    for one in found:
        queue = waiting.get(one.id, _NONE)
        since = datetime.fromisoformat(queue.since) if queue.since else look.now
        facts = {
            "impresora": one.nombre, "esperan": queue.jobs, "fallidas": failed.get(one.id, 0), "aviso": one.aviso,
            "retenida": one.retenida, "trabajador": works,
        }  # fmt: skip
        text, remedy = _words(one, queue.jobs, failed.get(one.id, 0), works=works, late=look.now - since > _LONG)
        state = State.AVISO if remedy else State.OK
        yield Row(group_of(company), f"Impresora {one.nombre}", state, text, remedy, facts)


def _words(one: StoredPrinter, jobs: int, failed: int, *, works: bool | None, late: bool) -> tuple[str, str]:
    """How a printer is, and what to do."""
    queue = f"{jobs} trabajos esperan." if jobs > 1 else "1 trabajo espera." if jobs else "Nada espera."
    if lacks_worker(one, jobs, works):
        return f"{queue} Ningún programa imprime en este equipo.", "Inicie el servicio, o la orden «worker»."
    if one.retenida:
        return f"Está retenida. {queue}", "Siga con «impresora soltar»." if jobs else ""
    if one.aviso:
        reason = one.aviso[:1].upper() + one.aviso[1:]
        return f"{reason}. {queue}", f"Vea la impresora. {_QUEUE}" if jobs else ""
    if failed:
        count = f"{failed} trabajos no se pudieron" if failed > 1 else "1 trabajo no se pudo"
        return f"{count} imprimir ahí. {queue}", _QUEUE
    return queue, _QUEUE if late and jobs else ""
