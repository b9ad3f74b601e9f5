"""A printer behind a real CUPS: sent once, found again after the worker died, taken out where CUPS stops with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, TypeVar

import pypdfium2
import pytest

from dteplanows.ipp import Queue, Standing
from dteplanows.ledger.print_tables import StoredPrint
from dteplanows.printers import failures, ipp, managing
from dteplanows.printers.addresses import read
from dteplanows.printers.content import Content, content_of
from dteplanows.printers.managing import Facts
from dteplanows.printers.sending import Order, queue_mark
from dteplanows.printers.worker import Printing
from tests.installation import Installation, make_installation
from tests.ipp import scheduler
from tests.printers.house import BOLETA, FACTURA, issue, jobs, now, printer, work
from tests.printers.listeners import RawPrinter

pytestmark = pytest.mark.skipif(bool(scheduler.missing()), reason=scheduler.missing())
TICKETS = "generica-80"
Found = TypeVar("Found")


@pytest.fixture(scope="module")
def cups() -> Iterator[scheduler.Scheduler]:
    with scheduler.running() as made:
        yield made


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with closing(make_installation(tmp_path_factory.mktemp("datos"))) as one:
        yield one


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipp, "_LOOK", 0.05)


def queue(cups: scheduler.Scheduler, port: RawPrinter, name: str) -> str:
    """A raw queue of CUPS that leads to *port*; its address."""
    cups.run("lpadmin", "-p", name, "-E", "-v", f"socket://{port.address}/?waiteof=false")
    return cups.address(name)


def mark(job: StoredPrint) -> str:
    return f"[{queue_mark(job.id, job.pedida)}]"


def test_a_letter_and_a_ticket_come_out_in_their_size(cups: scheduler.Scheduler, made: Installation) -> None:
    printer(made, Facts("Oficina", "ipp", cups.address("pdf")))
    issue(made, FACTURA)
    issue(made, BOLETA)
    work(made)
    sizes = []
    for job in jobs(made):
        assert (job.estado, job.problema) == ("impresa", "")
        # cups-pdf writes marks its own way, brackets and all.
        (path,) = cups.printed(queue_mark(job.id, job.pedida))
        found = pypdfium2.PdfDocument(path.read_bytes())
        sizes.append(tuple(round(one * 25.4 / 72) for one in found[0].get_size()))
        path.unlink()
    assert sizes[0] == (216, 279)
    assert sizes[1][0] == 80 and 90 < sizes[1][1] < 297


def test_what_a_dead_worker_handed_over_is_not_handed_over_again(
    cups: scheduler.Scheduler, made: Installation, port: RawPrinter
) -> None:
    address = queue(cups, port, "caja")
    printer(made, Facts("Caja", "ipp", address, TICKETS))
    issue(made, BOLETA)

    class Dies(Exception):  # noqa: N818 - nothing failed
        pass

    def dies(*_: object) -> None:
        raise Dies

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ipp, "_follow", dies)
        worker = Printing(made.ledger)
        (lane,) = made.ledger.prints.due(lambda _: False)
        job = made.ledger.prints.take(lane, "host:1:dead", lambda _: False)
        assert job
        worker.name = "host:1:dead"
        with pytest.raises(Dies):
            order = ipp_order(worker, job)
            ipp.send(order, Begins(made, job))
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET vence = 0")
    work(made)
    (job,) = jobs(made)
    assert (job.estado, job.intentos) == ("impresa", 2)
    assert len(port.jobs) == 1 and b"REIMPRESI" not in port.jobs[0]
    assert len(Queue.at(address).find(mark(job))) == 1


def ipp_order(worker: Printing, job: StoredPrint) -> Order:
    one = worker._ledger.printers.find(job.impresora_id)
    assert one
    return Order(one, read(one.clase, one.direccion), content_of(worker._copies, job, one), mark(job)[1:-1])


class Begins:
    """Tells the ledger as the worker does."""

    def __init__(self, made: Installation, job: StoredPrint) -> None:
        self.made, self.job = made, job

    def begins(self) -> None:
        self.made.ledger.prints.begins(self.job, "host:1:dead")

    def lives(self) -> None:
        return

    def warns(self, text: str) -> None:
        return


def test_a_job_that_broke_off_is_taken_out_and_printed_again_marked(
    cups: scheduler.Scheduler, made: Installation, port: RawPrinter
) -> None:
    address = queue(cups, port, "corta")
    printer(made, Facts("Caja", "ipp", address, TICKETS))
    issue(made, BOLETA)

    def long(*facts: Any) -> Content:
        found = content_of(*facts)
        return found._replace(data=bytes(3_000_000) + found.data)

    # Reset while most of it is still to come, the only end of a connection that CUPS takes for a failure.
    port.reset_after = 1
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(failures, "content_of", long)
        for thread in Printing(made.ledger).look(threading.Event()):
            thread.join(20)
    (job,) = jobs(made)
    assert (job.estado, "la cola se detuvo" in job.problema) == ("pendiente", True)
    assert [one.standing for one in Queue.at(address).find(mark(job))] == [Standing.CANCELED]
    now(made)
    # What it had printed may be on the paper, so what comes now says that it is a copy.
    work(made)
    (job,) = jobs(made)
    assert (job.estado, job.reimpresion) == ("impresa", True)
    assert {one.standing for one in Queue.at(address).find(mark(job))} == {Standing.CANCELED, Standing.ENDED}
    waited_for(lambda: port.jobs)
    assert len(port.jobs) == 1 and b"REIMPRESI" in port.jobs[0]


def test_who_takes_a_job_out_of_the_queue_does_not_want_it(
    cups: scheduler.Scheduler, made: Installation, port: RawPrinter
) -> None:
    address = queue(cups, port, "parada")
    cups.run("cupsdisable", "parada")
    one = printer(made, Facts("Caja", "ipp", address, TICKETS))
    issue(made, BOLETA)
    issue(made, BOLETA)
    worker, stop = Printing(made.ledger), threading.Event()
    threads = worker.look(stop)
    first, second = jobs(made)
    there = waited_for(lambda: Queue.at(address).find(mark(first)))
    Queue.at(address).cancel(there[0].number)
    # The second one is moved to another printer while the queue has it: it is taken out there.
    held = waited_for(lambda: Queue.at(address).find(mark(second)))
    other = managing.create(made.ledger, made.company, Facts("Otra", "red", port.address, TICKETS))
    managing.move(made.ledger, second, other)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dteplanows.printers.worker.TERM", 0.0)
        for thread in threads:
            thread.join(20)
    assert [found.standing for found in Queue.at(address).find(mark(second))] == [Standing.CANCELED], held
    work(made)
    first, second = jobs(made)
    assert first.estado == "fallida" and "CFG-086" in first.problema
    assert (second.estado, second.reimpresion, second.impresora_id) == ("impresa", True, other.id)
    assert len(port.jobs) == 1 and one.id != other.id


def waited_for(look: Callable[[], list[Found]]) -> list[Found]:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError
