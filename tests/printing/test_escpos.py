"""Receipt printers: profiles, code pages, logos, and what a ticket for them has in it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from dteplanows import printing
from dteplanows.document.text import in_ascii
from dteplanows.printing import escpos
from dteplanows.printing.dots import shape_on
from dteplanows.printing.escpos import NoPicture, Options, encoded, profiles
from dteplanows.printing.escpos.picture import Picture, of_barcode, of_logo
from dteplanows.printing.roll import Roll
from dteplanows.printing.stored import read
from tests.printing.papers import FACTS, PRODUCTION, full
from tests.printing.readers import by_zxing
from tests.printing.test_letter import simple
from tests.printing.test_ticket import asking

LATIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))))


def image_of(picture: Picture, scale: int = 2) -> Image.Image:
    """*picture* as it is burnt, with white around it."""
    width, height = 8 * len(picture.rows[0]), len(picture.rows)
    burnt = Image.frombytes("1", (width, height), bytes(255 - one for row in picture.rows for one in row))
    framed = Image.new("L", (width + 60, height + 60), 255)
    framed.paste(burnt, (30, 30))
    return framed.resize((scale * framed.width, scale * framed.height), Image.Resampling.NEAREST)


@pytest.mark.parametrize("name", profiles())
def test_a_profile_is_a_printer_that_prints_a_stamp(name: str) -> None:
    profile = profiles()[name]
    assert "x".encode(profile.encoding) == b"x"
    assert profile.reach / profile.dots * 25.4 == pytest.approx({"80": 72, "58": 48}[profile.roll.millimetres], abs=0.5)
    ted = read(simple(39, 1)).ted
    shape = shape_on(ted, profile.grid)
    assert shape
    assert shape.across <= profile.reach
    assert by_zxing(image_of(of_barcode(shape))) == ted


@pytest.mark.parametrize("page", ["cp850", "cp858", "cp1252", "latin-1"])
def test_the_pages_of_the_profiles_have_every_letter_of_a_document(page: str) -> None:
    lost = {one for one in LATIN if encoded(one, page).decode(page) != one}
    assert lost <= set("¤") if page == "cp858" else not lost


def test_what_a_page_lacks_loses_its_accent_and_nothing_else() -> None:
    assert encoded("CAMIÓN Ñandú", "cp437").decode("cp437") == "CAMION Ñandú"
    assert encoded(LATIN, "ascii").decode("ascii") == in_ascii(LATIN)
    assert encoded("— “Ñ” €", "cp850").decode("cp850") == '- "Ñ" EUR'


@pytest.mark.parametrize("odd", ["a\x1b@b", "a\x1dV\x00b", "a\x9bb", "a\tb"])
def test_no_text_is_a_command(odd: str) -> None:
    assert all(one >= 0x20 for one in encoded(odd, "cp850"))
    facts = replace(PRODUCTION, observaciones=(odd,), adicionales={odd: odd})
    profile = profiles()["generica-80"]
    plain = escpos.ticket(simple(39, 1), PRODUCTION, profile)
    made = escpos.ticket(simple(39, 1), facts, profile)
    for command in (b"\x1b@", b"\x1dV", b"\x1bt"):
        assert made.count(command) == plain.count(command)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_a_logo_of_any_kind_is_dots(mode: str) -> None:
    image = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (150, 0, 450, 300))
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image)
    file = BytesIO()
    (image if mode == "RGBA" else flat.convert(mode)).save(file, "PNG")
    found = of_logo(file.getvalue(), 576)
    assert (8 * len(found.rows[0]), len(found.rows)) == (288, 144)
    middle = found.rows[72]
    assert (middle[0], middle[len(middle) // 2], middle[-1]) == (0, 0xFF, 0)
    assert len(escpos.ticket(simple(39, 1), FACTS, profiles()["generica-80"], Options(logo=file.getvalue()))) > 5000


def test_what_is_no_logo_is_refused() -> None:
    file = BytesIO()
    Image.new("1", (5000, 5000)).save(file, "PNG")
    for wrong in (b"no es una imagen", file.getvalue()):
        with pytest.raises(NoPicture):
            of_logo(wrong, 576)


def test_options_are_for_printers_that_can() -> None:
    xml, all_of_it = simple(39, 1), Options(density=3, drawer=True)
    able, plain = profiles()["epson-tm-t20"], profiles()["generica-58"]
    made = escpos.ticket(xml, FACTS, able, all_of_it)
    assert b"\x1d(K\x02\x00\x31\x03" in made
    assert made.endswith(b"\x1dVB\x03")
    assert b"\x1d(K\x02\x00\x31\xfe" in escpos.ticket(xml, FACTS, able, Options(density=-2))
    assert escpos.ticket(xml, FACTS, able, Options(cut=False)).endswith(b"\x1bd\x05")
    made = escpos.ticket(xml, FACTS, plain, all_of_it)
    assert b"\x1d(K" not in made
    assert made.endswith(b"\x1bd\x05")


def test_what_does_not_fit_upright_is_a_picture_also_where_the_printer_could_draw() -> None:
    """A stamp of pruebas at 180 dots per inch."""
    made = escpos.ticket(full(39), FACTS, profiles()["epson-tm-t88"])
    assert b"\x1dv0" in made
    assert b"\x1d(k" not in made


def test_without_a_barcode_nothing_is_drawn() -> None:
    made = escpos.ticket(simple(39, 1), replace(FACTS, boleta_sin_timbre=True), profiles()["generica-80"])
    assert b"\x1dv0" not in made


def test_an_invoice_needs_a_wide_roll_and_a_cedible_copy() -> None:
    with pytest.raises(ValueError, match="75 mm"):
        escpos.ticket(asking(33), FACTS, profiles()["generica-58"])
    assert b"CEDIBLE" in escpos.ticket(asking(33), FACTS, profiles()["generica-80"], Options(cedible=True))
    with pytest.raises(printing.NotCedible):
        escpos.ticket(asking(61), FACTS, profiles()["generica-80"], Options(cedible=True))
    assert profiles()["generica-80"].roll is Roll.MM80
