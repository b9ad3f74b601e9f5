"""The state of an installation: what works, what will stop working when, and what to do about it.

Each check is a small function that gives rows (:mod:`dteplanows.status.rows`): numbers for programs, and a sentence for
people. Who shows them adds what it alone knows, such as whether the service answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.status import backups, companies, machine
from dteplanows.status.look import look_at
from dteplanows.status.rows import Row


def rows(ledger: Ledger, settings: Settings) -> list[Row]:
    """How everything is, the installation first, then company by company."""
    with ledger.reading():
        return list(_rows(ledger, settings))


def _rows(ledger: Ledger, settings: Settings) -> Iterator[Row]:
    look = look_at(ledger, settings)
    yield machine.disk(look)
    yield machine.clock(look)
    yield backups.backup(look)
    yield machine.batches(look)
    on_demand = settings.caf_automatico and settings.autoridad_de_prueba.exists()
    rates = companies.rates(look)
    for company in look.companies:
        yield companies.certificate(look, company)
        yield companies.resolution(look, company)
        yield from companies.folios(look, company, rates, on_demand)
