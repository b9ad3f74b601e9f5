"""Signing certificates as customers' files have them: what can be read, whose they are, and why not."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from dteplanows.demo.certificate import make_certificate as make_demo_certificate
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.signer.certificate import Certificate, base64_of_number, read_certificate, usable
from tests.signer.signer_support import (
    CLAVE,
    NOW,
    OTHER,
    PERSON,
    Names,
    ia5,
    key,
    make_certificate,
    needs_openssl,
    p12,
    pem,
    pem_key,
    utf8,
)

GOOD = make_certificate(key())
STRANGER = make_certificate(key(1), Names(ia5(OTHER), common_name="Otra Persona"))


def refusal(data: bytes, clave: str = CLAVE) -> str:
    """Code for which the file is refused; no text may hold the password."""
    with pytest.raises(Refused) as refused:
        read_certificate(data, clave)
    (one,) = refused.value.problems
    for text in (str(refused.value), repr(refused.value), one.text(), repr(one)):
        assert not clave or clave not in text
    assert refused.value.__cause__ is None
    return one.code


def same(read: Certificate, certificate: x509.Certificate = GOOD) -> bool:
    """Whether *read* is *certificate*, with a key that signs for it."""
    assert x509.load_der_x509_certificate(base64.b64decode(read.x509_base64)) == certificate
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(read.sign(b"datos"), b"datos", padding.PKCS1v15(), hashes.SHA1())
    return True


# --- files that can be read -----------------------------------------------------------------------------------


def test_the_demo_s_certificate() -> None:
    read = read_certificate(make_demo_certificate(PERSON, "María Ficticia Núñez", CLAVE), CLAVE)
    assert (read.rut, read.titular) == (PERSON, "María Ficticia Núñez")
    assert usable(read, NOW) is None
    assert timedelta(days=3 * 365 - 2) < read.valid_until - NOW < timedelta(days=3 * 365)


def test_a_p12_with_and_without_password() -> None:
    assert same(read_certificate(p12(key(), GOOD), CLAVE))
    assert same(read_certificate(p12(key(), GOOD, clave="")))


def test_what_a_certificate_says_of_itself() -> None:
    read = read_certificate(p12(key(), GOOD), CLAVE)
    assert (read.rut, read.titular) == (PERSON, "Persona Ficticia")
    assert (read.valid_from, read.valid_until) == (NOW - timedelta(days=1), NOW + timedelta(days=30))
    numbers = key().public_key().public_numbers()
    assert int.from_bytes(base64.b64decode(read.modulus), "big") == numbers.n
    assert int.from_bytes(base64.b64decode(read.exponent), "big") == numbers.e == 65537
    assert read.exponent == "AQAB"


def test_nothing_of_the_key_is_in_the_repr() -> None:
    read = read_certificate(p12(key(), GOOD), CLAVE)
    assert PERSON in repr(read)
    for secret in (str(key().private_numbers().d), read.modulus, "PRIVATE", CLAVE):
        assert secret not in repr(read)


def test_the_chain_of_a_p12_does_not_confuse() -> None:
    assert same(read_certificate(p12(key(), GOOD, [STRANGER]), CLAVE))
    assert same(read_certificate(p12(key(), None, [STRANGER, GOOD]), CLAVE))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_pem_in_any_order(order: tuple[int, ...]) -> None:
    parts = [pem(GOOD), pem_key(key()), pem(STRANGER)]
    assert same(read_certificate(b"".join(parts[one] for one in order)))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_pem_with_words_around_it(newline: bytes) -> None:
    """As openssl pkcs12 writes it."""
    head = b"Bag Attributes\n    friendlyName: ficticia\nKey Attributes: <No Attributes>\n"
    data = head + pem_key(key()) + b"\n" + head + pem(GOOD)
    assert same(read_certificate(data.replace(b"\n", newline)))


@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "pkcs1"])
def test_an_encrypted_key_in_pem(traditional: bool) -> None:
    for data in (
        pem_key(key(), CLAVE, traditional=traditional) + pem(GOOD),
        pem(GOOD) + pem_key(key(), CLAVE, traditional=traditional),
    ):
        assert b"ENCRYPTED" in data
        assert same(read_certificate(data, CLAVE))
        assert refusal(data, "otra frase") == "CRT-002"
        assert refusal(data, "") == "CRT-002"


def test_a_password_that_is_not_needed_does_no_harm() -> None:
    assert same(read_certificate(pem_key(key()) + pem(GOOD), CLAVE))


# --- files of other programs ----------------------------------------------------------------------------------


def openssl(*arguments: str | Path, given: bytes = b"") -> bytes:
    """What openssl writes; the test fails where it refuses."""
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_openssl
@pytest.mark.parametrize(
    "algorithms",
    [
        ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"),
        ("-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha256"),
        ("-keypbe", "AES-128-CBC", "-certpbe", "NONE", "-macalg", "sha512"),
    ],
    ids=["3des", "aes", "certificate-in-clear"],
)
def test_a_p12_of_openssl(tmp_path: Path, algorithms: tuple[str, ...]) -> None:
    """3DES is what Windows wrote until 2019 and what most Chilean certificates were exported with."""
    path = tmp_path / "ambos.pem"
    path.write_bytes(pem_key(key()) + pem(GOOD))
    data = openssl("pkcs12", "-export", "-in", path, *algorithms, "-passout", "pass:clave123")
    assert same(read_certificate(data, "clave123"))
    assert refusal(data, "clave124") == "CRT-002"


@needs_openssl
def test_openssl_verifies_what_is_signed(tmp_path: Path) -> None:
    read = read_certificate(p12(key(), GOOD), CLAVE)
    public, signature, data = tmp_path / "publica.pem", tmp_path / "firma", tmp_path / "datos"
    public.write_bytes(openssl("x509", "-pubkey", "-noout", given=pem(GOOD)))
    data.write_bytes(b"datos \xf1")
    signature.write_bytes(read.sign(b"datos \xf1"))
    arguments = ("dgst", "-sha1", "-verify", public, "-signature", signature, data)
    assert openssl(*arguments).strip() == b"Verified OK"
    data.write_bytes(b"datos \xf2")
    with pytest.raises(AssertionError):
        openssl(*arguments)


# --- files that cannot be used --------------------------------------------------------------------------------


@pytest.mark.parametrize("clave", ["", "frase ajena", CLAVE.upper(), CLAVE + " "])
def test_a_wrong_password(clave: str) -> None:
    assert refusal(p12(key(), GOOD), clave) == "CRT-002"


def test_a_damaged_p12_is_said_to_be_perhaps_damaged() -> None:
    data = bytearray(p12(key(), GOOD))
    data[len(data) // 2] ^= 0xFF
    assert refusal(bytes(data)) == "CRT-002"
    assert refusal(p12(key(), GOOD)[:500]) == "CRT-002"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"0",
        b"no es un certificado",
        b"\x30\x82\x01\x00" + bytes(256),
        bytes(range(256)) * 40,
        b"<AUTORIZACION></AUTORIZACION>",
        "-----BEGIN CERTIFICATE-----\nñandú\n-----END CERTIFICATE-----\n".encode(),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\n",
        b"PRIVATE KEY----- -----BEGIN CERTIFICATE-----",
        pem_key(key()) + pem(GOOD)[:200],
        pem_key(key())[:300] + b"\n" + pem(GOOD),
    ],
)
def test_noise(data: bytes) -> None:
    assert refusal(data) == "CRT-001"


def test_a_certificate_in_der_alone_is_not_such_a_file() -> None:
    assert refusal(base64.b64decode(b"".join(pem(GOOD).splitlines()[1:-1]))) == "CRT-001"


def test_no_key() -> None:
    assert refusal(p12(None, None, [GOOD])) == "CRT-003"
    assert refusal(pem(GOOD)) == "CRT-003"


def test_no_certificate() -> None:
    assert refusal(pem_key(key())) == "CRT-004"
    assert refusal(p12(key(), None)) == "CRT-004"


def test_a_key_of_another_certificate() -> None:
    assert refusal(p12(key(2), None, [GOOD, STRANGER])) == "CRT-005"
    assert refusal(pem_key(key(2)) + pem(GOOD) + pem(STRANGER)) == "CRT-005"


def test_a_key_that_the_schema_does_not_admit() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    certificate = make_certificate(curve)
    assert refusal(p12(curve, certificate)) == "CRT-006"
    assert refusal(pem_key(curve) + pem(certificate)) == "CRT-006"


@needs_openssl
def test_a_short_key(tmp_path: Path) -> None:
    data = openssl("genrsa", "-traditional", "768")
    assert refusal(data + pem(GOOD)) == "CRT-006"


@needs_openssl
def test_an_encryption_of_long_ago(tmp_path: Path) -> None:
    """RC2 with 40 bits, the default of Windows XP: where it cannot be read, the reason is not the password."""
    path = tmp_path / "ambos.pem"
    path.write_bytes(pem_key(key()) + pem(GOOD))
    arguments = ["openssl", "pkcs12", "-export", "-legacy", "-in", str(path), "-certpbe", "PBE-SHA1-RC2-40",
                 "-keypbe", "PBE-SHA1-3DES", "-passout", "pass:clave123"]  # fmt: skip
    done = subprocess.run(arguments, capture_output=True)
    if done.returncode:
        pytest.skip("this openssl has no legacy provider")
    try:
        assert same(read_certificate(done.stdout, "clave123"))
    except Refused as refused:
        assert [one.code for one in refused.problems] == ["CRT-008"]


# --- whose it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (Names(ia5(PERSON)), PERSON),
        (Names(utf8(PERSON)), PERSON),
        (Names(ia5(PERSON.replace("-", "")[:-1] + "-" + PERSON[-1])), PERSON),
        (Names(ia5(PERSON), serial_number=OTHER, common_name=OTHER), PERSON),
        (Names(ia5("sin rut"), serial_number=OTHER), OTHER),
        (Names(b"\x02\x01\x05", serial_number=OTHER), OTHER),
        (Names(b"\x30\x03\x02\x01\x05", common_name=OTHER), OTHER),
        (Names(serial_number=PERSON), PERSON),
        (Names(serial_number="8a-33-17", common_name=PERSON), PERSON),
        (Names(common_name=PERSON), PERSON),
        (Names(serial_number=f"RUT {PERSON}"), PERSON),
        (Names(serial_number=f"IDCCL-{PERSON}"), PERSON),
        (Names(common_name=f"Persona Ficticia {PERSON}"), PERSON),
        (Names(bytes([0x1E, 2 * len(PERSON)]) + PERSON.encode("utf-16-be")), PERSON),
        (Names(bytes([0x1A, len(PERSON)]) + PERSON.encode()), PERSON),
    ],
)
def test_the_rut_of_the_person(names: Names, expected: str) -> None:
    assert read_certificate(p12(key(), make_certificate(key(), names)), CLAVE).rut == expected


@pytest.mark.parametrize(
    "names",
    [
        Names(),
        Names(ia5(PERSON[:-1] + ("0" if PERSON[-1] != "0" else "1"))),
        Names(serial_number="CL-2020", common_name="Empresa Ficticia SpA"),
    ],
)
def test_no_rut(names: Names) -> None:
    data = p12(key(), make_certificate(key(), names))
    assert refusal(data) == "CRT-007"
    with pytest.raises(Refused, match=names.common_name):
        read_certificate(data, CLAVE)


def test_without_a_name_the_person_is_called_by_the_rut() -> None:
    names = Names(ia5(PERSON), common_name="")
    assert read_certificate(p12(key(), make_certificate(key(), names)), CLAVE).titular == PERSON


def _with_san(tmp_path: Path, san: str) -> bytes:
    """Key and certificate in PEM, with an alternative name that openssl writes and the library does not know."""
    settings = tmp_path / "openssl.cnf"
    settings.write_text(
        "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=v3\n"
        f"[dn]\nCN=Persona Ficticia\nserialNumber={PERSON}\n[v3]\nsubjectAltName={san}\n"
    )
    path = tmp_path / "llave.pem"
    path.write_bytes(pem_key(key()))
    return pem_key(key()) + openssl("req", "-x509", "-new", "-key", path, "-config", settings, "-days", "30")


@needs_openssl
@pytest.mark.parametrize("san", ["DER:30:04:A3:02:30:00", "DER:04:02:01:02", "DNS:a\n2.5.29.17=DER:30:03:82:01:61"])
def test_an_odd_alternative_name_does_no_harm(tmp_path: Path, san: str) -> None:
    """An X.400 address, no sequence at all, the extension twice."""
    assert read_certificate(_with_san(tmp_path, san)).rut == PERSON


@needs_openssl
def test_a_chain_with_a_key_that_the_library_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "sm2.pem"
    path.write_bytes(openssl("ecparam", "-name", "SM2", "-genkey", "-noout"))
    odd = openssl("req", "-x509", "-new", "-key", path, "-subj", "/CN=CA", "-days", "30", "-sm3")
    assert same(read_certificate(odd + pem_key(key()) + pem(GOOD)))


@pytest.mark.parametrize("place", ["serial_number", "common_name"])
@pytest.mark.parametrize(("country", "code"), [("CL", ""), ("cl", ""), ("AR", "CRT-033"), ("ES", "CRT-033")])
def test_the_number_of_a_person_of_another_country(place: str, country: str, code: str) -> None:
    """What looks like a RUT may be another country's own number."""
    told = f"Persona {OTHER}"
    names = Names(serial_number=told) if place == "serial_number" else Names(common_name=told)
    made = p12(key(), make_certificate(key(), names, country=country))
    assert (refusal(made) if code else read_certificate(made, CLAVE).rut) == (code or OTHER)


def test_the_sii_s_own_place_for_the_rut_needs_no_country() -> None:
    made = p12(key(), make_certificate(key(), Names(ia5(PERSON)), country="ES"))
    assert read_certificate(made, CLAVE).rut == PERSON


# --- when it may sign -----------------------------------------------------------------------------------------


def code_at(days: float) -> str | None:
    found = usable(read_certificate(p12(key(), GOOD), CLAVE), NOW + timedelta(days=days))
    if found:
        assert "Persona Ficticia" in found.text()
    return found.code if found else None


def test_expired_and_not_yet_valid() -> None:
    second = 1 / 86_400
    assert [code_at(one) for one in (-1, 0, 30)] == [None, None, None]
    assert code_at(-1 - second) == "CRT-011"
    assert code_at(30 + second) == "CRT-010"


def test_an_expired_certificate_can_be_read_and_says_its_day() -> None:
    end = NOW - timedelta(days=400)
    old = make_certificate(key(), begin=end - timedelta(days=700), end=end)
    found = usable(read_certificate(p12(key(), old), CLAVE), NOW)
    assert found
    assert found.code == "CRT-010"
    assert clock.day(end) in found.text()


# --- what the vault keeps -------------------------------------------------------------------------------------


def test_trusted_bytes_give_the_same_certificate() -> None:
    read = read_certificate(p12(key(), GOOD), CLAVE)
    again = Certificate.from_trusted(read.to_trusted())
    for name in ("rut", "titular", "valid_from", "valid_until", "modulus", "exponent", "x509_base64"):
        assert getattr(again, name) == getattr(read, name)
    assert again.sign(b"datos") == read.sign(b"datos")
    assert again.to_trusted() == read.to_trusted()
    assert same(again)


def test_a_signature_is_of_its_data_only() -> None:
    public = key().public_key()
    signature = read_certificate(p12(key(), GOOD), CLAVE).sign(b"datos")
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"datoz", padding.PKCS1v15(), hashes.SHA1())


@pytest.mark.parametrize(("number", "text"), [(1, "AQ=="), (3, "Aw=="), (255, "/w=="), (65537, "AQAB"), (256, "AQA=")])
def test_numbers_have_no_leading_zeros(number: int, text: str) -> None:
    assert base64_of_number(number) == text
