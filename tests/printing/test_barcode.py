"""The stamp's barcode: read back by others, and as large as the SII wants it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf417decoder import PDF417Decoder
from PIL import Image, ImageOps

from dteplanows import printing
from dteplanows.document.elements import BRANCHES
from dteplanows.document.writer import escape_in_stamp
from dteplanows.printing import Roll, letter, pdf417, stamp
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.page import MILLIMETRE, Stamp
from dteplanows.printing.stored import read
from dteplanows.signer.ted import data_of_stamp
from tests.printing.papers import FACTS, PRODUCTION, full, picture

VECTOR = json.loads((Path(__file__).parents[2] / "fixtures/vectors/ted_sii.json").read_text("utf-8"))


def drawn(symbol: pdf417.Symbol, scale: int = 3) -> Image.Image:
    """*symbol* as a clean picture with its quiet zone."""
    rows = [bytes(0 if one == pdf417.BLACK else 255 for one in row) for row in symbol.rows]
    small = Image.frombytes("L", (symbol.width, len(rows)), b"".join(rows))
    large = small.resize((symbol.width * scale, symbol.height * scale), Image.Resampling.NEAREST)
    framed = Image.new("L", (large.width + 80, large.height + 80), 255)
    framed.paste(large, (40, 40))
    return framed


def drawn_by_zxing(data: bytes) -> Image.Image:
    """A symbol of *data* as zxing-cpp makes it when it is handed bytes: announced as such, with an ECI (899)."""
    made = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.PDF417, ec_level="5", columns=16)
    return Image.fromarray(made.to_image(scale=4, add_quiet_zones=True))


def first_codewords(symbol: pdf417.Symbol) -> list[int]:
    """Those of the first row, the length first."""
    table = {drawn: word for word, drawn in enumerate(pdf417._clusters()[0])}
    row = symbol.rows[0][17:-18]
    return [table[row[at : at + 17]] for at in range(17, len(row) - 17, 17)]


def read_by_zxing(image: Image.Image) -> bytes:
    """The bytes of the only barcode in *image*; now and then the reader sees an EAN-13 in one of its rows, too."""
    (found,) = zxingcpp.read_barcodes(image, zxingcpp.barcode_formats_from_str("PDF417"))
    return bytes(found.bytes)


def read_by_decoder(image: Image.Image) -> bytes:
    """The same by another reader."""
    decoder = PDF417Decoder(image)
    assert decoder.decode() == 1
    return bytes(decoder.barcode_binary_data)


def stamp_of(xml: bytes, facts: PrintFacts = FACTS) -> Stamp:
    """The barcode on the letter of a document."""
    pages = letter.layout(read(xml), facts, False)
    (found,) = [mark for page in pages for mark in page.marks if isinstance(mark, Stamp)]
    return found


# --- the symbol -----------------------------------------------------------------------------------------------------


def test_the_table_has_what_the_standard_says_of_it() -> None:
    """Four bars and four spaces of 1 to 6 modules, 17 in all, and the sum that tells the clusters apart."""
    rows = [line.split("\t") for line in (Path(pdf417.__file__).parent / "pdf417.tsv").read_text("ascii").splitlines()]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(929)]
    for at, cluster in ((1, 0), (2, 3), (3, 6)):
        patterns = [[int(width) for width in row[at]] for row in rows[1:]]
        assert len({tuple(one) for one in patterns}) == 929
        assert all(len(one) == 8 and sum(one) == 17 and set(one) <= set(range(1, 7)) for one in patterns)
        assert all((one[0] - one[2] + one[4] - one[6]) % 9 == cluster for one in patterns)


@pytest.mark.parametrize("size", [1, 5, 6, 7, 12, 500, 863, 864, 1030, 1034])
def test_any_bytes_are_read_back(size: int) -> None:
    data = Random(size).randbytes(size)
    for columns in (4, 16) if size < 100 else (16, 29):
        assert read_by_zxing(drawn(pdf417.encode(data, columns))) == data


def test_the_stamp_of_the_sii_is_written_in_bytes() -> None:
    """Six bytes take five codewords: no compaction of texts is in it."""
    dd = data_of_stamp(VECTOR["values"], VECTOR["caf"], VECTOR["tsted"])
    ted = f'<TED version="1.0">{dd}<FRMT algoritmo="SHA1withRSA">{VECTOR["frmt"]}</FRMT></TED>'.encode("latin-1")
    symbol = pdf417.encode(ted, 16)
    words = 2 + len(ted) // 6 * 5 + len(ted) % 6 + 64
    assert pdf417.codewords(ted) == words
    assert len(symbol.rows) == -(-words // 16)
    assert read_by_zxing(drawn(symbol)) == read_by_decoder(drawn(symbol)) == ted


def long_stamp(names: str, length: int) -> bytes:
    """A stamp of that *length* with keys of 1024 bits, as the test authority's, and names made of *names*."""
    random = Random(names + str(length))
    signatures = [b64encode(random.randbytes(128)).decode() for _ in range(3)]
    values = {**VECTOR["values"], "MNT": "9" * 18, "F": "9999999999", "RSR": "", "IT1": ""}
    caf = re.sub("<M>[^<]*<", f"<M>{signatures[0]}<", VECTOR["caf"])
    caf = re.sub("(<FRMA [^>]*>)[^<]*<", rf"\g<1>{signatures[1]}<", caf)

    def ted() -> bytes:
        dd = data_of_stamp(values, caf, VECTOR["tsted"])
        return f'<TED version="1.0">{dd}<FRMT algoritmo="SHA1withRSA">{signatures[2]}</FRMT></TED>'.encode("latin-1")

    for name, share in (("RSR", 2), ("IT1", 1)):
        values[name] = "".join(random.choices(names, k=(length - len(ted())) // share))
    assert len(ted()) == length
    return ted()


@pytest.mark.parametrize("names", ["ÿ", "Ñá", "aB1ÿ.", "Tornillo ", "ABC "])
@pytest.mark.parametrize("length", [1035, 1056, 1100])
def test_more_than_bytes_can_hold_is_packed_as_text(names: str, length: int) -> None:
    """At the whole level, without an ECI, and read back to the byte."""
    ted = long_stamp(names, length)
    assert pdf417.level_of(ted) == pdf417.LEVEL
    for columns in (16, 29):
        symbol = pdf417.encode(ted, columns)
        first = first_codewords(symbol)
        assert first[0] == len(symbol.rows) * columns - 64
        assert not {925, 926, 927} & set(first[1:3])
        assert read_by_zxing(drawn(symbol)) == ted


def test_a_reader_that_knows_no_eci_reads_it() -> None:
    ted = long_stamp("Ñá ", 1056)
    assert read_by_decoder(drawn(pdf417.encode(ted, 16))) == ted


def test_an_eci_would_be_noticed() -> None:
    large = drawn_by_zxing(long_stamp("Ñá ", 1056))
    framed = large.crop(ImageOps.invert(large).getbbox())
    rows = bytes(framed.resize((framed.width // 4, framed.height // 12), Image.Resampling.NEAREST).tobytes())
    first = "".join(pdf417.WHITE if one else pdf417.BLACK for one in rows[: framed.width // 4])
    assert first_codewords(pdf417.Symbol((first,)))[1:3] == [927, 899]


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S", "Zs")), min_size=40, max_size=70))
def test_any_text_of_the_character_set_is_read_back(text: str) -> None:
    data = long_stamp("x", 1035).replace(b"xxxx", escape_in_stamp(text).encode("latin-1"), 1)
    try:
        symbol = pdf417.encode(data, 16)
    except pdf417.TooLong:
        return
    assert read_by_zxing(drawn(symbol)) == data


@pytest.mark.parametrize(("length", "level"), [(1150, 4), (1180, 3), (1192, 2)])
def test_the_level_falls_before_a_stamp_is_left_out(length: int, level: int) -> None:
    ted = long_stamp("aB1ÿ.", length)
    assert pdf417.level_of(ted) == level
    assert read_by_zxing(drawn(pdf417.encode(ted, 16))) == ted


def test_too_much_for_any_symbol_is_said_and_printed_as_words() -> None:
    data = Random(1).randbytes(1500)
    for refuses in (lambda: pdf417.encode(data, 16), lambda: pdf417.codewords(data), lambda: pdf417.level_of(data)):
        with pytest.raises(pdf417.TooLong):
            refuses()
    assert stamp.Barcode(data, "carta", 300).shape is None


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", BRANCHES)
@pytest.mark.parametrize("facts", [FACTS, PRODUCTION], ids=["pruebas", "produccion"])
def test_the_printed_letter_gives_the_stored_stamp_back(tipo: int, facts: PrintFacts) -> None:
    xml = full(tipo)
    file = printing.letter_pdf(xml, facts, cedible=printing.has_cedible(xml))
    last = picture(file, -1)
    lower = last.crop((0, last.height // 2, last.width // 2 + 100, last.height))
    ted = read(xml).ted
    assert ted.startswith(b'<TED version="1.0"><DD><RE>')
    assert ted in xml.replace(b">\n<", b"><")
    assert read_by_zxing(last) == ted
    if tipo in (33, 39, 110) and facts is FACTS:  # the second reader needs seconds
        assert read_by_decoder(lower) == ted


@pytest.mark.parametrize("roll", Roll)
def test_the_printed_ticket_gives_the_stored_stamp_back(roll: Roll) -> None:
    xml = full(39)
    assert read_by_zxing(picture(printing.ticket_pdf(xml, FACTS, roll))) == read(xml).ted


@pytest.mark.parametrize("name", ['Codo 1/2" d\'Amico', "Codo 1/2&quot; d&apos;Amico", "A &amp; B > C"])
def test_a_stamp_is_printed_as_it_stands(name: str) -> None:
    """Also of documents that were signed when its quotes were not escaped: what was signed is what is read."""
    xml = re.sub(b"<IT1>[^<]*<", f"<IT1>{name}<".encode(), full(33))
    ted = read(xml).ted
    assert f"<IT1>{name}</IT1>".encode() in ted
    assert read_by_zxing(picture(printing.letter_pdf(xml, FACTS), -1)) == ted


def test_the_barcode_stands_low_and_away_from_the_edge() -> None:
    mark = stamp_of(full(33))
    assert mark.x / MILLIMETRE >= 20
    assert mark.y > 792 / 2
