"""Lists of documents and their totals as tables, CSV and JSON, row by row: of a million rows none waits for the others.

CSV is what Excel opens in Chile with a double click: fields between semicolons, since the comma is for decimals there;
UTF-8 with its mark, without which Excel takes the text for Windows-1252; amounts without separators, dates as
AAAA-MM-DD. A text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TextIO

from rich.cells import cell_len, set_cell_size

from dteplanows.archive.states import ANULADO, State
from dteplanows.archive.totals import Totals, sign_of
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.finding import ListedDocument
from dteplanows.validator.report import money

Format = Literal["tabla", "csv", "json"]
Row = Mapping[str, Any]

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GAP = " "


class Column(NamedTuple):
    """One column of a table."""

    title: str
    show: Callable[[Row], str]
    width: int
    """Characters; 0 for what the others leave."""
    right: bool = False
    least: int = 0
    """Characters that the line must have for this column to be there."""
    most: int = 10_000
    """Characters that it may have."""


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
    mes, tipo, *numbers, rechazados = one
    facts = (mes, tipo, DOCUMENT_NAMES.get(tipo, ""), *numbers, sign_of(tipo), rechazados)
    return dict(zip(TOTALS_FIELDS, facts, strict=True))


def plain(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


def _money(name: str) -> Callable[[Row], str]:
    return lambda row: money(row[name])


def _short(row: Row) -> str:
    """Where a document stands at the SII, in few letters."""
    return "reparos" if row["estado_sii"] == "aceptado con reparos" else str(row["estado_sii"])


_TWO_STATES = 100
"""Characters of a line in which what became of a document and where it stands at the SII have a column each."""
_ALL_WORDS = 180
"""In which the second is not shortened."""

DOCUMENTS = (
    Column("Tipo", plain("tipo"), 4, right=True),
    Column("Folio", plain("folio"), 10, right=True),
    Column("Fecha", plain("fecha_emision"), 10),
    Column("RUT receptor", plain("rut_receptor"), 12),
    Column("Receptor", plain("razon_social_receptor"), 0),
    Column("Neto", _money("neto"), 12, right=True, least=118),
    Column("Exento", _money("exento"), 11, right=True, least=118),
    Column("IVA", _money("iva"), 11, right=True, least=118),
    Column("Total", _money("total"), 13, right=True),
    Column("Estado", lambda row: row["estado"], 7, least=_TWO_STATES),
    Column("Detalle", lambda row: row["detalle_estado"], 26, least=150),
    Column("SII", plain("estado_sii"), 20, least=_ALL_WORDS),
    Column("SII", _short, 10, least=_TWO_STATES, most=_ALL_WORDS - 1),
    Column("Estado", lambda row: row["estado"] if row["estado"] == ANULADO else _short(row), 10, most=_TWO_STATES - 1),
)
TOTALS = (
    Column("Mes", plain("mes"), 7),
    Column("Tipo", plain("tipo"), 4, right=True),
    Column("Documento", plain("documento"), 0, least=110),
    Column("Emitidos", plain("documentos"), 8, right=True),
    Column("Anulados", plain("anuladas"), 8, right=True, least=88),
    Column("Neto", _money("neto"), 14, right=True),
    Column("Exento", _money("exento"), 12, right=True),
    Column("IVA", _money("iva"), 13, right=True),
    Column("Total", _money("total"), 14, right=True),
)


def table_lines(columns: Iterable[Column], rows: Iterable[Row], width: int) -> Iterator[str]:
    """The lines of a table of *width* characters, the first with the titles; without rows there is none."""
    shown = [one for one in columns if one.least <= width <= one.most]
    taken = sum(one.width for one in shown) + len(_GAP) * (len(shown) - 1)
    fitted = [one if one.width else one._replace(width=max(8, width - taken)) for one in shown]
    for number, row in enumerate(rows):
        if not number:
            yield _line(fitted, [one.title for one in fitted])
        yield _line(fitted, [one.show(row) for one in fitted])


def _line(columns: Iterable[Column], cells: Iterable[str]) -> str:
    fitted = (
        cell.rjust(one.width) if one.right else _fitted(cell, one.width)
        for one, cell in zip(columns, cells, strict=True)
    )
    return _GAP.join(fitted).rstrip()


def _fitted(text: str, width: int) -> str:
    """*text* without what a terminal would obey, *width* columns wide, with a mark where it was cut."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}~"


def write_csv(out: TextIO, fields: Iterable[str], rows: Iterable[Row]) -> None:
    """Write *rows* as CSV, after a line with the names of their *fields*."""
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    out.write(BYTE_ORDER_MARK)
    writer.writerow(fields)
    for row in rows:
        writer.writerow([_cell(one) for one in row.values()])


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_json(out: TextIO, rows: Iterable[Row]) -> None:
    """Write *rows* as a JSON list, one row a line."""
    before = "["
    for row in rows:
        out.write(f"{before}\n{json.dumps(row, ensure_ascii=False)}")
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")
