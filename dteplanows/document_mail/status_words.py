"""What servers of mail say of an address, in words for people: the codes of RFC 3463."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from dteplanows.mail import codes


def explained(said: str) -> str:
    """*said* with what its code means before it, where that is known."""
    meaning = _meanings().get(codes.subject_of(said))
    return f"{meaning} ({said})" if meaning else said


@cache
def _meanings() -> dict[str, str]:
    text = resources.files(__package__ or "").joinpath("status.tsv").read_text("utf-8")
    return {row["codigo"]: row["significado"] for row in csv.DictReader(text.splitlines(), delimiter="\t")}
