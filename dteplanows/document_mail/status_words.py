"""What servers of mail say of an address, in words for people: the codes of RFC 3463."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

_CODE = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")


def explained(said: str) -> str:
    """*said* with what its code means before it, where that is known."""
    found = _CODE.search(said)
    meaning = _meanings().get(found[1]) if found else None
    return f"{meaning} ({said})" if meaning else said


@cache
def _meanings() -> dict[str, str]:
    text = resources.files(__package__ or "").joinpath("status.tsv").read_text("utf-8")
    return {row["codigo"]: row["significado"] for row in csv.DictReader(text.splitlines(), delimiter="\t")}
