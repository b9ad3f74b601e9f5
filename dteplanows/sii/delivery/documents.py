"""Documents that are asked for one by one: where the SII does not say of an envelope what became of each.

That is so when it counts refusals without naming them, when it gave no TRACKID, and when it calls a folio repeated.
"""

from __future__ import annotations

import time

from dteplanows.ledger.deliveries import PART, Standing, Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.delivery import verdicts
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.doubt import knows_envelopes
from dteplanows.sii.document_state import DocumentState, asked

_AT_ONCE = 20
"""Questions before others have their turn."""
_LONG = 12
"""Rounds of questions after which a document that the SII does not have is a person's matter."""
_OTHER_DATA = "DNK"
"""The SII has the folio with other data."""


def ask(delivery: Delivery, envelope: StoredEnvelope) -> None:
    """Ask about some documents of *envelope*, which this worker has taken."""
    certificate = delivery.certificate_of(envelope)
    if certificate is None:
        detail = f"No hay un certificado vigente de {envelope.rut_envia}, que firmó el envío. Cárguelo y reintente."
        verdicts.stop_whole(delivery, envelope, detail, {})
        return
    left = _left(delivery, envelope)
    asked_for, unheard = left[:_AT_ONCE], None
    steps: list[tuple[int, Step]] = []
    for one in asked_for:
        state = _ask(delivery, one, certificate)
        if state.outcome.name != "respondido":
            unheard = state
            break
        step = _step(envelope, one, state)
        if step:
            steps.append((one.documento_id, step))
    delivery.keep_calls(envelope)
    _settle(delivery, envelope, steps, unheard)


def ask_due(delivery: Delivery, now: float) -> bool:
    """Ask about documents that are in no envelope of this ledger, for which the moment has come; whether there were."""
    found = delivery.ledger.deliveries.to_ask(now, _AT_ONCE)
    for one in found:
        document = delivery.document(one.documento_id)
        company = delivery.ledger.companies.find(document.ambiente, document.rut_emisor)  # type: ignore[arg-type]
        certificate = delivery.certificate(company) if company else None
        later = now + delivery.pace.longest_question
        if certificate is not None:
            state = delivery.sii.document_state(asked(document), certificate)
            if state.outcome.name == "respondido" and state.received and state.state != _OTHER_DATA:
                delivery.ledger.deliveries.move([one.documento_id], Step("aceptado", f"{state.state} {state.gloss}"))
                continue
            if state.state == _OTHER_DATA:
                detail = f"El SII tiene ese folio con otros datos ({state.gloss}): averigüe qué documento es."
                delivery.ledger.deliveries.move([one.documento_id], Step("detenido", detail))
                continue
        delivery.ledger.deliveries.ask_at([one.documento_id], later)
    return bool(found)


def _left(delivery: Delivery, envelope: StoredEnvelope) -> list[Standing]:
    return [one for one in delivery.ledger.deliveries.of_envelope(envelope.id) if not verdicts.is_settled(one)]


def _ask(delivery: Delivery, one: Standing, certificate: Certificate) -> DocumentState:
    question = asked(delivery.document(one.documento_id))
    signed = knows_envelopes(delivery, question.tipo, question.ambiente, question.of_test_authority)
    if signed and verdicts.is_repeated(one):
        return delivery.sii.document_with_track(question, certificate)
    return delivery.sii.document_state(question, certificate)


def _step(envelope: StoredEnvelope, one: Standing, state: DocumentState) -> Step | None:
    """What follows for a document; None for waiting."""
    said = f"{state.state} {state.gloss}".strip()
    if state.received and state.state != _OTHER_DATA:
        by = f", por el envío {state.track_id}" if state.track_id else ""
        return Step("aceptado", f"{said}{by}")
    if verdicts.is_repeated(one) or state.state == _OTHER_DATA:
        detail = f"El SII ya tiene ese folio, y no es este documento ({said}): no lo reemplace sin averiguar cuál es."
        return Step("detenido", detail, reasons=one.motivos)
    if envelope.conteo:
        # The envelope is done and its counts speak of refusals.
        return Step("rechazado", reasons=said)
    if envelope.preguntas >= _LONG:
        return Step("detenido", f"El SII no dice tener el documento ({said}). Pregúntele antes de emitir otro.")
    return None


def _settle(
    delivery: Delivery, envelope: StoredEnvelope, steps: list[tuple[int, Step]], unheard: DocumentState | None
) -> None:
    ledger = delivery.ledger
    with ledger.writing(PART):
        for documento_id, step in steps:
            ledger.deliveries.move([documento_id], step)
        _accept_rest(delivery, envelope)
        if not (left := _left(delivery, envelope)):
            delivery.settle(envelope, estado="procesado", siguiente=0.0)
            return
        now, times = time.time(), envelope.preguntas
        if unheard:
            found = {"resultado": unheard.outcome.name, "detalle": unheard.detail}
            later = now + delivery.pace.repetition(times, unheard.wait)
            delivery.settle(envelope, **found, preguntas=times + 1, siguiente=later)
        elif steps and len(left) > 0:
            delivery.settle(envelope, siguiente=now)
        else:
            later = now + delivery.pace.question(times)
            delivery.settle(envelope, preguntas=times + 1, siguiente=later)


def _accept_rest(delivery: Delivery, envelope: StoredEnvelope) -> None:
    """Accept what is left of each type of which every refused document is known."""
    if not envelope.conteo:
        return
    standing = delivery.ledger.deliveries.of_envelope(envelope.id)
    for tipo, (informed, _, refused, remarked) in envelope.conteo.items():
        of_type = [one for one in standing if str(one.tipo) == tipo]
        known = sum(one.estado == "rechazado" for one in of_type)
        left = [one for one in of_type if not verdicts.is_settled(one) and not verdicts.is_repeated(one)]
        if informed < len(of_type) or known < refused or not left:
            continue
        seen = sum(one.estado == "aceptado con reparos" for one in of_type)
        detail = ""
        if remarked > seen:
            detail = f"de los aceptados del envío, {remarked - seen} con reparos: el correo del SII dice cuáles"
        delivery.ledger.deliveries.move([one.documento_id for one in left], Step("aceptado", detail))
