"""What people do with printers and with what waits there, while others do something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.archive.copies import Copies
from dteplanows.document.problem import Refused
from dteplanows.issuing.transaction import Transaction
from dteplanows.ledger import presence
from dteplanows.ledger.place import Place
from dteplanows.ledger.print_tables import StoredRoute
from dteplanows.ledger.prints import Lane
from dteplanows.printers import managing
from dteplanows.printers.agents import Agents
from dteplanows.printers.managing import Again, Facts, RouteFacts
from dteplanows.printers.shown import lines_of
from tests.installation import COMPANY, Installation, make_installation
from tests.printers.house import BOLETA, issue, jobs, printer

TICKETS = "generica-80"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def again(made: Installation, documento_id: int, name: str) -> None:
    document = made.ledger.documents.by_id(documento_id)
    assert document
    managing.print_again(
        made.ledger, COMPANY, Again(document, made.ledger.printers.named(COMPANY, name), "original", "ana")
    )


def test_only_one_paper_that_waits_is_the_original(made: Installation) -> None:
    dead = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    managing.create(made.ledger, COMPANY, Facts("Otra", "red", "127.0.0.1:2", TICKETS))
    document = issue(made, BOLETA)
    again(made, document, "Otra")
    # Somebody has it and has not begun.
    taken = made.ledger.prints.take(Lane(dead.id, ""), "otro:1:1", presence.is_gone)
    assert taken and not taken.comenzada
    again(made, document, "Otra")
    assert [one.reimpresion for one in jobs(made)] == [False, True, True]


def test_what_nobody_wants_any_more_does_not_count(made: Installation) -> None:
    printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    document = issue(made, BOLETA)
    managing.cancel(made.ledger, jobs(made)[0])
    again(made, document, "Caja")
    assert [one.reimpresion for one in jobs(made)] == [False, False]


def test_what_waits_follows_its_printer_to_another_place(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "red", "regip", TICKETS))
    issue(made, BOLETA, 9978)
    issue(made, BOLETA, 10033)
    assert len({job.destino for job in jobs(made)}) == 2 and "" not in {job.destino for job in jobs(made)}
    before = [job.destino for job in jobs(made)]
    agent = managing.change(made.ledger, one, managing.facts_of(one)._replace(clase="agente", direccion=""))
    work = Agents(Copies(made.ledger)).next(agent, "a" * 32)
    assert work and work.trabajo == jobs(made)[0].id
    assert [job.destino for job in jobs(made)] == ["", ""]
    managing.change(made.ledger, agent, managing.facts_of(agent)._replace(clase="red", direccion="regip"))
    assert [job.destino for job in jobs(made)] == before


@pytest.mark.parametrize("end", ["move", "cancel", "fail"])
def test_what_people_are_told_of_a_printer_ends_with_what_waits_there(made: Installation, end: str) -> None:
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    other = managing.create(made.ledger, COMPANY, Facts("Otra", "red", "127.0.0.1:2", TICKETS))
    issue(made, BOLETA)
    issue(made, BOLETA)
    made.ledger.printers.warn(one.id, "la impresora no tiene papel")
    for left in (1, 0):
        job = next(job for job in jobs(made) if (job.impresora_id, job.estado) == (one.id, "pendiente"))
        if end == "move":
            managing.move(made.ledger, job, other)
        elif end == "cancel":
            managing.cancel(made.ledger, job)
        else:
            taken = made.ledger.prints.take(Lane(one.id, ""), "otro:1:1", presence.is_gone)
            assert taken
            made.ledger.prints.fail(taken, "otro:1:1", "no sirve")
        found = made.ledger.printers.find(one.id)
        assert found and bool(found.aviso) == bool(left)
        assert bool(found.aviso_desde) == bool(left)


def test_who_holds_a_printer_changes_nothing_else(made: Installation) -> None:
    stale = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    managing.change(made.ledger, stale, managing.facts_of(stale)._replace(nombre="Mesón", densidad=2))
    managing.hold(made.ledger, stale, held=True)
    managing.change(made.ledger, stale, managing.facts_of(stale)._replace(nombre="Barra"))
    found = made.ledger.printers.find(stale.id)
    assert found and (found.nombre, found.densidad, found.retenida) == ("Barra", 0, True)
    noted = [one for one in made.ledger.events.of() if one.tipo == "impresora cambiada"]
    assert len(noted) == 3
    made.ledger.printers.remove(found)
    with pytest.raises(Refused, match="CFG-061"):
        managing.hold(made.ledger, stale, held=False)


def test_a_printer_that_is_removed_while_a_document_is_issued(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who issues goes first, and what is to be printed is not left at a printer that is gone."""
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS), RouteFacts("Caja"))
    refused: list[str] = []

    def remove() -> None:
        try:
            made.ledger.printers.remove(one)
        except Refused as found:
            refused.extend(each.code for each in found.problems)
        finally:
            made.ledger.close()

    remover = threading.Thread(target=remove, daemon=True)
    original = Transaction._print

    def between(self: Transaction, *rest: object) -> None:
        remover.start()
        remover.join(0.5)
        original(self, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "_print", between)
    issue(made, BOLETA)
    remover.join(20)
    assert refused == ["CFG-062"]
    assert [job.estado for job in jobs(made)] == ["pendiente"]


def test_nothing_is_sent_to_a_printer_that_was_removed_meanwhile(made: Installation) -> None:
    printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    gone = managing.create(made.ledger, COMPANY, Facts("Otra", "red", "127.0.0.1:2", TICKETS))
    issue(made, BOLETA)
    (job,) = jobs(made)
    document = made.ledger.documents.by_id(job.documento_id or 0)
    assert document
    made.ledger.printers.remove(gone)
    route = StoredRoute(0, COMPANY.ambiente, COMPANY.rut, "", 0, 0, "", gone.id, ("original",))
    for act in (
        lambda: managing.print_again(made.ledger, COMPANY, Again(document, gone, "original", "ana")),
        lambda: managing.print_trial(made.ledger, COMPANY, gone, "ana"),
        lambda: managing.move(made.ledger, job, gone),
        lambda: made.ledger.printers.add_route(route),
    ):
        with pytest.raises(Refused, match="CFG-061"):
            act()
    assert jobs(made) == [job]


def test_old_failures_do_not_hide_what_waits(made: Installation) -> None:
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    documents = [issue(made, BOLETA) for _ in range(4)]
    failing = "UPDATE impresion SET estado = 'fallida' WHERE documento_id < ?"
    with made.ledger.transaction():
        made.ledger.connection.execute(failing, (documents[3],))
    failed, waits = jobs(made)[:3], jobs(made)[3]
    assert made.ledger.prints.queue(COMPANY, 2) == [waits, failed[2]]
    assert made.ledger.prints.queue(COMPANY, 9) == [waits, *failed[::-1]]
    managing.cancel(made.ledger, failed[0])
    # What waits is newer, and hides nothing of what is over either.
    assert [job.id for job in made.ledger.prints.over(COMPANY, 1)] == [failed[0].id]
    managing.print_trial(made.ledger, COMPANY, one, "ana")
    shown = lines_of(made.ledger, jobs(made))
    assert [bool(line.folio) for line in shown] == [True] * 4 + [False]
    assert len({(line.tipo, line.folio) for line in shown[:4]}) == 4
