"""Files that are made in one go, and anew where that was interrupted: workbooks, and books by the SII's schema.

Their memory does not grow with the documents.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from dteplanows.accounts import certificates
from dteplanows.accounts.opened import OpenedCertificates
from dteplanows.accounts.resolution import resolution_of
from dteplanows.archive.purchases import PURCHASE_FIELDS, purchase_row
from dteplanows.archive.rows import document_row, totals_row, write_csv
from dteplanows.archive.spreadsheet import (
    DOCUMENT_COLUMNS,
    GUIA_COLUMNS,
    PURCHASE_COLUMNS,
    TOTALS_COLUMNS,
    Sheet,
    write_workbook,
)
from dteplanows.archive.states import state_of_listed
from dteplanows.archive.totals import totals
from dteplanows.books import bought, composed, sales
from dteplanows.books.checks import COMPRA, VENTA
from dteplanows.books.table import SUMMED_UP
from dteplanows.document import book_facts, clock
from dteplanows.document.problem import Refused
from dteplanows.exports import guias
from dteplanows.exports.work import Progress, Work, documents
from dteplanows.ledger.bought import Period
from dteplanows.ledger.finding import ListedDocument, Wanted
from dteplanows.process.system_errors import naming
from dteplanows.signer.certificate import Certificate, utc_now

_STEP = 200
_FACTURA_DE_COMPRA = 46

_T = TypeVar("_T")
Rows = Iterator[dict[str, Any]]


class _Counted:
    """Says how far a file is that is begun anew where it is left."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.number = 0

    def __call__(self, every: Iterable[_T]) -> Iterator[_T]:
        """*every*, counted."""
        for one in every:
            self.number += 1
            if self.number % _STEP == 0:
                self._work.step(Progress(self.number))
            yield one


def period_of(work: Work) -> Period:
    """The days that are asked for."""
    wanted = work.what.wanted
    return Period(wanted.desde or date.min, wanted.hasta or date.max)


def _done(work: Work, number: int) -> Progress:
    return Progress(number, "", work.path.stat().st_size)


# --- workbooks and lists -----------------------------------------------------------------------------------------


def workbook_of(work: Work, row: Callable[[Work, ListedDocument], dict[str, Any]] | None = None) -> Progress:
    """The documents and the totals of their period as a workbook.

    :param row: makes the row of a guía; without it they are documents of all types.
    :raises OSError: it cannot be written.
    """
    counted = _Counted(work)
    rows = ((row or _plain_row)(work, one) for one in counted(documents(work)))
    sheets = [Sheet("Documentos", GUIA_COLUMNS if row else DOCUMENT_COLUMNS, rows)]
    if row is None:
        wanted = Wanted(work.what.wanted.desde, work.what.wanted.hasta)
        every = map(totals_row, totals(work.ledger, work.company, wanted))
        sheets.insert(0, Sheet("Totales", TOTALS_COLUMNS, every, work.what.notas))
    with naming(work.path):
        write_workbook(work.path, sheets)
    return _done(work, counted.number)


def _plain_row(work: Work, one: ListedDocument) -> dict[str, Any]:
    return document_row(one, state_of_listed(work.ledger, work.company, one))


def guia_row(work: Work, one: ListedDocument) -> dict[str, Any]:
    """The row of a guía."""
    return guias.rows(work.ledger, work.company, one)[0]


def purchases_workbook(work: Work) -> Progress:
    """The received documents of a period as a workbook.

    :raises OSError: it cannot be written.
    """
    counted = _Counted(work)
    rows = map(purchase_row, counted(work.ledger.bought.all(work.company, period_of(work))))
    with naming(work.path):
        write_workbook(work.path, [Sheet("Documentos", PURCHASE_COLUMNS, rows)])
    return _done(work, counted.number)


def purchases_csv(work: Work) -> Progress:
    """The received documents of a period as CSV.

    :raises OSError: it cannot be written.
    """
    counted = _Counted(work)
    rows = map(purchase_row, counted(work.ledger.bought.all(work.company, period_of(work))))
    with naming(work.path), work.path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, PURCHASE_FIELDS, rows)
    return _done(work, counted.number)


# --- books -------------------------------------------------------------------------------------------------------


def book_of_sales(work: Work) -> Progress:
    """The LibroCV of the sales of a month.

    :raises Refused: nobody can sign it, or the resolution of the company is missing (SII-001).
    :raises OSError: it cannot be written.
    """
    wanted = Wanted(work.what.wanted.desde, work.what.wanted.hasta)
    return _book(work, VENTA, _sales_rows(work, wanted), [*_summed_up(work, wanted)])


def book_of_purchases(work: Work) -> Progress:
    """The LibroCV of the purchases of a month: what was received, and the facturas de compra that the company issued.

    :raises Refused: as :func:`book_of_sales`.
    :raises OSError: it cannot be written.
    """
    return _book(work, COMPRA, _purchase_rows(work), [])


def _book(work: Work, operacion: str, rows: Rows, summed: list[Mapping[str, Any]]) -> Progress:
    moment = clock.now()
    certificate = _certificate(work)
    periodo = f"{period_of(work).desde:%Y-%m}"
    cover = composed.Cover(
        work.company.rut, periodo, operacion, resolution_of(work.company, moment.date()), moment
    )
    counted = _Counted(work)
    with naming(work.path), work.path.open("wb") as out, tempfile.TemporaryFile(dir=work.path.parent) as scratch:
        composed.write(composed.Files(out, scratch), cover, counted(rows), summed, certificate)
        out.flush()
        os.fsync(out.fileno())
    return _done(work, counted.number)


def _certificate(work: Work) -> Certificate:
    """Who signs.

    :raises Refused: nobody can.
    """
    found = OpenedCertificates(work.ledger).current(work.company)
    if found is None:
        raise Refused([certificates.why_none(work.ledger, work.company, utc_now())])
    return found


def _sales_rows(work: Work, wanted: Wanted) -> Rows:
    for one in work.ledger.finding.found(work.company, wanted):
        if one.has_effect and sales.has_row(one.tipo):
            yield _issued_row(work, one)


def _issued_row(work: Work, one: ListedDocument) -> dict[str, Any]:
    stored = work.ledger.documents.by_id(one.id)
    facts = book_facts.read(stored.xml if stored else b"<DTE/>")
    return sales.row_of(one, facts, work.company.rut)


def _summed_up(work: Work, wanted: Wanted) -> Iterator[Mapping[str, Any]]:
    """The totals of the types that have no rows."""
    for one in totals(work.ledger, work.company, wanted):
        if one.tipo in SUMMED_UP and one.documentos:
            yield {
                "TpoDoc": one.tipo, "TotDoc": one.documentos, "TotMntExe": one.exento, "TotMntNeto": one.neto,
                "TotMntIVA": one.iva, "TotMntTotal": one.total,
            }  # fmt: skip


def _purchase_rows(work: Work) -> Rows:
    for received in work.ledger.bought.all(work.company, period_of(work)):
        if bought.has_row(received.tipo):
            yield bought.row_of(received)
    wanted = Wanted(work.what.wanted.desde, work.what.wanted.hasta, _FACTURA_DE_COMPRA)
    for issued in work.ledger.finding.found(work.company, wanted):
        if issued.has_effect:
            yield _issued_row(work, issued)
