"""The body of an HTTP request, with its limits, before anything looks at its content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx.faults import Broken

Environ = Mapping[str, Any]

_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_ACTION = re.compile(r"""(?<![\w-])action\s*=\s*["']?([^;"']*)""", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_WINDOW = 65536

_MEMBER_LIMIT = 1000
"""Members of a gzip body. RFC 1952 allows any number, but each costs a new inflater and twenty bytes make one."""


class ContentType(NamedTuple):
    """What the header ``Content-Type`` says."""

    media: str
    """Lower case; empty when there is no header."""
    charset: str
    """Lower case; empty when not given."""
    action: str
    """The parameter ``action`` of SOAP 1.2; empty when not given."""


@lru_cache(maxsize=256)
def content_type(header: str) -> ContentType:
    """The parts of the header ``Content-Type``."""
    charset, action = _CHARSET.search(header), _ACTION.search(header)
    return ContentType(
        header.partition(";")[0].strip().lower(),
        charset.group(1).lower() if charset else "",
        action.group(1) if action else "",
    )


def read_body(environ: Environ, limit: int) -> bytes:
    """The request's body, inflated.

    :param limit: bytes it may have, also once inflated.
    :raises Broken: too large (413, SRV-041), incomplete (400, SRV-042), in a compression that is not accepted or
        not really compressed (415 or 400, SRV-043); or there is no memory for what it inflates to (503, SRV-064).
    """
    body = _raw(environ, limit)
    # A server that counts what calls take in memory counts what they become, too.
    hold = getattr(environ["wsgi.input"], "hold", _no_account)
    coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in _CODINGS:
        raise Broken(problem("SRV-043", value=coding), status=415)
    if body.startswith(_GZIP) or coding in ("gzip", "x-gzip"):
        return _inflate(body, "gzip", zlib.MAX_WBITS | 16, limit, hold)
    if coding == "deflate":
        # "deflate" names the zlib format, and some clients send it without its two bytes of header.
        has_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        return _inflate(body, coding, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS, limit, hold)
    return body


def too_large(limit: int) -> Broken:
    """The refusal of a body that has more than *limit* bytes."""
    return Broken(problem("SRV-041", maximo=limit // 2**20), status=413)


def _raw(environ: Environ, limit: int) -> bytes:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    if not length:
        # Without a length the end is only known where the server marks it (chunked transfer).
        body = _take(stream, limit + 1) if environ.get("wsgi.input_terminated") else b""
        if len(body) > limit:
            raise too_large(limit)
        return body
    if not (length.isascii() and length.isdigit()):
        raise Broken(problem("SRV-042"), status=400)
    # A length of 20 digits and more is too large whatever it says; int() would refuse thousands of them.
    if len(length) > 19 or int(length) > limit:
        raise too_large(limit)
    body = _take(stream, int(length))
    if len(body) < int(length):
        raise Broken(problem("SRV-042"), status=400)
    return body


def _take(stream: Any, size: int) -> bytes:
    """Up to *size* bytes of *stream*, which may give fewer than asked at a time."""
    first: bytes = stream.read(size)
    if len(first) == size or not first:
        return first
    parts, missing = [first], size - len(first)
    while missing and (part := stream.read(min(missing, _WINDOW))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _no_account(size: int) -> None:
    """Where the server counts nothing."""


def _inflate(body: bytes, coding: str, window: int, limit: int, hold: Callable[[int], None]) -> bytes:
    """*body* inflated, all members of it; nothing else may follow.

    :param hold: is told the bytes of each piece; what it raises ends the work.
    """
    parts: list[bytes] = []
    view, at, size = memoryview(body), 0, 0
    for _ in range(_MEMBER_LIMIT if coding == "gzip" else 1):
        inflater = zlib.decompressobj(window)
        while not inflater.eof and at < len(view):
            # By windows: what follows a member is handed back as a copy.
            given = view[at : at + _WINDOW]
            try:
                parts.append(inflater.decompress(given, limit + 1 - size))
            except zlib.error:
                raise Broken(problem("SRV-043", value=coding), status=400) from None
            size += len(parts[-1])
            hold(len(parts[-1]))
            if size > limit:
                raise too_large(limit)
            at += len(given) - len(inflater.unused_data)
        if inflater.eof and at == len(view):
            return b"".join(parts)
        if not inflater.eof:
            break
    raise Broken(problem("SRV-043", value=coding), status=400)
