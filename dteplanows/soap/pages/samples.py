"""The messages of an operation, written out with placeholders."""

from __future__ import annotations

from collections.abc import Iterator

from dteplanows.soap.asmx.faults import Soap
from dteplanows.soap.contract.rows import OPERATIONS, Parameter


def soap_request(operation: str, version: Soap, path: str, host: str) -> str:
    """A call of *operation* with its HTTP headers, as ASMX shows it."""
    action = f"http://tempuri.org/{operation}"
    media = version.value.content_type
    head = [f"POST {path} HTTP/1.1", f"Host: {host}"]
    if version is Soap.V11:
        head += [f"Content-Type: {media}", "Content-Length: length", f'SOAPAction: "{action}"']
    else:
        head += [f'Content-Type: {media}; action="{action}"', "Content-Length: length"]
    return _written(head, version, operation, OPERATIONS[operation].message)


def soap_response(operation: str, version: Soap) -> str:
    """The answer of *operation* with its HTTP headers."""
    head = ["HTTP/1.1 200 OK", f"Content-Type: {version.value.content_type}", "Content-Length: length"]
    result = Parameter(f"{operation}Result", OPERATIONS[operation].result)
    return _written(head, version, f"{operation}Response", (result,))


def _written(head: list[str], version: Soap, name: str, parts: tuple[Parameter, ...]) -> str:
    lines = [
        *head,
        "",
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<soap:Envelope xmlns:soap="{version.value.namespace}">',
        "  <soap:Body>",
        *_lines(Parameter(name, "", parts), 4, ' xmlns="http://tempuri.org"'),
        "  </soap:Body>",
        "</soap:Envelope>",
    ]
    return "\n".join(lines)


def _lines(one: Parameter, depth: int, attributes: str = "") -> Iterator[str]:
    blank = " " * depth
    if one.parts:
        yield f"{blank}<{one.name}{attributes}>"
        for part in one.parts:
            yield from _lines(part, depth + 2)
        yield f"{blank}</{one.name}>"
    elif one.type:
        yield f"{blank}<{one.name}>{one.type}</{one.name}>"
    else:
        yield f"{blank}<{one.name}{attributes} />"
