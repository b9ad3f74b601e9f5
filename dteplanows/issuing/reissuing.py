"""A document that the SII refused, issued again with its folio, because somebody says so.

``Procesar`` does the same with a file that asks for that folio. Here the file need not: most programs leave the folio
to the service, and a person who corrects one of their files should not have to write it into that.
"""

from __future__ import annotations

from dteplanows import parser
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.problem import Refused
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.rows import ReceivedFile, Series, StoredDocument
from dteplanows.ledger.store import Ledger

_VOID = "DTE-3-601"
"""The SII's code for a folio that is void there."""


def must_be_free(ledger: Ledger, company: Company, document: StoredDocument) -> None:
    """See that the folio of *document*, the live one of its folio, is free at the SII.

    :raises Refused: the SII has not refused it (SII-040), says that it has that folio already (SII-041), or that it is
        void (SII-045).
    """
    if ledger.documents.to_replace(Series.of(company, document.tipo), document.folio):
        return
    delivery = ledger.deliveries.find(document.id)
    state = delivery.estado if delivery else UNSENT
    code = "SII-041" if state == "rechazado" else "SII-040"
    if delivery and state == "rechazado" and _VOID in delivery.motivos:
        code = "SII-045"
    raise Refused([problem(code, value=str(document.folio), tipo=document.tipo, estado=state)])


def corrected(file: ReceivedFile, tipo: int, folio: int) -> Document:
    """The one document of *file*, which asks for *folio*.

    :raises Refused: it has several documents, one of another type or received from others, or asks for another folio
        (SII-042).
    """
    documents = parser.parse(file.contenido, file.formato)
    one = documents[0]
    if len(documents) > 1 or one.received or one.tipo not in (0, tipo) or one.folio not in (0, folio):
        found = ", ".join(f"{one.tipo}-{one.folio}" for one in documents[:_NAMED])
        raise Refused([problem("SII-042", value=str(folio), tipo=tipo, found=found, count=len(documents))])
    if not one.folio:
        one.id_doc.put("Folio", folio)
    return one


_NAMED = 5
"""Documents of a file that are named."""
