"""The QR code with the address at which the receiver of a document can see it (ISO/IEC 18004)."""

from __future__ import annotations

import zxingcpp

from dteplanows.printing.page import MILLIMETRE, Page, Stamp
from dteplanows.printing.pdf417 import BLACK, WHITE, Symbol

SIDE = 24 * MILLIMETRE
"""Of the code in points: the modules of an address of 200 characters are half a millimetre wide then."""

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


def draw(page: Page, x: float, y: float, address: str) -> None:
    """Put the code of *address* with its upper left corner at (*x*, *y*)."""
    page.put(Stamp(x, y, SIDE, SIDE, encode(address), "qr"))
