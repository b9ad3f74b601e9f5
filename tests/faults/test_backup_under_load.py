"""A backup made while clients issue, the folder destroyed, the backup restored, the clients go on: no folio twice."""

from __future__ import annotations

import base64
import html
import http.client
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests import forked
from tests.faults.road_worker import BOLETA, FACTURA
from tests.installation import CLAVE, COMPANY, USUARIO, load_caf, make_installation
from tests.soap.soap_support import envelope

CLIENTS = 4
CAF_LENGTH = 5000
TYPES = {33: FACTURA, 39: BOLETA}
GOOD = re.compile("<Resultado>True</Resultado>.*?<Folio>([0-9]+)</Folio><TipoDte>([0-9]+)<", re.DOTALL)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")


@dataclass
class Clients:
    """Programs that issue one document after another; what was answered to them."""

    port: int
    issued: list[tuple[int, int]] = field(default_factory=list)
    """Type and folio."""
    others: list[str] = field(default_factory=list)
    """Answers that were no document."""
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self, number: int) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            tipo = 33 if (number + count) % 2 else 39
            note = f"{number} {count} {time.monotonic()}"
            file = TYPES[tipo].format(folio=0, today=clock.today(), note=note, iva=190, total=1190)
            try:
                answer = self.call(file)
            except (OSError, http.client.HTTPException):
                return
            found = GOOD.search(answer)
            if found:
                self.issued.append((int(found[2]), int(found[1])))
            else:
                self.others.append(answer)

    def call(self, file: str) -> str:
        login = f"<Usuario>{USUARIO}</Usuario><Rut>1-9</Rut><Clave>{CLAVE}</Clave>"
        content = base64.b64encode(file.encode()).decode()
        body = f"<Procesar><login>{login}</login><file>{content}</file><formato>1</formato></Procesar>"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            headers = {"Content-Type": "text/xml; charset=utf-8"}
            connection.request("POST", PATH, envelope(body).encode(), headers)
            return html.unescape(connection.getresponse().read().decode())

    def wait_for(self, more: int) -> None:
        """Wait until that many more documents are answered."""
        wanted, limit = len(self.issued) + more, time.monotonic() + 90
        while len(self.issued) < wanted:
            assert time.monotonic() < limit, self.others[:3]
            time.sleep(0.02)


@contextmanager
def served(directory: Path, *, killed: bool = False) -> Iterator[Clients]:
    """A service under load; at the end stopped, or killed with all its processes."""
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    process = forked.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    clients = Clients(port)
    threads = [threading.Thread(target=clients.work, args=(number,)) for number in range(CLIENTS)]
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        for one in threads:
            one.start()
        yield clients
    finally:
        if killed:
            os.killpg(process.pid, 9)
        clients.stop.set()
        for one in threads:
            if one.ident:
                one.join()
        if not killed:
            process.terminate()
        process.communicate(timeout=30)


def order(directory: Path, *arguments: str) -> str:
    """What a command prints that is carried out."""
    done = command(directory, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def command(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "dteplanows", "--dir", str(directory), *arguments]
    environment = {**os.environ, "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}
    return forked.run(words, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60)


def install(directory: Path) -> None:
    with closing(make_installation(directory, cafs=False)) as made:
        for tipo in TYPES:
            file = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, tipo, Span(1, CAF_LENGTH), clock.today())
            load_caf(made.ledger, COMPANY, file, made.authority)


def answered_of_person(issued: list[tuple[int, int]]) -> list[str]:
    """The options by which a person tells what the clients know: the folio behind the last one of each type."""
    highest = {tipo: max(folio for of, folio in issued if of == tipo) for tipo in TYPES}
    return [part for tipo, folio in highest.items() for part in ("--siguiente", f"{tipo}={folio + 1}")]


def destroy(directory: Path, issued: list[tuple[int, int]]) -> list[str]:
    """Destroy the folder; what a person who has kept the key, and knows what was issued, restores with."""
    key = (directory / KEY_FILE).read_text()
    shutil.rmtree(directory)
    kept = directory.with_name("clave")
    kept.write_text(key)
    return ["--clave-maestra-archivo", str(kept), *answered_of_person(issued)]


def test_backup_under_load_destroy_restore_go_on(tmp_path: Path) -> None:
    directory, backup = tmp_path / "datos", tmp_path / "respaldo.zip"
    install(directory)
    with served(directory, killed=True) as before:
        before.wait_for(40)
        said = order(directory, "respaldo", str(backup))
        refused = command(directory, "restaurar", str(backup), "--reemplazar")
        before.wait_for(30)
    assert "Respaldo hecho y revisado" in said
    assert (refused.returncode, "BAS-037" in refused.stderr) == (1, True)  # not under the feet of a service
    assert not [one for one in before.others if "Resultado" in one]
    issued = list(before.issued)
    assert len(set(issued)) == len(issued) > 70

    told = order(directory, "restaurar", str(backup), *destroy(directory, issued))
    with closing(Ledger(directory)) as ledger:
        restored = {(tipo, folio) for tipo in TYPES for folio in folios_of(ledger, tipo)}
        held = [one for one in ledger.held.holds() if one.series.tipo in TYPES]
    missing = set(issued) - restored
    assert 0 < len(missing) < len(issued)
    held_folios = {(one.series.tipo, folio) for one in held for folio in range(one.span.desde, one.span.hasta + 1)}
    assert missing <= held_folios
    for one in held:
        assert (str(one.span.desde) if one.span.size == 1 else f"{one.span.desde} a {one.span.hasta}") in told

    with served(directory) as after:
        after.wait_for(40)
    assert not after.others
    answered = Counter(issued + after.issued)
    assert max(answered.values()) == 1
    assert "cada folio está explicado" in order(directory, "base", "verificar")
    with closing(Ledger(directory)) as ledger:
        there = {(tipo, folio) for tipo in TYPES for folio in folios_of(ledger, tipo)}
    assert restored | set(after.issued) <= there
    assert not missing & there


def folios_of(ledger: Ledger, tipo: int) -> list[int]:
    query = "SELECT folio FROM documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?"
    rows = ledger.connection.execute(query, Series("pruebas", COMPANY.rut, tipo))
    return [folio for (folio,) in rows]
