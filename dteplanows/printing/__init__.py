"""The printed document: on letter paper, or on a roll for boletas and whatever asks for it; PDF, text and ESC/POS.

It takes the signed XML as it is stored and plain facts, and knows nothing of how documents are issued::

    printing.pdf(xml, PrintFacts("pruebas"))                    a PDF file, on the paper of the document
    printing.pdf(xml, facts, cedible=True)                      the cedible copy
    printing.letter_pdf(xml, facts)                             on letter paper
    printing.ticket_pdf(xml, facts, Roll.MM58)                  on a roll
    printing.preview(draft, facts)                              the same of what is not issued, marked as such
    printing.ticket(xml, facts, Roll.MM80).head                 the texts for a thermal printer
    printing.escpos.ticket(xml, facts, profile)                 all that a receipt printer needs, as bytes for it

Errors::

    ValueError       the bytes are no signed document that is printed here; a ticket was asked of what has none
    * NotCedible     the document has no cedible copy
"""

from __future__ import annotations

from dataclasses import replace

from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, DOCUMENT_NAMES
from dteplanows.printing import letter, paper, roll
from dteplanows.printing.design import trial
from dteplanows.printing.facts import NotCedible, PrintFacts
from dteplanows.printing.page import Page
from dteplanows.printing.pdf_file import Attached
from dteplanows.printing.roll import Roll, on_roll
from dteplanows.printing.stored import Stored, is_cedible, read, read_draft
from dteplanows.printing.ticket import is_ticket as on_rolls
from dteplanows.printing.ticket_text import Ticket, text_parts

__all__ = [
    "NotCedible", "PrintFacts", "Roll", "Ticket", "design_trial", "has_cedible", "is_cedible", "is_ticket",
    "letter_pdf", "pdf", "preview", "ticket", "ticket_pdf",
]  # fmt: skip


def pdf(xml: bytes, facts: PrintFacts, cedible: bool = False) -> bytes:
    """The document on its own paper, as a PDF file; the same arguments give the same bytes.

    That is a roll for boletas, but for those of a company that wants letters, and for documents that say so.

    :param xml: the signed document as it is stored.
    :raises NotCedible: *cedible* is asked of a document that has no such copy.
    :raises ValueError: *xml* is no signed document.
    """
    stored = _copy(xml, cedible)
    if (stored.tipo in BOLETAS and facts.rollo == "carta") or not on_rolls(stored):
        return _file(stored, letter.layout(stored, facts, cedible), xml)
    width = Roll.MM58 if stored.tipo in BOLETAS and facts.rollo == "58" else Roll.MM80
    return _file(stored, roll.layout(stored, facts, width, cedible), xml)


def letter_pdf(xml: bytes, facts: PrintFacts, cedible: bool = False) -> bytes:
    """The document on letter paper, whatever it is; otherwise as :func:`pdf`."""
    stored = _copy(xml, cedible)
    return _file(stored, letter.layout(stored, facts, cedible), xml)


def preview(draft: str, facts: PrintFacts) -> bytes:
    """A document that is not issued on letter paper, as a PDF file: marked on each page, without folio and stamp.

    :param draft: its root element.
    :raises ValueError: *draft* is none.
    """
    stored = read_draft(draft)
    return _file(stored, letter.layout(stored, facts, cedible=False))


def design_trial(company: Company, facts: PrintFacts, tipo: int, lines: int, *, long_texts: bool = False) -> bytes:
    """A letter that only shows the design of *facts*, as a PDF file: marked on each page; cedible where it can be.

    :param lines: of the document.
    """
    stored = trial.document(company, tipo, lines, long_texts)
    shown = replace(facts, es_prueba_de_diseno=True, observaciones=trial.OBSERVATIONS, adicionales=trial.DATA)
    return _file(stored, letter.layout(stored, shown, stored.has_cedible))


def has_cedible(xml: bytes) -> bool:
    """Whether the document has a cedible copy: 33, 34, 43, 46, and 52 that is a sale.

    :raises ValueError: *xml* is no signed document.
    """
    return read(xml).has_cedible


def is_ticket(xml: bytes) -> bool:
    """Whether the document is printed on a roll: a boleta, or one that says so.

    :raises ValueError: *xml* is no signed document.
    """
    return on_rolls(read(xml))


def ticket(xml: bytes, facts: PrintFacts, width: Roll = Roll.MM80, cedible: bool = False) -> Ticket:
    """The texts of a ticket, for printers that write letters of one width.

    :raises NotCedible: *cedible* is asked of a document that has no such copy.
    :raises ValueError: *xml* is no signed document that is printed on a roll of that *width*.
    """
    return text_parts(on_roll(_copy(xml, cedible), width), facts, width, cedible)


def ticket_pdf(xml: bytes, facts: PrintFacts, width: Roll = Roll.MM80, cedible: bool = False) -> bytes:
    """The ticket as a PDF file, its page as long as it needs to be.

    :raises NotCedible: *cedible* is asked of a document that has no such copy.
    :raises ValueError: *xml* is no signed document that is printed on a roll of that *width*.
    """
    stored = on_roll(_copy(xml, cedible), width)
    return _file(stored, roll.layout(stored, facts, width, cedible), xml)


def _copy(xml: bytes, cedible: bool) -> Stored:
    stored = read(xml)
    if cedible and not stored.has_cedible:
        raise NotCedible(f"{DOCUMENT_NAMES[stored.tipo]} {stored.folio}")
    return stored


def _file(stored: Stored, pages: list[Page], xml: bytes = b"") -> bytes:
    """:param xml: the signed document, which goes into the file; none of what is not issued."""
    name = f"{DOCUMENT_NAMES[stored.tipo]} Nº {stored.folio}"
    attached = None
    if xml:
        file_name, said = f"dte-{stored.tipo}-{stored.folio}.xml", f"{name}, el documento firmado"
        attached = Attached(file_name, xml, "application/xml", said)
    return paper.write(pages, name, stored.issuer_name, attached)
