"""Documents that wait for a word of a person, and not for the SII: which ones somebody means, and how many they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.portal.texts import t
from dteplanows.sii.delivery.documents_by_person import adoptable

MOST = 20_000
"""Documents that are decided upon at once from a page."""


class Asked(NamedTuple):
    """What the form says."""

    desde: date | None
    hasta: date | None
    tipo: int
    """0 for all types."""
    sent: bool
    """Another system has sent them."""
    errors: tuple[str, ...]
    """What is wrong with it, in sentences."""


class Counted(NamedTuple):
    """The documents meant."""

    ids: tuple[int, ...]
    """The oldest first."""
    first: str
    last: str
    """Days of issue of the oldest and of the newest, as the ledger has them; empty where there is none."""
    is_more: bool
    """They are more than can be decided upon at once."""


def read(given: Mapping[str, str]) -> Asked:
    """What the form *given* says."""
    errors: list[str] = []

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(given.get(name, "")) if given.get(name) else None
        except ValueError:
            errors.append(t("sales.wrong_day"))
            return None

    desde, hasta = day("desde"), day("hasta")
    if desde and hasta and desde > hasta:
        errors.append(t("sales.wrong_period"))
    tipo = given.get("tipo", "")
    number = int(tipo) if tipo.isascii() and tipo.isdecimal() and len(tipo) < 4 else 0
    return Asked(desde, hasta, number, bool(given.get("ya_enviados")), tuple(dict.fromkeys(errors)))


def count(ledger: Ledger, company: Company, asked: Asked) -> Counted:
    """The documents of *company* that are meant, as far as they can be decided upon at once."""
    if asked.errors:
        return Counted((), "", "", is_more=False)
    wanted = Wanted(asked.desde, asked.hasta, asked.tipo)
    found = list(islice(adoptable(ledger, company, wanted, sent=asked.sent), MOST + 1))
    days = sorted(one.fecha_emision for one in found)
    ids = tuple(one.id for one in reversed(found[:MOST]))
    return Counted(ids, days[0] if days else "", days[-1] if days else "", len(found) > MOST)
