"""The ambiguous moment: an upload began, and whether the SII has the envelope is not known.

The SII is asked about the first and the last document. Where DTEUpload was used it names the envelope that brought
them, which is ours if it has them, for the question holds their signature. The service of boletas names none: there the
envelope is followed document by document. Only when the SII has said several times, in the time it needs to show what
arrived, that it has neither, the same bytes leave again.
"""

from __future__ import annotations

import time

from dteplanows.document import clock
from dteplanows.document.elements import BOLETAS
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.document_state import DocumentState, asked


def ask(delivery: Delivery, envelope: StoredEnvelope, certificate: Certificate) -> None:
    """Ask about *envelope*, which this worker has taken, once."""
    answers = [_ask_one(delivery, one.id, certificate) for one in delivery.ends(envelope)]
    delivery.keep_calls(envelope)
    _settle(delivery, envelope, answers)


def knows_envelopes(delivery: Delivery, tipo: int, ambiente: str, of_test_authority: bool) -> bool:
    """Whether the SII tells which envelope brought a document of that type."""
    hosts = delivery.sii.addresses.of(ambiente, of_test_authority=of_test_authority)  # type: ignore[arg-type]
    return not (tipo in BOLETAS and hosts.way_of_boletas == "rest")


def _ask_one(delivery: Delivery, documento_id: int, certificate: Certificate) -> DocumentState:
    question = asked(delivery.document(documento_id))
    if knows_envelopes(delivery, question.tipo, question.ambiente, question.of_test_authority):
        return delivery.sii.document_with_track(question, certificate)
    return delivery.sii.document_state(question, certificate)


def _settle(delivery: Delivery, envelope: StoredEnvelope, answers: list[DocumentState]) -> None:
    pace, now, last = delivery.pace, time.time(), answers[-1]
    found = {"resultado": last.outcome.name, "detalle": last.detail or last.gloss}
    moment = clock.now().isoformat(" ")
    track = next((one.track_id for one in answers if one.is_this and one.track_id), "")
    if track:
        delivery.settle(envelope, Step("enviado", f"TRACKID {track}, que dio el SII al preguntarle"), **found,
            estado="enviado", track_id=track, subido=moment, siguiente=now + pace.after_upload,
        )  # fmt: skip
    elif any(one.is_this for one in answers):
        step = Step("recibido", "el SII lo tiene, sin decir en qué envío")
        delivery.settle(envelope, step, **found, estado="por documento", subido=moment, siguiente=now)
    elif all(one.is_this is False for one in answers):
        times = envelope.preguntas + 1
        if times >= pace.doubts:
            delivery.settle(envelope, **found, estado="por enviar", siguiente=now)
        else:
            delivery.settle(envelope, **found, preguntas=times, siguiente=now + pace.doubt)
    else:
        wait = max((one.wait for one in answers), default=0)
        delivery.settle(envelope, **found, siguiente=now + pace.repetition(3, wait))
