"""The keys of the loaded CAFs. Each is unsealed once per process: loading a key costs more than stamping with it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from dteplanows.folios.caf import Caf
from dteplanows.ledger.store import Ledger

_KEYS: WeakKeyDictionary[Ledger, dict[int, Caf]] = WeakKeyDictionary()


def stamping_key(ledger: Ledger, caf_id: int) -> Caf:
    """The CAF with its key.

    :raises LookupError: there is no such CAF.
    """
    known = _KEYS.setdefault(ledger, {})
    caf = known.get(caf_id)
    if caf is None:
        caf = known[caf_id] = passing_key(ledger, caf_id)
    return caf


def passing_key(ledger: Ledger, caf_id: int) -> Caf:
    """The same where nothing may be kept: a CAF made on trial is rolled back, and another gets its id.

    :raises LookupError: there is no such CAF.
    """
    return _KEYS.get(ledger, {}).get(caf_id) or Caf.from_trusted(ledger.caf_secret(caf_id))
