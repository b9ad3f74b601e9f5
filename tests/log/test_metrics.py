"""What the processes of a service count, each for itself and all together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import COMPRA, DocumentOutcome
from dteplanows.log import call, metrics

NOW = datetime(2026, 5, 1)
MICROSECONDS = 10
"""What counting a call may cost, on a machine that does other things too."""

CHILD = """
import sys
import time
from dteplanows.log import call, metrics
metrics.share()
for seconds in (0.003, 99):
    one = call.Call("soap")
    one.ended, one.began = "Procesar", time.perf_counter() - seconds
    metrics.count(one)
"""


def called(operation: str, result: call.Result, seconds: float) -> None:
    """Count a call that took so long."""
    one = call.Call("soap")
    one.ended, one.result, one.began = operation, result, time.perf_counter() - seconds
    metrics.count(one)


def noted(note: Callable[[], None]) -> None:
    """Count a call of which something is noted."""
    one = call.Call("soap")
    call.begin(one)
    note()
    call.end()
    metrics.count(one)


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> metrics.Counts:
    """New counts for each test."""
    fresh = metrics.Counts()
    monkeypatch.setattr(metrics, "_counts", fresh)
    return fresh


@pytest.fixture
def folder() -> Iterator[Path]:
    with metrics.sharing():
        yield Path(os.environ["_DTEPLANOWS_CUENTAS"])


def test_calls_fall_into_their_bounds() -> None:
    for seconds in (0.0, 0.0009, 0.0015, 29.9, 31.0):
        called("Procesar", "ok", seconds)
    called("Procesar", "rechazada", 0.2)
    found = metrics.total().calls
    assert found["Procesar", "ok"].counts == [2, 1, *[0] * 11, 1, 1]
    assert found["Procesar", "ok"].seconds == pytest.approx(60.9024, abs=0.001)
    assert sum(found["Procesar", "rechazada"].counts) == 1


def test_documents_and_reasons() -> None:
    twice = (problem("SRV-040"), problem("SRV-040"), problem("CRT-040", fecha="", plazo=""))
    outcomes = [
        DocumentOutcome(1, 33, NOW, True),
        DocumentOutcome(2, 33, NOW, True),
        DocumentOutcome(3, 39, NOW, True),
        DocumentOutcome(0, 33, NOW, False, twice),
        DocumentOutcome(0, 33, NOW, False, twice),
        DocumentOutcome(9, 33, NOW, True, operacion=COMPRA),
        DocumentOutcome(0, 0, NOW, True, libro=True),
    ]
    noted(lambda: call.note_outcomes(outcomes))
    noted(lambda: call.note_refused([problem("AUT-001")]))
    noted(lambda: call.note_judged(outcomes))
    noted(lambda: call.note_problems([problem("SRV-060", direccion="x")]))
    found = metrics.total()
    assert found.issued == {33: 2, 39: 1}
    assert found.refused == {"SRV-040": 2, "AUT-001": 1}
    assert found.calls == {}


def test_threads_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: called("Procesar", "ok", 0.002), range(4000)))
    assert sum(metrics.total().calls["Procesar", "ok"].counts) == 4000


def test_processes_are_added_up_also_after_their_end(folder: Path) -> None:
    called("Procesar", "ok", 0.003)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", CHILD], check=True, timeout=60)
    found = metrics.total().calls["Procesar", "ok"]
    assert (sum(found.counts), found.counts[-1]) == (5, 2)
    assert len(metrics.processes()) == 3
    assert list(folder.glob("*.part")) == []


def test_a_damaged_file_of_another_process_does_no_harm(folder: Path) -> None:
    (folder / "1-x.json").write_text("[[")
    (folder / "2-x.json").write_text('{"a": 1}')
    called("Online", "ok", 0.001)
    assert list(metrics.total().calls) == [("Online", "ok")]


def test_the_folder_is_gone_at_the_end() -> None:
    with metrics.sharing():
        folder = Path(os.environ["_DTEPLANOWS_CUENTAS"])
        assert folder.is_dir()
    assert not folder.exists()
    assert "_DTEPLANOWS_CUENTAS" not in os.environ


def test_counting_is_cheap() -> None:
    one = call.Call("soap")
    call.begin(one)
    call.note_ended("Procesar", "ok")
    call.note_outcomes([DocumentOutcome(1, 33, NOW, True)])
    call.end()

    def count() -> None:
        metrics.count(one)

    assert min(timeit.repeat(count, number=1000, repeat=20)) / 1000 * 1e6 < MICROSECONDS
