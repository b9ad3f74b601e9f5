"""A company's logo: a picture that a person gives, kept small, and as a PDF file takes it."""

from __future__ import annotations

import zlib
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import ExifTags, Image

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused

INSTEAD = "Logo del emisor"
"""What is said in its place on paper that is read aloud."""
LARGEST = 4_000_000
"""Bytes of a file that is read."""
_MOST_PIXELS = 16_000_000
_SIZE = (826, 413)
"""Pixels that are kept: 70 by 35 mm, the largest that a design allows, at 300 dots per inch."""
_FORMATS = ("PNG", "JPEG")
_QUALITY = 90
"""Of a photograph that is kept."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""How a picture is turned to stand upright, by the orientation that a camera writes (Exif 2.3)."""


class Logo(NamedTuple):
    """A picture as a PDF file has it."""

    width: int
    """Pixels."""
    height: int
    data: bytes
    """RGB, packed as *way* says."""
    way: str
    """Name of the filter in PDF files."""


def kept(file: bytes) -> bytes:
    """What is kept of a picture that a person gives: on white, in colours, no larger than it is printed.

    :raises Refused: it is no PNG or JPEG, or too large (DIS-030).
    """
    try:
        if len(file) > LARGEST:
            raise ValueError("too large")
        with Image.open(BytesIO(file), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS or min(image.size) < 8:
                raise ValueError("no logo")
            photograph = image.format == "JPEG"
            pixels = _upright(image)
            if pixels.mode not in ("L", "RGB"):
                pixels = pixels.convert("RGBA")
            # First small, then on white: a picture of the largest size would stand in memory three times.
            pixels.thumbnail(_SIZE, Image.Resampling.LANCZOS)
            pixels = pixels.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused([problem("DIS-030", megas=LARGEST // 1_000_000, puntos=_MOST_PIXELS // 1_000_000)]) from None
    paper = Image.new("RGBA", pixels.size, "white")
    paper.alpha_composite(pixels)
    flat = paper.convert("RGB")
    made = BytesIO()
    if photograph:
        flat.save(made, "JPEG", quality=_QUALITY)
    else:
        flat.save(made, "PNG", optimize=True)
    return made.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """*image* as its camera was held; as it is stored, where the camera says nothing that can be read."""
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - what cameras write makes Pillow fail in many ways
        turn = None
    return image if turn is None else image.transpose(turn)


def media_of(stored: bytes) -> str:
    """The type of a logo that :func:`kept` has made, as in ``image/png``."""
    return "image/png" if stored.startswith(b"\x89PNG") else "image/jpeg"


@lru_cache(maxsize=32)
def as_printed(stored: bytes) -> Logo:
    """A logo that :func:`kept` has made, for PDF files."""
    with Image.open(BytesIO(stored), formats=_FORMATS) as image:
        if image.format == "JPEG":
            return Logo(image.width, image.height, stored, "DCTDecode")
        pixels = image.convert("RGB")
    return Logo(pixels.width, pixels.height, zlib.compress(pixels.tobytes(), 9), "FlateDecode")
