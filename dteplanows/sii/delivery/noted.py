"""TRACKIDs that a person gave: a number may be mistyped, or be that of another envelope.

The SII's counts of an envelope say nothing of which documents it has. For a number that the SII gave itself that is
enough; one that a person typed is believed only once the SII has a document of ours by it.
"""

from __future__ import annotations

from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.doubt import knows_envelopes
from dteplanows.sii.document_state import asked
from dteplanows.sii.envelope_state import EnvelopeState

_BY_A_PERSON = ", anotado por una persona"
_MOST = 20
"""Documents that are asked for at most."""


def words_of(track_id: str) -> str:
    """What is noted with the documents of an envelope whose TRACKID a person gave."""
    return f"TRACKID {track_id}{_BY_A_PERSON}"


def is_noted(ledger: Ledger, envelope: StoredEnvelope) -> bool:
    """Whether the TRACKID of *envelope* comes from a person, and not from the SII."""
    return bool(envelope.track_id) and any(
        step.envio_id == envelope.id and step.detalle.endswith(_BY_A_PERSON)
        for one in ledger.deliveries.of_envelope(envelope.id)[:1]
        for step in ledger.deliveries.history(one.documento_id)
    )


def is_right(delivery: Delivery, envelope: StoredEnvelope, state: EnvelopeState, certificate: Certificate) -> bool:
    """Whether the SII has a document of *envelope* by its TRACKID, of which *state* tells.

    Of so many documents as it refused and one more, one is there if the number is that of this envelope. Where it
    accepted none there is none to be found: its word is taken then, for whose documents ever, the folios are free.
    """
    if not state.accepted:
        return True
    for one in delivery.ledger.deliveries.of_envelope(envelope.id)[: min(_MOST, state.refused + 1)]:
        question = asked(delivery.document(one.documento_id))
        if knows_envelopes(delivery, question.tipo, question.ambiente, question.of_test_authority):
            found = delivery.sii.document_with_track(question, certificate)
        else:
            found = delivery.sii.document_state(question, certificate)
        if found.is_this:
            return found.track_id in ("", envelope.track_id)
    return False
