"""The printed document: letter-size PDF of every type, and the tickets of boletas.

It takes the signed XML as it is stored and plain facts, and knows nothing of how documents are issued::

    printing.pdf(xml, PrintFacts("pruebas"))                    a PDF file
    printing.pdf(xml, facts, cedible=True)                      the cedible copy
    printing.preview(draft, facts)                              the same of what is not issued, marked as such
    printing.ticket(xml, facts, Roll.MM80).head                 the texts for a thermal printer
    printing.ticket_pdf(xml, facts, Roll.MM58)                  the ticket as a PDF file

Errors::

    ValueError       the bytes are no signed document that is printed here; a ticket was asked of what is no boleta
    * NotCedible     the document has no cedible copy
"""

from __future__ import annotations

from dteplanows.document.elements import BOLETAS, DOCUMENT_NAMES
from dteplanows.printing import letter, paper, roll
from dteplanows.printing.facts import NotCedible, PrintFacts
from dteplanows.printing.page import Page
from dteplanows.printing.roll import Roll
from dteplanows.printing.stored import Stored, is_cedible, read, read_draft
from dteplanows.printing.ticket_text import Ticket, text_parts

__all__ = [
    "NotCedible",
    "PrintFacts",
    "Roll",
    "Ticket",
    "has_cedible",
    "is_cedible",
    "pdf",
    "preview",
    "ticket",
    "ticket_pdf",
]


def pdf(xml: bytes, facts: PrintFacts, cedible: bool = False) -> bytes:
    """The document on letter paper, as a PDF file; the same arguments give the same bytes.

    :param xml: the signed document as it is stored.
    :raises NotCedible: *cedible* is asked of a document that has no such copy.
    :raises ValueError: *xml* is no signed document.
    """
    stored = read(xml)
    if cedible and not stored.has_cedible:
        raise NotCedible(f"{DOCUMENT_NAMES[stored.tipo]} {stored.folio}")
    return _file(stored, letter.layout(stored, facts, cedible))


def preview(draft: str, facts: PrintFacts) -> bytes:
    """A document that is not issued on letter paper, as a PDF file: marked on each page, without folio and stamp.

    :param draft: its root element.
    :raises ValueError: *draft* is none.
    """
    stored = read_draft(draft)
    return _file(stored, letter.layout(stored, facts, cedible=False))


def has_cedible(xml: bytes) -> bool:
    """Whether the document has a cedible copy: 33, 34, 43, 46, and 52 that is a sale.

    :raises ValueError: *xml* is no signed document.
    """
    return read(xml).has_cedible


def ticket(xml: bytes, facts: PrintFacts, width: Roll = Roll.MM80) -> Ticket:
    """The texts of a boleta's ticket, for printers that write letters of one width.

    :raises ValueError: *xml* is no signed boleta.
    """
    return text_parts(_boleta(xml), facts, width)


def ticket_pdf(xml: bytes, facts: PrintFacts, width: Roll = Roll.MM80) -> bytes:
    """The ticket of a boleta as a PDF file, its page as long as it needs to be.

    :raises ValueError: *xml* is no signed boleta.
    """
    stored = _boleta(xml)
    return _file(stored, roll.layout(stored, facts, width))


def _boleta(xml: bytes) -> Stored:
    stored = read(xml)
    if stored.tipo not in BOLETAS:
        raise ValueError(f"{DOCUMENT_NAMES[stored.tipo]} has no ticket")
    return stored


def _file(stored: Stored, pages: list[Page]) -> bytes:
    return paper.write(pages, f"{DOCUMENT_NAMES[stored.tipo]} Nº {stored.folio}", stored.issuer_name)
