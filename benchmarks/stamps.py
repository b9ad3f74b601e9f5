"""Whether stamps survive the printer, and what they cost: from the document over black and white dots to four readers.

The chain: documents with stamps of the length that CAFs of the SII make are printed on letters and rolls for printers
of 180, 203 and 300 dots per inch, turned into dots by Ghostscript, Poppler and PDFium, and as the raster of ESC/POS;
what comes out is looked at as a camera does (twice as fine, a little soft) upright, tilted, with a dirty spot and with
2 % of its points wrong, by zxing-cpp, ZXing for Java, ZXing for browsers and pdf417decoder. Then random documents of
every type, printed in grey at 200 and 300 dots per inch and with 2 % of their points wrong, are read by zxing-cpp and
ZXing for Java, and some by pdf417decoder. None of the three wrote their stamps: those of production length are written
by :mod:`dteplanows.printing.pdf417` alone. Last, what a ticket costs, and whether memory grows.

``--documents 500`` random ones, of which pdf417decoder reads ``--slowly 20``; ``--each 3`` stamps for each place of the
table, ``--tickets 10000`` for the memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from PIL import Image

from dteplanows import printing
from dteplanows.archive.names import NAMES
from dteplanows.document.company import Dots
from dteplanows.document.elements import BOLETAS
from dteplanows.printing import PrintFacts, Roll, escpos, letter, pdf417, roll
from dteplanows.printing.dots import shape_of
from dteplanows.printing.page import Stamp
from dteplanows.printing.stored import read
from tests import generate
from tests.printing import readers
from tests.printing.papers import PRODUCTION, picture, short_stamp, signed
from tests.printing.readers import Seen
from tests.printing.rendering import RENDERERS
from tests.printing.spoiling import SPOILED, seen_by_a_camera, speckled
from tests.printing.test_letter import simple

ALL_DOTS: tuple[Dots, ...] = (180, 203, 300)
PAPERS = ("carta", "80 mm", "58 mm")
MARGIN = 30
"""Points of white around a stamp that is looked at."""
SLOW = 120
"""Pictures that pdf417decoder is given: it takes half a second for each."""
BATCH = 25
"""Random documents whose pictures lie on the disk at once."""


class Place(NamedTuple):
    """A place of the table: how something was printed."""

    paper: str
    dots: Dots
    renderer: str


def document(number: int, tipo: int = 39) -> bytes:
    """A signed document whose stamp is as long as the SII's CAFs make it, with names of its own."""
    return short_stamp(simple(tipo, 2), *names_of(Random(number)))


def names_of(random: Random) -> list[str]:
    """Two names for a stamp, of 12 to 40 letters."""
    letters = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZÁÉÍÓÚabcdefghijklmnñopqrstuvwxyzáéíóúü &'.-/º½0123456789"
    return ["".join(random.choices(letters, k=random.randint(12, 40))).strip() or "X" for _ in range(2)]


def random_document(number: int) -> tuple[str, bytes]:
    """A paper, and a document with chance elements and values for it: on letter paper of any type, else a boleta."""
    random, paper = Random(number), PAPERS[number % 2]
    types = BOLETAS if paper == "80 mm" else NAMES
    tipo = sorted(types)[number // 2 % len(types)]
    return paper, short_stamp(signed(generate.document(tipo, random), number), *names_of(random))


def printed(place: Place, xml: bytes) -> Image.Image:
    """The stamp of a document as a printer burns it, with white around."""
    if place.renderer == "ESC/POS":
        return readers.raster_of(escpos.ticket(xml, PRODUCTION, receipt_printer(place)))
    facts = replace(PRODUCTION, puntos_carta=place.dots, puntos_ticket=place.dots)
    return stamp_on(place.paper, xml, facts, lambda file: (RENDERERS[place.renderer](file, place.dots), place.dots))


def stamp_on(
    paper: str, xml: bytes, facts: PrintFacts, render: Callable[[bytes], tuple[Image.Image, int]]
) -> Image.Image:
    """The stamp of a document on *paper*, cut out of what *render* makes of its last page at so many dots per inch."""
    stored = read(xml)
    if paper == "carta":
        file, pages = printing.letter_pdf(xml, facts), letter.layout(stored, facts, False)
    else:
        width = Roll.MM80 if paper == "80 mm" else Roll.MM58
        file, pages = printing.ticket_pdf(xml, facts, width), roll.layout(stored, facts, width)
    (mark,) = [one for one in pages[-1].marks if isinstance(one, Stamp)]
    image, dpi = render(file)
    left, top, right, bottom = (
        round(one * dpi / 72) for one in (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
    )
    return image.crop((max(0, left - MARGIN), top - MARGIN, min(image.width, right + MARGIN), bottom + MARGIN))


def receipt_printer(place: Place) -> escpos.Profile:
    """One that prints stamps as pictures."""
    wanted = (place.paper.split()[0], place.dots, False)
    return next(one for one in escpos.profiles().values() if (one.roll.millimetres, one.dots, one.pdf417) == wanted)


def places() -> Iterator[Place]:
    """All that are measured."""
    for paper in PAPERS:
        for dots in ALL_DOTS:
            yield from (Place(paper, dots, name) for name in RENDERERS)
    yield from (Place("80 mm", 180, "ESC/POS"), Place("80 mm", 203, "ESC/POS"), Place("58 mm", 203, "ESC/POS"))


def chain(each: int) -> list[list[str]]:
    """The table: for each place, how many of *each* stamps every reader read, spoiled in every way."""
    seen: list[Seen] = []
    names: list[tuple[Place, str]] = []
    for place in places():
        for number in range(each):
            xml = document(number)
            upright = seen_by_a_camera(printed(place, xml), turned=place.paper == "58 mm")
            for spoiled, how in SPOILED.items():
                names.append((place, spoiled))
                seen.append(Seen(read(xml).ted, how(upright, Random(number))))
    right = readers.all_right(seen, SLOW)
    rows = []
    for place in places():
        row = [place.paper, str(place.dots), place.renderer]
        for spoiled in SPOILED:
            at = [index for index, name in enumerate(names) if name == (place, spoiled)]
            row.append(" ".join(counted([found[index] for index in at]) for found in right.values()))
        rows.append(row)
    return rows


def counted(found: Sequence[bool | None]) -> str:
    """How many were read; a dash where the reader was not asked."""
    asked = [one for one in found if one is not None]
    return f"{sum(asked)}/{len(asked)}" if asked else "-"


def random_documents(number: int, slowly: int) -> dict[str, list[bool | None]]:
    """Whether decoders read so many random documents at 200 and 300 dots, in grey and with 2 % wrong.

    pdf417decoder is asked about some, *slowly*.
    """
    right: dict[str, list[bool | None]] = {}
    step = max(1, number // slowly)
    for begin in range(0, number, BATCH):
        numbers = range(begin, min(number, begin + BATCH))
        asked = [(name, seen, at % step == 0) for at in numbers for name, seen in grey_pictures(at)]
        pictures = [seen.image for _, seen, _ in asked]
        with tempfile.TemporaryDirectory() as folder:
            by_java = readers.by_java(readers.files_of(Path(folder), pictures), Path(folder))
        for (name, seen, few), java in zip(asked, by_java, strict=True):
            decoder = readers.by_decoder(seen.image) == seen.ted if few else None
            found = (readers.by_zxing(seen.image) == seen.ted, java == seen.ted, decoder)
            for reader, one in zip(("zxing-cpp", "ZXing Java", "pdf417decoder"), found, strict=True):
                right.setdefault(f"{name} {reader}", []).append(one)
        print(f"{numbers.stop} random documents", file=sys.stderr, flush=True)
    return right


def grey_pictures(at: int) -> Iterator[tuple[str, Seen]]:
    """A random document's stamp, printed in grey: at 200 dots, where a reader looks twice as close, and at 300."""
    paper, xml = random_document(1000 + at)
    ted = read(xml).ted
    for dpi, scale in ((200, 2), (300, 1)):
        grey = stamp_on(paper, xml, PRODUCTION, partial(grey_page, dpi=dpi))
        seen = grey.resize((scale * grey.width, scale * grey.height), Image.Resampling.BICUBIC)
        yield f"{dpi} gris", Seen(ted, seen)
        yield f"{dpi} sucio", Seen(ted, speckled(seen, Random(at)))


def grey_page(file: bytes, dpi: int) -> tuple[Image.Image, int]:
    """The last page of *file* in grey."""
    return picture(file, -1, dpi), dpi


def best(work: Callable[[], object], times: int) -> float:
    """The least time of a call, in milliseconds: what the machine does besides is no cost of ours."""
    least = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - begun)
    return 1000 * least


def costs() -> dict[str, float]:
    """Milliseconds of a stamp, a ticket and a letter, each made anew."""
    xml = document(1)
    ted, facts = read(xml).ted, PRODUCTION
    profile = escpos.profiles()["generica-80"]

    def anew(work: Callable[[], object]) -> Callable[[], object]:
        def one() -> object:
            shape_of.cache_clear()
            return work()

        return one

    return {
        "timbre": best(lambda: pdf417.encode(ted, 12), 200),
        "ticket en PDF": best(anew(lambda: printing.ticket_pdf(xml, facts)), 100),
        "ticket en ESC/POS": best(anew(lambda: escpos.ticket(xml, facts, profile)), 100),
        "carta en PDF": best(anew(lambda: printing.letter_pdf(xml, facts)), 100),
    }


def memory(tickets: int) -> tuple[int, int]:
    """KiB that the process has had at most after a tenth of so many *tickets*, and after all."""
    documents = [document(number) for number in range(50)]
    profile, facts = escpos.profiles()["generica-80"], PRODUCTION
    early = 0
    for number in range(tickets):
        make: Callable[[bytes, PrintFacts], bytes] = printing.ticket_pdf
        xml = documents[number % 50].replace(b"<Folio>77<", b"<Folio>%d<" % number)
        make(xml, facts)
        escpos.ticket(xml, facts, profile)
        if number == tickets // 10:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return early, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--slowly", type=int, default=20)
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--tickets", type=int, default=10_000)
    asked = parser.parse_args()
    for name, value in costs().items():
        print(f"{name}: {value:.2f} ms")
    if asked.tickets:
        early, late = memory(asked.tickets)
        print(f"memory: {early / 1024:.0f} MiB after {asked.tickets // 10} tickets, {late / 1024:.0f} after all")
    if asked.each:
        print("readers:", ", ".join(readers.NAMES))
        for row in [["papel", "puntos", "por", *SPOILED], *chain(asked.each)]:
            print("  ".join(f"{one:20}" for one in row).rstrip(), flush=True)
    if asked.documents:
        right = random_documents(asked.documents, asked.slowly)
        for name, found in right.items():
            print(f"{name}: {counted(found)}")
    return 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        readers.FOLDER = Path(folder)
        sys.exit(main())
