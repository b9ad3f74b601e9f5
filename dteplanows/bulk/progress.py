"""How fast a file of bulk mode goes forward."""

from __future__ import annotations

from dteplanows.document import clock
from dteplanows.ledger.batch_rows import StoredBatch


def seconds(batch: StoredBatch) -> float:
    """For how long workers have had *batch*, until its end or until now; 0 before the first one."""
    if not batch.comenzado:
        return 0.0
    return ((batch.terminado or clock.now()) - batch.comenzado).total_seconds()


def per_second(batch: StoredBatch) -> float:
    """Documents in a second since a worker first took *batch*."""
    return batch.hechos / max(seconds(batch), 1)


def seconds_left(batch: StoredBatch) -> int | None:
    """About how long the rest takes at that rate; None where nothing says."""
    rate = per_second(batch)
    return round((batch.total - batch.hechos) / rate) if rate and batch.total and not batch.terminado else None
