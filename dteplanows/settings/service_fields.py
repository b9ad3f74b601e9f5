"""The settings of the service itself: each with its usual value, its bounds and, in Spanish, what it is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from dteplanows.document import rut
from dteplanows.document.limits import LARGE_UF
from dteplanows.settings.networks import networks
from dteplanows.settings.sources import Sources, default_directory


class ServiceSettings(Sources):
    """One field each."""

    directorio: Path = Field(
        default_factory=default_directory,
        validate_default=True,
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
    imprimir_qr: bool = Field(
        default=False,
        description="si los documentos impresos llevan un código QR con la dirección de su página para el receptor; "
        "necesita url_publica",
    )
    enlaces_dias: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="los días que vale un enlace a un documento, contados desde que se entrega; los que ya se "
        "entregaron y los del código QR cuentan desde la emisión; 0: no vencen",
    )
    paginas_por_minuto: int = Field(
        default=120,
        ge=0,
        le=100_000,
        description="las páginas de documentos que una misma dirección puede abrir sin clave en un minuto, en cada "
        "proceso; 0 es sin límite",
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
    regip_redes: str = Field(
        default="",
        description="las redes en que RegIP registra la dirección de quien llama, para imprimir ahí; por ejemplo "
        "192.168.0.0/16 10.0.0.0/8; vacío: ninguna",
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
    portal_minutos: int = Field(
        default=60,
        ge=5,
        le=1440,
        description="los minutos sin uso tras los cuales una sesión del portal termina",
    )
    portal_horas: int = Field(
        default=12, ge=1, le=720, description="las horas que dura una sesión del portal, aunque se la use"
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

    @field_validator("regip_redes")
    @classmethod
    def _of_networks(cls, text: str) -> str:
        """:raises ValueError: one of them is no network."""
        networks(text)
        return text

    @field_validator("imprimir_qr")
    @classmethod
    def _with_an_address(cls, printed: bool, facts: ValidationInfo) -> bool:
        """Nobody could reach what is printed without it."""
        if printed and not facts.data.get("url_publica"):
            raise ValueError
        return printed

    @field_validator("url_publica")
    @classmethod
    def _without_path_of_service(cls, text: str) -> str:
        """The address is that above the service: what it gives out has other paths too."""
        if text.lower().rstrip("/").endswith(".asmx"):
            raise ValueError
        return text

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

    exportaciones_dias: int = Field(
        default=7,
        ge=1,
        le=365,
        description="los días que se conserva un archivo que alguien pidió en la página Exportaciones del portal",
    )
    exportaciones_megas: int = Field(
        default=10_240,
        ge=10,
        le=10_000_000,
        description="los MiB que ocupan a lo más esos archivos en la carpeta de los datos; se borran los más antiguos",
    )

    @field_validator("directorio")
    @classmethod
    def _from_the_root(cls, directory: Path) -> Path:
        """What is given is meant from where the program was started; Flask reads paths from a folder of its own."""
        return directory.absolute()

    @field_validator("empresa")
    @classmethod
    def _rut(cls, value: str) -> str:
        return rut.parse(value) if value.strip() else ""

    @property
    def autoridad_de_prueba(self) -> Path:
        """File of the key with which this directory makes its own CAFs in ``pruebas``."""
        return self.directorio / "autoridad-de-prueba.pem"
