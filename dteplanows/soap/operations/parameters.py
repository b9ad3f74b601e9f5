"""The parameters beside the file: numbers and words, in base64 or plain, as fixed fields write them too."""

from __future__ import annotations

import re
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.soap.base64text import quoted, readings

_NUMBER = r"\+?0{0,40}(\d{1,%d})(?:[.,]0{1,2})?"
"""A whole number: fixed fields have zeros before it, and decimals that are none come of number types with a fraction.

Three zeros behind a dot could as well be thousands.
"""


def _whole(digits: int) -> re.Pattern[str]:
    """The form of a whole number of up to so many *digits*, not counting zeros before it."""
    return re.compile(_NUMBER % digits, re.ASCII)


_FOLIO = _whole(10)
_TIPO = _whole(3)
_PORT = _whole(5)
_TRACK_ID = _whole(15)
_FORMATO = _whole(1)
_DIGITS = _whole(4)
_TICKET = re.compile(rf"(?:ticket\s*@)?\s*{_NUMBER % 3}\s*@\s*{_NUMBER % 10}", re.ASCII | re.IGNORECASE)

FORMATOS = ("1", "2")
"""The values of ``formato``: TXT and XML."""

_FORMATO_WORDS = {"txt": "1", "plano": "1", "texto": "1", "xml": "2"}

_YES = frozenset({"true", "1", "si", "sí", "s"})
_NO = frozenset({"false", "0", "no", "n", ""})


class Key(NamedTuple):
    """A type and a folio."""

    tipo: int
    """0 for whatever type has that folio."""
    folio: int


def _number(text: str, form: re.Pattern[str]) -> int | None:
    """The number in *text*, in base64 or plain, or None. Base64 of digits never consists of digits."""
    found = next((match for one in readings(text) if (match := form.fullmatch(one.strip()))), None)
    return None if found is None else int(found[1])


def formato(text: str) -> str:
    """``1`` or ``2`` where ``formato`` means one of them, by number or by name; else what it says."""
    value = _number(text, _FORMATO)
    if value is not None:
        return str(value)
    words = (one.strip().strip(".").lower() for one in readings(text))
    return next((_FORMATO_WORDS[one] for one in words if one in _FORMATO_WORDS), quoted(text))


def key(folio: str, tipo: str) -> Key:
    """The document that *folio* and *tipo* name.

    ``tipo`` may be no number at all (a client sends the word ``TipoDte``): then the folio alone decides.

    :raises Refused: the folio is missing (SRV-032) or no number (SRV-030).
    """
    must_be_there("folio", folio)
    found = _number(folio, _FOLIO)
    if found is None:
        raise Refused([problem("SRV-030", Place(field="folio"), quoted(folio))])
    return Key(_number(tipo, _TIPO) or 0, found)


def named(folio: str, tipo: str) -> Key:
    """The numbers among *folio* and *tipo*, for an answer that repeats them; 0 for what is none."""
    return Key(_number(tipo, _TIPO) or 0, _number(folio, _FOLIO) or 0)


def track_id(text: str) -> int:
    """The ``TrackId`` in ``trackid``.

    :raises Refused: it is missing (SRV-032) or no number (SRV-100).
    """
    must_be_there("trackid", text)
    found = _number(text, _TRACK_ID)
    if found is None:
        raise Refused([problem("SRV-100", Place(field="trackid"), quoted(text))])
    return found


def must_be_there(name: str, text: str) -> None:
    """See that the parameter *name* has a value.

    :raises Refused: it has none (SRV-032).
    """
    if not text.strip():
        raise Refused([problem("SRV-032", Place(field=name))])


def movement(text: str) -> str:
    """``V``, ``B``, ``C`` or whatever else ``tpomov`` begins with, upper case; empty when it is empty."""
    return quoted(text).upper()[:1]


def sale(tpomov: str) -> str:
    """The movement, which is none of purchases.

    :raises Refused: it is one (SRV-031).
    """
    found = movement(tpomov)
    if found == "C":
        raise Refused([problem("SRV-031", Place(field="tpomov"), quoted(tpomov))])
    return found


def boletas(tpomov: str) -> bool | None:
    """Whether ``tpomov`` means boletas; None when it does not say."""
    return {"B": True, "V": False}.get(movement(tpomov))


def yes(text: str) -> bool:
    """What ``cedible`` says.

    :raises Refused: neither yes nor no (SRV-070).
    """
    words = {one.strip().lower() for one in readings(text)}
    if words & _YES:
        return True
    if words & _NO:
        return False
    raise Refused([problem("SRV-070", Place(field="cedible"), quoted(text))])


def ticket(text: str) -> Key:
    """The boleta that ``ticket`` names: ``ticket@39@1204``.

    :raises Refused: it is missing (SRV-032) or has another form (SRV-072).
    """
    must_be_there("ticket", text)
    for one in readings(text):
        found = _TICKET.fullmatch(one.strip())
        if found:
            return Key(int(found[1]), int(found[2]))
    raise Refused([problem("SRV-072", Place(field="ticket"), quoted(text))])


def node_names(text: str) -> list[str]:
    """The names of additional data that ``campo`` can mean; 1 is A1.

    :raises Refused: it is empty (SRV-074).
    """
    found = (one.strip() for one in (quoted(text), *readings(text)))
    names = list(dict.fromkeys(one for one in found if one))
    if not names:
        raise Refused([problem("SRV-074", Place(field="campo"))])
    return [f"A{int(match[1])}" if (match := _DIGITS.fullmatch(one)) else one for one in names]


def port(text: str) -> int:
    """The port in ``puerto``.

    :raises Refused: it is missing (SRV-032) or none (SRV-080).
    """
    must_be_there("puerto", text)
    found = _number(text, _PORT)
    if found is None or not 1 <= found <= 65535:
        raise Refused([problem("SRV-080", Place(field="puerto"), quoted(text))])
    return found
