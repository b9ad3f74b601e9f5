"""The addresses of these pages, and what answers at each: the page, the signed XML, and the look of the page.

They stand beside the address of the printed document, with its query: what that opens, the page shows. A wrong address
and one of a document that is not there get the same answer. Links are relative, so that a proxy may put a path before.
"""

from __future__ import annotations

import hashlib
import logging
from functools import cache
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, PackageLoader

from dteplanows.archive.copies import Copies
from dteplanows.archive.links import PAGES, PATHS, XML, Copy
from dteplanows.archive.names import file_name
from dteplanows.archive.receiving import Received, received
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.figures import of_signed
from dteplanows.document.problem import Problem
from dteplanows.log import call
from dteplanows.portal import shown
from dteplanows.portal.texts import t
from dteplanows.soap.answer.own_failure import of_ours
from dteplanows.soap.asmx.caller import ip_of
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.asmx.request import Environ
from dteplanows.web.download import GONE
from dteplanows.web.receiver.turns import Turns

log = logging.getLogger(__name__)

_XML, _STYLE = (XML, "/xml"), "/estilo.css"
"""The signed document is at two addresses: browsers of older pages kept the second."""
_WRONG_WEIGHT = 10
"""Turns that a wrong address counts as: who was given one has no reason to try others."""
_A_YEAR = "public, max-age=31536000, immutable"

_HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
     "frame-ancestors 'none'"),
    ("X-Robots-Tag", "noindex, nofollow"), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
)  # fmt: skip

_UNKNOWN = "SRV-004"
"""A failure that nobody foresaw."""

_FOLDER = PAGES["pruebas"].rpartition("/")[2]
"""The last part of the path of a page, of either environment."""

_ROOTS: dict[str, Ambiente] = {path.lower(): ambiente for ambiente, path in PAGES.items()}


class _Asked(NamedTuple):
    """What an address asks for."""

    ambiente: Ambiente
    part: str
    query: str


class Receiver:
    """The application of these addresses. Threads share it."""

    def __init__(self, copies: Copies, most: int, *, trust_forwarded: bool) -> None:
        """:param most: pages that one address may open in a minute; 0 for any number.
        :param trust_forwarded: believe what a proxy says of who asks.
        """
        self._copies = copies
        self._turns = Turns(most)
        self._trust_forwarded = trust_forwarded

    def is_here(self, path: str) -> bool:
        """Whether *path* belongs to it."""
        return _split(path) is not None

    def reply(self, environ: Environ) -> Reply:
        """The answer to one request, whatever fails."""
        split = _split(environ["PATH_INFO"])
        assert split  # is_here was asked
        if split[1] == _STYLE:
            call.note_operation("Página")
            return Reply(_style(), "text/css; charset=utf-8", cache=_A_YEAR)
        call.note_operation("Página" if not split[1] else "XML")
        try:
            return self._reply(_Asked(*split, environ.get("QUERY_STRING", "")), ip_of(environ, self._trust_forwarded))
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the caller gets an answer
            found = of_ours("a document's page", failure, issuing=False, nothing_done=True)
            return _told(found, 500 if found.code == _UNKNOWN else 503, split[1])

    def _reply(self, asked: _Asked, address: str) -> Reply:
        links = self._copies.links
        copy = links.copy_of(asked.query)
        seconds = self._turns.wait(address, 1 if copy else _WRONG_WEIGHT)
        if seconds:
            found = problem("SRV-241", segundos=seconds)
            return _told(found, 429, asked.part, ("Retry-After", str(seconds)))
        if copy is None:
            gone = links.refusal_of(asked.query)
            code, status = (GONE[gone], 410) if gone else ("SRV-082", 404)
            return _told(problem(code), status, asked.part)
        call.note_document(copy.documento_id)
        stored = self._copies.live(copy.documento_id)
        seen = received(self._copies.ledger, stored) if stored else None
        if seen is None:
            return _told(problem("SRV-082"), 404, asked.part)
        return _xml(seen) if asked.part in _XML else _page(seen, copy, asked)


def _split(path: str) -> tuple[Ambiente, str] | None:
    """The environment that *path* names, and what stands behind; None for another path."""
    lower = path.lower()
    for root, ambiente in _ROOTS.items():
        if lower.startswith(root) and lower[len(root) :] in ("", *_XML, _STYLE):
            return ambiente, lower[len(root) :]
    return None


def _xml(found: Received) -> Reply:
    name = file_name(found.stored.tipo, found.stored.folio, "xml")
    disposition = ("Content-Disposition", f'attachment; filename="{name}"')
    return Reply(found.stored.xml, "application/xml", 200, (disposition, *_HEADERS), "no-store")


def _page(found: Received, copy: Copy, asked: _Asked) -> Reply:
    stored = found.stored
    figures = of_signed(stored.xml)
    nota = found.state.nota
    return _html(
        "page.html", 200, found=found, stored=stored, name=DOCUMENT_NAMES[stored.tipo], figures=figures,
        pdf=f"{PATHS[asked.ambiente].rpartition('/')[2]}?{asked.query}", xml=f"{_FOLDER}{XML}?{asked.query}",
        style=f"{_FOLDER}{_STYLE}?v={_fingerprint()}", note=DOCUMENT_NAMES[nota.tipo] if nota else "",
        cedible=copy.cedible,
    )  # fmt: skip


def _told(found: Problem, status: int, part: str, *headers: tuple[str, str]) -> Reply:
    """The page that says why there is none.

    :param part: what of the document was asked for.
    """
    call.note_problems([found])
    folder = "" if part.startswith("/") else f"{_FOLDER}/"
    style = f"{folder}{_STYLE.strip('/')}?v={_fingerprint()}"
    reply = _html("told.html", status, problem=found, style=style)
    return reply._replace(headers=(*reply.headers, *headers))


def _html(template: str, status: int, **facts: object) -> Reply:
    body = _templates().get_template(template).render(facts).encode()
    return Reply(body, "text/html; charset=utf-8", status, _HEADERS, "no-store")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("dteplanows.web.receiver", ""), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(rut=shown.rut, number=shown.number, pesos=shown.pesos, day=shown.day)
    made.globals.update(t=t)
    return made


@cache
def _style() -> bytes:
    """The look: that of the portal, with what these pages have of their own."""
    portal, own = resources.files("dteplanows.portal").joinpath("static"), resources.files(__package__ or "")
    files = [portal.joinpath("tokens.css"), own.joinpath("style.css")]
    return b"\n".join(one.read_bytes() for one in files)


@cache
def _fingerprint() -> str:
    return hashlib.sha256(_style()).hexdigest()[:12]
