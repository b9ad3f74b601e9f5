"""Documents that are asked for one by one: where the SII does not say of an envelope what became of each.

That is so when it counts refusals without naming them, when it gave no TRACKID, and when it calls a folio repeated.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from dteplanows.ledger.deliveries import PART, Standing, Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.delivery import results, verdicts
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.doubt import knows_envelopes
from dteplanows.sii.document_state import OTHER_DATA, DocumentState, asked

_AT_ONCE = 20
"""Questions before others have their turn."""
_LONG = 12
"""Rounds of questions after which a document that the SII does not have is a person's matter."""
_DECIDE = (
    "Averigüe en el sitio del SII cuál tiene. Si es este, dígalo con «envios adoptar --ya-enviados»; si es otro, deje "
    "este con «envios descartar» y emita la venta con otro folio."
)
_BY_MAIL = "el motivo llega en el correo del SII con el resultado"


def ask(delivery: Delivery, envelope: StoredEnvelope, certificate: Certificate) -> None:
    """Ask about some documents of *envelope*, which this worker has taken."""
    left = _left(delivery, envelope)
    asked_for, unheard = left[:_AT_ONCE], None
    refusals = verdicts.refusals_left(envelope.conteo, delivery.ledger.deliveries.of_envelope(envelope.id))
    steps: list[tuple[int, Step]] = []
    for one in asked_for:
        found = _ask(delivery, one, certificate)
        if found.state.outcome.name != "respondido":
            unheard = found.state
            break
        step = _step(envelope, one, found, refusals[one.tipo] > 0)
        if step:
            steps.append((one.documento_id, step))
            refusals[one.tipo] -= step.to == "rechazado"
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
            if state.outcome.name == "respondido" and state.is_this:
                delivery.ledger.deliveries.move([one.documento_id], Step("aceptado", f"{state.state} {state.gloss}"))
                continue
            if state.state == OTHER_DATA:
                detail = f"El SII tiene ese folio con otros datos ({state.gloss}). {_DECIDE}"
                delivery.ledger.deliveries.move([one.documento_id], Step("detenido", detail, reasons=one.motivos))
                continue
        delivery.ledger.deliveries.ask_at([one.documento_id], later)
    return bool(found)


def _left(delivery: Delivery, envelope: StoredEnvelope) -> list[Standing]:
    return [one for one in delivery.ledger.deliveries.of_envelope(envelope.id) if not verdicts.is_settled(one)]


class _Found(NamedTuple):
    """What the SII said of a document."""

    state: DocumentState
    is_other: bool = False
    """It has the folio, but of another document."""
    by_signature: bool = False
    """It was asked for by its signature."""


def _ask(delivery: Delivery, one: Standing, certificate: Certificate) -> _Found:
    """Ask for a document by its signature, where that can be asked for, and then for whatever has its folio."""
    question = asked(delivery.document(one.documento_id))
    signed = knows_envelopes(delivery, question.tipo, question.ambiente, question.of_test_authority)
    if signed:
        state = delivery.sii.document_with_track(question, certificate)
        if state.outcome.name != "respondido" or state.is_this:
            return _Found(state, by_signature=True)
    state = delivery.sii.document_state(question, certificate)
    return _Found(state, bool(state.received) and (signed or state.state == OTHER_DATA), signed)


def _step(envelope: StoredEnvelope, one: Standing, found: _Found, may_be_refused: bool) -> Step | None:
    """What follows for a document; None for waiting.

    :param may_be_refused: the SII counted more refusals of its type than are known.
    """
    # Asked by its signature it would be there, whichever envelope brought it.
    may_go_again = found.by_signature and not envelope.track_id
    state = found.state
    said = f"{state.state} {state.gloss}".strip()
    if found.is_other or (verdicts.is_repeated(one) and not state.received):
        return Step("detenido", f"{_whose(found)} ({said}). {_DECIDE}", reasons=one.motivos)
    if state.received:
        by = f", por el envío {state.track_id}" if state.track_id else ""
        return Step("aceptado", f"{said}{by}")
    if may_be_refused:
        return Step("rechazado", reasons=f"{said}: {_BY_MAIL}")
    if envelope.preguntas >= _LONG and may_go_again:
        return Step("pendiente", f"El SII no lo tiene ({said}) y el envío no le llegó: va en otro.")
    if envelope.preguntas >= _LONG:
        return Step("detenido", f"El SII no dice tener el documento ({said}). Pregúntele antes de emitir otro.")
    return None


def _whose(found: _Found) -> str:
    """What the SII has in place of a document."""
    if found.state.is_this:
        return "El SII ya tiene ese folio con los mismos datos, en un documento con otra firma"
    return "El SII ya tiene ese folio, y no es este documento"


def _settle(
    delivery: Delivery, envelope: StoredEnvelope, steps: list[tuple[int, Step]], unheard: DocumentState | None
) -> None:
    ledger = delivery.ledger
    with ledger.writing(PART):
        for documento_id, step in steps:
            ledger.deliveries.move([documento_id], step)
        verdicts.accept_rest(ledger, envelope.id, envelope.conteo)
        if not (left := _left(delivery, envelope)):
            delivery.settle(envelope, estado="procesado", siguiente=0.0)
            results.note_kept(ledger, envelope, envelope.conteo)
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
