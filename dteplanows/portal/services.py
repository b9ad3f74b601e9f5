"""What the pages are given of the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from flask import current_app

from dteplanows.archive.copies import Copies
from dteplanows.issuing import Issuer
from dteplanows.ledger.rows import Opened
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings

_KEY = "dteplanows"


class Door(Protocol):
    """Lets people in, and counts those who guess: the same count as that of the calls of programs."""

    def opened(self, usuario: str, clave: str, ip: str) -> Sequence[Opened]:
        """What a user name and a password open, for whoever calls from an address.

        :raises Refused: it is nothing (AUT-001), or too many wrong passwords came before (AUT-013 and others).
        """

    def code(self, usuario: str, ip: str) -> AbstractContextManager[None]:
        """Surround the check of a code that a person shows beside the password.

        :raises Refused: too many were wrong.
        """


class Services(NamedTuple):
    """One for each process; its threads share it."""

    issuer: Issuer
    """The main road."""
    settings: Settings
    copies: Copies
    """The printed copies of issued documents."""
    door: Door
    body: int
    """Bytes that the body of a request may have."""

    @property
    def ledger(self) -> Ledger:
        """Where everything is kept."""
        return self.issuer.ledger


def give(extensions: dict[str, object], services: Services) -> None:
    """Let the application of *extensions* have *services*."""
    extensions[_KEY] = services


def services() -> Services:
    """Those of the application whose request is under way."""
    found: Services = current_app.extensions[_KEY]
    return found
