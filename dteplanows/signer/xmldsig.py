"""Signatures in the one profile that the SII accepts (xmldsignature_v10), and the signed DTE file.

The file is put together as text and never serialised again: what was digested is what stands in it. Canonical forms are
made by lxml of whole documents only; of an element inside a document with a default namespace lxml makes wrong ones.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from hashlib import sha1

from lxml import etree

from dteplanows.document.elements import ROOTS
from dteplanows.signer.certificate import Certificate

SII_NAMESPACE = "http://www.sii.cl/SiiDte"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
DECLARATION = '<?xml version="1.0" encoding="ISO-8859-1"?>'

_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_LINE = 76
"""Characters of a line of base64 (Instructivo de Emisión, A.3.1)."""

_SIGNED_INFO = f"""
<CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>
<SignatureMethod Algorithm="{SIGNATURE_NAMESPACE}rsa-sha1"></SignatureMethod>
<Reference URI="%s">
<Transforms>
<Transform Algorithm="%s"></Transform>
</Transforms>
<DigestMethod Algorithm="{SIGNATURE_NAMESPACE}sha1"></DigestMethod>
<DigestValue>%s</DigestValue>
</Reference>
</SignedInfo>"""
"""The inside of SignedInfo with its end tag, canonical as it stands."""

_STARTS = re.compile(
    f'<(?:{"|".join(sorted(set(ROOTS.values())))}) xmlns="{re.escape(SII_NAMESPACE)}" ID="[A-Za-z0-9]+">'
    '|<(?:TED|CAF) version="1\\.0">|<FRM[AT] algoritmo="SHA1withRSA">'
)
"""The start tags of a DTE that have attributes, as Canonical XML writes them."""
_NOT_PLAIN = re.compile("<(?!/?+[A-Za-z0-9_]++>)[^>]*>?")
"""Whatever begins like a tag and is more than a name in its brackets: with attributes, empty, a comment..."""

_QUOTES = ("quot;", "apos;")
_ENTITIES = ("amp;", "lt;", "gt;", *_QUOTES)
"""The predefined entities behind their ampersand; Canonical XML writes the quotes of a text as they are."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def sign_dte(documento: str, identifier: str, certificate: Certificate) -> bytes:
    """The whole DTE file: *documento* in its frame with its signature, in ISO-8859-1.

    :param documento: the element ``Documento``, ``Liquidacion`` or ``Exportaciones`` as text, without namespace
        declaration.
    :param identifier: its ``ID``.
    """
    start, _, rest = documento.partition(" ")
    canonical = canonical_form(f'{start} xmlns="{SII_NAMESPACE}" {rest}')
    signature = signature_of(_sha1(canonical), f"#{identifier}", certificate)
    return (
        f'{DECLARATION}\n<DTE xmlns="{SII_NAMESPACE}" version="1.0">\n{documento}\n{signature}\n</DTE>\n'
    ).encode("latin-1")


def canonical_form(element: str) -> bytes:
    """Canonical XML 1.0 (inclusive, without comments) of *element*, which declares all namespaces in scope itself.

    What the writer writes is canonical already but for the quotes of a stamp, which it escapes and Canonical XML does
    not (the SII refuses a whole envelope whose digests were made of them: RFR); a CAF may bring other ways of writing.
    """
    behind = element.split("&")[1:]
    if _is_canonical(element, behind):
        # In texts only: a tag with an entity in it would not have passed.
        if any(one.startswith(_QUOTES) for one in behind):
            element = element.replace("&quot;", '"').replace("&apos;", "'")
        return element.encode("utf-8")
    whole = etree.fromstring(element.encode("utf-8"), _PARSER).getroottree()
    return bytes(etree.tostring(whole, method="c14n", with_comments=False))


def _is_canonical(element: str, behind: list[str]) -> bool:
    """Whether *element*, the root of a DTE, is surely canonical but for its quotes; where in doubt it is not.

    :param behind: what comes behind each ampersand, up to the next.
    """
    return (
        "\r" not in element
        and element.count("<") == element.count(">")
        and all(one.startswith(_ENTITIES) for one in behind)
        and all(_STARTS.fullmatch(tag) for tag in _NOT_PLAIN.findall(element))
    )


def sign_whole(element: str, certificate: Certificate) -> str:
    """*element* with a signature over all of it inside, as its last child, in one line: what asks the SII for a token.

    :param element: without namespaces, canonical as it stands.
    """
    start, end = element[: element.rindex("</")], element[element.rindex("</") :]
    return f"{start}{signature_of(_sha1(element.encode()), '', certificate)}{end}"


def signature_of(digest: bytes, uri: str, certificate: Certificate, inherited: str = "") -> str:
    """The element ``Signature`` over what has the SHA-1 *digest* in canonical form.

    :param uri: of the reference: ``#`` and the ID of what is signed. Empty for the whole document that the signature
        itself stands in; it is in one line then, as the SII's services want it.
    :param inherited: namespace declarations in scope where the signature will stand, beside the default one, as
        Canonical XML writes them.
    """
    transform = _C14N if uri else f"{SIGNATURE_NAMESPACE}enveloped-signature"
    inside = _SIGNED_INFO % (uri, transform, base64.b64encode(digest).decode("ascii"))
    if not uri:
        inside = inside.replace("\n", "")
    signed = f'<SignedInfo xmlns="{SIGNATURE_NAMESPACE}"{inherited}>{inside}'
    value = base64.b64encode(certificate.sign(signed.encode("utf-8"))).decode("ascii")
    signature = (
        f'<Signature xmlns="{SIGNATURE_NAMESPACE}">\n<SignedInfo>{inside}\n'
        f"<SignatureValue>{_lines(value)}</SignatureValue>\n"
        f"{_key_info(certificate.modulus, certificate.exponent, certificate.x509_base64)}\n</Signature>"
    )
    return signature if uri else signature.replace("\n", "")


def _sha1(canonical: bytes) -> bytes:
    return sha1(canonical, usedforsecurity=False).digest()


@lru_cache(maxsize=64)
def _key_info(modulus: str, exponent: str, x509_base64: str) -> str:
    """The element ``KeyInfo``: the same in every signature of a certificate."""
    return (
        f"<KeyInfo>\n<KeyValue>\n<RSAKeyValue>\n<Modulus>{_lines(modulus)}</Modulus>\n"
        f"<Exponent>{exponent}</Exponent>\n</RSAKeyValue>\n</KeyValue>\n<X509Data>\n"
        f"<X509Certificate>{_lines(x509_base64)}</X509Certificate>\n</X509Data>\n</KeyInfo>"
    )


def _lines(text: str) -> str:
    """Base64 in lines, beginning right behind its tag and ending right before the next, as the SII's sample has it.

    Programs put the text of ``X509Certificate`` as it stands between a BEGIN line and an END line, and OpenSSL, with
    all that rests on it, refuses a PEM that has an empty line.
    """
    return "\n".join(text[i : i + _LINE] for i in range(0, len(text), _LINE))
