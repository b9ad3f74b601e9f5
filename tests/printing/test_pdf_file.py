"""The file itself: what PDF/A-3b asks for as far as it can be measured, its fonts, and the signed document inside."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from lxml import etree
from PIL import ImageFont

from dteplanows import printing
from dteplanows.printing import fonts
from dteplanows.printing.page import width_of
from tests.printing.papers import FACTS, full, text
from tests.printing.test_letter import simple

LATIN_1 = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)])).replace("\xad", "")
"""Every letter that a document may hold; a soft hyphen is none."""


@pytest.fixture(scope="module")
def letter() -> bytes:
    return printing.letter_pdf(full(33), FACTS)


def objects(file: bytes) -> dict[int, bytes]:
    """The objects of *file* by number, found where its table of places says that they are."""
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", file)[0])
    head, _, rest = file[start:].partition(b"\nstream\n")
    assert b"/Type /XRef /W [1 4 2]" in head
    table = zlib.decompress(rest[: int(re.findall(rb"/Length (\d+)", head)[0])])
    rows = [struct.unpack(">BLH", table[at : at + 7]) for at in range(0, len(table), 7)]
    assert b"/Size %d " % len(rows) in head
    assert rows[0] == (0, 0, 65535)
    found = {}
    for number, (_, at, _) in enumerate(rows):
        if rows[number][0] == 1:
            content, begin = file[at:], b"%d 0 obj\n" % number
            assert content.startswith(begin)
            found[number] = content[len(begin) : content.index(b"\nendobj\n")]
    for number, (kind, holder, place) in enumerate(rows):
        if kind == 2:
            found[number] = _inside(found[holder], place, number)
    return found


def _inside(holder: bytes, place: int, number: int) -> bytes:
    """The object that stands at *place* in the stream *holder*."""
    head, _, rest = holder.partition(b"\nstream\n")
    assert b"/Type /ObjStm" in head
    content = zlib.decompress(rest.removesuffix(b"\nendstream"))
    first = int(re.findall(rb"/First (\d+)", head)[0])
    numbers = [int(one) for one in content[:first].split()]
    assert numbers[2 * place] == number
    assert len(numbers) == 2 * int(re.findall(rb"/N (\d+)", head)[0])
    begins = [*numbers[1::2], len(content) - first + 1]
    return content[first + begins[place] : first + begins[place + 1] - 1]


def streams(file: bytes) -> list[tuple[bytes, bytes]]:
    """Dictionary and bytes of every stream, each as long as it says and ended by a line end (ISO 19005-3, 6.1.7)."""
    found = []
    for content in objects(file).values():
        head, begins, rest = content.partition(b"\nstream\n")
        if begins:
            length = int(re.search(rb"/Length (\d+)", head)[1])  # type: ignore[index]
            assert rest[length:] == b"\nendstream"
            found.append((head, rest[:length]))
    return found


def test_it_says_that_it_is_pdf_a(letter: bytes) -> None:
    """ISO 19005-3: the second line has bytes above 127, metadata are not compressed and agree with ``Info``, colours
    have a profile, nothing is encrypted, and each file inside has its relation and its kind."""
    assert letter.startswith(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    assert re.search(rb"/ID \[<([0-9a-f]{32})> <\1>\]", letter)
    (xmp,) = [content for head, content in streams(letter) if b"/Subtype /XML" in head and b"/Metadata" in head]
    root = etree.fromstring(xmp)
    said = {etree.QName(one).localname: (one.text or "").strip() for one in root.iter(etree.Element)}
    assert (said["part"], said["conformance"], said["format"]) == ("3", "B", "application/pdf")
    titles = [one.text for one in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")]
    opened = pypdfium2.PdfDocument(letter)
    meta = opened.get_metadata_dict()
    assert titles == [meta["Title"], meta["Author"], "es-CL"]
    assert meta["Title"] == "Factura Electrónica Nº 1234"
    assert said["Producer"] == said["CreatorTool"] == meta["Producer"] == meta["Creator"]
    (profile,) = [zlib.decompress(content) for head, content in streams(letter) if b"/N 3" in head]
    assert profile[12:24] == b"mntrRGB XYZ "
    assert profile[8] < 5
    assert b"/Encrypt" not in letter
    assert b"/AFRelationship /Source" in letter
    assert b"/Subtype /application#2Fxml" in letter
    assert b"/Lang (es-CL)" in letter


@pytest.mark.parametrize("tipo", [33, 39, 110])
def test_the_signed_document_is_inside(tipo: int) -> None:
    file = printing.pdf(full(tipo), FACTS)
    opened = pypdfium2.PdfDocument(file)
    assert opened.count_attachments() == 1
    one = opened.get_attachment(0)
    assert one.get_name() == f"dte-{tipo}-1234.xml"
    assert bytes(one.get_data()) == full(tipo)


def test_fonts_are_inside_and_as_wide_as_the_file_says(letter: bytes) -> None:
    programs = [zlib.decompress(content) for head, content in streams(letter) if b"/Length1" in head]
    assert len(programs) == 2
    opened = pypdfium2.PdfDocument(letter)
    for page in opened:
        for mark in page.get_objects():
            if mark.type == pdfium.FPDF_PAGEOBJ_TEXT:
                assert pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(mark)) == 1
    for bold in (False, True):
        face = fonts.face(bold, whole=True)
        font = _font(bold, 1000)
        for one in LATIN_1:
            width = face.widths[one.encode("cp1252")[0] - 32]
            assert abs(font.getlength(one) - width) <= 1.5, one
            assert width_of(one, 1000, bold) == pytest.approx(width * fonts.STRETCH, abs=1)


def _font(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    """The font that goes into a file, as another program reads it."""
    return ImageFont.truetype(BytesIO(zlib.decompress(fonts.face(bold, whole=True).file)), size)


@pytest.mark.parametrize("bold", [False, True])
def test_every_letter_has_a_glyph_of_its_own(bold: bool) -> None:
    font = _font(bold, 60)
    drawn = {one: bytes(font.getmask(one)) for one in LATIN_1 + "–…•€“”’" if one.strip()}
    nothing = bytes(font.getmask("\u0416"))
    assert nothing not in drawn.values()
    assert len(set(drawn.values())) == len(drawn)


def test_the_text_layer_has_every_letter_that_a_document_may_hold() -> None:
    names = "".join(one for one in LATIN_1 if one not in "&<>- ")
    xml = simple(33, 1, names=names[:70]).replace(b"Ferreter", names[70:].encode("latin-1") + b"Ferreter")
    found = text(printing.letter_pdf(xml, FACTS))
    assert names[:70] in found
    assert names[70:] in found


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_poppler_reads_the_same_text(letter: bytes, tmp_path: Path) -> None:
    path = tmp_path / "carta.pdf"
    path.write_bytes(letter)
    ran = subprocess.run(["pdftotext", path, "-"], capture_output=True, timeout=60, check=True)
    assert ran.stderr == b""
    assert "FACTURA ELECTRÓNICA" in ran.stdout.decode("utf-8")
    assert "S.I.I. - CHILLÁN" in ran.stdout.decode("utf-8")


def test_no_reader_takes_two_columns_for_one_word(letter: bytes) -> None:
    """Each text ends with a blank, but for a label, whose colon follows it (findings/pypdf-glues-narrow-columns.sh)."""
    pages = [zlib.decompress(content) for head, content in streams(letter) if b"/FlateDecode" in head]
    said = [
        text for page in pages if b"BDC" in page
        for text in re.findall(rb"\((.*?)(?<!\\)\) Tj", page)
    ]  # fmt: skip
    assert len(said) > 100
    assert all(one.endswith(b" ") or after == b": " for one, after in pairwise(said))


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_nothing_wrong(letter: bytes, tmp_path: Path) -> None:
    path = tmp_path / "carta.pdf"
    path.write_bytes(letter)
    ran = subprocess.run(["qpdf", "--check", path], capture_output=True, timeout=60, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "No syntax or stream encoding errors found" in ran.stdout


def test_a_preview_has_no_file_inside() -> None:
    draft = full(33).split(b"<Documento ", 1)[1].split(b"<TED ")[0]
    root = b'<?xml version="1.0" encoding="ISO-8859-1"?><Documento ' + draft + b"</Documento>"
    opened = pypdfium2.PdfDocument(printing.preview(root.split(b"?>", 1)[1].decode("latin-1"), FACTS))
    assert opened.count_attachments() == 0
