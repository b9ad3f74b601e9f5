"""The stamp's barcode: read back by others, and as large as the SII wants it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import zxingcpp
from pdf417decoder import PDF417Decoder
from PIL import Image

from dteplanows import printing
from dteplanows.document.elements import BRANCHES
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


def read_by_zxing(image: Image.Image) -> bytes:
    """The bytes of the only barcode in *image*."""
    (found,) = zxingcpp.read_barcodes(image)
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


def test_more_than_bytes_can_hold_is_packed_as_text() -> None:
    data = b"<TED>" + b"RAZON SOCIAL " * 90 + b"</TED>"
    assert len(data) > 1034
    assert pdf417.codewords(data) <= pdf417.MAXIMUM_CODEWORDS
    assert read_by_decoder(drawn(pdf417.encode(data, 16))) == data


def test_too_much_for_any_symbol_is_said_and_printed_as_words() -> None:
    data = Random(1).randbytes(1500)
    with pytest.raises(pdf417.TooLong):
        pdf417.encode(data, 16)
    with pytest.raises(pdf417.TooLong):
        pdf417.codewords(data)
    assert stamp.sized(data, stamp.ADVISED, stamp.LARGEST).symbol is None


@pytest.mark.parametrize("size", [650, 800, 950, 1034])
def test_the_size_is_what_the_sii_asks_for(size: int) -> None:
    """2 by 5 cm to 4 by 9 cm, modules of 6.7 mils or more, rows three modules high."""
    sized = stamp.sized(Random(size).randbytes(size), stamp.ADVISED, stamp.LARGEST)
    assert sized.symbol
    assert 50 <= sized.width / MILLIMETRE <= 90
    assert 20 <= sized.height / MILLIMETRE <= 40
    module = sized.width / sized.symbol.width
    assert module >= stamp.SMALLEST_MODULE
    assert sized.height / len(sized.symbol.rows) == pytest.approx(3 * module)


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", BRANCHES)
@pytest.mark.parametrize("facts", [FACTS, PRODUCTION], ids=["pruebas", "produccion"])
def test_the_printed_letter_gives_the_stored_stamp_back(tipo: int, facts: PrintFacts) -> None:
    xml = full(tipo)
    file = printing.pdf(xml, facts, cedible=printing.has_cedible(xml))
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


def test_the_barcode_stands_low_and_away_from_the_edge() -> None:
    mark = stamp_of(full(33))
    assert mark.x / MILLIMETRE >= 20
    assert mark.y > 792 / 2
