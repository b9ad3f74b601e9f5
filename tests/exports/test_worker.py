"""Files that are made in the background: whole after any interruption, one's own company's, and not for ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dteplanows.archive.export import Part
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.exports import FOLDER, appended, delete, order, path_of, worker
from dteplanows.exports.formats import What
from dteplanows.exports.worker import Exporter
from dteplanows.ledger.book_tables import StoredExport
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, load_caf, new_document

ALL = What(Listing(Wanted()))
COUNT = 60


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    one.companies.save(COMPANY)
    one.companies.save(REAL)
    caf = load_caf(one, 1, 1000)
    for folio in range(1, COUNT + 1):
        one.documents.record(new_document(folio, caf))
    with one.transaction():
        one.connection.execute("UPDATE entrega SET estado = 'rechazado' WHERE documento_id = 5")
    yield one
    one.close()


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appended, "_FILES_OF_STEP", dict.fromkeys(Part, 7))
    monkeypatch.setattr(appended, "_ROWS_OF_STEP", 7)


def asked(ledger: Ledger, formato: str = "xml", what: What = ALL) -> StoredExport:
    found = ledger.exports.find(order(ledger, COMPANY, "ana", formato, what))
    assert found
    return found


def again(ledger: Ledger, one: StoredExport) -> StoredExport:
    found = ledger.exports.find(one.id)
    assert found
    return found


def exporter(ledger: Ledger, days: int = 7, megas: int = 100) -> Exporter:
    return Exporter(ledger, days, megas)


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as made:
        assert made.testzip() is None
        return made.namelist()


EXPECTED = [f"2026-11/factura-33-{folio}.xml" for folio in range(COUNT, 0, -1) if folio != 5] + ["documentos.csv"]


def test_a_zip_has_every_document_with_effect_and_the_list_of_all(ledger: Ledger) -> None:
    one = asked(ledger)
    assert exporter(ledger).work_once()
    done = again(ledger, one)
    assert (done.estado, done.hechos, done.total) == ("lista", COUNT - 1, COUNT - 1)
    path = path_of(ledger, done)
    assert path.stat().st_size == done.largo
    assert path.stat().st_mode & 0o077 == 0
    assert names(path) == EXPECTED
    with zipfile.ZipFile(path) as made:
        stored = ledger.documents.find("pruebas", COMPANY.rut, 33, 9)
        assert stored and made.read("2026-11/factura-33-9.xml") == stored.xml
        rows = made.read("documentos.csv").decode("utf-8").splitlines()
    assert len(rows) == COUNT + 1
    assert sum("rechazado por el SII" in row for row in rows) == 1
    assert not exporter(ledger).work_once()
    assert [event.tipo for event in ledger.events.of() if "export" in event.tipo] == ["exportacion_pedida"]


@pytest.mark.parametrize("formato", ["xml", "csv"])
def test_it_goes_on_where_it_was_stopped(ledger: Ledger, formato: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped behind each step in turn, with what the disk had of the next one, and documents issued meanwhile."""
    one, caf = asked(ledger, formato), ledger.cafs.of("pruebas", COMPANY.rut)[0].id
    original, steps = worker.Exporter._look_at_disk, [0]

    def stop_later(self: Exporter, which: StoredExport, path: Path) -> None:
        original(self, which, path)
        steps[0] += 1
        if steps[0] % 2 and steps[0] < 12:
            stop.set()

    monkeypatch.setattr(worker.Exporter, "_look_at_disk", stop_later)
    for number in range(60):
        stop = threading.Event()
        assert exporter(ledger).work_once(stop)
        state = again(ledger, one)
        if state.estado == "lista":
            break
        assert state.estado == "pendiente"
        with path_of(ledger, one).open("ab") as file:
            file.write(b"half of something")
        ledger.documents.record(new_document(500 + number, caf))
    assert state.estado == "lista" and number >= 3
    if formato == "xml":
        assert [each for each in names(path_of(ledger, one)) if not each.endswith(".csv")] == EXPECTED[:-1]
    else:
        rows = path_of(ledger, one).read_text("utf-8-sig").splitlines()
        assert [int(each.split(";")[2]) for each in rows[1:]] == list(range(COUNT, 0, -1))


@only_sqlite
def test_a_killed_worker_loses_nothing(ledger: Ledger) -> None:
    """kill -9 in the middle of a zip; another process goes on at once, since it knows that the first is gone."""
    one = asked(ledger)
    context = multiprocessing.get_context("spawn")
    for _ in range(2):
        process = context.Process(target=_work_slowly, args=(ledger.directory,))
        process.start()
        before = again(ledger, one).hechos
        while again(ledger, one).hechos <= before:
            time.sleep(0.02)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
    state = again(ledger, one)
    assert state.estado == "en proceso" and 0 < state.hechos < COUNT - 1
    assert exporter(ledger).work_once()
    assert again(ledger, one).estado == "lista"
    assert names(path_of(ledger, one)) == EXPECTED


def _work_slowly(directory: Path) -> None:
    appended._FILES_OF_STEP = dict.fromkeys(Part, 3)
    original = appended._add

    def slow(*arguments: object) -> bool:
        time.sleep(0.05)
        return original(*arguments)  # type: ignore[arg-type]

    worker._TELL = 0.0
    appended._add = slow  # type: ignore[assignment]
    Exporter(Ledger(directory), 7, 100).work_once()


def test_what_was_removed_meanwhile_is_not_made(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(ledger)
    monkeypatch.setattr(time, "monotonic", iter(range(0, 10_000, 5)).__next__)

    def remove(self: Exporter, which: StoredExport, path: Path) -> None:
        if ledger.exports.find(one.id):
            delete(ledger, one)

    monkeypatch.setattr(worker.Exporter, "_look_at_disk", remove)
    assert exporter(ledger).work_once()
    assert ledger.exports.find(one.id) is None
    assert list((ledger.directory / FOLDER).iterdir()) == []
    events = [event.tipo for event in ledger.events.of() if "export" in event.tipo]
    assert events == ["exportacion_pedida", "exportacion_eliminada"]


@only_sqlite
def test_why_it_cannot_be_made_is_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(ledger, "librocv", What(Listing(Wanted(clock.today().replace(day=1), clock.today()))))
    assert exporter(ledger).work_once()
    assert "certificado" in again(ledger, one).problema
    two = asked(ledger)
    assert Exporter(ledger, 7, 0).work_once()
    assert "SRV-261" in again(ledger, two).problema
    three = asked(ledger)
    monkeypatch.setattr(appended, "_add", _full)
    assert exporter(ledger).work_once()
    assert "SRV-262" in again(ledger, three).problema and "el disco está lleno" in again(ledger, three).problema
    four = asked(ledger)
    monkeypatch.setattr(appended, "_add", _wrong)
    assert exporter(ledger).work_once()
    assert "SRV-263" in again(ledger, four).problema and "secreto" not in again(ledger, four).problema
    assert {again(ledger, each).estado for each in (one, two, three, four)} == {"fallida"}
    assert list((ledger.directory / FOLDER).iterdir()) == []


def _full(*_: object) -> bool:
    raise OSError(28, "No space left on device")


def _wrong(*_: object) -> bool:
    raise ZeroDivisionError("secreto")


@only_sqlite
def test_files_go_when_their_time_is_over_or_they_are_too_many(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [asked(ledger) for _ in range(3)]
    one = exporter(ledger)
    while one.work_once():
        pass
    size = path_of(ledger, every[0]).stat().st_size
    stray = ledger.directory / FOLDER / "99.zip"
    stray.write_bytes(b"x")
    small = Exporter(ledger, 7, 1)
    small._bytes = 2 * size
    small.tidy()
    assert [again(ledger, each).estado for each in every] == ["vencida", "lista", "lista"]
    assert not stray.exists() and not path_of(ledger, every[0]).exists()
    with ledger.transaction():
        old = (clock.now() - timedelta(8)).isoformat(" ")
        ledger.connection.execute("UPDATE exportacion SET terminada = ? WHERE id = ?", (old, every[1].id))
    exporter(ledger).tidy()
    assert [again(ledger, each).estado for each in every] == ["vencida", "vencida", "lista"]
    assert [each.name for each in (ledger.directory / FOLDER).iterdir()] == [f"{every[2].id}.zip"]


@only_sqlite
def test_no_company_can_ask_for_too_much(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        asked(ledger)
    with pytest.raises(Refused, match="SRV-260"):
        asked(ledger)
    assert ledger.exports.of(REAL) == []
    monkeypatch.setattr("dteplanows.exports.MOST_DOCUMENTS", COUNT - 1)
    with pytest.raises(Refused, match="SRV-230"):
        asked(ledger)


@only_sqlite
def test_a_file_of_another_machine_is_begun_anew(ledger: Ledger) -> None:
    one = asked(ledger)
    state = one._replace(equipo="otro", hechos=9, punto="2026-11-24.50", largo=5)
    taken = ledger.exports.take("otro:1:a", "otro", lambda _: False)
    assert taken
    ledger.exports.advance(state, "otro:1:a")
    ledger.exports.give_back(one, "otro:1:a")
    assert exporter(ledger).work_once()
    assert names(path_of(ledger, one)) == EXPECTED
