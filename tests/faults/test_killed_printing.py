"""Programs that print and are killed at any moment: nothing is lost, and what is printed twice says so."""

from __future__ import annotations

import random
import signal
import socket
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.archive import print_facts
from dteplanows.printers.managing import Facts
from dteplanows.printing import escpos
from tests.faults.test_killed_workers import hire
from tests.installation import COMPANY, Installation, make_installation
from tests.printers.house import BOLETA, issue, jobs, printer

DOCUMENTS, KILLS = 12, 4
PROFILE = "generica-80"

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")


class SlowPrinter:
    """Takes one connection at a time, piece by piece, and keeps what each sent, whole or not."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.papers: list[bytes] = []
        """What each connection sent."""
        self.stops, self.stuck, self.goes_on = True, threading.Event(), threading.Event()
        """It takes the beginning of its first paper and no more until it *goes on*."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            got = b""
            with line:
                with suppress(OSError):
                    while more := line.recv(100 if self.stops else 1024):
                        got += more
                        if self.stops:
                            self.stops = False
                            self.stuck.set()
                            self.goes_on.wait(60)
                        time.sleep(0.01)
                # Before it is closed, which tells the worker that all is printed.
                self.papers.append(got)

    def close(self) -> None:
        """Switch it off."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def forms(made: Installation, documento_id: int) -> tuple[bytes, bytes]:
    """The ticket of a document, and the same that says that it is a copy."""
    document = made.ledger.documents.by_id(documento_id)
    assert document
    facts, profile = print_facts(made.ledger, COMPANY, document), escpos.profiles()[PROFILE]
    marked = replace(facts, copia="REIMPRESIÓN")
    return escpos.ticket(document.xml, facts, profile), escpos.ticket(document.xml, marked, profile)


def test_nothing_is_lost_and_nothing_is_printed_twice_unmarked(tmp_path: Path) -> None:
    chance, directory = random.Random(17), tmp_path / "datos"
    with closing(make_installation(directory)) as made, closing(SlowPrinter()) as port:
        printer(made, Facts("Caja", "red", port.address, PROFILE))
        documents = [issue(made, BOLETA) for _ in range(DOCUMENTS)]
        for number in range(KILLS + 1):
            worker = hire(directory)
            try:
                if number == 0:
                    # One that certainly falls while it prints.
                    assert port.stuck.wait(60)
                elif number < KILLS:
                    time.sleep(chance.uniform(0.2, 1.2))
                else:
                    end = time.monotonic() + 90
                    while any(one.estado != "impresa" for one in jobs(made)):
                        assert time.monotonic() < end, jobs(made)
                        time.sleep(0.1)
            finally:
                worker.kill()
                worker.communicate()
                port.goes_on.set()
        papers = port.papers
        plain, marked = zip(*(forms(made, one) for one in documents), strict=True)
        # One that was cut off before its folio could be any of them.
        whole = [one for one in papers if one in plain or one in marked]
        parts = [one for one in papers if one not in whole]
        assert [one for one in parts if not any(form.startswith(one) for form in plain + marked)] == []
        # What was at the printer when its worker was killed says that it is a copy.
        assert any(one in marked for one in whole)
        order = [plain.index(one) if one in plain else marked.index(one) for one in whole]
        assert order == sorted(order)
        assert set(order) == set(range(DOCUMENTS))
        assert max(map(whole.count, plain)) == 1
        for at in range(DOCUMENTS):
            first = next(one for one in whole if one in (plain[at], marked[at]))
            assert whole.count(plain[at]) == int(first == plain[at])
