"""The look of what a company prints: a ready design or one of its own, and its logo."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.design_tables import DesignOutline, StoredDesign
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.printing.design import Design, logo, read, ready_design
from dteplanows.printing.design.reading import plain, values_of
from dteplanows.printing.design.writing import shown, written

USUAL = "clasico"
"""The design of whoever has chosen none."""
_KEPT = 32
"""Looks that are kept at most: each has a picture."""
_rarely = Rarely(86_400)

log = logging.getLogger(__name__)


class Look(NamedTuple):
    """A design and a logo."""

    design: Design
    logo: bytes
    """As it is printed; empty for none."""


class Looks:
    """The looks of companies, each read once until it changes: who prints many documents reads no picture for each."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[DesignOutline | None, Look]] = {}

    def of(self, ledger: Ledger, company: Company) -> Look:
        """As :func:`look_of`."""
        which, outline = (company.ambiente, company.rut), ledger.designs.outline(company)
        kept = self._kept.get(which)
        if kept and kept[0] == outline:
            return kept[1]
        look = look_of(ledger, company)
        if len(self._kept) >= _KEPT:
            self._kept = {}
        self._kept[which] = (outline, look)
        return look


def look_of(ledger: Ledger, company: Company) -> Look:
    """What *company*'s documents look like."""
    return look_from(company, ledger.designs.find(company))


def look_from(company: Company, found: StoredDesign | None) -> Look:
    """The same of what is stored for *company*."""
    return Look(_usable(company, found), found.logo if found else b"")


def without_logo(ledger: Ledger, company: Company) -> Look:
    """The same for texts, which have no picture."""
    return Look(_usable(company, ledger.designs.outline(company)), b"")


def why_unreadable(ledger: Ledger, company: Company) -> list[Problem]:
    """Why *company*'s stored design cannot be read, so that it prints with the usual one; nothing where it can."""
    found = ledger.designs.outline(company)
    try:
        if found:
            design_of(found)
    except Refused as refused:
        return list(refused.problems)
    return []


def _usable(company: Company, found: StoredDesign | DesignOutline | None) -> Design:
    """A stored design that cannot be read any more must not keep a document from being printed: it is the usual one
    then, and the log says so."""
    if found is None:
        return ready_design(USUAL)
    try:
        return design_of(found)
    except Refused as refused:
        if _rarely.admits((company.ambiente, company.rut, found.momento)):
            log.error("El diseño de %s, ambiente %s, no se puede leer, y se imprime con %s: %s", company.razon_social,
                      company.ambiente, USUAL, refused.problems[0].text())  # fmt: skip
        return ready_design(USUAL)


def design_of(found: StoredDesign | DesignOutline) -> Design:
    """The design that is stored.

    :raises Refused: it cannot be read (DIS-001 to DIS-015).
    """
    return read(found.archivo) if found.archivo else ready_design(found.nombre or USUAL)


def file_of(company: Company, found: StoredDesign | DesignOutline | None) -> str:
    """The file of what *company* prints with: its own as it was loaded, or that of the ready one."""
    return found.archivo if found and found.archivo else written(_usable(company, found))


def choose(ledger: Ledger, company: Company, name: str) -> None:
    """Print with a ready design from now on; the logo stays.

    :raises Refused: there is no such design (DIS-004).
    """
    ready_design(name)
    _save(ledger, company, nombre=name, archivo="")


def load(ledger: Ledger, company: Company, text: str) -> Design:
    """Print with a design of the company's own from now on; the logo stays.

    :raises Refused: it says what cannot be (DIS-001 to DIS-015), or nothing at all (DIS-006).
    """
    text = plain(text)
    if not text.strip():
        raise Refused([problem("DIS-006")])
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
