"""A design: how a company's letters look. What the SII wants of a printed document holds whatever a design says.

Every field is a key of the design's file, in the section that its name begins with (``letra_tamano`` is ``tamano`` of
``[letra]``); ``claves.tsv`` has their limits. The values here are those of the design ``clasico``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from dteplanows.printing.page import BLACK, RED, WHITE, Colour

Sheet = Literal["carta", "a4", "media-carta"]
Where = Literal["arriba", "abajo", "no"]
Pages = Literal["ultima", "todas"]

NAMES: Mapping[str, str] = MappingProxyType({
    "codigo": "Código", "descripcion": "Descripción", "cantidad": "Cantidad", "unidad": "Unidad", "precio": "Precio",
    "descuento": "Desc./Rec.", "monto": "Monto",
})  # fmt: skip
"""The columns of the lines, in the order of ``table_rows.line``, with their titles."""

PRINTED = tuple(name for name in NAMES if name != "codigo")
"""Those that the Formato DTE v2.5 marks I, to be printed where a line has them."""


@dataclass(frozen=True, slots=True)
class Design:
    """How letters look. Sizes of letters are in points."""

    nombre: str = "clasico"
    papel_tamano: Sheet = "carta"
    letra_tamano: float = 8.0
    letra_ancho: Literal["angosta", "normal"] = "angosta"
    letra_interlineado: float = 1.2
    """Of a line, as a part of the letters' size."""
    colores_recuadro: Literal["rojo", "negro"] = "rojo"
    colores_principal: str = "#000000"
    """Of names, titles and lines."""
    colores_fondo: str = "#e0e0e0"
    """Behind titles; what stands on it is black or white."""
    recuadro_letra: float = 12.0
    recuadro_ancho_mm: float = 72.0
    recuadro_linea_mm: float = 0.7
    emisor_logo: Literal["izquierda", "arriba", "no"] = "izquierda"
    emisor_logo_ancho_mm: float = 35.0
    emisor_logo_alto_mm: float = 22.0
    emisor_textos: tuple[str, ...] = ()
    emisor_segunda_direccion: str = ""
    emisor_sucursales: tuple[str, ...] = ()
    detalle_columnas: tuple[str, ...] = tuple(NAMES)
    detalle_anchos_mm: Mapping[str, float] = field(default_factory=dict)
    """How wide a column may be at most; ``descripcion`` takes what the others leave."""
    detalle_titulos: Mapping[str, str] = field(default_factory=dict)
    detalle_estilo: Literal["simple", "lineas", "franjas"] = "simple"
    detalle_suma_y_sigue: bool = True
    totales_en: Pages = "ultima"
    timbre_en: Pages = "ultima"
    observaciones_lugar: Literal["arriba", "abajo"] = "abajo"
    observaciones_titulo: str = "Observaciones"
    adicionales_lugar: Where = "abajo"
    adicionales_titulo: str = "Datos adicionales"
    adicionales_nombres: Mapping[str, str] = field(default_factory=dict)
    """What is printed for the name of a datum: A1, ``Orden interna``."""
    pago_titulo: str = "Datos para el pago"
    pago_banco: str = ""
    pago_tipo_de_cuenta: str = ""
    pago_numero_de_cuenta: str = ""
    pago_titular: str = ""
    pago_rut: str = ""
    pago_correo: str = ""
    pago_texto: str = ""
    pago_enlace: str = ""
    """Address of a page where the document can be paid."""
    pago_qr: bool = False
    """The same, or without it the data of the account, as a QR code."""
    pie_textos: tuple[str, ...] = ()
    pie_numero_de_pagina: bool = True

    @property
    def box(self) -> Colour:
        """Colour of the box with RUT, name and folio."""
        return RED if self.colores_recuadro == "rojo" else BLACK

    @property
    def main(self) -> Colour:
        """Colour of names, titles and lines."""
        return colour_of(self.colores_principal)

    @property
    def shade(self) -> Colour:
        """Colour behind titles."""
        return colour_of(self.colores_fondo)

    @property
    def on_shade(self) -> Colour:
        """Colour of what stands on it: the main one where it can be read there, else black or white."""
        if contrast(self.main, self.shade) >= READABLE:
            return self.main
        return max((BLACK, WHITE), key=lambda one: contrast(one, self.shade))


READABLE = 4.5
"""Least contrast of texts (WCAG 2.2, 1.4.3); a copy of a copy is read by people too."""


def colour_of(written: str) -> Colour:
    """The colour that is written as ``#1f3a5f``."""
    red, green, blue = (int(written[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
