"""How much of this service one caller may use."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.settings import Settings, usual
from dteplanows.settings.networks import Network, networks

MIB = 2**20

_BODIES = 4
"""Bodies of the largest size that the memory of a process has room for, where the setting does not say how much."""


class Limits(NamedTuple):
    """The limits of an installation. The usual values are those that no ERP in good order ever meets."""

    body: int = usual("megas_por_llamada") * MIB
    """Bytes of a request body, also once inflated: in base64 three quarters of them are a file."""
    memory: int = _BODIES * usual("megas_por_llamada") * MIB
    """Bytes that the bodies of all calls of a process take in its memory."""
    failures: int = usual("fallas_de_clave")
    """Wrong passwords in a row of one user from one address that bring no wait; 0 for no limit.

    Ten times as many of all users from one address.
    """
    wait_limit: int = usual("espera_maxima")
    """Seconds of the longest wait after more of them."""
    calls: int = usual("llamadas_simultaneas")
    """Calls of one user at once, in each process; 0 for no limit."""
    queue_seconds: float = 5
    """How long a call above that number waits for its turn before it is refused."""
    line_seconds: float = usual("segundos_en_fila")
    """How long a call may wait for a thread; one that waited longer is not begun."""
    regip_minutes: int = usual("oyente_minutos")
    """How long a registration of ``RegIP`` lasts."""
    regip_networks: tuple[Network, ...] = networks(usual("regip_redes"))
    """The networks in which it registers anybody."""
    prints: int = usual("impresos_en_memoria") * MIB
    """Bytes of PDF files that a process keeps for those who ask again."""
    pages: int = usual("paginas_por_minuto")
    """Pages of documents that one address may open in a minute without coming in, in each process; 0 for any number."""
    waiting_batches: int = usual("lotes_en_espera")
    """Files of bulk mode that one company may have waiting; 0 for any number."""


USUAL = Limits()
"""The limits of an installation that sets none."""


def limits_of(settings: Settings) -> Limits:
    """The limits that *settings* give."""
    return Limits(
        body=settings.megas_por_llamada * MIB,
        memory=(settings.megas_en_memoria or _BODIES * settings.megas_por_llamada) * MIB,
        failures=settings.fallas_de_clave,
        wait_limit=settings.espera_maxima,
        calls=settings.llamadas_simultaneas,
        line_seconds=settings.segundos_en_fila,
        regip_minutes=settings.oyente_minutos,
        regip_networks=networks(settings.regip_redes),
        prints=settings.impresos_en_memoria * MIB,
        pages=settings.paginas_por_minuto,
        waiting_batches=settings.lotes_en_espera,
    )
