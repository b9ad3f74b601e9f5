"""What follows from a value that cannot be right is no fault of its own: only the value is told.

A number beyond its limits, or a code that does not exist, is found when all else has been judged. What the arithmetic
said of the figures that it feeds is taken back then. Values that cannot even be read feed nothing from the beginning:
see :mod:`dteplanows.validator.unread`.
"""

from __future__ import annotations

from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Severity
from dteplanows.validator.unread import FEED_TOTALS

_NOT_ADMITTED = frozenset({"DOC-022", "DOC-023", "DOC-024"})
"""Codes of values beyond what their element admits."""

_OUT_OF_PLACE = "TXT-059"
"""Code of an element where it does not belong: its name is the value. It is told for its first place alone."""

_FEED_LINES = frozenset({
    "QtyItem", "PrcItem", "DescuentoPct", "DescuentoMonto", "RecargoPct", "RecargoMonto", "MontoItem", "IndExe",
})  # fmt: skip
_OF_LINES = frozenset({"TOT-001", "TOT-003", "TOT-031", "TOT-032"})
_OF_TOTALS = frozenset({"TOT-010", "TOT-021", "TOT-024", "TOT-045", "TOT-049", "TOT-062", "TOT-074", "TOT-075"})
_MORE_TOTALS = frozenset({"MontoNF", "SaldoAnterior", "TpoCambio", "TasaIVA", "TasaImp"})
_FEED_ALL = FEED_TOTALS | _FEED_LINES | _MORE_TOTALS


def take_back(document: Document) -> None:
    """Drop the errors of *document* that follow from a value which another error refuses."""
    refused = {one.place for one in document.problems if one.code in _NOT_ADMITTED and one.refuses}
    misplaced = {one.value for one in document.problems if one.code == _OUT_OF_PLACE} & _FEED_ALL
    if not refused and not misplaced:
        return
    names = {
        fields[0].place: name
        for group in document.root.walk() for name, fields in group.fields.items() if fields[0].place in refused
    }  # fmt: skip
    rows = {_row(place) for place, name in names.items() if name in _FEED_LINES}
    feeds_totals = misplaced or not _FEED_ALL.isdisjoint(names.values())
    document.problems[:] = [
        one for one in document.problems
        if not (one.code in _OF_LINES and (misplaced or _row(one.place) in rows))
        and not (feeds_totals and one.code in _OF_TOTALS and one.severity is not Severity.AVISO)
    ]  # fmt: skip


def _row(place: Place) -> Place:
    """The row of a TXT, or the group of an XML, that *place* is in."""
    return Place(place.line if place.section else 0, place.section, path=place.path.rpartition("/")[0])
