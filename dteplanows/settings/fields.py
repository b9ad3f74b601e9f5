"""Every setting: its name, its usual value, its bounds and, in Spanish, what it is."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from dteplanows.settings.file import SECRETS
from dteplanows.settings.service_fields import ServiceSettings

PREFIX = "DTEPLANOWS_"
"""What the name of a setting begins with in the environment."""

_ADDRESS = r"^https?://[A-Za-z0-9._\[\]:-]+/?$"
"""A server without a path."""


class Settings(ServiceSettings):
    """Every setting: one field, with its usual value, its bounds and, in Spanish, what it is.

    :func:`~dteplanows.settings.meanings.meaning` makes of them what the manual and the refusals of wrong values say.
    Whoever uses settings reads them here, off the object that is handed on whole; a value of several settings is made
    by one function beside its type, as ``limits_of`` is.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    sii_pruebas: Literal["simulador", "maullin"] = Field(
        default="simulador",
        description="a dónde va lo del ambiente de pruebas: al simulador del SII, o a la certificación del SII",
    )
    sii_simulador: str = Field(
        default="http://127.0.0.1:8181", pattern=_ADDRESS, description="la dirección del simulador del SII"
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
    sii_segundos_conexion: int = Field(
        default=10, ge=1, le=300, description="los segundos que se espera para conectar con el SII"
    )
    sii_segundos_respuesta: int = Field(
        default=90, ge=1, le=3600, description="los segundos que se espera una respuesta del SII"
    )
    correo_imap_servidor: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._:-]*$",
        description="el servidor IMAP del buzón al que el SII manda los resultados de los envíos; vacío: no se lee "
        "ninguno",
    )
    correo_imap_puerto: int = Field(default=993, ge=1, le=65535, description="su puerto")
    correo_imap_seguridad: Literal["tls", "starttls"] = Field(
        default="tls",
        description="si la conexión con el buzón es segura desde el principio, o pasa a serlo con STARTTLS",
    )
    correo_imap_usuario: str = Field(
        default="", description="el usuario del buzón; su clave se pone con «dteplanows correo clave imap»"
    )
    correo_imap_carpeta: str = Field(
        default="INBOX", pattern=r'^[ !#-\[\]-~]+$', description="la carpeta del buzón que se lee"
    )
    correo_imap_minutos: int = Field(default=5, ge=1, le=1440, description="los minutos entre dos lecturas del buzón")
    correo_imap_por_vez: int = Field(
        default=50, ge=1, le=1000, description="los correos del SII que se leen como máximo en cada lectura"
    )
    correo_imap_marcar_leidos: bool = Field(
        default=False, description="si los correos del SII quedan marcados como leídos; nunca se borra ninguno"
    )
    correo_autoridad: str = Field(
        default="",
        description="un archivo PEM con el certificado raíz de los servidores de correo propios; vacío: los del equipo",
    )
    metricas_clave: str = Field(
        default="",
        repr=False,
        description="la clave con que otro equipo puede leer /metrics (Authorization: Bearer CLAVE); vacía: solo este "
        "equipo",
    )
    respaldo_carpeta: str = Field(
        default="",
        description="la carpeta en que se guardan los respaldos programados, mejor en otro disco; vacía: no se hacen",
    )
    respaldo_horas: int = Field(default=24, ge=1, le=8760, description="las horas entre dos respaldos programados")
    respaldo_copias: int = Field(
        default=7,
        ge=1,
        le=1000,
        description="los respaldos programados que se conservan; los más antiguos se borran",
    )

    def shown(self) -> dict[str, str]:
        """Every setting as text, by name; of a secret only whether it is set."""
        values = {name: str(getattr(self, name)) for name in type(self).model_fields}
        return values | {name: "(puesta)" for name in SECRETS if values[name]}

    @classmethod
    def usual(cls) -> dict[str, str]:
        """What :meth:`shown` gives where nothing is set."""
        return {name: str(usual(name)) for name in cls.model_fields}


def usual(name: str) -> Any:
    """The value of the setting *name* where nobody has set it."""
    return Settings.model_fields[name].get_default(call_default_factory=True)
