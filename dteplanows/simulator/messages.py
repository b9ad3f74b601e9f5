"""A call and its answer, as the services see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Request:
    """A call."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    """By their names in small letters."""
    body: bytes
    peer: str = "127.0.0.1"
    cut: bool = False
    """Whether fewer bytes came than Content-Length said."""

    @property
    def token(self) -> str:
        """The cookie TOKEN; empty where there is none."""
        try:
            cookie = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return ""
        return cookie["TOKEN"].value if "TOKEN" in cookie else ""

    @property
    def is_program(self) -> bool:
        """Whether User-Agent has the words that make the SII answer a program."""
        return "PROG 1.0" in self.headers.get("user-agent", "")

    @property
    def base(self) -> str:
        """The address that this service was called at."""
        return f"http://{self.headers.get('host', '127.0.0.1')}"

    def parameter(self, name: str) -> str:
        """A parameter of the query; empty where there is none."""
        return parse_qs(self.query).get(name, [""])[0]


@dataclass
class Response:
    """An answer."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/xml; charset=utf-8"
    """Content-Type."""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Bytes of the body after which the connection is closed; none of the head either where it is negative."""


def html(status: int, text: str) -> Response:
    """A page for people, which is what a program gets on the SII's bad days."""
    page = f"<html><head><title>Servicio de Impuestos Internos</title></head>\n<body><h2>{text}</h2></body></html>\n"
    return Response(status, page.encode("iso-8859-1", "xmlcharrefreplace"), "text/html; charset=iso-8859-1")


def plain(status: int, text: str) -> Response:
    """A line of text."""
    return Response(status, text.encode(), "text/plain; charset=utf-8")


def as_json(value: Any, status: int = 200) -> Response:
    """*value* as JSON."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")
