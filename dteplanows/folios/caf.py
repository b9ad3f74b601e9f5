"""CAF files: ranges of folios that the SII authorizes, each with the key that stamps them.

The file says ISO-8859-1 only by habit. Its element ``CAF`` goes into every stamp exactly as it stands, since the SII's
signature (FRMA) covers those characters; so it is cut out as text.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Problem, Refused
from dteplanows.folios.age import MAXIMUM_DAYS, expired

TEST_AUTHORITY = 900
"""IDK of CAFs made by an installation's own test authority; the SII uses 100 and 300."""

Signer = Literal["sii", "prueba", "desconocida", "nadie"]
"""Who signed a CAF: the SII; an installation's own test authority, by its number; somebody whose key is newer than this
program; or nobody, where the signature is not that of the SII whose number it has."""

_ENVIRONMENT_OF_KEY = {100: "pruebas", 300: "produccion", TEST_AUTHORITY: "pruebas"}

_SII_EXPONENT = 65537
_SII_MODULI = {
    100: "C8FBF00DCB21A55000A585522C5DE528A73E0CE16CC03AB1E5EA7DE4B2A28111"
    "E352FAEF8DCB7D51E349ABD4B105DCD4F67CF9E13115058C9F0154291B8C7153",
    300: "9DEEBFC5EEBD96DF4C7CF53F1BFA15D85D73EF04C6718F8C07B3F785EFEE75E7"
    "B4EF5A3AE079C3265A900E45F602890AF6FB4FAFA2B8D6938F7F011C3585B335",
}
"""Public keys with which the SII signs CAFs, by IDK: certificates 100.cer and 300.cer that it publishes."""

_LARGEST_FILE = 64 * 1024
"""Bytes; a CAF file has about 2,000."""

_BETWEEN_TAGS = re.compile(r">\s+<")
_CAF = re.compile(r"<CAF\b.*?</CAF>", re.DOTALL)
_DA = re.compile(r"<DA>.*?</DA>", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = (
    re.compile(r"""<CAF version=["']1\.0["']>\s*<DA\b"""),
    re.compile(r"""</DA>\s*<FRMA algoritmo=["']SHA1withRSA["']>[^<]*</FRMA>\s*</CAF>"""),
)
"""How CAF begins and ends around DA, the part that the signature does not cover."""
_ONLY_ONCE = (re.compile(r"<CAF\b"), re.compile(r"<DA\b"))


@dataclass(frozen=True, slots=True)
class Caf:
    """A range of folios with its key."""

    rut: str
    razon_social: str
    tipo: int
    desde: int
    hasta: int
    """Last folio, included."""
    fecha_autorizacion: date
    idk: int
    """Number of the SII's key that signed it: 100 certification, 300 production."""
    xml: str
    """The element ``CAF`` without blanks between tags, for the stamp."""
    key: rsa.RSAPrivateKey = field(repr=False)

    def to_trusted(self) -> bytes:
        """CAF and key in clear, for the vault only."""
        key = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return base64.b64encode(key) + b"\n" + self.xml.encode("utf-8")

    @classmethod
    def from_trusted(cls, data: bytes) -> Caf:
        """What :meth:`to_trusted` gave; nothing is verified again."""
        key, _, xml = data.partition(b"\n")
        loaded = serialization.load_der_private_key(
            base64.b64decode(key), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError("the vault holds a key that is not RSA")
        text = xml.decode("utf-8")
        return _caf(etree.fromstring(text), text, loaded)


def read_caf(data: bytes, test_authority: rsa.RSAPublicKey | None = None) -> Caf:
    """The CAF in a file as the SII gives it, verified: signature, key pair, range and values.

    :param test_authority: key of this installation's own authority, which may sign for ``pruebas``.
    :raises Refused: every reason found, FOL-001 to FOL-009.
    """
    if len(data) > _LARGEST_FILE:
        raise Refused([problem("FOL-001")])
    text = _text(data)
    root = _parse(text)
    literal = _CAF.search(text)
    if literal is None:
        raise Refused([problem("FOL-002", value="CAF")])
    problems = _missing(root) or _wrong_values(root)
    if problems:
        raise Refused(problems)
    if not all(one.search(literal.group()) for one in _ENDS):
        raise Refused([problem("FOL-001")])
    xml = _BETWEEN_TAGS.sub("><", literal.group())
    key = _private_key(root.findtext("RSASK", ""))
    problems = [*_signature_problems(root, xml, test_authority), *_key_problems(root, key)]
    if problems or key is None:
        raise Refused(problems)
    return _caf(root.find("CAF"), xml, key)


def check_for(caf: Caf, company: Company, today: date) -> list[Problem]:
    """Whether *company* can use *caf*: issuer (FOL-010), environment (FOL-011), age (FOL-012); FOL-013 is an aviso."""
    problems = []
    if caf.rut != company.rut:
        problems.append(problem("FOL-010", value=caf.rut, right=company.rut, name=company.razon_social))
    environment = _ENVIRONMENT_OF_KEY.get(caf.idk)
    if environment is None:
        problems.append(problem("FOL-013", value=str(caf.idk)))
    elif environment != company.ambiente:
        problems.append(problem("FOL-011", value=environment, right=company.ambiente))
    if expired(caf.tipo, caf.fecha_autorizacion, today):
        fecha = caf.fecha_autorizacion.isoformat()
        problems.append(problem("FOL-012", value=fecha, tipo=caf.tipo, dias=MAXIMUM_DAYS))
    return problems


def _text(data: bytes) -> str:
    """The file as text, so that ISO-8859-1 gives back the bytes that the SII signed."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _parse(text: str) -> etree._Element:
    """The file's tree.

    Refused is all that the SII never writes and that could make the tree differ from the text that is cut out: document
    types, comments, CDATA, a second CAF or DA.
    """
    body = _DECLARATION.sub("", text)
    if "<!" in body or any(len(one.findall(body)) > 1 for one in _ONLY_ONCE):
        raise Refused([problem("FOL-001")])
    try:
        root = etree.fromstring(body.strip().encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Refused([problem("FOL-001")]) from None
    if root.tag != "AUTORIZACION":
        raise Refused([problem("FOL-001")])
    return root


_WANTED = (
    "CAF/DA/RE", "CAF/DA/RS", "CAF/DA/TD", "CAF/DA/RNG/D", "CAF/DA/RNG/H", "CAF/DA/FA", "CAF/DA/RSAPK/M",
    "CAF/DA/RSAPK/E", "CAF/DA/IDK", "CAF/FRMA", "RSASK",
)  # fmt: skip


def _missing(root: etree._Element) -> list[Problem]:
    return [problem("FOL-002", value=path) for path in _WANTED if not (root.findtext(path) or "").strip()]


def _wrong_values(root: etree._Element) -> list[Problem]:
    da = root.find("CAF/DA")
    problems = []
    try:
        rut.parse(da.findtext("RE"))
    except rut.InvalidRut:
        problems.append(problem("FOL-003", value=da.findtext("RE")))
    numbers = [da.findtext(path).strip() for path in ("TD", "RNG/D", "RNG/H", "IDK")]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 10 for one in numbers):
        return [*problems, problem("FOL-004", value=" / ".join(numbers))]
    tipo, desde, hasta, _ = map(int, numbers)
    if tipo not in BRANCHES:
        problems.append(problem("FOL-005", value=str(tipo), known=", ".join(map(str, sorted(BRANCHES)))))
    if not 1 <= desde <= hasta:
        problems.append(problem("FOL-004", value=f"{desde} a {hasta}"))
    try:
        date.fromisoformat(da.findtext("FA").strip())
    except ValueError:
        problems.append(problem("FOL-006", value=da.findtext("FA")))
    return problems


def _caf(caf: etree._Element, xml: str, key: rsa.RSAPrivateKey) -> Caf:
    da = caf.find("DA")
    value = {path: da.findtext(path).strip() for path in ("RE", "RS", "TD", "RNG/D", "RNG/H", "FA", "IDK")}
    return Caf(
        rut=rut.parse(value["RE"]),
        razon_social=value["RS"],
        tipo=int(value["TD"]),
        desde=int(value["RNG/D"]),
        hasta=int(value["RNG/H"]),
        fecha_autorizacion=date.fromisoformat(value["FA"]),
        idk=int(value["IDK"]),
        xml=xml,
        key=key,
    )


def _signature_problems(root: etree._Element, xml: str, test_authority: rsa.RSAPublicKey | None) -> list[Problem]:
    """FRMA is the SII's signature of DA without blanks between tags, in ISO-8859-1."""
    idk, owner = int(root.findtext("CAF/DA/IDK", "0")), root.findtext("CAF/DA/RE", "").strip()
    if not _is_latin(xml):
        return [problem("FOL-007", value=str(idk), rut=owner)]
    if idk == TEST_AUTHORITY:
        authority = test_authority
        if authority is None:
            return [problem("FOL-009", value=owner)]
    elif idk in _SII_MODULI:
        authority = rsa.RSAPublicNumbers(_SII_EXPONENT, int(_SII_MODULI[idk], 16)).public_key()
    else:
        return []  # a key of the SII that is newer than this program; check_for says so
    if not _is_signed(xml, root.findtext("CAF/FRMA", ""), authority):
        return [problem("FOL-007", value=str(idk), rut=owner)]
    return []


def _is_signed(xml: str, frma: str, authority: rsa.RSAPublicKey) -> bool:
    """Whether *frma* is the signature of *authority* in the CAF *xml*."""
    da = _DA.search(xml)
    try:
        signed = da.group().encode("latin-1") if da else b""
        authority.verify(base64.b64decode(frma), signed, padding.PKCS1v15(), hashes.SHA1())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


class Stamped(NamedTuple):
    """A CAF as a stamp carries it."""

    signed_by: Signer
    rut: str
    tipo: int
    desde: int
    hasta: int
    """Last folio, included."""

    def covers(self, rut: str, tipo: int, folio: int) -> bool:
        """Whether it authorizes that folio of that issuer."""
        return (self.rut, self.tipo) == (rut, tipo) and self.desde <= folio <= self.hasta


def read_stamped(xml: str) -> Stamped | None:
    """The CAF of a stamp, without its private key; None when it has not the form of one."""
    try:
        caf = etree.fromstring(xml)
        numbers = [int(caf.findtext(f"DA/{one}", "")) for one in ("TD", "RNG/D", "RNG/H", "IDK")]
    except (etree.XMLSyntaxError, ValueError):
        return None
    tipo, desde, hasta, idk = numbers
    return Stamped(_signer(xml, idk, caf.findtext("FRMA", "")), caf.findtext("DA/RE", "").strip(), tipo, desde, hasta)


def _signer(xml: str, idk: int, frma: str) -> Signer:
    if idk == TEST_AUTHORITY:
        return "prueba"
    if idk not in _SII_MODULI:
        return "desconocida"
    authority = rsa.RSAPublicNumbers(_SII_EXPONENT, int(_SII_MODULI[idk], 16)).public_key()
    return "sii" if _is_latin(xml) and _is_signed(xml, frma, authority) else "nadie"


def _is_latin(text: str) -> bool:
    """Whether *text* can stand in a stamp."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _private_key(pem: str) -> rsa.RSAPrivateKey | None:
    try:
        key = serialization.load_pem_private_key(pem.strip().encode("ascii"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPrivateKey) else None


def _key_problems(root: etree._Element, key: rsa.RSAPrivateKey | None) -> list[Problem]:
    """The private key of the file is the pair of the public one that the SII signed."""
    if key is None:
        return [problem("FOL-008")]
    try:
        modulus, exponent = (
            int.from_bytes(base64.b64decode(root.findtext(f"CAF/DA/RSAPK/{one}", "")), "big") for one in "ME"
        )
    except (binascii.Error, ValueError):
        return [problem("FOL-008")]
    signed = rsa.RSAPublicNumbers(exponent, modulus)
    published = root.findtext("RSAPUBK")
    same = key.public_key().public_numbers() == signed and (published is None or _public(published) == signed)
    return [] if same else [problem("FOL-008")]


def _public(pem: str) -> rsa.RSAPublicNumbers | None:
    try:
        key = serialization.load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.public_numbers() if isinstance(key, rsa.RSAPublicKey) else None
