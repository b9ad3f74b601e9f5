"""The company that issues: what the account knows of it and a customer's file may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dteplanows.document.phrases import phrase

Ambiente = Literal["pruebas", "produccion"]

Reparos = Literal["detener", "avisar"]
"""What becomes of a document that the SII would accept with a remark: it is refused, or issued with an aviso."""

REPAROS_BY_DEFAULT: Reparos = "avisar"
"""A remark must not keep a company from selling, and trials are not stricter than life: both environments say it."""

AVISOS_BY_DEFAULT: Mapping[Ambiente, bool] = {"pruebas": True, "produccion": False}
"""Whether the answers to a user carry avisos, unless the user says so itself: tests are the time to learn from them."""


PatenteDesconocida = Literal["avisar", "escribir"]
"""What becomes of a document that goes with goods and brings no plate: only an aviso, or a sentence in it as well."""


PreciosConImpuestos = Literal["rechazar", "convertir"]
"""What becomes of a document whose prices include the IVA and additional taxes: it is refused, as the form has it, or
issued with net prices and the same total."""


Dots = Literal[180, 203, 300, 600]
"""Dots per inch of a printer."""

Paper = Literal["80", "58", "carta"]
"""What is printed on: the width of a roll in millimetres, or a sheet of letter size."""

TimbreSinAcentos = Literal["si", "no"]
"""Whether the names in the stamp (RSR, IT1) are written without accents: tools that lose bytes above 127 of a barcode
were reported from certifications, and by one practitioner alone."""


@dataclass(frozen=True, slots=True)
class Company:
    """Issuer of documents in one environment."""

    rut: str
    ambiente: Ambiente
    razon_social: str
    giro: str
    actecos: tuple[str, ...]
    """Economic activities registered at the SII, six digits each; one to four."""
    direccion: str
    comuna: str
    ciudad: str = ""
    sucursal: str = ""
    codigo_sii_sucursal: str = ""
    telefono: str = ""
    correo: str = ""
    tolerante: bool = False
    """A contradiction in the arithmetic is an aviso and not an error; what the lines add up to is issued."""
    reparos: Reparos | Literal[""] = ""
    """Empty for the default."""
    numero_resolucion: int = 0
    """Of the SII's resolution that authorizes the company to issue; 0 in certification."""
    fecha_resolucion: date | None = None
    """Of the same resolution; None while the company has not said it."""
    unidad_sii: str = ""
    """Office of the SII that the company's main address belongs to, e.g. ``SANTIAGO CENTRO``."""
    patente_desconocida: PatenteDesconocida = "avisar"
    """Whether a document without the plate that Resolución Exenta SII 154 asks for says that it is not known."""
    transporte_courier: str = ""
    """Courier that carries the goods of documents without plate: its name, ``S`` to write only that it is one."""
    traslado_prolongado: str = ""
    """Why a transfer takes more than a day, for documents that arrive later than they leave and do not say it."""
    precios_con_impuestos: PreciosConImpuestos = "rechazar"
    """Whether shelf prices that include the IVA and additional taxes are written net."""
    minutos_repetido: int = 0
    """Minutes in which a file that comes again gets its first answer though that was delivered; 0 issues it again."""
    timbre_sin_acentos: TimbreSinAcentos | Literal[""] = ""
    """Empty for the default, :meth:`stamps_in_ascii`."""
    rollo: Paper = "80"
    """What boletas are printed on."""
    puntos_ticket: Dots = 203
    """Dots per inch of the printer of tickets."""
    puntos_carta: Dots = 300
    """Dots per inch of the printer of letters; the grid of 300 is in those of 600 and 1200 too."""
    boleta_sin_timbre: bool = False
    """Printed boletas have no barcode, which is optional since 2026-01-01."""

    def stamps_in_ascii(self, certifying: bool) -> bool:
        """Whether the stamp's names have no accents: the company's own word, else yes while it is certified.

        :param certifying: what is in ``pruebas`` goes to the SII's certification.
        """
        if self.timbre_sin_acentos:
            return self.timbre_sin_acentos == "si"
        return certifying and self.ambiente == "pruebas"

    @property
    def falta_de_resolucion(self) -> str:
        """Which facts of the resolution are missing, in words; empty when both are there.

        In production it has a number, which certification gives as 0, and each printed document names it.
        """
        parts = (
            ("company.resolution_number", self.numero_resolucion), ("company.resolution_date", self.fecha_resolucion),
        )  # fmt: skip
        return " y ".join(phrase(key) for key, value in parts if not value)

    @property
    def handling_of_reparos(self) -> Reparos:
        """The setting in force: the company's own, or the default."""
        return self.reparos or REPAROS_BY_DEFAULT
