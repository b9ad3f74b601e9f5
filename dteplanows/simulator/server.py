"""The socket: HTTP/1.1 from the standard library, so that a connection can be cut at any byte."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
from email.utils import formatdate
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dteplanows.simulator import routes
from dteplanows.simulator.faults import Rule
from dteplanows.simulator.messages import Request, Response, plain
from dteplanows.simulator.options import Options
from dteplanows.simulator.sii import Sii

_LOG = logging.getLogger(__name__)
_LARGEST = 32_000_000
"""Bytes of a body."""
_SILENT = 120
"""Seconds that a connection may be silent."""
_PIECE = 65_536
_RESET = struct.pack("ii", 1, 0)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _SILENT
    disable_nagle_algorithm = True
    sii: Sii

    def handle_one_request(self) -> None:
        """Answer a call; a connection that breaks is the caller's affair."""
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def finish(self) -> None:
        """The connection ends, and the thread with it."""
        with contextlib.suppress(ConnectionError):
            super().finish()
        self.sii.store.close()

    def do_GET(self) -> None:
        """Any call."""
        path, _, query = self.path.partition("?")
        service = routes.service_of(self.command, path)
        rule = self.sii.faults.take(service) if service else None
        if rule is not None and rule.hacer == "cerrar" and not rule.tras:
            self._read(min(rule.bytes, self._length() or 0))
            self._break()
            return
        length = self._length()
        if length is None:
            self.close_connection = True
            self._send(plain(411, "Falta Content-Length"))
            return
        if length > _LARGEST:
            self.close_connection = True
            self._send(plain(413, "Archivo demasiado grande"))
            return
        body = self._read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, str(self.client_address[0]), cut=len(body) < length)
        self._send(self._answer(request, rule))

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def _answer(self, request: Request, rule: Rule | None) -> Response:
        try:
            return routes.answer(self.sii, request, rule)
        except Exception:  # noqa: BLE001 - the outermost edge: a fault of ours is told and ends no connection
            _LOG.exception("Falló la atención de %s", request.path)
            return plain(500, "Error interno del simulador")

    def _length(self) -> int | None:
        """Bytes of the body; None where that is not said and has to be."""
        said = self.headers.get("Content-Length", "")
        if said.isascii() and said.isdigit():
            return int(said)
        return None if self.command in ("POST", "PUT") or self.headers.get("Transfer-Encoding") else 0

    def _read(self, length: int) -> bytes:
        """*length* bytes of the body, or those that come before the caller ends."""
        pieces: list[bytes] = []
        while length:
            piece = self.rfile.read(min(length, _PIECE))
            if not piece:
                break
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def _send(self, response: Response) -> None:
        lines = [f"HTTP/1.1 {response.status} {responses.get(response.status, '')}", f"Content-Type: {response.kind}"]
        lines.append(f"Date: {formatdate(self.sii.clock.now(), usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if response.cut_after is None:
            self.wfile.write(head + (b"" if self.command == "HEAD" else response.body))
            return
        if response.cut_after >= 0:
            self.wfile.write(head + response.body[: response.cut_after])
            self.close_connection = True
            return
        self._break()

    def _break(self) -> None:
        """Close the connection in the caller's face (RST)."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Calls are not logged; the store has what matters."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection ended otherwise than by an answer."""
        _LOG.debug("Conexión interrumpida: %s", client_address, exc_info=True)


class Simulator:
    """A running simulator: ``with Simulator(options) as simulator: …``, or :meth:`start` and :meth:`stop`."""

    def __init__(self, options: Options) -> None:
        """Open its folder and take its port.

        :raises OSError: the port is taken.
        """
        self.sii = Sii(options)
        handler = type("_SiiHandler", (_Handler,), {"sii": self.sii})
        self._server = _Server((options.host, options.port), handler)
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where it answers, without a path."""
        host, port = self._server.server_address[:2]
        name = host.decode() if isinstance(host, bytes) else host
        return f"http://{f'[{name}]' if ':' in name else name}:{port}"

    def start(self) -> None:
        """Answer, in threads of its own."""
        self.sii.start()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self.sii.stop()
        self.sii.store.close()

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self.stop()
