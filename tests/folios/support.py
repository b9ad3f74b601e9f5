"""CAFs as the SII gives them, without the time that making their keys takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from dteplanows.document.company import Company
from dteplanows.folios import allocation
from dteplanows.folios.allocation import Taken
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.folios.stock import quick_account
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.ledger.example import REAL, TODAY, new_document

KEYS = 10
"""How many different CAFs there are."""


@cache
def authority() -> TestAuthority:
    return TestAuthority.generate()


@cache
def _made(number: int) -> Caf:
    file = authority().make_caf(REAL.rut, REAL.razon_social, 33, Span(1, 10), TODAY)
    return read_caf(file, authority().public_key)


def caf(number: int, desde: int, hasta: int, age: int = 0, company: Company = REAL, *, of_sii: bool = True) -> Caf:
    """The CAF of key *number*, as the SII would have authorized it *age* days ago."""
    made = _made(number % KEYS)
    idk = {"produccion": 300, "pruebas": 100}[company.ambiente] if of_sii else made.idk
    fecha = TODAY - timedelta(days=age)
    xml = made.xml.replace(f"<IDK>{made.idk}<", f"<IDK>{idk}<").replace(f"<FA>{TODAY}<", f"<FA>{fecha}<")
    xml = xml.replace("<D>1</D><H>10</H>", f"<D>{desde}</D><H>{hasta}</H>")
    return replace(made, rut=company.rut, desde=desde, hasta=hasta, fecha_autorizacion=fecha, idk=idk, xml=xml)


def issue(ledger: Ledger, folio: int = 0, company: Company = REAL, tipo: int = 33, today: date = TODAY) -> Taken:
    """Take a folio and record its document, as the main road does."""
    with ledger.transaction():
        taken = allocation.take(ledger, company, tipo, folio, today)
        row = new_document(taken.folio, taken.caf_id, tipo, company.ambiente)
        ledger.documents.record(replace(row, rut_emisor=company.rut))
    return taken


def counted(ledger: Ledger, company: Company = REAL, tipo: int = 33) -> list[tuple[int, int, int, int]]:
    """Free, issued, void folios of each CAF, and those that are another's."""
    accounts = allocation.account(ledger, company, tipo)
    for one in accounts:
        assert quick_account(ledger, one.caf) == one
        assert one.libres + one.emitidos + one.anulados + one.retenidos + one.en_otro == one.caf.span.size
    return [(one.libres, one.emitidos, one.anulados, one.en_otro) for one in accounts]
