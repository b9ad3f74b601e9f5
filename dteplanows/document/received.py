"""The types of documents that a company receives from its suppliers, on paper or electronic, as data.

The facts stand once, in ``received.tsv``: the SII's ``code`` and ``name``, and whether the document is ``electronic``
(``yes`` or ``no``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple


class ReceivedType(NamedTuple):
    """One row of the table."""

    code: int
    name: str
    electronic: bool


def _read() -> dict[int, ReceivedType]:
    table = resources.files("dteplanows.document").joinpath("received.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = (ReceivedType(int(row["code"]), row["name"], row["electronic"] == "yes") for row in rows)
    return {one.code: one for one in found}


RECEIVED_TYPES: Mapping[int, ReceivedType] = _read()
"""Every type that can be entered as received, by code, in ascending order."""
