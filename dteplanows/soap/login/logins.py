"""Where every operation that needs a login begins: who may come in, and how many calls of one user are under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from dteplanows.accounts.callers import Account, Callers
from dteplanows.document.outcome import Credentials
from dteplanows.ledger.rows import Opened
from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.limits import Limits
from dteplanows.soap.login.attempts import LoginLimits


class Logins:
    """Lets callers in. Threads share it."""

    def __init__(self, callers: Callers, limits: Limits) -> None:
        self._callers = callers
        self._limits = LoginLimits(limits, callers.attempts)

    def admit(self, who: Credentials, caller: Caller) -> Account:
        """The account that *who* opens.

        :raises Refused: it opens none, or has failed too often.
        """
        with self._limits.trying(who, caller.ip):
            return self._callers.authenticate(who)

    def opened(self, usuario: str, clave: str, ip: str) -> list[Opened]:
        """Everything that a user name and a password open, for a person who types them at the address *ip*.

        :param ip: or what is known of the person's own device, which others who guess do not have.
        :raises Refused: it is nothing (AUT-001), or they have failed too often.
        """
        claves = tuple(dict.fromkeys((clave.strip(), clave)))
        who = Credentials((usuario,), "", claves)
        with self._limits.trying(who, ip):
            return self._callers.opened(who)

    def code(self, usuario: str, ip: str) -> AbstractContextManager[None]:
        """Surround the check of what a person shows beside the password; the address as for :meth:`opened`.

        :raises Refused: too many were wrong.
        """
        return self._limits.trying_code(usuario, ip)

    @contextmanager
    def served(self, who: Credentials, caller: Caller) -> Iterator[Account]:
        """The account that *who* opens, while its call is under way.

        :raises Refused: it opens none, or has failed or called too often.
        """
        account = self.admit(who, caller)
        with self._limits.calling(account.usuario):
            yield account

    def token(self, who: Credentials, caller: Caller) -> str:
        """A token for the account that *who* opens.

        :raises Refused: it opens none, or has failed too often.
        """
        with self._limits.trying(who, caller.ip):
            return self._callers.token(who)

    @contextmanager
    def bearing(self, token: str) -> Iterator[Account]:
        """The account that *token* opens, while its call is under way.

        Nobody guesses a token, so that failures are not counted.

        :raises Refused: it opens none, or its user has too many calls under way.
        """
        account = self._callers.bearer(token)
        with self._limits.calling(account.usuario):
            yield account
