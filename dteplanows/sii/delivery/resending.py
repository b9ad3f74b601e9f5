"""How a person has one document go to the SII again: which decision about its envelope or itself that takes."""

from __future__ import annotations

from typing import Literal, NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.delivery_states import ENVELOPE_DONE, FINAL, UNSENT
from dteplanows.ledger.delivery_tables import Delivery as Where
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery import by_person, documents_by_person

How = Literal["enviar", "reintentar", "rehacer", ""]


class Way(NamedTuple):
    """What a person can have done."""

    how: How
    """``enviar`` makes a document due that waits for a person, ``reintentar`` goes on with its envelope as it is,
    ``rehacer`` has its documents travel in a new one. Empty where the document needs nothing, or something else."""
    envelope: StoredEnvelope | None = None
    """The one that is meant."""


NO_WAY = Way("")


def way_of(ledger: Ledger, document: StoredDocument, server: str) -> Way:
    """What would have *document* go to the SII again, as it stands now.

    :param server: where its envelope would be sent now.
    """
    standing = ledger.deliveries.find(document.id)
    if standing is None:
        return Way("enviar")
    if standing.estado in FINAL or standing.estado == "pendiente":
        return NO_WAY
    envelope = ledger.envelopes.find(standing.envio_id) if standing.envio_id else None
    if envelope is None:
        alone = standing.estado == "detenido" and not ledger.deliveries.corrects_nothing(document.id)
        return Way("enviar") if alone else NO_WAY
    return _way_of_envelope(standing, envelope, server)


def _way_of_envelope(standing: Where, envelope: StoredEnvelope, server: str) -> Way:
    if envelope.por_subir:
        return NO_WAY
    if envelope.estado in ENVELOPE_DONE:
        again = envelope.estado == "procesado" and standing.estado == "detenido"
        return Way("reintentar", envelope) if again else NO_WAY
    if envelope.estado == "detenido" and by_person.is_untaken(envelope, server) and envelope.subidas:
        return Way("rehacer", envelope)
    return Way("reintentar", envelope)


def resend(ledger: Ledger, company: Company, document: StoredDocument, server: str) -> Way:
    """Have *document* of *company* go to the SII again; what was done.

    :raises Refused: nothing of the kind can be done (SII-046), or as the decision itself refuses.
    """
    way = way_of(ledger, document, server)
    if way.how == "enviar":
        documents_by_person.adopt(ledger, company, [document.id], sent=False)
    elif way.how == "reintentar" and way.envelope:
        by_person.retry(ledger, way.envelope)
    elif way.how == "rehacer" and way.envelope:
        by_person.remake(ledger, way.envelope, server)
    else:
        standing = ledger.deliveries.find(document.id)
        estado = standing.estado if standing else UNSENT
        raise Refused([problem("SII-046", value=str(document.folio), tipo=document.tipo, estado=estado)])
    return way
