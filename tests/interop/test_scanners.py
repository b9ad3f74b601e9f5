"""The stamps of the demo's documents, as they are printed, read by four readers that are not kin, or only by name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import pytest
import zxingcpp
from pdf417decoder import PDF417Decoder
from PIL import Image

from dteplanows import printing
from dteplanows.document import clock
from dteplanows.document.elements import BOLETAS
from dteplanows.printing import PrintFacts, Roll
from dteplanows.printing.stored import read
from tests.installation import make_installation
from tests.interop.programs import NotHereError, needs_java, needs_node, node_libraries
from tests.printing.papers import picture
from tests.printing.test_barcode import drawn_by_zxing

PROGRAMS = Path(__file__).parent / "receivers"
SAMPLES = ("factura33.txt", "boleta39.txt", "guia52.txt", "nota-credito61.txt")
"""Files of the demo that hold one document each; the first is the one that it issues by itself."""
ZXING = Path("/usr/share/java/core.jar")
FACTS = PrintFacts("pruebas")
THERMAL = 203
"""Dots an inch of most printers of tickets, which are black or not there; a reader sees them twice as fine."""


class Printed(NamedTuple):
    """A stamp on paper."""

    name: str
    ted: bytes
    picture: Image.Image
    """The part of the paper around it."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Printed]:
    """Letters of every sample and tickets of the boleta, and a ticket as thermal printers have it."""
    installation = make_installation(tmp_path_factory.mktemp("timbres"))
    company = installation.company
    made = []
    for name in SAMPLES:
        sample = resources.files("dteplanows").joinpath("muestras", name).read_bytes()
        outcome = installation.issue(sample.replace(b"2026-01-05", clock.today().isoformat().encode()), "1")
        (document,) = outcome.documents
        row = installation.ledger.documents.find(company.ambiente, company.rut, document.tipo, document.folio)
        assert row
        ted = read(row.xml).ted
        letter = picture(printing.letter_pdf(row.xml, FACTS), -1)
        lower = (0, letter.height // 2, letter.width // 2 + 100, letter.height)
        made.append(Printed(name, ted, letter.crop(lower)))
        for roll in Roll if document.tipo in BOLETAS else ():
            ticket = printing.ticket_pdf(row.xml, FACTS, roll)
            # On the narrow roll it stands along the paper, and who reads it turns that.
            turn = -90 if roll is Roll.MM58 else 0
            made.append(Printed(f"{name} {roll.name}", ted, picture(ticket).rotate(turn, expand=True)))
            coarse = picture(ticket, dpi=THERMAL).point(lambda value: 255 if value >= 128 else 0)
            seen = coarse.resize((2 * coarse.width, 2 * coarse.height), Image.Resampling.NEAREST)
            made.append(Printed(f"{name} {roll.name} {THERMAL}", ted, seen.rotate(turn, expand=True)))
    installation.close()
    return made


@pytest.fixture(scope="module")
def old(papers: list[Printed]) -> Image.Image:
    """The first stamp handed to the encoder as bytes, which it announces with an ECI."""
    return drawn_by_zxing(papers[0].ted)


def files(folder: Path, pictures: list[Image.Image]) -> list[str]:
    """The names of *pictures* as files that need no library to be read."""
    names = []
    for number, one in enumerate(pictures):
        path = folder / f"{number}.pgm"
        path.write_bytes(f"P5 {one.width} {one.height} 255\n".encode() + one.convert("L").tobytes())
        names.append(str(path))
    return names


def assert_read(papers: list[Printed], lines: list[str]) -> None:
    """That *lines* are the stamps of *papers* and, for the last, nothing."""
    assert {one.name: line for one, line in zip(papers, lines, strict=False) if line != one.ted.hex()} == {}
    assert lines[len(papers) :] == ["-"]


def test_the_first_document_of_the_demo_is_a_long_one(papers: list[Printed]) -> None:
    """More than bytes alone can hold; else these tests would say little."""
    assert papers[0].name == "factura33.txt"
    assert len(papers[0].ted) > 1034


@pytest.mark.parametrize("reader", ["zxing-cpp", "pdf417decoder"])
def test_readers_of_python_read_every_stamp(reader: str, papers: list[Printed]) -> None:
    readers: dict[str, Callable[[Image.Image], bytes]] = {"zxing-cpp": by_zxing, "pdf417decoder": by_decoder}
    assert [one.name for one in papers if readers[reader](one.picture) != one.ted] == []


def by_zxing(image: Image.Image) -> bytes:
    """The only barcode; with an ECI in it, it would be binary."""
    (found,) = zxingcpp.read_barcodes(image, zxingcpp.barcode_formats_from_str("PDF417"))
    assert found.content_type == zxingcpp.ContentType.Text
    return bytes(found.bytes)


def by_decoder(image: Image.Image) -> bytes:
    """The same by a reader of its own."""
    decoder = PDF417Decoder(image)
    return bytes(decoder.barcode_binary_data) if decoder.decode() else b""


@needs_node
def test_zxing_for_browsers_reads_every_stamp(
    papers: list[Printed], old: Image.Image, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    kept = Path(pytestconfig.cache.mkdir("scanners")) if pytestconfig.cache else tmp_path
    try:
        modules = node_libraries(kept, "@zxing/library@0.23.0")
    except NotHereError as reason:
        pytest.skip(f"ZXing for browsers: {reason}")
    names = files(tmp_path, [*(one.picture for one in papers), old])
    assert_read(papers, lines("node", str(PROGRAMS / "lee_timbre.js"), *names, NODE_PATH=str(modules)))


@needs_java
@pytest.mark.skipif(not ZXING.exists(), reason="libzxing-core-java is not installed")
def test_zxing_for_java_reads_every_stamp(papers: list[Printed], old: Image.Image, tmp_path: Path) -> None:
    subprocess.run(["javac", "-cp", ZXING, "-d", tmp_path, PROGRAMS / "LeeTimbre.java"], check=True)
    names = files(tmp_path, [*(one.picture for one in papers), old])
    assert_read(papers, lines("java", "-cp", f"{ZXING}:{tmp_path}", "LeeTimbre", *names))


def lines(*words: str, **environment: str) -> list[str]:
    """What a program writes."""
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
