"""What came out of the last comparison with the SII, as the ledger keeps it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from dteplanows.ledger.kept_settings import KeptSettings

KEY = "conciliacion"
"""Under which it is kept: JSON with the moment, and of each company what was asked and what differs."""


class Reconciled(NamedTuple):
    """The last comparison."""

    momento: datetime
    """Local time in Chile."""
    diferencias: dict[tuple[str, str], int]
    """By environment and RUT, how many differences there were."""


def last_reconciled(settings: KeptSettings) -> Reconciled | None:
    """The last comparison; None where there was none."""
    text = settings.get(KEY)
    if not text:
        return None
    kept = json.loads(text)
    found = {(one["ambiente"], one["rut"]): int(one["cuantas"]) for one in kept["empresas"]}
    return Reconciled(datetime.fromisoformat(kept["momento"]), found)
