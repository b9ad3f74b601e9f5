"""``lotes``: what a person sees of the files received in bulk mode."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dteplanows.bulk.queue import Worker
from dteplanows.cli import main
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.issuing import Issuer
from dteplanows.issuing.submission import Submission
from dteplanows.issuing.transaction import Recorder
from dteplanows.parser.bulk import BulkFile
from tests.faults.test_killed_workers import bulk_file, notes_of
from tests.installation import Installation, make_installation


@dataclass
class Bulk:
    """An installation with its directory."""

    directory: Path
    made: Installation

    def receive(self, documents: int, *spoiled: int) -> int:
        return self.made.send_later(bulk_file(documents, set(spoiled)), "1")

    def work(self) -> bool:
        return Worker(self.made.issuer, 1000).work_once()

    def lotes(self, *arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "120"}).invoke(main, ["--dir", str(self.directory), "lotes", *arguments])


@pytest.fixture
def lots(tmp_path: Path) -> Iterator[Bulk]:
    made = make_installation(tmp_path)
    yield Bulk(tmp_path, made)
    made.close()


def test_none_yet(lots: Bulk) -> None:
    done = lots.lotes()
    assert (done.exit_code, done.output) == (0, "Todavía no se ha recibido ningún lote.\n")


def test_the_list_has_the_newest_first(lots: Bulk) -> None:
    lots.receive(3, 2)
    lots.work()
    lots.receive(5)

    done = lots.lotes()

    assert done.exit_code == 0
    second, first = (line.split("│") for line in done.output.splitlines() if line.startswith("│"))
    assert [one.strip() for one in first[1:9] if "-" not in one] == ["1", "pruebas", "terminado", "3/3", "1", "3"]
    assert [one.strip() for one in (second[1], *second[5:9])] == ["2", "pendiente", "0/?", "0", "-"]
    assert len([line for line in lots.lotes("--ultimos", "1").output.splitlines() if line.startswith("│")]) == 1


def test_the_details_show_the_problems_with_the_line_of_the_file(lots: Bulk) -> None:
    track_id = lots.receive(20, *range(5, 20))
    lots.work()

    done = lots.lotes(str(track_id))

    assert done.exit_code == 1
    assert "Documento 5 del archivo, tipo 39: rechazado." in done.output
    assert "0;0;0;9190;" in done.output
    assert "Documento 15 del" not in done.output
    assert "Hay 5 documentos rechazados más" in done.output
    assert "Documento 19 del archivo" in lots.lotes(str(track_id), "--todos").output


def test_a_batch_is_followed_to_its_end(lots: Bulk) -> None:
    track_id = lots.receive(120)
    stop = threading.Event()
    thread = threading.Thread(target=Worker(lots.made.issuer, 1000).run, args=(stop,))
    thread.start()
    try:
        done = lots.lotes(str(track_id), "--seguir")
    finally:
        stop.set()
        thread.join(30)
    assert done.exit_code == 0
    assert "120/120" in done.output


@pytest.mark.parametrize(
    ("arguments", "words"), [(["7"], "No existe el lote 7."), (["--seguir"], "indique su TRACKID")]
)
def test_what_is_not_understood(lots: Bulk, arguments: list[str], words: str) -> None:
    done = lots.lotes(*arguments)
    assert done.exit_code == 2
    assert words in done.output


# --- the worker -------------------------------------------------------------------------------------------------


def test_a_small_batch_does_not_wait_for_a_big_one(lots: Bulk) -> None:
    big, small = lots.receive(700), lots.receive(1)
    lots.work()
    lots.work()
    found = {one.id: one for one in lots.made.ledger.batches.newest(10)}
    assert (found[big].hechos, found[small].estado) == (500, "terminado")
    lots.work()
    assert found[big].hechos < 700
    assert [one.estado for one in lots.made.ledger.batches.newest(10)] == ["terminado"] * 2
    assert not lots.work()


def test_a_document_that_breaks_the_program_is_refused_and_the_others_are_issued(
    lots: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Issuer.issue_part

    def breaking(
        issuer: Issuer, submission: Submission, documents: list[Document], record: Recorder
    ) -> list[DocumentOutcome]:
        if any(one.detalles[0].text("NmbItem") == "Ficha 30" for one in documents):
            raise ZeroDivisionError
        return judge(issuer, submission, documents, record)

    monkeypatch.setattr(Issuer, "issue_part", breaking)
    track_id = lots.receive(70)
    lots.work()

    batch, outcome = lots.made.batches.state(lots.made.account, track_id)
    assert (batch.estado, batch.rechazados) == ("terminado", 1)
    assert outcome is not None
    (refused,) = [one for one in outcome.documents if not one.accepted]
    assert refused is outcome.documents[29]
    assert [one.code for one in refused.problems] == ["SRV-102"]
    assert [number for _, number in notes_of(lots.made.ledger)] == [*range(1, 30), *range(31, 71)]


def test_a_full_disk_refuses_nothing(lots: Bulk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    track_id = lots.receive(3)
    with monkeypatch.context() as patched:
        patched.setattr(Issuer, "issue_part", full)
        with pytest.raises(OSError, match="space"):
            lots.work()
    batch = lots.made.ledger.batches.find(track_id)
    assert batch is not None
    assert (batch.hechos, batch.estado) == (0, "en proceso")
    lots.made.ledger.connection.execute("UPDATE lote SET vence = 0")
    assert lots.work()
    assert len(notes_of(lots.made.ledger)) == 3


def test_a_file_that_nobody_can_read_is_one_refusal(lots: Bulk) -> None:
    track_id = lots.made.send_later(b"esto no es un archivo", "2")
    lots.work()
    _, outcome = lots.made.batches.state(lots.made.account, track_id)
    assert outcome is not None
    assert [one.code for one in outcome.problems] == ["TXT-050"]


def test_a_refused_document_may_ask_for_any_folio(lots: Bulk) -> None:
    file = bulk_file(1).replace(b"39;0;", b"39;9999999999999999999;")
    assert next(BulkFile(file, "1", 1).documents()).folio >= 0
    track_id = lots.made.send_later(file, "1")
    lots.work()
    batch, outcome = lots.made.batches.state(lots.made.account, track_id)
    assert batch.rechazados == 1
    assert outcome is not None
    assert not outcome.accepted


def test_a_batch_is_finished_under_the_limit_it_began_with(lots: Bulk) -> None:
    stop = threading.Event()
    stop.set()
    track_id = lots.receive(120)
    Worker(lots.made.issuer, 120).work_once(stop)
    assert [one.hechos for one in lots.made.ledger.batches.newest(1)] == [50]
    Worker(lots.made.issuer, 100).work_once()
    assert len(notes_of(lots.made.ledger)) == 120

    later = lots.receive(121)
    Worker(lots.made.issuer, 100).work_once()
    _, outcome = lots.made.batches.state(lots.made.account, later)
    assert outcome is not None
    assert [one.code for one in outcome.problems] == ["TXT-046"]
    assert later > track_id


def test_terms_from_before_the_clock_was_set_back_end(lots: Bulk) -> None:
    lots.receive(1)
    ledger = lots.made.ledger
    assert ledger.batches.take("otro", lambda worker: False)
    assert not ledger.batches.take("este", lambda worker: False)
    ledger.connection.execute("UPDATE lote SET vence = ?", (time.time() + 86_400,))
    assert ledger.batches.take("este", lambda worker: False)
