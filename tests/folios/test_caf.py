"""CAF files: what the SII gives, what people make of it, and why a file is refused."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from dteplanows.document.problem import Refused
from dteplanows.folios import caf as module
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.ledger.rows import Span
from tests.ledger.example import COMPANY, TODAY, rut

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
AUTHORITY = TestAuthority(KEY)
RS = "Ñandú & Cía <Ltda>"
FILE = AUTHORITY.make_caf(COMPANY.rut, RS, 33, Span(1, 50), TODAY)
TEXT = FILE.decode("latin-1").replace("\r\n", "\n")
OTHER = AUTHORITY.make_caf(COMPANY.rut, RS, 33, Span(1, 50), TODAY).decode("latin-1").replace("\r\n", "\n")
"""The same range with another key."""

VECTOR = json.loads((Path(__file__).parents[2] / "fixtures" / "vectors" / "ted_sii.json").read_text("utf-8"))

SII_KEYS = {
    100: "C8FBF00DCB21A55000A585522C5DE528A73E0CE16CC03AB1E5EA7DE4B2A28111"
    "E352FAEF8DCB7D51E349ABD4B105DCD4F67CF9E13115058C9F0154291B8C7153",
    300: "9DEEBFC5EEBD96DF4C7CF53F1BFA15D85D73EF04C6718F8C07B3F785EFEE75E7"
    "B4EF5A3AE079C3265A900E45F602890AF6FB4FAFA2B8D6938F7F011C3585B335",
}
"""Moduli of the SII's keys for certification and production; the exponent of both is 65537."""


def read(text: str | bytes) -> Caf:
    return read_caf(text if isinstance(text, bytes) else text.encode("latin-1"), AUTHORITY.public_key)


def signed_again(text: str) -> str:
    """*text* with a signature of the authority over what it says now."""
    da = re.sub(r">\s+<", "><", text[text.index("<DA>") : text.index("</DA>") + len("</DA>")])
    frma = base64.b64encode(KEY.sign(da.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())).decode()
    return re.sub(r"(<FRMA [^>]*>)[^<]*", lambda found: found[1] + frma, text)


def changed(old: str, new: str, text: str = TEXT) -> str:
    """*text* with its first *old* replaced."""
    assert old in text
    return text.replace(old, new, 1)


def refusal(data: str | bytes) -> list[str]:
    """Codes for which the file is refused; no text shows the private key."""
    with pytest.raises(Refused) as refused:
        read(data)
    assert "PRIVATE KEY" not in str(refused.value)
    assert refused.value.__cause__ is None
    return [one.code for one in refused.value.problems]


# --- files that can be read -----------------------------------------------------------------------------------


def test_what_a_caf_says() -> None:
    caf = read(FILE)
    assert (caf.rut, caf.razon_social, caf.tipo, caf.desde, caf.hasta) == (COMPANY.rut, RS, 33, 1, 50)
    assert (caf.fecha_autorizacion, caf.idk) == (TODAY, 900)
    assert isinstance(caf.key, rsa.RSAPrivateKey)
    assert "key" not in repr(caf)


def _stamp_text() -> str:
    """The text that the stamp must carry."""
    return re.sub(r">\n<", "><", TEXT[TEXT.index("<CAF") : TEXT.index("</CAF>") + len("</CAF>")])


@pytest.mark.parametrize(
    "data",
    [
        FILE,
        TEXT.encode("latin-1"),
        TEXT.encode("utf-8"),
        b"\xef\xbb\xbf" + TEXT.encode("utf-8"),
        changed('"1.0"?>', '"1.0" encoding="UTF-8"?>').encode("utf-8"),
        changed('"1.0"?>', '"1.0" encoding="ISO-8859-1"?>').encode("latin-1"),
        changed('"1.0"?>', '"1.0" encoding="UTF-8"?>').encode("latin-1"),
        changed('<?xml version="1.0"?>\n', "").encode("latin-1"),
        re.sub(r">\n<", "><", TEXT).encode("latin-1"),
        re.sub(r">\n?<(?!/RS|/M|/E)", ">\r\n\t  <", TEXT).encode("latin-1"),
        b"\r\n" + FILE + b"\r\n\r\n",
        re.sub(r"<RSAPUBK>.*</RSAPUBK>\n", "", TEXT, flags=re.DOTALL).encode("latin-1"),
    ],
    ids=["as-given", "lf", "utf-8", "bom", "utf-8-declared", "latin-declared", "declared-wrongly", "no-declaration",
         "flat", "pretty", "blank-lines", "no-public-key"],
)  # fmt: skip
def test_forms_of_the_same_file(data: bytes) -> None:
    """What the stamp carries is the same in all of them, byte by byte."""
    caf = read(data)
    assert caf.razon_social == RS
    assert caf.xml == _stamp_text()
    assert "<RS>Ñandú &amp; Cía &lt;Ltda&gt;</RS>" in caf.xml


@pytest.mark.parametrize("written", ["O&apos;Higgins", "&quot;Ñ&quot;", "A &amp; B", "&#209;and&#xFA;", "Ñ \x96 \x85"])
def test_the_text_is_kept_as_the_sii_wrote_it(written: str) -> None:
    """Entities nobody need write, and bytes that ISO-8859-1 has but Windows-1252 reads otherwise."""
    text = signed_again(re.sub("<RS>[^<]*", f"<RS>{written}", TEXT))
    assert f"<RS>{written}</RS>" in read(text.encode("latin-1")).xml


@pytest.mark.parametrize(("desde", "hasta"), [(1, 1), (1, 9_999_999_999), (9_999_999_999, 9_999_999_999)])
def test_ranges_at_the_limits(desde: int, hasta: int) -> None:
    caf = read(AUTHORITY.make_caf(COMPANY.rut, RS, 61, Span(desde, hasta), TODAY))
    assert (caf.tipo, caf.desde, caf.hasta) == (61, desde, hasta)


def test_trusted_bytes_give_the_same_caf() -> None:
    caf = read(FILE)
    again = Caf.from_trusted(caf.to_trusted())
    assert replace(again, key=caf.key) == caf
    assert again.key.private_numbers() == caf.key.private_numbers()
    assert again.to_trusted() == caf.to_trusted()


# --- the keys of the SII --------------------------------------------------------------------------------------


def test_the_sii_s_keys_are_the_published_ones() -> None:
    assert SII_KEYS == module._SII_MODULI
    assert module._SII_EXPONENT == 65537
    for modulus in SII_KEYS.values():
        assert int(modulus, 16).bit_length() == 512


def sii_example(change: Callable[[str], str] = str) -> bytes:
    """A file around the CAF that the SII published with its key."""
    return (
        '<?xml version="1.0"?>\n<AUTORIZACION>\n'
        f"{change(VECTOR['caf'])}\n<RSASK>{VECTOR['rsask']}</RSASK>\n</AUTORIZACION>\n"
    ).encode()


def test_the_published_caf_verifies_with_the_key_of_certification() -> None:
    caf = read_caf(sii_example())
    assert (caf.rut, caf.tipo, caf.desde, caf.hasta, caf.idk) == ("97975000-5", 33, 1, 200, 100)
    assert caf.fecha_autorizacion == date(2003, 9, 4)
    assert caf.xml == VECTOR["caf"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("<H>200", "<H>201"), ("RUT DE PRUEBA", "RUT DE PRUEBO"), ("<IDK>100", "<IDK>300"), (">g1AQ", ">g1AR")],
)
def test_the_published_caf_with_a_change_does_not(old: str, new: str) -> None:
    with pytest.raises(Refused) as refused:
        read_caf(sii_example(lambda text: changed(old, new, text)))
    assert [one.code for one in refused.value.problems] == ["FOL-007"]
    assert refused.value.problems[0].value == ("300" if "300" in new else "100")


def test_the_two_keys_are_not_mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SII_MODULI", {100: SII_KEYS[300], 300: SII_KEYS[100]})
    with pytest.raises(Refused, match="FOL-007"):
        read_caf(sii_example())


def test_our_own_authority_cannot_sign_for_the_sii() -> None:
    for idk in (100, 300):
        text = signed_again(changed("<IDK>900<", f"<IDK>{idk}<"))
        assert refusal(text) == ["FOL-007"]


def test_another_authority() -> None:
    """Whose file it is stands in the reason: most often it is one of another company, from another installation."""
    owner = COMPANY.rut
    with pytest.raises(Refused, match=f"FOL-009.*de RUT {owner}"):
        read_caf(FILE)
    with pytest.raises(Refused, match=f"FOL-007.*de RUT {owner}"):
        read_caf(FILE, TestAuthority.generate().public_key)


# --- files that were changed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<H>50<", "<H>5000<"),
        ("<D>1<", "<D>2<"),
        ("<TD>33<", "<TD>61<"),
        ("Ñandú", "Nandu"),
        ("&amp; C", "y C"),
        (f"<RE>{COMPANY.rut}", f"<RE>{rut(76_000_999)}"),
        (f"<FA>{TODAY}", f"<FA>{TODAY + timedelta(days=1)}"),
        ("<RS>Ñandú", "<RS> Ñandú"),
    ],
)
def test_tampered(old: str, new: str) -> None:
    assert refusal(changed(old, new)) == ["FOL-007"]
    assert read(signed_again(changed(old, new))).idk == 900


@pytest.mark.parametrize("frma", ["AAAA", "no es base64", "ñ", "=", "A" * 172])
def test_a_signature_that_is_none(frma: str) -> None:
    text = re.sub(r"(<FRMA [^>]*>)[^<]*", lambda found: found[1] + frma, TEXT)
    assert refusal(text) == ["FOL-007"]


def _genuine() -> str:
    return TEXT[TEXT.index("<CAF") : TEXT.index("</CAF>") + len("</CAF>")]


def _tampered() -> str:
    return changed("<H>50<", "<H>5000<", _genuine())


@pytest.mark.parametrize(
    "inside",
    [
        f"<!-- {_genuine()} -->{_tampered()}",
        f"<?x {_genuine()} ?>{_tampered()}",
        f"<X><![CDATA[{_genuine()}]]></X>{_tampered()}",
        f"<X>{_genuine()}</X>{_tampered()}",
        f"{_tampered()}{_genuine()}",
        _tampered().replace("<DA>", f"<X>{_genuine()[_genuine().index('<DA>'):_genuine().index('<FRMA')]}</X><DA>"),
        _tampered().replace("<DA>", '<DA x="1">').replace("</CAF>", f"<X>{_genuine()[_genuine().index('<DA>'):]}</X>"),
    ],
    ids=["comment", "instruction", "cdata", "wrapped", "second", "second-da", "da-with-attribute"],
)  # fmt: skip
def test_what_is_verified_is_what_is_read(inside: str) -> None:
    """A genuine CAF hidden in the file does not lend its signature to another range."""
    assert refusal(TEXT.replace(_genuine(), inside)) == ["FOL-001"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<CAF version="1.0">', '<CAF version="2.0">'),
        ('<CAF version="1.0">', '<CAF version="1.0" x="1">'),
        ('<CAF version="1.0">', '<CAF version="1.0"><X>x</X>'),
        ("<FRMA ", "<X>x</X><FRMA "),
        ("</FRMA>", "</FRMA>x"),
        ('algoritmo="SHA1withRSA"', 'algoritmo="otro"'),
        (' algoritmo="SHA1withRSA"', ""),
    ],
)
def test_what_stands_around_the_signed_data_is_the_sii_s(old: str, new: str) -> None:
    """No signature covers it, and it goes into every stamp."""
    assert refusal(changed(old, new)) == ["FOL-001"]


def test_an_attribute_of_da_is_not_signed() -> None:
    assert refusal(changed("<DA>", '<DA x="1">')) == ["FOL-007"]


# --- keys -----------------------------------------------------------------------------------------------------


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    formats = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, formats, serialization.NoEncryption()).decode()


def with_key(pem: str) -> str:
    return re.sub("<RSASK>.*</RSASK>", lambda _: f"<RSASK>{pem}</RSASK>", TEXT, flags=re.DOTALL)


@pytest.mark.parametrize(
    "pem",
    [
        _pem(KEY),
        re.findall("<RSASK>(.*)</RSASK>", OTHER, re.DOTALL)[0],
        _pem(ec.generate_private_key(ec.SECP256R1())),
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        "no es una llave",
        "ñ",
    ],
    ids=["authority", "other-caf", "ec", "broken", "words", "letter"],
)
def test_a_key_that_is_not_the_pair(pem: str) -> None:
    assert refusal(with_key(pem)) == ["FOL-008"]


@pytest.mark.parametrize(
    "words", ["", "no es una llave", "ñ", re.findall("<RSAPUBK>(.*)</RSAPUBK>", OTHER, re.DOTALL)[0]]
)
def test_a_published_key_of_another_file(words: str) -> None:
    text = re.sub("<RSAPUBK>.*</RSAPUBK>", f"<RSAPUBK>{words}</RSAPUBK>", TEXT, flags=re.DOTALL)
    assert refusal(text) == ["FOL-008"]


def test_blanks_around_the_key_do_no_harm() -> None:
    pem = re.findall("<RSASK>(.*)</RSASK>", TEXT, re.DOTALL)[0]
    assert read(with_key(f"\n  {pem}\n ")).key.key_size == 1024


@pytest.mark.parametrize("name", ["M", "E"])
def test_a_public_key_that_is_not_base64(name: str) -> None:
    text = signed_again(re.sub(f"<{name}>[^<]*", f"<{name}>*", TEXT))
    assert refusal(text) == ["FOL-008"]


def test_signature_and_key_are_reported_together() -> None:
    assert refusal(changed("<H>50<", "<H>51<", with_key(_pem(KEY)))) == ["FOL-007", "FOL-008"]


# --- what is missing or wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["RE", "RS", "TD", "D", "H", "FA", "M", "E", "IDK", "FRMA", "RSASK"])
def test_one_element_missing(name: str) -> None:
    for new in ("", f"<{name}></{name}>", f"<{name}> </{name}>"):
        text = re.sub(f"<{name}\\b[^>]*>.*?</{name}>", new, TEXT, count=1, flags=re.DOTALL)
        assert refusal(text) == ["FOL-002"]
        with pytest.raises(Refused, match=rf"falta [\w/]*\b{name}\."):
            read(text)


def test_all_that_is_missing_is_said_at_once() -> None:
    assert refusal("<AUTORIZACION><CAF><DA></DA></CAF></AUTORIZACION>") == ["FOL-002"] * 11
    assert refusal("<AUTORIZACION></AUTORIZACION>") == ["FOL-002"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (COMPANY.rut, "76000111-0", ["FOL-003"]),
        (COMPANY.rut, "nadie", ["FOL-003"]),
        ("<D>1<", "<D>0<", ["FOL-004"]),
        ("<D>1<", "<D>51<", ["FOL-004"]),
        ("<D>1<", "<D>-1<", ["FOL-004"]),
        ("<D>1<", "<D>uno<", ["FOL-004"]),
        ("<D>1<", "<D>1.0<", ["FOL-004"]),
        ("<D>1<", "<D>²<", ["FOL-004"]),
        ("<H>50<", "<H>10000000000<", ["FOL-004"]),
        ("<H>50<", f"<H>{'9' * 5000}<", ["FOL-004"]),
        ("<IDK>900<", "<IDK>novecientos<", ["FOL-004"]),
        ("<TD>33<", "<TD>45<", ["FOL-005"]),
        ("<TD>33<", "<TD>0<", ["FOL-005"]),
        (f"<FA>{TODAY}", "<FA>2026-02-30", ["FOL-006"]),
        (f"<FA>{TODAY}", "<FA>24-11-2026", ["FOL-006"]),
        (f"<FA>{TODAY}", "<FA>hoy", ["FOL-006"]),
    ],
)
def test_one_value_wrong(old: str, new: str, codes: list[str]) -> None:
    assert refusal(signed_again(changed(old, new))) == codes


def test_all_wrong_values_are_said_at_once() -> None:
    text = changed(COMPANY.rut, "76000111-0", changed("<TD>33<", "<TD>999<", changed("<D>1<", "<D>99<")))
    assert refusal(changed(f"<FA>{TODAY}", "<FA>hoy", text)) == ["FOL-003", "FOL-005", "FOL-004", "FOL-006"]


BOMB = "<!DOCTYPE a [<!ENTITY a 'x'>" + "".join(f"<!ENTITY b{i} '{f'&b{i - 1};' * 10}'>" for i in range(1, 9)) + "]>"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n ",
        b"\0" * 100,
        b"no es un CAF",
        bytes(range(256)) * 100,
        b"<AUTORIZACION>",
        b"<html><body>Error 404</body></html>",
        b"<CAF></CAF>",
        FILE[:700],
        TEXT.encode("utf-16"),
        FILE + b"<x/>",
        b"x" * (1 << 20),
        FILE + b" " * (1 << 20),
        changed("<AUTORIZACION>", "<!DOCTYPE AUTORIZACION><AUTORIZACION>").encode("latin-1"),
        changed("<AUTORIZACION>", f"{BOMB}<AUTORIZACION>&b8;").encode("latin-1"),
        changed("<AUTORIZACION>", "<!DOCTYPE a SYSTEM 'file:///etc/hostname'><AUTORIZACION>").encode("latin-1"),
        changed("<RS>", "<RS>&desconocida;").encode("latin-1"),
        changed("<AUTORIZACION>", '<AUTORIZACION xmlns="u:otro">').encode("latin-1"),
        b"<AUTORIZACION>" + b"<a>" * 10_000,
    ],
)
def test_noise(data: bytes) -> None:
    assert refusal(data) == ["FOL-001"]


def test_a_name_that_no_stamp_can_carry() -> None:
    """Also with a key that is not known here, where the signature is not looked at."""
    for idk in (900, 500):
        text = re.sub("<RS>[^<]*", "<RS>東京", changed("<IDK>900<", f"<IDK>{idk}<"))
        assert refusal(text.encode("utf-8")) == ["FOL-007"]
