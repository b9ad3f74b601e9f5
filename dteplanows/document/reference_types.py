"""The types of document that a reference may name, as data (Formato DTE v2.5, TpoDocRef; Formato Boletas v4.2).

The facts stand once, in ``reference_types.tsv``. Its columns:

* ``code`` and ``name``; the form names 822 and 823 only as papers of forestry;
* ``kind``: ``tax`` for a tax document, which has a number and an issuer; ``other`` for any other paper;
* ``boleta``: ``*`` where a boleta may name it (the SII answers HED-3-211 to any other);
* ``corrected_by``: the notes that may correct it, those that give it a CodRef. A guía is corrected by none.

Letters, up to three, are the parties' own codes and in no list.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from dteplanows.document.problem import shown


@dataclass(frozen=True, slots=True)
class ReferenceType:
    """One row of the table."""

    code: str
    name: str
    is_tax_document: bool
    in_boletas: bool
    corrected_by: frozenset[int]
    """Document types of the notes that may correct it."""


def _read() -> dict[str, ReferenceType]:
    table = resources.files("dteplanows.document").joinpath("reference_types.tsv").read_text("utf-8")
    return {
        row["code"]: ReferenceType(
            row["code"], row["name"], row["kind"] == "tax", row["boleta"] == "*",
            frozenset(int(one) for one in row["corrected_by"].split()),
        )
        for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    }  # fmt: skip


REFERENCE_TYPES: Mapping[str, ReferenceType] = _read()
"""Every type with a number, by its code."""

TAX_DOCUMENTS = frozenset(code for code, one in REFERENCE_TYPES.items() if one.is_tax_document)
IN_BOLETA = frozenset(code for code, one in REFERENCE_TYPES.items() if one.in_boletas)


def name_of(code: str) -> str:
    """The type's name with its code, for a text; any other code as a text may show it."""
    known = REFERENCE_TYPES.get(code)
    return f"{known.name} ({code})" if known else shown(code)
