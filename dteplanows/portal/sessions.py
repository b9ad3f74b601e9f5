"""Who came in by a browser: sessions that the ledger holds, so that all workers know them and any can be ended.

A session opens what its user name and password opened, as it is now: who is disabled, has another password or another
role finds that at the next page. It ends by itself after a time without use, and at the latest after some hours.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from dteplanows.accounts.people import RANKS
from dteplanows.accounts.second_factor import factor_of
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.portal_tables import PortalSession
from dteplanows.ledger.rows import Opened, Rol
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings

_TO_THE_MINUTE = 60.0
"""Seconds in which a session's use is noted once: each page would be a transaction otherwise."""

_WAITING = 600.0
"""Seconds in which a second factor has to be shown after the password."""

_BROWSER_LIMIT = 200
"""Characters of what a browser calls itself."""

CompanyKey = tuple[str, str]
"""Environment and RUT."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who came in, and what that opens at this moment."""

    usuario: str
    key: str = field(repr=False)
    """Of the session in the ledger."""
    roles: Mapping[CompanyKey, Rol]
    """By company."""
    companies: tuple[Company, ...]
    """In the order of their names."""
    opened: tuple[Opened, ...] = ()
    """The users of that name whose password was right."""

    def rol(self, company: CompanyKey) -> Rol:
        """What the person may do for *company*."""
        return self.roles.get(company, "integracion")

    @property
    def must_enrol(self) -> bool:
        """Whether the person has to have a second factor and has none."""
        return any(one.exige_segundo_factor for one in self.opened) and not factor_of(self.opened)

    @property
    def best(self) -> Rol:
        """The highest role that the person has anywhere."""
        return max(self.roles.values(), key=lambda one: RANKS[one], default="integracion")


class Sessions:
    """Begins, finds and ends them. Threads share it."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._idle = settings.portal_minutos * 60.0
        self._longest = settings.portal_horas * 3600.0

    def begin(self, opened: Sequence[Opened], ip: str, browser: str, *, waiting: bool = False) -> str:
        """A new session of what a user name and a password *opened*; the token that its browser shows from now on.

        :param waiting: it opens nothing before a second factor is shown.
        """
        token, now = secrets.token_urlsafe(32), clock.instant()
        keys = {str(one.id): one.huella for one in opened}
        row = PortalSession(_key(token), opened[0].usuario, keys, now, now, ip, browser[:_BROWSER_LIMIT], waiting)
        self._ledger.portal_sessions.begin(row, now - self._idle, now - self._longest)
        return token

    def find(self, token: str) -> Person | None:
        """Who shows *token*; None where it opens nothing, or nothing any more."""
        key = _key(token)
        kept = self._ledger.portal_sessions.find(key)
        now = clock.instant()
        if kept is None or kept.por_confirmar or not self._is_open(kept, now):
            return None
        person = person_of(self._ledger, kept.usuario, key, self._ledger.logins.still_open(kept.abre))
        if person and now - kept.vista >= _TO_THE_MINUTE:
            # A ledger that cannot be written to now shows its pages all the same.
            with suppress(Refused):
                self._ledger.portal_sessions.note_seen(key, now)
        return person

    def waiting(self, token: str) -> list[Opened]:
        """What *token* will open once its second factor is shown; nothing where it waits for none, or for too long."""
        kept = self._ledger.portal_sessions.find(_key(token))
        if kept is None or not kept.por_confirmar or clock.instant() - kept.comenzada > _WAITING:
            return []
        return self._ledger.logins.still_open(kept.abre)

    def of(self, opened: Sequence[Opened]) -> list[PortalSession]:
        """The sessions that are open for any of *opened*, users of one name; the one seen last first."""
        now, ids = clock.instant(), {str(one.id): one.huella for one in opened}
        found = self._ledger.portal_sessions.of(opened[0].usuario) if opened else []
        return [
            one for one in found
            if self._is_open(one, now) and not one.por_confirmar and ids.items() & one.abre.items()
        ]  # fmt: skip

    def end(self, token: str) -> None:
        """Let *token* open nothing any more."""
        self._ledger.portal_sessions.end(_key(token))

    def _is_open(self, kept: PortalSession, now: float) -> bool:
        return now - kept.vista <= self._idle and now - kept.comenzada <= self._longest


def person_of(ledger: Ledger, usuario: str, key: str, opened: Iterable[Opened]) -> Person | None:
    """The person that *opened* makes; None where no role among them opens a page.

    Whoever runs the installation has all its companies.
    """
    opened = list(opened)
    entering = [one for one in opened if RANKS[one.rol]]
    if not entering:
        return None
    companies = {(one.company.ambiente, one.company.rut): one.company for one in entering}
    roles: dict[CompanyKey, Rol] = {(one.company.ambiente, one.company.rut): one.rol for one in entering}
    if "operador" in roles.values():
        companies = {(one.ambiente, one.rut): one for one in ledger.companies.all()}
        roles = dict.fromkeys(companies, "operador")
    ordered = sorted(companies.values(), key=lambda one: (one.razon_social.casefold(), one.rut, one.ambiente))
    return Person(usuario, key, roles, tuple(ordered), tuple(opened))


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
