"""The printed copies of documents, as a signed address opens them: the address, the PDF file, and its name."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import cast

from dteplanows import printing
from dteplanows.accounts.designs import Looks
from dteplanows.archive import print_facts
from dteplanows.archive.links import Copy, Links, links_of
from dteplanows.archive.names import file_name
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printing.prints import Prints
from dteplanows.settings import Settings


def printed_at(settings: Settings) -> str:
    """What the address of a document's page begins with, where *settings* have it printed on the document; empty for
    not at all."""
    return settings.url_publica.rstrip("/") if settings.imprimir_qr else ""


class Copies:
    """The printed copies of one ledger's documents. Threads share it."""

    def __init__(self, ledger: Ledger, memory: int = 0, printed_at: str = "", link_days: int = 0) -> None:
        """:param memory: bytes of PDF files that are kept for those who ask again.
        :param printed_at: what the address of a document's page begins with, where it is printed on the document; empty
            for not at all.
        :param link_days: after how many days addresses end; 0 for never.
        """
        self.ledger = ledger
        """Where the documents are kept."""
        self._printed_at = printed_at
        self._link_days = link_days
        self._looks = Looks()
        self.prints = Prints(memory)
        """Makes the PDF files."""

    @cached_property
    def links(self) -> Links:
        """Their addresses."""
        return links_of(self.ledger, self._link_days)

    def pdf(self, copy: Copy) -> bytes | None:
        """The PDF file of *copy*; None when there is no such copy.

        Of a document that the SII refused it is that of the document which has its folio now, if it is for the same
        receiver: of another one's sale the address tells nothing.

        :raises Refused: too many are made at this moment (SRV-170).
        :raises ValueError: the stored document cannot be printed.
        """
        found = self.live(copy.documento_id)
        if found is None:
            return None
        company = self.ledger.companies.find(cast(Ambiente, found.ambiente), found.rut_emisor)
        if company is None:
            return None
        try:
            return self.prints.pdf(found.xml, self.facts(company, found), copy.cedible)
        except printing.NotCedible:
            return None

    def facts(self, company: Company, document: StoredDocument) -> printing.PrintFacts:
        """What goes onto the paper beside *document* itself."""
        facts = print_facts(self.ledger, company, document, self._looks.of(self.ledger, company))
        if not self._printed_at:
            return facts
        page = self.links.printed_page(Copy(document.id), company.ambiente)
        return replace(facts, pagina=f"{self._printed_at}{page}")

    def live(self, documento_id: int) -> StoredDocument | None:
        """The document that the addresses of that one open: itself, or where the SII refused it the one that has its
        folio now, if that is for the same receiver."""
        documents = self.ledger.documents
        first = documents.by_id(documento_id)
        if first is None:
            return None
        found = documents.find(cast(Ambiente, first.ambiente), first.rut_emisor, first.tipo, first.folio)
        return found if found and found.rut_receptor == first.rut_receptor else None

    def name(self, copy: Copy) -> str:
        """What the PDF file of *copy* is called.

        :raises LookupError: there is no such document.
        """
        found = self.ledger.documents.by_id(copy.documento_id)
        if found is None:
            raise LookupError(f"no document {copy.documento_id}")
        return file_name(found.tipo, found.folio, cedible=copy.cedible)
