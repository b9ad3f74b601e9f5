"""What became of an envelope that arrived: its state is asked until it is final, and what it says is written down."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dteplanows.ledger.deliveries import PART, Standing, Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.delivery import noted, results, verdicts
from dteplanows.sii.delivery.context import Delivery, sent
from dteplanows.sii.envelope_state import Counts, EnvelopeState, Judged
from dteplanows.sii.reasons import coded

_ON_ITS_WAY = Step("recibido")
_UNKNOWN = {"pregunta_rechazada": 12, "no_existe": 12, "aun_no": 40}
"""So many questions are answered thus until the number is taken for one that the SII does not know, with the waits
between them a quarter of an hour; and hours where it may only be slow."""


def follow(delivery: Delivery, envelope: StoredEnvelope, certificate: Certificate) -> None:
    """Ask for the state of *envelope*, which this worker has taken, once."""
    state = delivery.sii.envelope_state(sent(envelope), certificate)
    is_doubtful = (
        state.outcome.name == "respondido" and state.phase == "procesado" and noted.is_noted(delivery.ledger, envelope)
        and not noted.is_right(delivery, envelope, state, certificate)
    )  # fmt: skip
    delivery.keep_calls(envelope)
    if is_doubtful:
        detail = f"El TRACKID {envelope.track_id} que se anotó no es de este envío: se pregunta por sus documentos."
        _doubt(delivery, envelope, {"resultado": state.outcome.name, "detalle": detail})
    else:
        settle(delivery, envelope, state)


def settle(delivery: Delivery, envelope: StoredEnvelope, state: EnvelopeState) -> None:
    """Write down what the SII says of *envelope*."""
    found = {"resultado": state.outcome.name, "detalle": state.detail, "preguntas": envelope.preguntas + 1}
    if envelope.preguntas >= _UNKNOWN.get(state.outcome.name, math.inf):
        detail = f"El SII no conoce el TRACKID {envelope.track_id}: se pregunta por los documentos. {state.detail}"
        _doubt(delivery, envelope, {"resultado": state.outcome.name, "detalle": detail.strip()})
        return
    if state.outcome.name != "respondido":
        later = time.time() + delivery.pace.repetition(envelope.preguntas, state.wait)
        if state.outcome.name == "aun_no":
            later = time.time() + delivery.pace.question(envelope.preguntas)
        delivery.settle(envelope, **found, siguiente=later)
        return
    found |= {"estado_sii": state.state, "glosa": state.gloss}
    if state.phase == "procesado":
        finish(delivery, envelope, state.counts, state.judged, found)
    elif state.phase == "rechazado":
        _refused(delivery, envelope, state, found)
    elif state.phase == "perdido":
        delivery.settle(envelope, **{**found, "preguntas": 0}, estado="en duda",
            siguiente=time.time() + delivery.pace.doubt,
        )  # fmt: skip
    elif state.phase == "repetido":
        # Another envelope brought the same documents: the question that names it finds which.
        delivery.settle(envelope, **{**found, "preguntas": 0}, estado="por documento", siguiente=time.time())
    else:
        later = time.time() + delivery.pace.question(envelope.preguntas)
        # The steps of most questions are none: the documents are in that state already.
        delivery.settle(envelope, _ON_ITS_WAY, **found, siguiente=later)


def _doubt(delivery: Delivery, envelope: StoredEnvelope, found: dict[str, Any]) -> None:
    """The number says nothing of *envelope*: whether it arrived is asked by its documents."""
    later = time.time() + delivery.pace.doubt
    delivery.settle(envelope, **found, preguntas=0, track_id="", estado="en duda", siguiente=later)


def finish(
    delivery: Delivery,
    envelope: StoredEnvelope,
    counts: Sequence[Counts],
    judged: Sequence[Judged],
    found: dict[str, Any],
) -> None:
    """The SII is done with *envelope*: the counts say what became of how many, not EPR itself."""
    refused, remarked = sum(one.rechazados for one in counts), sum(one.reparos for one in counts)
    counted = sum(one.aceptados for one in counts) + refused + remarked
    conteo = {str(tipo): numbers for tipo, *numbers in counts}
    ledger = delivery.ledger
    if not _are_of(ledger.deliveries.of_envelope(envelope.id), counts, judged):
        detail = f"Lo que el SII dice del TRACKID {envelope.track_id} es de otro envío: se pregunta por los documentos."
        changes = {**found, "preguntas": 0, "detalle": detail, "track_id": "", "estado": "por documento"}
        delivery.settle(envelope, **changes, siguiente=time.time() + delivery.pace.doubt)
        return
    with ledger.writing(PART):
        if refused + remarked and len(judged) < refused + remarked:
            judged = results.of_mail(ledger, envelope, conteo) or judged
        rest: Step | None = None  # for refusals that are not named each is asked for: the folio may be another's
        if counted < envelope.documentos:
            pass  # they leave some out, so each is asked for
        elif refused + remarked == len({(one.tipo, one.folio) for one in judged}):
            rest = Step("aceptado")
        elif counted == remarked:
            rest = Step("aceptado con reparos", "el motivo llega en el correo del SII con el resultado")
        found["conteo"] = conteo
        verdicts.note_judged(delivery, envelope, judged)
        left = [one for one in ledger.deliveries.of_envelope(envelope.id) if not verdicts.is_settled(one)]
        doubtful = any(verdicts.is_repeated(one) for one in left)
        if rest and not doubtful:
            delivery.settle(envelope, rest, **found, estado="procesado", siguiente=0.0)
        else:
            if rest:
                ledger.deliveries.move([one.documento_id for one in left if not verdicts.is_repeated(one)], rest)
            delivery.settle(envelope, **{**found, "preguntas": 0}, estado="por documento", siguiente=time.time())
        if refused + remarked:
            _want_reasons(delivery, envelope, conteo)


def _are_of(standing: Sequence[Standing], counts: Sequence[Counts], judged: Sequence[Judged]) -> bool:
    """Whether what the SII counted and judged may be what *standing* are: it may leave some out, but name no others."""
    ours = Counter(one.tipo for one in standing)
    folios = {one.folio for one in standing}
    return all(one.informados <= ours[one.tipo] for one in counts) and all(one.folio in folios for one in judged)


def _want_reasons(delivery: Delivery, envelope: StoredEnvelope, counts: dict[str, list[int]]) -> None:
    """Take the reasons that the mail gives, and have the SII asked for it where some are missing."""
    results.note_kept(delivery.ledger, envelope, counts)
    if envelope.clase == "facturas" and results.are_missing(delivery.ledger, envelope, counts):
        delivery.ledger.mail.want(envelope.id, time.time() + delivery.pace.mail)


def _refused(delivery: Delivery, envelope: StoredEnvelope, state: EnvelopeState, found: dict[str, Any]) -> None:
    """The SII refused the envelope as a whole."""
    told = [*state.reasons, *(one for mail in results.kept(delivery.ledger, envelope) for one in mail.errors)]
    reasons = [one.as_it_came for one in told] or [coded(state.reason, state.gloss or state.state)]
    if state.state in ("RCT", "RCO"):
        detail = f"{reasons[0]} Corrija los datos de la empresa y forme el envío otra vez con «envios rehacer»."
        verdicts.stop_whole(delivery, envelope, detail, found)
    elif state.state == "RCH":
        step = Step("rechazado", reasons="\n".join(reasons))
        delivery.settle(envelope, step, **{**found, "detalle": reasons[0]}, estado="rechazado", siguiente=0.0)
    else:
        verdicts.refuse_whole(delivery, envelope, reasons, found)
