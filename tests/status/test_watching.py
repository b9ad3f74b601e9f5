"""The state that the service tells while it runs: a line at the start, and log lines every day."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows import status
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings, load
from dteplanows.status import watching
from dteplanows.status.rows import Row, State
from tests.ledger.example import REAL


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.companies.save(REAL)
    yield load(directorio=tmp_path, procesar_lotes=False, sii_enviar=False)


def started() -> threading.Event:
    """A service that answers."""
    event = threading.Event()
    event.set()
    return event


def wait_for(lines: list[str], count: int) -> None:
    for _ in range(200):
        if len(lines) >= count:
            return
        time.sleep(0.05)
    pytest.fail(f"only {lines}")


def test_a_line_for_the_person_and_one_in_the_log_for_each_fault(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    with watching.watch(settings, said.append, started()):
        wait_for(said, 1)
    assert said == ["Estado: hay 2 graves y 2 avisos. El detalle se muestra con la orden «estado»."]
    levels = [record.levelno for record in caplog.records]
    assert (levels.count(logging.ERROR), levels.count(logging.WARNING)) == (2, 2)
    assert any("Certificado" in record.getMessage() and REAL.rut in record.getMessage() for record in caplog.records)


def test_nothing_is_said_before_the_service_answers(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    with watching.watch(settings, said.append, threading.Event()):
        time.sleep(0.5)
    assert (said, caplog.records) == ([], [])


def test_it_looks_again_and_says_it_to_the_log_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "EVERY", 0.05)
    said: list[str] = []
    with watching.watch(settings, said.append, started()):
        for _ in range(200):
            if len(caplog.records) >= 12:
                break
            time.sleep(0.05)
    assert len(caplog.records) >= 12
    assert len(said) == 1


def test_a_ledger_that_cannot_be_opened_is_told(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    (settings.directorio / "dteplanows.sqlite3").write_bytes(b"nada de eso" * 500)
    said: list[str] = []
    with watching.watch(settings, said.append, started()):
        wait_for(said, 1)
    assert "1 grave" in said[0]
    assert "Base de datos" in caplog.text


def test_what_keeps_it_from_looking_does_not_end_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> list[Row]:
        raise ValueError("ruta secreta")

    monkeypatch.setattr(status, "rows", broken)
    monkeypatch.setattr(watching, "EVERY", 0.02)
    with watching.watch(settings, lambda line: None, started()):
        for _ in range(200):
            if len(caplog.records) >= 2:
                break
            time.sleep(0.02)
    assert len(caplog.records) >= 2
    assert "ruta secreta" not in caplog.text


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], "todo está bien."),
        ([State.OK], "todo está bien."),
        ([State.AVISO, State.OK], "hay 1 aviso."),
        ([State.GRAVE, State.AVISO, State.AVISO], "hay 1 grave y 2 avisos."),
    ],
)
def test_the_summary(states: list[State], words: str) -> None:
    assert watching.summary([Row("", "", state, "") for state in states]) == words
