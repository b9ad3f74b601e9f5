"""A certificate for the demo: of the form the SII asks for, signed by nobody, good for tests only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

RUT_OF_SIGNER = x509.ObjectIdentifier("1.3.6.1.4.1.8321.1")
"""``otherName`` in which Chilean certificates carry the signer's RUT."""

_IA5STRING = 0x16
_YEARS = 3


def make_certificate(rut: str, titular: str, clave: str) -> bytes:
    """A PKCS#12 file with a new RSA key of 2048 bits and its own certificate, valid from yesterday for three years.

    :param rut: of the person that signs, with hyphen.
    :param clave: protects the file.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Certificado de prueba sin valor tributario"),
            x509.NameAttribute(NameOID.COMMON_NAME, titular),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, rut),
        ]
    )
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectAlternativeName([x509.OtherName(RUT_OF_SIGNER, _ia5string(rut))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(clave.encode())
    return pkcs12.serialize_key_and_certificates(titular.encode(), key, certificate, None, encryption)


def _ia5string(text: str) -> bytes:
    data = text.encode("ascii")
    return bytes([_IA5STRING, len(data)]) + data


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
