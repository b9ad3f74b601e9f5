"""What the first page of a company says: today, the month, the way to the SII, folios, and what somebody has to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from dteplanows.archive.totals import Totals, sales, totals
from dteplanows.document import clock
from dteplanows.document.catalogue import RULES
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import Owner
from dteplanows.log import reading
from dteplanows.log.journal import FOLDER
from dteplanows.portal.badges import badge_of
from dteplanows.portal.board.looked import Seen
from dteplanows.portal.board.month import Month
from dteplanows.settings import Settings
from dteplanows.status.look import INSTALLATION
from dteplanows.status.rows import Row, State

_REASONS = 5
"""Reasons of refusals that are shown, the most frequent first."""

_CALLS = 500
"""Refused calls of today that are looked at, the last ones: the log of a day may be long."""

_FACT = re.compile(r"\{[a-z_]+\}")


class Issued(NamedTuple):
    """What was issued in a period. Amounts in whole pesos, credit notes taken off."""

    documentos: int
    """Of all types, without what has no effect."""
    neto: int
    iva: int
    total: int
    rechazados: int
    """Documents that the SII refused or a person discarded."""
    by_type: tuple[TypeLine, ...]


class TypeLine(NamedTuple):
    """What was issued of one type. Amounts are those of the documents."""

    tipo: int
    name: str
    documentos: int
    neto: int
    exento: int
    iva: int
    total: int


class Reason(NamedTuple):
    """Why files were refused."""

    code: str
    text: str
    calls: int


class Refusals(NamedTuple):
    """What was refused today before anything was issued."""

    calls: int
    """Calls of which something was refused."""
    is_more: bool
    """There were more than were looked at."""
    reasons: tuple[Reason, ...]


class AtTheSii(NamedTuple):
    """How many documents are in one state on their way to the SII."""

    estado: str
    documentos: int
    kind: str
    """Of its badge."""


class Folios(NamedTuple):
    """What is left of the folios of one type."""

    tipo: int
    name: str
    libres: int
    dias: int | None
    """For how many days they are enough, at most; None where nothing says."""
    se_crean: bool
    """More are made when they are needed."""
    state: State


class Board(NamedTuple):
    """All of the page."""

    moment: datetime
    today: Issued
    month: Issued
    refused: Refusals
    at_the_sii: tuple[AtTheSii, ...]
    folios: tuple[Folios, ...]
    certificate: Row | None
    to_do: tuple[Row, ...]
    """What somebody should see to, the gravest first."""
    looked_at: int
    """Of how many things that were looked at."""
    look: datetime
    """When they were."""
    more: Month | None
    """Clients and reasons of the month; None while they are looked for."""
    installation: tuple[Row, ...]
    """How everything is that belongs to no company; empty for who may not see it."""


def board(
    ledger: Ledger, settings: Settings, company: Company, looked: Sequence[Seen[Row]], more: Month | None = None
) -> Board:
    """The first page of *company*.

    :param looked: what was seen of the company, and of the installation for who may see it.
    :param more: clients and reasons of the month, as far as they are known.
    """
    now = clock.now()
    today = now.date()
    rows = [row for seen in looked for row in seen.rows]
    to_do = sorted((one for one in rows if one.state is not State.OK), key=lambda one: -one.state.rank)
    return Board(
        now,
        issued(ledger, company, today, today),
        issued(ledger, company, today.replace(day=1), today),
        refusals(settings, company, today),
        at_the_sii(ledger, company),
        tuple(_folios(one) for one in rows if "se_crean" in one.facts),
        next((one for one in rows if "titular" in one.facts), None),
        tuple(to_do),
        len(rows),
        min(one.moment for one in looked),
        more,
        tuple(one for one in rows if one.group == INSTALLATION),
    )


def issued(ledger: Ledger, company: Company, first: date, last: date) -> Issued:
    """What was issued from one day to another, by the day that each document carries."""
    by_type: dict[int, list[Totals]] = {}
    for one in totals(ledger, company, Wanted(desde=first, hasta=last)):
        by_type.setdefault(one.tipo, []).append(one)
    found = [each for rows in by_type.values() for each in rows]
    sold = sales(found)
    lines = tuple(_line(tipo, rows) for tipo, rows in sorted(by_type.items()) if sum(one.documentos for one in rows))
    refused = sum(one.rechazados for one in found)
    return Issued(sum(one.documentos for one in found), sold.neto, sold.iva, sold.total, refused, lines)


def _line(tipo: int, rows: Sequence[Totals]) -> TypeLine:
    sums = (sum(one[at] for one in rows) for at in map(Totals._fields.index, TypeLine._fields[2:]))  # type: ignore[misc]
    return TypeLine(tipo, DOCUMENT_NAMES.get(tipo, ""), *sums)


def refusals(settings: Settings, company: Company, day: date) -> Refusals:
    """What the log says of refused files of a day."""
    question = reading.Question(desde=datetime.combine(day, time.min), rut=company.rut, rechazadas=True)
    found = reading.last(settings.directorio / FOLDER, question, _CALLS)
    lines = [one for one in found if one.get("ambiente") == company.ambiente and one.get("rechazados")]
    counted = Counter(str(code) for one in lines for code in one.get("codigos", ()))
    reasons = tuple(Reason(code, _told(code), calls) for code, calls in counted.most_common(_REASONS))
    return Refusals(len(lines), len(found) >= _CALLS, reasons)


def _told(code: str) -> str:
    """What a code means, whatever document it was told of."""
    return _FACT.sub("…", RULES[code].message).replace("….", "…") if code in RULES else ""


def at_the_sii(ledger: Ledger, company: Company) -> tuple[AtTheSii, ...]:
    """How many documents of *company* are in each state, but for those that are accepted as they are."""
    counts = ledger.undelivered.counts().get(Owner(company.ambiente, company.rut), {})
    return tuple(AtTheSii(one, counts[one], badge_of(one)) for one in STATES if counts.get(one))


def _folios(row: Row) -> Folios:
    facts = row.facts
    tipo = int(facts["tipo"])
    return Folios(tipo, DOCUMENT_NAMES.get(tipo, ""), facts["libres"], facts["dias"], facts["se_crean"], row.state)


def page_of(row: Row) -> str:
    """The endpoint of the page where a person sees to *row*; empty where no page does."""
    facts = row.facts
    if "por_dia" in facts or "tipos" in facts:
        return "folios.folios_page"
    if "titular" in facts:
        return "certificates.certificates_page"
    if "sin_enviar" in facts:
        return "envelopes.envelopes_page"
    if "fallo" in facts:
        return "backups.backups_page"
    return "company.company_page" if {"numero", "fecha"} <= set(facts) else ""
