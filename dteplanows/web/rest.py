"""The REST service: the operations that the original offers at ``rest.facturacion.cl``, with answers in JSON.

``POST /login`` gives a token, which every other call carries in the header ``Authorization``. Each call is answered by
the SOAP operation of the same purpose. Parameters come in the address, which then holds a whole file, or in the body of
a POST; so neither the address nor the headers ever go to a log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from dteplanows.accounts.callers import Account
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.issuing.client import client_of, too_late
from dteplanows.ledger.engines.base import finished
from dteplanows.log import call as the_call
from dteplanows.soap import answer
from dteplanows.soap.answer.failures import of_a_question
from dteplanows.soap.answer.own_failure import of_ours
from dteplanows.soap.asmx.addresses import PATH, origin
from dteplanows.soap.asmx.caller import Caller, caller_of, ip_of
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.reply import Reply, StartResponse
from dteplanows.soap.asmx.request import Environ
from dteplanows.soap.login import Login, credentials, port_of, wants_link
from dteplanows.soap.operations import Operations, file_parameters, parameters
from dteplanows.soap.operations.documents import Printed
from dteplanows.web import rest_answer
from dteplanows.web.rest_request import MIB, address_of, body_of, token_of

log = logging.getLogger(__name__)

LOGIN = "/login"
BELOW = "/wsds/"
"""Where the operations are; compared without regard to case, as the path of the SOAP service."""

_NAMES: Mapping[str, str] = {
    LOGIN: "login", "version": "Version", "procesar": "Procesar", "obtenerlink": "ObtenerLink",
    "getticket": "getBoletaTicket", "estadodte": "EstadoDte",
}  # fmt: skip
"""Each call as the log names it: as the SOAP operation of the same purpose."""

_ISSUING = f"{BELOW}procesar"
"""Of which a document may come even if it fails."""

Given = Mapping[str, str]


class Call(NamedTuple):
    """One call of a caller whose token is good."""

    account: Account
    given: Given
    caller: Caller


class Rest:
    """The application of the REST service."""

    def __init__(self, operations: Operations, *, trust_forwarded: bool) -> None:
        """:param trust_forwarded: believe the headers ``X-Forwarded-For``, ``-Proto`` and ``-Host``."""
        self._operations = operations
        self._trust_forwarded = trust_forwarded
        self._answers: Mapping[str, Callable[[Call], Reply]] = {
            "version": self._version,
            "procesar": self._process,
            "obtenerlink": self._link,
            "getticket": self._ticket,
            "estadodte": self._state,
        }

    def is_here(self, path: str) -> bool:
        """Whether *path* belongs to this service, and not to the SOAP service beside it."""
        lower = path.lower()
        return lower.rstrip("/") == LOGIN or (lower.startswith(BELOW) and not lower.startswith(PATH.lower()))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        path = environ["PATH_INFO"].lower().rstrip("/")
        reply = self._guarded(path, environ)
        name = path if path == LOGIN or path.removeprefix(BELOW) in self._answers else "otra"
        the_call.note_ended(f"REST {name}", _result_of(reply))
        return reply.send(start_response, with_body=environ["REQUEST_METHOD"] != "HEAD")

    def _guarded(self, path: str, environ: Environ) -> Reply:
        """The answer, whatever goes wrong."""
        before = finished()
        client = client_of(environ)
        try:
            late = too_late(client, self._operations.limits.line_seconds)
            if late:
                raise Broken(late, 503)
            return self._route(path, environ)
        except Broken as broken:
            ip = ip_of(environ, self._trust_forwarded)
            log.warning("%s: no se entiende una llamada REST desde %s", broken.problem.code, ip)
            return rest_answer.of_failure([broken.problem], broken.status)
        except Refused as refused:
            return rest_answer.of_failure(refused.problems)
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the client gets an answer
            client.fails()
            found = of_ours(path, failure, issuing=path == _ISSUING, nothing_done=finished() == before)
            return rest_answer.of_failure([found] if path in (_ISSUING, LOGIN) else of_a_question([found]))

    def _route(self, path: str, environ: Environ) -> Reply:
        name = path.removeprefix(BELOW)
        handler = self._answers.get(name)
        the_call.note_operation(_NAMES.get(name, ""))
        if handler is None and path != LOGIN:
            raise Broken(problem("SRV-060", value=environ["PATH_INFO"], direccion=self._addresses(environ)), 404)
        methods = ("GET", "POST") if handler else ("POST",)
        if environ["REQUEST_METHOD"] not in methods:
            found = problem("SRV-114", value=environ["REQUEST_METHOD"], metodos=" o ".join(methods))
            return rest_answer.of_failure([found], 405, ("Allow", ", ".join(methods)))
        limit = self._operations.limits.body
        if len(environ.get("QUERY_STRING", "")) > limit:
            raise Broken(problem("SRV-112", maximo=limit // MIB), 414)
        caller = caller_of(environ, self._trust_forwarded)
        if not handler:
            return self._login(body_of(environ, min(limit, MIB)), caller)
        with self._operations.logins.bearing(token_of(environ)) as account:
            given = address_of(environ) | body_of(environ, limit)
            return handler(Call(account, given, caller))

    def _addresses(self, environ: Environ) -> str:
        """Where something is, in words."""
        here = origin(environ, trust_forwarded=True)
        return f"{here}{LOGIN} y en {', '.join(f'{here}{BELOW}{name}' for name in self._answers)}"

    # --- the operations --------------------------------------------------------------------------------------

    def _login(self, given: Given, caller: Caller) -> Reply:
        """``POST /login``: a token for the user, as ``login`` of the SOAP operations names it."""
        missing = [name for name in ("usuario", "rut", "clave") if not given.get(name, "").strip()]
        if missing:
            raise Refused(problem("SRV-111", Place(field=name)) for name in missing)
        who = credentials(Login(given["usuario"], given["rut"], given["clave"]))
        return rest_answer.of_object({"token": self._operations.logins.token(who, caller)})

    def _version(self, call: Call) -> Reply:
        """``/wsds/version``, as ``Version``."""
        return rest_answer.of_object({"version": self._operations.version(call.caller)})

    def _process(self, call: Call) -> Reply:
        """``/wsds/procesar``, as ``Procesar``: a refused file is an answer and no failure of the call."""
        given = call.given
        try:
            file = file_parameters(given.get("file", ""), given.get("formato", ""))
        except Refused as refused:
            the_call.note_refused(refused.problems)
            return rest_answer.of_answer(answer.of_problems(refused.problems))
        links = wants_link(Login(IncluyeLink=given.get("incluyelink", "")))
        account = call.account._replace(puerto=port_of(Login(Puerto=given.get("puerto", ""))))
        told = self._operations.process_for(account, file, call.caller, links)
        return rest_answer.of_answer(told)

    def _link(self, call: Call) -> Reply:
        """``/wsds/obtenerlink``, as ``ObtenerLink``."""
        asked = Printed(*(call.given.get(name, "") for name in Printed._fields))
        archive = self._operations.documents.archive(call.account)
        try:
            address = self._operations.documents.address(archive, asked, call.caller)
        except Refused as refused:
            return rest_answer.of_failure(refused.problems, asked=parameters.named(asked.folio, asked.tipo))
        return rest_answer.of_answer(answer.of_value(address), url=address)

    def _state(self, call: Call) -> Reply:
        """``/wsds/estadodte``, as ``EstadoDte``."""
        tpomov, folio, tipo = (call.given.get(name, "") for name in ("tpomov", "folio", "tipo"))
        documents = self._operations.documents
        try:
            found = documents.standing(documents.archive(call.account), tpomov, folio, tipo)
        except Refused as refused:
            return rest_answer.of_failure(refused.problems, asked=parameters.named(folio, tipo))
        return rest_answer.of_answer(answer.of_standing(found))

    def _ticket(self, call: Call) -> Reply:
        """``/wsds/getticket``, as ``getBoletaTicket``; the boleta may also be named by ``tipo`` and ``folio``."""
        folio, tipo = call.given.get("folio", ""), call.given.get("tipo", "")
        ticket = call.given.get("ticket", "")
        try:
            named = parameters.key(folio, tipo) if folio.strip() and not ticket.strip() else parameters.ticket(ticket)
            found = self._operations.documents.archive(call.account).ticket(*named)
        except Refused as refused:
            return rest_answer.of_failure(refused.problems, asked=parameters.named(folio, tipo))
        return rest_answer.of_answer(answer.of_ticket(found))


def _result_of(reply: Reply) -> the_call.Result:
    """How a call ended: ``falla`` where it is the service's fault, as for the operations of SOAP."""
    if reply.status >= 500:
        return "falla"
    return "rechazada" if reply.status >= 400 or b'"Resultado":"ERROR"' in reply.body else "ok"
