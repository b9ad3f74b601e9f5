"""Pages as a PDF file. The same pages give the same bytes: no moment and no chance number goes into the file."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from math import atan2, degrees, hypot

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from dteplanows.printing.page import FONTS, PALE, Box, Colour, Mark, Page, Rule, Slanted, Stamp, Text, width_of
from dteplanows.printing.pdf417 import BLACK, WHITE, Symbol

rl_config.useA85 = 0
"""Streams go into the file as bytes: writing them as text takes reportlab longer than all the rest of a page."""

_PIXELS = 4
"""Of the picture for the width of a module of the barcode and for the height of a row; viewers that smooth pictures
then only touch the edges of the bars. Four pixels of one bit are a digit in hexadecimal, 1 for white."""
_NIBBLES = str.maketrans({BLACK: "0", WHITE: "f"})


def write(pages: Sequence[Page], title: str, author: str) -> bytes:
    """*pages* as a PDF file."""
    file = BytesIO()
    canvas = Canvas(file, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("dteplanows")
    for page in pages:
        canvas.setPageSize((page.width, page.height))
        pen = _Pen(canvas, page)
        for mark in page.marks:
            pen.draw(mark)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


class _Pen:
    """Draws marks on one page."""

    def __init__(self, canvas: Canvas, page: Page) -> None:
        self._canvas = canvas
        self._page = page
        self._colour: Colour | None = None
        self._font: tuple[bool, float] | None = None

    def draw(self, mark: Mark) -> None:
        canvas, top = self._canvas, self._page.height
        match mark:
            case Text():
                self._fill(mark.colour)
                if self._font != (mark.bold, mark.size):
                    self._font = (mark.bold, mark.size)
                    canvas.setFont(FONTS[mark.bold], mark.size)
                canvas.drawString(mark.x, top - mark.y, mark.text)
            case Rule():
                canvas.setStrokeColorRGB(*mark.colour)
                canvas.setLineWidth(mark.width)
                canvas.line(mark.x, top - mark.y, mark.to_x, top - mark.to_y)
            case Box():
                self._fill(mark.colour)
                canvas.setStrokeColorRGB(*mark.colour)
                canvas.setLineWidth(mark.line)
                filled = not mark.line
                canvas.rect(mark.x, top - mark.y - mark.height, mark.width, mark.height, int(not filled), int(filled))
            case Stamp():
                self._stamp(mark)
            case Slanted():
                self._slanted(mark.text)

    def _fill(self, colour: Colour) -> None:
        if self._colour != colour:
            self._colour = colour
            self._canvas.setFillColorRGB(*colour)

    def _stamp(self, mark: Stamp) -> None:
        canvas, name = self._canvas, mark.name
        document = canvas._doc
        picture = _Picture(name, mark.symbol)
        document.Reference(picture, document.getXObjectName(name))
        document.addForm(name, picture)
        canvas.saveState()
        canvas.translate(mark.x, self._page.height - mark.y - mark.height)
        canvas.scale(mark.width, mark.height)
        canvas.doForm(name)
        canvas.restoreState()

    def _slanted(self, text: str) -> None:
        canvas, width, height = self._canvas, self._page.width, self._page.height
        size = 0.8 * hypot(width, height) / width_of(text, 1, bold=True)
        canvas.saveState()
        canvas.setFillColorRGB(*PALE)
        canvas.setFont(FONTS[True], size)
        canvas.translate(width / 2, height / 2)
        canvas.rotate(degrees(atan2(height, width)))
        canvas.drawCentredString(0, -size / 3, text)
        canvas.restoreState()


class _Picture(PDFImageXObject):  # type: ignore[misc]
    """A barcode as a picture of one bit for each pixel, which reportlab itself only makes of three bytes each."""

    def __init__(self, name: str, symbol: Symbol) -> None:
        super().__init__(name)
        rows = [row.translate(_NIBBLES) + "f" * (len(row) % 2) for row in symbol.rows]
        self.width, self.height = _PIXELS * symbol.width, _PIXELS * len(rows)
        self.bitsPerComponent, self.colorSpace = 1, "DeviceGray"
        self.streamContent = zlib.compress(b"".join([bytes.fromhex(row) * _PIXELS for row in rows]))
        self._filters = ("FlateDecode",)
