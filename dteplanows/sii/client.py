"""Calls over the network, each on a connection of its own, with limits to all waiting.

Nothing is tried twice here, no redirect is followed and no proxy of the environment is used. A connection that was
kept open would break at times only because the SII had closed it meanwhile, and an upload that breaks costs questions.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from typing import NamedTuple

import urllib3
from urllib3 import exceptions

from dteplanows.process.system_errors import in_words
from dteplanows.sii.calls import Answer, Broken, Reply, Request, broken

_PIECE = 65536
"""Bytes that are read or written at once: each piece has the whole time limit, so a slow line may take its time."""


class Limits(NamedTuple):
    """How long and how much."""

    connect: float = 10
    """Seconds to find the server and to connect; also for each piece of the body that is sent."""
    read: float = 90
    """Seconds without a byte of the answer."""
    whole_answer: float = 180
    """Seconds for the body of the answer."""
    bytes: int = 32 * 1024 * 1024
    """Bytes of the body of the answer."""


class Client:
    """The network."""

    def __init__(self, limits: Limits = Limits(), context: ssl.SSLContext | None = None) -> None:  # noqa: B008 - a tuple
        """
        :param context: for other root certificates than the machine's; TLS 1.2 or newer in any case.
        """
        self._limits = limits
        self._context = context or ssl.create_default_context()
        self._context.minimum_version = max(self._context.minimum_version, ssl.TLSVersion.TLSv1_2)

    def send(self, request: Request) -> Answer:
        """See :class:`~dteplanows.sii.calls.Http`."""
        body = _Body(request.body)
        try:
            with self._pool(request.url) as pool:
                return self._exchange(pool, request, body)
        except exceptions.NameResolutionError as error:
            return broken("sin_nombre", _told(error))
        except (exceptions.ConnectTimeoutError, exceptions.NewConnectionError) as error:
            return broken("sin_conexion", _told(error))
        except exceptions.SSLError as error:
            return broken("sin_tls" if not body.begun else body.cut("cortado"), _told(error))
        except exceptions.ReadTimeoutError as error:
            return broken(body.cut("sin_respuesta"), _told(error))
        except (exceptions.HTTPError, OSError) as error:
            return broken(body.cut("cortado"), _told(error))

    def _pool(self, url: str) -> urllib3.HTTPConnectionPool:
        parts = urllib3.util.parse_url(url)
        timeout = urllib3.Timeout(connect=self._limits.connect, read=self._limits.read)
        host, port = parts.host or "", parts.port
        if parts.scheme == "https":
            return urllib3.HTTPSConnectionPool(
                host, port, timeout=timeout, retries=False, blocksize=_PIECE, ssl_context=self._context
            )
        return urllib3.HTTPConnectionPool(host, port, timeout=timeout, retries=False, blocksize=_PIECE)

    def _exchange(self, pool: urllib3.HTTPConnectionPool, request: Request, body: _Body) -> Answer:
        headers = {**request.headers, "Connection": "close"}
        if request.method == "POST":
            # A body that is read piece by piece would go out chunked otherwise, which the SII does not read.
            headers["Content-Length"] = str(len(request.body))
        response = pool.urlopen(
            request.method, urllib3.util.parse_url(request.url).request_uri, body=body if request.body else None,
            headers=headers, redirect=False, preload_content=False, decode_content=False,
        )  # fmt: skip
        try:
            return self._whole(response)
        finally:
            response.close()

    def _whole(self, response: urllib3.BaseHTTPResponse) -> Answer:
        """The answer with its body, read within the limits."""
        end, found = time.monotonic() + self._limits.whole_answer, bytearray()
        try:
            for piece in response.stream(_PIECE, decode_content=False):
                found += piece
                if time.monotonic() > end or len(found) > self._limits.bytes:
                    return _cut_answer("demasiado larga o demasiado lenta", found)
        except (exceptions.HTTPError, OSError) as error:
            return _cut_answer(_told(error), found)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, bytes(found))


class _Body(io.BytesIO):
    """The body of a request, which knows how much of it was taken for sending."""

    @property
    def begun(self) -> bool:
        """Whether any of it may have left."""
        return self.tell() > 0

    def cut(self, after: str) -> str:
        """The outcome of a break now; *after* if all of it may have left."""
        if self.tell() < len(self.getbuffer()):
            return "cortado_al_enviar" if self.begun else "cortado_antes"
        return after


def _cut_answer(detail: str, part: bytearray) -> Broken:
    return broken("respuesta_cortada", detail, bytes(part))


def _told(error: BaseException) -> str:
    """What the system says of the error, in its own words where it is one of the system's."""
    found: BaseException | None = error
    while found is not None:
        # An error of TLS has a number too, but one of its own that says nothing.
        if isinstance(found, OSError) and found.errno and not isinstance(found, ssl.SSLError | socket.gaierror):
            return in_words(found)
        last, inner = found, [one for one in found.args if isinstance(one, BaseException)]
        found = found.__cause__ or (inner[-1] if inner else None)
    return str(last) or type(last).__name__
