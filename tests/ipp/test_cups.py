"""A real CUPS: what its PDF printer makes of our papers, and what is told of a raw printer that fails."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest

from dteplanows.ipp import Job, Queue, Sheet, Standing
from tests.ipp import scheduler
from tests.ipp.pages import page

pytestmark = pytest.mark.skipif(bool(scheduler.missing()), reason=scheduler.missing())


@pytest.fixture(scope="module")
def cups() -> Iterator[scheduler.Scheduler]:
    with scheduler.running() as made:
        yield made


def followed(queue: Queue, number: int, until: Callable[[Job], object]) -> Job:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = queue.job(number)
        assert found
        if until(found):
            return found
        time.sleep(0.05)
    raise TimeoutError(found)


def ended(job: Job) -> bool:
    return job.standing is not Standing.WAITING


def test_its_folder_is_none_that_other_test_runs_clean_up(
    cups: scheduler.Scheduler, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert tmp_path_factory.getbasetemp().parent not in cups.folder.parents


@pytest.mark.parametrize("paper", [(215.9, 279.4), (210.0, 297.0), (80.0, 151.5)])
def test_each_paper_is_printed_in_its_size(cups: scheduler.Scheduler, paper: tuple[float, float]) -> None:
    queue = Queue.at(cups.address("pdf"))
    name = f"dteplanows-{time.time_ns()}"
    assert queue.find(name) == []
    job = queue.send(Sheet(name, page(*paper), "application/pdf", paper))
    assert followed(queue, job.number, ended).standing is Standing.ENDED
    assert queue.find(name) == [Job(job.number, Standing.ENDED)]
    (made,) = cups.printed(name)
    try:
        found = pypdfium2.PdfDocument(made)
        size = tuple(one * 25.4 / 72 for one in found[0].get_size())
        # The only thing on the page is a square of 20 mm, 10 mm from the left and from below.
        (square,) = found[0].get_objects()
        box = [one * 25.4 / 72 for one in square.get_bounds()]
        found.close()
    finally:
        made.unlink()
    assert size == pytest.approx(paper, abs=0.5)
    assert box == pytest.approx([10, 10, 30, 30], abs=0.6)


def test_the_bytes_of_a_receipt_printer_come_as_they_are_and_its_failures_are_told(
    cups: scheduler.Scheduler,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        cups.run("lpadmin", "-p", "caja", "-E", "-v", f"socket://127.0.0.1:{port}/?waiteof=false")
        queue = Queue.at(cups.address("caja"))
        got: list[bytes] = []

        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                while part := connection.recv(65536):
                    got.append(part)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        data = b"\x1b@Caf\x82 \x00\xff" * 100
        job = queue.send(Sheet("ticket-1", data, "application/vnd.cups-raw", None))
        assert followed(queue, job.number, ended).standing is Standing.ENDED
        thread.join(5)
        assert b"".join(got) == data

        # A job that breaks off is held, and does not pass for one that waits.
        def reset() -> None:
            connection, _ = listening.accept()
            connection.recv(10000)
            connection.close()

        thread = threading.Thread(target=reset, daemon=True)
        thread.start()
        job = queue.send(Sheet("ticket-2", bytes(3_000_000), "application/vnd.cups-raw", None))
        assert followed(queue, job.number, ended).standing is Standing.HELD
        queue.cancel(job.number)
        assert followed(queue, job.number, ended).standing is Standing.CANCELED
    # The port is closed now: CUPS goes on trying, and says so in words for people alone.
    job = queue.send(Sheet("ticket-3", b"x", "application/vnd.cups-raw", None))
    assert followed(queue, job.number, lambda one: one.detail).standing is Standing.WAITING
    assert queue.printer() == "The printer may not exist or is unavailable at this time."
    queue.cancel(job.number)


def test_the_folder_of_the_scheduler_is_its_own(cups: scheduler.Scheduler) -> None:
    assert not (Path("/etc/cups/printers.conf").exists() and "caja" in Path("/etc/cups/printers.conf").read_text())
