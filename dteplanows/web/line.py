"""The line of the log that each request leaves, and the identifier that its answer carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dteplanows import portal
from dteplanows.log import call as calls
from dteplanows.log import journal
from dteplanows.log.call import Call
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.asmx.reply import StartResponse
from dteplanows.soap.asmx.request import Environ
from dteplanows.web import manual
from dteplanows.web.bodies import Body
from dteplanows.web.file_answer import is_file, length_of

HEADER = "X-Request-Id"
"""Header of the answer with the identifier of the call, which the problem texts name too."""

ARRIVED = "dteplanows.arrived"
"""Where the environment says when a call had arrived (``perf_counter``), before it waited for a thread."""

_WSDL = ("wsdl", "singlewsdl")

Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def answered(call: Call, inner: Application, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """What *inner* answers, with the identifier of *call*, whose line is written then.

    The address is never in the line: it holds tokens, signatures, and in REST whole files.
    """
    status, declared = 500, 0

    def started(line: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
        nonlocal status, declared
        status, declared = int(line[:3]), length_of(headers)
        return start_response(line, [*headers, (HEADER, call.id)], *failure)

    call.began = environ.get(ARRIVED, call.began)
    sent = 0
    calls.begin(call)
    try:
        answer = inner(environ, started)
        if is_file(answer, environ):
            sent = declared
            return answer
        parts = list(answer)
        sent = sum(map(len, parts))
        return parts
    except Exception as failure:
        call.failure = type(failure).__name__
        raise
    finally:
        calls.end()
        if not call.operacion:
            call.operacion = _page(environ)
        elif call.via == "http" and environ["REQUEST_METHOD"] == "POST":
            call.via = "soap"
        journal.finish(call, status, _received(environ), sent)


def _page(environ: Environ) -> str:
    """What was asked for at an address that is no operation."""
    path = environ.get("PATH_INFO", "")
    if f"{path}/".startswith(f"{portal.PATH}/"):
        return "portal"
    if f"{path}/".startswith(f"{manual.PATH}/"):
        return "manual"
    if path.rstrip("/").lower() != PATH.lower():
        return "otra"
    if environ["REQUEST_METHOD"] == "POST":
        return "sin operación"
    query = environ.get("QUERY_STRING", "").partition("&")[0].partition("=")[0].lower()
    return "WSDL" if query in _WSDL else "página"


def _received(environ: Environ) -> int:
    """Bytes of the body, as declared or as arrived, and of the query of the address."""
    declared = environ.get("CONTENT_LENGTH") or ""
    query = len(environ.get("QUERY_STRING") or "")
    if declared.isascii() and declared.isdigit():
        return int(declared[:20]) + query
    body = environ.get("wsgi.input")
    return query + (body.size if isinstance(body, Body) else 0)
