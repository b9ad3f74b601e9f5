"""Uploading an envelope, and what follows from each way in which that can end."""

from __future__ import annotations

import time
from typing import cast

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.sii.delivery import verdicts
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.envelopes import Envelope, Kind
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import coded
from dteplanows.sii.upload import Receipt

_PERSON = {
    "sin_permiso", "empresa_no_autorizada", "certificado", "firma", "sesiones", "pregunta_rechazada",
}  # fmt: skip
"""Outcomes after which nothing is tried before a person has done something."""


def send(delivery: Delivery, envelope: StoredEnvelope) -> Receipt:
    """Upload *envelope*, which this worker has taken, once."""
    hosts = delivery.sii.addresses.of(cast(Ambiente, envelope.ambiente), of_test_authority=envelope.de_prueba)
    certificate = delivery.certificate_of(envelope)
    if certificate is None:
        receipt = Receipt(OUTCOMES["certificado"], detail=f"no hay un certificado vigente de {envelope.rut_envia}")
    else:
        receipt = delivery.sii.upload(_as_signed(delivery, envelope), certificate)
    delivery.keep_calls(envelope)
    _settle(delivery, envelope, receipt, hosts.name)
    return receipt


def _as_signed(delivery: Delivery, envelope: StoredEnvelope) -> Envelope:
    """The very bytes that were signed; they are looked at before they leave."""
    file = delivery.ledger.envelopes.file(envelope.id)
    return Envelope(
        ambiente=cast(Ambiente, envelope.ambiente), kind=cast(Kind, envelope.clase), rut_emisor=envelope.rut_emisor,
        rut_envia=envelope.rut_envia, documents=(), of_test_authority=envelope.de_prueba, file=file,
        sha256=envelope.sha256,
    )  # fmt: skip


def _other_with(delivery: Delivery, envelope: StoredEnvelope, track_id: str, server: str) -> StoredEnvelope | None:
    """Another envelope, of other bytes, to which the same server gave that number."""
    other = delivery.ledger.envelopes.with_track(envelope.rut_emisor, track_id)
    if other is None or other.servidor != server or envelope.sha256 == other.sha256 or envelope.id == other.id:
        return None
    return other


def _settle(delivery: Delivery, envelope: StoredEnvelope, receipt: Receipt, server: str) -> None:
    outcome, pace, now = receipt.outcome, delivery.pace, time.time()
    found = {"servidor": server, "resultado": outcome.name, "detalle": receipt.detail}

    def settle(*steps: Step, **changes: object) -> None:
        delivery.settle(envelope, *steps, **{**found, **changes})

    if receipt.track_id and (other := _other_with(delivery, envelope, receipt.track_id, server)):
        # One of the two answers is of another envelope: what arrived is asked for by the documents, of both.
        found["detalle"] = f"El SII dio el TRACKID {receipt.track_id}, que ya es del envío {other.id}."
        settle(estado="en duda", siguiente=now + pace.doubt)
        if other.estado == "enviado":
            doubtful = {"estado": "en duda", "track_id": "", "siguiente": now + pace.doubt, "detalle": found["detalle"]}
            delivery.ledger.envelopes.change(other, doubtful)
    elif receipt.track_id:
        moment = clock.now().isoformat(" ")
        settle(
            Step("enviado", f"TRACKID {receipt.track_id}"), estado="enviado", track_id=receipt.track_id,
            subido=moment, siguiente=now + pace.after_upload,
        )  # fmt: skip
    elif outcome.name in ("esquema", "tamano"):
        # The SII took nothing, so the same documents may go in other envelopes: the one at fault is found that way.
        words = coded(receipt.reason, receipt.detail or outcome.meaning)
        reasons = [one.as_it_came for one in receipt.errors] or [words]
        verdicts.refuse_whole(delivery, envelope, reasons, found)
    elif outcome.name in _PERSON:
        detail = f"{receipt.detail or outcome.meaning} {outcome.remedy}"
        settle(Step("detenido", detail), estado="detenido", detalle=detail, siguiente=0.0)
    elif outcome.ask_first or outcome.received != "no":
        settle(estado="en duda", siguiente=now + max(pace.doubt, receipt.wait))
    else:
        settle(estado="por enviar", siguiente=now + pace.repetition(envelope.subidas, receipt.wait))
