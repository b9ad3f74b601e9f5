"""Countries by their ISO 3166 codes: the customs have numbers of their own.

The facts are data, in ``countries.tsv``: the codes of two and three letters of the countries that the Servicio Nacional
de Aduanas numbers (annex 51 of its Compendio de Normas Aduaneras).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple


class Country(NamedTuple):
    """A country of the customs by its ISO codes."""

    code: str
    """Number of the customs."""
    iso2: str
    iso3: str


@cache
def countries() -> tuple[Country, ...]:
    """The countries of the customs that ISO 3166 knows."""
    table = resources.files("dteplanows.document").joinpath("countries.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t")
    return tuple(Country(row["codigo"], row["iso2"], row["iso3"]) for row in rows)


@cache
def numbers() -> Mapping[str, str]:
    """The customs' numbers by ISO code, of two or three letters, in capitals."""
    return {name: one.code for one in countries() for name in (one.iso2, one.iso3)}


def number_of(text: str) -> str:
    """The customs' number of the country with the ISO code *text*, in capitals or not; empty when there is none."""
    return numbers().get(text.upper(), "") if text.isascii() and 2 <= len(text) <= 3 else ""
