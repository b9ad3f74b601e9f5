"""What printed values are called: in Spanish, and in exports in English behind it, for a buyer abroad."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dteplanows.document.elements import EXPORTS
from dteplanows.printing.stored import Stored


def of(stored: Stored, label: str) -> str:
    """*label* as it is printed in *stored*."""
    english = _english().get(label, "") if stored.tipo in EXPORTS else ""
    return f"{label} / {english}" if english else label


def above(stored: Stored, label: str) -> str:
    """The same over a column: one under the other."""
    return of(stored, label).replace(" / ", "\n", 1) if stored.tipo in EXPORTS else label


@cache
def _english() -> Mapping[str, str]:
    """The English label by the Spanish one."""
    text = resources.files("dteplanows.printing").joinpath("ingles.tsv").read_text("utf-8")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    return {row[0]: row[1] for row in rows}
