"""The settings of the delivery to the SII: each with its usual value, its bounds and, in Spanish, what it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dteplanows.settings.sources import Sources

_ADDRESS = r"^https?://[A-Za-z0-9._\[\]:-]+/?$"
"""A server without a path."""


class DeliverySettings(Sources):
    """One field each."""

    sii_pruebas: Literal["simulador", "maullin"] = Field(
        default="simulador",
        description="a dónde va lo del ambiente de pruebas: al simulador del SII, o a la certificación del SII",
    )
    sii_simulador: str = Field(
        default="http://127.0.0.1:8181", pattern=_ADDRESS, description="la dirección del simulador del SII"
    )
    simulador_automatico: bool = Field(
        default=True,
        description="si el servicio pone en marcha el simulador del SII en este equipo cuando lo de pruebas va a él",
    )
    sii_boletas_pruebas: Literal["dteupload", "rest"] = Field(
        default="dteupload",
        description="por dónde van las boletas a la certificación del SII: como las facturas, o por el servicio de "
        "boletas; a producción van siempre por el servicio de boletas",
    )
    sii_maullin: str = Field(
        default="https://maullin.sii.cl",
        pattern=_ADDRESS,
        description="la dirección de los servicios de certificación del SII",
    )
    sii_apicert: str = Field(
        default="https://apicert.sii.cl",
        pattern=_ADDRESS,
        description="la dirección del servicio de boletas en certificación, para preguntar",
    )
    sii_pangal: str = Field(
        default="https://pangal.sii.cl",
        pattern=_ADDRESS,
        description="la dirección del servicio de boletas en certificación, para enviar",
    )
    sii_palena: str = Field(
        default="https://palena.sii.cl",
        pattern=_ADDRESS,
        description="la dirección de los servicios de producción del SII",
    )
    sii_api: str = Field(
        default="https://api.sii.cl",
        pattern=_ADDRESS,
        description="la dirección del servicio de boletas en producción, para preguntar",
    )
    sii_rahue: str = Field(
        default="https://rahue.sii.cl",
        pattern=_ADDRESS,
        description="la dirección del servicio de boletas en producción, para enviar",
    )
    sii_enviar: bool = Field(
        default=True, description="si lo que se emite se envía al SII; en pruebas, al simulador salvo otro ajuste"
    )
    sii_espera_facturas: float = Field(
        default=3,
        ge=0,
        le=86400,
        description="los segundos que un documento espera a otros para viajar en el mismo envío; no las boletas",
    )
    sii_espera_boletas: float = Field(
        default=1, ge=0, le=3600, description="los segundos que una boleta espera a otras para viajar en el mismo envío"
    )
    sii_dias_conversacion: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="los días que se guarda cada pregunta al SII y su respuesta; 0 es para siempre",
    )
    sii_hora_conciliar: str = Field(
        default="04:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="la hora de Chile a la que cada día se le pregunta otra vez al SII por lo que no tiene su última "
        "palabra y por los primeros folios libres, como 04:00; vacía: no se hace",
    )
    sii_segundos_conexion: int = Field(
        default=10, ge=1, le=300, description="los segundos que se espera para conectar con el SII"
    )
    sii_segundos_respuesta: int = Field(
        default=90, ge=1, le=3600, description="los segundos que se espera una respuesta del SII"
    )
