"""Addresses of printed documents: signed, so that only who was given one can open it, and shaped as ERPs know them.

An address names a document by its id in the ledger and says which copy is meant. The signature covers both, and nobody
without the ledger's own key can make another one; it never ends, and it is still good after a restart. What it opens is
decided each time it is called.

Addresses of a copy can be withdrawn, all that were given so far. The signature also covers how often that happened, so
that those given later are others, of the same shape.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from itsdangerous import Signer

from dteplanows.document.company import Ambiente
from dteplanows.ledger.store import Ledger

PATHS: dict[Ambiente, str] = {"pruebas": "/plano/descargar.php", "produccion": "/sistema/descargar.php"}
"""Path of the addresses of each environment; both serve every document."""

PAGES: dict[Ambiente, str] = {"pruebas": "/plano/documento", "produccion": "/sistema/documento"}
"""Path of the page of each document for its receiver, which takes the query of an address; both serve every one."""

_SETTING = "clave_enlaces"
_PURPOSE = b"dteplanows.enlace"
_FIXED = (("p2", "GDI"), ("m", "V"))
"""What every address has in common; it means nothing here."""
_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_NAMES = {"p1", "p2", "m", "i", "c"}


class Copy(NamedTuple):
    """One printed copy of a document."""

    documento_id: int
    cedible: bool = False


class Links:
    """Makes the addresses of copies, and knows its own again."""

    def __init__(self, key: bytes, withdrawals: Callable[[int, bool], int] = lambda *_: 0) -> None:
        """:param key: random and kept secret; whoever has it can open every document.
        :param withdrawals: how often the addresses of a copy were withdrawn, by the parts of :class:`Copy`.
        """
        self._withdrawals = withdrawals
        self._signer = Signer(key, salt=_PURPOSE, digest_method=hashlib.sha256)

    def path(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the address of *copy*."""
        return f"{PATHS[ambiente]}?{self._query(copy)}"

    def page(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the page that shows the document of *copy* to its receiver."""
        return f"{PAGES[ambiente]}?{self._query(copy)}"

    def _query(self, copy: Copy) -> str:
        signature = self._signature(copy, self._withdrawals(*copy)).decode("ascii")
        return urlencode([("p1", signature), *_FIXED, ("i", str(copy.documento_id)), ("c", str(copy.cedible).lower())])

    def copy_of(self, query: str) -> Copy | None:
        """The copy that the *query* of an address opens; None when the address is not one of these, was altered or is
        withdrawn.
        """
        copy, signature = _read(query)
        # Letter by letter: decoded, the last one could be written in four ways.
        fits = copy and hmac.compare_digest(self._signature(copy, self._withdrawals(*copy)), signature)
        return copy if fits else None

    def was_withdrawn(self, query: str) -> bool:
        """Whether the *query* of an address once opened a document."""
        copy, signature = _read(query)
        if copy is None:
            return False
        before = range(self._withdrawals(*copy))
        return any(hmac.compare_digest(self._signature(copy, number), signature) for number in before)

    def _signature(self, copy: Copy, withdrawals: int) -> bytes:
        name = f"{copy.documento_id}.{str(copy.cedible).lower()}"
        return self._signer.get_signature(f"{name}.{withdrawals}" if withdrawals else name)


def links_of(ledger: Ledger) -> Links:
    """The addresses of *ledger*'s documents. Its key is made once and sealed by the master key."""
    return Links(ledger.secrets.get(_SETTING), ledger.marks.link_withdrawals)


def _read(query: str) -> tuple[Copy | None, bytes]:
    """The copy that *query* names, and its signature; no copy where it has not the form of an address."""
    # Some programs write addresses into HTML and send what stands there.
    query = query.replace("&amp;", "&")
    if query.count("&") != len(_NAMES) - 1:
        return None, b""
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs) or set(found) != _NAMES or any(found[name] != text for name, text in _FIXED):
        return None, b""
    if not _ID.fullmatch(found["i"]) or found["c"] not in ("true", "false") or not found["p1"].isascii():
        return None, b""
    return Copy(int(found["i"]), found["c"] == "true"), found["p1"].encode()
