"""SOAP in the style rpc/encoded: a call's parts by name, the answer as a string inside, and the WSDL.

The namespace of a call is not looked at: old WSDLs say the service's address, present ones ``http://DefaultNamespace``.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from dteplanows.simulator.messages import Response
from dteplanows.simulator.signatures import parsed
from dteplanows.simulator.tables import rows

NAMESPACE = "http://DefaultNamespace"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


class Operation(NamedTuple):
    """One operation of a service."""

    name: str
    parts: tuple[str, ...]
    result: str
    service: str
    """Its name in the rules for faults."""


OPERATIONS = {
    row["ruta"]: Operation(row["operacion"], tuple(row["partes"].split()), row["retorno"], row["servicio"])
    for row in rows("soap_operations")
}
"""The operation of each path; every service has one."""


class Call(NamedTuple):
    """What was called."""

    namespace: str
    parts: dict[str, str]


def read(body: bytes, operation: Operation) -> Call | None:
    """The call in *body*; None where it is none of *operation*."""
    try:
        root = parsed(body)
    except etree.XMLSyntaxError:
        return None
    inner = root.find(f"{{{_SOAP}}}Body")
    called = None if inner is None else next(inner.iterchildren(etree.Element), None)
    if called is None or etree.QName(called).localname != operation.name:
        return None
    given = {etree.QName(one).localname: (one.text or "").strip() for one in called.iterchildren(etree.Element)}
    if not set(operation.parts) <= set(given):
        # Older clients name the parts otherwise (Rut for RutCompania); their order is the same.
        given = dict(zip(operation.parts, given.values(), strict=False))
    return Call(etree.QName(called).namespace or NAMESPACE, given)


def answer(operation: Operation, call: Call, inside: str) -> Response:
    """The document *inside*, escaped, as the string that the operation returns."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n <soapenv:Body>\n'
        f'  <ns1:{operation.name}Response soapenv:encodingStyle="{_ENCODING}" xmlns:ns1="{escape(call.namespace)}">\n'
        f'   <{operation.result} xsi:type="xsd:string">{escape(inside)}</{operation.result}>\n'
        f"  </ns1:{operation.name}Response>\n </soapenv:Body>\n</soapenv:Envelope>\n"
    )
    return Response(200, body.encode())


def fault(text: str) -> Response:
    """A SOAP fault, which comes with HTTP 500."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{_SOAP}"><soapenv:Body>'
        f"<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode><faultstring>{escape(text)}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>\n"
    )
    return Response(500, body.encode())


def wsdl(path: str, base: str) -> Response:
    """The WSDL of the service at *path*, with the address that it was asked at."""
    operation = OPERATIONS[path]
    name, address = path.rpartition("/")[2].removesuffix(".jws"), base + path
    parts = "".join(f'<wsdl:part name="{one}" type="xsd:string"/>' for one in operation.parts)
    encoded = f'<wsdlsoap:body use="encoded" encodingStyle="{_ENCODING}" namespace="{NAMESPACE}"/>'
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions targetNamespace="{NAMESPACE}" xmlns:impl="{NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:wsdlsoap="http://schemas.xmlsoap.org/wsdl/soap/">
<wsdl:message name="{operation.name}Request">{parts}</wsdl:message>
<wsdl:message name="{operation.name}Response"><wsdl:part name="{operation.result}" type="xsd:string"/></wsdl:message>
<wsdl:portType name="{name}"><wsdl:operation name="{operation.name}" parameterOrder="{" ".join(operation.parts)}">
<wsdl:input message="impl:{operation.name}Request"/><wsdl:output message="impl:{operation.name}Response"/>
</wsdl:operation></wsdl:portType>
<wsdl:binding name="{name}SoapBinding" type="impl:{name}">
<wsdlsoap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="{operation.name}"><wsdlsoap:operation soapAction=""/>
<wsdl:input>{encoded}</wsdl:input><wsdl:output>{encoded}</wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="{name}Service"><wsdl:port binding="impl:{name}SoapBinding" name="{name}">
<wsdlsoap:address location="{escape(address)}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
"""
    return Response(200, text.encode())
