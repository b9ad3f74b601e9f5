"""The QR code with the address at which the receiver of a document can see it (ISO/IEC 18004)."""

from __future__ import annotations

import zxingcpp

from dteplanows.document.company import Dots
from dteplanows.printing.page import MILLIMETRE, Code, Page
from dteplanows.printing.pdf417 import BLACK, WHITE, Symbol

SIDE = 24 * MILLIMETRE
"""Of the code in points, more or less: the modules of an address of 200 characters are half a millimetre wide then."""

QUIET_ZONE = 2 * MILLIMETRE
"""Around the code: four modules."""

WORDS = "Vea este documento y su estado ante el SII:"
"""Beside the code."""

_LEVEL = "M"
"""Of error correction: it is read with 15 % of it lost, as where a pen or a fold goes through."""

_PIXELS = bytes.maketrans(b"\x00\xff", f"{BLACK}{WHITE}".encode("ascii"))


def encode(address: str) -> Symbol:
    """The code of *address*, without its quiet zone."""
    made = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level=_LEVEL)
    picture = made.to_image(scale=1, add_quiet_zones=False)
    height, width = picture.shape
    pixels = bytes(picture).translate(_PIXELS).decode("ascii")  # type: ignore[call-overload]
    return Symbol(tuple(pixels[row * width : (row + 1) * width] for row in range(height)))


class Placed:
    """The code of an address for a printer: its modules are whole dots wide."""

    def __init__(self, address: str, dots: Dots) -> None:
        """:param dots: of the printer, for an inch."""
        self._address = address
        self._symbol = encode(address)
        self._dot = 72 / dots
        modules = len(self._symbol.rows)
        self.side = max(1, round(SIDE / self._dot / modules)) * modules * self._dot
        """In points."""

    def draw(self, page: Page, x: float, y: float) -> float:
        """Put it with its upper left corner next to (*x*, *y*), on the printer's grid; the height that it takes."""
        left, top = (round(one / self._dot) * self._dot for one in (x, y))
        page.show(Code(left, top, self.side, self._symbol), f"Código QR: {self._address}")
        return top - y + self.side
