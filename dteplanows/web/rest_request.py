"""What a call of the REST service brings: its token, and its parameters from the address and from the body.

A body is a JSON object or a form; both may stand in base64 or plain, as in SOAP, and the operations read them so.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from dteplanows.document.catalogue import problem
from dteplanows.document.limits import REST_PARAMETERS
from dteplanows.document.problem import Place, Refused
from dteplanows.document.text import decode
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.request import Environ, content_type, read_body

MIB = 2**20

_SCHEME = "bearer"


def token_of(environ: Environ) -> str:
    """The token in the header ``Authorization``, with or without the scheme ``Bearer``.

    :raises Refused: there is none (AUT-016).
    """
    said = str(environ.get("HTTP_AUTHORIZATION", "")).strip()
    scheme, _, behind = said.partition(" ")
    token = behind.strip() if scheme.lower() == _SCHEME else said
    if not token:
        raise Refused([problem("AUT-016")])
    return token


def address_of(environ: Environ) -> dict[str, str]:
    """The parameters in the address, by their lower-case names.

    :raises Broken: they are too many (SRV-110).
    """
    return _form(environ.get("QUERY_STRING", ""))


def body_of(environ: Environ, limit: int) -> dict[str, str]:
    """The parameters in the body of a POST, by their lower-case names; a GET has none.

    :param limit: bytes that the body may have.
    :raises Broken: the body is too large, incomplete, or neither JSON nor a form (SRV-110).
    :raises Refused: a parameter is no text (SRV-113).
    """
    if environ["REQUEST_METHOD"] != "POST":
        return {}
    media = content_type(environ.get("CONTENT_TYPE") or "").media
    if media.startswith("multipart/"):
        raise Broken(problem("SRV-110"), 415)
    body = read_body(environ, limit).strip()
    if not body:
        return {}
    is_json = media.endswith("json") or decode(body[:4]).lstrip("\ufeff").startswith("{")
    return _json(body) if is_json else _form(body.decode("latin-1"))


def _form(text: str) -> dict[str, str]:
    """The parameters of a query, or of a form of the same shape; each character of *text* is a byte."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=REST_PARAMETERS)
    except ValueError:
        raise Broken(problem("SRV-110"), 400) from None
    return {name.strip().lower(): _text(value) for name, value in pairs}


def _text(value: str) -> str:
    """*value*, whose characters are bytes, as the text that its program meant."""
    return value if value.isascii() else decode(value.encode("latin-1", "replace"))


def _json(body: bytes) -> dict[str, str]:
    """The parameters of a JSON object."""
    try:
        found = json.loads(decode(body).lstrip("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise Broken(problem("SRV-110"), 400) from None
    if not isinstance(found, dict):
        raise Broken(problem("SRV-110"), 400)
    return {_whole(name).strip().lower(): _plain(_whole(name), value) for name, value in found.items()}


def _whole(text: str) -> str:
    """*text* without halves of characters, which JSON can carry and nothing else can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(name: str, value: Any) -> str:
    """*value* as text; numbers are texts already."""
    if isinstance(value, str):
        return _whole(value)
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    raise Refused([problem("SRV-113", Place(field=name))])
