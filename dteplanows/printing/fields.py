"""What is printed of a document and under which label, as data.

``campos.tsv`` has a row for each printed value: the section, the label, the path of the element and the form that it
is shown in. Codes are printed in words (:mod:`dteplanows.document.glosas`) where the SII's form says "P".
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from dteplanows.document.glosas import glosas
from dteplanows.document.reference_types import REFERENCE_TYPES
from dteplanows.document.taxes import TAXES
from dteplanows.printing import shown
from dteplanows.printing.stored import Part, Stored


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
    begins: str
    """The first element of ``ruta``."""


def _table(name: str) -> Iterator[list[str]]:
    text = resources.files("dteplanows.printing").joinpath(name).read_text("utf-8")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    return rows


@cache
def section_rows(section: str) -> tuple[_Row, ...]:
    """The rows of *section*."""
    return tuple(_Row._make((*row, row[2].partition("/")[0])) for row in _table("campos.tsv") if row[0] == section)


def words(table: str, code: str, structure: str = "") -> str:
    """The words for *code*; empty when the table has none.

    :param structure: the document's, where the meaning depends on it.
    """
    if table == "TipoImp":
        return TAXES[code].name if code in TAXES and TAXES[code].effect else ""
    if table == "TpoDoc" and code in REFERENCE_TYPES:
        return REFERENCE_TYPES[code].name
    return glosas(f"{table}.{structure}").get(code) or glosas(table).get(code, "")


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
}

_MONEY: dict[str, Callable[[str], str]] = {"monto": str, "resta": _negative, "total": str}
"""Forms of amounts, with what is done to them first."""


def _shown(form: str, text: str, stored: Stored) -> str:
    kind, _, table = form.partition(":")
    if kind in _MONEY:
        return shown.amount(_MONEY[kind](text), stored.decimals)
    if kind == "glosa":
        return words_or_code(table, text, stored.structure)
    if kind == "codigo":
        return coded(table, text, stored.structure)
    return _FORMS[kind](text)


def entries(section: str, stored: Stored, part: Part | None = None) -> list[Entry]:
    """The printed values of *section* that the document has, in order.

    :param part: where the section's paths begin, when not at the document's root.
    """
    root = stored.root if part is None else part
    found: list[Entry] = []
    here = root.values.keys() | root.parts.keys()
    for row in section_rows(section):
        if row.begins not in here:
            continue  # most of what a line may say it does not
        if row.forma == "impuestos":
            found += _taxes(root, row.ruta, stored.decimals)
        elif texts := root.texts(row.ruta):
            if row.forma == "iva":
                found.append(_iva(root, row, shown.amount(texts[0], stored.decimals)))
            else:
                text = ", ".join(_shown(row.forma, one, stored) for one in texts)
                found.append(Entry(row.etiqueta, text, row.forma == "total"))
        elif row.forma == "iva" and (rate := root.text("Encabezado/Totales/TasaIVA")):
            found.append(Entry("Tasa de I.V.A.", _FORMS["porcentaje"](rate)))
    return found


def _iva(root: Part, row: _Row, amount: str) -> Entry:
    rate = root.text("Encabezado/Totales/TasaIVA")
    label = f"{row.etiqueta} {_FORMS['porcentaje'](rate)}" if rate else row.etiqueta
    return Entry(label, amount)


def _taxes(root: Part, path: str, decimals: int) -> Iterator[Entry]:
    """Additional taxes and retentions, of the document (``ImptoReten``) or in another currency (``ImpRetOtrMnda``)."""
    for one in root.all(path):
        suffix, name = ("OtrMnda", "VlrImpOtrMnda") if one.text("VlrImpOtrMnda") else ("", "MontoImp")
        code, rate, value = one.text(f"TipoImp{suffix}"), one.text(f"TasaImp{suffix}"), one.text(name)
        label = words("TipoImp", code) or f"Impuesto {code}"
        withheld = code in TAXES and TAXES[code].effect == "withheld"
        amount = shown.amount(_negative(value) if withheld else value, 0 if suffix else decimals)
        yield Entry(f"{label} {_FORMS['porcentaje'](rate)}" if rate else label, amount)
