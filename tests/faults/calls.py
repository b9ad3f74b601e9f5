"""A running service with customers who call it at once, and what became of each of their calls."""

from __future__ import annotations

import html
import http.client
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from dteplanows.document import clock
from dteplanows.ledger.store import Ledger
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests.faults.road_worker import BOLETA
from tests.installation import CLAVE, USUARIO
from tests.soap.soap_support import b64, envelope

HOST = "127.0.0.1"

_ISSUED = re.compile(r"<Resultado>True</Resultado>.*<Folio>(\d+)</Folio>", re.DOTALL)
_NOTE = re.compile(rb"Ficha (\d+)<")


@contextmanager
def running(
    directory: Path, *options: str, output: IO[Any] | int = subprocess.DEVNULL, env: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The service of *directory* as a process, with its port; ended at the end of the block."""
    port = server.free_port(HOST)
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env)
    try:
        assert server.wait_until_online(HOST, port, lambda: process.poll() is None)
        yield process, port
    finally:
        process.terminate()
        process.wait(90)


def login(clave: str = CLAVE, usuario: str = USUARIO) -> str:
    """The parameter ``login``."""
    return f"<login><Usuario>{b64(usuario)}</Usuario><Rut>1-9</Rut><Clave>{b64(clave)}</Clave></login>"


def boleta(*notes: int, whose: str = "") -> bytes:
    """The call that issues a boleta for each of *notes*, which it names."""
    file = "".join(BOLETA.format(folio=0, today=clock.today(), note=note, total=1190) for note in notes)
    call = f"<file>{b64(file)}</file><formato>1</formato>"
    return envelope(f"<Procesar>{whose or login()}{call}</Procesar>").encode()


def call(port: int, body: bytes) -> str:
    """The answer to a call of the service; empty when there is none."""
    connection = http.client.HTTPConnection(HOST, port, timeout=90)
    try:
        connection.request("POST", PATH, body, {"Content-Type": "text/xml; charset=utf-8"})
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


class Customers:
    """Threads that issue boletas one after another, each with a note of its own, and never repeat a call."""

    def __init__(self, port: int, number: int = 6) -> None:
        self._port = port
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._threads = [threading.Thread(target=self._call) for _ in range(number)]
        self.sent = 0
        """Calls begun; each has the next number as its note."""
        self.issued: dict[int, int] = {}
        """Folio by note, of those answered as issued."""
        self.refused: dict[int, str] = {}
        """Answer by note, of those answered otherwise."""
        self.latest = 0.0
        """When the last one was answered as issued."""

    @property
    def unanswered(self) -> set[int]:
        """The notes of the calls that got no whole answer."""
        return set(range(1, self.sent + 1)) - set(self.issued) - set(self.refused)

    def start(self) -> None:
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        self._stop.set()
        for one in self._threads:
            one.join(90)

    def issue_another(self, seconds: float) -> float:
        """Wait until one more call is answered as issued; how long that took."""
        began = time.monotonic()
        while self.latest <= began:
            assert time.monotonic() < began + seconds, "nothing is issued any more"
            time.sleep(0.01)
        return time.monotonic() - began

    def _call(self) -> None:
        while not self._stop.is_set():
            with self._turn:
                self.sent += 1
                note = self.sent
            text = html.unescape(call(self._port, boleta(note)))
            found = _ISSUED.search(text)
            with self._turn:
                if found:
                    self.issued[note] = int(found[1])
                    self.latest = time.monotonic()
                elif text:
                    self.refused[note] = text
            if not text:
                time.sleep(0.02)


def in_ledger(directory: Path) -> dict[int, int]:
    """Folio by note of the boletas that *directory* holds; none of them may be there twice."""
    with closing(Ledger(directory)) as ledger:
        assert ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = ledger.connection.execute("SELECT folio, xml FROM documento").fetchall()
    notes = [(int(found[1]), folio) for folio, xml in rows if (found := _NOTE.search(bytes(xml)))]
    assert len(notes) == len(rows)
    assert not [one for one, times in Counter(note for note, _ in notes).items() if times > 1], "doubled"
    assert not [one for one, times in Counter(folio for _, folio in notes).items() if times > 1], "folio given twice"
    return dict(notes)
