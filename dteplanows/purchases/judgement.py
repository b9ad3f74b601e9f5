"""The verdict on a received document. The structure has to be right; what the supplier computed is only compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dteplanows.document.absence import explain
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document, Group
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import errors
from dteplanows.purchases import arithmetic

_OBLIGATORY = (
    ("Emisor", "RUTEmisor", phrase("supplier.rut")),
    ("Emisor", "RznSoc", phrase("supplier.name")),
    ("IdDoc", "FchEmis", phrase("supplier.emission")),
    ("Totales", "MntTotal", phrase("supplier.total")),
)
"""Group of the header, element, and what it is called in a reason."""

_MAY_BE_NEGATIVE = frozenset({40, 43, 103})
"""Liquidaciones: their lines and totals may be owed either way."""

_LIMIT = 10**18
_FOLIO_LIMIT = 9_999_999_999


def judge(document: Document, company: Company, today: date) -> None:
    """Complete *document* with its receiver, *company*, and add every problem, errors first.

    :param today: the day in Chile.
    """
    if document.tipo:
        _complete(document, company)
        _obligatory(document)
        _limits(document)
        _folio(document)
        _emission(document, today)
        _supplier(document, company)
        if not errors(document.problems):
            arithmetic.compare(document)
        explain(document)
    document.problems.sort(key=lambda one: one.severity.rank)


def _complete(document: Document, company: Company) -> None:
    document.receptor.put("RUTRecep", company.rut)
    document.receptor.put("RznSocRecep", company.razon_social)


def _obligatory(document: Document) -> None:
    header = document.root.group("Encabezado")
    for group, name, called in _OBLIGATORY:
        one = header.group(group)
        if name not in one.fields and name not in document.unread:
            document.problems.append(problem("CMP-002", one.place_of(name), name=called))


def _numbers(group: Group) -> Iterator[tuple[Group, str, int | Decimal]]:
    """Every number of *group* and below it, with where it stands."""
    for one in group.walk():
        for name, fields in one.fields.items():
            for field in fields:
                if isinstance(field.value, int | Decimal) and name != "Folio":
                    yield one, name, field.value


def _limits(document: Document) -> None:
    """No figure is beyond what the ledger and the SII's books hold."""
    lowest = 1 - _LIMIT if document.tipo in _MAY_BE_NEGATIVE else 0
    for group, name, value in _numbers(document.root):
        if not lowest <= value < _LIMIT:
            place = group.place_of(name)
            document.problems.append(problem("CMP-003", place, str(value), name=name, tipo=document.tipo))


def _folio(document: Document) -> None:
    if "Folio" in document.unread:
        return
    place = document.id_doc.place_of("Folio")
    if not 0 <= document.folio <= _FOLIO_LIMIT:
        document.problems.append(problem("CMP-004", place, str(document.folio)))
    elif not document.folio:
        document.problems.append(problem("CMP-010", place))


def _emission(document: Document, today: date) -> None:
    emission = document.id_doc.day("FchEmis")
    if emission and emission > today:
        document.problems.append(problem("DOC-030", document.id_doc.place_of("FchEmis"), str(emission), today=today))


def _supplier(document: Document, company: Company) -> None:
    emisor = document.emisor
    if emisor.text("RUTEmisor") == company.rut:
        document.problems.append(problem("CMP-017", emisor.place_of("RUTEmisor"), company.rut))
