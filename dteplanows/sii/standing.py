"""Where an issued document stands at the SII, for whoever asks: state, since when, in which envelope, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from dteplanows.document.phrases import phrase
from dteplanows.ledger.delivery_states import FINAL, UNSENT
from dteplanows.ledger.delivery_tables import Delivery, StateOfDocument
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.sii.reasons import Reason, read_reason

_WORDS: Mapping[str, str] = {
    UNSENT: phrase("standing.unsent"), "pendiente": phrase("standing.due"), "en sobre": phrase("standing.in_envelope"),
    "enviado": phrase("standing.sent"), "recibido": phrase("standing.received"),
    "aceptado": phrase("standing.accepted"), "aceptado con reparos": phrase("standing.remarked"),
    "rechazado": phrase("standing.refused"), "detenido": phrase("standing.stopped"),
    "descartado": phrase("standing.discarded"),
}  # fmt: skip


class Standing(NamedTuple):
    """Where a document stands."""

    estado: str
    """A state of :mod:`~dteplanows.ledger.delivery_states`, or ``sin enviar``."""
    since: datetime
    """Since when; local time in Chile. Of one that is ``sin enviar``, since its issue."""
    track_id: str
    """TRACKID of the envelope that it travels in, or travelled in last; empty where the SII has given none."""
    detail: str
    """What was noted with the last step, where that is no reason of the SII: why it is stopped, for instance."""
    reasons: tuple[Reason, ...]
    """What the SII says against it."""
    sentence: str
    """The same in words."""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows: the SII's last word, or that of the person who discarded it."""
        return self.estado in FINAL


def _why(steps: Sequence[StateOfDocument], delivery: Delivery) -> str:
    """What was noted when a document came into its state; reasons of the SII that came later are told apart."""
    for one in reversed(steps):
        if one.estado != delivery.estado:
            break
        if one.detalle and one.detalle not in delivery.motivos:
            return one.detalle
    return ""


def standing_of(ledger: Ledger, document: StoredDocument) -> Standing:
    """Where *document* stands now."""
    delivery = ledger.deliveries.find(document.id)
    estado = delivery.estado if delivery else UNSENT
    sentence = phrase("standing.sentence", tipo=document.tipo, folio=document.folio, what=_WORDS[estado])
    if delivery is None:
        return Standing(estado, document.creado, "", "", (), sentence)
    envelope = ledger.envelopes.find(delivery.envio_id) if delivery.envio_id else None
    detail = _why(ledger.deliveries.history(document.id), delivery)
    reasons = tuple(map(read_reason, delivery.motivos.splitlines()))
    return Standing(estado, delivery.desde, envelope.track_id if envelope else "", detail, reasons, sentence)
