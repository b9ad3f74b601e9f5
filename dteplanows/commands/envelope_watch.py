"""``--seguir`` of ``envios``: goes on until the SII has said its last word, or a person must act."""

from __future__ import annotations

import time

from rich.console import Console

from dteplanows.commands.progress import Shown
from dteplanows.commands.watching import LOOK, Watch
from dteplanows.ledger.delivery_states import BY_HAND, FINAL, STATES
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import TERM, WantedEnvelopes
from dteplanows.ledger.store import Ledger

NO_WORKER = (
    "Ningún trabajador envía al SII en este equipo, y nada avanzará hasta que haya uno: inicie el servicio (dteplanows "
    "serve, con el ajuste sii_enviar en true) o la orden dteplanows worker. Se sigue esperando; Ctrl-C para dejarlo."
)

_MOVING = tuple(one for one in STATES if one not in (*FINAL, "detenido"))
"""States that pass without a person."""


def follow_all(out: Console, ledger: Ledger, wanted: WantedEnvelopes) -> None:
    """Show the progress until no document of the wanted companies is on its way any more."""
    watch, most = _watch(ledger), 0
    with Shown(out, "Entrega al SII") as shown:
        while True:
            moving = moving_documents(ledger, wanted)
            left = sum(moving.values())
            most = max(most, left)
            named = ", ".join(f"{count} {estado}" for estado, count in moving.items())
            shown.at(most - left, most, f"Entrega al SII ({named or 'nada en camino'})")
            if not left:
                return
            if told := watch.look(most - left):
                shown.say(told)
            time.sleep(LOOK)


def follow_one(out: Console, ledger: Ledger, envelope: StoredEnvelope) -> StoredEnvelope:
    """The same of one envelope; as it is at the end."""
    watch, one = _watch(ledger), envelope
    with Shown(out, _described(one)) as shown:
        while True:
            standing = ledger.deliveries.of_envelope(one.id)
            done = one.documentos - sum(document.estado in _MOVING for document in standing)
            shown.at(done, one.documentos, _described(one))
            if not one.siguiente and one.estado != "enviando":
                return one
            if told := watch.look(done + one.preguntas + one.subidas):
                shown.say(told)
            time.sleep(LOOK)
            one = ledger.envelopes.find(one.id) or one


def moving_documents(ledger: Ledger, wanted: WantedEnvelopes) -> dict[str, int]:
    """How many documents of the wanted companies are in each state that passes without a person."""
    found = dict.fromkeys(_MOVING, 0)
    for owner, counts in ledger.undelivered.counts().items():
        if wanted.ambiente in ("", owner.ambiente) and wanted.rut_emisor in ("", owner.rut):
            for estado in _MOVING:
                found[estado] += counts.get(estado, 0)
    # What a person uploads moves when the person does.
    by_hand = wanted._replace(situacion=BY_HAND)
    found["en sobre"] -= sum(one.documentos for one in ledger.envelopes.found(by_hand))
    return {estado: count for estado, count in found.items() if count > 0}


def _described(one: StoredEnvelope) -> str:
    track = f", TRACKID {one.track_id}" if one.track_id else ""
    state = f", el SII dice {one.estado_sii}" if one.estado_sii else ""
    return f"Envío {one.id}, {one.situacion}{track}{state}"


def _watch(ledger: Ledger) -> Watch:
    return Watch(ledger.directory, "entrega", NO_WORKER, silence=TERM)
