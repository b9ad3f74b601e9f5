"""The tables of this package (``*.tsv``): rows of named columns."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of *name*, in order; each by the names of the first line."""
    text = files("dteplanows.simulator").joinpath(f"{name}.tsv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def texts(name: str) -> dict[str, str]:
    """The second column of *name* by its first."""
    found: dict[str, str] = {}
    for row in rows(name):
        first, second, *_ = row.values()
        found[first] = second
    return found
