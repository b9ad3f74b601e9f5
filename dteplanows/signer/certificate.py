"""Signing certificates: read from a customer's file, kept as trusted bytes, used to sign.

In this project *titular* is the natural person a Chilean certificate belongs to; it signs for the company.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from dteplanows.document import clock, rut
from dteplanows.document.catalogue import problem, shown
from dteplanows.document.problem import Problem, Refused

RUT_OF_SIGNER = x509.ObjectIdentifier("1.3.6.1.4.1.8321.1")
"""``otherName`` in which Chilean certificates carry the signer's RUT."""

_SMALLEST_KEY = 1024
"""Bits; Chilean authorities have issued 2048 for years."""

_STRING_TAGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1A: "ascii", 0x1E: "utf-16-be"}
"""DER tags of UTF8String, PrintableString, TeletexString, IA5String, VisibleString and BMPString."""

_RUT_IN_TEXT = re.compile(r"(?<![0-9.])[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9Kk](?![0-9A-Za-z])")
"""A RUT of a person among other words, as in ``RUT 12.345.670-K``."""


class Certificate:
    """A certificate with its private key. Nothing of the key is in its ``repr``."""

    __slots__ = ("_der", "_key", "exponent", "modulus", "rut", "titular", "valid_from", "valid_until", "x509_base64")

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate, rut_firmante: str) -> None:
        self._key = key
        self._der = certificate.public_bytes(serialization.Encoding.DER)
        self.rut = rut_firmante
        """RUT of the person that signs, in the SII's form."""
        self.titular = _attribute(certificate, NameOID.COMMON_NAME) or rut_firmante
        self.valid_from = certificate.not_valid_before_utc.replace(tzinfo=None)
        """Naive UTC, as ``valid_until``."""
        self.valid_until = certificate.not_valid_after_utc.replace(tzinfo=None)
        numbers = key.public_key().public_numbers()
        self.modulus = base64_of_number(numbers.n)
        """Base64, one line; so are ``exponent`` and ``x509_base64``."""
        self.exponent = base64_of_number(numbers.e)
        self.x509_base64 = base64.b64encode(self._der).decode("ascii")

    def __repr__(self) -> str:
        return f"Certificate(rut={self.rut!r}, titular={self.titular!r}, valid_until={self.valid_until})"

    def sign(self, data: bytes) -> bytes:
        """RSA PKCS#1 v1.5 signature with SHA-1 of *data*, the only one the SII's schema admits."""
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA1())

    def to_trusted(self) -> bytes:
        """Key and certificate in clear, for the vault only."""
        key = self._key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return b"\n".join((self.rut.encode("ascii"), base64.b64encode(key), base64.b64encode(self._der)))

    @classmethod
    def from_trusted(cls, data: bytes) -> Certificate:
        """What :meth:`to_trusted` gave. The key is not checked again, which would cost 30 ms."""
        rut_firmante, key, certificate = data.split(b"\n")
        loaded = serialization.load_der_private_key(
            base64.b64decode(key), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError("the vault holds a key that is not RSA")
        return cls(loaded, x509.load_der_x509_certificate(base64.b64decode(certificate)), rut_firmante.decode("ascii"))


def base64_of_number(number: int) -> str:
    """*number* as XMLDSig writes it (CryptoBinary): big-endian without leading zeros, base64."""
    return base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode("ascii")


def read_certificate(data: bytes, clave: str = "") -> Certificate:
    """The certificate in a customer's file: PKCS#12 (.pfx, .p12), or PEM with its private key.

    :param clave: password of the file, or of the key in a PEM.
    :raises Refused: not such a file (CRT-001), wrong password (CRT-002), no key (CRT-003) or certificate (CRT-004) in
        it, no pair (CRT-005), not an RSA key that serves (CRT-006), no RUT in the certificate (CRT-007), an encryption
        that cannot be read here (CRT-008).
    """
    key, certificates = _read_pem(data, clave) if b"-----BEGIN" in data else _read_pkcs12(data, clave)
    if key is None:
        raise Refused([problem("CRT-003")])
    if not certificates:
        raise Refused([problem("CRT-004")])
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SMALLEST_KEY:
        raise Refused([problem("CRT-006")])
    public = key.public_key().public_numbers()
    for certificate in certificates:
        if _public_numbers(certificate) == public:
            return Certificate(key, certificate, _rut_of(certificate))
    raise Refused([problem("CRT-005")])


class Dated(Protocol):
    """What is known of a certificate without its key."""

    @property
    def titular(self) -> str:
        """Whose it is."""

    @property
    def valid_from(self) -> datetime:
        """Naive UTC, as ``valid_until``."""

    @property
    def valid_until(self) -> datetime:
        """Last moment at which it may sign."""


def usable(certificate: Dated, moment: datetime) -> Problem | None:
    """Why *certificate* may not sign at *moment* (naive UTC): expired (CRT-010) or not valid yet (CRT-011); or None."""
    if moment > certificate.valid_until:
        return problem("CRT-010", value=certificate.titular, fecha=clock.day(certificate.valid_until))
    if moment < certificate.valid_from:
        return problem("CRT-011", value=certificate.titular, fecha=clock.day(certificate.valid_from))
    return None


def _public_numbers(certificate: x509.Certificate) -> rsa.RSAPublicNumbers | None:
    """The RSA key of *certificate*; None for another kind, also one that the library does not know."""
    try:
        found = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return found.public_numbers() if isinstance(found, rsa.RSAPublicKey) else None


_Read = tuple[object, Sequence[x509.Certificate]]


def _read_pkcs12(data: bytes, clave: str) -> _Read:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, clave.encode("utf-8"))
    except UnsupportedAlgorithm:
        raise Refused([problem("CRT-008")]) from None
    except (ValueError, TypeError):
        raise Refused([problem("CRT-002" if _is_pkcs12(data) else "CRT-001")]) from None
    return key, [certificate, *others] if certificate else others


def _is_pkcs12(data: bytes) -> bool:
    """A DER sequence that begins with version 3, as every PFX does (RFC 7292); a wrong password is then the reason."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[:12]


def _read_pem(data: bytes, clave: str) -> _Read:
    key: object = None
    if b"PRIVATE KEY-----" in data:
        protected = b"ENCRYPTED" in data
        try:
            key = serialization.load_pem_private_key(data[data.index(b"-----BEGIN", _key_begin(data)) :],
                                                     clave.encode("utf-8") if protected else None)  # fmt: skip
        except UnsupportedAlgorithm:
            raise Refused([problem("CRT-008")]) from None
        except (ValueError, TypeError):
            raise Refused([problem("CRT-002" if protected else "CRT-001")]) from None
    try:
        certificates = x509.load_pem_x509_certificates(data) if b"BEGIN CERTIFICATE" in data else []
    except ValueError:
        raise Refused([problem("CRT-001")]) from None
    return key, certificates


def _key_begin(data: bytes) -> int:
    """Where the armour of the private key begins."""
    return data.rindex(b"-----BEGIN", 0, data.index(b"PRIVATE KEY-----"))


def _rut_of(certificate: x509.Certificate) -> str:
    """RUT of the person in *certificate*: the SII's otherName, else the serial number or the name of the subject.

    :raises Refused: there is none (CRT-007), or it only stands where other countries have their own numbers, and the
        certificate names another country than Chile (CRT-033).
    """
    for text in _other_names(certificate):
        if found := _rut_in(text):
            return found
    for oid in (NameOID.SERIAL_NUMBER, NameOID.COMMON_NAME):
        if found := _rut_in(_attribute(certificate, oid)):
            country = _attribute(certificate, NameOID.COUNTRY_NAME)
            if country.strip().upper() not in ("", "CL"):
                subject = certificate.subject.rfc4514_string()
                raise Refused([problem("CRT-033", value=subject, pais=shown(country))])
            return found
    raise Refused([problem("CRT-007", value=certificate.subject.rfc4514_string())])


def _rut_in(text: str) -> str:
    """The RUT that *text* is, or else the first one in it; empty when there is none."""
    for one in (text, *_RUT_IN_TEXT.findall(text)):
        try:
            return rut.parse(one)
        except rut.InvalidRut:
            continue
    return ""


def _other_names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return []
    found = (one for one in names if isinstance(one, x509.OtherName) and one.type_id == RUT_OF_SIGNER)
    return [text for one in found if (text := _der_string(one.value))]


def _der_string(data: bytes) -> str:
    """The text in a DER string shorter than 128 bytes; empty when *data* is something else."""
    charset = _STRING_TAGS.get(data[0]) if data else None
    if charset is None or len(data) < 2 or data[1] != len(data) - 2:
        return ""
    return data[2:].decode(charset, "replace")


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def utc_now() -> datetime:
    """The present moment as naive UTC in whole seconds, the form in which certificates state theirs."""
    return _of_second(int(time.time()))


@lru_cache(maxsize=4)
def _of_second(second: int) -> datetime:
    """Kept, for every call asks and most of them in a second that was asked before."""
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
