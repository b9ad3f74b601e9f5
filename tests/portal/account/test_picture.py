"""The picture of a second factor's secret."""

from __future__ import annotations

import re

import zxingcpp
from PIL import Image

from dteplanows.accounts.second_factor import address, new_secret
from dteplanows.portal.account.picture import picture_of


def test_a_telephone_reads_the_secret_from_the_picture() -> None:
    wanted = address(new_secret(), "maría.soto")
    picture = picture_of(wanted)
    modules = int(re.search(r'viewBox="0 0 (\d+) \1"', picture)[1])  # type: ignore[index]
    image = Image.new("1", (modules, modules), 1)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture):
        image.putpixel((int(x), int(y)), 0)
    (found,) = zxingcpp.read_barcodes(image.resize((4 * modules, 4 * modules)).convert("L"))
    assert found.text == wanted
    assert "style" not in picture
