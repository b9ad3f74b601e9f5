"""The commands of receipt printers that a ticket needs (Epson, ESC/POS Application Programming Guide)."""

from __future__ import annotations

from dteplanows.printing.dots import Shape
from dteplanows.printing.escpos.picture import Picture

START = b"\x1b@"
"""``ESC @``: as the printer is when it is switched on; whoever printed before may have left it bold."""
ONE_BYTE_LETTERS = b"\x1c."
"""``FS .``: printers made for China take two bytes above 127 for one letter until they are told otherwise."""
BOLD, NOT_BOLD = b"\x1bE\x01", b"\x1bE\x00"
CENTRED, LEFT = b"\x1ba\x01", b"\x1ba\x00"
CUTS = {"parcial": b"\x1dVB\x03", "total": b"\x1dVA\x03", "no": b"\x1bd\x05"}
"""``GS V``: feed to the blade and cut; without one, so many lines that the paper can be torn."""
DRAWER = b"\x1bp\x00\x19\xfa"
"""``ESC p``: a pulse of 50 ms to the drawer on pin 2."""


def page(number: int) -> bytes:
    """``ESC t``: the code page of that number."""
    return b"\x1bt" + bytes([number])


def density(steps: int) -> bytes:
    """``GS ( K``, function 49: so many *steps* darker (1 to 6) or paler (-6 to -1) than usual."""
    return b"\x1d(K\x02\x00\x31" + bytes([steps % 256])


def raster(picture: Picture) -> bytes:
    """``GS v 0``: a picture, a bit for each dot."""
    width, height = len(picture.rows[0]), len(picture.rows)
    return b"\x1dv0\x00" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"".join(picture.rows)


def pdf417(data: bytes, shape: Shape, level: int) -> bytes:
    """``GS ( k``: *data* as a PDF417 that the printer draws with the columns and bars of *shape*."""
    columns = (shape.symbol.width - 69) // 17
    settings = (
        b"A" + bytes([columns]), b"B\x00", b"C" + bytes([shape.module]), b"D" + bytes([shape.row // shape.module]),
        b"E0" + bytes([ord("0") + level]), b"F\x00",
    )  # fmt: skip
    return b"".join(map(_two_dimensional, (*settings, b"P0" + data, b"Q0")))


def _two_dimensional(function: bytes) -> bytes:
    """One function of ``GS ( k`` for PDF417, whose number is 48."""
    return b"\x1d(k" + (len(function) + 1).to_bytes(2, "little") + b"0" + function
