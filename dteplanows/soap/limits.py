"""How much of this service one caller may use."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.settings import Settings

MIB = 2**20


class Limits(NamedTuple):
    """The limits of an installation. The usual values are those that no ERP in good order ever meets."""

    body: int = 32 * MIB
    """Bytes of a request body, also once inflated: 32 MiB are a file of 24 MB in base64."""
    memory: int = 4 * 32 * MIB
    """Bytes that the bodies of all calls of a process take in its memory."""
    failures: int = 10
    """Wrong passwords in a row of one user from one address that bring no wait; 0 for no limit.

    Ten times as many of all users from one address.
    """
    wait_limit: int = 300
    """Seconds of the longest wait after more of them."""
    calls: int = 16
    """Calls of one user at once, in each process; 0 for no limit."""
    queue_seconds: float = 5
    """How long a call above that number waits for its turn before it is refused."""
    line_seconds: float = 30
    """How long a call may wait for a thread; one that waited longer is not begun."""
    regip_minutes: int = 1440
    """How long a registration of ``RegIP`` lasts."""
    prints: int = 16 * MIB
    """Bytes of PDF files that a process keeps for those who ask again."""
    waiting_batches: int = 200
    """Files of bulk mode that one company may have waiting; 0 for any number."""


USUAL = Limits()
"""The limits of an installation that sets none."""


def limits_of(settings: Settings) -> Limits:
    """The limits that *settings* give."""
    return Limits(
        body=settings.megas_por_llamada * MIB,
        memory=(settings.megas_en_memoria or 4 * settings.megas_por_llamada) * MIB,
        failures=settings.fallas_de_clave,
        wait_limit=settings.espera_maxima,
        calls=settings.llamadas_simultaneas,
        line_seconds=settings.segundos_en_fila,
        regip_minutes=settings.oyente_minutos,
        prints=settings.impresos_en_memoria * MIB,
        waiting_batches=settings.lotes_en_espera,
    )
