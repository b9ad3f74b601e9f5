"""The stamp: the SII's published example bit by bit, and what stands in it."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from dteplanows.document.model import Document
from dteplanows.document.text import in_ascii
from dteplanows.signer.ted import data_of_stamp, make_ted, stamp
from tests.signer.signer_support import key, rut

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "vectors" / "ted_sii.json").read_text("utf-8")
)
MOMENT = datetime(2026, 1, 2, 9, 5, 3)
CAF = '<CAF version="1.0"><DA><RS>O&apos;Higgins &quot;Ñandú&quot; &amp; Cía</RS></DA></CAF>'


class Stamping(NamedTuple):
    """What stamps: a CAF's text and key."""

    xml: str
    key: rsa.RSAPrivateKey


def vector_key() -> rsa.RSAPrivateKey:
    """The key of the example, which the SII published with it."""
    loaded = load_pem_private_key(VECTOR["rsask"].encode(), None)
    assert isinstance(loaded, rsa.RSAPrivateKey)
    return loaded


def invoice(nombre: str = "Cliente Ficticio", item: str = "Tornillo", rut_recep: str = rut(77_000_220)) -> Document:
    """What the stamp needs of a document."""
    document = Document(33)
    document.id_doc.put("FchEmis", datetime(2026, 1, 2).date())
    document.emisor.put("RUTEmisor", rut(76_000_110))
    document.receptor.put("RUTRecep", rut_recep)
    if nombre:
        document.receptor.put("RznSocRecep", nombre)
    document.totales.put("MntTotal", 1190)
    document.root.add_group("Detalle").put("NmbItem", item)
    document.root.add_group("Detalle").put("NmbItem", "no va en el timbre")
    return document


def test_the_example_of_the_sii_is_reproduced() -> None:
    dd = data_of_stamp(VECTOR["values"], VECTOR["caf"], VECTOR["tsted"])
    assert stamp(dd, vector_key()) == VECTOR["frmt"]


def test_the_example_of_the_sii_comes_out_of_a_document() -> None:
    """The whole way, from a document with those data."""
    values = VECTOR["values"]
    document = invoice(values["RSR"], values["IT1"], values["RR"])
    document.emisor.put("RUTEmisor", values["RE"])
    document.id_doc.put("FchEmis", datetime.fromisoformat(values["FE"]).date())
    document.totales.put("MntTotal", int(values["MNT"]))
    moment = datetime.fromisoformat(VECTOR["tsted"])
    ted = make_ted(document, int(values["F"]), Stamping(VECTOR["caf"], vector_key()), moment)
    expected = data_of_stamp(values, VECTOR["caf"], VECTOR["tsted"])
    frmt = f'<FRMT algoritmo="SHA1withRSA">{VECTOR["frmt"]}</FRMT>'
    assert ted == f'<TED version="1.0">{expected}{frmt}</TED>'


def test_any_other_data_have_another_stamp() -> None:
    for name in VECTOR["values"]:
        changed = {**VECTOR["values"], name: VECTOR["values"][name][:-1] + "x"}
        assert stamp(data_of_stamp(changed, VECTOR["caf"], VECTOR["tsted"]), vector_key()) != VECTOR["frmt"]


def made(document: Document, caf: str = CAF) -> etree._Element:
    return etree.fromstring(make_ted(document, 120, Stamping(caf, key()), MOMENT))


def test_the_order_of_the_data() -> None:
    ted = made(invoice())
    assert [child.tag for child in ted[0]] == ["RE", "TD", "F", "FE", "RR", "RSR", "MNT", "IT1", "CAF", "TSTED"]
    assert [ted[0].findtext(name) for name in ("TD", "F", "FE", "MNT", "IT1")] == [
        "33", "120", "2026-01-02", "1190", "Tornillo",
    ]  # fmt: skip
    assert ted[0].findtext("TSTED") == "2026-01-02T09:05:03"


def test_the_stamp_is_of_the_bytes_that_stand_there() -> None:
    text = make_ted(invoice("Ñuñez & Hijos <S.A.>", "Clavo 2\" d'acero"), 120, Stamping(CAF, key()), MOMENT)
    dd = text[text.index("<DD>") : text.index("</DD>") + len("</DD>")]
    assert CAF in dd
    assert "<RSR>Ñuñez &amp; Hijos &lt;S.A.&gt;</RSR>" in dd
    assert "<IT1>Clavo 2&quot; d&apos;acero</IT1>" in dd
    signature = base64.b64decode(etree.fromstring(text).findtext("FRMT") or "")
    public = key().public_key()
    public.verify(signature, dd.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())
    with pytest.raises(InvalidSignature):
        public.verify(signature, dd.encode("utf-8"), padding.PKCS1v15(), hashes.SHA1())


def test_names_are_cut_at_forty_characters_and_not_inside_an_entity() -> None:
    for one, other in ("&<", ">\"", "'&"):
        ted = made(invoice(one * 60, other * 41))
        assert ted.findtext("DD/RSR") == one * 40
        assert ted.findtext("DD/IT1") == other * 40
    assert made(invoice("x" * 39 + " y")).findtext("DD/RSR") == "x" * 39
    assert made(invoice("dos\n  líneas")).findtext("DD/RSR") == "dos líneas"


def test_text_that_looks_like_an_entity_is_text() -> None:
    text = make_ted(invoice("A&quot;B", "&apos;"), 120, Stamping(CAF, key()), MOMENT)
    assert "<RSR>A&amp;quot;B</RSR>" in text
    assert "<IT1>&amp;apos;</IT1>" in text


def test_a_client_without_name_is_called_by_the_rut() -> None:
    assert made(invoice("", rut_recep="66666666-6")).findtext("DD/RSR") == "66666666-6"


def test_the_stamp_is_one_line() -> None:
    text = make_ted(invoice(), 9_999_999_999, Stamping(VECTOR["caf"], vector_key()), MOMENT)
    assert "\n" not in text
    assert "> <" not in text
    assert len(text.encode("latin-1")) < 4090


def test_names_in_ascii_are_folded_before_they_are_cut_and_signed() -> None:
    """And the document keeps its accents."""
    document = invoice("Ñandú & Cía. " + "½" * 30, "Müesli «nº 1» ß")
    text = make_ted(document, 120, Stamping(CAF, key()), MOMENT, plain=True)
    names = text[text.index("<RSR>") : text.index("<CAF")]
    assert names == f"<RSR>Nandu &amp; Cia. {'1/2' * 9}</RSR><MNT>1190</MNT><IT1>Muesli -no 1- ss</IT1>"
    dd = text[text.index("<DD>") : text.index("</DD>") + len("</DD>")]
    signature = base64.b64decode(etree.fromstring(text).findtext("FRMT") or "")
    key().public_key().verify(signature, dd.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())
    assert document.receptor.text("RznSocRecep").startswith("Ñandú & Cía.")
    assert len(etree.fromstring(text).findtext("DD/RSR") or "") == 40


def test_every_character_of_a_document_has_an_ascii_form() -> None:
    """None is lost but the soft hyphen, which no document has, and none becomes one that a stamp escapes."""
    for number in (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)):
        folded = in_ascii(chr(number))
        assert folded.isascii()
        assert folded == chr(number) if number < 0x7F else (folded and not set(folded) & set("<>&\"'"))


def test_names_that_are_ascii_make_the_same_stamp_either_way() -> None:
    one, other = (make_ted(invoice(), 120, Stamping(CAF, key()), MOMENT, plain) for plain in (False, True))
    assert one == other
