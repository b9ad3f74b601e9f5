"""The texts of the contract, which clients send in base64, plain, or in whatever their library makes of it."""

from __future__ import annotations

import binascii
import re

from dteplanows.document.text import decode

_URL_SAFE = str.maketrans("-_", "+/")

_AROUND = "\r\n\t\0"
"""What slips into an encoded text at its ends: line ends, and the rest of a fixed field of C or COBOL."""

_ENCODED = re.compile(rb"[A-Za-z0-9+/=_\s-]*")
_MARKS_OF_UNICODE = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_START = 64
_TIMES_LIMIT = 4

_ACCENTED = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_MARKS = frozenset(" .,:;@-_/#+$%&'()*=")


def payload(text: str) -> bytes | None:
    """The bytes that *text* encodes in base64, or None when it is not base64.

    Line breaks and blanks, the URL-safe alphabet and missing padding are accepted, and blanks in place of ``+``.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        pass
    cleaned = _without_blanks(text).translate(_URL_SAFE).rstrip("=")
    try:
        return binascii.a2b_base64(cleaned + "=" * (-len(cleaned) % 4), strict_mode=True)
    except ValueError:
        return None


def _without_blanks(text: str) -> str:
    """*text* without the blanks that fold or surround it; those that took the place of ``+`` are undone.

    Whoever puts base64 unescaped into a form or an address loses each ``+`` so, and every third ``>`` is written with
    one. With them the length is that of whole groups of four, or of what is left where a program takes the padding
    away; without, it is not, or the lines are of all lengths.
    """
    line = _in_one_line(text)
    words = line.split()
    folded = "".join(words)
    if " " in line:
        kept = (line.rstrip() if line.endswith("  ") or len(line) % 4 else line).replace(" ", "+")
        padded = len(kept) % 4 == 0
        unpadded = len(kept) % 4 > 1 and len(kept) >= _START and not kept.endswith("=")
        if (padded and len(folded) % 4) or ((padded or unpadded) and not _are_lines(words)):
            return kept
    return folded


def _in_one_line(text: str) -> str:
    """*text* without its line ends and what indents its lines; blanks at the edges of lines of one length stay."""
    lines = text.replace("\t", "\n").splitlines() or [""]
    *before, last = lines
    whole = [one for one in before if one]
    indented = all(one.strip() != one and len(one.strip()) % 4 == 0 for one in whole)
    if whole and not indented and _are_lines([*whole, last]):
        return "".join(lines)
    return "".join([*(one.strip() for one in before), last.lstrip()])


def _are_lines(words: list[str]) -> bool:
    """Whether *words* are base64 in lines of one length."""
    length = len(words[0])
    return length % 4 == 0 and all(len(one) == length for one in words[:-1]) and len(words[-1]) <= length


def file_in(text: str) -> bytes | None:
    """The bytes of the file that *text* encodes in base64, once or several times, or None when it is not base64.

    No file of any format consists of the letters of base64, so what does was encoded once more.
    """
    data = payload(text)
    for _ in range(_TIMES_LIMIT):
        inner = _encoded_again(data) if data else None
        if inner is None:
            break
        data = inner
    return data


def _encoded_again(data: bytes) -> bytes | None:
    """What *data* encodes in base64, or None when it is not base64 of a file or of base64."""
    if data.startswith(_MARKS_OF_UNICODE) or b"\0" in data[:_START]:
        for mark in _MARKS_OF_UNICODE:
            data = data.removeprefix(mark)
        data = data.replace(b"\0", b"")
    if not _ENCODED.fullmatch(data, 0, _START) or not _ENCODED.fullmatch(data):
        return None
    inner = payload(data.decode("ascii"))
    return inner if inner and (b"<" in inner or b">" in inner or _ENCODED.fullmatch(inner)) else None


def encode(data: bytes) -> str:
    """*data* in base64, one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def readings(text: str) -> tuple[str, ...]:
    """What *text* can mean: first the base64 reading, if it is one and gives printable text, then *text* itself.

    A line end or NUL that slipped into the encoded text is left out; blanks in it may belong to a password and stay.
    """
    plain = text.strip()
    data = payload(plain) if plain else None
    decoded = decode(data).strip(_AROUND) if data else ""
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
