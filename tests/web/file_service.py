"""A service for a test: it answers everything with one file. Arguments: file, directory of its data, port, server."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from dteplanows.log import call as calls
from dteplanows.settings import Settings
from dteplanows.soap.asmx.request import Environ
from dteplanows.web import rsgi, server
from dteplanows.web.line import answered


def application(path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request, and write its line, as the service does."""

    def inner(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(Path(path).stat().st_size))])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](Path(path).open("rb"))  # noqa: SIM115 - it closes it
        return wrapped

    return answered(calls.Call("http", ip=""), inner, environ, start_response)


def made(path: str, settings: Settings) -> rsgi.Application:
    """What a worker of granian serves."""
    return server.for_granian(partial(application, path), settings)


if __name__ == "__main__":
    file, directory, port, which = sys.argv[1:]
    used = Settings(directorio=Path(directory), puerto=int(port), trabajadores=1, host="127.0.0.1")
    if which == "granian":
        server.run_granian(partial(made, file, used), used)
    else:
        server.run_waitress(partial(application, file), used)
