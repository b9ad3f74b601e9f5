"""Totals of issued documents, by month or day and type.

Amounts are those of the documents, so that a credit note's are positive; its sign says that it is taken off. A guía
that was annulled never left: it is counted apart and its amounts are in no total. Nor is what the SII refused, whether
or not another document has its folio by now, or what a person discarded: the SII does not count it among the sales. A
document that a note annuls stays in the totals, and so does the note.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger.finding import DayTotals, Wanted
from dteplanows.ledger.store import Ledger

_TAKEN_OFF = frozenset({61, 112})
_NO_SALES = frozenset({43, 46, 52})
"""What a guía carries is invoiced apart, and facturas de compra and liquidaciones document what others sold."""

_MONTH, _DAY = len("2026-01"), len("2026-01-31")


class Totals(NamedTuple):
    """What was issued of one type in one month, or on one day. Amounts in whole pesos."""

    mes: str
    """AAAA-MM, or AAAA-MM-DD for a day."""
    tipo: int
    documentos: int
    """Without those annulled, refused or discarded."""
    anuladas: int
    """Guías that never left."""
    neto: int
    exento: int
    iva: int
    total: int
    rechazados: int = 0
    """Those that the SII refused or a person discarded."""
    con_iva: int = 0
    """How many of the documents have IVA."""
    con_exento: int = 0
    """How many have an exempt amount."""


def sign_of(tipo: int) -> int:
    """1 for a document that adds to the company's sales, -1 for a credit note, 0 for one that is no sale."""
    return 0 if tipo in _NO_SALES else -1 if tipo in _TAKEN_OFF else 1


def totals(ledger: Ledger, company: Company, wanted: Wanted) -> list[Totals]:
    """The totals of the documents that are wanted, by month and type."""
    if wanted.receptor or wanted.datum or wanted.folio:
        return _of_each(ledger, company, wanted)
    return _added_up(ledger, company, wanted, ledger.finding.days(company, wanted), _MONTH)


def daily(ledger: Ledger, company: Company, wanted: Wanted) -> list[Totals]:
    """The same by day and type; of *wanted* the period, type and user count. Sums that were made once are kept."""
    return _added_up(ledger, company, wanted, ledger.day_sums.days(company, wanted), _DAY)


_Sums = dict[tuple[str, int], list[int]]
"""Sums by the beginning of the day and type."""


def _added_up(
    ledger: Ledger, company: Company, wanted: Wanted, days: Iterable[DayTotals], length: int
) -> list[Totals]:
    """The totals of *days*, which are all that was issued, without what does not count."""
    found: _Sums = {}
    _add(found, days, length)
    _take_off(found, ledger.finding.annulled_guias(company, wanted), length, _ANNULLED)
    _take_off(found, ledger.finding.without_effect(company, wanted), length, _REFUSED)
    return _sorted(found)


def _of_each(ledger: Ledger, company: Company, wanted: Wanted) -> list[Totals]:
    found: _Sums = {}
    for one in ledger.finding.found(company, wanted):
        day = DayTotals(
            one.tipo, one.fecha_emision, 1, one.monto_neto, one.monto_exento, one.iva, one.monto_total,
            int(one.iva != 0), int(one.monto_exento != 0),
        )  # fmt: skip
        _add(found, [day], _MONTH)
        if not one.has_effect or one.anulada:
            _take_off(found, [day], _MONTH, _ANNULLED if one.has_effect else _REFUSED)
    return _sorted(found)


_COUNT, _ANNULLED, _REFUSED = 0, 1, 6
"""Where the sums of a month and type have the counts."""
_OF_DAY = (_COUNT, 2, 3, 4, 5, 7, 8)
"""Where they have what a day says behind its date."""


def _add(found: _Sums, days: Iterable[DayTotals], length: int, sign: int = 1) -> None:
    """Add *days* to the sums of all days that begin with the same *length* letters."""
    for tipo, day, *amounts in days:
        sums = found.setdefault((day[:length], tipo), [0] * (_OF_DAY[-1] + 1))
        for at, amount in zip(_OF_DAY, amounts, strict=True):
            sums[at] += sign * amount


def _take_off(found: _Sums, days: Iterable[DayTotals], length: int, count: int) -> None:
    """Take *days* out of the totals, and count their documents apart, at *count*."""
    for one in days:
        _add(found, [one], length, -1)
        found[one.fecha_emision[:length], one.tipo][count] += one.documentos


def _sorted(found: _Sums) -> list[Totals]:
    return [Totals(*key, *found[key]) for key in sorted(found)]


def sales(rows: Iterable[Totals]) -> Totals:
    """What *rows* come to as sales: credit notes taken off, and without what is no sale."""
    signed = [(sign_of(one.tipo), one) for one in rows]
    amounts = [sum(sign * one[index] for sign, one in signed) for index in range(4, 8)]  # type: ignore[misc]
    return Totals("", 0, sum(one.documentos for sign, one in signed if sign), 0, *amounts)
