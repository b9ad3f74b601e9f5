"""The top of each page of a letter: the box with RUT, name and folio, the issuer and its logo."""

from __future__ import annotations

from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.printing import labels, shown
from dteplanows.printing.design import logo
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import entries
from dteplanows.printing.page import MILLIMETRE, Box, Page, Picture, Text
from dteplanows.printing.sheet import Sheet
from dteplanows.printing.stored import Stored
from dteplanows.printing.tags import Tags

TEST_MARK = "DOCUMENTO DE PRUEBA – SIN VALIDEZ TRIBUTARIA"
PREVIEW_MARK = "VISTA PREVIA – NO ES UN DOCUMENTO"
"""Across each page of a document that is not issued."""
DESIGN_MARK = "PRUEBA DE DISEÑO – NO ES UN DOCUMENTO"
"""Across each page that only shows a design."""

_NAME = 4.0
"""Points by which the issuer's name is larger than the text."""
_APART = 14.0
"""Between issuer and box."""

_MOST = 0.5
"""Of a page's height, down to which the issuer is told of beside the box."""
_STEP = 17 / 12
"""Of a line in the box, as a part of the letters' size."""
_HIGHEST, _SMALLEST = 40 * MILLIMETRE, 10.0
"""Of the box, and of its letters (Manual de Muestras Impresas v4.0)."""


def _height(lines: list[str], size: float) -> float:
    """Height of a box with those *lines*."""
    return _STEP * size * len(lines) + size * 14 / 12


class Top:
    """Draws what stands at the top of each page; on the pages after the first a short form of it."""

    def __init__(self, stored: Stored, facts: PrintFacts, sheet: Sheet) -> None:
        self._stored = stored
        self._facts = facts
        self._sheet = sheet
        self._first = True
        self.rest: list[str] = []
        """What is said of the issuer and has no room at the top of the first page."""

    def later(self) -> float:
        """Where the text of each page after the first begins, in points."""
        top = Top(self._stored, self._facts, self._sheet)
        top._first = False
        return top(self._sheet.page(Tags()))

    def __call__(self, page: Page) -> float:
        if self._first:
            return self._draw(page)
        with page.tags.aside():
            return self._draw(page)

    def _draw(self, page: Page) -> float:
        stored, sheet = self._stored, self._sheet
        if self._facts.es_prueba_de_diseno:
            page.slanted(DESIGN_MARK)
        elif not stored.ted:
            page.slanted(PREVIEW_MARK)
        elif self._facts.ambiente == "pruebas":
            page.slanted(TEST_MARK)
        bottom = max(self._box(page), self._issuer(page))
        if not self._first:
            name = stored.root.text("Encabezado/Receptor/RznSocRecep")
            words = f"{labels.of(stored, 'Señor(es)')}: {name}"
            page.write(Text(sheet.left, bottom + 9, words, sheet.size), room=sheet.room)
            bottom += 12
        self._first = False
        return bottom + 4

    def _box(self, page: Page) -> float:
        """The box; answers where it ends."""
        sheet, design = self._sheet, self._sheet.design
        width, size = design.recuadro_ancho_mm * MILLIMETRE, design.recuadro_letra
        left = sheet.right - width
        centre = left + width / 2
        lines = self._box_lines(size, width)
        while _height(lines, size) > _HIGHEST and size > _SMALLEST:
            size -= 0.5
            lines = self._box_lines(size, width)
        step, height = _STEP * size, _height(lines, size)
        page.put(Box(left, sheet.top, width, height, design.recuadro_linea_mm * MILLIMETRE, design.box))
        with page.tags.inside("H1"):
            for at, text in enumerate(lines, 1):
                base = sheet.top + size / 4 + step * at
                words = Text(centre, base, text, size, bold=True, colour=design.box)
                page.write(words, align="centre", room=width - 10)
        bottom = sheet.top + height
        if self._facts.unidad_sii:
            bottom += 13
            unit = f"S.I.I. - {self._facts.unidad_sii}"
            page.write(Text(centre, bottom, unit, 9, bold=True, colour=design.box), align="centre", room=width)
        return bottom

    def _box_lines(self, size: float, width: float) -> list[str]:
        stored = self._stored
        name = self._sheet.wrap(DOCUMENT_NAMES[stored.tipo].upper(), size, width - 16, bold=True)
        issuer = shown.rut(stored.root.text("Encabezado/Emisor/RUTEmisor"))
        return [f"R.U.T.: {issuer}", *name, f"Nº {stored.folio}"]

    def _issuer(self, page: Page) -> float:
        """Logo, name and address of the issuer; answers where they end."""
        sheet, design = self._sheet, self._sheet.design
        x, y = sheet.left, sheet.top
        right = sheet.right - design.recuadro_ancho_mm * MILLIMETRE - _APART
        ends = y
        if self._facts.printed_logo:
            width, height = self._logo(page, right - x)
            ends = y + height
            if design.emisor_logo == "arriba":
                y = ends + 2
            else:
                x += width + 10
        size = sheet.size + _NAME
        with page.tags.inside("P"):
            for name in sheet.wrap(self._stored.issuer_name, size, right - x, bold=True):
                y += size + 2
                page.write(Text(x, y, name, size, bold=True, colour=design.main))
        if self._first:
            step, said = sheet.leading + 0.4, self._said()
            for number, text in enumerate(said):
                lines = sheet.wrap(text, sheet.size, right - x)
                if y + len(lines) * step > _MOST * sheet.height:
                    self.rest = said[number:]
                    break
                with page.tags.inside("P"):
                    for part in lines:
                        y += step
                        page.write(Text(x, y + 2, part, sheet.size))
            y += 2
        return max(y, ends)

    def _logo(self, page: Page, room: float) -> tuple[float, float]:
        """Draw the logo in the upper left corner, on later pages at half its size; its width and height."""
        design, picture = self._sheet.design, logo.as_printed(self._facts.logo)
        widest = min(design.emisor_logo_ancho_mm * MILLIMETRE, room * 0.6)
        scale = min(widest / picture.width, design.emisor_logo_alto_mm * MILLIMETRE / picture.height)
        if not self._first:
            scale /= 2
        width, height = picture.width * scale, picture.height * scale
        page.show(Picture(self._sheet.left, self._sheet.top, width, height, self._facts.logo), logo.INSTEAD)
        return width, height

    def _said(self) -> list[str]:
        """What is said of the issuer under its name."""
        stored, design = self._stored, self._sheet.design
        giro = [f"{labels.of(stored, 'Giro')}: {stored.issuer_giro}"] if stored.issuer_giro else []
        facts = [f"{labels.of(stored, one.label)}: {one.text}" for one in entries("emisor", stored)]
        second = [design.emisor_segunda_direccion] if design.emisor_segunda_direccion else []
        return [*giro, *facts, *second, *design.emisor_sucursales, *design.emisor_textos]
