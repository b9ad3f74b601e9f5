"""Companies that issue: a new one, and other facts of one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from dteplanows.accounts.company_facts import LABELS
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.folios.authority import authority_in
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings


class Changed(NamedTuple):
    """What a company was and is to be."""

    before: Company
    after: Company

    @property
    def names(self) -> list[str]:
        """The facts that differ."""
        return [one for one in LABELS if getattr(self.before, one) != getattr(self.after, one)]


def create(ledger: Ledger, settings: Settings, company: Company) -> None:
    """Save a new company; one in ``pruebas`` gets what makes its CAFs, where the settings want them made.

    :raises Refused: it is there already (AUT-053), or issues for real without its resolution (AUT-052).
    """
    check_resolution(company)
    with ledger.writing():
        known = ledger.companies.find(company.ambiente, company.rut)
        if known is not None:
            name = known.razon_social
            raise Refused([problem("AUT-053", value=known.rut, ambiente=known.ambiente, nombre=name)])
        ledger.companies.save(company)
    if company.ambiente == "pruebas" and settings.caf_automatico:
        authority_in(settings.autoridad_de_prueba)


def changed(before: Company, changes: Mapping[str, Any]) -> Changed:
    """What *before* becomes by *changes*; nothing is saved.

    :raises Refused: a company that issues for real would lose its resolution (AUT-052).
    """
    after = replace(before, **changes)
    if not before.falta_de_resolucion:
        check_resolution(after)
    return Changed(before, after)


def check_resolution(company: Company) -> None:
    """See that a company that issues for real says by which resolution; its documents must print it.

    :raises Refused: it does not (AUT-052).
    """
    if company.ambiente == "produccion" and company.falta_de_resolucion:
        raise Refused([problem("AUT-052", value=company.rut, falta=company.falta_de_resolucion)])
