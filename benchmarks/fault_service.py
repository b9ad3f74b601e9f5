"""A service under attack, driven only from outside: installed, started, called and looked into as by its customer.

The tree of the service may be another than this one, so that the same fault can be shown before and after a change.
"""

from __future__ import annotations

import atexit
import base64
import html
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks import road
from benchmarks.processes import listening, memory
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server

HOST = "127.0.0.1"
DATABASE = "dteplanows.sqlite3"

ROOT = Path(__file__).resolve().parent.parent

_MARK = b"COD-001"
_INSTALL = """
import json, sys
from dteplanows import demo
from dteplanows.settings import load
print(json.dumps(demo.prepare(load(directorio=sys.argv[1]), lambda line: None)._asdict()))
"""
_DOCUMENT = re.compile(r"<Documento>(.*?)</Documento>", re.DOTALL)
_CODE = re.compile(r"\b[A-Z]{3}-\d{3}\b")
_NOTHING = "No se emitió ningún documento"


class Folio(NamedTuple):
    """A numbered document."""

    tipo: int
    folio: int


class Answer(NamedTuple):
    """What became of one call."""

    number: int
    """Of the file; no two calls have the same, unless one is sent again."""
    status: int
    """Of HTTP; 0 when there was no answer."""
    text: str
    """The answer as its client reads it; without an answer, why."""
    folios: tuple[Folio, ...]
    """What the answer says was issued."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(dict.fromkeys(_CODE.findall(self.text)))

    @property
    def says_nothing_was_issued(self) -> bool:
        """Whether the answer says so."""
        return _NOTHING in self.text


@cache
def _installed(tree: Path) -> tuple[Path, dict[str, str]]:
    """An installation of the program of *tree* that nothing runs in, and how to call it; its keys take seconds."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", _INSTALL, str(folder / "datos")], cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)}, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "datos", json.loads(done.stdout.splitlines()[-1])


class Service:
    """One installation and its process."""

    popen = subprocess.Popen
    """How the process is started."""

    def __init__(
        self, tree: Path, directory: Path, environment: Mapping[str, str] | None = None,
        largest_file: int = 0,
    ) -> None:  # fmt: skip
        """:param tree: the clone whose program is run.
        :param environment: of the process, besides its own.
        :param largest_file: bytes that no file of the process may grow beyond; 0 for no limit.
        """
        self.tree, self.directory = tree, directory
        self.port = server.free_port(HOST)
        self.answers: list[Answer] = []
        self.process: subprocess.Popen[bytes] | None = None
        another = {} if tree == ROOT else {"PYTHONPATH": str(tree)}
        self._environment = {**os.environ, **another, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._largest_file = largest_file
        self._lines: list[str] = []
        self._access: dict[str, str] = {}
        self._file = road.sample_file()

    # --- the process ---------------------------------------------------------------------------------------------

    @property
    def database(self) -> Path:
        """The file of the ledger."""
        return self.directory / DATABASE

    @property
    def log(self) -> str:
        """What the process said so far."""
        return "\n".join(self._lines)

    def install(self) -> None:
        """The demonstration's company, with its certificate, folios and user: a copy of one that is made once."""
        made, self._access = _installed(self.tree)
        shutil.copytree(made, self.directory, dirs_exist_ok=True)

    def start(self) -> bool:
        """Start the service; whether it answers."""
        command = [sys.executable, "-m", "dteplanows", "--dir", str(self.directory), "serve", "--port", str(self.port)]
        if self._largest_file:  # the shell counts in blocks of 512 bytes
            command = ["sh", "-c", f'ulimit -f {self._largest_file // 512}; exec "$@"', "sh", *command]
        process = self.popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.tree, env=self._environment
        )
        self.process = process
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return server.wait_until_online(HOST, self.port, lambda: process.poll() is None)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or ():
            self._lines.append(line.decode("utf-8", "replace").rstrip())

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()
            self.process.wait(30)

    def workers(self) -> list[int]:
        """The processes that answer calls."""
        return sorted(listening(self.process.pid, self.port) - {self.process.pid}) if self.process else []

    def kill(self, processes: Iterable[int]) -> None:
        """End *processes* at once, as the system does when memory runs out."""
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def memory(self) -> int:
        """MiB that the largest worker has resident."""
        return max(map(memory, self.workers()), default=0)

    def file(self, number: int, documents: int = 1) -> bytes:
        """A file of *documents* invoices that no other number gives."""
        return b"".join(self._file.replace(_MARK, b"%05d-%04d" % (number, one)) for one in range(documents))

    def envelope(self, file: bytes) -> bytes:
        """The call of Procesar with *file*."""
        login = "".join(
            f"<{name}>{base64.b64encode(self._access[key].encode()).decode()}</{name}>"
            for name, key in (("Usuario", "usuario"), ("Rut", "rut"), ("Clave", "clave"))
        )
        return (
            '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            f'<Procesar xmlns="http://tempuri.org"><login>{login}</login><file>{base64.b64encode(file).decode()}</file>'
            "<formato>1</formato></Procesar></soap:Body></soap:Envelope>"
        ).encode()

    def call(self, number: int, documents: int = 1, patience: float = 60.0) -> Answer:
        """Send one file.

        :param patience: seconds until the client gives up.
        """
        body = self.envelope(self.file(number, documents))
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://tempuri.org/Procesar"'}
        try:
            with closing(http.client.HTTPConnection(HOST, self.port, timeout=patience)) as connection:
                connection.request("POST", PATH, body, headers)
                reply = connection.getresponse()
                answer = _answer(number, reply.status, reply.read())
        except (OSError, http.client.HTTPException) as failure:
            answer = Answer(number, 0, type(failure).__name__, ())
        self.answers.append(answer)
        return answer

    def issue(self, numbers: Iterable[int], clients: int = 4) -> list[Answer]:
        """Send one file for each of *numbers*, several clients at once."""
        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(self.call, numbers))

    # --- the ledger ----------------------------------------------------------------------------------------------

    def stored(self) -> set[Folio]:
        """The documents in the database as it lies there now."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=rw", uri=True)) as connection:
            return {Folio(*row) for row in connection.execute("SELECT tipo, folio FROM documento")}

    def wait_for(self, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
        """Whether *condition* came true in time."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if condition():
                return True
            time.sleep(0.002)
        return False


def doubled(answers: Iterable[Answer]) -> set[Folio]:
    """The folios that were given to two different files."""
    given: dict[Folio, set[int]] = {}
    for one in answers:
        for folio in one.folios:
            given.setdefault(folio, set()).add(one.number)
    return {folio for folio, files in given.items() if len(files) > 1}


def acknowledged(answers: Iterable[Answer]) -> set[Folio]:
    """The folios that some answer gave."""
    return {folio for one in answers for folio in one.folios}


def _answer(number: int, status: int, body: bytes) -> Answer:
    text = html.unescape(body.decode("utf-8", "replace"))
    folios = []
    for document in _DOCUMENT.findall(text):
        folio, tipo = re.search(r"<Folio>(\d+)<", document), re.search(r"<TipoDte>(\d+)<", document)
        if "<Resultado>True<" in document and folio and tipo:
            folios.append(Folio(int(tipo[1]), int(folio[1])))
    return Answer(number, status, text, tuple(folios))
