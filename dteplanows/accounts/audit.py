"""The audit in words: what an event changed, name by name, and an event as a row of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dteplanows.ledger.rows import StoredEvent

FIELDS = ("momento", "quien", "desde", "tipo", "rut", "ambiente", "detalle", "antes", "despues")
"""What :func:`event_row` gives, in order."""

_WORDS: Mapping[object, str] = {None: "usual", "": "(vacío)", True: "sí", False: "no", "True": "sí", "False": "no"}


_KINDS: Mapping[str, str] = {
    "exportacion_pedida": "exportación pedida", "exportacion_eliminada": "exportación eliminada",
    "guia_anulada": "guía anulada", "recibido_eliminado": "recibido eliminado",
}  # fmt: skip
"""Kinds of event whose name in the ledger is not how people write it."""


class Change(NamedTuple):
    """One thing that an event changed."""

    name: str
    before: str
    """Empty where nothing was there."""
    after: str
    """Empty where nothing is there any more."""


def kind_of(tipo: str) -> str:
    """The kind of an event as people write it.

    :param tipo: as the ledger has it.
    """
    return _KINDS.get(tipo, tipo)


def tipo_of(kind: str) -> str:
    """The kind as the ledger has it, of one as people write it."""
    return next((tipo for tipo, name in _KINDS.items() if name == kind), kind)


def changes_of(one: StoredEvent) -> list[Change]:
    """What *one* changed; of what is new only what it says."""
    names = dict.fromkeys((*one.antes, *one.despues))
    return [
        Change(name.replace("_", " "), _told(one.antes, name), _told(one.despues, name))
        for name in names
        if one.antes or one.despues[name] not in (None, "", False)
    ]


def event_row(one: StoredEvent) -> dict[str, str]:
    """*one* as CSV names its facts."""
    changes = changes_of(one)
    before = ", ".join(f"{name}: {told}" for name, told, _ in changes if told)
    after = ", ".join(f"{name}: {told}" for name, _, told in changes if told)
    moment = f"{one.momento:%Y-%m-%d %H:%M:%S}"
    facts = (moment, one.quien, one.desde, kind_of(one.tipo), one.rut_emisor, one.ambiente, one.detalle, before, after)
    return dict(zip(FIELDS, facts, strict=True))


def _told(facts: Mapping[str, Any], name: str) -> str:
    if name not in facts:
        return ""
    value = facts[name]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _WORDS.get(value, str(value)) if value is None or isinstance(value, str | bool) else str(value)
