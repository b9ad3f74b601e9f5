"""From the document over the printer's dots to readers: the short form of ``benchmark stamps``."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks import stamps
from dteplanows.printing.stored import read
from tests.interop.programs import needs_java
from tests.printing.readers import by_decoder, by_zxing
from tests.printing.rendering import needs_ghostscript, needs_poppler
from tests.printing.spoiling import seen_by_a_camera, soft, speckled, tilted, with_spot

XML = stamps.document(5)
TED = read(XML).ted
PLACES = [one for one in stamps.places() if one.dots == 203 or (one.dots == 180 and one.paper == "80 mm")]


@needs_ghostscript
@needs_poppler
@pytest.mark.parametrize("place", PLACES, ids=lambda one: " ".join(map(str, one)))
def test_a_stamp_survives_the_printer(place: stamps.Place) -> None:
    upright = seen_by_a_camera(stamps.printed(place, XML), turned=place.paper == "58 mm")
    for how in (lambda image, random: soft(image), tilted(1), with_spot, speckled):
        assert by_zxing(how(upright, Random(3))) == TED


def test_a_reader_that_is_no_kin_reads_it_too() -> None:
    place = stamps.Place("80 mm", 203, "PDFium")
    assert by_decoder(speckled(seen_by_a_camera(stamps.printed(place, XML)), Random(3))) == TED


def test_the_stamp_is_as_long_as_in_production() -> None:
    assert 650 <= len(TED) <= 950
    assert TED.count(b"=</") + TED.count(b"==</") >= 2


def test_random_documents_are_read_in_grey() -> None:
    """At 200 dots an inch, which is no printer's grid here, and at 300; clean and with 2 % of the points wrong."""
    for number in range(3):
        for name, seen in stamps.grey_pictures(number):
            assert by_zxing(seen.image) == seen.ted, name


@needs_java
@pytest.mark.long
def test_500_random_documents_are_read_in_grey_by_decoders_that_did_not_write_them() -> None:
    right = stamps.random_documents(500, slowly=20)
    assert len(right) == 4 * 3 and {len(found) for found in right.values()} == {500}
    assert {name: found.count(False) for name, found in right.items() if False in found} == {}
