"""Pages as a PDF file. The same pages give the same bytes: no moment and no chance number goes into the file."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from math import atan2, degrees, hypot

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from dteplanows.printing.page import FONTS, PALE, Box, Code, Colour, Mark, Page, Rule, Slanted, Stamp, Text, width_of
from dteplanows.printing.pdf417 import BLACK, WHITE, Symbol

rl_config.useA85 = 0
"""Streams go into the file as bytes: writing them as text takes reportlab longer than all the rest of a page."""

_BITS = str.maketrans({BLACK: "0", WHITE: "1"})
"""Of the barcode's picture, which has one pixel for a bar's module and one for a row: finer pictures are worse, for
programs that stretch them average and dither (docs/arquitectura/stamps.rst)."""

_INSET = 0.02
"""Of a dot, by which the picture is smaller on each side. Poppler gives a picture that ends exactly on a dot one dot
more, and doubles a column of it somewhere."""


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
            case Code():
                self._code(mark)
            case Slanted():
                self._slanted(mark.text)

    def _fill(self, colour: Colour) -> None:
        if self._colour != colour:
            self._colour = colour
            self._canvas.setFillColorRGB(*colour)

    def _stamp(self, mark: Stamp) -> None:
        shape = mark.shape
        inset = _INSET * 72 / shape.dots
        width, height = mark.width - 2 * inset, mark.height - 2 * inset
        left, bottom = mark.x + inset, self._page.height - mark.y - mark.height + inset
        upright = (width, 0.0, 0.0, height, left, bottom)
        turned = (0.0, height, -width, 0.0, left + width, bottom)
        self._put("timbre", shape.symbol, turned if shape.turned else upright)

    def _code(self, mark: Code) -> None:
        bottom = self._page.height - mark.y - mark.side
        self._put("qr", mark.symbol, (mark.side, 0.0, 0.0, mark.side, mark.x, bottom))

    def _put(self, name: str, symbol: Symbol, matrix: tuple[float, ...]) -> None:
        """Put the picture of *symbol*, of which a document has one by that name, at the place that *matrix* gives."""
        canvas = self._canvas
        document = canvas._doc
        picture = _Picture(name, symbol)
        document.Reference(picture, document.getXObjectName(name))
        document.addForm(name, picture)
        canvas.saveState()
        canvas.transform(*matrix)
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
        rows, width = symbol.rows, symbol.width
        self.width, self.height = width, len(rows)
        self.bitsPerComponent, self.colorSpace = 1, "DeviceGray"
        spare = -width % 8
        packed = int("".join([row + WHITE * spare for row in rows]).translate(_BITS), 2)
        self.streamContent = zlib.compress(packed.to_bytes((width + spare) // 8 * len(rows), "big"))
        self._filters = ("FlateDecode",)
