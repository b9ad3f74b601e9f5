"""XML signatures in the SII's profile, verified: reference digest, signature value, certificate.

Canonical forms are made by lxml of whole documents only: of an element that inherits a default namespace lxml writes a
spurious ``xmlns=""``. Written without a look at how this project signs.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from datetime import UTC, datetime
from hashlib import sha1
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
_SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
_RUT_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.8321.1")
_RUT = re.compile(r"(?<![0-9])[0-9]{1,8}-[0-9Kk](?![0-9A-Za-z])")

_STRICT = (hashes.SHA1(),)
_LAX = (hashes.SHA1(), hashes.SHA256())

PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "huge_tree": True, "remove_blank_text": False}


class SignatureError(Exception):
    """The signature is no good; *kind* is one of the words below."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


MISSING, WRONG, NO_CERTIFICATE, OTHER_KEY = "falta", "errada", "sin certificado", "otra clave"


class Signer(NamedTuple):
    """Who signed."""

    rut: str
    """Of the certificate's owner; empty where the certificate names none."""
    expired: bool


def parsed(data: bytes) -> etree._Element:
    """The root of *data*; nothing outside the bytes is looked at.

    :raises etree.XMLSyntaxError: not well-formed.
    """
    root = etree.fromstring(data, etree.XMLParser(**PARSER_OPTIONS))
    if root.getroottree().docinfo.doctype:
        raise etree.XMLSyntaxError("DOCTYPE", 0, 1, 1)
    return root


def canonical(element: etree._Element) -> bytes:
    """The inclusive Canonical XML of *element* where it stands, with every namespace in scope and without comments."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(**PARSER_OPTIONS))
    written = io.BytesIO()
    alone.getroottree().write_c14n(written, exclusive=False, with_comments=False)
    return written.getvalue()


def without(root: etree._Element, signature: etree._Element) -> bytes:
    """The canonical form of the document *root* with *signature* taken out of it (enveloped-signature)."""
    path = root.getroottree().getpath(signature)
    copy = etree.fromstring(etree.tostring(root), etree.XMLParser(**PARSER_OPTIONS))
    found = copy.getroottree().xpath(path)[0]
    parent, before = found.getparent(), found.getprevious()
    tail = found.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(found)
    return canonical(copy)


def verify(
    root: etree._Element,
    signature: etree._Element | None,
    signed: etree._Element | None,
    lax: bool = False,
) -> Signer:
    """Verify *signature*, of the element *signed* or, where that is None, of the whole document without it.

    :param lax: look at the signature's value alone, which may be made with SHA-256, and not at what it is of.
    :raises SignatureError: with the kind of fault.
    """
    if signature is None:
        raise SignatureError(MISSING)
    info = signature.find(f"{DS}SignedInfo")
    references = [] if info is None else info.findall(f"{DS}Reference")
    if info is None or len(references) != 1:
        raise SignatureError(WRONG)
    reference = references[0]
    uri = reference.get("URI")
    if uri != ("" if signed is None else f"#{signed.get('ID')}"):
        raise SignatureError(WRONG)
    if (
        _algorithm(info, "CanonicalizationMethod") != _C14N
        or _algorithm(info, "SignatureMethod") != _RSA_SHA1
        or _algorithm(reference, "DigestMethod") != _SHA1
    ):
        raise SignatureError(WRONG)
    transforms = [one.get("Algorithm") for one in reference.iter(f"{DS}Transform")]
    if any(one not in (_C14N, _ENVELOPED) for one in transforms):
        raise SignatureError(WRONG)
    content = without(root, signature) if signed is None else canonical(signed)
    if not lax and sha1(content, usedforsecurity=False).digest() != _bytes(reference.findtext(f"{DS}DigestValue")):
        raise SignatureError(WRONG)
    certificate = _certificate(signature)
    key = _key(signature)
    theirs = certificate.public_key()
    if not isinstance(theirs, rsa.RSAPublicKey) or theirs.public_numbers() != key.public_numbers():
        raise SignatureError(OTHER_KEY)
    value, said = _bytes(signature.findtext(f"{DS}SignatureValue")), canonical(info)
    if not any(_is_value(key, value, said, digest) for digest in (_LAX if lax else _STRICT)):
        raise SignatureError(WRONG)
    return Signer(rut_of(certificate), certificate.not_valid_after_utc < datetime.now(UTC))


def rut_of(certificate: x509.Certificate) -> str:
    """The RUT of the certificate's owner, or nothing."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        names = x509.SubjectAlternativeName([])
    for name in names:
        if isinstance(name, x509.OtherName) and name.type_id == _RUT_NAME:
            found = _RUT.search(name.value[2:].decode("latin-1"))
            if found:
                return found.group().upper()
    for attribute in certificate.subject:
        value = attribute.value if isinstance(attribute.value, str) else attribute.value.decode("latin-1")
        found = _RUT.search(value.replace(".", ""))
        if found:
            return found.group().upper()
    return ""


def public_key(modulus: int, exponent: int) -> rsa.RSAPublicKey:
    """The key of two numbers.

    :raises ValueError: they make none.
    """
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _is_value(key: rsa.RSAPublicKey, value: bytes, said: bytes, digest: hashes.HashAlgorithm) -> bool:
    try:
        key.verify(value, said, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def _algorithm(parent: etree._Element, name: str) -> str | None:
    found = parent.find(f"{DS}{name}")
    return None if found is None else found.get("Algorithm")


def _bytes(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(WRONG) from None


def _certificate(signature: etree._Element) -> x509.Certificate:
    found = list(signature.iter(f"{DS}X509Certificate"))
    if len(found) != 1 or len(found[0]):
        raise SignatureError(NO_CERTIFICATE)
    try:
        return x509.load_der_x509_certificate(_bytes(found[0].text))
    except (SignatureError, ValueError):
        raise SignatureError(NO_CERTIFICATE) from None


def _key(signature: etree._Element) -> rsa.RSAPublicKey:
    value = signature.find(f"{DS}KeyInfo/{DS}KeyValue/{DS}RSAKeyValue")
    if value is None:
        raise SignatureError(OTHER_KEY)
    numbers = [int.from_bytes(_bytes(value.findtext(f"{DS}{name}")), "big") for name in ("Modulus", "Exponent")]
    try:
        return public_key(*numbers)
    except ValueError:
        raise SignatureError(OTHER_KEY) from None
