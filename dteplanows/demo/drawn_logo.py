"""The logo of the demo's company, drawn by the program: a bag of a shop, and three bars of a barcode on it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = (800, 480)
_BLUE, _YELLOW = (31, 58, 95), (240, 180, 40)
_BARS = ((300, 22), (350, 44), (420, 14), (460, 34))
"""Left edges and widths, in pixels."""


def make_logo() -> bytes:
    """The logo as a PNG file; always the same."""
    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.arc((310, 20, 490, 240), 180, 360, fill=_BLUE, width=26)
    draw.rounded_rectangle((180, 130, 620, 460), radius=40, fill=_BLUE)
    draw.rounded_rectangle((240, 210, 560, 390), radius=20, fill=_YELLOW)
    for left, width in _BARS:
        draw.rectangle((left, 240, left + width, 360), fill=_BLUE)
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()
