"""From stored documents to a signed envelope: how many fit, whose they are, and what the file is.

An envelope is made once. What is sent again is the same bytes; a new signature of the same folios would be another
file to the SII, which then refuses each document as repeated (DTE-3-100).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from dteplanows.accounts.resolution import resolution_of
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.elements import BOLETAS
from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.ledger.rows import StoredDocument
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.envelope import SII, Cover, envelope

Kind = Literal["facturas", "boletas"]
"""What never travels together: boletas (39, 41) have an envelope and a service of their own."""

MOST_DOCUMENTS: dict[Kind, int] = {"facturas": 2000, "boletas": 500}
"""Documents of an envelope at most (the SII's instructions)."""

MOST_BYTES = 5_000_000
"""Bytes of the documents of an envelope at most. The SII does not publish its own limit (STATUS 2); larger files than
this have not been seen to pass."""


class Key(NamedTuple):
    """A document of an envelope, whose issuer and environment are the envelope's."""

    tipo: int
    folio: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A signed envelope: the bytes that are sent, now and whenever they are sent again."""

    ambiente: Ambiente
    """Of every document in it: where it goes follows from this alone."""
    kind: Kind
    rut_emisor: str
    rut_envia: str
    """The certificate's: the SII lets only its owner's token upload the file (CRT-3-11)."""
    documents: tuple[Key, ...]
    of_test_authority: bool
    """Whether a CAF of the test authority stamped some document: only the simulator may ever see it."""
    file: bytes = field(repr=False)
    sha256: str
    """Of *file*, hexadecimal."""

    @property
    def file_name(self) -> str:
        """The name that the SII repeats as ``FILE``: the same for the same bytes."""
        return f"{self.rut_emisor}-{self.sha256[:16]}.xml"


def kind_of(tipo: int) -> Kind:
    """The kind of envelope that documents of the type *tipo* travel in."""
    return "boletas" if tipo in BOLETAS else "facturas"


def portions(
    documents: Iterable[StoredDocument], most: int, most_bytes: int = MOST_BYTES
) -> Iterator[tuple[StoredDocument, ...]]:
    """*documents*, of one kind, in their order, in as few portions as one envelope each can hold.

    :param most: documents of a portion, as :data:`MOST_DOCUMENTS` has it.
    :param most_bytes: bytes of a portion; a document that is larger alone has one to itself.
    """
    portion: list[StoredDocument] = []
    size = 0
    for one in documents:
        if portion and (len(portion) == most or size + len(one.xml) > most_bytes):
            yield tuple(portion)
            portion, size = [], 0
        portion.append(one)
        size += len(one.xml)
    if portion:
        yield tuple(portion)


def make(documents: Sequence[StoredDocument], company: Company, certificate: Certificate, moment: datetime) -> Envelope:
    """The envelope of *documents* for the SII, in their order, signed with *certificate*.

    :param documents: of *company*, of one kind, at least one; a note stands behind the document that it corrects.
    :param moment: local time in Chile.
    :raises Refused: the company issues for real and has not said its resolution (SII-001).
    :raises ValueError: the documents are not what one envelope can hold; whoever chose them is wrong.
    """
    if any((one.ambiente, one.rut_emisor) != (company.ambiente, company.rut) for one in documents):
        raise ValueError("an envelope holds documents of one company in one environment")
    keys = tuple(Key(one.tipo, one.folio) for one in documents)
    if len(set(keys)) != len(keys):
        raise ValueError("an envelope holds each document once")
    kinds = {kind_of(one.tipo) for one in documents}
    if len(kinds) != 1 or len(documents) > MOST_DOCUMENTS[kind := next(iter(kinds))]:
        raise ValueError(f"one envelope cannot hold {len(documents)} documents of {sorted(kinds)}")
    file = envelope([(one.tipo, one.xml) for one in documents], _cover(company, moment), certificate)
    return Envelope(
        ambiente=company.ambiente,
        kind=kind,
        rut_emisor=company.rut,
        rut_envia=certificate.rut,
        documents=keys,
        of_test_authority=any(is_of_test_authority(one.xml) for one in documents),
        file=file,
        sha256=sha256(file).hexdigest(),
    )


def _cover(company: Company, moment: datetime) -> Cover:
    """What the Caratula says of *company*."""
    day, number = resolution_of(company, moment.date())
    return Cover(company.rut, SII, day, number, moment)


def is_of_test_authority(xml: bytes) -> bool:
    """Whether the stamp of a document holds a CAF that the test authority made."""
    return b"<IDK>%d</IDK>" % TEST_AUTHORITY in xml
