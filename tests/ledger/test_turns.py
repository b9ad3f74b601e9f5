"""Processes that write take turns; one that dies or stops does not keep the others waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.ledger.engines.sqlite import turns
from dteplanows.ledger.engines.sqlite.turns import Turns
from tests import forked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="las demás plataformas no tienen estos turnos")

OTHER = """
import sys, time
from pathlib import Path
from dteplanows.ledger.engines.sqlite import turns
turns._PATIENCE = 60
one = turns.Turns(Path(sys.argv[1]))
with one.turn():
    print("first", flush=True)
    sys.stdin.readline()
    while one._take(turns._GATE):  # until the other process waits behind it
        one._free(turns._GATE)
        time.sleep(0.01)
with one.turn():
    print("second", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "turno"


@pytest.fixture
def other(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has its turn. After a line on its input it waits until somebody waits for it, and asks again."""
    command = [sys.executable, "-c", OTHER, str(path)]
    process = forked.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "first\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_who_had_a_turn_comes_after_who_waited(other: subprocess.Popen[str], path: Path) -> None:
    assert other.stdin is not None
    assert other.stdout is not None
    order = []

    def wait() -> None:
        with Turns(path).turn():
            order.append("this one")

    thread = threading.Thread(target=wait)
    thread.start()
    print(file=other.stdin, flush=True)
    order.append(other.stdout.readline().strip())
    thread.join()
    assert order == ["this one", "second"]


def test_a_killed_process_has_no_turn_any_more(
    other: subprocess.Popen[str], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Turns(path)
    assert not one._take(turns._TURN)
    other.kill()
    other.wait()
    monkeypatch.setattr(turns, "_PATIENCE", 60)
    with one.turn():
        assert one._take(turns._GATE)


def test_nobody_waits_for_ever_for_a_process_that_was_stopped(
    other: subprocess.Popen[str], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(turns, "_PATIENCE", 0.01)
    one, passed = Turns(path), 0
    for _ in range(2):
        with one.turn():
            passed += 1
    assert passed == 2
    assert not one._take(turns._TURN)
