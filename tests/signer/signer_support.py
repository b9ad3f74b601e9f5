"""Certificates of many kinds, made here, and documents to sign."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from dteplanows.document.rut import check_digit
from dteplanows.signer.certificate import RUT_OF_SIGNER, Certificate, read_certificate

CLAVE = "frase secreta ñ 7"
"""Protects the files made here."""

SII = "http://www.sii.cl/SiiDte"
DS = "http://www.w3.org/2000/09/xmldsig#"

NOW = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
"""Naive UTC."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

needs_xmlsec1 = pytest.mark.skipif(not shutil.which("xmlsec1"), reason="xmlsec1 is not installed")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


def rut(body: int) -> str:
    """A RUT with its right check digit."""
    return f"{body}-{check_digit(body)}"


PERSON, OTHER = rut(12_345_670), rut(9_876_540)


@cache
def key(number: int = 0, size: int = 2048) -> rsa.RSAPrivateKey:
    """A key; the same number gives the same one."""
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


class Names(NamedTuple):
    """Where the certificate says whose it is; empty parts are left out of it."""

    other_name: bytes = b""
    """The whole DER value of the SII's ``otherName``."""
    serial_number: str = ""
    common_name: str = "Persona Ficticia"


def ia5(text: str) -> bytes:
    return bytes([0x16, len(text)]) + text.encode("ascii")


def utf8(text: str) -> bytes:
    return bytes([0x0C, len(text.encode())]) + text.encode()


def make_certificate(
    private: PrivateKey,
    names: Names = Names(ia5(PERSON)),  # noqa: B008 - a tuple
    begin: datetime = NOW - timedelta(days=1),
    end: datetime = NOW + timedelta(days=30),
    country: str = "CL",
) -> x509.Certificate:
    """A certificate of *private*, signed with it."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)]
    if names.common_name:
        parts.append(x509.NameAttribute(NameOID.COMMON_NAME, names.common_name))
    if names.serial_number:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, names.serial_number))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(parts))
        .issuer_name(x509.Name(parts))
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if names.other_name:
        found = x509.SubjectAlternativeName([x509.OtherName(RUT_OF_SIGNER, names.other_name)])
        builder = builder.add_extension(found, critical=False)
    return builder.sign(private, hashes.SHA256())


def p12(
    private: PrivateKey | None,
    certificate: x509.Certificate | None,
    others: list[x509.Certificate] | None = None,
    clave: str = CLAVE,
) -> bytes:
    """A PKCS#12 file; without protection when *clave* is empty."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if clave:
        encryption = serialization.BestAvailableEncryption(clave.encode())
    return pkcs12.serialize_key_and_certificates(b"ficticia", private, certificate, others, encryption)


def pem_key(private: PrivateKey, clave: str = "", *, traditional: bool = False) -> bytes:
    """The key in PEM; encrypted when there is a *clave*."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if clave:
        encryption = serialization.BestAvailableEncryption(clave.encode())
    formats = serialization.PrivateFormat
    return private.private_bytes(
        serialization.Encoding.PEM, formats.TraditionalOpenSSL if traditional else formats.PKCS8, encryption
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@cache
def signer() -> Certificate:
    """A certificate ready to sign."""
    return read_certificate(p12(key(), make_certificate(key())), CLAVE)


def signer_x509() -> x509.Certificate:
    """The certificate of :func:`signer` as another program reads it from what it publishes."""
    return x509.load_der_x509_certificate(base64.b64decode(signer().x509_base64))


def certificate_file(folder: Path) -> Path:
    """The certificate of :func:`signer` in PEM, as programs outside want it."""
    path = folder / "certificado.pem"
    path.write_bytes(pem(signer_x509()))
    return path


def xmlsec1_accepts(file: bytes, folder: Path, identified: str, signature: str = "") -> bool:
    """Whether xmlsec1 verifies *file* with our certificate.

    :param identified: element with the ``ID`` that is signed.
    :param signature: XPath of the signature to verify, where there are several.
    """
    path = folder / "firmado.xml"
    path.write_bytes(file)
    which = ["--node-xpath", signature] if signature else []
    done = subprocess.run(
        ["xmlsec1", "--verify", "--id-attr:ID", f"{SII}:{identified}", *which,
         "--pubkey-cert-pem", str(certificate_file(folder)), str(path)],
        capture_output=True,
    )  # fmt: skip
    return done.returncode == 0


def flip(data: bytes, found: bytes, new: bytes) -> bytes:
    """*data* with the one occurrence of *found* replaced."""
    assert data.count(found) == 1, (found, data.count(found))
    assert len(new) == len(found)
    return data.replace(found, new)
