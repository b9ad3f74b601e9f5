"""Pages as a PDF file. The same pages give the same bytes: no moment and no chance number goes into the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest
from math import hypot
from operator import itemgetter

from dteplanows.printing import fonts
from dteplanows.printing.design import logo
from dteplanows.printing.page import (
    BLACK,
    PALE,
    Box,
    Code,
    Colour,
    Mark,
    Page,
    Picture,
    Rule,
    Slanted,
    Stamp,
    Text,
    printable,
    width_of,
)
from dteplanows.printing.pdf417 import BLACK as BLACK_MODULE
from dteplanows.printing.pdf417 import WHITE, Symbol
from dteplanows.printing.pdf_file import About, Attached, File, catalogue
from dteplanows.printing.tags import Tagged

_BITS = str.maketrans({BLACK_MODULE: "0", WHITE: "1"})
"""Of the barcode's picture, which has one pixel for a bar's module and one for a row: finer pictures are worse, for
programs that stretch them average and dither (docs/arquitectura/stamps.rst)."""

_INSET = 0.02
"""Of a dot, by which the picture is smaller on each side. Poppler gives a picture that ends exactly on a dot one dot
more, and doubles a column of it somewhere."""


def write(pages: Sequence[Page], title: str, author: str, attached: Attached | None = None) -> bytes:
    """*pages* as a PDF file.

    :param attached: a file that goes into it.
    """
    file = File()
    tree, fonts_of = file.reserve(), _fonts(file, pages)
    pictures, tagged = _Pictures(file), Tagged(file, pages[0].tags.root)
    kids = []
    for page in pages:
        pen = _Pen(page, pictures, tagged)
        page_words = tagged.begin_page(number := file.reserve())
        pen.draw()
        content = file.stream(b"".join(pen.said))
        shown = b" ".join(b"/%b %d 0 R" % (name, number) for name, number in pen.pictures.items())
        file.tell(
            number,
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.3f %.3f] /Contents %d 0 R%b"
            b" /Resources << /Font << %b >> /XObject << %b >> >> >>"
            % (tree, page.width, page.height, content, page_words, fonts_of, shown),
        )
        kids.append(number)
    file.tell(tree, b"<< /Type /Pages /Count %d /Kids [%b] >>"
              % (len(kids), b" ".join(b"%d 0 R" % one for one in kids)))  # fmt: skip
    about = About(printable(title), printable(author), tagged.words())
    return file.finished(*catalogue(file, tree, about, attached))


def _fonts(file: File, pages: Sequence[Page]) -> bytes:
    """Both fonts, of which as much as the *pages* need goes into the file."""
    whole = fonts.needs_all(mark.text for page in pages for mark in page.marks if isinstance(mark, Text | Slanted))
    parts = []
    for bold in (False, True):
        one = fonts.face(bold, whole)
        name = one.name.encode("ascii")
        program = file.packed(one.file, b" /Length1 %d" % one.length)
        descriptor = file.add(
            b"<< /Type /FontDescriptor /FontName /%b /Flags 32 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d"
            b" /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R >>"
            % (name, *one.box, one.ascent, one.descent, one.capitals, one.stem, program)
        )
        font = file.add(
            b"<< /Type /Font /Subtype /TrueType /BaseFont /%b /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255"
            b" /Widths [%b] /FontDescriptor %d 0 R >>"
            % (name, b" ".join(b"%d" % width for width in one.widths), descriptor)
        )
        parts.append(b"/F%d %d 0 R" % (bold, font))
    return b" ".join(parts)


class _Pictures:
    """The pictures of a file, each of them once."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._known: dict[int | bytes, int] = {}

    def of_symbol(self, symbol: Symbol) -> int:
        """The object of a barcode: a picture of one bit for each pixel."""
        known = self._known.get(id(symbol))
        if known is None:
            rows, width = symbol.rows, symbol.width
            spare = -width % 8
            packed = int("".join([row + WHITE * spare for row in rows]).translate(_BITS), 2)
            bits = packed.to_bytes((width + spare) // 8 * len(rows), "big")
            words = b" /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray"
            known = self._file.stream(bits, words % (width, len(rows)))
            self._known[id(symbol)] = known
        return known

    def of_logo(self, stored: bytes) -> int:
        """The object of a logo."""
        known = self._known.get(stored)
        if known is None:
            one = logo.as_printed(stored)
            words = b" /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB"
            known = self._file.packed(one.data, words % (one.width, one.height), one.way)
            self._known[stored] = known
        return known


class _Pen:
    """Draws marks on one page."""

    def __init__(self, page: Page, pictures: _Pictures, tagged: Tagged) -> None:
        self.said = [b"%.3f Tz\n" % (100 * fonts.STRETCH * page.stretch)]
        """The page's content, in parts."""
        self.pictures: dict[bytes, int] = {}
        """The pictures that it shows: their objects by name."""
        self._page = page
        self._pictures = pictures
        self._tagged = tagged
        self._colour: Colour = BLACK
        self._font: tuple[bool, float] | None = None

    def draw(self) -> None:
        """Draw the marks of the page, each within what it is part of."""
        for owner, group in groupby(zip(self._page.owners, self._page.marks, strict=True), itemgetter(0)):
            self.said.append(self._tagged.begin(owner) if owner else b"/Artifact BMC\n")
            marks = [mark for _, mark in group]
            for mark, following in zip_longest(marks, marks[1:]):
                self._draw(mark, parted=not (isinstance(following, Text) and following.text == ":"))
                if owner and isinstance(mark, Stamp | Code | Picture):
                    owner.place = self._place(mark)
            self.said.append(b"EMC\n")

    def _place(self, mark: Stamp | Code | Picture) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a picture, from the lower left corner of the page."""
        width, height = (mark.side, mark.side) if isinstance(mark, Code) else (mark.width, mark.height)
        top = self._page.height - mark.y
        return mark.x, top - height, mark.x + width, top

    def _draw(self, mark: Mark, *, parted: bool) -> None:
        """:param parted: a text ends with a blank that nobody sees, so that whoever has it read aloud, or reads it by a
            program, does not take it and the next one for one word (``findings/pypdf-glues-narrow-columns.sh``).
        """
        top, say = self._page.height, self.said.append
        match mark:
            case Text(x, y, text, size, bold, colour):
                self._fill(colour)
                words = _string(f"{text} " if parted else text)
                if self._font != (bold, size):
                    self._font = (bold, size)
                    say(b"BT /F%d %.3f Tf %.3f %.3f Td (%b) Tj ET\n" % (bold, size, x, top - y, words))
                else:
                    say(b"BT %.3f %.3f Td (%b) Tj ET\n" % (x, top - y, words))
            case Rule():
                place = (mark.x, top - mark.y, mark.to_x, top - mark.to_y)
                say(b"%.3f %.3f %.3f RG %.3f w %.3f %.3f m %.3f %.3f l S\n" % (*mark.colour, mark.width, *place))
            case Box():
                place = (mark.x, top - mark.y - mark.height, mark.width, mark.height)
                if mark.line:
                    say(b"%.3f %.3f %.3f RG %.3f w %.3f %.3f %.3f %.3f re S\n" % (*mark.colour, mark.line, *place))
                else:
                    self._fill(mark.colour)
                    say(b"%.3f %.3f %.3f %.3f re f\n" % place)
            case Stamp():
                self._stamp(mark)
            case Code():
                self._code(mark)
            case Picture():
                self._logo(mark)
            case Slanted():
                self._slanted(mark.text)

    def _fill(self, colour: Colour) -> None:
        if self._colour != colour:
            self._colour = colour
            self.said.append(b"%.3f %.3f %.3f rg\n" % colour)

    def _stamp(self, mark: Stamp) -> None:
        shape = mark.shape
        inset = _INSET * 72 / shape.dots
        width, height = mark.width - 2 * inset, mark.height - 2 * inset
        left, bottom = mark.x + inset, self._page.height - mark.y - mark.height + inset
        upright = (width, 0.0, 0.0, height, left, bottom)
        turned = (0.0, height, -width, 0.0, left + width, bottom)
        self._put(b"timbre", self._pictures.of_symbol(shape.symbol), turned if shape.turned else upright)

    def _code(self, mark: Code) -> None:
        bottom = self._page.height - mark.y - mark.side
        matrix = (mark.side, 0.0, 0.0, mark.side, mark.x, bottom)
        self._put(b"qr%d" % len(self.pictures), self._pictures.of_symbol(mark.symbol), matrix)

    def _logo(self, mark: Picture) -> None:
        bottom = self._page.height - mark.y - mark.height
        matrix = (mark.width, 0.0, 0.0, mark.height, mark.x, bottom)
        self._put(b"logo", self._pictures.of_logo(mark.stored), matrix)

    def _put(self, name: bytes, picture: int, matrix: tuple[float, float, float, float, float, float]) -> None:
        """Put a picture at the place that *matrix* gives."""
        self.pictures[name] = picture
        self.said.append(b"q %.6f %.6f %.6f %.6f %.6f %.6f cm " % matrix + b"/%b Do Q\n" % name)

    def _slanted(self, text: str) -> None:
        width, height = self._page.width, self._page.height
        across = hypot(width, height)
        size = 0.8 * across / (width_of(text, 1, bold=True) * self._page.stretch)
        right, up = width / across, height / across
        place = (right, up, -up, right, width / 2, height / 2)
        self.said.append(b"q %.3f %.3f %.3f rg %.6f %.6f %.6f %.6f %.3f %.3f cm\n" % (*PALE, *place))
        self.said.append(
            b"BT /F1 %.3f Tf %.3f %.3f Td (%b) Tj ET Q\n" % (size, -0.4 * across, -size / 3, _string(f"{text} "))
        )


def _string(text: str) -> bytes:
    """*text* as it stands between parentheses."""
    found = text.encode(fonts.ENCODING, "replace")
    if b"\\" in found or b"(" in found or b")" in found:
        return found.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return found
