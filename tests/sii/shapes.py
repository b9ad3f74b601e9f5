"""Answers in the shapes that the SII's manuals and other people's recordings show, written anew."""

from __future__ import annotations

from html import escape

from tests.sii.server import Say

NAMESPACE = "http://www.sii.cl/XMLSchema"
PAGE = b"<!DOCTYPE html>\n<html><head><title>Servicio de Impuestos Internos</title></head><body>Ingrese</body></html>"


def soap(operation: str, inner: str, charset: str = "UTF-8") -> bytes:
    """An answer of the SOAP services: an XML document in a text."""
    return (
        f'<?xml version="1.0" encoding="{charset}"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<soapenv:Body><ns1:{operation}Response xmlns:ns1="http://DefaultNamespace">'
        f'<{operation}Return xsi:type="xsd:string">{escape(inner, quote=False)}</{operation}Return>'
        f"</ns1:{operation}Response></soapenv:Body></soapenv:Envelope>"
    ).encode(charset)


def respuesta(header: str, body: str = "", prefix: str = "SII:") -> str:
    """A RESPUESTA as the services write it inside."""
    inside = f"<{prefix}RESP_BODY>{body}</{prefix}RESP_BODY>" if body else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{prefix}RESPUESTA xmlns:SII="{NAMESPACE}">'
        f"<{prefix}RESP_HDR>{header}</{prefix}RESP_HDR>{inside}</{prefix}RESPUESTA>"
    )


def fault(text: str) -> bytes:
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:Server</faultcode><faultstring>{text}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()


def seed(number: str = "047682999999", state: str = "00") -> Say:
    return Say(soap("getSeed", respuesta(f"<ESTADO>{state}</ESTADO>", f"<SEMILLA>{number}</SEMILLA>")))


def token(value: str = "TOKEN-1", state: str = "00", gloss: str = "Token Creado") -> Say:
    body = f"<TOKEN>{value}</TOKEN>" if value else ""
    return Say(soap("getToken", respuesta(f"<ESTADO>{state}</ESTADO><GLOSA>{gloss}</GLOSA>", body)))


def rest_seed() -> Say:
    """The body stands before the head, and the state is one digit."""
    return Say(
        (
            f'<?xml version="1.0" encoding="UTF-8"?><SII:RESPUESTA xmlns:SII="{NAMESPACE}"><SII:RESP_BODY>'
            "<SEMILLA>030530912644</SEMILLA></SII:RESP_BODY><SII:RESP_HDR><ESTADO>0</ESTADO></SII:RESP_HDR>"
            "</SII:RESPUESTA>"
        ).encode()
    )


def rest_token(value: str = "BOLETAS-1") -> Say:
    return Say(respuesta("<ESTADO>00</ESTADO><GLOSA>Token Creado</GLOSA>", f"<TOKEN>{value}</TOKEN>").encode())


def receipt(status: str = "0", track: str = "39", more: str = "") -> bytes:
    number = f"<TRACKID>{track}</TRACKID>" if track else ""
    return (
        '<?xml version="1.0"?>\n<RECEPCIONDTE>\n<RUTSENDER>1-9</RUTSENDER>\n<RUTCOMPANY>3-5</RUTCOMPANY>\n'
        "<FILE>E.xml</FILE>\n<TIMESTAMP>2026-11-29 18:51:44</TIMESTAMP>\n"
        f"<STATUS>{status}</STATUS>\n{number}{more}\n</RECEPCIONDTE>\n"
    ).encode("latin-1")


def state(header: str, body: str = "", prefix: str = "SII:") -> bytes:
    return soap("getEstUp", respuesta(header, body, prefix))
