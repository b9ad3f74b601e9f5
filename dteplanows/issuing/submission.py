"""A file that is handed in: what travels along the main road together."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.issuing.client import NOBODY, Client
from dteplanows.ledger.answers import Sender
from dteplanows.ledger.rows import ReceivedFile


class Submission(NamedTuple):
    """One file, and on whose behalf it is handed in."""

    account: Account
    file: ReceivedFile
    today: date
    """The day in Chile."""
    client: Client = NOBODY
    """Who waits for the answer. When it goes before anything is issued, nothing is."""

    @property
    def company(self) -> Company:
        """The company whose documents these are."""
        return self.account.company

    @property
    def usuario(self) -> str:
        """Who hands the file in."""
        return self.account.usuario

    @property
    def sender(self) -> Sender:
        """Who sends the file, as the ledger remembers it."""
        company = self.account.company
        return Sender(company.ambiente, company.rut, self.account.usuario, self.file.sha256)


def submitted(account: Account, file: ReceivedFile, client: Client = NOBODY) -> Submission:
    """*file* as it is handed in today."""
    return Submission(account, file, clock.today(), client)
