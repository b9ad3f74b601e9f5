"""What is told of an envelope, and when: REC, SOK, FOK, CRT, PDR and the last state, one after the other.

Each step takes the same part of the delay. A refusal of the whole comes where its check ends the road: a fault of the
schema in place of SOK, of the signature in place of FOK, of the carátula in place of CRT.
"""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.simulator.store import Envelope

_STEPS = (
    ("REC", "Envio Recibido"),
    ("SOK", "Esquema Validado"),
    ("FOK", "Firma de Envio Validada"),
    ("CRT", "Caratula OK"),
    ("PDR", "Envio en Proceso"),
)
_LAST = {"VOF": 1, "RSC": 1, "RFR": 2, "RCT": 3, "EPR": 5}
"""In place of which step each last state comes."""
_UNKNOWN_YET = 0.5
"""Of a step: how long after the upload the service that tells states knows nothing of it."""


class Told(NamedTuple):
    """A state as it is told."""

    state: str
    """Empty where the service does not know the envelope yet (-11)."""
    gloss: str
    final: bool


def part(state: str) -> float:
    """The part of the delay after which the last state *state* is told."""
    return _LAST[state] / len(_STEPS)


def told(envelope: Envelope, now: float, delay: float) -> Told:
    """What is told of *envelope* at *now*.

    :param delay: seconds that the whole road takes.
    """
    if envelope.final is not None and now >= envelope.final:
        return Told(envelope.state or "", envelope.gloss or "", final=True)
    step = delay / len(_STEPS)
    passed = now - envelope.received
    if step and passed < step * _UNKNOWN_YET:
        return Told("", "", final=False)
    reached = int(passed / step) if step else len(_STEPS)
    last = _LAST.get(envelope.state or "", len(_STEPS))
    state, gloss = _STEPS[min(reached, last - 1)]
    return Told(state, gloss, final=False)
