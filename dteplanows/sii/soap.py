"""Questions to the SII's SOAP services: rpc/encoded, every part a text, the envelope written by hand.

The WSDL that the services publish names a wrong server at times, so nothing of it is read at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from dteplanows.sii.calls import USER_AGENT, Request

_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>"
)
_END = "</soapenv:Body></soapenv:Envelope>"


def question(url: str, operation: str, parts: Mapping[str, str], token: str = "") -> Request:
    """The call of *operation* at *url* with *parts* in their order.

    :param token: the one that is among the parts; it goes as the cookie ``TOKEN`` too.
    """
    inside = "".join(f'<{name} xsi:type="xsd:string">{escape(text)}</{name}>' for name, text in parts.items())
    body = (
        f'{_START}<m:{operation} xmlns:m="http://DefaultNamespace" soapenv:encodingStyle="{_ENCODING}">'
        f"{inside}</m:{operation}>{_END}"
    )
    headers = {
        "User-Agent": USER_AGENT,
        "Content-Type": "text/xml; charset=utf-8",
        "Accept": "text/xml, */*",
        "SOAPAction": '""',
    }
    if token:
        headers["Cookie"] = f"TOKEN={token}"
    return Request("POST", url, headers, body.encode("utf-8"), token)
