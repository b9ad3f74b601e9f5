"""How the badge of a document's state at the SII looks: the colour only repeats the word."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.ledger.delivery_states import UNSENT

_KINDS: Mapping[str, str] = {
    "aceptado": "ok", "aceptado con reparos": "warn", "rechazado": "bad", "detenido": "bad", "descartado": "plain",
    UNSENT: "plain",
}  # fmt: skip


def badge_of(standing: str) -> str:
    """The kind of badge of a state, ``sin enviar`` included; one on its way is information.

    >>> badge_of("rechazado"), badge_of("en sobre")
    ('bad', 'info')
    """
    return _KINDS.get(standing, "info")


_OF_ENVELOPES: Mapping[str, str] = {
    "procesado": "ok", "rechazado": "bad", "detenido": "bad", "disuelto": "plain", "en duda": "warn",
    "por subir": "warn",
}  # fmt: skip


def envelope_badge(situacion: str) -> str:
    """The same of the state of an envelope.

    >>> envelope_badge("detenido"), envelope_badge("enviado")
    ('bad', 'info')
    """
    return _OF_ENVELOPES.get(situacion, "info")
