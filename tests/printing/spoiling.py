"""What happens to a printed stamp between the paper and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Spoiling = Callable[[Image.Image, Random], Image.Image]
FINER = 2
"""Points of the camera for a dot of the printer, each way."""


def seen_by_a_camera(stamp: Image.Image, turned: bool = False) -> Image.Image:
    """A *stamp* of dots, twice as fine; one that stands along the roll is turned by who reads it."""
    larger = stamp.resize((FINER * stamp.width, FINER * stamp.height), Image.Resampling.NEAREST)
    return larger.rotate(-90, expand=True) if turned else larger


def soft(image: Image.Image) -> Image.Image:
    """As a lens shows it: each point a little of its neighbours."""
    return image.filter(ImageFilter.GaussianBlur(1))


def tilted(degrees: float) -> Spoiling:
    """Held askew."""
    return lambda image, random: soft(
        image.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    )


def with_spot(image: Image.Image, random: Random) -> Image.Image:
    """With one round spot of dirt, 5 to 6 mm wide, somewhere in the barcode."""
    spoiled = image.copy()
    size = min(image.size) // 16
    x, y = (int(one * random.uniform(0.35, 0.65)) for one in image.size)
    ImageDraw.Draw(spoiled).ellipse((x - size, y - size, x + size, y + size), fill=0)
    return soft(spoiled)


def speckled(image: Image.Image, random: Random) -> Image.Image:
    """With 2 % of the camera's points turned from black to white or from white to black."""
    points = np.asarray(image).copy()
    wrong = np.random.default_rng(random.randrange(2**32)).random(points.shape) < 0.02
    points[wrong] = 255 - points[wrong]
    return soft(Image.fromarray(points))


SPOILED: Mapping[str, Spoiling] = {
    "limpio": lambda image, random: soft(image),
    "1 grado": tilted(1),
    "2 grados": tilted(2),
    "mancha": with_spot,
    "2 % sucio": speckled,
}
"""By what the table calls it."""
