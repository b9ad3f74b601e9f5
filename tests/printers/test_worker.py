"""The worker among many printers, and what it does with a job that is an agent's by now."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from dteplanows.ledger import presence
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.place import Place
from dteplanows.ledger.prints import Lane
from dteplanows.printers import failures, managing, worker
from dteplanows.printers.content import Content
from dteplanows.printers.managing import Facts
from dteplanows.printers.sending import Order, Watch
from dteplanows.printers.worker import Printing
from tests.engines import only_sqlite
from tests.installation import COMPANY, Installation, make_installation
from tests.printers.house import BOLETA, issue, jobs, printer

TICKETS = "generica-80"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


@only_sqlite
def test_printers_that_wait_keep_nobody_waiting(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_AT_ONCE", 2)
    ends, printed, waiting = threading.Event(), threading.Event(), []

    def send(order: Order, watch: Watch) -> None:
        watch.begins()
        if order.printer.nombre == "Viva":
            printed.set()
            return
        waiting.append(order.printer.nombre)
        while not ends.wait(0.05):
            watch.lives()

    for number in range(4):
        one = managing.create(made.ledger, COMPANY, Facts(f"Espera {number}", "red", "127.0.0.1:1", TICKETS))
        managing.print_trial(made.ledger, COMPANY, one, "ana")
    sender = Printing(made.ledger, senders={"red": send})
    threads = sender.look(threading.Event())
    end = time.monotonic() + 20
    while len(waiting) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    alive = managing.create(made.ledger, COMPANY, Facts("Viva", "red", "127.0.0.1:1", TICKETS))
    managing.print_trial(made.ledger, COMPANY, alive, "ana")
    threads += sender.look(threading.Event())
    reached = printed.wait(20)
    ends.set()
    for thread in threads:
        thread.join(20)
    assert reached
    assert len(waiting) == 4
    assert {job.estado for job in jobs(made)} == {"impresa"}


def test_a_job_whose_printer_is_an_agents_by_now_is_left_to_it(made: Installation) -> None:
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    issue(made, BOLETA)
    sender = Printing(made.ledger)
    job = made.ledger.prints.take(Lane(one.id, ""), sender.name, presence.is_gone)
    assert job
    managing.change(made.ledger, one, managing.facts_of(one)._replace(clase="agente", direccion=""))
    assert not sender._print(job, threading.Event())
    (left,) = jobs(made)
    assert (left.estado, left.problema, left.reimpresion) == ("pendiente", "", False)
    found = made.ledger.printers.find(one.id)
    assert found and not found.aviso
    assert made.ledger.prints.take(Lane(one.id, ""), "agente::a", presence.is_gone)


@only_sqlite
def test_a_database_that_is_busy_fails_nothing_for_good(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    issue(made, BOLETA)

    def busy(*_: object) -> Content:
        raise Busy

    monkeypatch.setattr(failures, "content_of", busy)
    Printing(made.ledger)._drain(Lane(one.id, ""), threading.Event())
    assert [(job.estado, job.problema) for job in jobs(made)] == [("enviando", "")]
