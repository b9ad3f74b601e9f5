"""A table of the ledger: its columns, each said once, and what follows from them.

The columns are the fields of the row, which is a class with types, and those that no row has. Lists of columns,
inserts, the reading of rows by their names, the peewee model and the statements that make the table all come from
there.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, get_type_hints

import peewee

from dteplanows.ledger.columns import Column, Spec, column

Row = TypeVar("Row")
Engine = Literal["sqlite", "postgresql"]


class Index(NamedTuple):
    """An index beside that of the key."""

    name: str
    columns: str
    """With expressions."""
    where: str = ""
    """Which rows it has; empty for all."""
    only: str = ""
    """The one engine that needs it."""
    since: int = 0
    """The step that adds it; 0 for the one that makes the table."""


class Schema(NamedTuple):
    """What makes a table besides its columns."""

    key: Sequence[str] = ("id",)
    """The primary key; ``id`` is given by the database."""
    constraints: Sequence[str] = ()
    """Conditions over several columns, and references to other tables."""
    indexes: Sequence[Index] = ()
    since: int = 0
    """The step that makes the table; 0 for one that is in the published steps."""
    added: Mapping[str, int] = {}
    """The steps that add columns of a row whose class cannot say it, by the column's name."""


class Table(Generic[Row]):
    """A table whose rows are *row*."""

    def __init__(
        self,
        name: str,
        row: Callable[..., Row],
        more: Mapping[str, Any] | None = None,
        *,
        leave: Sequence[str] = (),
        schema: Schema = Schema(),  # noqa: B008 - a value
    ) -> None:
        """:param row: the class of the rows: its fields are columns.
        :param more: columns that no row has, by name: their types.
        :param leave: fields that are no columns.
        """
        self.name = name
        self.schema = schema
        self.key = tuple(schema.key)
        self._row = row
        hints, defaults = get_type_hints(row, include_extras=True), _defaults(row)
        shown = [one for one in hints if one not in leave]
        for one, since in schema.added.items():
            hints[one] = Annotated[hints[one], Spec(since)]
        self.shown = tuple(column(one, hints[one], defaults.get(one)) for one in shown)
        """What a row has."""
        hidden = [column(one, hint) for one, hint in (more or {}).items()]
        self.columns = tuple(sorted((*self.shown, *hidden), key=lambda one: (one.spec.since, one.name != "id")))
        """All columns; those that a later step has added come last."""
        self._stored = tuple(one for one in self.shown if one.name != "id")
        self._values = attrgetter(*(one.name for one in self._stored)) if self._stored else tuple
        self._store = [(at, one.kind.store, one.null) for at, one in enumerate(self._stored) if one.kind.store]
        self._load = [(at, one.kind.load, one.null) for at, one in enumerate(self.shown) if one.kind.load]
        self._positional = _is_tuple(row)
        self._names = tuple(one.name for one in self.shown)
        self.listed = ", ".join(self._names)
        """The columns of a row, for a SELECT."""
        self.select = f"SELECT {self.listed} FROM {name}"

    def insert(self, *more: str) -> str:
        """The INSERT of a row without those columns that have a default and no row has.

        :param more: of these, the ones that are given too, in this order.
        """
        names = [*(one.name for one in self._stored), *more]
        return f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

    def values(self, row: Any, *more: object) -> list[Any]:
        """What :meth:`insert` is given for *row*, which has the fields of a row."""
        values = list(self._values(row))
        for at, store, null in self._store:
            if not (null and values[at] is None):
                values[at] = store(values[at])
        values += more
        return values

    def place(self, name: str) -> int:
        """Where the value of a column stands among :meth:`values`."""
        return [one.name for one in self._stored].index(name)

    def row(self, found: Sequence[Any], **more: Any) -> Row:
        """The row of what :attr:`select` has found.

        :param more: fields that are no columns.
        """
        values = list(found)
        for at, load, null in self._load:
            if not (null and values[at] is None):
                values[at] = load(values[at])
        if self._positional:
            return self._row(*values)
        return self._row(**dict(zip(self._names, values, strict=True)), **more)

    @cached_property
    def model(self) -> type[peewee.Model]:
        """The table for peewee's queries. It is bound to no database: one process may have several ledgers."""
        meta = type("Meta", (), {"table_name": self.name, "primary_key": self._peewee_key()})
        fields = {one.name: _Field(one, one.name == "id") for one in self.columns}
        return type(self.name.title().replace("_", ""), (peewee.Model,), {"Meta": meta, **fields})

    def field(self, name: str) -> peewee.Field:
        """A column, for peewee's queries."""
        found: peewee.Field = self.model._meta.fields[name]
        return found

    def _peewee_key(self) -> Any:
        if self.key == ("id",):
            return None
        return peewee.CompositeKey(*self.key)

    def ddl(self, engine: Engine, step: int = sys.maxsize) -> list[str]:
        """The statements that make the table, with its indexes.

        :param step: with the columns and indexes that it had by that step; those of later ones are added by them.
        """
        own = [one for one in self.columns if one.spec.since <= step]
        columns = [_ID[engine] if one.name == "id" else one.ddl(engine) for one in own]
        if self.key != ("id",):
            columns.append(f"PRIMARY KEY ({', '.join(self.key)})")
        made = f"CREATE TABLE {self.name} ({', '.join((*columns, *self.schema.constraints))})"
        return [made, *self.indexes(engine, [one for one in self.schema.indexes if one.since <= step])]

    def indexes(self, engine: Engine, which: Sequence[Index]) -> list[str]:
        """The statements that make those of its indexes."""
        return [one for index in which if (one := _index(self.name, index, engine))]


def _defaults(row: Any) -> Mapping[str, object]:
    if dataclasses.is_dataclass(row):
        return {one.name: one.default for one in dataclasses.fields(row) if one.default is not dataclasses.MISSING}
    return getattr(row, "_field_defaults", {})


def _is_tuple(row: Any) -> bool:
    return isinstance(row, type) and issubclass(row, tuple)


_ID: Mapping[Engine, str] = {
    "sqlite": "id INTEGER NOT NULL PRIMARY KEY",
    "postgresql": "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
}


def _index(table: str, one: Index, engine: Engine) -> str:
    if one.only not in ("", engine):
        return ""
    where = f" WHERE {one.where}" if one.where else ""
    return f"CREATE INDEX {one.name} ON {table} ({one.columns}){where}"


class _Field(peewee.Field):
    """A field whose values are those of the database as they are."""

    def __init__(self, one: Column, is_key: bool) -> None:
        super().__init__(null=one.null, primary_key=is_key)
        self.kind = one.kind

    def db_value(self, value: Any) -> Any:
        return value if value is None or self.kind.store is None else self.kind.store(value)
