"""What a queue is asked and how its answers are read, with a printer of the tests' own that says what is wanted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dteplanows.ipp import Address, IppFailed, Job, Queue, Sheet, Standing, message
from dteplanows.ipp.message import BOOLEAN, ENUM, INTEGER, JOB, KEYWORD, NAME, OPERATION, PRINTER, TEXT
from dteplanows.ipp.queue import media

SHEET = Sheet("factura-33-1204", b"%PDF-1.4 x", "application/pdf", (210.0, 297.0))


class Printer(HTTPServer):
    """Answers with what stands in ``answers``, and keeps what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[bytes | int] = []
        self.asked: list[bytes] = []

    @property
    def queue(self) -> Queue:
        return Queue.at(f"ipp://127.0.0.1:{self.server_port}/printers/una", 2)


class _Handler(BaseHTTPRequestHandler):
    server: Printer

    def do_POST(self) -> None:
        self.server.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answers.pop(0)
        if answer == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer if isinstance(answer, int) else 200)
        self.end_headers()
        if isinstance(answer, bytes):
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def printer() -> Iterator[Printer]:
    with Printer() as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


def answer(*groups: tuple[int, list[message.Given]], status: int = 0) -> bytes:
    return message.encode(status, groups)


def job(number: int, state: int, name: str = "", said: str = "") -> tuple[int, list[message.Given]]:
    return JOB, [
        (INTEGER, "job-id", (number,)), (ENUM, "job-state", (state,)), (NAME, "job-name", (name,)),
        (TEXT, "job-printer-state-message", (said,)),
    ]  # fmt: skip


def test_a_job_says_its_paper_and_that_it_is_not_to_be_scaled(printer: Printer) -> None:
    printer.answers = [answer(job(7, 3))]
    assert printer.queue.send(SHEET) == Job(7, Standing.WAITING)
    (asked,) = printer.asked
    head, _, data = asked.rpartition(b"\x03%PDF")
    assert data == b"-1.4 x"
    found = message.decode(head + b"\x03")
    assert found.status == 0x0002  # Print-Job, which stands where an answer has its status
    (operation,), (wanted,) = found.of(OPERATION), found.of(JOB)
    assert operation["printer-uri"] == (f"ipp://127.0.0.1:{printer.server_port}/printers/una",)
    assert (operation["job-name"], operation["document-format"]) == (("factura-33-1204",), ("application/pdf",))
    assert list(operation)[:3] == ["attributes-charset", "attributes-natural-language", "printer-uri"]
    assert wanted == {"copies": (1,), "print-scaling": ("none",), "media": ("iso_a4_210x297mm",)}


def test_papers_have_the_names_of_the_standard() -> None:
    assert media(215.9, 279.4) == "na_letter_8.5x11in"
    assert media(80.0, 151.5) == "custom_80x151.5mm_80x151.5mm"


@pytest.mark.parametrize(
    ("state", "standing"),
    list(enumerate(["espera", "retenido", "espera", "retenido", "anulado", "abandonado", "terminado"], 3)),
)
def test_every_state_of_a_job_means_something(printer: Printer, state: int, standing: str) -> None:
    printer.answers = [answer(job(7, state, said="The printer\nis not responding."))]
    found = printer.queue.job(7)
    assert found == Job(7, Standing(standing), "The printer is not responding.")
    asked = message.decode(printer.asked[0]).of(OPERATION)[0]
    assert list(asked)[2:4] == ["printer-uri", "job-id"]


def test_jobs_are_found_by_a_mark_in_their_names_also_when_they_have_ended(printer: Printer) -> None:
    printer.answers = [answer(job(6, 5, "otro 7")), answer(job(5, 9, "a [7-1]"), job(8, 9, "b [7-1]"), job(9, 9))]
    assert printer.queue.find("[7-1]") == [Job(8, Standing.ENDED), Job(5, Standing.ENDED)]
    printer.answers = [answer(), answer()]
    assert printer.queue.find("[7-1]") == []


def test_a_job_that_the_queue_has_forgotten_is_none(printer: Printer) -> None:
    printer.answers = [answer(status=0x0406), answer(status=0x0404)]
    assert printer.queue.job(7) is None
    printer.queue.cancel(7)


def test_what_the_printer_says_of_itself_is_told_in_words(printer: Printer) -> None:
    state: list[message.Given] = [
        (KEYWORD, "printer-state-reasons", ("media-empty-error", "cover-open", "media-needed-error")),
        (TEXT, "printer-state-message", ("Out of paper",)),
    ]
    printer.answers = [answer((PRINTER, state)), answer((PRINTER, [(KEYWORD, "printer-state-reasons", ("none",))]))]
    assert printer.queue.printer() == "no tiene papel; tiene la tapa abierta"
    assert printer.queue.printer() == ""
    # What CUPS says of a printer that is switched off: no reason, only a message.
    printer.answers = [answer((PRINTER, [(KEYWORD, "printer-state-reasons", ("none",)), state[1]]))]
    assert printer.queue.printer() == "Out of paper"
    printer.answers = [answer((PRINTER, [(BOOLEAN, "printer-is-accepting-jobs", (False,))]))]
    with pytest.raises(IppFailed, match="no acepta trabajos"):
        printer.queue.printer()


@pytest.mark.parametrize(
    ("said", "text", "may_have_it"),
    [
        (answer((OPERATION, [(TEXT, "status-message", ("No such\x07 queue",))]), status=0x0406), "No such queue", 0),
        (answer(status=0x0507), "sin decir por qué (0x0507)", False),
        (answer(), "no dijo qué número", True),
        (b"<html>", "no es IPP", True),
        (401, "pide un usuario y una clave", False),
        (503, "Service Unavailable", False),
        (0, "el otro lado cortó la conexión", True),
    ],
)
def test_a_refusal_says_why_and_whether_the_job_may_be_there(
    printer: Printer, said: bytes | int, text: str, may_have_it: bool
) -> None:
    printer.answers = [said]
    with pytest.raises(IppFailed) as failed:
        printer.queue.send(SHEET)
    assert text in str(failed.value)
    assert failed.value.may_have_it == may_have_it


def test_of_a_printer_that_is_not_there_nothing_was_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(IppFailed, match="nadie atiende en ese puerto") as failed:
        Queue.at(f"ipp://127.0.0.1:{port}/").send(SHEET)
    assert not failed.value.may_have_it
    with pytest.raises(IppFailed, match="no se encuentra ningún equipo con ese nombre"):
        Queue.at("ipp://nadie.invalid").printer()


def test_addresses() -> None:
    assert Address.read("ipp://caja/").uri == "ipp://caja/ipp/print"
    assert Address.read(" ipps://[::1]:8631/printers/a b ").uri == "ipps://[::1]:8631/printers/a%20b"
    assert Address.read("http://caja:631/printers/uno") == Address("caja", 631, "/printers/uno")
    for wrong in ("", "caja", "ftp://caja", "ipp:///printers", "ipp://yo:clave@caja/", "ipp://caja:x/", "ipp://caja/?a"):
        with pytest.raises(ValueError):
            Address.read(wrong)
