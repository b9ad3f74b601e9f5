"""The addresses of the service: where it stands, and how each caller reaches it."""

from __future__ import annotations

import re
from urllib.parse import quote

from dteplanows.soap.asmx.request import Environ

PATH = "/WSDS/wsplano.asmx"
"""Path of the service, as every client has it configured; compared without regard to case."""

PUBLIC = "dteplanows.public"
"""Where the environment of a call holds the address that the installation gives out, in place of the caller's own."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def address(environ: Environ) -> str:
    """The address of the service as this caller reaches it, also behind a proxy.

    Whatever the headers hold, only a host name or IP address with a port gets through; it is shown to nobody but the
    caller who sent it.
    """
    return origin(environ, trust_forwarded=True) + PATH


def origin(environ: Environ, trust_forwarded: bool) -> str:
    """Scheme, host and prefix by which this caller reaches the service, without a slash at the end.

    :param trust_forwarded: believe what a proxy says of the scheme and the host that the caller used.
    """
    public: str | None = environ.get(PUBLIC)
    if public:
        return public
    scheme = _first(environ, "HTTP_X_FORWARDED_PROTO").lower() if trust_forwarded else ""
    if scheme not in ("http", "https"):
        scheme = "https" if environ.get("wsgi.url_scheme") == "https" else "http"
    forwarded = _first(environ, "HTTP_X_FORWARDED_HOST") if trust_forwarded else ""
    return f"{scheme}://{_host(environ, forwarded)}{quote(_path_text(environ.get('SCRIPT_NAME', '')))}"


def called_host(environ: Environ) -> str:
    """Host and port as the call itself names them."""
    return _host(environ, "")


def _host(environ: Environ, forwarded: str) -> str:
    candidates = (forwarded, environ.get("HTTP_HOST", "").strip())
    named = next((one for one in candidates if _HOST.fullmatch(one)), "")
    server = f"{environ.get('SERVER_NAME', '')}:{environ.get('SERVER_PORT', '80')}"
    return named or (server if _HOST.fullmatch(server) else "localhost")


def _first(environ: Environ, name: str) -> str:
    return str(environ.get(name, "")).partition(",")[0].strip()


def _path_text(wsgi_text: str) -> str:
    """A path of the WSGI environment as the text it is; WSGI hands it over byte by byte."""
    return wsgi_text.encode("latin-1", "replace").decode("utf-8", "replace")
