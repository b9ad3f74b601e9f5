"""Who bought most in the month, and why the SII refused: what every document of the month has to be looked at for."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from typing import NamedTuple

from dteplanows.archive.totals import sign_of
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import Owner
from dteplanows.sii.reasons import read_reason

MOST = 5
"""Clients, and reasons, that are shown."""

TOO_MANY = 300_000
"""Documents of a month from which on its clients are not added up: that would keep a processor busy for seconds."""

_NOBODY = frozenset({"66666666-6", "55555555-5"})
"""Receivers of boletas without a name, and those of other countries, who share one RUT."""


class Client(NamedTuple):
    """A receiver of the month."""

    rut: str
    name: str
    documentos: int
    total: int
    """In whole pesos, credit notes taken off."""


class SiiReason(NamedTuple):
    """Why the SII refused documents."""

    code: str
    """Empty where the SII gave none."""
    text: str
    documents: int


class Month(NamedTuple):
    """What is known of the month."""

    clients: tuple[Client, ...]
    """Those who bought most first."""
    are_too_many: bool
    """There are too many documents for that."""
    reasons: tuple[SiiReason, ...]
    """The most frequent first."""


def of_company(ledger: Ledger, company: Company) -> Month:
    """The month of *company* up to today."""
    today = clock.today()
    wanted = Wanted(today.replace(day=1), today)
    count = sum(one.documentos for one in ledger.finding.days(company, wanted))
    clients = _clients(ledger, company, wanted) if count <= TOO_MANY else ()
    begin = datetime.combine(today.replace(day=1), time.min)
    return Month(clients, count > TOO_MANY, _reasons(ledger, Owner(company.ambiente, company.rut), begin))


def _clients(ledger: Ledger, company: Company, wanted: Wanted) -> tuple[Client, ...]:
    found: dict[str, list[int]] = {}
    for one in ledger.finding.receivers(company, wanted):
        if one.rut not in _NOBODY and sign_of(one.tipo):
            sums = found.setdefault(one.rut, [0, 0, 0])
            sums[0] += one.documentos
            sums[1] += sign_of(one.tipo) * one.total
            sums[2] = max(sums[2], one.last)
    best = sorted(found.items(), key=lambda one: -one[1][1])[:MOST]
    return tuple(Client(rut, _name(ledger, last), count, total) for rut, (count, total, last) in best)


def _name(ledger: Ledger, document: int) -> str:
    """What the newest document calls its receiver."""
    found = ledger.documents.by_id(document)
    return found.razon_social_receptor if found else ""


def _reasons(ledger: Ledger, owner: Owner, begin: datetime) -> tuple[SiiReason, ...]:
    counted, texts = Counter[str](), dict[str, str]()
    for reasons in ledger.undelivered.refused_since(owner, begin):
        told = {one.code or one.text: one for one in map(read_reason, reasons.splitlines())}
        counted.update(list(told))
        texts |= {key: one.known.meaning if one.known else one.text for key, one in told.items()}
    return tuple(
        SiiReason(key if key != texts[key] else "", texts[key], count) for key, count in counted.most_common(MOST)
    )
