"""Workbooks for spreadsheets (XLSX), of documents and of their totals, in flat memory.

Each row is written to disk as it comes and then forgotten. Amounts and folios are numbers, days are dates, and a text
is a text whatever it begins with: none is ever taken for a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Literal, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dteplanows.archive.rows import Row

MOST_ROWS = 1_048_575
"""Rows of a sheet, without that of the titles; what is more goes on in another sheet."""

Form = Literal["texto", "numero", "pesos", "dia"]


class Field(NamedTuple):
    """A column of a sheet."""

    name: str
    """Of the fact in each row."""
    title: str
    form: Form
    width: int
    """Characters."""


DOCUMENT_COLUMNS = (
    Field("tipo", "Tipo", "numero", 6),
    Field("documento", "Documento", "texto", 26),
    Field("folio", "Folio", "numero", 12),
    Field("fecha_emision", "Fecha", "dia", 12),
    Field("rut_receptor", "RUT receptor", "texto", 13),
    Field("razon_social_receptor", "Receptor", "texto", 36),
    Field("neto", "Neto", "pesos", 14),
    Field("exento", "Exento", "pesos", 14),
    Field("iva", "IVA", "pesos", 14),
    Field("total", "Total", "pesos", 14),
    Field("signo", "Signo", "numero", 7),
    Field("estado", "Estado", "texto", 12),
    Field("detalle_estado", "Detalle", "texto", 26),
    Field("usuario", "Usuario", "texto", 16),
    Field("estado_sii", "Ante el SII", "texto", 20),
)
TOTALS_COLUMNS = (
    Field("mes", "Mes", "texto", 10),
    Field("tipo", "Tipo", "numero", 6),
    Field("documento", "Documento", "texto", 34),
    Field("documentos", "Emitidos", "numero", 10),
    Field("anuladas", "Guías anuladas", "numero", 14),
    Field("rechazados", "Rechazados y descartados", "numero", 24),
    Field("neto", "Neto", "pesos", 16),
    Field("exento", "Exento", "pesos", 16),
    Field("iva", "IVA", "pesos", 16),
    Field("total", "Total", "pesos", 16),
    Field("signo", "Signo", "numero", 7),
)
GUIA_COLUMNS = (
    *DOCUMENT_COLUMNS,
    Field("ind_traslado", "IndTraslado", "texto", 11),
    Field("traslado", "Motivo del traslado", "texto", 30),
)
PURCHASE_COLUMNS = (
    Field("tipo", "Tipo", "numero", 6),
    Field("documento", "Documento", "texto", 30),
    Field("folio", "Folio", "numero", 12),
    Field("fecha_emision", "Fecha", "dia", 12),
    Field("rut_emisor", "RUT proveedor", "texto", 13),
    Field("razon_social_emisor", "Proveedor", "texto", 36),
    Field("neto", "Neto", "pesos", 14),
    Field("exento", "Exento", "pesos", 14),
    Field("iva", "IVA", "pesos", 14),
    Field("otros_impuestos", "Otros impuestos", "pesos", 14),
    Field("total", "Total", "pesos", 14),
    Field("signo", "Signo", "numero", 7),
    Field("usuario", "Usuario", "texto", 16),
)
_NUMBERS: dict[Form, str] = {"numero": "0", "pesos": "#,##0;[Red]-#,##0", "dia": "dd-mm-yyyy"}


class _Sheets:
    """The workbook under way."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._title = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        self._forms: dict[Form, Format | None] = {"texto": None}
        self._forms |= {form: book.add_format({"num_format": code}) for form, code in _NUMBERS.items()}

    def fill(self, name: str, fields: tuple[Field, ...], rows: Iterable[Row], notes: Iterable[str]) -> None:
        """Write *rows*, and *notes* behind them, into a new sheet."""
        sheet = self._book.add_worksheet(name)
        for at, field in enumerate(fields):
            sheet.set_column(at, at, field.width)
            sheet.write_string(0, at, field.title, self._title)
        sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(rows, 1):
            for at, field in enumerate(fields):
                self._write(sheet, (number, at), field.form, row[field.name])
        sheet.autofilter(0, 0, number, len(fields) - 1)
        for at, note in enumerate(notes, number + 2):
            sheet.write_string(at, 0, note)

    def _write(self, sheet: Worksheet, place: tuple[int, int], form: Form, value: object) -> None:
        style = self._forms[form]
        if form == "dia":
            sheet.write_datetime(*place, date.fromisoformat(str(value)), style)
        elif isinstance(value, int):
            sheet.write_number(*place, value, style)
        elif value:
            sheet.write_string(*place, _plain(str(value)), style)


def _plain(text: str) -> str:
    """*text* so that XlsxWriter takes it for a text: one that begins and ends as its own rich texts do is not escaped.
    A blank is added behind it."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


class Sheet(NamedTuple):
    """A sheet that is to be written; more rows than one can have go on in another."""

    name: str
    fields: tuple[Field, ...]
    rows: Iterable[Row]
    notes: Iterable[str] = ()
    """What is to be known of them, below them."""


def write_workbook(path: Path, wanted: Iterable[Sheet]) -> None:
    """Write a workbook to the new file *path*.

    :raises OSError: it cannot be written.
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with Workbook(path, options) as book:
        sheets = _Sheets(book)
        for one in wanted:
            rows, number = iter(one.rows), 1
            while True:
                first = next(rows, None)
                if first is None and number > 1:
                    break
                some = islice(chain([first] if first else [], rows), MOST_ROWS)
                sheets.fill(one.name if number == 1 else f"{one.name} {number}", one.fields, some, one.notes)
                number += 1
