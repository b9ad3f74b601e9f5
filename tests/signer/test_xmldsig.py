"""The signature of a DTE, judged by other people's programs: xmlsec1, signxml and the SII's own schema."""

from __future__ import annotations

import base64
import re
from datetime import date
from functools import cache
from hashlib import sha1
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import read_caf
from dteplanows.ledger.rows import Span
from dteplanows.signer.ted import data_of_stamp, stamp
from dteplanows.signer.xmldsig import canonical_form, sign_dte
from tests.signer.signer_support import DS, SII, flip, key, needs_xmlsec1, rut, signer, signer_x509, xmlsec1_accepts
from tests.validator.sii_judge import official_path

LONGEST_LINE = 4090
"""Bytes; the SII refuses longer ones (CHR-00002)."""

HARD = 'Ñuñez & Hijos <S.A.> "O\'Higgins" ° ü ¡ÿ ]]>'


@cache
def caf() -> str:
    """A CAF whose text has the entities that nobody need write; its own signature is not looked at here."""
    authority = TestAuthority.generate()
    file = authority.make_caf(rut(76_000_111), "Ñandú", 33, Span(1, 100), date(2026, 1, 2))
    return read_caf(file, authority.public_key).xml.replace("Ñandú", "O&apos;Higgins &quot;Ñandú&quot; &amp; Cía")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def documento(text: str = HARD, identifier: str = "F12T33") -> str:
    """A whole ``Documento`` that the SII's schema accepts, with its stamp."""
    emisor, receptor = rut(76_000_111), rut(77_000_222)
    day, moment = "2026-01-02", "2026-01-02T10:11:12"
    head = f"<RE>{emisor}</RE>"
    values = {"TD": "33", "F": "12", "FE": day, "RR": receptor, "RSR": text[:40], "MNT": "1190", "IT1": text[:40]}
    dd = data_of_stamp(values, caf(), moment).replace("<DD>", f"<DD>{head}")
    return f"""<Documento ID="{identifier}">
<Encabezado>
<IdDoc>
<TipoDTE>33</TipoDTE>
<Folio>12</Folio>
<FchEmis>{day}</FchEmis>
</IdDoc>
<Emisor>
<RUTEmisor>{emisor}</RUTEmisor>
<RznSoc>{escaped(text[:100])}</RznSoc>
<GiroEmis>Giro</GiroEmis>
<Acteco>475201</Acteco>
<DirOrigen>Calle 1</DirOrigen>
<CmnaOrigen>Santiago</CmnaOrigen>
</Emisor>
<Receptor>
<RUTRecep>{receptor}</RUTRecep>
<RznSocRecep>{escaped(text)}</RznSocRecep>
<GiroRecep>Giro</GiroRecep>
<DirRecep>Calle 2</DirRecep>
<CmnaRecep>Arica</CmnaRecep>
</Receptor>
<Totales>
<MntNeto>1000</MntNeto>
<TasaIVA>19</TasaIVA>
<IVA>190</IVA>
<MntTotal>1190</MntTotal>
</Totales>
</Encabezado>
<Detalle>
<NroLinDet>1</NroLinDet>
<NmbItem>{escaped(text)}</NmbItem>
<MontoItem>1000</MontoItem>
</Detalle>
<TED version="1.0">{dd}<FRMT algoritmo="SHA1withRSA">{stamp(dd, key())}</FRMT></TED>
<TmstFirma>{moment}</TmstFirma>
</Documento>"""


def signed(text: str = HARD) -> bytes:
    return sign_dte(documento(text), "F12T33", signer())


_SHA1 = SignatureConfiguration(
    signature_methods=frozenset({SignatureMethod.RSA_SHA1}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1}),
    expect_references=1,
)


def signxml_verifies(file: bytes) -> etree._Element:
    """What signxml found to be signed.

    :raises InvalidSignature: it does not verify, or (InvalidDigest) what it is of was changed.
    """
    verifier = XMLVerifier()
    # lxml writes xmlns="" below elements with a default namespace, where Canonical XML has none; this takes it out
    verifier.excise_empty_xmlns_declarations = True
    found = verifier.verify(file, x509_cert=signer_x509(), id_attribute="ID", expect_config=_SHA1)
    assert not isinstance(found, list)
    assert found.signed_xml is not None
    return found.signed_xml


# --- others verify it -----------------------------------------------------------------------------------------


@needs_xmlsec1
def test_xmlsec1_verifies(tmp_path: Path) -> None:
    assert xmlsec1_accepts(signed(), tmp_path, "Documento")


@needs_xmlsec1
@pytest.mark.parametrize(
    ("found", "new"),
    [
        (b"<MntTotal>1190<", b"<MntTotal>1191<"),
        (b"<FchEmis>2026-01-02<", b"<FchEmis>2026-01-03<"),
        (b"<GiroRecep>Giro<", b"<GiroRecep>Gira<"),
        (b"<IDK>900</IDK>", b"<IDK>901</IDK>"),
        (b"</Totales>\n", b"</Totales> "),
        (b'<Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">',
         b'<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#        ">'),
    ],
)  # fmt: skip
def test_a_changed_byte_is_found(tmp_path: Path, found: bytes, new: bytes) -> None:
    assert not xmlsec1_accepts(flip(signed(), found, new), tmp_path, "Documento")


@needs_xmlsec1
@pytest.mark.parametrize("element", [b"DigestValue", b"SignatureValue"])
def test_a_changed_signature_is_found(tmp_path: Path, element: bytes) -> None:
    file = signed()
    at = file.index(b"<" + element + b">") + len(element) + 5
    other = b"A" if file[at : at + 1] != b"A" else b"B"
    assert not xmlsec1_accepts(file[:at] + other + file[at + 1 :], tmp_path, "Documento")


@needs_xmlsec1
def test_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    assert xmlsec1_accepts(signed().replace(b"\n", b"\r\n"), tmp_path, "Documento")


def test_signxml_verifies() -> None:
    found = signxml_verifies(signed())
    assert found.tag == f"{{{SII}}}Documento"
    assert found.findtext(f"{{{SII}}}Encabezado/{{{SII}}}Receptor/{{{SII}}}RznSocRecep") == HARD


def test_signxml_finds_a_changed_byte() -> None:
    with pytest.raises(InvalidDigest):
        signxml_verifies(flip(signed(), b"<MntTotal>1190<", b"<MntTotal>1191<"))
    file = signed()
    at = file.index(b"<DigestValue>") + 20
    with pytest.raises(InvalidSignature):
        signxml_verifies(file[:at] + (b"A" if file[at : at + 1] != b"A" else b"B") + file[at + 1 :])


_CHARACTERS = st.characters(codec="latin-1", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\xad")
"""What a DTE can carry."""


@settings(deadline=None, max_examples=60)
@given(st.text(_CHARACTERS, min_size=1, max_size=80))
def test_any_text_can_be_signed(text: str) -> None:
    found = signxml_verifies(signed(text))
    assert found.findtext(f".//{{{SII}}}NmbItem") == text


@needs_xmlsec1
@pytest.mark.parametrize("text", ["&" * 80, "<" * 80, "'\"" * 40, "ÿñ" * 40, "&apos;&#241;", " x ", "a\nb\tc", "]]>"])
def test_xmlsec1_verifies_hard_texts(tmp_path: Path, text: str) -> None:
    assert xmlsec1_accepts(signed(text), tmp_path, "Documento")


# --- and by hand ----------------------------------------------------------------------------------------------


def test_what_is_digested_and_signed() -> None:
    """The canonical form of the document that stands alone, with the namespace of its root (DTE-3-505 otherwise)."""
    root = etree.fromstring(signed())
    signature = root[1]
    assert signature.tag == f"{{{DS}}}Signature"
    alone = etree.fromstring(documento().replace("<Documento ", f'<Documento xmlns="{SII}" '))
    digest = base64.b64encode(sha1(etree.tostring(alone, method="c14n")).digest()).decode()
    assert signature.findtext(f".//{{{DS}}}DigestValue") == digest
    info = etree.fromstring(etree.tostring(signature[0], with_tail=False))
    # lxml gives a copied element all declarations in scope; the SII's own is none of SignedInfo's
    assert f'xmlns="{DS}"' in etree.tostring(info).decode().partition(">")[0]
    value = base64.b64decode(signature.findtext(f"{{{DS}}}SignatureValue") or "")
    canonical = etree.tostring(info, method="c14n")
    key().public_key().verify(value, canonical, padding.PKCS1v15(), hashes.SHA1())


def test_the_form_of_the_file() -> None:
    file = signed()
    lines = file.split(b"\n")
    assert lines[0] == b'<?xml version="1.0" encoding="ISO-8859-1"?>'
    assert lines[1] == f'<DTE xmlns="{SII}" version="1.0">'.encode()
    assert max(map(len, lines)) <= LONGEST_LINE
    assert b"\r" not in file
    assert "Ñuñez".encode("latin-1") in file
    assert "Ñ".encode() not in file
    assert file.endswith(b"</DTE>\n")
    assert b"xsi:" not in file


def test_the_stamp_stands_in_the_file_as_it_was_made() -> None:
    ted = re.search(r"<TED .*?</TED>", documento(), re.DOTALL)
    assert ted
    assert ted[0].encode("latin-1") in signed()
    assert b"O&apos;Higgins &quot;" in signed()


def test_base64_lines_are_short() -> None:
    signature = signed().decode("latin-1").partition("<Signature ")[2]
    assert max(len(line) for line in signature.splitlines() if "<" not in line) == 76


def test_base64_begins_behind_its_tag_and_ends_before_the_next() -> None:
    """As in the SII's sample; a PEM made of it by hand has no empty line then."""
    found = re.findall(r"<(Modulus|X509Certificate|SignatureValue)>([^<]*)<", signed().decode("latin-1"))
    assert [name for name, _ in found] == ["SignatureValue", "Modulus", "X509Certificate"]
    assert all(text == text.strip() and "\n\n" not in text for _, text in found)


@needs_xmlsec1
def test_documents_with_breaks_at_both_ends_stay_valid(tmp_path: Path) -> None:
    """So they were written once; these elements are not covered by the signature."""
    before = re.sub(rb"<(Modulus|X509Certificate|SignatureValue)>([^<]*)<", rb"<\1>\n\2\n<", signed())
    assert before.count(b">\nMI") == 1
    assert xmlsec1_accepts(before, tmp_path, "Documento")
    etree.XMLSchema(etree.parse(official_path("DTE_v10.xsd"))).assertValid(etree.fromstring(before))


def test_the_sii_s_schema_accepts_it() -> None:
    schema = etree.XMLSchema(etree.parse(official_path("DTE_v10.xsd")))
    schema.assertValid(etree.fromstring(signed()))


def test_who_signed_stands_in_it() -> None:
    root = etree.fromstring(signed())
    texts = {node.tag.partition("}")[2]: "".join((node.text or "").split()) for node in root[1].iter()}
    assert texts["X509Certificate"] == signer().x509_base64
    assert (texts["Modulus"], texts["Exponent"]) == (signer().modulus, "AQAB")


def test_signing_again_gives_the_same_bytes() -> None:
    assert signed() == signed()


_PIECES = st.one_of(st.text(_CHARACTERS, max_size=9), st.sampled_from(["&quot;", "&apos;", "&amp;", "'", '"', "&#39;"]))


@settings(deadline=None, max_examples=300)
@given(st.lists(_PIECES, max_size=12), st.lists(st.sampled_from([*"aÑ\"'<>", "&amp;", "&quot;", "&apos;"]), max_size=9))
def test_the_canonical_form_is_that_of_others(names: list[str], rs: list[str]) -> None:
    """What lxml makes of the same element, whatever stands in its texts, its stamp and its CAF."""
    text = "".join(names) or "x"
    in_caf = "".join(one.replace("<", "&lt;") for one in rs)
    element = documento(text).replace("O&apos;Higgins", in_caf).replace("<Documento ", f'<Documento xmlns="{SII}" ')
    assert canonical_form(element) == etree.tostring(etree.fromstring(element), method="c14n")


def test_the_common_way_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever name a customer has, quotes too, what stands in the file is known to be canonical but for them."""
    element = documento(HARD).replace("<Documento ", f'<Documento xmlns="{SII}" ')
    assert "&quot;" in element and "&apos;" in element
    expected = etree.tostring(etree.fromstring(element), method="c14n")
    monkeypatch.setattr(etree, "fromstring", None)
    assert canonical_form(element) == expected


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('<a b="&quot;"/>', '<a b="&quot;"></a>'),
        ("<a b='&quot;x&apos;'>&quot;</a>", '<a b="&quot;x\'">"</a>'),
        ("<a>O&apos;H &quot;x&quot; &#241;</a>", '<a>O\'H "x" ñ</a>'),
        ("<a b='1'/>", '<a b="1"></a>'),
        ("<a>\r\n<b/></a>", "<a>\n<b></b></a>"),
        ("<a>&lt;&gt;&amp;</a>", "<a>&lt;&gt;&amp;</a>"),
        ('<a xmlns="u:x"><b><c/></b></a>', '<a xmlns="u:x"><b><c></c></b></a>'),
        ("<a><!-- x --></a>", "<a></a>"),
    ],
)
def test_canonical_form(text: str, canonical: str) -> None:
    assert canonical_form(text) == canonical.encode()
