"""The words for the codes of a document, as data (Formato DTE v2.5, Formato Boletas v4.2, annex 51 of the customs).

The facts stand once, in ``glosas.tsv``: table, code and words. A table has the name of its element; where the meaning
depends on the structure, the structure's name stands behind it (``IndServicio.boleta``). ``CodUnid.sigla`` has the
customs' own short names of units. Taxes and referable documents have tables of their own, with more than words:
:mod:`dteplanows.document.taxes`, :mod:`dteplanows.document.reference_types`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("dteplanows.document").joinpath("glosas.tsv").read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        found.setdefault(row["tabla"], {})[row["codigo"]] = row["glosa"]
    return found


def glosas(table: str) -> Mapping[str, str]:
    """The words of *table* by code; empty when there is no such table."""
    return _tables().get(table, {})
