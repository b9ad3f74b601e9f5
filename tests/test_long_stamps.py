"""Names that make a stamp too long for its barcode are told before and when the document is issued."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dteplanows.document import clock
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.printing import pdf417
from dteplanows.printing.stamp import SHORT, correction
from dteplanows.printing.stored import read
from tests.installation import Installation, make_installation

BOLETA = """<DTE version="1.0"><Documento><Encabezado>
<IdDoc><TipoDTE>39</TipoDTE><Folio>0</Folio><FchEmis>{today}</FchEmis><IndServicio>3</IndServicio></IdDoc>
<Emisor><RUTEmisor>1-9</RUTEmisor></Emisor>
<Receptor><RUTRecep>66666666-6</RUTRecep><RznSocRecep>{receptor}</RznSocRecep></Receptor>
<Totales><MntNeto>1000</MntNeto><IVA>190</IVA><MntTotal>1190</MntTotal></Totales></Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>{item}</NmbItem><QtyItem>1</QtyItem><PrcItem>1190</PrcItem>
<MontoItem>1190</MontoItem></Detalle></Documento></DTE>"""

PLAIN = ("Ñ" * 40, "ÿ" * 40)
QUOTED = ('Ferretería D\'Amico & Hijos "La Llave"', 'Codo 1/2" x 3/4" PVC')
# The keys and signatures of a stamp are random, and pack better or worse: these are far from both limits.
LOWER = ('a"B\'1zK"' * 5, 'x"Y2' * 9)
TOO_LONG = ('&y"Ñ' * 10, "\"y'Z" * 10)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with closing(make_installation(tmp_path)) as one:
        yield one


def process(made: Installation, names: tuple[str, str], solo_validar: bool = False) -> DocumentOutcome:
    """The outcome of a boleta whose receiver and product have those *names*."""
    receptor, item = map(html.escape, names)
    file = BOLETA.format(today=clock.today(), receptor=receptor, item=item).encode()
    (one,) = made.issuer.process(made.account, file, "2", solo_validar).documents
    assert one.accepted, one.problems
    return one


def said(outcome: DocumentOutcome) -> list[tuple[str, str]]:
    """Code and element of what is said of the stamp."""
    return [(one.code, one.place.field) for one in outcome.problems if one.code in ("DOC-140", "DOC-141")]


def ted_of(made: Installation, folio: int) -> bytes:
    return read(made.xml(39, folio)).ted


@pytest.mark.parametrize("only_judge", [False, True])
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (PLAIN, []),
        (QUOTED, []),
        (LOWER, [("DOC-140", "RznSocRecep")]),
        (tuple(reversed(LOWER)), [("DOC-140", "NmbItem")]),
        (TOO_LONG, [("DOC-141", "NmbItem")]),
        (("&" * 40, '"' * 24), [("DOC-141", "RznSocRecep")]),
    ],
)
def test_a_stamp_that_loses_correction_or_has_no_barcode_is_told(
    made: Installation, names: tuple[str, str], expected: list[tuple[str, str]], only_judge: bool
) -> None:
    assert said(process(made, names, only_judge)) == expected


def test_what_is_told_is_what_is_printed(made: Installation) -> None:
    """And it is kept with the document."""
    for names in (PLAIN, QUOTED, LOWER, TOO_LONG):
        outcome = process(made, names)
        ted = ted_of(made, outcome.folio)
        level = correction(ted)
        assert {None: "DOC-141", pdf417.LEVEL: ""}.get(level, "DOC-140") == "".join(code for code, _ in said(outcome))
        stored = made.ledger.documents.find("pruebas", made.company.rut, 39, outcome.folio)
        assert stored
        kept = [one for one in json.loads(stored.respuesta)["avisos"] if "código de barras" in one]
        assert len(kept) == len(said(outcome))
        assert all(f"mide {len(ted)} caracteres" in one for one in kept)
        assert all(f"nivel de corrección {level}" in one for one in kept if level is not None)
        if level is None:
            with pytest.raises(pdf417.TooLong):
                pdf417.encode(ted, 16)
        else:
            assert pdf417.encode(ted, 16).rows


def test_the_longest_plain_names_make_a_short_stamp(made: Installation) -> None:
    assert len(ted_of(made, process(made, PLAIN).folio)) <= SHORT < len(ted_of(made, process(made, LOWER).folio))


def test_a_caf_made_on_trial_stamps_nothing(tmp_path: Path) -> None:
    """Its number in the ledger is free again after the judgement, and the next CAF gets it."""
    with closing(make_installation(tmp_path, cafs=False)) as made:
        for _ in range(2):
            assert said(process(made, TOO_LONG, solo_validar=True)) == [("DOC-141", "NmbItem")]
        ted = ted_of(made, process(made, QUOTED).folio).decode("latin-1")

    def number(name: str) -> int:
        (found,) = re.findall(f"<{name}>([^<]*)</{name}>", ted)
        return int.from_bytes(base64.b64decode(found), "big")

    (signed, frmt) = re.findall(r"(<DD>.*</DD>)<FRMT [^>]*>([^<]*)<", ted)[0]
    public = rsa.RSAPublicNumbers(number("E"), number("M")).public_key()
    public.verify(base64.b64decode(frmt), signed.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())


def test_the_ticket_has_the_stamp_of_the_file_to_the_byte(made: Installation) -> None:
    folio = process(made, QUOTED).folio
    ticket = made.archive.ticket(39, folio)
    assert ticket.ted == ted_of(made, folio)
    assert ticket.ted in made.xml(39, folio)
    assert b"D&apos;Amico &amp; Hijos &quot;La Llave&quot;" in ticket.ted
