"""A file judged or issued by the main road, as the operations Validar and Procesar do it, and shown."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows import parser
from dteplanows.accounts.callers import Account
from dteplanows.issuing import Issuer
from dteplanows.log import call
from dteplanows.portal.validation.source import source_of
from dteplanows.portal.validation.view import FileView, view_of


class Given(NamedTuple):
    """A file that somebody hands in."""

    name: str
    data: bytes


def judge(issuer: Issuer, account: Account, given: Given) -> FileView:
    """Say all that is wrong with the file; nothing is numbered, signed or stored.

    :raises Refused: too much is under way.
    """
    call.note_operation("Validar")
    formato = parser.guess_formato(given.data)
    outcome = issuer.process(account, given.data, formato, solo_validar=True)
    call.note_judged(outcome.documents)
    return view_of(given.name, given.data, source_of(given.data, formato), outcome)


def issue(issuer: Issuer, account: Account, given: Given) -> FileView:
    """Issue every document of the file that has no error.

    :raises Refused: as :meth:`.Issuer.process`.
    """
    call.note_operation("Procesar")
    formato = parser.guess_formato(given.data)
    outcome = issuer.process(account, given.data, formato)
    call.note_outcomes(outcome.documents, given.data)
    return view_of(given.name, given.data, source_of(given.data, formato), outcome)
