"""What stands beside the services, for people: the manual for integrators, the printed documents, and their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import problem
from dteplanows.soap.answer.own_failure import of_ours
from dteplanows.soap.asmx import reply
from dteplanows.soap.asmx.addresses import PATH, address
from dteplanows.soap.asmx.reply import Reply, StartResponse
from dteplanows.soap.asmx.request import Environ
from dteplanows.web import download, manual
from dteplanows.web.portal import Portal
from dteplanows.web.receiver import Receiver

_METHODS = ("GET", "HEAD")


class Site:
    """The application of these addresses."""

    def __init__(self, copies: Copies, receiver: Receiver, portal: Portal | None = None) -> None:
        """:param receiver: the pages of documents for those who receive them.
        :param portal: knows who reads the manual; None where there is none.
        """
        self._copies = copies
        self._receiver = receiver
        self._portal = portal

    def is_here(self, path: str) -> bool:
        """Whether *path* belongs to it."""
        if f"{path}/".startswith(f"{manual.PATH}/") or download.is_download(path):
            return True
        return self._receiver.is_here(path)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        read: Callable[[Environ], Reply] = self._manual
        if download.is_download(path):
            read = self._printed
        elif self._receiver.is_here(path):
            read = self._receiver.reply
        found = reply.wrong_method(method, _METHODS) or read(environ)
        return found.send(start_response, with_body=method != "HEAD")

    def _manual(self, environ: Environ) -> Reply:
        """A file of the manual. Its pages name each other relative to ``/manual/``, so the slash has to be there."""
        below = environ["PATH_INFO"].removeprefix(manual.PATH)
        if not below:
            home = address(environ).removesuffix(PATH) + f"{manual.PATH}/"
            return Reply(b"", "text/plain; charset=utf-8", 302, (("Location", home),))
        shown = manual.page(below.removeprefix("/"), partial(self._reader, environ))
        if shown is None and not manual.is_built():
            return reply.plain(problem("SRV-067"), 404)
        return shown or reply.nothing_at(environ["PATH_INFO"], address(environ))

    def _reader(self, environ: Environ) -> manual.Reader:
        """Who asks for a page of the manual."""
        root, cookies = address(environ).removesuffix(PATH), environ.get("HTTP_COOKIE", "")
        visitor = self._portal.visitor(environ) if self._portal else None
        return manual.Reader(root, manual.theme_of(cookies), self._portal is not None, visitor)

    def _printed(self, environ: Environ) -> Reply:
        """A printed document."""
        try:
            return download.reply(environ.get("QUERY_STRING", ""), self._copies)
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the client gets an answer
            return download.failed(of_ours("a printed document", failure, issuing=False, nothing_done=True))
