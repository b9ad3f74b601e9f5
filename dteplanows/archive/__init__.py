"""What can be asked of documents once they are issued: print them, find them, annul a guía, wait for new ones.

Errors: ``Refused``, with the reasons, from every function that looks for a document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dteplanows import printing
from dteplanows.accounts import designs
from dteplanows.accounts.designs import Look
from dteplanows.archive.links import Copy
from dteplanows.document.catalogue import problem, shown
from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, BRANCHES
from dteplanows.document.problem import Place, Refused
from dteplanows.ledger.rows import Listener, StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.log import call

GUIA = 52


class Archive:
    """The issued documents of one company, for one of its users."""

    def __init__(self, ledger: Ledger, company: Company, usuario: str) -> None:
        self._ledger = ledger
        self.company = company
        """The company whose documents these are."""
        self._usuario = usuario

    def find(self, tipo: int, folio: int, boletas: bool | None = None) -> StoredDocument:
        """The document of that type and folio.

        :param tipo: document type; 0 for whatever type has that folio. Of several the one issued last counts: whoever
            asks without a usable type asks for what was just issued.
        :param boletas: without a type, prefer boletas or prefer the others.
        :raises Refused: there is no such document (FOL-060).
        """
        company = self.company
        call.note_asked(tipo, folio)
        if tipo:
            one = self._ledger.documents.find(company.ambiente, company.rut, tipo, folio)
            found = [one] if one else []
        else:
            found = self._ledger.documents.with_folio(company.ambiente, company.rut, folio)
            if boletas is not None:
                found = [one for one in found if (one.tipo in BOLETAS) == boletas] or found
        if not found:
            asked = _documento(tipo, folio)
            raise Refused([problem("FOL-060", value=str(folio), documento=asked, name=company.razon_social)])
        return max(found, key=lambda one: one.id)

    def copy(self, tipo: int, folio: int, cedible: bool, boletas: bool | None = None) -> Copy:
        """The printed copy of a document, found as :meth:`find` does.

        Programs ask for a cedible copy of documents of all types, and need an address for each: where there is none, it
        is the ordinary copy.
        """
        found = self.find(tipo, folio, boletas)
        return Copy(found.id, cedible and printing.has_cedible(found.xml))

    def ticket(self, tipo: int, folio: int) -> printing.Ticket:
        """The texts of a boleta's ticket.

        :raises Refused: also when the document is no boleta (SRV-073).
        """
        found = self.find(tipo, folio, boletas=True)
        if found.tipo not in BOLETAS:
            raise Refused([problem("SRV-073", Place(field="ticket"), str(found.tipo))])
        look = designs.without_logo(self._ledger, self.company)
        return printing.ticket(found.xml, print_facts(self._ledger, self.company, found, look))

    def datum(self, tipo: int, folio: int, nombres: Sequence[str]) -> str:
        """One of the customer's own data of a document, by the name of its node.

        :param nombres: what the name may be; the first that the document has counts.
        :raises Refused: also when the document has none of them (SRV-075).
        """
        found = self.find(tipo, folio)
        for nombre in nombres:
            value = self._ledger.marks.datum(found.id, nombre)
            if value is not None:
                return value
        known = ", ".join(self._ledger.marks.data(found.id)) or "ninguno"
        place = Place(field="campo")
        raise Refused([problem("SRV-075", place, nombres[0], tipo=found.tipo, folio=folio, known=shown(known))])

    def annul(self, tipo: int, folio: int) -> None:
        """Mark a guía that never left as annulled, for good; once more changes nothing.

        :param tipo: 0 for a guía, as 52.
        :raises Refused: it is another type of document (SRV-079), or :meth:`find` does not find it.
        """
        if tipo not in (0, GUIA):
            raise Refused([problem("SRV-079", Place(field="tipo"), str(tipo))])
        self._ledger.marks.annul(self.find(GUIA, folio), self._usuario)

    def remove(self, tipo: int, folio: int, compra: bool) -> None:
        """Remove a document that is not electronic.

        :param tipo: 0 for whatever type has that folio.
        :param compra: it is one that the company received.
        :raises Refused: it is electronic (SRV-077, CMP-031), there is none (SRV-078), or several documents that the
            company received have that folio (CMP-030).
        """
        company, asked = self.company, _documento(tipo, folio)
        if compra:
            if not self._ledger.received.delete(company.ambiente, company.rut, "", tipo, folio):
                raise Refused([problem("SRV-078", Place(field="folio"), str(folio), documento=asked, name=company.rut)])
            return
        issued = self._ledger.documents.with_folio(company.ambiente, company.rut, folio)
        if tipo in BRANCHES or any(tipo in (0, one.tipo) for one in issued):
            raise Refused([problem("SRV-077", Place(field="tipo"), str(tipo or issued[0].tipo))])
        # Whatever this installation issues is electronic, so there is nothing else to remove among the sales.
        raise Refused([problem("SRV-078", Place(field="folio"), str(folio), documento=asked, name=company.rut)])

    def register_ip(self, ip: str, puerto: int, minutos: int) -> Listener:
        """Note that for so many minutes a program of this user waits for documents at that address (``RegIP``)."""
        return self._ledger.marks.listen(self.company, self._usuario, ip, puerto, minutos)


def _documento(tipo: int, folio: int) -> str:
    """Which document was asked for, in words; *tipo* 0 is none."""
    return f"de tipo {tipo} con folio {folio}" if tipo else f"con folio {folio}"


def print_facts(
    ledger: Ledger, company: Company, document: StoredDocument, look: Look | None = None
) -> printing.PrintFacts:
    """What goes onto the paper beside the document itself.

    :param look: the company's, where it is known.
    """
    return facts_of(ledger, company, json.loads(document.beside), look)


def facts_of(
    ledger: Ledger, company: Company, beside: Mapping[str, Any], look: Look | None = None
) -> printing.PrintFacts:
    """The same of a document that may not be issued yet.

    :param beside: as :class:`dteplanows.document.model.Beside` gives it.
    """
    look = look or designs.look_of(ledger, company)
    return printing.PrintFacts(
        company.ambiente,
        company.numero_resolucion,
        company.fecha_resolucion,
        company.unidad_sii,
        observaciones=tuple(beside.get("observaciones", ())),
        adicionales=beside.get("adicionales", {}),
        puntos_carta=company.puntos_carta,
        puntos_ticket=company.puntos_ticket,
        rollo=company.rollo,
        boleta_sin_timbre=company.boleta_sin_timbre,
        diseno=look.design,
        logo=look.logo,
    )
