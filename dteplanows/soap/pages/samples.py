"""What the published WSDL says of an operation's messages, and those messages written out with placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lxml import etree

from dteplanows.soap.asmx.faults import Soap
from dteplanows.soap.contract.published import wsdl

_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"


class Parameter(NamedTuple):
    """One element of a message."""

    name: str
    type: str
    """As the WSDL names it, without prefix."""
    parts: tuple[Parameter, ...] = ()
    """The elements inside, for ``login``."""


class Message(NamedTuple):
    """The parameters of an operation and its result."""

    parameters: tuple[Parameter, ...]
    result: Parameter


@cache
def message(operation: str) -> Message:
    """The messages of *operation*, which is one of the WSDL's."""
    schema = next(etree.fromstring(wsdl()).iter(f"{_SCHEMA}schema"))
    named = {one.get("name", ""): one for one in schema}
    (result,) = _members(named, named[f"{operation}Response"])
    return Message(tuple(_members(named, named[operation])), result)


def _members(named: dict[str, etree._Element], holder: etree._Element) -> Iterator[Parameter]:
    for one in holder.iterfind(f".//{_SCHEMA}sequence/{_SCHEMA}element"):
        kind = one.get("type", "").partition(":")[2]
        parts = tuple(_members(named, named[kind])) if kind in named else ()
        yield Parameter(one.get("name", ""), kind, parts)


def soap_request(operation: str, version: Soap, path: str, host: str) -> str:
    """A call of *operation* with its HTTP headers, as ASMX shows it."""
    action = f"http://tempuri.org/{operation}"
    media = version.value.content_type
    head = [f"POST {path} HTTP/1.1", f"Host: {host}"]
    if version is Soap.V11:
        head += [f"Content-Type: {media}", "Content-Length: length", f'SOAPAction: "{action}"']
    else:
        head += [f'Content-Type: {media}; action="{action}"', "Content-Length: length"]
    return _written(head, version, operation, message(operation).parameters)


def soap_response(operation: str, version: Soap) -> str:
    """The answer of *operation* with its HTTP headers."""
    head = ["HTTP/1.1 200 OK", f"Content-Type: {version.value.content_type}", "Content-Length: length"]
    return _written(head, version, f"{operation}Response", (message(operation).result,))


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
