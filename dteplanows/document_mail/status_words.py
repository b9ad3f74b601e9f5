"""What servers of mail say of an address, in words for people: the codes of RFC 3463."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from dteplanows.mail import codes


def explained(said: str) -> str:
    """*said* with what its code means before it, where that is known: for now (4.x.x), or for good."""
    meaning = _meanings("por_ahora" if codes.is_temporary(said) else "significado").get(codes.subject_of(said))
    return f"{meaning} ({said})" if meaning else said


@cache
def _meanings(column: str) -> dict[str, str]:
    text = resources.files(__package__ or "").joinpath("status.tsv").read_text("utf-8")
    return {row["codigo"]: row[column] for row in csv.DictReader(text.splitlines(), delimiter="\t")}
