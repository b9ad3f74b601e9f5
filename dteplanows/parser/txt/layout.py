"""The layout of the flat TXT: its sections and columns, each fact once.

The facts are data: ``layout.toml`` holds the sections, ``layout.tsv`` their columns.

A file is a series of sections. ``->Name<-`` opens one; each line after it is a row of columns separated by ``;``. The
reader, the texts of the problems and the integrator's manual all come from these tables: a new column is one row.

Columns without an element have a meaning of their own: *beside* the document (printed, mailed to) or a figure that the
programs' habits decide about (:mod:`dteplanows.parser.txt.habits`).
"""

from __future__ import annotations

import csv
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Literal

Branch = Literal["factura", "boleta", "compra", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a section."""

    position: int
    """From 1."""
    name: str
    """As the customers' programs call it."""
    path: str = ""
    """Element below ``Documento`` that takes the value; empty when none does."""
    beside: str = ""
    """Name under which the value is kept beside the document; empty when it is not."""
    example: str = ""
    """A fictitious value. Those of all sections of a structure make one document that can be issued."""
    note: str = ""
    """What the column holds, in Spanish, for the manual."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One section of the TXT."""

    name: str
    columns: tuple[Column, ...]
    required: int
    """Columns that every row has; those behind them may be left out."""
    branch: Branch = ""
    """What the section belongs to: a structure, or the purchases; empty when all have it."""
    target: str = ""
    """Path of the group that each row makes anew, e.g. ``Detalle``; empty when the row fills groups that exist once."""
    rows: int = 1
    """Rows at most; 0 leaves the limit to the element table."""
    header: bool = False
    """The section begins a document."""
    free: bool = False
    """Any number of columns: lines of text."""
    by_line: bool = False
    """The first column is the number of the line of ``Detalle`` that the row belongs to; all paths are below it."""
    extension: bool = False
    """Not part of the original layout: our own addition."""
    note: str = ""
    """What the section is for, in Spanish, for the manual."""
    index: Mapping[str, int] = field(init=False, repr=False)
    """Column name to its index in a row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {column.name: column.position - 1 for column in self.columns})


CORREO = "correo"
"""The column's value is the address to mail the document to."""


def _columns() -> dict[str, list[Column]]:
    """The rows of ``layout.tsv`` by section."""
    table = resources.files("dteplanows.parser.txt").joinpath("layout.tsv").read_text("utf-8")
    found: dict[str, list[Column]] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        section, position = row.pop("section"), int(row.pop("position"))
        found.setdefault(section, []).append(Column(position=position, **row))
    return found


def _sections() -> tuple[Section, ...]:
    """The tables of ``layout.toml``, each with its columns."""
    facts = tomllib.loads(resources.files("dteplanows.parser.txt").joinpath("layout.toml").read_text("utf-8"))
    columns = _columns()
    return tuple(Section(name, columns=tuple(columns[name]), **fact) for name, fact in facts.items())


SECTIONS: tuple[Section, ...] = _sections()
"""All sections that a file may have."""

BY_NAME: Mapping[str, Section] = {section.name.lower(): section for section in SECTIONS}
"""Sections by their name in lower case."""

HEADERS: Mapping[str, str] = {
    "factura": "Encabezado", "liquidacion": "Encabezado", "exportacion": "Encabezado", "boleta": "Boleta",
}  # fmt: skip
"""Section that begins a document, by structure."""

PURCHASE: Branch = "compra"
"""Branch of the sections of documents that the company receives."""

_READ_AS: Mapping[str, str] = {PURCHASE: "factura"}


def structure_of(section: Section) -> str:
    """The structure whose elements the columns of *section* name; a received document is read as a factura."""
    return _READ_AS.get(section.branch, section.branch)


def nearest(name: str) -> Section | None:
    """The section whose name is most like *name*; None when none is."""
    near = difflib.get_close_matches(name.replace(" ", "").lower()[:40], BY_NAME, 1)
    return BY_NAME[near[0]] if near else None
