"""Countries by their ISO 3166 codes: the customs have numbers of their own.

The facts are data, in ``countries.tsv``: the codes of two and three letters of the countries that the Servicio Nacional
de Aduanas numbers (annex 51 of its Compendio de Normas Aduaneras).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


def number_of(text: str) -> str:
    """The customs' number of the country with the ISO code *text*, in capitals or not; empty when there is none."""
    return _numbers().get(text.upper(), "") if text.isascii() and 2 <= len(text) <= 3 else ""


@cache
def _numbers() -> dict[str, str]:
    table = resources.files("dteplanows.document").joinpath("countries.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t")
    return {row[name]: row["codigo"] for row in rows for name in ("iso2", "iso3")}
