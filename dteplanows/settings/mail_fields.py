"""The settings of the mail: the mailbox that is read, the server that sends, and the notices."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dteplanows.settings.sources import Sources

_SERVER = r"^[A-Za-z0-9._:-]*$"


class MailSettings(Sources):
    """What fetches the SII's mail and sends notices."""

    correo_imap_servidor: str = Field(
        default="",
        pattern=_SERVER,
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
        default="INBOX", pattern=r"^[ !#-\[\]-~]+$", description="la carpeta del buzón que se lee"
    )
    correo_imap_minutos: int = Field(default=5, ge=1, le=1440, description="los minutos entre dos lecturas del buzón")
    correo_imap_por_vez: int = Field(
        default=50, ge=1, le=1000, description="los correos del SII que se leen como máximo en cada lectura"
    )
    correo_imap_marcar: bool = Field(
        default=False, description="si los correos del SII quedan marcados como leídos; nunca se borra ninguno"
    )
    correo_smtp_servidor: str = Field(
        default="",
        pattern=_SERVER,
        description="el servidor SMTP por el que salen los avisos y los documentos; vacío: no sale ninguno",
    )
    correo_smtp_puerto: int = Field(default=587, ge=1, le=65535, description="su puerto")
    correo_smtp_seguridad: Literal["starttls", "tls", "ninguna"] = Field(
        default="starttls",
        description="si la conexión con él pasa a ser segura con STARTTLS, lo es desde el principio, o no lo es, "
        "lo que solo vale para un servidor de este mismo equipo",
    )
    correo_smtp_usuario: str = Field(
        default="",
        description="el usuario en ese servidor, cuya clave se pone con «dteplanows correo clave smtp»; vacío: se "
        "entra sin usuario",
    )
    correo_remitente: str = Field(
        default="",
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="la dirección de correo de quien envía los avisos y los documentos, también con un nombre para los "
        "avisos, como Ventas <ventas@empresa.cl>; a ella vuelve lo que no se pudo entregar",
    )
    correo_autoridad: str = Field(
        default="",
        description="un archivo PEM con el certificado raíz de los servidores de correo propios; vacío: los del equipo",
    )
    correo_permitidos_pruebas: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@, -]*$",
        description="las direcciones a las que en pruebas se envían documentos por correo, separadas por comas; "
        "@empresa.cl son todas las de ese dominio; vacío: ninguna",
    )
    correo_documentos_intentos: int = Field(
        default=20,
        ge=1,
        le=100,
        description="las veces que se intenta enviar un documento por correo, con pausas de hasta 4 horas, si el "
        "servidor del receptor lo pide",
    )
    correo_reenvios_dia: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="las veces que una persona puede enviar por correo un mismo documento en 24 horas",
    )
    avisos_segundos: int = Field(
        default=60, ge=1, le=3600, description="los segundos que un aviso por correo espera a otros para ir en el mismo"
    )
    avisos_intentos: int = Field(
        default=12, ge=1, le=100, description="las veces que se intenta entregar un aviso antes de darlo por perdido"
    )
