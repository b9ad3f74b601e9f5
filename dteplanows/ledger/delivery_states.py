"""The states of a document on its way to the SII, and every step from one to another.

A document is in one of these from the moment it is issued. Those that were issued before delivery existed are in none:
they are listed as «sin enviar» and leave only when a person says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

State = Literal[
    "pendiente", "en sobre", "enviado", "recibido", "aceptado", "aceptado con reparos", "rechazado", "detenido",
    "descartado",
]  # fmt: skip
"""``pendiente``: due. ``en sobre``: in a signed envelope. ``enviado``: uploaded, with a TRACKID. ``recibido``: the SII
has read it. ``detenido``: a person must act. ``descartado``: the SII does not have it, and a person said that it never
goes there. The others are the SII's last word."""

STATES: tuple[State, ...] = get_args(State)

UNSENT = "sin enviar"
"""What is told of a document that is in no state."""

ACCEPTED: tuple[State, ...] = ("aceptado", "aceptado con reparos")
WITHOUT_EFFECT: tuple[State, ...] = ("rechazado", "descartado")
"""The SII does not have it and never will: in no total, and as a note it corrects nothing."""
FINAL: tuple[State, ...] = (*ACCEPTED, *WITHOUT_EFFECT)
"""Nothing follows. Reasons of an acceptance may come later than the acceptance."""

REMARKED: tuple[State, ...] = ("aceptado con reparos", *WITHOUT_EFFECT)
"""The ends that few documents come to."""

_SENT: tuple[State, ...] = ("en sobre", "enviado", "recibido")

REPEATED = ("DTE-3-100", "DTE-3-101")
"""Codes that say that the SII has such a folio already: it is asked whose it is before anybody takes it as free."""

NOT_FREE = (*REPEATED, "DTE-3-601")
"""Codes of a refusal after which the folio cannot be used again: it is somebody's, or void at the SII."""

BEFORE: Mapping[State, tuple[State, ...]] = {
    # Out of an envelope that the SII took nothing of, to be put in another one; or a person lets it go on.
    "pendiente": (*_SENT, "detenido"),
    # Back from an upload of which the SII knows nothing after all.
    "en sobre": ("pendiente", "enviado", "recibido", "detenido"),
    "enviado": ("en sobre", "detenido"),
    "recibido": ("en sobre", "enviado", "detenido"),
    "aceptado": (*_SENT, "detenido"),
    "aceptado con reparos": (*_SENT, "detenido", "aceptado"),
    "rechazado": (*_SENT, "detenido"),
    "detenido": ("pendiente", *_SENT),
    "descartado": ("detenido",),
}
"""From which states a document comes into each. There is no other step, and none out of ``rechazado``: what is issued
again with that folio is another document. The folio of one that was discarded stays used."""

EnvelopeState = Literal[
    "por enviar", "enviando", "en duda", "enviado", "por documento", "procesado", "rechazado", "disuelto", "detenido"
]
"""``enviando``: a worker is uploading it, or died while it did. ``en duda``: it may have arrived. ``por documento``:
its documents are asked for one by one. ``disuelto``: its documents travel in other envelopes. ``detenido``: a person
must act."""

ENVELOPE_STATES: tuple[EnvelopeState, ...] = get_args(EnvelopeState)

ENVELOPE_DONE: tuple[EnvelopeState, ...] = ("procesado", "rechazado", "disuelto")
"""No worker sends it or asks about it any more."""

BY_HAND = "por subir"
"""What is told of an envelope ``por enviar`` at which no worker looks, since a person uploads it."""
