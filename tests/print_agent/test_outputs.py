"""Printers of the agent's own machine: devices, programs, and queues of its printing system."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest

from dteplanows.ledger.batches import Overtaken
from dteplanows.print_agent import device, program, system_queue
from dteplanows.printers.sending import Unprinted
from tests.ipp import scheduler
from tests.ipp.pages import page
from tests.print_agent.house import Watch, order

pytestmark = pytest.mark.skipif(os.name != "posix", reason="device files and lp")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (device, program, system_queue):
        monkeypatch.setattr(one, "GLANCE", 0.05)


def test_a_device_that_takes_its_time_gets_every_byte(tmp_path: Path) -> None:
    path, data, got = tmp_path / "lp0", os.urandom(300_000), bytearray()
    os.mkfifo(path)

    def read() -> None:
        with path.open("rb", buffering=0) as file:
            time.sleep(0.2)
            while part := file.read(4096):
                got.extend(part)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    time.sleep(0.05)
    watch = Watch()
    device.send(str(path), order(data), watch)
    thread.join(5)
    assert (bytes(got), watch.begun) == (data, 1)


def test_of_a_device_that_is_not_there_nothing_is_printed(tmp_path: Path) -> None:
    watch = Watch()
    with pytest.raises(Unprinted, match="no existe") as failed:
        device.send(str(tmp_path / "lp9"), order(), watch)
    assert failed.value.clean
    assert (watch.begun, (tmp_path / "lp9").exists()) == (0, False)


def test_a_device_that_takes_nothing_more_is_told_and_can_be_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    monkeypatch.setattr(device, "_SILENT", 0.1)
    watch = Watch(lives=60)
    try:
        with pytest.raises(Overtaken):
            device.send(str(path), order(bytes(1_000_000)), watch)
        monkeypatch.setattr(device, "STALLED", 0.2)
        with pytest.raises(Unprinted) as failed:
            device.send(str(path), order(bytes(1_000_000)), Watch())
    finally:
        os.close(reader)
    assert "vea si tiene papel" in watch.warned[0]
    assert not failed.value.clean


def run_by(tmp_path: Path, code: str) -> list[str]:
    """A program that prints, written in Python; its first argument is the file."""
    path = tmp_path / "print.py"
    begin = f"import sys, pathlib, time\nfile, out = pathlib.Path(sys.argv[1]), pathlib.Path({str(tmp_path)!r})"
    path.write_text(f"{begin}\n{code}\n")
    return [sys.executable, "-S", str(path), "{archivo}", "{titulo}"]


def test_a_program_prints_the_file_and_its_end_is_believed(tmp_path: Path) -> None:
    watch = Watch()
    done = "(out / 'got').write_bytes(file.read_bytes()); (out / 'title').write_text(sys.argv[2] + ' ' + file.name)"
    program.send(run_by(tmp_path, done), order(b"\x00\xff"), watch)
    assert (tmp_path / "got").read_bytes() == b"\x00\xff"
    assert (tmp_path / "title").read_text() == "boleta-39-1204 00000007-boleta-39-1204.bin"
    assert watch.begun == 1
    with pytest.raises(Unprinted, match="terminó con 3: sin papel") as failed:
        program.send(run_by(tmp_path, "print('sin\\npapel'); sys.exit(3)"), order(), Watch())
    assert not failed.value.clean
    with pytest.raises(Unprinted, match="no existe") as failed:
        program.send([str(tmp_path / "none"), "{archivo}"], order(), Watch())
    assert failed.value.clean


def test_a_program_that_never_ends_is_ended_with_the_job(tmp_path: Path) -> None:
    path = run_by(tmp_path, "(out / 'begun').touch(); time.sleep(60); (out / 'ended').touch()")
    begun = time.monotonic()
    with pytest.raises(Overtaken):
        program.send(path, order(), Watch(lives=3))
    assert time.monotonic() - begun < 20


class Queues:
    """Programs of a printing system, which say what they are told to say."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        self.says("cancel", "")

    def says(self, name: str, code: str) -> None:
        """Let a program note that it was called, and do so much more."""
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "$@" >> {self.folder}/{name}.calls\n{code}\n')
        path.chmod(0o755)

    def calls(self, name: str) -> int:
        path = self.folder / f"{name}.calls"
        return len(path.read_text().splitlines()) if path.exists() else 0


def test_a_queue_that_does_not_answer_has_not_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queues, watch = Queues(tmp_path, monkeypatch), Watch()
    queues.says("lp", "echo 'request id is caja-7 (1 file(s))'")
    # The first time it says no list, then that the job is there, then one without it.
    queues.says("lpstat", f"""case $(wc -l < {tmp_path}/lpstat.calls) in
        1) echo 'Bad file descriptor' >&2; exit 1;;
        2) exec sleep 30;;
        3) echo 'caja-7 ana 1024 Mon';;
        esac""")
    monkeypatch.setattr(system_queue, "_ANSWER", 0.5)
    system_queue.send("caja", order(), watch)
    assert queues.calls("lpstat") == 4
    assert watch.warned == ["lpstat terminó con 1: Bad file descriptor", "lpstat no contesta"]
    assert (queues.calls("lp"), queues.calls("cancel")) == (1, 0)


def test_a_job_that_is_given_up_is_taken_out_of_the_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queues = Queues(tmp_path, monkeypatch)
    queues.says("lp", "echo 'request id is caja-7 (1 file(s))'")
    queues.says("lpstat", "exit 1")
    with pytest.raises(Overtaken):
        system_queue.send("caja", order(), Watch(lives=8))
    assert queues.calls("cancel") == 1


def test_a_queue_that_refuses_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Queues(tmp_path, monkeypatch).says("lp", "echo 'lp: Error - no existe' >&2; exit 1")
    with pytest.raises(Unprinted, match="lp terminó con 1") as failed:
        system_queue.send("caja", order(), Watch())
    assert failed.value.clean


def test_a_slow_device_can_be_given_up(tmp_path: Path) -> None:
    path, ends = tmp_path / "lp0", threading.Event()
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read() -> None:
        while not ends.wait(0.005):
            with suppress(BlockingIOError):
                os.read(reader, 4096)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        with pytest.raises(Overtaken):
            device.send(str(path), order(bytes(1_000_000)), Watch(lives=20))
    finally:
        ends.set()
        thread.join(5)
        os.close(reader)


@pytest.mark.skipif(bool(scheduler.missing()), reason=scheduler.missing())
def test_a_queue_of_the_system_prints_in_the_size_of_the_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    with scheduler.running() as cups:
        monkeypatch.setenv("CUPS_SERVER", f"localhost:{cups.port}")
        monkeypatch.setenv("CUPS_USER", "nobody-here")  # who is known prints into a home
        job = order(page(80, 151.5), "application/pdf")
        title = f"agente-{time.time_ns()}"
        system_queue.send("pdf", job._replace(content=job.content._replace(title=title)), Watch())
        (made,) = cups.printed(title)
        found = pypdfium2.PdfDocument(made.read_bytes())
        assert found[0].get_size() == pytest.approx((80 * 72 / 25.4, 151.5 * 72 / 25.4), abs=1)
        made.unlink()
        with pytest.raises(Unprinted, match="lp terminó con 1") as failed:
            system_queue.send("nada", job, Watch())
    assert failed.value.clean
