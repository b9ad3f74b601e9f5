"""What answers over HTTP: the SOAP contract with its pages, and beside it the REST service."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from dteplanows.client import client_of
from dteplanows.soap import download
from dteplanows.soap.contract import Contract
from dteplanows.soap.front import Front
from dteplanows.soap.issuer import Account, Issuer
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.soap.operations import Operations
from dteplanows.soap.reply import Reply, StartResponse
from dteplanows.soap.request import Environ
from dteplanows.web.rest import Rest

log = logging.getLogger(__name__)


class Web:
    """The WSGI application. Use :func:`make_application`."""

    def __init__(self, front: Front, rest: Rest) -> None:
        self._front = front
        self._rest = rest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        client = client_of(environ)
        if client.is_gone:
            log.warning("SRV-120: a client went before its call was attended: nothing was done")
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        answering = self._rest if self._rest.is_here(environ.get("PATH_INFO", "")) else self._front
        return answering(environ, start_response)


def make_application(issuer: Issuer[Account], *, trust_forwarded: bool = False, limits: Limits = USUAL) -> Web:
    """The WSGI application for *issuer*. Failures and calls under way are counted for both services together.

    :param trust_forwarded: believe the headers ``X-Forwarded-For``, ``-Proto`` and ``-Host``; only right where a proxy
        of one's own sets them.
    """

    def printed(query: str) -> Reply:
        return download.reply(query, issuer.links, issuer.printed)

    operations = Operations(issuer, limits)
    front = Front(Contract(operations), printed, trust_forwarded=trust_forwarded, limits=limits)
    return Web(front, Rest(operations, trust_forwarded=trust_forwarded))
