"""The database replaced, moved, deleted, its log removed, under whoever writes it: nothing more is issued or told."""

from __future__ import annotations

import gc
import itertools
import os
import re
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from dteplanows.archive.links import Copy
from dteplanows.document.problem import Refused
from dteplanows.ledger import passwords
from dteplanows.ledger.engines.errors import Replaced
from dteplanows.ledger.engines.sqlite import identity
from dteplanows.ledger.faults import told
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.web import server
from tests import forked
from tests.clients import Service, post_soap11
from tests.commands.command_line import run
from tests.installation import FIRST_FOLIO, Installation, make_installation
from tests.ledger.example import sqlite_of
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller, b64
from tests.soap.test_document_operations import issue, sample

pytestmark = pytest.mark.skipif(os.name != "posix", reason="otros sistemas no dejan mover un archivo abierto")


def copy_over(directory: Path) -> None:
    """Put the copy that was made before in the place of the database."""
    (directory / "copia").replace(directory / DATABASE_FILE)


def copy_of_all(directory: Path) -> None:
    """The same, and the log of the old one away, as a careful person does."""
    (directory / "copia").replace(directory / DATABASE_FILE)
    for ending in ("-wal", "-shm"):
        (directory / f"{DATABASE_FILE}{ending}").unlink()


def delete(directory: Path) -> None:
    (directory / DATABASE_FILE).unlink()


def delete_log(directory: Path) -> None:
    (directory / f"{DATABASE_FILE}-wal").unlink()


def delete_memory(directory: Path) -> None:
    (directory / f"{DATABASE_FILE}-shm").unlink()


def other_directory(directory: Path) -> None:
    """Another directory in the place of the whole."""
    moved = directory.with_name("apartada")
    directory.rename(moved)
    shutil.copytree(moved, directory)


def directory_instead(directory: Path) -> None:
    (directory / DATABASE_FILE).rename(directory / "apartada")
    (directory / DATABASE_FILE).mkdir()


FAULTS = [copy_over, copy_of_all, delete, delete_log, delete_memory, other_directory, directory_instead]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation with one document, of which a copy was made then."""
    monkeypatch.setattr(passwords, "_KIB", 8)
    one = make_installation(tmp_path / "datos")
    issue(one, "factura33.txt")
    copy(tmp_path / "datos")
    issue(one, "factura33.txt")
    yield one
    with suppress(Exception):
        one.close()


def copy(directory: Path) -> None:
    with (
        closing(sqlite3.connect(directory / DATABASE_FILE)) as source,
        closing(sqlite3.connect(directory / "copia")) as target,
    ):
        source.backup(target)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_is_refused_and_nothing_written(
    made: Installation, fault: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    directory, caller = made.ledger.directory, Caller(made.issuer)
    address = made.links.path(Copy(1, False), "pruebas")
    fault(directory)
    time.sleep(identity._EVERY)
    before = {one: one.read_bytes() for one in directory.iterdir() if one.is_file()}
    file = b64(sample("factura33.txt"))
    for _ in range(2):
        answer = call(caller, "Procesar", plain=True, file=file, formato=1)
        error = answer.document().findtext("Detalle/Documento/Error") or ""
        assert error.startswith("[BAS-001] ")
        assert "no se emitió ni se guardó nada" in error
    assert b"[BAS-001]" in call(caller, "getXMLDte", tpomov="V", folio=FIRST_FOLIO, tipo=33).body
    link = call(caller, "ObtenerLink", tpomov="V", folio=FIRST_FOLIO, tipo=33, cedible="False")
    assert b"[BAS-001]" in link.body
    assert b"[BAS-001]" in call(caller, "ConsultarEstado", plain=True, trackid=1).body
    path, _, query = address.partition("?")
    printed = caller.send("GET", path, query=query)
    assert printed.status == 503
    assert b"BAS-001" in printed.body
    assert "BAS-001 en Procesar" in caplog.text
    assert {one: one.read_bytes() for one in directory.iterdir() if one.is_file()} == before


def test_it_is_for_good_even_if_the_right_file_comes_back(made: Installation) -> None:
    path = made.ledger.path
    path.rename(path.with_name("apartada"))
    with pytest.raises(Replaced), made.ledger.transaction():
        raise AssertionError("begun")
    path.with_name("apartada").rename(path)
    with pytest.raises(Replaced):
        made.ledger.companies.all()
    with closing(Ledger(made.ledger.directory)) as again, again.transaction():
        assert again.companies.all()


def test_what_went_into_a_file_that_was_moved_meanwhile_is_not_told_as_done(made: Installation) -> None:
    copied = made.ledger.path.with_name("copia")
    with pytest.raises(Replaced) as replaced, made.ledger.transaction():
        copied.replace(made.ledger.path)
    found = told(replaced.value, nothing_done=False)
    assert found
    assert found.code == "BAS-002"
    assert "no se sabe" in found.message


def test_an_older_content_in_the_same_file_is_seen(made: Installation) -> None:
    """As a program does that restores through SQLite: what this process issued last is not there any more."""
    assert issue(made, "factura33.txt") == FIRST_FOLIO + 2
    with (
        closing(sqlite3.connect(made.ledger.directory / "copia")) as source,
        closing(sqlite3.connect(made.ledger.path)) as target,
    ):
        source.backup(target)
    for _ in range(2):
        answer = call(
            Caller(made.issuer), "Procesar", plain=True, file=b64(sample("factura33.txt")), formato=1
        )
        assert "[BAS-001]" in answer.result()
    with closing(sqlite3.connect(made.ledger.path)) as there:
        assert there.execute("SELECT COUNT(*) FROM documento").fetchone() == (1,)


def test_sqlite_may_remove_its_own_log_with_the_last_connection(made: Installation) -> None:
    log = made.ledger.path.with_name(f"{DATABASE_FILE}-wal")
    for _ in range(3):
        made.ledger.companies.all()
        assert log.exists()
        with made.ledger.transaction():
            pass
        made.ledger.close()
        assert not log.exists()


def test_threads_that_come_and_go_are_not_taken_for_a_fault(made: Installation) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                with made.ledger.transaction():
                    made.ledger.connection.execute("SELECT COUNT(*) FROM documento").fetchone()
                made.ledger.close()
        except BaseException as failure:  # noqa: BLE001 - shown by the test itself
            failed.append(failure)

    made.ledger.close()
    for _ in range(3):
        threads = [threading.Thread(target=work) for _ in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert failed == []


def test_a_change_of_the_folder_in_the_same_moment_is_seen(tmp_path: Path) -> None:
    """The file system's clock may not have gone on since the folder was looked at."""
    for number in range(20):
        directory = tmp_path / str(number)
        with closing(Ledger(directory)) as ledger:
            shutil.copy(ledger.path, directory / "copia")
            sqlite_of(ledger).files.check()
            copy_over(directory)
            with pytest.raises(Replaced):
                sqlite_of(ledger).files.check()


def test_a_process_of_the_service_does_not_open_another_file_than_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        monkeypatch.setenv(identity._OF_SERVICE, "{}")
        ledger.db.for_children()
    Ledger(tmp_path).close()
    shutil.copy(tmp_path / DATABASE_FILE, tmp_path / "copia")
    copy_over(tmp_path)
    before = (tmp_path / DATABASE_FILE).read_bytes()
    with pytest.raises(Refused, match="BAS-083"):  # the service still has its own open
        Ledger(tmp_path)
    del ledger
    gc.collect()
    with pytest.raises(Replaced):
        Ledger(tmp_path)
    assert (tmp_path / DATABASE_FILE).read_bytes() == before
    Ledger(tmp_path / "otra").close()


# --- a real service -------------------------------------------------------------------------------------------


class Answered(NamedTuple):
    """What a call got."""

    begun: float
    ended: float
    folio: int
    """0 when the document was not issued."""
    body: str


_NUMBERS = itertools.count()


class Clients:
    """Issue invoices through the wire until they are told to stop."""

    def __init__(self, service: Service) -> None:
        self.answered: list[Answered] = []
        self._service = service
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(4)]
        for one in self._threads:
            one.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            # Never the same twice: a file that comes again while its first call is under way gets that one's answer.
            file = sample("factura33.txt").replace(b"OC-4471", b"OC-%d" % next(_NUMBERS))
            arguments = {"file": b64(file), "formato": b64("1")}
            body = post_soap11(self._service, "Procesar", self._service.login(), arguments).body
            found = re.search("&lt;Resultado&gt;True&lt;.*&lt;Folio&gt;([0-9]+)&lt;", body)
            self.answered.append(Answered(begun, time.monotonic(), int(found[1]) if found else 0, body))

    def issued(self) -> list[Answered]:
        return [one for one in list(self.answered) if one.folio]

    def wait(self, more: int) -> None:
        """Until so many more calls were answered."""
        enough, limit = len(self.answered) + more, time.monotonic() + 60
        while len(self.answered) < enough:
            assert time.monotonic() < limit, "the service does not answer"
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for one in self._threads:
            one.join(60)


@contextmanager
def serving(directory: Path, made: Installation) -> Iterator[Service]:
    """The service of *directory* with two processes; ``servicio.log`` beside it is what it says."""
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    with directory.with_name("servicio.log").open("ab") as log:
        process = forked.Popen(command, stdout=log, stderr=log)
        try:
            assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
            yield Service(made, port)
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("fault", [copy_over, delete, delete_log])
def test_a_service_that_answers_while_it_happens(tmp_path: Path, fault: Callable[[Path], None]) -> None:
    directory = tmp_path / "datos"
    with closing(make_installation(directory)) as made:
        issue(made, "factura33.txt")
    copy(directory)
    kept = tmp_path / "como-era"
    with serving(directory, made) as service:
        clients = Clients(service)
        try:
            clients.wait(20)
            kept.mkdir()
            for name in (DATABASE_FILE, f"{DATABASE_FILE}-wal"):
                os.link(directory / name, kept / name)
            fault(directory)
            moment = time.monotonic()
            clients.wait(40)
        finally:
            clients.stop()
        issued = clients.issued()
        folios = [one.folio for one in issued]
        assert len(folios) > 10
        assert len(set(folios)) == len(folios)
        assert [one for one in issued if one.begun > moment] == []
        after = [one.body for one in clients.answered if one.begun > moment]
        assert len(after) > 20
        assert all("[BAS-001]" in one for one in after)
        # Those under way at that moment are told what is known of them.
        others = [one.body for one in clients.answered if not one.folio and one.begun <= moment]
        assert all("[BAS-001]" in one or "[BAS-002]" in one for one in others)
    assert "BAS-001 en Procesar" in directory.with_name("servicio.log").read_text()
    # Whoever puts the right file back has every document that was acknowledged.
    with closing(sqlite3.connect(kept / DATABASE_FILE)) as right:
        there = {folio for (folio,) in right.execute("SELECT folio FROM documento")}
    assert {*folios} <= there


def health(service: Service, path: str) -> tuple[int, str]:
    answer = requests.get(f"http://127.0.0.1:{service.port}{path}", timeout=30)
    return answer.status_code, answer.text


def test_an_older_copy_before_the_service_starts_again(tmp_path: Path) -> None:
    """It says so, answers questions, issues nothing until a person has said how to go on, and then no folio twice."""
    directory = tmp_path / "datos"
    with closing(make_installation(directory)) as made:
        issue(made, "factura33.txt")
        copy(directory)
        last = max(issue(made, "factura33.txt") for _ in range(3))
    shutil.copy(directory / "copia", directory / DATABASE_FILE)
    arguments = {"file": b64(sample("factura33.txt")), "formato": b64("1")}
    with serving(directory, made) as service:
        assert "[BAS-020]" in post_soap11(service, "Procesar", service.login(), arguments).body
        parts = {"tpomov": b64("V"), "folio": b64(str(FIRST_FOLIO)), "tipo": b64("33")}
        assert "getXMLDteResult" in post_soap11(service, "getXMLDte", service.login(), parts).body
        told = run(directory, "estado")
        assert told.exit_code == 2 and "base continuar" in told.output
        assert [health(service, path)[0] for path in ("/salud", "/salud/listo")] == [503, 200]
        assert "BAS-020" in health(service, "/salud")[1]
        done = run(directory, "base", "continuar", "--retener")
        assert done.exit_code == 0, done.output
        time.sleep(1.1)
        assert health(service, "/salud")[0] == 200
        assert "base continuar" not in run(directory, "estado").output
        for number in range(1, 5):
            body = post_soap11(service, "Procesar", service.login(), arguments).body
            assert f"&lt;Folio&gt;{last + number}&lt;" in body
    said = directory.with_name("servicio.log").read_text()
    assert "BAS-020" in said
    assert f"{FIRST_FOLIO + 1} a {last}" in said
