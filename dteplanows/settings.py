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
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Problem, Refused

FILE = "dteplanows.toml"
"""Name of the settings file inside the data directory."""

PREFIX = "DTEPLANOWS_"

_SECRETS = frozenset({"clave_maestra"})
"""Settings whose value no message may show."""


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
    """Every setting. The description of each says, in Spanish, which values it takes; error messages show it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    directorio: Path = Field(
        default_factory=default_directory,
        description="la carpeta de los datos: la base, los certificados, los folios y los ajustes",
    )
    clave_maestra: str = Field(
        default="",
        repr=False,
        description="la clave que protege los certificados y los CAF guardados; vacía: la guarda la misma carpeta",
    )
    carpeta_marca: Path | None = Field(
        default=None,
        description="una carpeta, mejor en otro disco que los datos y solo de esta instalación, para la marca de los "
        "últimos folios; sin este ajuste queda en la carpeta de los datos",
    )
    reloj_atrasado: int = Field(
        default=10,
        ge=0,
        le=10_000,
        description="un número entre 0 y 10000: los minutos que el reloj puede estar antes del último documento; más "
        "atrás no se emite; 0 es no mirarlo",
    )
    reloj_adelantado: int = Field(
        default=60,
        ge=0,
        le=100_000,
        description="un número entre 0 y 100000: los minutos que el reloj puede saltar hacia adelante mientras el "
        "servicio funciona; si salta más no se emite; 0 es no mirarlo",
    )
    caf_automatico: bool = Field(
        default=True,
        description="true o false: en el ambiente de pruebas, si los CAF se crean cuando hacen falta",
    )
    valor_uf: Decimal = Field(
        default=Decimal(0),
        ge=0,
        max_digits=12,
        description="el valor en pesos de una Unidad de Fomento, con punto decimal, o 0 si no se conoce: "
        "sobre 135 UF una boleta debe identificar al comprador",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="la dirección en que atiende el servicio; 0.0.0.0 para atender a toda la red",
    )
    puerto: int = Field(default=8080, ge=1, le=65535, description="un número entre 1 y 65535")
    servidor: Literal["granian", "waitress"] = Field(default="granian", description="granian o waitress")
    trabajadores: int = Field(default=2, ge=1, le=64, description="un número entre 1 y 64")
    confiar_en_proxy: bool = Field(
        default=False,
        description="true o false: si se cree lo que dice un proxy propio con X-Forwarded-For, -Proto y -Host",
    )
    megas_por_llamada: int = Field(
        default=32, ge=1, le=256, description="un número entre 1 y 256: los MiB que puede traer una llamada"
    )
    segundos_por_llamada: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="un número entre 1 y 3600: los segundos que se espera una llamada que no termina de llegar",
    )
    fallas_de_clave: int = Field(
        default=10,
        ge=0,
        le=1000,
        description="un número entre 0 y 1000: las claves erradas que se aceptan seguidas sin espera; 0 es sin límite",
    )
    espera_maxima: int = Field(
        default=300, ge=1, le=86400, description="un número entre 1 y 86400: los segundos de la espera más larga"
    )
    llamadas_simultaneas: int = Field(
        default=16,
        ge=0,
        le=1000,
        description="un número entre 0 y 1000: las llamadas a la vez de un usuario en cada proceso; 0 es sin límite",
    )
    oyente_minutos: int = Field(
        default=1440,
        ge=1,
        le=525600,
        description="un número entre 1 y 525600: los minutos que dura un registro de RegIP",
    )
    procesar_lotes: bool = Field(
        default=True,
        description="true o false: si el servicio también emite los archivos recibidos con ProcesarWSMasivo",
    )
    maximo_lote: int = Field(
        default=20_000,
        ge=1,
        le=200_000,
        description="un número entre 1 y 200000: los documentos que puede traer un archivo de ProcesarWSMasivo",
    )
    respaldo_carpeta: str = Field(
        default="",
        description="la carpeta en que se guardan los respaldos programados, mejor en otro disco; vacía: no se hacen",
    )
    respaldo_horas: int = Field(
        default=24, ge=1, le=8760, description="un número entre 1 y 8760: las horas entre dos respaldos programados"
    )
    respaldo_copias: int = Field(
        default=7,
        ge=1,
        le=1000,
        description="un número entre 1 y 1000: los respaldos programados que se conservan; los más antiguos se borran",
    )

    @property
    def autoridad_de_prueba(self) -> Path:
        """File of the key with which this directory makes its own CAFs in ``pruebas``."""
        return self.directorio / "autoridad-de-prueba.pem"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the file of the directory that those two name."""
        named = init_settings().get("directorio") or env_settings().get("directorio") or default_directory()
        return init_settings, env_settings, InitSettingsSource(settings_cls, _from_file(Path(named) / FILE))


def load(**arguments: Any) -> Settings:
    """The settings in force.

    :param arguments: settings given on the command line; None where the person gave none.
    :raises Refused: values that do not serve, all of them (CFG-001), unknown names in the file (CFG-002), a file that
        is no TOML (CFG-003) or cannot be read (CFG-004).
    """
    try:
        return Settings(**{name: value for name, value in arguments.items() if value is not None})
    except ValidationError as error:
        raise Refused(_problem(one["type"], str(one["loc"][0]), one["input"]) for one in error.errors()) from None


def _problem(kind: str, name: str, value: object) -> Problem:
    place = Place(field=name)
    if kind == "extra_forbidden":
        return problem("CFG-002", place, known=", ".join(sorted(Settings.model_fields)))
    shown = "(oculta)" if name in _SECRETS else str(value)
    variable = f"{PREFIX}{name.upper()}"
    expected = Settings.model_fields[name].description
    return problem("CFG-001", place, shown, wanted=expected, variable=variable, file=FILE)


def _from_file(path: Path) -> dict[str, Any]:
    """The settings in the file at *path*; none when there is no such file.

    :raises Refused: it cannot be read, is no TOML, or names the directory it lies in.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([problem("CFG-004", file=path, reason=_reason(error))]) from None
    except tomllib.TOMLDecodeError as error:
        raise Refused([problem("CFG-003", file=path, where=_where(error))]) from None
    if "directorio" in found:
        raise Refused([problem("CFG-005", Place(field="directorio"), file=path)])
    return found


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "no está escrito en UTF-8"
    return error.strerror or type(error).__name__


def _where(error: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"line (\d+)", str(error))
    return f"en la línea {found[1]}" if found else "al final"
