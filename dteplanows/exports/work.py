"""A file that is being made: what is asked of whoever makes it, and how it says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.exports.formats import What
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.store import Ledger


class Progress(NamedTuple):
    """How far a file is."""

    hechos: int = 0
    """Documents that are in it."""
    punto: str = ""
    """Behind which document it goes on."""
    largo: int = 0
    """Bytes that are whole and durable; 0 for a file that has to be begun anew."""


Step = Callable[[Progress], None]
"""Is told each time that something is done; what it raises ends the work."""


class Work(NamedTuple):
    """One file."""

    ledger: Ledger
    company: Company
    what: What
    path: Path
    """Where it is made."""
    step: Step
    begin: Progress = Progress()
    """How far an earlier try has come."""
    printed_at: str = ""
    """What the address of a document's page begins with, where it is printed on the document."""


def documents(work: Work) -> Iterator[ListedDocument]:
    """The documents behind the one that *work* begins at, the newest first."""
    listing, behind = work.what.listing, spot_of(work.begin.punto)
    if behind is None:
        yield from work.ledger.pages.all(work.company, listing)
        return
    rest = listing._replace(wanted=listing.wanted.up_to(behind[0]))
    for one in work.ledger.pages.all(work.company, rest):
        if (one.fecha_emision, one.id) < behind:
            yield one


def spot_of(punto: str) -> tuple[str, int] | None:
    """Day and id of a document, as :func:`punto_of` writes them; None for none."""
    day, _, identifier = punto.partition(".")
    return (day, int(identifier)) if identifier else None


def punto_of(one: ListedDocument) -> str:
    """Where a document stands."""
    return f"{one.fecha_emision}.{one.id}"
