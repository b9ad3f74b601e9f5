"""The common ground of what each holds one subject of the ledger."""

from __future__ import annotations

from dteplanows.ledger.engines.base import Database


class Repository:
    """One subject of the ledger: its tables, and what is asked of them and done to them."""

    def __init__(self, db: Database) -> None:
        """:param db: where its tables are."""
        self.db = db
