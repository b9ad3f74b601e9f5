"""A ledger put back from a copy is recognised; it issues again once a person has said from where on."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.document.problem import Refused
from dteplanows.folios import older_ledger
from dteplanows.folios.held_back import held
from dteplanows.folios.older_ledger import Watch, behind, resume
from dteplanows.issuing import Issuer
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.watermark import FILE, Mark
from tests.commands.command_line import run
from tests.installation import COMPANY, FIRST_FOLIO, Installation, make_installation
from tests.soap.test_document_operations import issue, sample

SERIES = Series("pruebas", COMPANY.rut, 33)
A, B, C = FIRST_FOLIO, FIRST_FOLIO + 1, FIRST_FOLIO + 2


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Three invoices and a boleta were issued, of which the copy knows the first."""
    path = tmp_path / "datos"
    with closing(make_installation(path)) as made:
        issue(made, "factura33.txt")
        copy(path)
        issue(made, "factura33.txt")
        issue(made, "factura33.txt")
        issue(made, "boleta39.txt")
    return path


def copy(path: Path) -> None:
    with (
        closing(sqlite3.connect(path / DATABASE_FILE)) as source,
        closing(sqlite3.connect(path / "copia")) as target,
    ):
        source.backup(target)


def put_back(path: Path) -> None:
    shutil.copy(path / "copia", path / DATABASE_FILE)


def opened(path: Path) -> Installation:
    """The installation as it is there now."""
    ledger = Ledger(path)
    made = make_installation(path.with_name("otra"))
    made.close()
    return Installation(Issuer(ledger, made.authority), ledger, made.company, made.certificate, made.authority)


@pytest.fixture
def older(directory: Path) -> Iterator[Installation]:
    put_back(directory)
    with closing(opened(directory)) as made:
        yield made


def codes(made: Installation, name: str = "factura33.txt") -> list[str]:
    (one,) = made.issue(sample(name), "1").documents
    assert not one.accepted
    return [problem.code for problem in one.problems]


def test_one_that_is_not_older_goes_on(directory: Path) -> None:
    with closing(opened(directory)) as made:
        assert made.issuer.watch.at_start() == []
        assert issue(made, "factura33.txt") == C + 1


def test_it_says_what_may_have_been_issued_and_issues_nothing(older: Installation) -> None:
    found = {one.series.tipo: one for one in behind(older.ledger)}
    assert found[33] == (Mark(SERIES, C, 3, C), A, (Span(B, C),))
    assert found[39].spans == (Span(A, A),)
    assert codes(older) == ["BAS-020", "BAS-020"]
    assert codes(older, "guia52.txt")[:2] == ["BAS-020", "BAS-020"]
    text = "\n".join(one.text() for one in older.issuer.watch.at_start())
    assert f"{B} a {C}" in text
    assert older.company.razon_social in text
    (judged,) = older.issuer.process(older.account, sample("factura33.txt"), "1", solo_validar=True).documents
    assert [one.code for one in judged.problems] == ["BAS-020", "BAS-020"]
    # Questions are answered.
    assert older.xml(33, A)


def test_another_company_does_not_learn_whose(older: Installation) -> None:
    watch = older.issuer.watch
    other = watch.problems(replace(older.company, ambiente="produccion"))
    assert [one.code for one in other] == ["BAS-023"]
    assert older.company.rut not in other[0].text()


def test_what_may_have_been_issued_is_held_back_and_issuing_goes_on(older: Installation) -> None:
    assert codes(older)
    assert resume(older.ledger, {}) == {SERIES: 2, SERIES._replace(tipo=39): 1}
    assert [one.span for one in held(older.ledger, SERIES)] == [Span(B, C)]
    older.issuer.watch.ledger._again = 0.0
    assert issue(older, "factura33.txt") == C + 1
    assert issue(older, "boleta39.txt") == B
    assert "base continuada" in {one.tipo for one in older.ledger.events.of()}


def test_a_person_may_know_the_first_free_folio(older: Installation) -> None:
    assert resume(older.ledger, {SERIES: C + 3})[SERIES] == 4
    assert [one.span for one in held(older.ledger, SERIES)] == [Span(B, C + 2)]
    assert issue(older, "factura33.txt") == C + 3


@pytest.mark.parametrize("folio", [1, B, C])
def test_nobody_knows_a_folio_free_that_was_issued(older: Installation, folio: int) -> None:
    """The mark is written after the commit: what it has was issued, whoever says otherwise."""
    with pytest.raises(Refused, match=rf"BAS-082.*{C + 1}"):
        resume(older.ledger, {SERIES: folio})
    assert codes(older)
    assert held(older.ledger, SERIES) == []


def test_the_same_copy_put_back_again_is_recognised_again(older: Installation) -> None:
    directory = older.ledger.directory
    resume(older.ledger, {SERIES: C + 10})
    older.close()
    put_back(directory)
    with closing(opened(directory)) as again:
        assert {one.series.tipo: one.mark.folio for one in behind(again.ledger)} == {33: C + 9, 39: A}
        assert codes(again)


def test_one_that_went_on_by_itself_is_recognised_though_its_folios_are_as_high(directory: Path) -> None:
    """By the documents: those of the mark are others here."""
    (directory / FILE).rename(directory / "marca")
    put_back(directory)
    with closing(opened(directory)) as made:
        issue(made, "boleta39.txt")
        for _ in range(3):
            issue(made, "factura33.txt")
    (directory / "marca").replace(directory / FILE)
    with closing(opened(directory)) as made:
        assert [one.series.tipo for one in behind(made.ledger)] == [33, 39]


def test_explicit_folios_below_the_highest(tmp_path: Path) -> None:
    """Of an ERP that numbers by itself all that is free below may have been issued."""
    path = tmp_path / "datos"
    with closing(make_installation(path)) as made:
        issue(made, "factura33.txt", replaced={b"33;0;": f"33;{A + 9};".encode()})
        copy(path)
        issue(made, "factura33.txt", replaced={b"33;0;": f"33;{A + 4};".encode()})
    put_back(path)
    with closing(opened(path)) as made:
        (one,) = behind(made.ledger)
        assert one.spans == (Span(A, A + 8),)


@pytest.mark.parametrize("left", [None, b"", b"xx", b"x" * 200], ids=["none", "empty", "short", "damaged"])
def test_without_a_mark_it_is_made_and_said(
    directory: Path, left: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    (directory / FILE).unlink()
    if left is not None:
        (directory / FILE).write_bytes(left)
    put_back(directory)
    with closing(opened(directory)) as made:
        assert [one.code for one in made.issuer.watch.at_start()] == ["BAS-021"]
        assert "BAS-021" in caplog.text
        assert issue(made, "factura33.txt") == B  # nobody can know
        assert {one.series.tipo: one.folio for one in made.ledger.watermark.read() if one.folio} == {33: B}
    with closing(opened(directory)) as made:
        assert made.issuer.watch.at_start() == []


def test_where_the_mark_cannot_be_made_it_is_said_too(directory: Path) -> None:
    (directory / FILE).unlink()
    with closing(Ledger(Place(directory, marca=directory / DATABASE_FILE / "no"))) as ledger:
        assert [one.code for one in Watch(ledger).at_start()] == ["BAS-022"]


def test_a_new_installation_has_no_mark_and_says_nothing(tmp_path: Path) -> None:
    with closing(make_installation(tmp_path)) as made:
        assert made.issuer.watch.at_start() == []
        assert not (tmp_path / FILE).exists()
        issue(made, "factura33.txt")
        assert (tmp_path / FILE).exists()


def test_an_empty_database_in_place_of_a_lost_one_is_recognised(directory: Path) -> None:
    for one in directory.glob(f"{DATABASE_FILE}*"):
        one.unlink()
    assert run(directory, "base", "crear").exit_code == 0
    with closing(Ledger(directory)) as ledger:
        assert [(one.series.tipo, one.emitido) for one in behind(ledger)] == [(33, 0), (39, 0)]
        assert "BAS-020" in [one.code for one in Watch(ledger).problems()]
        assert sum(resume(ledger, {}).values()) > 0
        assert behind(ledger) == []


def test_the_worker_lets_batches_wait(
    older: Installation, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(older_ledger, "_AGAIN", 0.0)
    track = older.send_later(sample("factura33.txt"), "1")
    worker, stop = Worker(older.issuer, 100), threading.Event()
    waits: list[float | None] = []

    def wait(seconds: float | None = None) -> bool:
        waits.append(seconds)
        if len(waits) > 4:
            stop.set()
        return False

    monkeypatch.setattr(stop, "wait", wait)
    with caplog.at_level(logging.ERROR):
        worker.run(stop)
    assert caplog.text.count("Los lotes esperan") == 1
    assert "BAS-020" in caplog.text
    batch = older.ledger.batches.find(track)
    assert batch
    assert batch.estado == "pendiente"
    resume(older.ledger, {})
    assert worker.work_once()
    batch = older.ledger.batches.find(track)
    assert batch
    assert (batch.estado, batch.rechazados) == ("terminado", 0)


def test_by_command(directory: Path) -> None:
    assert "al día" in run(directory, "base", "continuar").output
    put_back(directory)
    shown = run(directory, "base", "continuar")
    assert shown.exit_code == 1
    assert "BAS-020" in shown.output
    assert run(directory, "folio", "retenidos").output == "No hay folios retenidos.\n"
    wrong = run(directory, "base", "continuar", "--desde", "33-5")
    assert wrong.exit_code == 2
    assert "33:1181" in wrong.output
    done = run(directory, "base", "continuar", "--retener", "--desde", f"33:{C + 5}")
    assert done.exit_code == 0, done.output
    assert f"{B} a {C + 4}" in done.output
    assert f"retenidos: {A}.\n" in done.output
    assert run(directory, "base", "continuar").exit_code == 0
