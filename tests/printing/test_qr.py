"""The code with the address of a document's page, read back by two readers from the printed page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy
import pypdfium2
import pytest
import zxingcpp

from dteplanows import printing
from dteplanows.archive.copies import Copies, printed_at
from dteplanows.archive.links import Copy
from dteplanows.printing import Roll, letter, qr
from dteplanows.printing.page import Code
from dteplanows.printing.stored import read
from dteplanows.settings import load
from tests.installation import Installation
from tests.issuing.test_issued_before import file
from tests.printing.papers import FACTS, full

ADDRESS = f"https://facturas.empresa-de-ejemplo.cl/dte/plano/documento?p1={43 * 'x'}&p2=GDI&m=V&i=123456789&c=false"


def pictures(pdf: bytes) -> list[Any]:
    return [page.render(scale=4).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def read_by_zxing(pdf: bytes) -> list[str]:
    found = [one for page in pictures(pdf) for one in zxingcpp.read_barcodes(page)]
    return [one.text for one in found if one.format == zxingcpp.BarcodeFormat.QRCode]


@pytest.mark.parametrize("tipo", [33, 39, 52, 110])
def test_the_code_of_a_letter_is_read_back(tipo: int) -> None:
    found = printing.pdf(full(tipo), replace(FACTS, pagina=ADDRESS))
    assert read_by_zxing(found) == [ADDRESS]
    assert read_by_zxing(printing.pdf(full(tipo), FACTS)) == []


def test_another_reader_reads_it_too() -> None:
    """OpenCV's, which is shown the code alone: in a page it often takes bars of the stamp for marks of a code."""
    facts = replace(FACTS, pagina=ADDRESS)
    file, pages = printing.letter_pdf(full(33), facts), letter.layout(read(full(33)), facts, False)
    ((number, mark),) = [(at, one) for at, page in enumerate(pages) for one in page.marks if isinstance(one, Code)]
    area = tuple(4 * one for one in (mark.x - 10, mark.y - 10, mark.x + mark.side + 10, mark.y + mark.side + 10))
    seen = pictures(file)[number].crop(area)
    assert cv2.QRCodeDetector().detectAndDecode(numpy.array(seen))[0] == ADDRESS


@pytest.mark.parametrize("width", list(Roll))
def test_the_code_of_a_ticket_is_read_back(width: Roll) -> None:
    found = printing.ticket_pdf(full(39), replace(FACTS, pagina=ADDRESS), width)
    assert read_by_zxing(found) == [ADDRESS]


def test_its_modules_are_wide_enough_for_a_telephone() -> None:
    symbol = qr.encode(ADDRESS)
    assert len(symbol.rows) == symbol.width
    for dots in (203, 300, 600):
        side = qr.Placed(ADDRESS, dots).side
        assert side / symbol.width / 72 * 25.4 > 0.4, "millimetres"
        assert (side * dots / 72 / symbol.width) % 1 == pytest.approx(0, abs=1e-6)
    assert 4 * qr.SIDE / symbol.width <= qr.QUIET_ZONE


def test_it_is_printed_where_the_settings_say_so(installation: Installation) -> None:
    stored = installation.ledger.documents.by_id(installation.issue(file(), "1").documents[0].documento_id)
    assert stored
    on = load(directorio=installation.ledger.directory, url_publica="https://empresa.example/dte/", imprimir_qr=True)
    off = load(directorio=installation.ledger.directory, url_publica="https://empresa.example/dte/")
    assert printed_at(off) == ""
    copies = Copies(installation.ledger, printed_at=printed_at(on))
    page = copies.links.page(Copy(stored.id), "pruebas")
    found = copies.pdf(Copy(stored.id, cedible=True))
    assert found
    assert read_by_zxing(found) == [f"https://empresa.example/dte{page}"]
    without = Copies(installation.ledger).pdf(Copy(stored.id))
    assert without
    assert read_by_zxing(without) == []
