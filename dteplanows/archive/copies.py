"""The printed copies of documents, as a signed address opens them: the address, the PDF file, and its name."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from dteplanows import printing
from dteplanows.archive import print_facts
from dteplanows.archive.links import Copy, Links, links_of
from dteplanows.archive.names import file_name
from dteplanows.document.company import Ambiente
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printing.prints import Prints


class Copies:
    """The printed copies of one ledger's documents. Threads share it."""

    def __init__(self, ledger: Ledger, memory: int = 0) -> None:
        """:param memory: bytes of PDF files that are kept for those who ask again."""
        self._ledger = ledger
        self.prints = Prints(memory)
        """Makes the PDF files."""

    @cached_property
    def links(self) -> Links:
        """Their addresses."""
        return links_of(self._ledger)

    def pdf(self, copy: Copy) -> bytes | None:
        """The PDF file of *copy*; None when there is no such copy.

        Of a document that the SII refused it is that of the document which has its folio now, if it is for the same
        receiver: of another one's sale the address tells nothing.

        :raises Refused: too many are made at this moment (SRV-170).
        :raises ValueError: the stored document cannot be printed.
        """
        found = self._live(copy.documento_id)
        if found is None:
            return None
        company = self._ledger.companies.find(cast(Ambiente, found.ambiente), found.rut_emisor)
        if company is None:
            return None
        try:
            return self.prints.pdf(found.xml, print_facts(company, found), copy.cedible)
        except printing.NotCedible:
            return None

    def _live(self, documento_id: int) -> StoredDocument | None:
        documents = self._ledger.documents
        first = documents.by_id(documento_id)
        if first is None:
            return None
        found = documents.find(cast(Ambiente, first.ambiente), first.rut_emisor, first.tipo, first.folio)
        return found if found and found.rut_receptor == first.rut_receptor else None

    def name(self, copy: Copy) -> str:
        """What the PDF file of *copy* is called.

        :raises LookupError: there is no such document.
        """
        found = self._ledger.documents.by_id(copy.documento_id)
        if found is None:
            raise LookupError(f"no document {copy.documento_id}")
        return file_name(found.tipo, found.folio, cedible=copy.cedible)
