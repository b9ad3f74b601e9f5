"""A real IMAP server for tests: pymap, in a process of its own, and what ends TLS before it."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "dte", "ñandú secreto"

_START = "from pymap.main import main; main()"


@dataclass
class ImapServer:
    """One that runs, with a mailbox that is empty at first."""

    port: int
    """STARTTLS is spoken there."""
    tls_port: int
    """TLS from the beginning."""
    root: Path
    """The certificate by which it is believed."""

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Lay mails into the mailbox."""
        with self._opened() as one:
            for mail in mails:
                kind, data = one.append(folder, "", imaplib.Time2Internaldate(time.time()), mail)
                assert kind == "OK", data

    def flags(self) -> list[bytes]:
        """The flags of every mail that is there."""
        with self._opened() as one:
            one.select("INBOX", readonly=True)
            kind, data = one.fetch("1:*", "(FLAGS)")
            assert kind == "OK"
            return [line for line in data if isinstance(line, bytes)]

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as one:
            one.starttls(ssl.create_default_context(cafile=self.root))
            one.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield one


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def imap_server(context: ssl.SSLContext, root: Path, key: Path) -> Iterator[ImapServer]:
    """A server runs inside.

    :param context: of a server whose certificate is *root*, and whose key is *key*.
    """
    port = free_port()
    command = [
        sys.executable, "-c", _START, "--host", "127.0.0.1", "--port", str(port), "--cert", str(root), "--key",
        str(key), "--no-service", "admin", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        with _ending_tls(context, port) as tls_port:
            yield ImapServer(port, tls_port, root)
    finally:
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert time.monotonic() < end, "the IMAP server did not start"
        time.sleep(0.05)


@contextmanager
def _ending_tls(context: ssl.SSLContext, port: int) -> Iterator[int]:
    """A port with TLS before *port*; the server behind it speaks STARTTLS, which is done here."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = ssl.create_default_context()
        inside.check_hostname, inside.verify_mode = False, ssl.CERT_NONE
        back, there = await asyncio.open_connection("127.0.0.1", port)
        writer.write(await back.readline())
        there.write(b"x STARTTLS\r\n")
        await back.readline()
        await there.start_tls(inside)
        await asyncio.gather(_pass(reader, there), _pass(back, writer))

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(join, "127.0.0.1", 0, ssl=context)

    one = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    try:
        yield int(one.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(one.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
