"""From when and how long a CAF may be used.

Res. Ex. SII 58 of 2017: folios of documents that give crédito fiscal lapse six months after the authorization; those of
other types do not. The SII compares the moment of signing (rejection CAF-3-517), which must not lie before the
authorization either (TED-1-646, observed).
"""

from __future__ import annotations

from datetime import date, timedelta

LAPSING = frozenset({33, 43, 46, 56, 61})
"""Document types whose CAF lapses."""

MAXIMUM_DAYS = 180
"""Days after the authorization on which a CAF of those types may still be used: never more than six calendar months."""


def last_day(tipo: int, fecha_autorizacion: date) -> date | None:
    """The last day on which a CAF of *tipo* that was authorized on *fecha_autorizacion* may be used; None for ever."""
    return fecha_autorizacion + timedelta(days=MAXIMUM_DAYS) if tipo in LAPSING else None


def expired(tipo: int, fecha_autorizacion: date, today: date) -> bool:
    """Whether a CAF of *tipo* that was authorized on *fecha_autorizacion* may no longer be used on *today*."""
    last = last_day(tipo, fecha_autorizacion)
    return last is not None and today > last


def in_force(tipo: int, fecha_autorizacion: date, today: date) -> bool:
    """Whether a CAF of *tipo* that was authorized on *fecha_autorizacion* may be used on *today*."""
    return fecha_autorizacion <= today and not expired(tipo, fecha_autorizacion, today)
