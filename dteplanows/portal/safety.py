"""Headers of every answer, the cookie, and requests that come from somewhere else than from our own pages."""

from __future__ import annotations

from flask import Flask, Response, abort, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect

from dteplanows.document.problem import Problem
from dteplanows.portal import PATH, REFUSED

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "frame-src 'self' blob:", "object-src 'self' blob:", "form-action 'self'", "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_OF_OUR_OWN = frozenset({"same-origin", "none"})
"""What a browser says of a request that a page of ours, or the person, has made."""

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Refusal(Exception):  # noqa: N818 - named for what it is
    """The body of the request was not taken."""

    def __init__(self, problem: Problem, status: int) -> None:
        super().__init__()
        self.problem = problem
        self.status = status


class Cookies(SecureCookieSessionInterface):
    """The signed cookie is sent back to this service only, and by ``https`` only where the page came so."""

    def get_cookie_path(self, app: Flask) -> str:
        """The service's own path, behind whatever prefix: the manual, beside the portal, knows its reader by it."""
        return root_of_service()

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the page came by ``https``."""
        return request.is_secure


def root_of_service() -> str:
    """The path of the service, of which the portal's is a part, behind whatever prefix and with a slash at its end."""
    return f"{request.script_root.removesuffix(PATH)}/"


def protect(app: Flask) -> None:
    """Protect every request and every answer of *app*. Before anything else looks at a request."""
    app.session_interface = Cookies()
    app.before_request(_must_be_ours)
    CSRFProtect(app)
    app.after_request(_with_headers)


def _must_be_ours() -> None:
    """Refuse what another site's page sends, and a body that was not taken, before anything of it is read."""
    refused = request.environ.get(REFUSED)
    if refused:
        raise Refusal(*refused)
    if request.method not in _CHANGING:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in _OF_OUR_OWN:
        abort(403)
    if "csrf_token" not in session:
        raise CSRFError


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
