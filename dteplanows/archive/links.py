"""Addresses of printed documents: signed, so that only who was given one can open it, and shaped as ERPs know them.

An address names a document by its id in the ledger and says which copy is meant. The signature covers both, and nobody
without the ledger's own key can make another one; it is still good after a restart. What it opens is decided each time
it is called.

It never ends, unless the installation says after how many days: then it also names the last one, which the signature
covers. Those without it, given before or printed on a document, then count from the day of the document's issue.

Addresses can be withdrawn, all that were given so far: of a copy, or of a company. The signature also covers how often
that happened, so that those given later are others, of the same shape.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

from itsdangerous import Signer

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.store import Ledger

PATHS: dict[Ambiente, str] = {"pruebas": "/plano/descargar.php", "produccion": "/sistema/descargar.php"}
"""Path of the addresses of each environment; both serve every document."""

PAGES: dict[Ambiente, str] = {"pruebas": "/plano/documento", "produccion": "/sistema/documento"}
"""Path of the page of each document for its receiver, which takes the query of an address; both serve every one."""

XML = ".xml"
"""What stands behind the path of the page where the signed document itself is meant."""

Refusal = Literal["retirado", "vencido"]
"""Why an address that was one of these opens nothing any more."""

_SETTING = "clave_enlaces"
_PURPOSE = b"dteplanows.enlace"
_FIXED = (("p2", "GDI"), ("m", "V"))
"""What every address has in common; it means nothing here."""
_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NAMES = {"p1", "p2", "m", "i", "c"}
_END = "v"
"""Names the last day of an address that ends."""


class Copy(NamedTuple):
    """One printed copy of a document."""

    documento_id: int
    cedible: bool = False


class Lives(NamedTuple):
    """How long addresses open something."""

    days: int = 0
    """After how many days they end; 0 for never."""
    issued: Callable[[int], date | None] = lambda _: None
    """The day on which a document was issued, by its id."""


class _Asked(NamedTuple):
    """What an address says."""

    copy: Copy
    signature: bytes
    last: str
    """Its last day; empty for one that says none."""


class Links:
    """Makes the addresses of copies, and knows its own again."""

    def __init__(
        self, key: bytes, withdrawals: Callable[[int, bool], int] = lambda *_: 0, lives: Lives = Lives()  # noqa: B008
    ) -> None:
        """:param key: random and kept secret; whoever has it can open every document.
        :param withdrawals: how often the addresses of a copy were withdrawn, by the parts of :class:`Copy`.
        """
        self._withdrawals = withdrawals
        self._lives = lives
        self._signer = Signer(key, salt=_PURPOSE, digest_method=hashlib.sha256)

    def path(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the address of *copy*."""
        return f"{PATHS[ambiente]}?{self._query(copy)}"

    def page(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the page that shows the document of *copy* to its receiver."""
        return f"{PAGES[ambiente]}?{self._query(copy)}"

    def printed_page(self, copy: Copy, ambiente: Ambiente) -> str:
        """The same, to be printed on the document: it counts from the issue, so that every print has the same one."""
        return f"{PAGES[ambiente]}?{self._query(copy, dated=False)}"

    def xml(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the signed document of *copy*."""
        return f"{PAGES[ambiente]}{XML}?{self._query(copy)}"

    def _query(self, copy: Copy, *, dated: bool = True) -> str:
        last = str(clock.today() + timedelta(self._lives.days)) if dated and self._lives.days else ""
        signature = self._signature(copy, self._withdrawals(*copy), last).decode("ascii")
        parts = [("p1", signature), *_FIXED, ("i", str(copy.documento_id)), ("c", str(copy.cedible).lower())]
        return urlencode([*parts, (_END, last)] if last else parts)

    def copy_of(self, query: str) -> Copy | None:
        """The copy that the *query* of an address opens; None when the address is not one of these, was altered, is
        withdrawn or has ended.
        """
        asked = _read(query)
        if asked is None or not self._fits(asked, self._withdrawals(*asked.copy)) or self._has_ended(asked):
            return None
        return asked.copy

    def refusal_of(self, query: str) -> Refusal | None:
        """Why the *query* of an address opens nothing any more; None for one that never did, or still does."""
        asked = _read(query)
        if asked is None:
            return None
        now = self._withdrawals(*asked.copy)
        if self._fits(asked, now):
            return "vencido" if self._has_ended(asked) else None
        return "retirado" if any(self._fits(asked, number) for number in range(now)) else None

    def _has_ended(self, asked: _Asked) -> bool:
        if asked.last:
            return str(clock.today()) > asked.last
        issued = self._lives.issued(asked.copy.documento_id) if self._lives.days else None
        return issued is not None and clock.today() > issued + timedelta(self._lives.days)

    def _fits(self, asked: _Asked, withdrawals: int) -> bool:
        # Letter by letter: decoded, the last one could be written in four ways.
        return hmac.compare_digest(self._signature(asked.copy, withdrawals, asked.last), asked.signature)

    def _signature(self, copy: Copy, withdrawals: int, last: str) -> bytes:
        name = f"{copy.documento_id}.{str(copy.cedible).lower()}"
        name = f"{name}.{withdrawals}" if withdrawals else name
        return self._signer.get_signature(f"{name}.{_END}{last}" if last else name)


def links_of(ledger: Ledger, days: int = 0) -> Links:
    """The addresses of *ledger*'s documents. Its key is made once and sealed by the master key.

    :param days: after how many days they end; 0 for never.
    """
    return Links(ledger.secrets.get(_SETTING), ledger.marks.link_withdrawals, Lives(days, ledger.marks.issued_on))


def _read(query: str) -> _Asked | None:
    """What *query* says; None where it has not the form of an address."""
    # Some programs write addresses into HTML and send what stands there.
    query = query.replace("&amp;", "&")
    if query.count("&") not in (len(_NAMES) - 1, len(_NAMES)):
        return None
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    last = found.pop(_END, "")
    names = len(_NAMES) + bool(_END in dict(pairs))
    if len(pairs) != names or set(found) != _NAMES or any(found[name] != text for name, text in _FIXED):
        return None
    if not _ID.fullmatch(found["i"]) or found["c"] not in ("true", "false") or not found["p1"].isascii():
        return None
    if len(pairs) > len(_NAMES) and not _DAY.fullmatch(last):
        return None
    return _Asked(Copy(int(found["i"]), found["c"] == "true"), found["p1"].encode(), last)
