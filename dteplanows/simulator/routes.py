"""Which service answers at which address, and what a rule for faults makes of its answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from dteplanows.simulator import soap
from dteplanows.simulator.faults import Rule
from dteplanows.simulator.messages import Request, Response, html, plain
from dteplanows.simulator.respuesta import fields, respuesta
from dteplanows.simulator.services import authentication, boletas, control, queries, upload
from dteplanows.simulator.sii import Sii

_UPLOAD = "/cgi_dte/UPL/DTEUpload"
_BOLETAS = "/recursos/v1/"
_TABLES = _BOLETAS + "globales/boleta.electronica."
_SOAP: dict[str, Callable[[Sii, soap.Operation, soap.Call], Response]] = {
    "semilla": authentication.get_seed,
    "token": authentication.get_token,
    "estado-envio": queries.envelope_state,
    "estado-dte": queries.document_state,
    "estado-dte-av": queries.advanced_state,
    "correo": queries.mail_again,
}
_TRACK = re.compile(rb'(TRACKID(?:>|&gt;)|"trackid": )([0-9]+)')


def service_of(method: str, path: str) -> str | None:
    """The service that a call is for, by its name in the rules; None where there is none."""
    if path in soap.OPERATIONS:
        return soap.OPERATIONS[path].service
    if path == _UPLOAD:
        return "subida"
    if not path.startswith(_BOLETAS):
        return None
    rest = path.removeprefix(_BOLETAS)
    if rest.startswith("globales/"):
        return "boleta-tablas"
    if rest == "boleta.electronica.envio" and method == "POST":
        return "boleta-subida"
    exact = {"boleta.electronica.semilla": "boleta-semilla", "boleta.electronica.token": "boleta-token"}
    if rest in exact:
        return exact[rest]
    if rest.startswith("boleta.electronica.envio/"):
        return "boleta-envio"
    return "boleta-estado" if rest.startswith("boleta.electronica/") else None


def answer(sii: Sii, request: Request, rule: Rule | None) -> Response:
    """The answer to *request*, under *rule* where there is one."""
    if rule is None:
        return _real(sii, request, None)
    if rule.hacer == "token-vence":
        sii.tokens.end_all()
    if rule.hacer == "esperar" and not rule.tras:
        time.sleep(rule.segundos)
    replaced = _in_place(rule)
    real = _real(sii, request, rule) if rule.tras or replaced is None else None
    if rule.hacer == "esperar" and rule.tras:
        time.sleep(rule.segundos)
    if replaced is not None:
        return replaced
    assert real is not None
    return _changed(sii, request, rule, real)


def _in_place(rule: Rule) -> Response | None:
    """What *rule* answers instead of the service; None where the service's answer is used."""
    if rule.hacer == "http":
        again = {} if rule.reintentar is None else {"Retry-After": str(rule.reintentar)}
        response = plain(int(rule.codigo), f"Error {rule.codigo}")
        response.headers.update(again)
        return response
    if rule.hacer == "mantencion":
        response = html(503, "Servicio en mantenci&oacute;n. Intente m&aacute;s tarde.")
        response.headers.update({} if rule.reintentar is None else {"Retry-After": str(rule.reintentar)})
        return response
    if rule.hacer == "html":
        return html(200, "La operaci&oacute;n no pudo ser realizada")
    return Response(200, b"") if rule.hacer == "vacio" else None


def _changed(sii: Sii, request: Request, rule: Rule, response: Response) -> Response:
    if rule.hacer == "cortar":
        response.cut_after = rule.bytes
    elif rule.hacer == "cerrar":
        response.cut_after = -1
    elif rule.hacer == "charset":
        # Says UTF-8 and is ISO-8859-1.
        response.body = response.body.replace(b"Envio", b"Env\xedo").replace(b"Token", b"T\xf3ken")
    elif rule.hacer == "otro-trackid":
        response.body = _TRACK.sub(lambda found: found[1] + str(int(found[2]) + 1).encode(), response.body)
    elif rule.hacer == "estado" and request.path in soap.OPERATIONS:
        operation = soap.OPERATIONS[request.path]
        call = soap.read(request.body, operation) or soap.Call(soap.NAMESPACE, {})
        header = fields([("ESTADO", rule.codigo), ("GLOSA", f"Estado {rule.codigo}"), ("ERR_CODE", "2")])
        return soap.answer(operation, call, respuesta(header))
    return response


def _real(sii: Sii, request: Request, rule: Rule | None) -> Response:
    path = request.path
    if path == control.PATH or path.startswith(control.PATH + "/"):
        return control.answer(sii, request)
    if path in soap.OPERATIONS:
        return _soap(sii, request, soap.OPERATIONS[path])
    service = service_of(request.method, path)
    if service == "subida":
        if request.method != "POST":
            return html(405, "M&eacute;todo no permitido")
        return upload.dte_upload(sii, request, rule)
    if service is None:
        if path == "/":
            return plain(200, f"Simulador del SII. Su dirección de control es {request.base}{control.PATH}\n")
        return plain(404, "No existe el recurso")
    return _boletas(sii, request, service, rule)


def _soap(sii: Sii, request: Request, operation: soap.Operation) -> Response:
    if request.method == "GET":
        return soap.wsdl(request.path, request.base)
    call = soap.read(request.body, operation)
    if call is None:
        return soap.fault(f"No such operation '{operation.name}'" if request.body else "Empty request")
    return _SOAP[operation.service](sii, operation, call)


def _boletas(sii: Sii, request: Request, service: str, rule: Rule | None) -> Response:
    posted = service in ("boleta-token", "boleta-subida")
    if request.method != ("POST" if posted else "GET"):
        return plain(405, "Metodo no permitido")
    if service == "boleta-semilla":
        return authentication.boleta_seed(sii, request)
    if service == "boleta-token":
        return authentication.boleta_token(sii, request)
    if service == "boleta-subida":
        return upload.boleta_upload(sii, request, rule)
    if service == "boleta-tablas":
        return boletas.table(request.path.removeprefix(_TABLES))
    if service == "boleta-envio":
        return boletas.envelope_state(sii, request, request.path.rpartition("/")[2])
    return boletas.document_state(sii, request, request.path.removesuffix("/estado").rpartition("/")[2])
