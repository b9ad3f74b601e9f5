"""What a company received, as a book of purchases: page by page, and added up by type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import StoredReceived
from dteplanows.ledger.tables import DOCUMENTO_RECIBIDO

_PAGE = 500
_PERIOD = "FROM documento_recibido WHERE ambiente = ? AND rut_empresa = ? AND fecha_emision BETWEEN ? AND ?"
_LISTED = (
    "id, tipo, folio, fecha_emision, rut_emisor, razon_social_emisor, monto_neto, monto_exento, iva, otros_impuestos, "
    "monto_total, usuario"
)
_TOTALS = (
    "SELECT tipo, COUNT(*), SUM(monto_neto), SUM(monto_exento), SUM(iva), SUM(otros_impuestos), SUM(monto_total) "
    f"{_PERIOD} GROUP BY tipo ORDER BY tipo"
)
_PLACES = (
    f"SELECT fecha_emision, id {_PERIOD} AND (fecha_emision, id) {{sign}} (?, ?) "
    "ORDER BY fecha_emision {way}, id {way} LIMIT ?"
)


class Period(NamedTuple):
    """First and last day of emission, both included."""

    desde: date
    hasta: date


class ListedPurchase(NamedTuple):
    """A received document as a list shows it. Amounts in whole pesos, as the supplier gives them."""

    id: int
    tipo: int
    folio: int
    fecha_emision: str
    rut_emisor: str
    razon_social_emisor: str
    monto_neto: int
    monto_exento: int
    iva: int
    otros_impuestos: int
    monto_total: int
    usuario: str


class PurchaseTotals(NamedTuple):
    """What was received of one type. Amounts in whole pesos."""

    tipo: int
    documentos: int
    neto: int
    exento: int
    iva: int
    otros: int
    total: int


class PurchasePage(NamedTuple):
    """Documents of a period, the newest first."""

    documents: list[ListedPurchase]
    earlier: bool
    """There are newer ones before them."""
    later: bool
    """There are older ones behind them."""


Spot = tuple[str, int]
"""Day and id of a document."""


class Bought(Repository):
    """The part of the ledger that shows what was received."""

    def totals(self, company: Company, period: Period) -> list[PurchaseTotals]:
        """The totals of a period by type."""
        return [PurchaseTotals._make(one) for one in self.db.questions.execute(_TOTALS, _values(company, period))]

    def page(
        self, company: Company, period: Period, spot: Spot | None = None, *, back: bool = False, size: int = 50
    ) -> PurchasePage:
        """The page behind *spot*, that place excluded, or the first one; the page before it where *back* says so."""
        way, sign = ("ASC", ">") if back else ("DESC", "<")
        query = _PLACES.format(way=way, sign=sign)
        begin = spot or ("9999-99-99", 0)
        found = self.db.questions.execute(query, (*_values(company, period), *begin, size + 1)).fetchall()
        more, places = len(found) > size, found[:size]
        rows = {one.id: one for one in self._listed([one for _, one in places])}
        documents = [rows[one] for _, one in (places[::-1] if back else places) if one in rows]
        return PurchasePage(documents, more if back else spot is not None, True if back else more)

    def all(self, company: Company, period: Period) -> Iterator[StoredReceived]:
        """All of a period with what they say, the newest first."""
        spot: Spot | None = None
        while True:
            page = self.page(company, period, spot, size=_PAGE)
            for one in page.documents:
                query = f"{DOCUMENTO_RECIBIDO.select} WHERE id = ?"
                row = self.db.connection.execute(query, (one.id,)).fetchone()
                if row:
                    yield DOCUMENTO_RECIBIDO.row(row)
            if not page.later:
                return
            spot = (page.documents[-1].fecha_emision, page.documents[-1].id)

    def count(self, company: Company, period: Period) -> int:
        """How many there are."""
        query = f"SELECT COUNT(*) {_PERIOD}"
        return int(self.db.questions.execute(query, _values(company, period)).fetchone()[0])

    def _listed(self, ids: list[int]) -> Iterator[ListedPurchase]:
        places = ", ".join("?" * len(ids))
        query = f"SELECT {_LISTED} FROM documento_recibido WHERE id IN ({places})"
        return map(ListedPurchase._make, self.db.questions.execute(query, ids)) if ids else iter(())


def _values(company: Company, period: Period) -> tuple[str, ...]:
    return (company.ambiente, company.rut, period.desde.isoformat(), period.hasta.isoformat())
