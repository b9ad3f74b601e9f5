"""Calls in the letters of the customers' SOAP libraries: prefixes, order and headers as each of them writes them.

The libraries themselves call in ``test_clients.py``. Here their manner is enough, so that every conversation can be
held wherever the tests run.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from tests.clients import Service, post

_SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
_NAMESPACE = "http://tempuri.org"


class SoapFault(Exception):  # noqa: N818 - as the libraries call it
    """The service answered with a fault."""


@dataclass(frozen=True)
class Stack:
    """One library, SOAP 1.1."""

    soap: str
    """Prefix of the envelope's names."""
    own: str = ""
    """Prefix of the contract's names; none for a default namespace on the operation."""
    others: str = ""
    """Further namespaces of the envelope."""
    content_type: str = "text/xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, service: Service, operation: str, arguments: dict[str, Any]) -> str:
        """The text of the result element.

        :param arguments: in the order in which the library writes them; a dict for ``login``.
        :raises SoapFault: as the libraries do.
        """
        reply = post(
            service,
            self.envelope(operation, arguments),
            {"Content-Type": self.content_type, "SOAPAction": f'"{_NAMESPACE}/{operation}"', **self.headers},
        )
        return result_of(reply.body)

    def envelope(self, operation: str, arguments: dict[str, Any]) -> str:
        """The call as it goes over the wire."""
        soap, own = self.soap, f"{self.own}:" if self.own else ""
        here = "" if self.own else f' xmlns="{_NAMESPACE}"'
        there = f' xmlns:{self.own}="{_NAMESPACE}"' if self.own else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{soap}:Envelope xmlns:{soap}="{_SOAP11}"{self.others}{there}>'
            f"<{soap}:Body><{own}{operation}{here}>{_children(own, arguments)}</{own}{operation}>"
            f"</{soap}:Body></{soap}:Envelope>"
        )


def _children(prefix: str, values: dict[str, Any]) -> str:
    inner = {
        name: _children(prefix, value) if isinstance(value, dict) else html.escape(str(value))
        for name, value in values.items()
    }
    return "".join(f"<{prefix}{name}>{text}</{prefix}{name}>" for name, text in inner.items())


def result_of(body: str) -> str:
    """Text of the result element of *body*, of either version of SOAP.

    :raises SoapFault: there is a fault instead.
    """
    (inside,) = next(iter(etree.fromstring(body.encode())))
    if etree.QName(inside).localname == "Fault":
        raise SoapFault(" ".join(inside.itertext()))
    (result,) = inside
    return result.text or ""


_SCHEMAS = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'

PHP = Stack("SOAP-ENV", "ns1", headers={"Connection": "Keep-Alive", "User-Agent": "PHP-SOAP/5.6.40"})
"""It writes the parts in the contract's order, whatever order the program has."""

NODE = Stack(
    "soap",
    others=f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tns="{_NAMESPACE}"',
    headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "none"},
)

SAVON = Stack("env", "tns", _SCHEMAS, "text/xml;charset=UTF-8", {"Accept": "*/*"})
"""It writes the parts in the program's order."""

DOTNET = Stack("soap", others=_SCHEMAS, headers={"Expect": "100-continue", "User-Agent": "MS Web Services Client"})
