"""The WSGI application: what an ASMX server does at the address of the service, and kinder.

One address answers SOAP 1.1 and SOAP 1.2 (POST), the WSDL (``?wsdl``), a page for people (GET) and, below it, the
HTTP GET and POST bindings of the operations without parameters. Beside it stands the manual for integrators.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import parse_qsl

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.issuing.client import too_late
from dteplanows.ledger.engines.base import finished
from dteplanows.log import metrics
from dteplanows.soap import answer, download, failures, large_body, manual, operation_page, page, reply
from dteplanows.soap.caller import caller_of, is_this_machine, whence_of
from dteplanows.soap.contract import Contract
from dteplanows.soap.envelope import Call, read_call
from dteplanows.soap.faults import Broken, Soap
from dteplanows.soap.issuer import Whence
from dteplanows.soap.limits import Limits
from dteplanows.soap.own_failure import of_ours
from dteplanows.soap.published import PATH, address, operations, wsdl_at
from dteplanows.soap.reply import Reply, StartResponse
from dteplanows.soap.request import ContentType, Environ, content_type, read_body

log = logging.getLogger(__name__)

_READING = ("GET", "HEAD")
_WSDL_QUERIES = ("wsdl", "singlewsdl")
_PAGE_POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")

_UNFINISHED = "El servicio no pudo terminar de atender la llamada: vea el motivo en Error."

_NOT_BEGUN = "El servicio no alcanzó a atender la llamada y no hizo nada con ella: vea el motivo en Error."

Printed = Callable[[str], Reply]


class Front:
    """The application. Use :func:`dteplanows.web.make_application`."""

    def __init__(self, contract: Contract, printed: Printed, *, trust_forwarded: bool, limits: Limits) -> None:
        """:param printed: answers the query of a printed document's address."""
        self._contract = contract
        self._download = printed
        self._trust_forwarded = trust_forwarded
        self._most = limits.body
        self._longest_wait = limits.line_seconds
        self._by_get = contract.without_parameters

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        method = environ["REQUEST_METHOD"]
        return self._route(environ, method).send(start_response, with_body=method != "HEAD")

    def _route(self, environ: Environ, method: str) -> Reply:
        path = environ.get("PATH_INFO", "")
        handler = self._handler(path, method)
        if handler is None:
            return _not_found(path, address(environ))
        methods = _READING if handler in (self._manual, self._printed) else (*_READING, "POST")
        if method not in methods:
            words = f"{', '.join(methods[:-1])} y {methods[-1]}"
            return reply.plain(problem("SRV-061", value=method, metodos=words), 405, ("Allow", ", ".join(methods)))
        return handler(environ)

    def _handler(self, path: str, method: str) -> Callable[[Environ], Reply] | None:
        if path in ("", "/"):
            return self._home
        if download.is_download(path):
            return self._printed
        if path[: len(PATH)].lower() != PATH.lower():
            return self._manual if f"{path}/".startswith(f"{manual.PATH}/") else None
        below = path[len(PATH) :]
        if below in ("", "/"):
            return self._soap if method == "POST" else self._read
        return self._form if below.startswith("/") else None

    def _home(self, environ: Environ) -> Reply:
        return Reply(b"", "text/plain; charset=utf-8", 302, (("Location", address(environ)),))

    def _manual(self, environ: Environ) -> Reply:
        """A file of the manual. Its pages name each other relative to ``/manual/``, so the slash has to be there."""
        below = environ["PATH_INFO"].removeprefix(manual.PATH)
        if not below:
            home = address(environ).removesuffix(PATH) + f"{manual.PATH}/"
            return Reply(b"", "text/plain; charset=utf-8", 302, (("Location", home),))
        return manual.page(below.removeprefix("/")) or _not_found(environ["PATH_INFO"], address(environ))

    def _printed(self, environ: Environ) -> Reply:
        """A printed document."""
        try:
            return self._download(environ.get("QUERY_STRING", ""))
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the client gets an answer
            return download.failed(of_ours("a printed document", failure, issuing=False, nothing_done=True))

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
        operation = next((one for one in operations() if one.name.lower() == asked), None)
        if operation is None:
            known = ", ".join(self._contract.operations.values())
            return reply.plain(problem("SRV-054", value=asked, operaciones=known), 404)
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
            return _not_found(environ["PATH_INFO"], address(environ))
        return reply.form(self._contract.call_without_parameters(operation, self._whence(environ)))

    def _try(self, environ: Environ, operation: str) -> Reply:
        """A call by the form of the operation's page."""
        try:
            element = operation_page.from_form(operation, read_body(environ, self._most))
            value = self._answer(operation, element, self._whence(environ))
        except Broken as broken:
            return reply.plain(broken.problem, broken.status)
        except Refused as refused:
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
            caller = caller_of(environ, self._trust_forwarded)
            log.warning("%s: a call from %s cannot be understood", broken.problem.code, caller)
            metrics.refused([broken.problem])
            return reply.refusal(broken, Soap.V12 if declared.media == "application/soap+xml" else Soap.V11)
        whence = self._whence(environ)
        late = too_late(whence.client, self._longest_wait)
        if late:
            return self._not_begun(call, late)
        try:
            if unwelcome:
                value: str | bytes = failures.told(call.operation, unwelcome)
            else:
                value = self._answer(call.operation, call.element, whence)
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
        return read_body(environ, self._most)

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
            return self._contract.unwelcome(call.operation, call.element, self._whence(environ))
        except Exception:  # noqa: BLE001 - the call itself meets the same failure, and tells it as it has to be told
            return ()

    def _answer(self, operation: str, element: etree._Element, whence: Whence) -> str | bytes:
        """What the operation answers, counted.

        :raises Refused: it tells by a fault why it does not answer.
        """
        began, result = time.perf_counter(), "falla"
        try:
            answered = self._contract_answer(operation, element, whence)
            result = answer.result_of(answered)
        except Refused as refused:
            result = "rechazada"
            metrics.refused(refused.problems)
            raise
        finally:
            metrics.called(operation, result, time.perf_counter() - began)
        return answered

    def _contract_answer(self, operation: str, element: etree._Element, whence: Whence) -> str | bytes:
        """What the operation answers; a failure of ours is told as the operation tells what else keeps it from it.

        :raises Refused: it tells that by a fault.
        """
        before = finished()
        try:
            return self._contract.call(operation, element, whence)
        except Refused:
            raise
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the client gets an answer
            whence.client.fails()
            found = of_ours(
                operation, failure, issuing=operation in failures.ISSUING, nothing_done=finished() == before
            )
        return failures.told(operation, [found], _UNFINISHED)

    def _whence(self, environ: Environ) -> Whence:
        return whence_of(environ, self._trust_forwarded)

    def _is_local(self, environ: Environ) -> bool:
        return is_this_machine(environ, self._trust_forwarded)


def _page(shown: bytes) -> Reply:
    return Reply(shown, "text/html; charset=utf-8", 200, (_PAGE_POLICY,))


def _not_found(path: str, where: str) -> Reply:
    """Nothing is at *path*; the service is at *where*."""
    return reply.plain(problem("SRV-060", value=path, direccion=where), 404)
