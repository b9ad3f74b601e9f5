"""Whether what was signed still stands as it was signed: digest, signature and stamp of a stored DTE.

This is for the bytes that :func:`dteplanows.signer.xmldsig.sign_dte` made, which are never written anew; whatever has
another form does not hold.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from functools import lru_cache
from hashlib import sha1
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from dteplanows.signer.xmldsig import DECLARATION, SIGNATURE_NAMESPACE, SII_NAMESPACE, canonical_form

_HEAD = f'{DECLARATION}\n<DTE xmlns="{SII_NAMESPACE}" version="1.0">\n'
_SIGNATURE = f'\n<Signature xmlns="{SIGNATURE_NAMESPACE}">\n'
_TAIL = "\n</Signature>\n</DTE>\n"
_FORM = re.compile(
    r'(<SignedInfo>[^\r]*?<Reference URI="#([A-Za-z0-9]+)">[^\r]*?'
    r"<DigestValue>([^<]*)</DigestValue>[^\r]*?</SignedInfo>)\n"
    r"<SignatureValue>([^<]*)</SignatureValue>\n"
    r"<KeyInfo>[^\r]*<X509Certificate>([^<]*)</X509Certificate>[^\r]*</KeyInfo>"
)
"""The inside of a signature."""
_STAMP = re.compile(r'<TED version="1\.0">(<DD>.*?</DD>)<FRMT algoritmo="SHA1withRSA">([^<]*)</FRMT></TED>', re.DOTALL)
_CAF = re.compile(r"<CAF\b.*?</CAF>", re.DOTALL)
_RSAPK = re.compile(r"<RSAPK>\s*<M>([^<]*)</M>\s*<E>([^<]*)</E>\s*</RSAPK>")
_STAMPED = {
    "RE": "RUTEmisor", "TD": "TipoDTE", "F": "Folio", "FE": "FchEmis", "RR": "RUTRecep", "MNT": "MntTotal",
}  # fmt: skip
"""Elements of a stamp, with those of the document that say the same."""


class SignedParts(NamedTuple):
    """A signed DTE taken apart, as text."""

    documento: str
    """The element that is signed, without the namespace that it inherits."""
    signed_info: str
    identifier: str
    """What its reference names."""
    digest: str
    value: str
    """The signature itself, in base64, as the certificate."""
    certificate: str

    def first(self, name: str) -> str:
        """The text of the first element *name* of the document; empty when there is none."""
        _, there, rest = self.documento.partition(f"<{name}>")
        return rest.partition("<")[0] if there else ""


def parts_of(xml: bytes) -> SignedParts | None:
    """The parts of a signed DTE; None when it has not the form of one."""
    text = xml.decode("latin-1")
    if not text.startswith(_HEAD) or not text.endswith(_TAIL):
        return None
    documento, _, signature = text[len(_HEAD) : -len(_TAIL)].rpartition(_SIGNATURE)
    found = _FORM.fullmatch(signature)
    return SignedParts(documento, *found.groups()) if found else None


def digest_holds(parts: SignedParts) -> bool:
    """Whether the document is the one whose digest its signature holds."""
    start, _, rest = parts.documento.partition(" ")
    if not rest.startswith(f'ID="{parts.identifier}">'):
        return False
    try:
        canonical = canonical_form(f'{start} xmlns="{SII_NAMESPACE}" {rest}')
    except etree.XMLSyntaxError:
        return False
    return base64.b64encode(sha1(canonical, usedforsecurity=False).digest()).decode("ascii") == parts.digest


def signature_holds(parts: SignedParts) -> bool:
    """Whether the digest and its surroundings were signed with the key of the certificate that stands beside them."""
    signed = parts.signed_info.replace("<SignedInfo>", f'<SignedInfo xmlns="{SIGNATURE_NAMESPACE}">', 1)
    key = _key_of(parts.certificate)
    return key is not None and _verifies(key, parts.value, signed.encode())


def stamp_holds(parts: SignedParts, caf_xml: str, key: rsa.RSAPublicKey) -> bool:
    """Whether the document is stamped with that CAF.

    :param caf_xml: the CAF's own text.
    :param key: the public key of the CAF.
    """
    stamp = _STAMP.search(parts.documento)
    if not stamp or caf_xml not in stamp[1]:
        return False
    return _verifies(key, stamp[2], stamp[1].encode("latin-1"))


class Stamp(NamedTuple):
    """A stamp taken apart, as text."""

    dd: str
    """What is signed."""
    signature: str
    """In base64."""
    caf: str
    """The element ``CAF``, which holds the public key of the folios."""

    def first(self, name: str) -> str:
        """The text of the first element *name*; empty when there is none."""
        _, there, rest = self.dd.partition(f"<{name}>")
        return html.unescape(rest.partition("<")[0]) if there else ""


def stamp_of(parts: SignedParts) -> Stamp | None:
    """The stamp of a document; None when it has not the form of one."""
    found = _STAMP.search(parts.documento)
    caf = _CAF.search(found[1]) if found else None
    return Stamp(found[1], found[2], caf[0]) if found and caf else None


def stamped_by_its_caf(stamp: Stamp) -> bool:
    """Whether *stamp* was made with the private key of the CAF that it carries."""
    key = _RSAPK.search(stamp.caf)
    if key is None:
        return False
    try:
        modulus, exponent = (int.from_bytes(base64.b64decode(one), "big") for one in key.groups())
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (binascii.Error, ValueError):
        return False
    return _verifies(public, stamp.signature, stamp.dd.encode("latin-1"))


def stamp_tells(stamp: Stamp, parts: SignedParts) -> bool:
    """Whether *stamp* says what its document says: issuer, type, folio, day, receiver and total."""
    return all(stamp.first(name) == html.unescape(parts.first(element)) for name, element in _STAMPED.items())


def _verifies(key: rsa.RSAPublicKey, signature: str, signed: bytes) -> bool:
    """Whether *signature* is that of *signed*, letter by letter as base64 is written, in lines or not."""
    try:
        value = base64.b64decode(signature)
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA1())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return base64.b64encode(value).decode("ascii") == signature.replace("\n", "")


@lru_cache(maxsize=64)
def _key_of(certificate: str) -> rsa.RSAPublicKey | None:
    """The key of a certificate in base64; None when it is none."""
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(certificate)).public_key()
    except (binascii.Error, ValueError):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) else None
