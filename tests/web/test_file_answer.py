"""Answers that are files: sent whole by both servers, in flat memory, however slow the client is."""

from __future__ import annotations

import hashlib
import os
import random
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from benchmarks.processes import family
from dteplanows.web import server
from dteplanows.web.file_answer import WRAPPER, FileAnswer, is_file, length_of
from tests import forked

SIZE = 48 * 2**20
CLIENTS = 4


def test_what_is_a_file_is_known_by_its_server(tmp_path: Path) -> None:
    path = tmp_path / "datos.csv"
    path.write_bytes(b"abc" * 5000)
    answer = FileAnswer(path.open("rb"))
    assert is_file(answer, {WRAPPER: FileAnswer})
    assert not is_file(answer, {})
    assert not is_file([b""], {WRAPPER: FileAnswer})
    assert Path(answer.path) == path.resolve()
    assert b"".join(answer) == path.read_bytes()
    answer.close()


def test_the_length_is_that_declared() -> None:
    assert length_of([("X", "1"), ("Content-Length", "12")]) == 12
    assert length_of([]) == length_of([("Content-Length", "doce")]) == 0


@contextmanager
def served(file: Path, directory: Path, which: str) -> Iterator[tuple[int, int]]:
    """The port of a service that answers with *file*, and the id of its process."""
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "tests.web.file_service", str(file), str(directory), str(port), which]
    process = forked.Popen(command)
    try:
        for _ in range(1200):
            assert process.poll() is None
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory(pid: int) -> int:
    """Bytes that the processes below *pid* and itself ever held."""
    found = 0
    for one in family(pid):
        status = Path(f"/proc/{one}/status").read_text()
        found += int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return found


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is read from /proc")  # noqa: PTH110
@pytest.mark.parametrize("which", ["granian", "waitress"])
def test_a_large_file_arrives_whole_in_flat_memory(tmp_path: Path, which: str) -> None:
    file = tmp_path / "datos.csv"
    file.write_bytes(random.Random(1).randbytes(SIZE))
    with served(file, tmp_path, which) as (port, pid):
        before = memory(pid)
        clients = []
        for _ in range(CLIENTS):  # they ask, and read nothing yet
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            clients.append(client)
        time.sleep(0.5)
        answer = requests.get(f"http://127.0.0.1:{port}/", timeout=30)
        assert int(answer.headers["Content-Length"]) == SIZE
        assert answer.headers["X-Request-Id"]
        assert hashlib.sha256(answer.content).digest() == hashlib.sha256(file.read_bytes()).digest()
        used = memory(pid) - before
        for client in clients:
            client.close()
    assert used < SIZE, f"{used // 2**20} MiB more"
