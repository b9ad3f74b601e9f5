"""``lotes --seguir``: lines where there is no terminal, and what is said while no worker lives."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from dteplanows.bulk.queue import Worker
from dteplanows.commands import batches, watching
from dteplanows.commands.progress import Shown
from dteplanows.ledger import presence
from tests import forked
from tests.faults.test_killed_workers import bulk_file
from tests.installation import Installation, make_installation

WORKER = """
import sys, time
from pathlib import Path
from dteplanows.ledger import presence
with presence.held(Path(sys.argv[1]), "trabajador"):
    print("works", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with closing(make_installation(tmp_path)) as one:
        yield one


def plain() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=200, color_system=None), written


@pytest.mark.skipif(os.name != "posix", reason="Windows no lo dice")
def test_a_worker_is_known_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    assert presence.alive(tmp_path, "trabajador") is False
    with forked.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"works\n"
        with presence.held(tmp_path, "trabajador"):
            assert presence.alive(tmp_path, "trabajador") is True
        assert presence.alive(tmp_path, "trabajador") is True
        process.send_signal(signal.SIGKILL)
    assert presence.alive(tmp_path, "trabajador") is False


@pytest.mark.skipif(os.name != "posix", reason="Windows no lo dice")
def test_who_follows_hears_that_no_worker_lives_and_that_one_came(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "WITHOUT_WORKER", 0.4)
    monkeypatch.setattr(batches, "LOOK", 0.05)
    track_id = made.send_later(bulk_file(60, set()), "1")
    batch = made.ledger.batches.find(track_id)
    assert batch
    out, written = plain()
    stop = threading.Event()

    def come_later() -> None:
        while "Ningún trabajador" not in written.getvalue():
            time.sleep(0.02)
        Worker(made.issuer, 1000).run(stop)

    thread = threading.Thread(target=come_later, daemon=True)
    thread.start()
    try:
        done = batches.follow(out, made.ledger, batch)
    finally:
        stop.set()
        thread.join(30)
    assert done.estado == "terminado"
    lines = written.getvalue().splitlines()
    assert lines[0].startswith(f"Lote {track_id}, pendiente: 0 de ?")
    assert lines[-1].startswith(f"Lote {track_id}, terminado: 60 de 60")
    assert written.getvalue().count("Ningún trabajador emite los lotes") == 1


@pytest.mark.parametrize("lives", [False, None])
def test_a_batch_that_moves_is_not_given_up_where_the_system_does_not_tell(
    made: Installation, monkeypatch: pytest.MonkeyPatch, lives: bool | None
) -> None:
    monkeypatch.setattr(presence, "alive", lambda *_: lives)
    now = [0.0]
    watch = watching.Watch(made.ledger.directory, "trabajador", "Ningún trabajador.", silence=10, now=lambda: now[0])
    said = []
    for second in range(40):
        now[0] = second
        said.append((second, watch.look(min(second, 10))))
    told = [second for second, text in said if "Ningún trabajador" in text]
    assert told == ([3] if lives is False else [10 + 13])


def test_progress_in_a_pipe_is_a_line_every_few_seconds() -> None:
    out, written = plain()
    now = [0.0]
    with Shown(out, "Cosas", lambda: now[0]) as shown:
        for done in range(12_001):
            now[0] = done / 1000
            shown.at(done, 12_000)
    assert written.getvalue().splitlines() == [
        "Cosas: 0 de 12.000, 0 por s", "Cosas: 5.000 de 12.000, 1000 por s", "Cosas: 10.000 de 12.000, 1000 por s",
        "Cosas: 12.000 de 12.000, 1000 por s",
    ]  # fmt: skip


def test_progress_in_a_terminal_is_a_bar() -> None:
    written = io.StringIO()
    with Shown(Console(file=written, force_terminal=True, width=100), "Cosas") as shown:
        shown.at(3, 10)
    assert "3/10" in written.getvalue()
