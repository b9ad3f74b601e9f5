"""The CAF and the stamp (TED) of a document."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dteplanows.simulator.options import MisunderstoodError, Register
from dteplanows.simulator.review.document import Document, remark, reparo
from dteplanows.simulator.signatures import public_key
from dteplanows.simulator.store import Remark
from dteplanows.simulator.tables import rows

_LAPSING = frozenset({33, 43, 46, 56, 61})
"""Types whose CAF lapses six months after its authorization (Res. Ex. SII 58 of 2017); 180 days are taken for it."""
_LIFE = timedelta(days=180)
_NAMESPACES = re.compile(r'\s+xmlns(?::\w+)?="[^"]*"')
_BETWEEN = re.compile(r">\s+<")
_DD = re.compile(rb"<DD(?=[\s>]).*?</DD\s*>", re.DOTALL)
_DA = re.compile(r"<DA(?=[\s>]).*?</DA\s*>", re.DOTALL)


class Keys:
    """The keys that CAFs are signed with, by their IDK; several authorities that are not the SII's may share one."""

    def __init__(self, produccion: bool, others: Mapping[str, str], register: Register) -> None:
        """:param others: public keys in PEM of other authorities."""
        self._register = register
        self._wrong = {row["idk"] for row in rows("caf_keys") if (row["ambiente"] == "produccion") != produccion}
        self._only = {row["idk"] for row in rows("caf_keys")} if produccion else None
        self._keys = {row["idk"]: [public_key(int(row["n"], 16), int(row["e"]))] for row in rows("caf_keys")}
        for idk, pem in others.items():
            self.add(idk, pem)

    def add(self, idk: str, pem: str) -> None:
        """Know the key of another authority.

        :raises MisunderstoodError: *pem* is no public RSA key, or *idk* is the SII's own.
        """
        if any(row["idk"] == idk for row in rows("caf_keys")):
            raise MisunderstoodError(f"El IDK {idk} es del SII: su clave no se puede cambiar.")
        self._keys.setdefault(idk, []).append(_read(idk, pem))

    def is_of_other_environment(self, idk: str) -> bool:
        """Whether a CAF with *idk* is for the other environment; production takes the SII's own alone."""
        return idk in self._wrong or (self._only is not None and idk not in self._only)

    def accepts(self, idk: str, signed: bytes, signature: str) -> bool:
        """Whether the authority signed *signed*; of an authority whose key is not known nothing can be said."""
        keys = [*self._keys.get(idk, ()), *(_read(idk, pem) for pem in self._register.caf_keys(idk))]
        return not keys or any(_verifies(key, signed, signature) for key in keys)


@lru_cache(maxsize=64)
def _read(idk: str, pem: str) -> rsa.RSAPublicKey:
    try:
        key = serialization.load_pem_public_key(pem.encode("ascii"))
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        raise MisunderstoodError(f"La clave del IDK {idk} no es una clave pública RSA en PEM.")
    return key


class _Caf(NamedTuple):
    issuer: str
    tipo: str
    first: int
    last: int
    authorized: date
    idk: str
    key: rsa.RSAPublicKey


def caf_remarks(document: Document, keys: Keys) -> Iterator[Remark]:
    """What is wrong with the CAF.

    The SII publishes no code for a folio outside the range; the one of the stamp is given (inferred).
    """
    caf = _caf(document)
    if caf is None:
        yield remark("TED-2-510", "Firma del timbre incorrecta: CAF ilegible")
        return
    if keys.is_of_other_environment(caf.idk):
        yield remark("CAF-3-516", "CAF no corresponde al ambiente")
        return
    signed = _moment(document.text("TmstFirma"))
    if document.tipo in _LAPSING and signed is not None and signed.date() > caf.authorized + _LIFE:
        yield remark("CAF-3-517", "CAF vencido : Firma_DTE - FA > 6 meses")
        return
    if not caf.first <= document.folio <= caf.last or caf.tipo != str(document.tipo) or caf.issuer != document.emisor:
        yield remark("TED-2-510", "Firma del timbre incorrecta: el CAF no autoriza este folio")


def stamp_remarks(document: Document, cut: bytes, keys: Keys) -> Iterator[Remark]:
    """What is wrong with the stamp.

    :param cut: the document's own bytes, whose stamp is flattened and compared byte by byte.
    """
    caf = _caf(document)
    found = _DD.search(cut)
    if caf is None or found is None:
        yield remark("TED-2-510", "Firma del timbre incorrecta")
        return
    # Declared and written in ISO-8859-1 as a rule; a stamp in another charset does not verify, at the SII neither.
    flat = _flattened(found.group().decode("latin-1"))
    da = _DA.search(flat)
    caf_signature = document.text("TED/DD/CAF/FRMA")
    if not _verifies(caf.key, flat.encode("latin-1"), document.text("TED/FRMT")):
        yield remark("TED-2-510", "Firma del timbre incorrecta")
    elif da is None or not keys.accepts(caf.idk, da.group().encode("latin-1"), caf_signature):
        yield remark("TED-2-510", "Firma del timbre incorrecta: CAF alterado")
    elif document.amount("TED/DD/MNT") != document.total:
        yield remark("TED-3-640", "Monto del timbre no corresponde al del documento")
    elif (
        document.text("TED/DD/RE"),
        document.text("TED/DD/TD"),
        document.text("TED/DD/F"),
        document.text("TED/DD/FE"),
        document.text("TED/DD/RR"),
    ) != (document.emisor, str(document.tipo), str(document.folio), document.fecha, document.receptor):
        yield remark("TED-2-510", "Firma del timbre incorrecta: los datos del timbre no son los del documento")
    else:
        yield from _dates(document)


def _dates(document: Document) -> Iterator[Remark]:
    stamped, signed = _moment(document.text("TED/DD/TSTED")), _moment(document.text("TmstFirma"))
    if stamped is None:
        return
    if stamped.date().isoformat() < document.fecha:
        yield reparo("TED-1-646", "Fecha del timbre anterior a la fecha de emision")
    elif signed is not None and stamped > signed + timedelta(minutes=1):
        yield reparo("TED-1-647", "Fecha del timbre fuera de rango")


def _caf(document: Document) -> _Caf | None:
    at = "TED/DD/CAF/DA"
    try:
        numbers = [
            int.from_bytes(base64.b64decode(document.text(f"{at}/RSAPK/{name}"), validate=True), "big") for name in "ME"
        ]
        return _Caf(
            document.text(f"{at}/RE"),
            document.text(f"{at}/TD"),
            int(document.text(f"{at}/RNG/D")),
            int(document.text(f"{at}/RNG/H")),
            date.fromisoformat(document.text(f"{at}/FA")),
            document.text(f"{at}/IDK"),
            public_key(*numbers),
        )
    except ValueError:
        return None


def _flattened(element: str) -> str:
    """Without blanks between tags and without namespaces, as it is signed (Instructivo de Emisión, A.2.4)."""
    start, sep, rest = element.partition(">")
    return _BETWEEN.sub("><", _NAMESPACES.sub("", start) + sep + rest)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _verifies(key: rsa.RSAPublicKey, signed: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode("".join(signature.split())), signed, padding.PKCS1v15(), hashes.SHA1())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
