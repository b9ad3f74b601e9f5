"""HTTP replies: what goes back to the server that runs this application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem
from dteplanows.document.writer import escape
from dteplanows.log import call
from dteplanows.soap.answer import reasons
from dteplanows.soap.answer.failures import pass_by_themselves
from dteplanows.soap.asmx.faults import Broken, Soap, envelope, fault
from dteplanows.soap.base64text import encode

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
    call.note_refused([broken.problem])
    version = broken.version or default
    return _fault(version, broken.code or _whose(version, [broken.problem]), broken.problem.text(), broken.status)


def no_answer(version: Soap, problems: Sequence[Problem]) -> Reply:
    """The SOAP fault of a call that is understood and gets no answer, with all reasons.

    Its status is 500 in both versions. SOAP 1.1 prescribes it for every fault, and three of ten stacks read none that
    comes with 400. SOAP 1.2 has 400 for faults of the sender; but ASMX sends 500 there too, and all stacks read that.
    """
    call.note_refused(problems)
    return _fault(version, _whose(version, problems), reasons(problems), 500)


def _whose(version: Soap, problems: Sequence[Problem]) -> str:
    """Fault code: the sender's, who must change the call, or the receiver's, where it may be sent again as it is."""
    return version.value.receiver if pass_by_themselves(problems) else version.value.sender


def _fault(version: Soap, code: str, words: str, status: int) -> Reply:
    return Reply(fault(version, code, words), version.value.content_type, status)


def form(value: str | bytes) -> Reply:
    """The answer of the HTTP GET and POST bindings: an element named for its type."""
    kind, text = ("string", escape(value)) if isinstance(value, str) else ("base64Binary", encode(value))
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<{kind} xmlns="{NAMESPACE}">{text}</{kind}>'
    return Reply(body.encode(), "text/xml; charset=utf-8")


def nothing_at(path: str, where: str) -> Reply:
    """Nothing is at *path*; the service is at *where*."""
    return plain(problem("SRV-060", value=path, direccion=where), 404)


def wrong_method(method: str, allowed: Sequence[str]) -> Reply | None:
    """The answer to a *method* that is none of those allowed; None for one of them."""
    if method in allowed:
        return None
    words = f"{', '.join(allowed[:-1])} y {allowed[-1]}"
    return plain(problem("SRV-061", value=method, metodos=words), 405, ("Allow", ", ".join(allowed)))


def plain(found: Problem, status: int, *headers: tuple[str, str]) -> Reply:
    """What was *found*, for a person, as plain text."""
    call.note_problems([found])
    return text(found.text(), status, *headers)


def text(words: str, status: int, *headers: tuple[str, str]) -> Reply:
    """*words* for a person, as plain text."""
    return Reply(f"{words}\n".encode(), "text/plain; charset=utf-8", status, headers)
