"""Writes the published contract, ``wsdl/wsplano.wsdl``, from the rows of the operations, in ASMX's own shape.

The file is what clients have read and what the service shows; a test holds it against the rows byte for byte. After a
new row: ``python3 -m docs.contract_file``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from dteplanows.soap.contract.rows import LOGIN_TYPE, OPERATIONS, Operation, Parameter

FILE = Path(__file__).parents[1] / "wsdl" / "wsplano.wsdl"

_SERVICE = (
    "Integración de facturación electrónica por archivos: recibe documentos tributarios, los revisa y los emite."
)
_ADDRESS = "http://localhost/WSDS/wsplano.asmx"
_NAMESPACE = "http://tempuri.org"
_OF_VALUE = frozenset({"int"})
"""Types of .NET that cannot be left out."""

_HEAD = f"""<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" \
xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" \
xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:s="http://www.w3.org/2001/XMLSchema" \
xmlns:tns="{_NAMESPACE}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" targetNamespace="{_NAMESPACE}">
  <wsdl:documentation>{_SERVICE}</wsdl:documentation>
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="{_NAMESPACE}">
"""


def contract() -> str:
    """The whole file."""
    rows = list(OPERATIONS.values())
    simple = [one for one in rows if not one.parameters]
    parts = [_HEAD, *_types(rows), *(_soap_messages(one) for one in rows)]
    for verb in ("Get", "Post"):
        parts += [_http_messages(one, verb) for one in simple]
    parts.append(_port_type("wsplanoSoap", "Soap", rows))
    parts += [_port_type(f"wsplanoHttp{verb}", f"Http{verb}", simple) for verb in ("Get", "Post")]
    parts += [_soap_binding("wsplanoSoap", "soap", rows), _soap_binding("wsplanoSoap12", "soap12", rows)]
    parts += [_http_binding(verb, simple) for verb in ("Get", "Post")]
    return "".join([*parts, _service()])


# --- types and messages -----------------------------------------------------------------------------------------


def _types(rows: Iterable[Operation]) -> Iterator[str]:
    """The elements of all messages; a type of its own stands behind the first element that uses it."""
    written: set[str] = set()
    for one in rows:
        yield _element(one.name, one.message)
        for parameter in one.message:
            if parameter.parts and parameter.type not in written:
                written.add(parameter.type)
                yield _complex_type(f' name="{parameter.type}"', parameter.parts, 6)
        yield _element(f"{one.name}Response", [Parameter(f"{one.name}Result", one.result)])
    yield '      <s:element name="string" nillable="true" type="s:string" />\n    </s:schema>\n  </wsdl:types>\n'


def _element(name: str, members: Iterable[Parameter]) -> str:
    return f'      <s:element name="{name}">\n{_complex_type("", members, 8)}      </s:element>\n'


def _complex_type(name: str, members: Iterable[Parameter], depth: int) -> str:
    blank = " " * depth
    inside = "".join(f"{blank}    {_member(one)}\n" for one in members)
    if not inside:
        return f"{blank}<s:complexType />\n"
    sequence = f"{blank}  <s:sequence>\n{inside}{blank}  </s:sequence>\n"
    return f"{blank}<s:complexType{name}>\n{sequence}{blank}</s:complexType>\n"


def _member(one: Parameter) -> str:
    least = 1 if one.type in _OF_VALUE else 0
    prefix = "tns" if one.type == LOGIN_TYPE else "s"
    return f'<s:element minOccurs="{least}" maxOccurs="1" name="{one.name}" type="{prefix}:{one.type}" />'


def _soap_messages(one: Operation) -> str:
    return "".join(
        f'  <wsdl:message name="{one.name}Soap{end}">\n'
        f'    <wsdl:part name="parameters" element="tns:{one.name}{suffix}" />\n  </wsdl:message>\n'
        for end, suffix in (("In", ""), ("Out", "Response"))
    )


def _http_messages(one: Operation, verb: str) -> str:
    return (
        f'  <wsdl:message name="{one.name}Http{verb}In" />\n  <wsdl:message name="{one.name}Http{verb}Out">\n'
        '    <wsdl:part name="Body" element="tns:string" />\n  </wsdl:message>\n'
    )


# --- ports ------------------------------------------------------------------------------------------------------


def _port_type(name: str, suffix: str, rows: Iterable[Operation]) -> str:
    inside = "".join(
        f'    <wsdl:operation name="{one.name}">\n'
        f"      <wsdl:documentation>{escape(one.text)}</wsdl:documentation>\n"
        f'      <wsdl:input message="tns:{one.name}{suffix}In" />\n'
        f'      <wsdl:output message="tns:{one.name}{suffix}Out" />\n    </wsdl:operation>\n'
        for one in rows
    )
    return f'  <wsdl:portType name="{name}">\n{inside}  </wsdl:portType>\n'


def _soap_binding(name: str, prefix: str, rows: Iterable[Operation]) -> str:
    inside = "".join(
        _bound(
            one,
            f'<{prefix}:operation soapAction="{_NAMESPACE}/{one.name}" style="document" />',
            f'<{prefix}:body use="literal" />',
            f'<{prefix}:body use="literal" />',
        )
        for one in rows
    )
    transport = f'    <{prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" />\n'
    return f'  <wsdl:binding name="{name}" type="tns:wsplanoSoap">\n{transport}{inside}  </wsdl:binding>\n'


def _http_binding(verb: str, rows: Iterable[Operation]) -> str:
    sent = {"Get": "<http:urlEncoded />", "Post": '<mime:content type="application/x-www-form-urlencoded" />'}[verb]
    inside = "".join(
        _bound(one, f'<http:operation location="/{one.name}" />', sent, '<mime:mimeXml part="Body" />') for one in rows
    )
    name = f"wsplanoHttp{verb}"
    head = f'  <wsdl:binding name="{name}" type="tns:{name}">\n    <http:binding verb="{verb.upper()}" />\n'
    return f"{head}{inside}  </wsdl:binding>\n"


def _bound(one: Operation, how: str, sent: str, answered: str) -> str:
    return (
        f'    <wsdl:operation name="{one.name}">\n      {how}\n'
        f"      <wsdl:input>\n        {sent}\n      </wsdl:input>\n"
        f"      <wsdl:output>\n        {answered}\n      </wsdl:output>\n    </wsdl:operation>\n"
    )


def _service() -> str:
    ports = "".join(
        f'    <wsdl:port name="{name}" binding="tns:{name}">\n'
        f'      <{prefix}:address location="{_ADDRESS}" />\n    </wsdl:port>\n'
        for name, prefix in (
            ("wsplanoSoap", "soap"), ("wsplanoSoap12", "soap12"), ("wsplanoHttpGet", "http"),
            ("wsplanoHttpPost", "http"),
        )
    )  # fmt: skip
    about = f"    <wsdl:documentation>{_SERVICE}</wsdl:documentation>\n"
    return f'  <wsdl:service name="wsplano">\n{about}{ports}  </wsdl:service>\n</wsdl:definitions>\n'


if __name__ == "__main__":
    FILE.write_text(contract(), "utf-8", newline="\n")
