"""What answers over HTTP: the SOAP contract, and beside it REST, the portal, the manual and the printed documents."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from dteplanows.issuing import Issuer
from dteplanows.issuing.client import client_of
from dteplanows.log import call as calls
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.asmx.caller import ip_of
from dteplanows.soap.asmx.reply import StartResponse
from dteplanows.soap.contract.service import Contract
from dteplanows.soap.front import Front
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.soap.operations import Operations
from dteplanows.web.line import Application, answered
from dteplanows.web.pages import Page
from dteplanows.web.portal import Portal
from dteplanows.web.public_address import PublicAddress
from dteplanows.web.receiver import Receiver
from dteplanows.web.rest import Rest
from dteplanows.web.site import Site

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

_SERVICE = PATH.lower()

NO_PAGES: Mapping[str, Page] = MappingProxyType({})


class Inside(NamedTuple):
    """What answers, each at its own paths."""

    front: Front
    rest: Rest
    site: Site
    pages: Mapping[str, Page]
    """What answers at other paths, which are compared as they are."""
    portal: Portal | None = None
    """The pages for people; None where there are none."""


class Web:
    """The WSGI application. Use :func:`make_application`."""

    def __init__(self, inside: Inside, public: PublicAddress, *, trust_forwarded: bool) -> None:
        self._front, self._rest, self._site, self._pages, self._portal = inside
        self._public = public if public.is_needed else None
        self._trust_forwarded = trust_forwarded

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI), and write its line."""
        client = client_of(environ)
        if client.is_gone:
            log.warning("SRV-120: un cliente se fue antes de que se atendiera su llamada: no se hizo nada")
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        if self._public:
            self._public.note(environ)
        path = environ.get("PATH_INFO", "")
        if path in self._pages:
            return self._pages[path](environ).send(start_response, with_body=environ["REQUEST_METHOD"] != "HEAD")
        inner = self._at(path, environ)
        via = self._via(inner)
        call = calls.Call(via, ip=ip_of(environ, self._trust_forwarded))
        return answered(call, inner, environ, start_response)

    def _via(self, inner: Application) -> calls.Via:
        """The way of a call that *inner* answers."""
        if inner is self._front:
            return "http"
        return "rest" if inner is self._rest else "portal" if inner is self._portal else "http"

    def _at(self, path: str, environ: Mapping[str, Any]) -> Application:
        """What answers at *path*; the calls of SOAP, which are the most, are told first."""
        if path[: len(PATH)].lower() == _SERVICE:
            return self._front
        if self._rest.is_here(path):
            return self._rest
        if self._portal and (self._portal.is_here(path) or self._portal.is_wanted_at_home(environ)):
            return self._portal
        return self._site if self._site.is_here(path) else self._front


class ForPeople(NamedTuple):
    """What people are shown beside the services."""

    pages: Mapping[str, Page] = NO_PAGES
    """What answers at other paths, for those who run the service."""
    portal: Callable[[Operations], Flask] | None = None
    """Makes the portal, once somebody asks for it; None for an installation without one."""
    printed_at: str = ""
    """As for :class:`dteplanows.archive.copies.Copies`."""
    link_days: int = 0
    """The same."""


def make_application(
    issuer: Issuer,
    *,
    trust_forwarded: bool = False,
    url: str = "",
    limits: Limits = USUAL,
    for_people: ForPeople = ForPeople(),  # noqa: B008 - a value
) -> Web:
    """The WSGI application for *issuer*. Failures and calls under way are counted for both services together.

    :param trust_forwarded: believe the headers ``X-Forwarded-For``, ``-Proto``, ``-Host`` and ``-Prefix``; only right
        where a proxy of one's own sets them.
    :param url: by which the outside reaches the service; empty for that which each call uses.
    :param for_people: what people are shown beside the services.
    """
    operations = Operations(issuer, limits, for_people.printed_at, for_people.link_days)
    front = Front(Contract(operations), trust_forwarded=trust_forwarded, limits=limits)
    public = PublicAddress(url, trust_forwarded=trust_forwarded)
    rest = Rest(operations, trust_forwarded=trust_forwarded)
    make = for_people.portal and partial(for_people.portal, operations)
    portal = Portal(make, limits.body, trust_forwarded=trust_forwarded) if make else None
    receiver = Receiver(operations.copies, limits.pages, trust_forwarded=trust_forwarded)
    inside = Inside(front, rest, Site(operations.copies, receiver, portal), for_people.pages, portal)
    return Web(inside, public, trust_forwarded=trust_forwarded)
