"""The keys of the loaded CAFs. Each is unsealed once per process: loading a key costs more than stamping with it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from dteplanows.folios.caf import Caf
from dteplanows.ledger.store import Ledger

_KEYS: WeakKeyDictionary[Ledger, dict[int, Caf]] = WeakKeyDictionary()
_ON_TRIAL: WeakKeyDictionary[Ledger, dict[int, tuple[bytes, Caf]]] = WeakKeyDictionary()
"""By the id of the CAF, what it was unsealed from, and the CAF."""


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
    """The same inside a transaction that may be rolled back: a CAF made there goes, and another gets its id.

    So what is kept by the id is used only if it was unsealed from what stands in the ledger now.

    :raises LookupError: there is no such CAF.
    """
    caf = _KEYS.get(ledger, {}).get(caf_id)
    if caf is not None:
        return caf
    sealed = ledger.cafs.sealed(caf_id)
    known = _ON_TRIAL.setdefault(ledger, {})
    found = known.get(caf_id)
    if found is None or found[0] != sealed:
        found = known[caf_id] = sealed, Caf.from_trusted(ledger.cafs.secret(caf_id))
    return found[1]
