"""Pages for the people who run the service, beside the SOAP and the REST service."""

from __future__ import annotations

from collections.abc import Callable

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx import reply
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.asmx.request import Environ

Page = Callable[[Environ], Reply]

_METHODS = ("GET", "HEAD")


def reading(page: Page) -> Page:
    """*page* for the methods that only read; another one is refused (SRV-061)."""

    def guarded(environ: Environ) -> Reply:
        method = environ["REQUEST_METHOD"]
        if method in _METHODS:
            return page(environ)
        found = problem("SRV-061", value=method, metodos=" y ".join(_METHODS))
        return reply.plain(found, 405, ("Allow", ", ".join(_METHODS)))

    return guarded
