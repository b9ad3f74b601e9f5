"""Addresses of printed documents: signed, so that only who was given one can open it, and shaped as ERPs know them.

An address names a document by its id in the ledger and says which copy is meant. The signature covers both, and with
the ledger's own key nobody can make another one; it never ends, and it holds after a restart. What it opens is decided
anew each time it is called.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from itsdangerous import Signer

from dteplanows.document.company import Ambiente
from dteplanows.ledger.store import Ledger

PATHS: dict[Ambiente, str] = {"pruebas": "/plano/descargar.php", "produccion": "/sistema/descargar.php"}
"""Path of the addresses of each environment; both serve every document."""

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

    def __init__(self, key: bytes) -> None:
        """:param key: random and kept secret; whoever has it can open every document."""
        self._signer = Signer(key, salt=_PURPOSE, digest_method=hashlib.sha256)

    def path(self, copy: Copy, ambiente: Ambiente) -> str:
        """Path and query of the address of *copy*."""
        name = _name(copy)
        signature = self._signer.get_signature(name).decode("ascii")
        query = [("p1", signature), *_FIXED, ("i", str(copy.documento_id)), ("c", str(copy.cedible).lower())]
        return f"{PATHS[ambiente]}?{urlencode(query)}"

    def copy_of(self, query: str) -> Copy | None:
        """The copy that the *query* of an address names; None when the address is not one of these, or was altered."""
        # Some programs write addresses into HTML and send what stands there.
        query = query.replace("&amp;", "&")
        if query.count("&") != len(_NAMES) - 1:
            return None
        pairs = parse_qsl(query, keep_blank_values=True)
        found = dict(pairs)
        if len(found) != len(pairs) or set(found) != _NAMES or any(found[name] != text for name, text in _FIXED):
            return None
        if not _ID.fullmatch(found["i"]) or found["c"] not in ("true", "false") or not found["p1"].isascii():
            return None
        copy = Copy(int(found["i"]), found["c"] == "true")
        # Letter by letter: decoded, the last one could be written in four ways.
        return copy if hmac.compare_digest(self._signer.get_signature(_name(copy)), found["p1"].encode()) else None


def links_of(ledger: Ledger) -> Links:
    """The addresses of *ledger*'s documents. Its key is made once and sealed by the master key."""
    return Links(ledger.secret(_SETTING))


def _name(copy: Copy) -> str:
    return f"{copy.documento_id}.{str(copy.cedible).lower()}"
