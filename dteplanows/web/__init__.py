"""What answers over HTTP: the SOAP contract with its pages, and beside it the REST service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dteplanows.soap import download
from dteplanows.soap.contract import Contract
from dteplanows.soap.front import Front
from dteplanows.soap.issuer import Account, Issuer
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.soap.operations import Operations
from dteplanows.soap.reply import Reply, StartResponse
from dteplanows.web.public_address import PublicAddress
from dteplanows.web.rest import Rest


class Web:
    """The WSGI application. Use :func:`make_application`."""

    def __init__(self, front: Front, rest: Rest, public: PublicAddress) -> None:
        self._front = front
        self._rest = rest
        self._public = public if public.is_needed else None

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if self._public:
            self._public.note(environ)
        answering = self._rest if self._rest.is_here(environ.get("PATH_INFO", "")) else self._front
        return answering(environ, start_response)


def make_application(
    issuer: Issuer[Account], *, trust_forwarded: bool = False, url: str = "", limits: Limits = USUAL
) -> Web:
    """The WSGI application for *issuer*. Failures and calls under way are counted for both services together.

    :param trust_forwarded: believe the headers ``X-Forwarded-For``, ``-Proto``, ``-Host`` and ``-Prefix``; only right
        where a proxy of one's own sets them.
    :param url: by which the outside reaches the service; empty for that which each call uses.
    """

    def printed(query: str) -> Reply:
        return download.reply(query, issuer.links, issuer.printed)

    operations = Operations(issuer, limits)
    front = Front(Contract(operations), printed, trust_forwarded=trust_forwarded, most=limits.body)
    public = PublicAddress(url, trust_forwarded=trust_forwarded)
    return Web(front, Rest(operations, trust_forwarded=trust_forwarded), public)
