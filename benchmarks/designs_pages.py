"""The papers that are measured: signed documents, and the same texts for other makers of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from benchmarks import validation
from dteplanows import parser
from dteplanows.archive.names import NAMES
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.document.company import Paper
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.printing import PrintFacts, pdf417, shown, stamp
from dteplanows.printing.dots import shape_of
from dteplanows.printing.fields import entries
from dteplanows.printing.stored import read
from dteplanows.printing.table_rows import line
from tests import generate
from tests.printing.papers import short_stamp, signed

FACTURA, BOLETA = 33, 39
LINES = 8
FILES: Mapping[int, str] = {FACTURA: "factura", BOLETA: "boleta"}
"""What the files of :func:`write` begin with, by type."""
LOGO = "logo.png"


def documents(tipo: int, number: int) -> Iterator[bytes]:
    """So many signed documents of *tipo*, each with names and a stamp of its own: nothing is known from the one before.

    Their stamps are as long as the SII's CAFs make them.
    """
    file = {FACTURA: validation.factura, BOLETA: validation.boleta}[tipo](LINES)
    xml = short_stamp(signed(validation.judged(file, parser.TXT), 1000), "Cliente de Prueba Limitada", "Artículo")
    for at in range(number):
        folio = 1000 + at
        numbered = re.sub(rb"<(Folio|F)>1000<", rb"<\g<1>>%d<" % folio, xml)
        yield re.sub(rb"<NmbItem>", b"<NmbItem>%d " % folio, numbered)


def of_all_types(number: int) -> Iterator[bytes]:
    """So many documents of all types by turns, with chance elements and values."""
    types = sorted(NAMES)
    for at in range(number):
        tipo = types[at % len(types)]
        yield short_stamp(signed(generate.document(tipo, Random(at)), 1000 + at), "Receptor", "Artículo")


def write(folder: Path, number: int) -> None:
    """Put so many documents of both types and a logo into *folder*, for another state of the program."""
    for tipo, name in FILES.items():
        for at, xml in enumerate(documents(tipo, number)):
            (folder / f"{name}-{at:03}.xml").write_bytes(xml)
    (folder / LOGO).write_bytes(make_logo())


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands on a paper."""

    box: Sequence[str]
    issuer: Sequence[str]
    labelled: Sequence[tuple[str, str]]
    headings: Sequence[str]
    lines: Sequence[Sequence[str]]
    totals: Sequence[tuple[str, str]]
    words: Sequence[str]
    """Under the stamp."""
    stamp: bytes
    """Its picture, a PNG file."""
    stamp_size: tuple[float, float]
    """In points."""


def texts_of(xml: bytes, facts: PrintFacts, paper: Paper) -> Texts:
    """The texts of a document as ours prints them, and its stamp as a picture of the same size."""
    stored, dots = read(xml), facts.puntos_carta if paper == "carta" else facts.puntos_ticket
    shape = shape_of(stored.ted, paper, dots)
    assert shape
    emisor = stored.root.text("Encabezado/Emisor/RUTEmisor")
    box = [f"R.U.T.: {shown.rut(emisor)}", DOCUMENT_NAMES[stored.tipo].upper(), f"Nº {stored.folio}"]
    said = [f"{one.label}: {one.text}" for one in entries("emisor", stored)]
    issuer = [stored.issuer_name, stored.issuer_giro, *said]
    labelled = [(one.label, one.text) for section in ("receptor", "documento") for one in entries(section, stored)]
    headings = ("Código", "Descripción", "Cantidad", "Unidad", "Precio", "Desc.", "Valor")
    return Texts(
        box, issuer, labelled, headings, [line(stored, one) for one in stored.root.all("Detalle")],
        [(one.label, one.text) for one in entries("totales", stored)], stamp.words(facts),
        _picture(shape.symbol), (shape.across * 72 / dots, shape.down * 72 / dots),
    )  # fmt: skip


def _picture(symbol: pdf417.Symbol) -> bytes:
    """One pixel for a module and one for a row, as in our PDF files."""
    image = Image.new("1", (symbol.width, len(symbol.rows)))
    image.putdata([255 * (one == pdf417.WHITE) for row in symbol.rows for one in row])
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
