"""Printers for tests: a port that takes bytes as a real one does, or fails as a real one does."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dteplanows.printers import status_bytes


class RawPrinter:
    """Takes connections on a port of its own, one after the other, and keeps what each sent."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self.jobs: list[bytes] = []
        """What each connection sent, once it ended, or it was said that it is printed."""
        self.reset_after = -1
        """Bytes after which the next connection is reset; -1 for none. Only once."""
        self.speaks = False
        """It answers as an Epson does."""
        self.paper = True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """As a person writes it."""
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        """Switch it off."""
        self._stop.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self._take(line)

    def _take(self, line: socket.socket) -> None:
        got = b""
        line.settimeout(0.2)
        while not self._stop.is_set():
            if 0 <= self.reset_after <= len(got):
                self.reset_after = -1
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            try:
                more = line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                break
            if not more:
                break
            got += more
            if self.speaks:
                got = self._spoken(line, got)
        if got:
            self.jobs.append(got)

    def _spoken(self, line: socket.socket, got: bytes) -> bytes:
        """Answer what is asked, and leave it out of what is printed."""
        if status_bytes.ASK in got:
            got = got.replace(status_bytes.ASK, b"")
            _say(line, b"\x12\x12" if self.paper else b"\x32\x72")
        if got.endswith(status_bytes.ASK_WHEN_DONE) and self.paper:
            # Who is told so looks at once at what was printed.
            self.jobs.append(got.removesuffix(status_bytes.ASK_WHEN_DONE))
            got = b""
            _say(line, b"\x00")
        return got


def _say(line: socket.socket, answer: bytes) -> None:
    # Who has asked twice and was told that all is printed is gone by now.
    with suppress(OSError):
        line.sendall(answer)


@contextmanager
def raw_printer(port: int = 0) -> Iterator[RawPrinter]:
    """One that is switched on inside."""
    one = RawPrinter(port)
    try:
        yield one
    finally:
        one.close()


class Queue:
    """A queue of LPD that keeps its jobs (RFC 1179)."""

    def __init__(self, name: str) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._name = name
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}/{name}"
        self.jobs: list[dict[str, bytes]] = []
        """The files of each job, by name."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Switch it off."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as file:
                if file.readline() != b"\x02" + self._name.encode() + b"\n":
                    line.sendall(b"\x01")
                    continue
                line.sendall(b"\0")
                files: dict[str, bytes] = {}
                while order := file.readline():
                    size, _, name = order[1:].strip().partition(b" ")
                    line.sendall(b"\0")
                    files[name.decode()] = file.read(int(size))
                    assert file.read(1) == b"\0"
                    line.sendall(b"\0")
                self.jobs.append(files)


@contextmanager
def lpd_queue(name: str) -> Iterator[Queue]:
    """One that is switched on inside."""
    one = Queue(name)
    try:
        yield one
    finally:
        one.close()
