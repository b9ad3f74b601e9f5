"""The plates of the vehicle and of its trailer, before their lengths are judged.

A plate has two letters and four digits, or four letters and two digits (Resolución Exenta SII 154 of 2025, article
1 c); motorcycles have two letters and three digits, or three letters and two or three. Programs separate the parts and
add the check digit of the register. What is no plate is read only where it can mean one thing: that the plate is not
known, that there is no trailer, that a courier carries the goods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import find
from dteplanows.document.model import Document, Group
from dteplanows.document.text import without_accents

TYPES = frozenset({33, 34, 46, 52})
"""Document types that may go with goods inside the country."""

VEHICLE, TRAILER = "Patente", "PatenteCarro"

_FORM = re.compile(r"[A-Z]{4}[0-9]{2}|[A-Z]{2}[0-9]{3,4}|[A-Z]{3}[0-9]{2,3}")
_SEPARATORS = re.compile(r"[\s.·_-]+")
_CHECK_DIGIT = re.compile(r"[\s]*-[\s]*[0-9K]")
_IN_A_TEXT = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z]{2}[-.· ]?[A-Z]{2}[-.· ]?[0-9]{2}|[A-Z]{2}[-.· ]?[0-9]{2}[-.· ]?[0-9]{2})(?![A-Z0-9])"
)

_UNKNOWN = frozenset({
    "DESCONOCIDA", "DESCONOCIDO", "PATENTE DESCONOCIDA", "NO CONOCIDA", "NO SE CONOCE", "NO SE SABE",
    "POR CONFIRMAR", "POR DEFINIR", "POR ASIGNAR",
})  # fmt: skip
_COURIER = "COURIER"
_NO_TRAILER = frozenset({"SIN CARRO", "SIN RAMPLA", "SIN REMOLQUE", "NO LLEVA", "NO TIENE", "NO APLICA", "NO"})
_LABELS = {
    VEHICLE: frozenset({"PATENTE", "PPU", "PLACA", "CAMION", "TRACTO", "VEHICULO"}),
    TRAILER: frozenset({"PATENTE", "PPU", "PLACA", "CARRO", "RAMPLA", "REMOLQUE"}),
}
"""Words beside a plate that change nothing about it."""


@dataclass(slots=True)
class Said:
    """What the file says in the place of a plate."""

    unknown: set[str] = field(default_factory=set)
    """Elements whose plate is not known."""
    courier: bool = False
    no_trailer: bool = False


def is_plate(text: str) -> bool:
    """Whether *text* has the form of a Chilean plate, however its parts are separated.

    >>> is_plate("KX·BR-42"), is_plate("jk 1234"), is_plate("KXBR42-5"), is_plate("CAMION 3")
    (True, True, True, False)
    """
    return bool(_plain(text))


def folded(text: str) -> str:
    """*text* in capitals without accents, one blank between words.

    >>> folded(" Camión  nº 3")
    'CAMION NO 3'
    """
    return " ".join(without_accents(text.upper(), compatible=True).upper().split())


def read(document: Document) -> Said | None:
    """Bring the plates of *document* into the form that the schema takes; None where there is nothing to say of them.

    Two plates in one element are an error (DOC-121): the second is the trailer's, or that of another vehicle, which
    needs a document of its own.
    """
    transports = document.root.group("Encabezado").groups.get("Transporte")
    said: Said | None = None
    for name in (VEHICLE, TRAILER) if transports else ():
        text = transports[0].text(name) if transports else ""
        if text and not (len(text) <= find(document.tipo, f"Encabezado/Transporte/{name}").max_length and _plain(text)):
            said = said or Said()
            _read(document, transports[0], name, text, said)  # type: ignore[index]
    return said


def _read(document: Document, transport: Group, name: str, text: str, said: Said) -> None:
    place, words = transport.place_of(name), folded(text)
    if _means_something(name, words, said):
        transport.drop(name)
        document.problems.append(problem("DOC-123", place, text, name=name))
        return
    if len(text) <= find(document.tipo, f"Encabezado/Transporte/{name}").max_length:
        return  # whether it has the form of a plate is no matter of the schema
    whole = _plain(text)
    plates = [whole] if whole else list(dict.fromkeys(_plain(one[0]) for one in _IN_A_TEXT.finditer(words)))
    rest = set() if whole else set(re.findall(r"[^\s/,;:()+&.·-]+", _IN_A_TEXT.sub(" ", words)))
    repeated = len(plates) == 2 and name == VEHICLE and plates[1] == _plain(transport.text(TRAILER))
    if rest <= _LABELS[name] and (len(plates) == 1 or repeated):
        written = plates[0]
    elif len(plates) > 1:
        transport.drop(name)
        document.unread.update((VEHICLE, TRAILER))
        document.problems.append(problem("DOC-121", place, text, name=name, found=" y ".join(plates)))
        return
    else:
        return
    transport.put(name, written, place, text)
    document.problems.append(problem("DOC-122", place, text, name=name, written=written))


def _means_something(name: str, words: str, said: Said) -> bool:
    if words in _UNKNOWN:
        said.unknown.add(name)
    elif words == _COURIER and name == VEHICLE:
        said.courier = True
    elif words in _NO_TRAILER and name == TRAILER:
        said.no_trailer = True
    else:
        return False
    return True


def _plain(text: str) -> str:
    """The plate that *text* is, without separators and check digit; empty when it is none."""
    upper = text.upper().strip()
    for one in (upper, _without_check_digit(upper)):
        plate = _SEPARATORS.sub("", one)
        if _FORM.fullmatch(plate):
            return plate
    return ""


def _without_check_digit(text: str) -> str:
    end = _CHECK_DIGIT.search(text, max(0, len(text) - 4))
    return text[: end.start()] if end and end.end() == len(text) else text
