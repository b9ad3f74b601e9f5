"""The characters of a call: what a client declares, and what it really sends.

Declarations are wrong as often as right (an ISO-8859-1 declaration above UTF-8 bytes is common), so the bytes speak
first: a byte order mark, the zeros of UTF-16, then strict UTF-8, which other texts with accents practically never
are. The declaration counts only for what remains.
"""

from __future__ import annotations

import codecs
import re

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx.faults import Broken

_SINGLE_BYTE = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "l1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "utf-8": "cp1252", "utf8": "cp1252", "": "cp1252", "iso-8859-15": "iso-8859-15", "latin9": "iso-8859-15",
}  # fmt: skip
"""Charset names with how bytes that are not UTF-8 are then read: Windows-1252 holds all letters of ISO-8859-1."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WITHOUT_MARK = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_BEHIND = b"\x00 \t\r\n"
"""What may follow the envelope: programs that count the end of a C string into the length send a NUL."""
_DECLARATION = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def to_utf8(body: bytes, charset: str) -> bytes:
    """*body* in UTF-8, without byte order mark and without blanks around it.

    :param charset: the charset of the HTTP header, lower case; empty when there is none.
    :raises Broken: the bytes are in no charset that is accepted (SRV-045).
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _transcode(body[len(mark) :], name)
    body = body.strip()
    for start, name in _WITHOUT_MARK:
        if body.startswith(start):
            return _transcode(body + b"\x00" if name == "utf-16-le" and len(body) % 2 else body, name)
    body = body.rstrip(_BEHIND) or body  # NULs alone are no empty body but a broken one
    if _is_utf8(body):
        return body
    if not charset or charset in ("utf-8", "utf8"):
        declared = _DECLARATION.match(body)
        charset = declared.group(1).decode("ascii").lower() if declared else charset
    if charset not in _SINGLE_BYTE:
        raise Broken(problem("SRV-045", value=charset))
    return _transcode(body, _SINGLE_BYTE[charset])


def _transcode(body: bytes, name: str) -> bytes:
    try:
        return body.decode(name).strip().encode("utf-8").rstrip(_BEHIND)
    except UnicodeError:
        if name == "cp1252":  # five bytes have no meaning there; as ISO-8859-1 they are controls
            return body.decode("latin-1").encode("utf-8")
        raise Broken(problem("SRV-045", value=name)) from None


def _is_utf8(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
