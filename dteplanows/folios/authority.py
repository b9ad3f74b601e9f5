"""The test authority: makes CAFs as the SII does, with a key of this installation's own, for ``pruebas`` only.

Its CAFs carry the IDK 900, which the SII does not use, so no system of the SII can take them for real ones.
"""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dteplanows.document.limits import STAMPED_NAME
from dteplanows.document.text import printable_in_dte
from dteplanows.document.writer import escape_in_stamp
from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.ledger.rows import Span
from dteplanows.process import secrecy
from dteplanows.settings import Settings
from dteplanows.signer.certificate import base64_of_number

_KEY_SIZE = 1024
"""Bits; the SII's own have 512, which the library rightly refuses to generate."""


class TestAuthority:
    """Signs CAFs with its own key. One per installation."""

    __test__ = False  # the name is the domain's; it holds no tests

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> TestAuthority:
        """An authority with a new key."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=_KEY_SIZE))

    @classmethod
    def from_pem(cls, data: bytes) -> TestAuthority:
        """The authority whose key :meth:`to_pem` gave.

        :raises ValueError: *data* is no RSA key in PEM.
        """
        key = serialization.load_pem_private_key(data, None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the authority's key must be RSA")
        return cls(key)

    def to_pem(self) -> bytes:
        """The private key, in clear; for a file that only its owner may read."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        """Verifies the CAFs of this authority."""
        return self._key.public_key()

    def make_caf(self, rut: str, razon_social: str, tipo: int, span: Span, today: date) -> bytes:
        """A CAF file in the form of the SII's: ISO-8859-1 without saying so, lines that end in CR LF.

        :param span: its folios.
        :param today: day of the authorization.
        """
        key = rsa.generate_private_key(public_exponent=3, key_size=_KEY_SIZE)
        numbers = key.public_key().public_numbers()
        da = (
            f"<DA>\n<RE>{rut}</RE>\n<RS>{escape_in_stamp(_name(razon_social) or rut)}</RS>\n<TD>{tipo}</TD>\n"
            f"<RNG><D>{span.desde}</D><H>{span.hasta}</H></RNG>\n<FA>{today.isoformat()}</FA>\n"
            f"<RSAPK><M>{base64_of_number(numbers.n)}</M><E>{base64_of_number(numbers.e)}</E></RSAPK>\n<IDK>{TEST_AUTHORITY}</IDK>\n</DA>"
        )
        signed = da.replace(">\n<", "><").encode("latin-1")
        frma = base64.b64encode(self._key.sign(signed, padding.PKCS1v15(), hashes.SHA1())).decode("ascii")
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ).decode("ascii")
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        file = (
            f'<?xml version="1.0"?>\n<AUTORIZACION>\n<CAF version="1.0">\n{da}\n'
            f'<FRMA algoritmo="SHA1withRSA">{frma}</FRMA>\n</CAF>\n<RSASK>{private}</RSASK>\n'
            f"<RSAPUBK>{public.decode('ascii')}</RSAPUBK>\n</AUTORIZACION>\n"
        )
        return file.replace("\n", "\r\n").encode("latin-1")


def _name(razon_social: str) -> str:
    """*razon_social* as a CAF can carry it: one line of 40 characters of ISO-8859-1."""
    name = " ".join(printable_in_dte(razon_social).split())[:STAMPED_NAME].strip()
    return name.encode("latin-1", "replace").decode("latin-1")


def authority_in(path: Path) -> TestAuthority:
    """The authority whose key is in the file *path*; made when there is none."""
    if not path.exists():
        secrecy.write_private(path, TestAuthority.generate().to_pem())
    return TestAuthority.from_pem(path.read_bytes())


def authority_of(settings: Settings) -> TestAuthority | None:
    """The authority that makes this directory's own CAFs in ``pruebas``; None when it has none."""
    path = settings.autoridad_de_prueba
    return TestAuthority.from_pem(path.read_bytes()) if path.exists() else None
