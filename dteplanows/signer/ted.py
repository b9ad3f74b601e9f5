"""The stamp of a document (TED): its essential data, the CAF, and a signature with the CAF's key.

Instructivo de Emisión 28.10.21, A.2.4: what is signed is ``DD`` without any blank between its tags, in ISO-8859-1,
characters escaped as they stand in the file: ``&``, ``<``, ``>`` and both quotes (Manual de Muestras Impresas).
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dteplanows.document.limits import STAMPED_NAME
from dteplanows.document.model import Document
from dteplanows.document.text import in_ascii
from dteplanows.document.values import write
from dteplanows.document.writer import escape_in_stamp


class StampingKey(Protocol):
    """The CAF that stamps, as it is kept."""

    @property
    def xml(self) -> str:
        """Its own text, without blanks between tags."""

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """Its private key."""


def make_ted(document: Document, folio: int, caf: StampingKey, moment: datetime, plain: bool = False) -> str:
    """The element ``TED`` of *document*, flat.

    :param moment: local time in Chile.
    :param plain: the names have no accents; see :func:`names_in_stamp`.
    """
    receptor, item = names_in_stamp(document, plain)
    dd = data_of_stamp(
        {
            "RE": document.emisor.text("RUTEmisor"),
            "TD": str(document.tipo),
            "F": str(folio),
            "FE": document.id_doc.text("FchEmis"),
            "RR": document.receptor.text("RUTRecep"),
            "RSR": receptor,
            "MNT": write(document.totales.value("MntTotal") or 0),
            "IT1": item,
        },
        caf.xml,
        moment.isoformat(timespec="seconds"),
    )
    return f'<TED version="1.0">{dd}<FRMT algoritmo="SHA1withRSA">{stamp(dd, caf.key)}</FRMT></TED>'


def names_in_stamp(document: Document, plain: bool = False) -> tuple[str, str]:
    """The receiver and the first product of *document* as far as they go into the stamp (RSR, IT1).

    :param plain: in ASCII, as for tools that lose the bytes above 127 of a barcode. They are cut to their length
        after that, for some signs become several.
    """
    receptor = document.receptor
    names = receptor.text("RznSocRecep") or receptor.text("RUTRecep"), document.detalles[0].text("NmbItem")
    if plain:
        names = in_ascii(names[0]), in_ascii(names[1])
    return _cut(names[0]), _cut(names[1])


def data_of_stamp(values: dict[str, str], caf_xml: str, tsted: str) -> str:
    """The element ``DD``: *values* in their order, the CAF, and the moment of stamping."""
    texts = "".join(f"<{name}>{escape_in_stamp(text)}</{name}>" for name, text in values.items())
    return f"<DD>{texts}{caf_xml}<TSTED>{tsted}</TSTED></DD>"


def stamp(dd: str, key: rsa.RSAPrivateKey) -> str:
    """Signature of *dd* (flat) in base64: RSA PKCS#1 v1.5 with SHA-1 over its ISO-8859-1 bytes."""
    return base64.b64encode(key.sign(dd.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())).decode("ascii")


def _cut(text: str) -> str:
    return " ".join(text.split())[:STAMPED_NAME].strip()
