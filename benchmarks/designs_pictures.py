"""Pictures of every type of document in every ready design, and of tickets: to look at, and for the manual.

The manual's are sheets of several pages in few colours (``docs/manual/imagenes/tipos-*.png``), and the invoice alone in
each design (``diseno-*.png``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image

from dteplanows import printing
from dteplanows.archive.names import NAMES
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.document.company import Company
from dteplanows.printing import PrintFacts, Roll, paper, roll
from dteplanows.printing.design import logo, ready, ready_design, trial

COMPANY = Company(
    "76123456-0", "produccion", "Comercial Demostración SpA", "Venta al por menor de artículos de prueba", ("477399",),
    "Calle de la Prueba 123", "Santiago", "Santiago", telefono="22 555 0000", correo="ventas@demostracion.example",
)  # fmt: skip
FACTS = PrintFacts("produccion", 80, date(2014, 8, 22), "SANTIAGO CENTRO", logo=logo.kept(make_logo()))
INVOICE = 33
LINES, FEW = 8, 4
"""Lines of a document, and of one on a sheet of the manual."""
SHEETS = {"facturas": (33, 34, 46, 43), "guia-notas-boletas": (52, 56, 61, 39, 41), "exportacion": (110, 111, 112)}
"""The types of the manual's sheets by name."""
TICKETS = ((39, Roll.MM80), (39, Roll.MM58), (33, Roll.MM80), (52, Roll.MM80))
SMALL, ROLL, WHOLE = 64, 84, 110
"""Pixels per inch of the manual's letters and tickets, and of the pictures to look at."""
_COLOURS, _SHEET_COLOURS = 64, 24
_ACROSS, _APART = 2, 12
"""Pages side by side on a sheet, and pixels between them."""
_GROUND = (214, 218, 224)


def pages(name: str, tipo: int, lines: int, dpi: int) -> list[Image.Image]:
    """A document of that type in a ready design."""
    file = printing.design_trial(COMPANY, replace(FACTS, diseno=ready_design(name)), tipo, lines)
    return rendered(file, dpi)


def ticket(tipo: int, width: Roll, dpi: int) -> Image.Image:
    """A document of that type on a roll; it says that it is one of ``pruebas``."""
    stored = trial.document(COMPANY, tipo, FEW)
    made = roll.layout(stored, replace(FACTS, ambiente="pruebas"), width)
    (picture,) = rendered(paper.write(made, "ticket", COMPANY.razon_social), dpi)
    return picture


def rendered(file: bytes, dpi: int) -> list[Image.Image]:
    """The pages of a PDF file."""
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(file)]


def sheet(pictures: Sequence[Image.Image], across: int) -> Image.Image:
    """*pictures* side by side, so many in a row."""
    rows = [pictures[at : at + across] for at in range(0, len(pictures), across)]
    heights = [max(one.height for one in row) for row in rows]
    width = max(sum(one.width + _APART for one in row) for row in rows) + _APART
    made = Image.new("RGB", (width, sum(heights) + _APART * (len(rows) + 1)), _GROUND)
    y = _APART
    for row, height in zip(rows, heights, strict=True):
        x = _APART
        for one in row:
            made.paste(one, (x, y))
            x += one.width + _APART
        y += height + _APART
    return made


def sheets() -> Iterator[tuple[str, Image.Image]]:
    """The manual's, by the name of their file."""
    for name in ready():
        yield f"diseno-{name}", _few_colours(pages(name, INVOICE, LINES, SMALL)[0], _COLOURS)
        for kind, types in SHEETS.items():
            found = [page for tipo in types for page in pages(name, tipo, FEW, SMALL)]
            yield f"tipos-{name}-{kind}", _few_colours(sheet(found, _ACROSS), _SHEET_COLOURS)
    rolls = [ticket(tipo, width, ROLL) for tipo, width in TICKETS]
    yield "tipos-tickets", _few_colours(sheet(rolls, len(rolls)), _SHEET_COLOURS)


def _few_colours(picture: Image.Image, colours: int) -> Image.Image:
    return picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def draw(folder: Path) -> int:
    """Put the manual's pictures and each page alone, larger, into *folder*; how many files there are then."""
    for file, picture in sheets():
        picture.save(folder / f"{file}.png", optimize=True)
    for name in ready():
        for tipo, word in NAMES.items():
            for number, page in enumerate(pages(name, tipo, LINES, WHOLE), 1):
                page.save(folder / f"{name}-{word}-{tipo}-{number}.png")
    for tipo, width in TICKETS:
        ticket(tipo, width, WHOLE).save(folder / f"ticket-{NAMES[tipo]}-{tipo}-{width.millimetres}.png")
    return len(list(folder.iterdir()))
