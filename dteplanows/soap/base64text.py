"""The texts of the contract, which clients send in base64, plain, or in whatever their library makes of it."""

from __future__ import annotations

import binascii

from dteplanows.document.text import decode

_URL_SAFE = str.maketrans("-_", "+/")

_ACCENTED = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_MARKS = frozenset(" .,:;@-_/#+$%&'()*=")


def payload(text: str) -> bytes | None:
    """The bytes that *text* encodes in base64, or None when it is not base64.

    Line breaks and blanks, the URL-safe alphabet and missing padding are accepted.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        pass
    cleaned = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    try:
        return binascii.a2b_base64(cleaned + "=" * (-len(cleaned) % 4), strict_mode=True)
    except ValueError:
        return None


def encode(data: bytes) -> str:
    """*data* in base64, one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def readings(text: str) -> tuple[str, ...]:
    """What *text* can mean: first the base64 reading, if it is one and gives printable text, then *text* itself.

    A line end that slipped into the encoded text is left out; blanks in it may belong to a password and stay.
    """
    plain = text.strip()
    data = payload(plain) if plain else None
    decoded = decode(data).strip("\r\n\t") if data else ""
    return (decoded, plain) if decoded.isprintable() and decoded not in ("", plain) else (plain,)


def quoted(text: str) -> str:
    """The reading of *text* that a refusal shows: the decoded one if a person could have written it, else what came.

    Many a number or word that was never encoded is base64 by chance, and its bytes are letters of no language.
    """
    first, plain = readings(text)[0].strip(), text.strip()
    return first if _could_be_written(first) else plain


def _could_be_written(text: str) -> bool:
    plain = sum(c.isascii() and (c.isalnum() or c in _MARKS) for c in text)
    return plain + sum(c in _ACCENTED for c in text) == len(text) and plain * 2 > len(text)
