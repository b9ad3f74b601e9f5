"""The state of an installation: what works, what will stop working when, and what to do about it.

Each check is a small function that gives rows (:mod:`dteplanows.status.rows`): numbers for programs, and a sentence for
people. Who shows them adds what it alone knows, such as whether the service answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.folios import older_ledger
from dteplanows.ledger.engines.errors import failing
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.status import backups, companies, delivery, designs, document_mail, machine, notices, printers
from dteplanows.status.look import Look, look_at, problem_row, unreadable_row, upgraded_row
from dteplanows.status.rows import Row


def rows_in(settings: Settings) -> list[Row]:
    """:func:`rows` of the installation that *settings* name; the one row that says so where its ledger fails."""
    try:
        ledger = Ledger(place_of(settings), settings.clave_maestra)
    except Refused as refused:
        return [problem_row(refused.problems[0])]
    except failing() as failure:
        return [unreadable_row(failure)]
    try:
        changed = [upgraded_row(ledger.upgrade.text())] if ledger.upgrade else []
        return [*changed, *rows(ledger, settings)]
    except failing() as failure:
        return [unreadable_row(failure)]
    finally:
        ledger.close()


def rows(ledger: Ledger, settings: Settings) -> list[Row]:
    """How everything is, the installation first, then company by company."""
    with ledger.reading():
        return list(_rows(ledger, settings))


def of_company(ledger: Ledger, settings: Settings, company: Company) -> list[Row]:
    """How everything of one company is."""
    with ledger.reading():
        look = look_at(ledger, settings)
        return list(_company(look, company, delivery.on_its_way(look), companies.rates(look)))


def of_folios(ledger: Ledger, settings: Settings, company: Company, seen: Iterable[Row]) -> list[Row]:
    """How many folios of each type one company has at this moment, at the rate that *seen* tells, rows of an earlier
    look: to count the documents of a month takes long, what is left is known at once."""
    facts = [one.facts for one in seen if "por_dia" in one.facts]
    per_day = {Series.of(company, one["tipo"]): float(one["por_dia"]) for one in facts if one["por_dia"]}
    rates = companies.Rates(per_day, max((one["dias_contados"] for one in facts), default=1))
    with ledger.reading():
        return list(companies.folios(look_at(ledger, settings), company, rates, _on_demand(settings)))


def of_installation(ledger: Ledger, settings: Settings) -> list[Row]:
    """How everything is that belongs to no company."""
    with ledger.reading():
        look = look_at(ledger, settings)
        return list(_installation(look, delivery.on_its_way(look)))


def _rows(ledger: Ledger, settings: Settings) -> Iterator[Row]:
    look = look_at(ledger, settings)
    found = delivery.on_its_way(look)
    yield from _installation(look, found)
    rates = companies.rates(look)
    for company in look.companies:
        yield from _company(look, company, found, rates)


def _installation(look: Look, found: delivery.OnItsWay) -> Iterator[Row]:
    yield from map(problem_row, older_ledger.reasons(look.ledger))
    yield machine.disk(look)
    yield machine.clock(look)
    yield backups.backup(look)
    yield machine.batches(look)
    yield delivery.worker(look, found)
    yield from notices.mailboxes(look)


def _company(look: Look, company: Company, found: delivery.OnItsWay, rates: companies.Rates) -> Iterator[Row]:
    yield companies.certificate(look, company)
    yield companies.resolution(look, company)
    yield from designs.design(look, company)
    yield from delivery.company(look, company, found)
    yield from companies.held_back(look, company)
    yield from companies.folios(look, company, rates, _on_demand(look.settings))
    yield from notices.notices(look, company)
    yield from document_mail.mails(look, company)
    yield from printers.printers(look, company)


def _on_demand(settings: Settings) -> bool:
    """Whether this installation makes the CAFs of ``pruebas`` when they are needed."""
    return settings.caf_automatico and settings.autoridad_de_prueba.exists()
