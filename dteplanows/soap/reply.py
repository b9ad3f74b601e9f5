"""HTTP replies: what goes back to the server that runs this application."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from dteplanows.document.problem import Problem
from dteplanows.document.writer import escape
from dteplanows.soap.base64text import encode
from dteplanows.soap.faults import Broken, Soap, envelope, fault

NAMESPACE = "http://tempuri.org"
"""Without a slash at the end, unlike the SOAPActions; clients compare it."""

StartResponse = Callable[..., Any]

class Reply(NamedTuple):
    """A whole answer. It is never compressed: a client of the original service cannot undo that."""

    body: bytes
    content_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cache: str = "private, max-age=0"
    """The header ``Cache-Control``."""

    def send(self, start_response: StartResponse, with_body: bool) -> list[bytes]:
        """Start the response; the body to hand to the server, empty for HEAD."""
        start_response(
            f"{self.status} {HTTPStatus(self.status).phrase}",
            [
                ("Content-Type", self.content_type),
                ("Content-Length", str(len(self.body))),
                ("Cache-Control", self.cache),
                ("X-Content-Type-Options", "nosniff"),
                *self.headers,
            ],
        )
        return [self.body] if with_body else []


def result(version: Soap, operation: str, value: str | bytes) -> Reply:
    """The SOAP answer with *value*: the result's tag without prefix or attribute, its text escaped, never CDATA."""
    text = escape(value) if isinstance(value, str) else encode(value)
    content = (
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{text}</{operation}Result></{operation}Response>'
    )
    return Reply(envelope(version, content), version.value.content_type)


def refusal(broken: Broken, default: Soap) -> Reply:
    """The SOAP fault for *broken*, in its version or else in *default*."""
    version = broken.version or default
    code = broken.code or version.value.sender
    return Reply(fault(version, code, broken.problem.text()), version.value.content_type, broken.status)


def form(value: str | bytes) -> Reply:
    """The answer of the HTTP GET and POST bindings: an element named for its type."""
    kind, text = ("string", escape(value)) if isinstance(value, str) else ("base64Binary", encode(value))
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<{kind} xmlns="{NAMESPACE}">{text}</{kind}>'
    return Reply(body.encode(), "text/xml; charset=utf-8")


def plain(problem: Problem, status: int, *headers: tuple[str, str]) -> Reply:
    """*problem* for a person, as plain text."""
    return Reply(f"{problem.text()}\n".encode(), "text/plain; charset=utf-8", status, headers)
