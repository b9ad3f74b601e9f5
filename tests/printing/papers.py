"""Signed documents of every type, and what can be seen of their PDF files."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pypdfium2
from PIL import Image

from dteplanows.demo.certificate import make_certificate
from dteplanows.document import clock
from dteplanows.document.model import Document
from dteplanows.document.writer import escape_in_stamp, identifier, write_document
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.ledger.rows import Span
from dteplanows.printing import PrintFacts
from dteplanows.signer.certificate import Certificate, read_certificate
from dteplanows.signer.ted import make_ted
from dteplanows.signer.xmldsig import sign_dte
from tests import generate
from tests.installation import COMPANY, RUT_OF_SIGNER

FACTS = PrintFacts(
    "pruebas",
    numero_resolucion=80,
    fecha_resolucion=date(2014, 8, 22),
    unidad_sii="CHILLÁN",
    observaciones=("Entregar en bodega 3 antes del mediodía.", "Teléfono de la obra: 42 200 0000."),
    adicionales={"A1": "Pedido interno 55", "Obra": "Puente Ñuble"},
    consulta="boletas.ejemplo.cl",
)
PRODUCTION = PrintFacts("produccion", 80, date(2014, 8, 22), "CHILLÁN")
MOMENT = datetime(2026, 3, 4, 12, 30, 5)


@cache
def certificate() -> Certificate:
    """A certificate of a fictitious person."""
    return read_certificate(make_certificate(RUT_OF_SIGNER, "Eulalia Prueba Ñancupil", "x"), "x")


@cache
def _authority() -> TestAuthority:
    return TestAuthority.generate()


@cache
def _caf(tipo: int) -> Caf:
    authority = _authority()
    file = authority.make_caf(COMPANY.rut, COMPANY.razon_social, tipo, Span(1, 9_999_999_999), clock.today())
    return read_caf(file, authority.public_key)


def signed(document: Document, folio: int) -> bytes:
    """*document* stamped and signed, as the ledger stores it."""
    caf = _caf(document.tipo)
    ted = make_ted(document, folio, caf, MOMENT)
    text = write_document(document, folio, f"{ted}\n<TmstFirma>{MOMENT.isoformat()}</TmstFirma>")
    return sign_dte(text, identifier(document.tipo, folio), certificate())


@cache
def full(tipo: int, seed: int = 0) -> bytes:
    """A document of *tipo* with every element that the structure has, some of them several times."""
    document = generate.document(tipo, Random(seed), likely=1, most=3)
    # Names full of characters that XML escapes make stamps that no barcode can hold.
    for group, name in ((document.receptor, "RznSocRecep"), (document.detalles[0], "NmbItem")):
        group.put(name, group.text(name).translate(str.maketrans("&<>", "yoa")))
    return signed(document, 1234)


def opened(file: bytes) -> pypdfium2.PdfDocument:
    """*file* as a reader of PDF opens it."""
    return pypdfium2.PdfDocument(file)


def picture(file: bytes, page: int = 0, dpi: int = 300) -> Image.Image:
    """A page as it is printed; -1 is the last one."""
    document = opened(file)
    rendered: Image.Image = document[page % len(document)].render(scale=dpi / 72, grayscale=True).to_pil()
    return rendered.convert("L")


def texts(file: bytes) -> list[str]:
    """The text of each page without blanks and hyphens, so that line ends do not matter."""
    return [squeezed(page.get_textpage().get_text_bounded()) for page in opened(file)]


def text(file: bytes) -> str:
    """The same of all pages."""
    return "".join(texts(file))


def stands(value: str, pages: list[str]) -> bool:
    """Whether *value* is in the texts of the *pages*; its end may be on the page after."""
    value = squeezed(value)
    return any(value in page for page in pages) or any(
        value[:at] in one and value[at:] in other for one, other in pairwise(pages) for at in range(20, len(value))
    )


def squeezed(text: str) -> str:
    """*text* without blanks and hyphens, which readers of PDF leave out or mark at the end of a line."""
    return "".join(text.split()).translate(dict.fromkeys(map(ord, "-\x02\ufffe")))


def fixture(name: str) -> Path:
    """A customer's file of the fixtures."""
    folder = "txt" if name.endswith(".txt") else "xml"
    return Path(__file__).parents[2] / "fixtures" / folder / name


def short_stamp(xml: bytes, receptor: str, item: str) -> bytes:
    """*xml* with those names and a stamp as long as CAFs of the SII make it: their keys have 512 bits, 88 characters.

    Nothing verifies it any more; it is for who prints and reads it.
    """
    for tag in (b"M", b"FRMA [^>]*", b"FRMT [^>]*"):
        xml = re.sub(b"(<%b>)([^<]{89,})<" % tag, lambda found: found[1] + found[2].strip()[:88] + b"<", xml)
    for tag, name in ((b"RSR", receptor), (b"IT1", item)):
        text = escape_in_stamp(name).encode("latin-1")
        xml = re.sub(b"<%b>[^<]*<" % tag, lambda _, tag=tag, text=text: b"<%b>%b<" % (tag, text), xml)  # type: ignore[misc]
    return xml
