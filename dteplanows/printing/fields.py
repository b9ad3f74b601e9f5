"""What is printed of a document and under which label, as data.

``campos.tsv`` has a row for each printed value: the section, the label, the path of the element and the form that it
is shown in. ``glosas.tsv`` has the words for codes (Formato DTE v2.5, Formato Boletas v4.2, Anexo 51 of the customs'
Compendio de Normas): the SII asks for words where its form says "P".
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from dteplanows.printing import shown
from dteplanows.printing.stored import Part, Stored

RETENTIONS = frozenset({
    "15", "30", "31", "32", "33", "34", "36", "37", "38", "39", "41", "46", "47", "48", "49", "301", "321", "331",
    "341", "361", "371", "481",
})  # fmt: skip
"""Codes of ``TipoImp`` that are taken off the total (Formato DTE v2.5, chapter 4)."""


class Entry(NamedTuple):
    """One printed value."""

    label: str
    text: str
    strong: bool = False
    """The total of the document."""


class _Row(NamedTuple):
    seccion: str
    etiqueta: str
    ruta: str
    forma: str


def _table(name: str) -> Iterator[list[str]]:
    text = resources.files("dteplanows.printing").joinpath(name).read_text("utf-8")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    return rows


@cache
def _words() -> Mapping[tuple[str, str], str]:
    return {(table, code): words for table, code, words in _table("glosas.tsv")}


@cache
def section_rows(section: str) -> tuple[_Row, ...]:
    """The rows of *section*."""
    return tuple(row for row in map(_Row._make, _table("campos.tsv")) if row.seccion == section)


def words(table: str, code: str, structure: str = "") -> str:
    """The words for *code*; empty when the table has none.

    :param structure: the document's, where the meaning depends on it.
    """
    known = _words()
    return known.get((f"{table}.{structure}", code)) or known.get((table, code), "")


def words_or_code(table: str, code: str, structure: str = "") -> str:
    """The words for *code*, or the code itself when it has none."""
    return words(table, code, structure) or code


def coded(table: str, code: str, structure: str = "") -> str:
    """The words for *code* with the code behind, for codes that the SII wants to see printed."""
    known = words(table, code, structure)
    return f"{known} ({code})" if known else code


def _negative(text: str) -> str:
    """The number that is taken off; in documents that correct another one it may be negative already."""
    return text[1:] if text.startswith("-") else text if text == "0" else f"-{text}"


_FORMS: dict[str, Callable[[str], str]] = {
    "texto": str,
    "numero": shown.number,
    "rut": shown.rut,
    "fecha": shown.day,
    "porcentaje": lambda text: f"{shown.number(text)}%",
    "resta": lambda text: shown.number(_negative(text)),
    "total": shown.number,
}


def _shown(form: str, text: str, structure: str) -> str:
    kind, _, table = form.partition(":")
    if kind == "glosa":
        return words_or_code(table, text, structure)
    if kind == "codigo":
        return coded(table, text, structure)
    return _FORMS[kind](text)


def entries(section: str, stored: Stored, part: Part | None = None) -> list[Entry]:
    """The printed values of *section* that the document has, in order.

    :param part: where the section's paths begin, when not at the document's root.
    """
    root = stored.root if part is None else part
    found: list[Entry] = []
    for row in section_rows(section):
        if row.forma == "impuestos":
            found += _taxes(root, row.ruta)
        elif texts := root.texts(row.ruta):
            if row.forma == "iva":
                found.append(_iva(root, row, texts[0]))
            else:
                text = ", ".join(_shown(row.forma, one, stored.structure) for one in texts)
                found.append(Entry(row.etiqueta, text, row.forma == "total"))
        elif row.forma == "iva" and (rate := root.text("Encabezado/Totales/TasaIVA")):
            found.append(Entry("Tasa de I.V.A.", _FORMS["porcentaje"](rate)))
    return found


def _iva(root: Part, row: _Row, amount: str) -> Entry:
    rate = root.text("Encabezado/Totales/TasaIVA")
    label = f"{row.etiqueta} {_FORMS['porcentaje'](rate)}" if rate else row.etiqueta
    return Entry(label, shown.number(amount))


def _taxes(root: Part, path: str) -> Iterator[Entry]:
    """Additional taxes and retentions, of the document (``ImptoReten``) or in another currency (``ImpRetOtrMnda``)."""
    for one in root.all(path):
        suffix, amount = ("OtrMnda", "VlrImpOtrMnda") if one.text("VlrImpOtrMnda") else ("", "MontoImp")
        code, rate, value = one.text(f"TipoImp{suffix}"), one.text(f"TasaImp{suffix}"), one.text(amount)
        label = words("TipoImp", code) or f"Impuesto {code}"
        form = "resta" if code in RETENTIONS else "numero"
        yield Entry(f"{label} {_FORMS['porcentaje'](rate)}" if rate else label, _FORMS[form](value))
