"""Pictures as a receipt printer takes them: rows of bits, 1 for a dot that is burnt."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image

from dteplanows.printing.dots import Shape
from dteplanows.printing.pdf417 import BLACK, WHITE

_BITS = str.maketrans({BLACK: "1", WHITE: "0"})
_HIGHEST_LOGO = 200
"""Dots; an inch on most printers."""
_MOST_PIXELS = 16_000_000
"""Of a logo that is read: more is no logo."""


class NoPicture(ValueError):  # noqa: N818 - named for the state of the file
    """A file is no picture, or too large."""


class Picture(NamedTuple):
    """Rows from the top, each of whole bytes."""

    rows: tuple[bytes, ...]


def of_barcode(shape: Shape) -> Picture:
    """The barcode, upright or turned as it is to stand."""
    across = [_packed("".join(one * shape.module for one in row)) for row in shape.symbol.rows]
    if not shape.turned:
        return Picture(tuple(row for row in across for _ in range(shape.row)))
    # Turned to the left: the last column is the first row, and rows go from left to right.
    columns = zip(*shape.symbol.rows, strict=True)
    down = [_packed("".join(one * shape.row for one in column)) for column in columns]
    return Picture(tuple(row for row in reversed(down) for _ in range(shape.module)))


def _packed(modules: str) -> bytes:
    bits = modules.translate(_BITS)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@lru_cache(maxsize=32)
def of_logo(file: bytes, reach: int) -> Picture:
    """A picture file, made smaller where it is wider than half of *reach* or higher than an inch, in dots.

    :raises NoPicture: it is no picture file, or too large.
    """
    try:
        with Image.open(BytesIO(file)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise NoPicture(f"a picture of {image.width} by {image.height} pixels")
            pixels = image.convert("RGBA")
    except (OSError, Image.DecompressionBombError) as error:
        raise NoPicture(f"no picture: {error}") from None
    paper = Image.new("RGBA", pixels.size, "white")
    paper.alpha_composite(pixels)
    paper.thumbnail((reach // 2, _HIGHEST_LOGO))
    dots = paper.convert("1")
    size = (dots.width + 7) // 8
    # Pillow packs 1 for white, and pads with 0.
    flat = Image.new("1", (8 * size, dots.height), 1)
    flat.paste(dots)
    bits = bytes(255 - one for one in flat.tobytes())
    return Picture(tuple(bits[at : at + size] for at in range(0, len(bits), size)))
