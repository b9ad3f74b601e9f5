"""What a person decides about envelopes. Each decision is an event."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.deliveries import PART, Group, Standing, Step
from dteplanows.ledger.delivery_states import ENVELOPE_DONE, FINAL, State
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.delivery import forming, noted
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.upload import track_of

_TOOK_NOTHING = ("RCT", "RCO", "RSC", "RFR")
"""States of an envelope of which the SII registered no document."""
_SEE = "Vea cómo quedó cada documento con «envios ver {}»; lo que el SII rechazó se corrige y se emite de nuevo."


class _Decision(NamedTuple):
    """What a person decided about an envelope."""

    what: str
    """As the events name it."""
    changes: dict[str, Any]
    """By column of ``envio``."""
    moved: Sequence[tuple[Standing, State]] = ()
    """Documents that come into a state with the reasons that they have."""
    steps: Sequence[Step] = ()
    """What all its documents do."""


# --- an envelope ------------------------------------------------------------------------------------------------


def retry(ledger: Ledger, envelope: StoredEnvelope) -> StoredEnvelope:
    """Let the work on *envelope* go on now, with the same bytes; where an upload had begun the SII is asked first.

    :raises Refused: it is at its end or waits for a person to upload it (SII-020), or a worker has it (SII-021).
    """
    now: dict[str, Any] = {"siguiente": time.time()}
    if envelope.por_subir:
        raise _refused(
            "reintentar", envelope, "espera que alguien lo suba al SII",
            f"Si ya se subió, anote el número que dio el SII con «envios subido {envelope.id} --track NÚMERO»; si "
            f"nadie lo subió, fórmelo de nuevo con «envios rehacer {envelope.id}».",
        )  # fmt: skip
    stopped = [one for one in ledger.deliveries.of_envelope(envelope.id) if one.estado == "detenido"]
    if is_refused_whole(envelope):
        raise _refused(
            "reintentar", envelope, f"el SII rechazó entero ese mismo archivo ({envelope.estado_sii})",
            f"Remediada la causa, fórmelo de nuevo con «envios rehacer {envelope.id}».",
        )  # fmt: skip
    if envelope.estado == "detenido":
        estado, state = _after_stop(envelope)
        moved = [(one, state) for one in stopped]
        return _change(ledger, envelope, _Decision("envío reintentado", {**now, "estado": estado}, moved))
    if envelope.estado == "procesado" and stopped:
        again: list[tuple[Standing, State]] = [(one, "recibido") for one in stopped]
        return _change(ledger, envelope, _Decision("envío reintentado", {**now, "estado": "por documento"}, again))
    if not envelope.siguiente:
        raise _refused(
            "reintentar", envelope, f"está {envelope.estado}, y nada de él espera",
            _SEE.format(envelope.id),
        )  # fmt: skip
    return _change(ledger, envelope, _Decision("envío reintentado", now))


def _after_stop(envelope: StoredEnvelope) -> tuple[str, State]:
    """Where a stopped envelope goes on, and where its documents stand then."""
    if envelope.track_id:
        return "enviado", "enviado"
    return ("en duda" if envelope.subidas else "por enviar"), "en sobre"


def remake(ledger: Ledger, envelope: StoredEnvelope, server: str) -> StoredEnvelope:
    """Dissolve *envelope*, of which the SII took nothing: its documents are due again and travel in a new one.

    :param server: where it would be sent now.
    :raises Refused: the SII may have something of it (SII-020), or a worker has it (SII-021).
    """
    if envelope.estado in ENVELOPE_DONE:
        raise _refused(
            "formar de nuevo", envelope, f"está {envelope.estado}, y nada de él espera",
            _SEE.format(envelope.id),
        )  # fmt: skip
    if not is_untaken(envelope, server):
        remedy = "Espere: un trabajador le pregunta al SII por él, y si no lo tiene manda otra vez los mismos bytes."
        if envelope.estado == "detenido":
            order = f"«envios reintentar {envelope.id}»"
            remedy = f"Siga con los mismos bytes con {order}: si el SII no los tiene, se le mandan otra vez."
        raise _refused(
            "formar de nuevo", envelope, f"está {envelope.situacion} y el SII puede tener sus documentos", remedy
        )
    changes = {"estado": "disuelto", "siguiente": 0.0, "detalle": f"formado de nuevo; {envelope.detalle}".rstrip("; ")}
    steps = [Step("pendiente", "va en un envío nuevo")]
    return _change(ledger, envelope, _Decision("envío rehecho", changes, steps=steps))


def is_refused_whole(envelope: StoredEnvelope) -> bool:
    """Whether the SII refused the very file of *envelope*: the same bytes would be refused again."""
    return envelope.estado == "detenido" and envelope.estado_sii in _TOOK_NOTHING


def server_of(settings: Settings, envelope: StoredEnvelope) -> str:
    """Where *envelope* would be sent now."""
    return addresses_of(settings).of(cast(Ambiente, envelope.ambiente), of_test_authority=envelope.de_prueba).name


def is_untaken(envelope: StoredEnvelope, server: str) -> bool:
    """Whether the SII certainly has nothing of *envelope*, as long as nobody has uploaded it by hand.

    :param server: where it would be sent now; of a trial at another one nothing counts.
    """
    if envelope.estado not in ("por enviar", "detenido"):
        return False
    if not envelope.subidas and not envelope.track_id:
        return True
    if envelope.estado != "detenido":
        return False
    outcome = OUTCOMES.get(envelope.resultado)
    unheard = not envelope.track_id and outcome is not None and outcome.received == "no" and not outcome.ask_first
    elsewhere = envelope.ambiente == "pruebas" and envelope.servidor != server
    return envelope.estado_sii in _TOOK_NOTHING or unheard or elsewhere


def note_upload(ledger: Ledger, envelope: StoredEnvelope, number: str) -> StoredEnvelope:
    """Note the TRACKID that a person got for *envelope*: it is followed from now on.

    One that a person noted before gives way to it, as long as no document of the envelope has come to its end.

    :raises Refused: the SII gave it another one, or it is at its end (SII-020), another envelope has that number
        (SII-022), or a worker has it (SII-021).
    """
    track = track_of(number)
    standing = ledger.deliveries.of_envelope(envelope.id)
    is_noted = noted.is_noted(ledger, envelope)
    is_corrected = is_noted and envelope.estado in ("enviado", "por documento", "detenido") and (
        not any(one.estado in FINAL for one in standing)
    )
    if not is_corrected and (envelope.track_id or envelope.estado not in ("por enviar", "en duda", "detenido")):
        why = f"ya tiene el TRACKID {envelope.track_id}" if envelope.track_id else f"está {envelope.estado}"
        remedy = "Revise el número del envío con la orden «envios»; el TRACKID que dio el SII mismo no se cambia."
        if is_noted:
            remedy = "No hace falta cambiarlo: el SII ya dijo qué fue de sus documentos."
        raise _refused("dar por subido", envelope, why, remedy)
    if track == envelope.track_id:
        return envelope
    other = ledger.envelopes.with_track(envelope.rut_emisor, track)
    if other:
        raise Refused([problem("SII-022", value=track, envio=other.id)])
    changes = {
        "estado": "enviado", "track_id": track, "subido": clock.now().isoformat(" "), "siguiente": time.time(),
        "subidas": max(1, envelope.subidas), "preguntas": 0, "estado_sii": "", "glosa": "", "conteo": {}, "detalle": "",
        "resultado": "",
    }  # fmt: skip
    steps = [Step("enviado", noted.words_of(track))]
    return _change(ledger, envelope, _Decision("envío subido a mano", changes, steps=steps))


def _change(ledger: Ledger, envelope: StoredEnvelope, decision: _Decision) -> StoredEnvelope:
    """Write a decision with its event."""
    with ledger.writing(PART):
        if not ledger.envelopes.change(envelope, decision.changes, decision.steps):
            raise Refused([problem("SII-021", value=str(envelope.id))])
        for one, state in decision.moved:
            ledger.deliveries.move([one.documento_id], Step(state, "por decisión de una persona", reasons=one.motivos))
        after = ledger.envelopes.find(envelope.id)
        assert after  # no envelope is ever deleted
        before = {"estado": envelope.situacion, "track_id": envelope.track_id}
        ledger.events.note(
            NewEvent(
                decision.what, f"envío {envelope.id}, de {envelope.documentos} {envelope.clase}", envelope.ambiente,
                envelope.rut_emisor, antes=before,
                despues={"estado": after.situacion, "track_id": after.track_id},
            )
        )  # fmt: skip
    return after


def _refused(order: str, envelope: StoredEnvelope, reason: str, remedy: str) -> Refused:
    return Refused([problem("SII-020", value=str(envelope.id), orden=order, reason=reason, que_hacer=remedy)])


# --- what is due ------------------------------------------------------------------------------------------------


def form_now(delivery: Delivery, group: Group, *, by_hand: bool) -> Iterator[StoredEnvelope]:
    """Make envelopes of what is due of *group* without waiting for more, one by one.

    :param by_hand: a person uploads them, and no worker ever does.
    :raises Refused: as a worker has it: no certificate (SII-010), no resolution (SII-001).
    """
    while number := forming.form_one(delivery, group, by_hand=by_hand):
        made = delivery.ledger.envelopes.find(number)
        assert made  # it was just written
        who = "para subirlo a mano" if by_hand else "para enviarlo ya"
        detail = f"envío {made.id}, de {made.documentos} {made.clase}, {who}"
        delivery.ledger.events.note(NewEvent("envío creado", detail, made.ambiente, made.rut_emisor))
        yield made
