"""The settings: one typed object from arguments, environment and file, in that order of precedence.

The environment's names are ``DTEPLANOWS_`` and the setting's name in capitals; the file is ``dteplanows.toml`` in the
data directory, so every directory has its own.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.limits import LARGE_UF
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.process import secrecy
from dteplanows.process.system_errors import in_words

FILE = "dteplanows.toml"
"""Name of the settings file inside the data directory."""

PREFIX = "DTEPLANOWS_"

SECRETS = frozenset({"base", "clave_maestra", "metricas_clave"})
"""Settings whose value no message may show."""

_ADDRESS = r"^https?://[A-Za-z0-9._\[\]:-]+/?$"
"""A server without a path."""

Origin = Literal["orden", "variable de entorno", "archivo", "usual"]
"""Where the value of a setting comes from; the last is the usual value, which nobody has set."""


def default_directory() -> Path:
    """Where the platform keeps a user's application data: on Linux ``~/.local/share/dteplanows``."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "dteplanows"


class Settings(BaseSettings):
    """Every setting: one field, with its usual value, its bounds and, in Spanish, what it is.

    :func:`meaning` makes of them what the manual and the refusals of wrong values say. Whoever uses settings reads them
    here, off the object that is handed on whole; a value of several settings is made by one function beside its type,
    as ``limits_of`` is.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    directorio: Path = Field(
        default_factory=default_directory,
        description="la carpeta de los datos: la base, los certificados, los folios y los ajustes",
    )
    base: str = Field(
        default="",
        repr=False,
        pattern=r"^(postgres(ql)?://.+)?$",
        description="la dirección de una base de PostgreSQL, como postgresql://usuario:clave@servidor:5432/dteplanows; "
        "vacía: la base es un archivo de la carpeta de los datos",
    )
    clave_maestra: str = Field(
        default="",
        repr=False,
        description="la clave que protege los certificados y los CAF guardados; vacía: la guarda la misma carpeta",
    )
    archivo_clave_maestra: Path | None = Field(
        default=None,
        description="un archivo que contiene solo la clave que protege los certificados y los CAF guardados, "
        "y que solo este usuario puede leer",
    )
    carpeta_marca: Path | None = Field(
        default=None,
        description="una carpeta, mejor en otro disco que los datos y solo de esta instalación, para la marca de los "
        "últimos folios; sin este ajuste queda en la carpeta de los datos",
    )
    empresa: str = Field(
        default="",
        description="el RUT de la empresa de que tratan las órdenes cuando hay varias, como 76123456-0; vacío: se pide",
    )
    ambiente: Literal["", "pruebas", "produccion"] = Field(
        default="",
        description="el ambiente de que tratan las órdenes cuando la empresa está en los dos; vacío: se pide",
    )
    largo_minimo_clave: int = Field(
        default=8,
        ge=1,
        le=100,
        description="los caracteres que debe tener al menos la clave de un usuario",
    )
    reloj_atrasado: int = Field(
        default=10,
        ge=0,
        le=10_000,
        description="los minutos que el reloj puede estar antes del último documento; más "
        "atrás no se emite; 0 es no mirarlo",
    )
    reloj_adelantado: int = Field(
        default=60,
        ge=0,
        le=100_000,
        description="los minutos que el reloj puede saltar hacia adelante mientras el "
        "servicio funciona; si salta más no se emite; 0 es no mirarlo",
    )
    caf_automatico: bool = Field(
        default=True,
        description="en el ambiente de pruebas, si los CAF se crean cuando hacen falta",
    )
    valor_uf: Decimal = Field(
        default=Decimal(0),
        ge=0,
        max_digits=12,
        description="el valor en pesos de una Unidad de Fomento, con punto decimal, o 0 si no se conoce: "
        f"sobre {LARGE_UF} UF una boleta debe identificar al comprador",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="la dirección en que atiende el servicio; 0.0.0.0 para atender a toda la red",
    )
    puerto: int = Field(default=8080, ge=1, le=65535, description="el puerto en que atiende")
    servidor: Literal["granian", "waitress"] = Field(default="granian", description="el servidor web")
    trabajadores: int = Field(default=2, ge=1, le=64, description="los procesos que atienden llamadas")
    confiar_en_proxy: bool = Field(
        default=False,
        description="si se cree lo que dice un proxy propio con X-Forwarded-For, -Proto, -Host y -Prefix",
    )
    url_publica: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)?$",
        description="la dirección con que se llega al servicio desde fuera, sin /WSDS/wsplano.asmx; por ejemplo "
        "https://dte.empresa.cl o https://www.empresa.cl/dte; vacía: la que usa quien llama",
    )
    tls_certificado: str = Field(
        default="",
        description="el archivo PEM del certificado con que el servicio atiende por https, con los intermedios detrás; "
        "vacío: atiende por http",
    )
    tls_clave: str = Field(
        default="", description="el archivo PEM de la clave privada de ese certificado, sin contraseña"
    )
    megas_por_llamada: int = Field(default=32, ge=1, le=256, description="los MiB que puede traer una llamada")
    impresos_en_memoria: int = Field(
        default=16,
        ge=0,
        le=1024,
        description="los MiB de documentos impresos que cada proceso guarda para no hacerlos "
        "de nuevo; 0 para no guardar",
    )
    megas_en_memoria: int = Field(
        default=0,
        ge=0,
        le=65536,
        description="los MiB de memoria que ocupan a la vez las llamadas de cada proceso; "
        "0 es cuatro veces megas_por_llamada",
    )
    segundos_por_llamada: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="los segundos que se espera una llamada que no termina de llegar",
    )
    fallas_de_clave: int = Field(
        default=10,
        ge=0,
        le=1000,
        description="las claves erradas que se aceptan seguidas sin espera; 0 es sin límite",
    )
    espera_maxima: int = Field(default=300, ge=1, le=86400, description="los segundos de la espera más larga")
    llamadas_simultaneas: int = Field(
        default=16,
        ge=0,
        le=1000,
        description="las llamadas a la vez de un usuario en cada proceso; 0 es sin límite",
    )
    oyente_minutos: int = Field(
        default=1440,
        ge=1,
        le=525600,
        description="los minutos que dura un registro de RegIP",
    )
    segundos_en_fila: int = Field(
        default=30,
        ge=1,
        le=600,
        description="los segundos que una llamada espera que la atiendan antes de que se le "
        "conteste que vuelva a intentar",
    )
    minutos_sin_entregar: int = Field(
        default=10,
        ge=0,
        le=1440,
        description="los minutos que se recuerda una respuesta que no se pudo entregar; 0 es no recordarla",
    )
    horas_lote_repetido: int = Field(
        default=24,
        ge=0,
        le=720,
        description="las horas en que el mismo archivo de ProcesarWSMasivo recibe el TrackId "
        "que ya tiene; 0 es que siempre recibe uno nuevo",
    )
    procesar_lotes: bool = Field(
        default=True,
        description="si el servicio también emite los archivos recibidos con ProcesarWSMasivo",
    )
    maximo_lote: int = Field(
        default=20_000,
        ge=1,
        le=200_000,
        description="los documentos que puede traer un archivo de ProcesarWSMasivo",
    )
    lotes_en_espera: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="los archivos de ProcesarWSMasivo que una empresa puede tener sin terminar a la vez",
    )
    lotes_rechazados_dias: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="los días que se guarda un archivo de ProcesarWSMasivo del que no se "
        "emitió nada; 0 es para siempre",
    )
    registro_dias: int = Field(default=90, ge=1, le=3650, description="los días que se guarda el registro")
    registro_megas: int = Field(default=512, ge=8, le=1_000_000, description="los MiB que puede ocupar el registro")
    registro_copia: str = Field(
        default="",
        description="stderr o la ruta de un archivo, donde se escribe también cada línea del registro; vacío: en "
        "ninguna otra parte que la carpeta registro de los datos",
    )
    registro_formato: Literal["texto", "json"] = Field(
        default="texto", description="la forma de las líneas en registro_copia"
    )
    rechazados_dias: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="los días que se guarda un archivo de Procesar que fue rechazado",
    )
    rechazados_megas: int = Field(
        default=256,
        ge=0,
        le=1_000_000,
        description="los MiB para los archivos rechazados; 0 es no guardarlos",
    )

    @field_validator("url_publica")
    @classmethod
    def _without_path_of_service(cls, text: str) -> str:
        """The address is that above the service: what it gives out has other paths too."""
        if text.lower().rstrip("/").endswith(".asmx"):
            raise ValueError
        return text

    sii_pruebas: Literal["simulador", "maullin"] = Field(
        default="simulador",
        description="a dónde va lo del ambiente de pruebas: al simulador del SII, o a la certificación del SII",
    )
    sii_simulador: str = Field(
        default="http://127.0.0.1:8081", pattern=_ADDRESS, description="la dirección del simulador del SII"
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
    sii_segundos_conexion: int = Field(
        default=10, ge=1, le=300, description="los segundos que se espera para conectar con el SII"
    )
    sii_segundos_respuesta: int = Field(
        default=90, ge=1, le=3600, description="los segundos que se espera una respuesta del SII"
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

    @field_validator("empresa")
    @classmethod
    def _rut(cls, value: str) -> str:
        return rut.parse(value) if value.strip() else ""

    @property
    def autoridad_de_prueba(self) -> Path:
        """File of the key with which this directory makes its own CAFs in ``pruebas``."""
        return self.directorio / "autoridad-de-prueba.pem"

    def shown(self) -> dict[str, str]:
        """Every setting as text, by name; of a secret only whether it is set."""
        values = {name: str(getattr(self, name)) for name in type(self).model_fields}
        return values | {name: "(puesta)" for name in SECRETS if values[name]}

    @classmethod
    def usual(cls) -> dict[str, str]:
        """What :meth:`shown` gives where nothing is set."""
        return {name: str(usual(name)) for name in cls.model_fields}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the file of the directory that those two name.

        The master key may have been in the environment and been taken out of it.
        """
        taken = {"clave_maestra": key} if (key := secrecy.taken_key()) else {}
        named = init_settings().get("directorio") or env_settings().get("directorio") or default_directory()
        file = InitSettingsSource(settings_cls, _from_file(Path(named) / FILE))
        return init_settings, env_settings, InitSettingsSource(settings_cls, taken), file


def load(**arguments: Any) -> Settings:
    """The settings in force.

    :param arguments: settings given on the command line; None where the person gave none.
    :raises Refused: values that do not serve, all of them (CFG-001), unknown names in the file (CFG-002), a file that
        is no TOML (CFG-003) or cannot be read (CFG-004); of the master key: others can read the file it is in
        (CFG-020), its own file cannot be read (CFG-021) or is empty (CFG-022), or it is given twice (CFG-023).
    """
    try:
        found = Settings(**{name: value for name, value in arguments.items() if value is not None})
    except ValidationError as error:
        raise Refused(_problem(one["type"], str(one["loc"][0]), one["input"]) for one in error.errors()) from None
    if found.archivo_clave_maestra is None:
        return found
    if found.clave_maestra:
        raise Refused([problem("CFG-023", Place(field="archivo_clave_maestra"))])
    key = _key_in(found.archivo_clave_maestra)
    return found.model_copy(update={"clave_maestra": key, "archivo_clave_maestra": None})


def origins(settings: Settings, **arguments: Any) -> dict[str, Origin]:
    """Where the value of each setting comes from, as this process sees it.

    :param arguments: settings given on the command line; None where the person gave none.
    :raises Refused: the settings file cannot be read (CFG-003, CFG-004).
    """
    environment = {name.upper() for name, value in os.environ.items() if value}
    in_file = _from_file(settings.directorio / FILE)

    def origin(name: str) -> Origin:
        if arguments.get(name) is not None:
            return "orden"
        if f"{PREFIX}{name.upper()}" in environment:
            return "variable de entorno"
        return "archivo" if name in in_file else "usual"

    return {name: origin(name) for name in Settings.model_fields}


def shown(settings: Settings, name: str) -> str:
    """The value of a setting as a person may see it."""
    value = getattr(settings, name)
    if name in SECRETS:
        return "(oculta)" if value else ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(kind: str, name: str, value: object) -> Problem:
    place = Place(field=name)
    if kind == "extra_forbidden":
        return problem("CFG-002", place, known=", ".join(sorted(Settings.model_fields)))
    shown = "(oculta)" if name in SECRETS else str(value)
    variable = f"{PREFIX}{name.upper()}"
    return problem("CFG-001", place, shown, wanted=meaning(name), variable=variable, file=FILE)


def usual(name: str) -> Any:
    """The value of the setting *name* where nobody has set it."""
    return Settings.model_fields[name].get_default(call_default_factory=True)


NUMBERS = tuple(name for name, field in Settings.model_fields.items() if field.annotation is int)
"""The settings that are whole numbers: pages of the manual name their usual value as ``|name|``."""


def meaning(name: str) -> str:
    """Which values the setting *name* takes and what it is, in Spanish: what the manual and refusals say of it."""
    field = Settings.model_fields[name]
    admitted = _admitted(field)
    return f"{admitted}: {field.description}" if admitted else field.description or ""


def _admitted(field: FieldInfo) -> str:
    """The values that *field* takes, where they can be counted or have both bounds; empty for others."""
    if field.annotation is bool:
        return "true o false"
    if get_origin(field.annotation) is Literal:
        return " o ".join(one for one in get_args(field.annotation) if one)
    lowest, highest = (_bound(field, name) for name in ("ge", "le"))
    return f"un número entre {lowest} y {highest}" if lowest is not None and highest is not None else ""


def _bound(field: FieldInfo, name: str) -> object:
    return next((getattr(one, name) for one in field.metadata if hasattr(one, name)), None)


def _from_file(path: Path) -> dict[str, Any]:
    """The settings in the file at *path*; none when there is no such file.

    :raises Refused: it cannot be read, is no TOML, names the directory it lies in, or holds the master key where others
        can read it.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([problem("CFG-004", file=path, reason=_reason(error))]) from None
    except tomllib.TOMLDecodeError as error:
        raise Refused([problem("CFG-003", file=path, where=_where(error))]) from None
    if any(name in found for name in SECRETS):
        secrecy.must_be_private(path)
    if "directorio" in found:
        raise Refused([problem("CFG-005", Place(field="directorio"), file=path)])
    return found


def _key_in(path: Path) -> str:
    """The master key in the file *path*, which holds nothing else.

    :raises Refused: it cannot be read, is empty, or others can read it.
    """
    place = Place(field="archivo_clave_maestra")
    try:
        secrecy.must_be_private(path)
        key = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([problem("CFG-021", place, str(path), reason=_reason(error))]) from None
    if not key:
        raise Refused([problem("CFG-022", place, str(path))])
    return key


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "no está escrito en UTF-8"
    return in_words(error)


def _where(error: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"line (\d+)", str(error))
    return f"en la línea {found[1]}" if found else "al final"
