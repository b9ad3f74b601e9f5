"""SOAP faults: the answer to a call that is not a call, shaped as an ASMX server shapes it.

Errors::

    Broken          the call cannot be understood; carries the problem and the HTTP status
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from dteplanows.document.problem import Problem
from dteplanows.document.writer import escape


class Version(NamedTuple):
    """What differs between the two versions of SOAP."""

    namespace: str
    content_type: str
    sender: str
    """Fault code of a call that the client has to correct."""
    receiver: str
    """Fault code of a failure of this service."""


class Soap(Enum):
    """The versions of SOAP that the contract offers."""

    V11 = Version("http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8", "Client", "Server")
    V12 = Version(
        "http://www.w3.org/2003/05/soap-envelope", "application/soap+xml; charset=utf-8", "Sender", "Receiver"
    )


class Broken(Exception):  # noqa: N818 - named for the state of the call
    """The call cannot be understood.

    :param status: HTTP status; 500 is what SOAP 1.1 prescribes for faults and ASMX uses for both versions.
    :param version: SOAP version of the call where it is known; it decides the shape of the fault.
    :param code: fault code where it is not that of a client's error.
    """

    def __init__(self, problem: Problem, status: int = 500, version: Soap | None = None, code: str = "") -> None:
        self.problem = problem
        self.status = status
        self.version = version
        self.code = code
        super().__init__(problem.code)


def envelope(version: Soap, content: str) -> bytes:
    """*content* (XML) as the body of a SOAP envelope, with the namespace declarations of ASMX."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{version.value.namespace}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    ).encode()


def fault(version: Soap, code: str, text: str) -> bytes:
    """The fault *code* (without prefix) with *text* for people, as a whole envelope."""
    words = escape(text)
    if version is Soap.V11:
        content = f"<faultcode>soap:{code}</faultcode><faultstring>{words}</faultstring><detail />"
    else:
        content = (
            f"<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="es">{words}</soap:Text></soap:Reason><soap:Detail />'
        )
    return envelope(version, f"<soap:Fault>{content}</soap:Fault>")
