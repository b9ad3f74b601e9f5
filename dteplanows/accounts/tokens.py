"""The tokens of the REST service: signed, bound to one user and its password, and good for a day.

A token names a user by its id in the ledger. The signature's key is made of the ledger's own secret and of what changes
with the user's password, so that nothing has to be stored: a token is good in every process and after a restart, and
ends when the password is set anew or the user is removed.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, TimestampSigner

from dteplanows.document.limits import TOKEN_HOURS
from dteplanows.ledger.store import Ledger

LIFETIME = timedelta(hours=TOKEN_HOURS)
"""How long a token is good."""

_SETTING = "clave_tokens"
_PURPOSE = b"dteplanows.token."
_FORM = re.compile(r"([1-9]\d{0,17})\.([cp])\.[A-Za-z0-9_-]{4,12}\.[A-Za-z0-9_-]{43}", re.ASCII)
_TEST_LOGIN, _OWN_RUT = "p", "c"


class Holder(NamedTuple):
    """Who was given a token."""

    user_id: int
    test_login: bool = False
    """Came in with RUT ``1-9``: the issuer is the user's company whatever a file names."""


class Tokens:
    """Makes tokens, and knows its own again."""

    def __init__(self, key: bytes) -> None:
        """:param key: random and kept secret; whoever has it and reads the ledger can call as every user."""
        self._key = key

    def make(self, holder: Holder, huella: str) -> str:
        """A new token for *holder*, to be shown to nobody else.

        :param huella: what changes with the password, as :class:`~dteplanows.ledger.rows.Opened` has it.
        """
        name = f"{holder.user_id}.{_TEST_LOGIN if holder.test_login else _OWN_RUT}"
        return self._signer(huella).sign(name).decode("ascii")

    def holder(self, token: str) -> Holder | None:
        """Who *token* says it belongs to, which :meth:`is_good` has still to confirm; None when it is no token."""
        found = _FORM.fullmatch(token)
        return Holder(int(found[1]), found[2] == _TEST_LOGIN) if found else None

    def is_good(self, token: str, huella: str) -> bool:
        """Whether *token* was made here, with that *huella*, and not more than a day ago."""
        try:
            _, made = self._signer(huella).unsign(token, return_timestamp=True)
        except BadSignature:
            return False
        return datetime.now(UTC) - made <= LIFETIME

    def _signer(self, huella: str) -> TimestampSigner:
        return TimestampSigner(self._key, salt=_PURPOSE + huella.encode("ascii"), digest_method=hashlib.sha256)


def tokens_of(ledger: Ledger) -> Tokens:
    """The tokens of *ledger*. Its key is made once and sealed by the master key."""
    return Tokens(ledger.secrets.get(_SETTING))
