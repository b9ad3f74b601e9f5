"""Which way each kind of file is made, and how many documents it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dteplanows.archive.export import Part
from dteplanows.document.company import Company
from dteplanows.exports import appended, whole
from dteplanows.exports.formats import FORMATS, What
from dteplanows.exports.work import Progress, Work
from dteplanows.ledger.bought import Period
from dteplanows.ledger.store import Ledger

MAKERS: Mapping[str, Callable[[Work], Progress]] = {
    "xml": lambda work: appended.zip_of(work, Part.XML),
    "pdf": lambda work: appended.zip_of(work, Part.PDF),
    "csv": lambda work: appended.csv_of(work, appended.SALES),
    "rcv": lambda work: appended.csv_of(work, appended.RCV),
    "guias-csv": lambda work: appended.csv_of(work, appended.GUIAS),
    "xlsx": whole.workbook_of,
    "guias-xlsx": lambda work: whole.workbook_of(work, whole.guia_row),
    "librocv": whole.book_of_sales,
    "compras-xlsx": whole.purchases_workbook,
    "compras-csv": whole.purchases_csv,
    "compras-librocv": whole.book_of_purchases,
}
"""By the names of :data:`FORMATS`. Each makes the file at ``path``, and raises ``Refused`` or ``OSError``."""


def count(ledger: Ledger, company: Company, formato: str, what: What, most: int) -> int:
    """How many documents a file has at most; *most* where they are as many or more."""
    if FORMATS[formato].libro == "compras":
        desde, hasta = what.wanted.desde, what.wanted.hasta
        return min(most, ledger.bought.count(company, Period(desde, hasta))) if desde and hasta else most
    return ledger.pages.count(company, what.wanted, most)
