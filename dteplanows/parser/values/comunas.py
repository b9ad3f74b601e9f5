"""The names of the comunas of Chile, as data in ``comunas.tsv``."""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib import resources

from dteplanows.document.text import without_accents


@cache
def _comunas() -> frozenset[str]:
    table = resources.files("dteplanows.parser.values").joinpath("comunas.tsv").read_text("utf-8")
    return frozenset(folded(row["comuna"]) for row in csv.DictReader(table.splitlines(), delimiter="\t"))


@lru_cache(4096)
def is_comuna(text: str) -> bool:
    """Whether *text* is the name of a comuna of Chile, with or without accents and capitals."""
    return folded(text) in _comunas()


def folded(text: str) -> str:
    """*text* without accents, in small letters."""
    return without_accents(text).lower()
