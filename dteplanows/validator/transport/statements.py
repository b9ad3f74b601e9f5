"""The sentences by which a document itself says what its transport's data cannot say.

Resolución Exenta SII 154 of 2025 wants said expressly that a plate is not known (article 1 c), that a transfer takes
more than a day and why (3 b), why goods are moved that nobody buys (1 d). The schema has no element for them. They go
into DscItem of the first line that has room: it is signed, every type of document with goods has it, each program
prints it under the name of the good, and no amount depends on it. A line of their own would need a quantity and a unit
in a guía, a retention in a factura de compra, and one of the sixty places.

A file asks for them by the data of :data:`WISHES`; the company's settings ask where the file says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import find
from dteplanows.document.model import Document, Group
from dteplanows.document.text import foreign
from dteplanows.validator.transport.plates import TRAILER, VEHICLE, Said, folded

_PLATE, _COURIER = "PatenteDesconocida", "TransporteCourier"
_PROLONGED, _MOTIVE = "TrasladoProlongado", "MotivoTraslado"
WISHES = (_PLATE, _COURIER, _PROLONGED, _MOTIVE)
"""What a file says beside the document: columns of the TXT's section Transporte, elements of Adicional in the XML."""

_YES = frozenset({"S", "SI", "1", "X", "TRUE", "VERDADERO"})
_NO = frozenset({"N", "NO", "0", "FALSE", "FALSO"})

_DESCRIPTION = "DscItem"
_TEXTS_OF_A_LINE = ("NmbItem", _DESCRIPTION)
_PLATE_SAID = re.compile(r"\bPATENTES?\b[^.;]{0,40}\b(?:DESCONOCIDAS?|NO SE (?:CONOCEN?|SABEN?)|NO CONOCIDAS?)\b")
_PROLONGED_SAID = re.compile(r"\bTRASLADO\b(?![^.;]{0,19}\bNO\b)[^.;]{0,20}\bPROLONGADO\b(?![\s:=-]*NO\b)")


@dataclass(slots=True)
class Written:
    """What the document says of its transport in words, written here or by the file."""

    instead_of: set[str] = field(default_factory=set)
    """Elements of the transport that a sentence stands for."""
    prolonged: bool = False
    prolonged_without_reason: bool = False
    motive: bool = False


@dataclass(slots=True)
class _Wish:
    """What the file asks for: yes or no where it says so, and a text where that is what it wants said."""

    yes: bool | None = None
    text: str = ""


class _Transfer(NamedTuple):
    """What the sentences are about."""

    document: Document
    company: Company | None
    """None where the resolution does not apply."""
    transport: Group | None
    wishes: dict[str, _Wish]
    written: Written
    """What is said so far: who writes a sentence notes it here."""


def asked(document: Document) -> bool:
    """Whether the file asks for a sentence, or to leave it out."""
    return bool(document.beside.adicionales) and not document.beside.adicionales.keys().isdisjoint(WISHES)


def takes_days(document: Document, transport: Group | None) -> bool:
    """Whether the goods arrive on a later day than they leave."""
    arrives = transport.day("FchLlegada") if transport else None
    leaves = (transport.day("FchSalida") if transport else None) or document.id_doc.day("FchEmis")
    return bool(arrives and leaves and arrives > leaves)


def write(document: Document, company: Company | None, transport: Group | None, said: Said) -> Written:
    """Write the sentences that the file or the company asks for into *document*.

    :param company: None where the resolution does not apply: its settings are not meant then.
    """
    wanted = asked(document)
    wishes = {name: _wish(document, name) if wanted else _Wish() for name in WISHES}
    complete = transport is not None and VEHICLE in transport.fields and TRAILER in transport.fields
    if complete and not wanted and not takes_days(document, transport):
        return Written(motive=_explains(document))
    own = _texts(document)
    written = Written(prolonged=bool(_PROLONGED_SAID.search(own)), motive=_explains(document))
    transfer = _Transfer(document, company, transport, wishes, written)
    sentences = [*_of_plates(transfer, said, own), *_of_prolonged(transfer)]
    if wishes[_MOTIVE].text:
        sentences.append(f"Motivo del traslado: {_ended(wishes[_MOTIVE].text)}")
        written.motive = True
    if sentences:
        _put(document, " ".join(sentences))
    return written


def _explains(document: Document) -> bool:
    """Whether some text of the document may say why the goods are moved."""
    return any(_DESCRIPTION in line.fields for line in document.detalles) or any(
        "RazonRef" in one.fields for one in document.root.all("Referencia")
    )


def _texts(document: Document) -> str:
    """All signed texts in which the file may have said it itself, folded."""
    found = [line.text(name) for line in document.detalles for name in _TEXTS_OF_A_LINE]
    found += [one.text("RazonRef") for one in document.root.all("Referencia")]
    return folded("; ".join([*found, document.id_doc.text("TermPagoGlosa")]))


def _wish(document: Document, name: str) -> _Wish:
    """What the file says under *name*, which is taken away from the customer's own data: it is none."""
    text = document.beside.adicionales.pop(name, "").strip()
    word = folded(text)
    if word in _YES and name != _MOTIVE:
        return _Wish(yes=True)
    if word in _NO or not word:
        return _Wish(yes=False if word else None)
    if name == _PLATE or word in _YES or foreign(text):
        document.problems.append(problem("DOC-126", document.place._replace(field=name), text, name=name))
        return _Wish()
    return _Wish(yes=True, text=text)


# --- plates and courier ----------------------------------------------------------------------------------------------


def _of_plates(transfer: _Transfer, said: Said, own: str) -> list[str]:
    """Sentences about plates that are not known, and about a courier.

    :param own: what the document says itself.
    """
    document, company, transport, wishes, written = transfer
    plate = transport.text(VEHICLE) if transport else ""
    missing = not plate and VEHICLE not in document.unread
    courier = _courier(company if missing and "COURIER" not in own else None, said, wishes[_COURIER])
    sentences = [f"Transporte por courier: {courier}".rstrip(" :")] if courier else []
    sentences = [_ended(one) for one in sentences]
    wish = wishes[_PLATE].yes
    by_company = bool(company and company.patente_desconocida == "escribir")
    unknown = wish if wish is not None else bool(VEHICLE in said.unknown or courier or by_company)
    if _PLATE_SAID.search(own):
        written.instead_of |= {VEHICLE, TRAILER}
    elif missing and unknown:
        sentences.append("Patente desconocida al momento de la emisión.")
        written.instead_of |= {VEHICLE, TRAILER}
    elif TRAILER in said.unknown:
        sentences.append("Patente del carro desconocida al momento de la emisión.")
        written.instead_of.add(TRAILER)
    elif wish and transport and plate:
        document.problems.append(problem("DOC-127", transport.place_of(VEHICLE), plate))
    if said.no_trailer:
        written.instead_of.add(TRAILER)
    return sentences


def _courier(company: Company | None, said: Said, wish: _Wish) -> str:
    """The courier's name, one blank where only that it is one is known; empty for none."""
    if wish.yes is not None:
        return (wish.text or " ") if wish.yes else ""
    if said.courier:
        return " "
    setting = company.transporte_courier if company else ""
    return " " if folded(setting) in _YES else setting


# --- prolonged transfers ---------------------------------------------------------------------------------------------


def _of_prolonged(transfer: _Transfer) -> list[str]:
    """Sentences about a transfer that takes more than a day."""
    document, company, transport, wishes, written = transfer
    wish = wishes[_PROLONGED]
    if written.prolonged or wish.yes is False:
        return []
    by_company = company.traslado_prolongado if company else ""
    if not wish.yes and not (by_company and takes_days(document, transport)):
        return []
    reason = wish.text or by_company
    written.prolonged, written.prolonged_without_reason = True, not reason
    arrives = transport.day("FchLlegada") if transport else None
    sentence = f"Traslado prolongado: {_ended(reason)}" if reason else "Traslado prolongado."
    return [sentence, *([f"Fecha estimada de entrega: {_shown(arrives)}."] if arrives else [])]


def _shown(day: date) -> str:
    return f"{day:%d-%m-%Y}"


# --- where they stand ------------------------------------------------------------------------------------------------


def _ended(text: str) -> str:
    """*text* in one line, with an end of sentence."""
    text = " ".join(text.split())
    return text + _stop(text)


def _stop(text: str) -> str:
    return "" if text.endswith((".", "!", "?")) else "."


def _put(document: Document, text: str) -> None:
    limit = find(document.tipo, f"Detalle/{_DESCRIPTION}").max_length
    for number, line in enumerate(document.detalles, 1):
        before = line.text(_DESCRIPTION).rstrip()
        whole = f"{before}{_stop(before)} {text}" if before else text
        if len(whole) <= limit and _DESCRIPTION not in line.unread:
            place = line.place_of(_DESCRIPTION)
            line.put(_DESCRIPTION, whole, place, before)
            document.problems.append(problem("DOC-124", place, before, line=number, written=text))
            return
    document.problems.append(problem("DOC-125", document.place, text, limit=limit))
