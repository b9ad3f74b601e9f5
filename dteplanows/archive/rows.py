"""Issued documents and their totals as rows of named facts, and such rows as CSV, one after the other.

CSV is what Excel opens in Chile with a double click: fields between semicolons, since the comma is for decimals there;
UTF-8 with its mark, without which Excel takes the text for Windows-1252; amounts without separators, dates as
AAAA-MM-DD. A text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from dteplanows.archive.states import State
from dteplanows.archive.totals import Totals, sign_of
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.finding import ListedDocument

Row = Mapping[str, Any]

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

DOCUMENT_FIELDS = (
    "tipo", "documento", "folio", "fecha_emision", "rut_receptor", "razon_social_receptor", "neto", "exento", "iva",
    "total", "signo", "estado", "detalle_estado", "usuario", "estado_sii",
)  # fmt: skip
TOTALS_FIELDS = (
    "mes", "tipo", "documento", "documentos", "anuladas", "neto", "exento", "iva", "total", "signo", "rechazados",
)  # fmt: skip


def document_row(one: ListedDocument, state: State) -> dict[str, Any]:
    """A document as CSV and JSON name its facts. Amounts as they stand in it; ``signo`` -1 is taken off the sales."""
    facts = (
        *(one.tipo, DOCUMENT_NAMES.get(one.tipo, ""), one.folio, one.fecha_emision),
        *(one.rut_receptor, one.razon_social_receptor),
        *(one.monto_neto, one.monto_exento, one.iva, one.monto_total, sign_of(one.tipo)),
        *(state.name, "" if state.text() == state.name else state.text(), one.usuario, one.estado_sii),
    )
    return dict(zip(DOCUMENT_FIELDS, facts, strict=True))


def totals_row(one: Totals) -> dict[str, Any]:
    """Totals of a month and type as CSV and JSON name them."""
    facts = (
        one.mes, one.tipo, DOCUMENT_NAMES.get(one.tipo, ""), one.documentos, one.anuladas, one.neto, one.exento,
        one.iva, one.total, sign_of(one.tipo), one.rechazados,
    )  # fmt: skip
    return dict(zip(TOTALS_FIELDS, facts, strict=True))


def write_csv(out: TextIO, fields: Iterable[str], rows: Iterable[Row], head: bool = True) -> None:
    """Write *rows* as CSV, after a line with the names of their *fields*.

    :param head: leave that line out where it is False, as for rows that go behind others.
    """
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if head:
        out.write(BYTE_ORDER_MARK)
        writer.writerow(fields)
    for row in rows:
        writer.writerow([_cell(one) for one in row.values()])


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
