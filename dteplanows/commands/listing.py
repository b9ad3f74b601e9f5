"""Lists of documents and their totals as tables and JSON, row by row: of a million rows none waits for the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, TextIO

from rich.cells import cell_len, set_cell_size

from dteplanows.archive.rows import Row
from dteplanows.archive.states import ANULADO
from dteplanows.validator.report import money

Format = Literal["tabla", "csv", "json"]
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


def write_json(out: TextIO, rows: Iterable[Row]) -> None:
    """Write *rows* as a JSON list, one row a line."""
    before = "["
    for row in rows:
        out.write(f"{before}\n{json.dumps(row, ensure_ascii=False)}")
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")
