"""The WSGI application: what an ASMX server does at the address of the service, but more tolerant.

One address answers SOAP 1.1 and SOAP 1.2 (POST), the WSDL (``?wsdl``), a page for people (GET) and, below it, the
HTTP GET and POST bindings of the operations without parameters.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import parse_qsl

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.issuing.client import too_late
from dteplanows.ledger.engines.base import finished
from dteplanows.log import call as the_call
from dteplanows.soap import answer
from dteplanows.soap.answer import failures
from dteplanows.soap.answer.own_failure import of_ours
from dteplanows.soap.asmx import large_body, reply
from dteplanows.soap.asmx.addresses import PATH, address
from dteplanows.soap.asmx.caller import Caller, caller_of, ip_of, is_this_machine
from dteplanows.soap.asmx.envelope import Call, read_call
from dteplanows.soap.asmx.faults import Broken, Soap
from dteplanows.soap.asmx.reply import Reply, StartResponse
from dteplanows.soap.asmx.request import ContentType, Environ, content_type, read_body
from dteplanows.soap.contract.published import wsdl_at
from dteplanows.soap.contract.rows import OPERATIONS
from dteplanows.soap.contract.service import Contract
from dteplanows.soap.limits import Limits
from dteplanows.soap.pages import operation_page, page

log = logging.getLogger(__name__)

_METHODS = ("GET", "HEAD", "POST")
_WSDL_QUERIES = ("wsdl", "singlewsdl")
_PAGE_POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")

_UNFINISHED = "El servicio no pudo terminar de atender la llamada: vea el motivo en Error."

_NOT_BEGUN = "El servicio no alcanzó a atender la llamada y no hizo nada con ella: vea el motivo en Error."


class Front:
    """The application. Use :func:`dteplanows.web.make_application`."""

    def __init__(self, contract: Contract, *, trust_forwarded: bool, limits: Limits) -> None:
        self._contract = contract
        self._trust_forwarded = trust_forwarded
        self._body_limit = limits.body
        self._wait_limit = limits.line_seconds
        self._by_get = contract.without_parameters

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        method = environ["REQUEST_METHOD"]
        return self._route(environ, method).send(start_response, with_body=method != "HEAD")

    def _route(self, environ: Environ, method: str) -> Reply:
        path = environ.get("PATH_INFO", "")
        handler = self._handler(path, method)
        if handler is None:
            return reply.nothing_at(path, address(environ))
        return reply.wrong_method(method, _METHODS) or handler(environ)

    def _handler(self, path: str, method: str) -> Callable[[Environ], Reply] | None:
        if path in ("", "/"):
            return self._home
        if path[: len(PATH)].lower() != PATH.lower():
            return None
        below = path[len(PATH) :]
        if below in ("", "/"):
            return self._soap if method == "POST" else self._read
        return self._form if below.startswith("/") else None

    def _home(self, environ: Environ) -> Reply:
        return Reply(b"", "text/plain; charset=utf-8", 302, (("Location", address(environ)),))

    def _read(self, environ: Environ) -> Reply:
        """The WSDL or the page for people."""
        query = environ.get("QUERY_STRING", "").partition("&")[0].partition("=")[0].lower()
        if query in _WSDL_QUERIES:
            return Reply(wsdl_at(address(environ)), "text/xml; charset=utf-8")
        if query == "op":
            return self._operation_page(environ)
        return _page(page.render(address(environ)))

    def _operation_page(self, environ: Environ) -> Reply:
        asked = dict(parse_qsl(environ["QUERY_STRING"].lower())).get("op", "")
        name = self._contract.operations.get(asked)
        if name is None:
            known = ", ".join(OPERATIONS)
            return reply.plain(problem("SRV-054", value=asked, operaciones=known), 404)
        operation = OPERATIONS[name]
        inside = operation_page.render(operation, address(environ), self._by_get.values(), self._is_local(environ))
        return _page(page.whole(inside, operation.name))

    def _form(self, environ: Environ) -> Reply:
        name = environ["PATH_INFO"][len(PATH) + 1 :].rstrip("/")
        operation = self._by_get.get(name.lower())
        tried = self._contract.operations.get(name.lower(), "")
        if operation is None and tried and environ["REQUEST_METHOD"] == "POST" and self._is_local(environ):
            return self._try(environ, tried)
        if operation is None and name.lower() in self._contract.operations:
            known, where = ", ".join(self._by_get.values()), address(environ)
            return reply.plain(problem("SRV-062", value=name, operaciones=known, direccion=where), 404)
        if operation is None:
            return reply.nothing_at(environ["PATH_INFO"], address(environ))
        return reply.form(self._contract.call_without_parameters(operation, self._caller(environ)))

    def _try(self, environ: Environ, operation: str) -> Reply:
        """A call by the form of the operation's page."""
        try:
            element = operation_page.from_form(operation, read_body(environ, self._body_limit))
            value = self._answer(operation, element, self._caller(environ))
        except Broken as broken:
            return reply.plain(broken.problem, broken.status)
        except Refused as refused:
            the_call.note_refused(refused.problems)
            return reply.text(answer.reasons(refused.problems), 500)
        return reply.form(value)

    def _soap(self, environ: Environ) -> Reply:
        declared = content_type(environ.get("CONTENT_TYPE") or "")
        unwelcome: Sequence[Problem] = ()
        try:
            body = self._body(environ, declared)
            call = self._without_file(body, environ, declared)
            if call:
                unwelcome = self._unwelcome(call, environ)
            if not call or not unwelcome:
                call = self._understand(body, environ, declared)
        except Broken as broken:
            ip = ip_of(environ, self._trust_forwarded)
            log.warning("%s: no se entiende una llamada desde %s", broken.problem.code, ip)
            return reply.refusal(broken, Soap.V12 if declared.media == "application/soap+xml" else Soap.V11)
        caller = self._caller(environ)
        late = too_late(caller.client, self._wait_limit)
        if late:
            return self._not_begun(call, late)
        try:
            if unwelcome:
                value: str | bytes = failures.told(call.operation, unwelcome)
            else:
                value = self._answer(call.operation, call.element, caller)
        except Refused as refused:
            return reply.no_answer(call.version, refused.problems)
        return reply.result(call.version, call.operation, value)

    def _not_begun(self, call: Call, late: Problem) -> Reply:
        """The answer to a call that waited too long, as its operation tells what keeps it from being done."""
        try:
            value = failures.told(call.operation, [late], _NOT_BEGUN)
        except Refused as refused:
            told = reply.no_answer(call.version, refused.problems)
        else:
            told = reply.result(call.version, call.operation, value)
        return told._replace(status=503)

    def _body(self, environ: Environ, declared: ContentType) -> bytes:
        if declared.media.startswith("multipart/"):
            raise Broken(problem("SRV-044"), status=415)
        return read_body(environ, self._body_limit)

    def _understand(self, body: bytes, environ: Environ, declared: ContentType) -> Call:
        action = environ.get("HTTP_SOAPACTION", "")
        return read_call(body, declared.charset, (action, declared.action), self._contract.operations)

    def _without_file(self, body: bytes, environ: Environ, declared: ContentType) -> Call | None:
        """A large call that brings a file, without that: reading it whole takes several times its size in memory.

        None for all others, and where it cannot be told without the file what is called.
        """
        short = large_body.without_file(body) if len(body) >= large_body.LARGE else None
        if short is None:
            return None
        try:
            call = self._understand(short, environ, declared)
        except Broken:
            return None
        return call if call.operation in failures.FILES else None

    def _unwelcome(self, call: Call, environ: Environ) -> Sequence[Problem]:
        """Why the caller may not come in; empty when they may, or when it cannot be known now."""
        try:
            return self._contract.unwelcome(call.operation, call.element, self._caller(environ))
        except Exception:  # noqa: BLE001 - the call itself meets the same failure, and tells it as it has to be told
            return ()

    def _answer(self, operation: str, element: etree._Element, caller: Caller) -> str | bytes:
        """What the operation answers.

        :raises Refused: it tells by a fault why it does not answer.
        """
        try:
            answered = self._contract_answer(operation, element, caller)
        except Exception as failure:
            the_call.note_ended(operation, "rechazada" if isinstance(failure, Refused) else "falla")
            raise
        the_call.note_ended(operation, answer.result_of(answered))
        return answered

    def _contract_answer(self, operation: str, element: etree._Element, caller: Caller) -> str | bytes:
        """What the operation answers; a failure of ours is told as the operation tells what else keeps it from it.

        :raises Refused: it tells that by a fault.
        """
        before = finished()
        try:
            return self._contract.call(operation, element, caller)
        except Refused:
            raise
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the client gets an answer
            caller.client.fails()
            found = of_ours(
                operation, failure, issuing=operation in failures.ISSUING, nothing_done=finished() == before
            )
        return failures.told(operation, [found], _UNFINISHED)

    def _caller(self, environ: Environ) -> Caller:
        return caller_of(environ, self._trust_forwarded)

    def _is_local(self, environ: Environ) -> bool:
        return is_this_machine(environ, self._trust_forwarded)


def _page(shown: bytes) -> Reply:
    return Reply(shown, "text/html; charset=utf-8", 200, (_PAGE_POLICY,))
