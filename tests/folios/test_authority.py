"""The test authority: its CAFs have the form of the SII's and only it can make them."""

from __future__ import annotations

import base64
import re
from datetime import date

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_public_key
from lxml import etree

from dteplanows.document.problem import Refused
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import read_caf
from dteplanows.ledger.rows import Span
from tests.ledger.example import COMPANY, rut

DAY = date(2026, 1, 2)


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority.generate()


@pytest.fixture(scope="module")
def file(authority: TestAuthority) -> bytes:
    return authority.make_caf(COMPANY.rut, COMPANY.razon_social, 33, Span(1, 50), DAY)


def test_the_form_of_the_file(file: bytes) -> None:
    assert file.startswith(b'<?xml version="1.0"?>\r\n<AUTORIZACION>\r\n<CAF version="1.0">\r\n<DA>\r\n')
    assert file.count(b"\n") == file.count(b"\r\n") > 20
    assert COMPANY.razon_social.encode("latin-1") in file
    root = etree.fromstring(file.decode("latin-1").partition("?>")[2].strip())
    assert [child.tag for child in root] == ["CAF", "RSASK", "RSAPUBK"]
    assert [child.tag for child in root[0]] == ["DA", "FRMA"]
    assert [child.tag for child in root[0][0]] == ["RE", "RS", "TD", "RNG", "FA", "RSAPK", "IDK"]
    assert root[0][1].get("algoritmo") == "SHA1withRSA"
    assert root[0][0].findtext("RSAPK/E") == "Aw=="


def test_the_signature_is_of_the_flat_data(authority: TestAuthority, file: bytes) -> None:
    da = re.search(rb"<DA>.*</DA>", file, re.DOTALL)
    frma = re.search(rb"<FRMA [^>]*>([^<]*)", file)
    assert da
    assert frma
    flat = re.sub(rb">\s+<", b"><", da[0])
    authority.public_key.verify(base64.b64decode(frma[1]), flat, padding.PKCS1v15(), hashes.SHA1())


def test_the_two_keys_of_the_file_are_a_pair(authority: TestAuthority, file: bytes) -> None:
    public = re.search(rb"<RSAPUBK>(.*)</RSAPUBK>", file, re.DOTALL)
    assert public
    assert load_pem_public_key(public[1]) == read_caf(file, authority.public_key).key.public_key()


def test_every_caf_has_its_own_key(authority: TestAuthority, file: bytes) -> None:
    again = authority.make_caf(COMPANY.rut, COMPANY.razon_social, 33, Span(1, 50), DAY)
    one, other = (read_caf(data, authority.public_key).key for data in (file, again))
    assert one.private_numbers() != other.private_numbers()


def test_the_key_can_be_kept(authority: TestAuthority, file: bytes) -> None:
    again = TestAuthority.from_pem(authority.to_pem())
    assert again.to_pem() == authority.to_pem()
    assert read_caf(file, again.public_key).hasta == 50
    assert "PRIVATE" not in repr(again)


def test_two_authorities_do_not_know_each_other(file: bytes) -> None:
    with pytest.raises(Refused, match="FOL-007"):
        read_caf(file, TestAuthority.generate().public_key)


def test_a_key_that_is_not_rsa() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(ValueError, match="RSA"):
        TestAuthority.from_pem(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match=r".+"):
        TestAuthority.from_pem(b"no es una llave")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Comercial “Ñandú” – €", 'Comercial "Ñandú" - EUR'),
        ("dos\n líneas", "dos líneas"),
        ("x\x0by", "xy"),
        ("東京", "??"),
        ("", COMPANY.rut),
    ],
)
def test_names_that_no_caf_can_carry(authority: TestAuthority, name: str, expected: str) -> None:
    """A company's name may come from anywhere; making its CAF does not fail over it."""
    caf = read_caf(authority.make_caf(COMPANY.rut, name, 39, Span(5, 5), DAY), authority.public_key)
    assert caf.razon_social == expected


@pytest.mark.parametrize("name", ["&" * 60, "Ñ" * 41, 'O\'Higgins "x" <y>', " x "])
def test_long_and_hard_names(authority: TestAuthority, name: str) -> None:
    caf = read_caf(authority.make_caf(rut(76_000_999), name, 39, Span(5, 5), DAY), authority.public_key)
    assert caf.razon_social == name[:40].strip()
    assert caf.rut == rut(76_000_999)


def test_names_are_escaped_as_in_a_stamp(authority: TestAuthority) -> None:
    """The CAF stands in every stamp, whose quotes who prints it writes by the SII's table."""
    name = "O'Higgins & \"Cía\" <Ñ>"
    made = read_caf(authority.make_caf(COMPANY.rut, name, 33, Span(1, 50), DAY), authority.public_key)
    assert "<RS>O&apos;Higgins &amp; &quot;Cía&quot; &lt;Ñ&gt;</RS>" in made.xml
    assert made.razon_social == name
