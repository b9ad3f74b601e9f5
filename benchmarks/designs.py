"""Pictures of every type of document in every ready design, for somebody to look at: no measure.

Those of the invoice, ``diseno-NAME.png``, are the manual's (``docs/manual/imagenes``).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image

from dteplanows import printing
from dteplanows.archive.names import NAMES
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.document.company import Company
from dteplanows.printing import PrintFacts
from dteplanows.printing.design import logo, ready, ready_design

COMPANY = Company(
    "76123456-0", "produccion", "Comercial Demostración SpA", "Venta al por menor de artículos de prueba", ("477399",),
    "Calle de la Prueba 123", "Santiago", "Santiago", telefono="22 555 0000", correo="ventas@demostracion.example",
)  # fmt: skip
INVOICE, LINES = 33, 8
MANUAL, WHOLE = 64, 110
"""Pixels per inch of the manual's pictures, and of those to look at."""
_COLOURS = 64
"""Of the manual's pictures."""


def pages(name: str, tipo: int, dpi: int) -> list[Image.Image]:
    """A document of that type in a ready design."""
    facts = PrintFacts("produccion", 80, date(2014, 8, 22), "SANTIAGO CENTRO", logo=logo.kept(make_logo()))
    file = printing.design_trial(COMPANY, replace(facts, diseno=ready_design(name)), tipo, LINES)
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(file)]


def main() -> int:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="a folder, which is made")
    folder: Path = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    for name in ready():
        seen = pages(name, INVOICE, MANUAL)[0].quantize(_COLOURS, Image.Quantize.MAXCOVERAGE)
        seen.save(folder / f"diseno-{name}.png", optimize=True)
        for tipo, word in NAMES.items():
            for number, page in enumerate(pages(name, tipo, WHOLE), 1):
                page.save(folder / f"{name}-{word}-{tipo}-{number}.png")
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
