"""The portal's place in the web server.

It is made with the first request for it: what only answers calls of programs has neither its libraries in memory nor
its time at the start. What a request brings becomes what any WSGI application expects, and its body is read and counted
as that of a call.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dteplanows.portal import PATH, REFUSED
from dteplanows.soap.asmx.addresses import origin
from dteplanows.soap.asmx.caller import ip_of
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.reply import Reply, StartResponse
from dteplanows.soap.asmx.request import Environ, content_type, read_body

if TYPE_CHECKING:
    from flask import Flask

    from dteplanows.portal.visitor import Visitor

_CAME_IN = re.compile(r"\bdteplanows_[0-9a-f]{8}=")
"""The cookie of a browser that the portal has seen."""


class Portal:
    """The application of these addresses (WSGI)."""

    def __init__(self, make: Callable[[], Flask], limit: int, *, trust_forwarded: bool) -> None:
        """:param make: makes the portal itself.
        :param limit: bytes that a body may have.
        :param trust_forwarded: believe what a proxy says of the address that the browser used.
        """
        self._make = make
        self._limit = limit
        self._trust_forwarded = trust_forwarded
        self._made: Flask | None = None
        self._turn = threading.Lock()

    def is_here(self, path: str) -> bool:
        """Whether *path* belongs to it."""
        return f"{path}/".startswith(f"{PATH}/")

    def is_wanted_at_home(self, environ: Environ) -> bool:
        """Whether a browser asks for the bare address of this machine. Programs get there what they always got."""
        at_home = environ.get("PATH_INFO", "") in ("", "/")
        return at_home and environ["REQUEST_METHOD"] == "GET" and "text/html" in environ.get("HTTP_ACCEPT", "")

    def lead(self, environ: Environ) -> Reply:
        """The way to the first page."""
        where = f"{origin(environ, self._trust_forwarded)}{PATH}/"
        return Reply(b"", "text/plain; charset=utf-8", 302, (("Location", where),))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if environ["PATH_INFO"] == PATH or self.is_wanted_at_home(environ):
            return self.lead(environ).send(start_response, with_body=False)
        return self._app()(self._as_expected(environ), start_response)

    def visitor(self, environ: Environ) -> Visitor | None:
        """Who has come in and now asks for something beside the portal; None for nobody."""
        if not _CAME_IN.search(environ.get("HTTP_COOKIE", "")):
            return None
        from dteplanows.portal.visitor import visitor_of  # noqa: PLC0415 - its libraries, as above

        return visitor_of(self._app(), self._as_expected({**environ, "PATH_INFO": f"{PATH}/"}))

    def _app(self) -> Flask:
        if self._made is None:
            with self._turn:
                self._made = self._made or self._make()
        return self._made

    def _as_expected(self, environ: Environ) -> dict[str, Any]:
        """*environ* with the address that the browser used, whose address it comes from, and its whole body."""
        where = urlsplit(origin(environ, self._trust_forwarded))
        return {
            **environ,
            "wsgi.url_scheme": where.scheme,
            "HTTP_HOST": where.netloc,
            "SCRIPT_NAME": where.path + PATH,
            "PATH_INFO": environ["PATH_INFO"][len(PATH) :],
            "REMOTE_ADDR": ip_of(environ, self._trust_forwarded),
            **self._body(environ),
        }

    def _body(self, environ: Environ) -> Mapping[str, Any]:
        """The body as a stream, or why it is not taken."""
        if environ["REQUEST_METHOD"] != "POST":
            return {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}
        try:
            body = read_body(environ, self._limit)
            if content_type(environ.get("CONTENT_TYPE") or "").media.startswith("multipart/"):
                # Its parts are copied out of it.
                getattr(environ["wsgi.input"], "hold", _no_account)(len(body))
        except Broken as broken:
            return {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0", REFUSED: (broken.problem, broken.status)}
        return {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "HTTP_TRANSFER_ENCODING": ""}


def _no_account(size: int) -> None:
    """Where the server counts nothing."""
