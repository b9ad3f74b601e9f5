"""Envelopes: both kinds, judged by xmlsec1 and by the SII's schemas; the DTEs inside stay what they were."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from lxml import etree

from dteplanows.signer.envelope import SII as RUT_OF_SII
from dteplanows.signer.envelope import Cover, envelope
from dteplanows.signer.xmldsig import sign_dte
from tests.signer.signer_support import DS, SII, flip, needs_xmlsec1, rut, signer, xmlsec1_accepts
from tests.signer.test_xmldsig import LONGEST_LINE, documento
from tests.validator.sii_judge import official_path

COVER = Cover(rut(76_000_111), RUT_OF_SII, date(2014, 8, 22), 80, datetime(2026, 1, 2, 10, 20, 30))
SIGNATURE_OF_SET = f"/*[local-name()='EnvioDTE' or local-name()='EnvioBOLETA']/*[namespace-uri()='{DS}']"


def dte(tipo: int, folio: int, text: str = "Ñandú & Cía") -> tuple[int, bytes]:
    """A signed DTE with its type."""
    identifier = f"F{folio}T{tipo}"
    whole = documento(text, identifier).replace("<Folio>12<", f"<Folio>{folio}<")
    # the stamps say the type, too; whether they are right is not looked at here
    whole = whole.replace("<TipoDTE>33<", f"<TipoDTE>{tipo}<").replace("<TD>33<", f"<TD>{tipo}<")
    if tipo in (39, 41):
        whole = re.sub("<Acteco>.*\n", "", whole).replace("RznSoc>", "RznSocEmisor>", 2)
        whole = whole.replace("GiroEmis>", "GiroEmisor>").replace("<TasaIVA>19</TasaIVA>\n", "")
        whole = whole.replace("<GiroRecep>Giro</GiroRecep>\n", "")
        whole = whole.replace("</FchEmis>\n", "</FchEmis>\n<IndServicio>3</IndServicio>\n")
    return tipo, sign_dte(whole, identifier, signer())


FACTURAS = [dte(33, 12), dte(61, 5), dte(33, 13, 'O\'Higgins "x" <y>')]
BOLETAS = [dte(39, 1), dte(41, 2), dte(39, 3)]


def counted(file: bytes) -> dict[str, str]:
    """Documents of each type, as the cover says."""
    found = etree.fromstring(file).iter(f"{{{SII}}}SubTotDTE")
    return {one.findtext(f"{{{SII}}}TpoDTE"): one.findtext(f"{{{SII}}}NroDTE") for one in found}


@pytest.mark.parametrize(
    ("dtes", "root", "counts"),
    [
        (FACTURAS, "EnvioDTE", {"33": "2", "61": "1"}),
        (BOLETAS, "EnvioBOLETA", {"39": "2", "41": "1"}),
        (BOLETAS[:1], "EnvioBOLETA", {"39": "1"}),
    ],
)
def test_the_two_kinds(dtes: list[tuple[int, bytes]], root: str, counts: dict[str, str]) -> None:
    file = envelope(dtes, COVER, signer())
    tree = etree.fromstring(file)
    assert tree.tag == f"{{{SII}}}{root}"
    assert counted(file) == counts
    assert len(tree.findall(f"{{{SII}}}SetDTE/{{{SII}}}DTE")) == len(dtes)
    cover = tree[0][0]
    said = {child.tag.partition("}")[2]: child.text for child in cover if not len(child)}
    assert said == {
        "RutEmisor": rut(76_000_111), "RutEnvia": signer().rut, "RutReceptor": "60803000-K",
        "FchResol": "2014-08-22", "NroResol": "80", "TmstFirmaEnv": "2026-01-02T10:20:30",
    }  # fmt: skip


@pytest.mark.parametrize("dtes", [[], [FACTURAS[0], BOLETAS[0]], [BOLETAS[1], FACTURAS[1]]])
def test_mixed_or_empty_is_refused(dtes: list[tuple[int, bytes]]) -> None:
    with pytest.raises(ValueError, match="boletas apart"):
        envelope(dtes, COVER, signer())


@pytest.mark.parametrize(
    ("dtes", "schema"), [(FACTURAS, "EnvioDTE_v10.xsd"), (BOLETAS, "EnvioBOLETA_v11.xsd")], ids=["dte", "boleta"]
)
def test_the_sii_s_schema_accepts_it(dtes: list[tuple[int, bytes]], schema: str) -> None:
    etree.XMLSchema(etree.parse(official_path(schema))).assertValid(etree.fromstring(envelope(dtes, COVER, signer())))


@pytest.mark.parametrize("dtes", [FACTURAS, BOLETAS], ids=["dte", "boleta"])
def test_the_documents_inside_are_the_bytes_that_were_signed(dtes: list[tuple[int, bytes]]) -> None:
    """The SII takes each out as text and verifies it alone."""
    file = envelope(dtes, COVER, signer())
    inside = re.findall(rb"<DTE .*?</DTE>", file, re.DOTALL)
    assert [b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + one + b"\n" for one in inside] == [
        one for _, one in dtes
    ]


@pytest.mark.parametrize("dtes", [FACTURAS, BOLETAS], ids=["dte", "boleta"])
def test_the_form_of_the_file(dtes: list[tuple[int, bytes]]) -> None:
    file = envelope(dtes, COVER, signer())
    lines = file.split(b"\n")
    assert lines[0] == b'<?xml version="1.0" encoding="ISO-8859-1"?>'
    assert b"xsi:schemaLocation=" in lines[1]
    assert file.count(b"xmlns:xsi") == 1
    assert max(map(len, lines)) <= LONGEST_LINE
    assert "Ñandú".encode("latin-1") in file


@needs_xmlsec1
@pytest.mark.parametrize("dtes", [FACTURAS, BOLETAS], ids=["dte", "boleta"])
def test_xmlsec1_verifies_the_set(tmp_path: Path, dtes: list[tuple[int, bytes]]) -> None:
    file = envelope(dtes, COVER, signer())
    assert xmlsec1_accepts(file, tmp_path, "SetDTE", SIGNATURE_OF_SET)
    for found, new in (
        (b"<NroResol>80<", b"<NroResol>81<"),
        (f"<RutEnvia>{signer().rut}<".encode(), b"<RutEnvia>" + b"1" * len(signer().rut) + b"<"),
        (b'ID="F3T39"', b'ID="F4T39"') if dtes is BOLETAS else (b'ID="F5T61"', b'ID="F6T61"'),
    ):
        assert not xmlsec1_accepts(flip(file, found, new), tmp_path, "SetDTE", SIGNATURE_OF_SET)


@needs_xmlsec1
def test_a_document_taken_out_of_the_envelope_verifies(tmp_path: Path) -> None:
    file = envelope(FACTURAS, COVER, signer())
    for one in re.findall(rb"<DTE .*?</DTE>", file, re.DOTALL):
        whole = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + one
        assert xmlsec1_accepts(whole, tmp_path, "Documento")
