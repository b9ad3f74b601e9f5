"""The look of what a company prints: a ready design or one of its own, and its logo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.design_tables import StoredDesign
from dteplanows.ledger.store import Ledger
from dteplanows.printing.design import Design, logo, read, ready_design
from dteplanows.printing.design.reading import values_of
from dteplanows.printing.design.writing import shown, written

USUAL = "clasico"
"""The design of whoever has chosen none."""


class Look(NamedTuple):
    """A design and a logo."""

    design: Design
    logo: bytes
    """As it is printed; empty for none."""


def look_of(ledger: Ledger, company: Company) -> Look:
    """What *company*'s documents look like.

    A stored design that cannot be read any more must not keep a document from being printed: it is the usual one then.
    """
    found = ledger.designs.find(company)
    if found is None:
        return Look(ready_design(USUAL), b"")
    try:
        return Look(design_of(found), found.logo)
    except Refused:
        return Look(ready_design(USUAL), found.logo)


def design_of(found: StoredDesign) -> Design:
    """The design that is stored.

    :raises Refused: it cannot be read (DIS-001 to DIS-015).
    """
    return read(found.archivo) if found.archivo else ready_design(found.nombre or USUAL)


def file_of(ledger: Ledger, company: Company) -> str:
    """The file of what *company* prints with: its own as it was loaded, or that of the ready one."""
    found = ledger.designs.find(company)
    return found.archivo if found and found.archivo else written(look_of(ledger, company).design)


def choose(ledger: Ledger, company: Company, name: str) -> None:
    """Print with a ready design from now on; the logo stays.

    :raises Refused: there is no such design (DIS-004).
    """
    ready_design(name)
    _save(ledger, company, nombre=name, archivo="")


def load(ledger: Ledger, company: Company, text: str) -> Design:
    """Print with a design of the company's own from now on; the logo stays.

    :raises Refused: it says what cannot be (DIS-001 to DIS-015).
    """
    made = read(text)
    _save(ledger, company, nombre="", archivo=text)
    return made


def put_logo(ledger: Ledger, company: Company, file: bytes) -> None:
    """Print that picture from now on.

    :raises Refused: it is none (DIS-030).
    """
    _save(ledger, company, logo=logo.kept(file))


def remove_logo(ledger: Ledger, company: Company) -> None:
    """Print no picture any more."""
    _save(ledger, company, logo=b"")


def _save(ledger: Ledger, company: Company, **changes: Any) -> None:
    """Change what is kept of *company*'s look; an event has what is otherwise."""
    with ledger.writing():
        found = ledger.designs.find(company)
        before = found or StoredDesign(company.ambiente, company.rut, USUAL, "", b"", clock.now())
        after = before._replace(momento=clock.now(), **changes)
        ledger.designs.save(company, after, _said(before), _said(after))


def _said(one: StoredDesign) -> Mapping[str, str]:
    """What an event shows of a design: all its values; of the logo its size and the beginning of its SHA-256."""
    picture = f"{len(one.logo)} bytes, {hashlib.sha256(one.logo).hexdigest()[:12]}" if one.logo else "ninguno"
    try:
        values = {name: shown(value) for name, value in values_of(design_of(one)).items()}
    except Refused:
        values = {}
    return {"diseño": one.nombre or "propio", "logo": picture, **values}
