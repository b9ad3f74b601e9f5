"""The numbered steps of the database's form, as far as they follow from the tables."""

from __future__ import annotations

from dteplanows.ledger.table import Engine
from dteplanows.ledger.tables import TABLES

PUBLISHED = 16
"""The last step that is written out for SQLite. Later ones follow from the columns, indexes and tables that name
them."""


def newest_step() -> int:
    """The number of the form that these tables have."""
    columns = (one.spec.since for table in TABLES for one in table.columns)
    indexes = (one.since for table in TABLES for one in table.schema.indexes)
    return max([PUBLISHED, *columns, *indexes, *(one.schema.since for one in TABLES)])


def step(number: int, engine: Engine) -> list[str]:
    """The statements of a step that follows from the tables."""
    made = [statement for table in TABLES if table.schema.since == number for statement in table.ddl(engine, number)]
    added = [
        f"ALTER TABLE {table.name} ADD COLUMN {one.ddl(engine)}"
        for table in TABLES if table.schema.since < number
        for one in table.columns if one.spec.since == number
    ]  # fmt: skip
    indexes = [
        statement for table in TABLES if table.schema.since < number
        for statement in table.indexes(engine, [one for one in table.schema.indexes if one.since == number])
    ]  # fmt: skip
    return [*made, *added, *indexes]
