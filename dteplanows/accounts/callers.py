"""Who calls, and on whose behalf: a user name with its password, or the token that stands for them.

Errors: ``Refused``, with the reasons.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from dteplanows.accounts.tokens import Holder, Tokens, tokens_of
from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Opened
from dteplanows.ledger.store import Ledger
from dteplanows.log import call


class Account(NamedTuple):
    """On whose behalf a file is processed."""

    usuario: str
    company: Company
    identity_from_account: bool = False
    """The issuer is the account's company whatever the file names (login with RUT ``1-9``)."""
    con_avisos: bool = False
    """The answers carry avisos: what was dropped, changed or assumed."""
    puerto: int = 0
    """What the login says in ``Puerto``, by which documents find their printer; 0 for none."""


class Callers:
    """The users of one ledger. Threads share it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.attempts = ledger.login_attempts
        """What is remembered of those that came in, and of those that did not."""

    def authenticate(self, credentials: Credentials) -> Account:
        """The account that *credentials* open.

        :raises Refused: they open nothing (AUT-001), not the company of that RUT (AUT-002), or several (AUT-003,
            AUT-075); or they are a person's, who only reads (AUT-073) or has to show more than a password (AUT-074).
        """
        return _account(self._open(credentials), rut.is_test_login(credentials.rut))

    def token(self, credentials: Credentials) -> str:
        """A token that stands for *credentials* for a day, or until the password is set anew.

        :raises Refused: as :meth:`authenticate`.
        """
        opened = self._open(credentials)
        call.note_account(opened.usuario, opened.company.ambiente, opened.company.rut)
        return self._tokens.make(Holder(opened.id, rut.is_test_login(credentials.rut)), opened.huella)

    def opened(self, credentials: Credentials) -> list[Opened]:
        """The user of each company that *credentials* open, whatever company their RUT names.

        :raises Refused: they open nothing (AUT-001).
        """
        opened = self._ledger.logins.open(credentials.usuarios, credentials.claves)
        if not opened:
            raise Refused([problem("AUT-001")])
        return opened

    def bearer(self, token: str) -> Account:
        """The account that *token* opens.

        :raises Refused: none (AUT-017): it is none of ours, too old, or its user has another password or is gone.
        """
        holder = self._tokens.holder(token)
        opened = self._ledger.logins.find(holder.user_id) if holder else None
        if holder is None or opened is None or not self._tokens.is_good(token, opened.huella):
            raise Refused([problem("AUT-017")])
        return _account(_calling(opened), holder.test_login)

    def operator(self, ambiente: Ambiente, rut_emisor: str) -> Account:
        """The account of the operator of this machine for one company.

        :raises Refused: there is no such company (AUT-004).
        """
        company = self._ledger.companies.find(ambiente, rut_emisor)
        if company is None:
            raise Refused([problem("AUT-004", value=rut_emisor, ambiente=ambiente)])
        call.note_account("operador", ambiente, company.rut)
        return Account("operador", company)

    @cached_property
    def _tokens(self) -> Tokens:
        return tokens_of(self._ledger)

    def _open(self, credentials: Credentials) -> Opened:
        """The user that *credentials* name, of the company that their RUT names."""
        is_test, wanted = rut.is_test_login(credentials.rut), _normal(credentials.rut)

        def meant(company: Company) -> bool:
            return company.ambiente == "pruebas" if is_test else company.rut == wanted

        opened = self._ledger.logins.open(credentials.usuarios, credentials.claves, meant)
        if not opened:
            raise Refused([problem("AUT-001")])
        if is_test:
            tests = [one for one in opened if one.company.ambiente == "pruebas"]
            if len(tests) == 1:
                return _calling(tests[0])
            raise Refused([problem("AUT-003" if tests else "AUT-002", value=credentials.rut)])
        found = [one for one in opened if one.company.rut == wanted]
        if not found:
            raise Refused([problem("AUT-002", value=credentials.rut)])
        if len(found) > 1:
            # A person may have one password for both environments; what a program sends must not land in either.
            raise Refused([problem("AUT-075", value=found[0].usuario)])
        return _calling(found[0])


def _calling(opened: Opened) -> Opened:
    """A user who came in with a password, as a program does.

    :raises Refused: it only reads in the portal (AUT-073), or its password alone opens nothing (AUT-074).
    """
    if opened.rol == "contador":
        raise Refused([problem("AUT-073", value=opened.usuario)])
    if opened.segundo_factor or opened.exige_segundo_factor:
        raise Refused([problem("AUT-074", value=opened.usuario)])
    return opened


def _account(opened: Opened, test_login: bool) -> Account:
    """The account of a user who came in.

    :param test_login: with RUT ``1-9``.
    """
    call.note_account(opened.usuario, opened.company.ambiente, opened.company.rut)
    return Account(opened.usuario, opened.company, test_login, opened.con_avisos)


def _normal(text: str) -> str:
    try:
        return rut.parse(text)
    except rut.InvalidRut:
        return ""
