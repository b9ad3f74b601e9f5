"""Columns of tables, and how their values are written in the database: alike on every engine."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin


class Kind(NamedTuple):
    """What a column holds."""

    name: str
    sqlite: str
    """Type of the column in either engine."""
    postgresql: str
    store: Callable[[Any], Any] | None = None
    """From the value of the program to that of the database; None where both are the same."""
    load: Callable[[Any], Any] | None = None
    """The other way."""


_TEXT = 'TEXT COLLATE "C"'
"""Text is in the order of its bytes, as in SQLite."""


def _moment(value: datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat(" ")


def _day(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _facts(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""


TEXT = Kind("text", "TEXT", _TEXT)
WHOLE = Kind("whole number", "INTEGER", "BIGINT")
NUMBER = Kind("number", "REAL", "DOUBLE PRECISION")
FLAG = Kind("yes or no", "INTEGER", "BIGINT", int, bool)
MOMENT = Kind("moment", "DATETIME", _TEXT, _moment, datetime.fromisoformat)
DAY = Kind("day", "DATE", _TEXT, _day, date.fromisoformat)
BYTES = Kind("bytes", "BLOB", "BYTEA", None, bytes)
WORDS = Kind("words", "TEXT", _TEXT, " ".join, lambda text: tuple(text.split()))
"""Separated by one blank."""
FACTS = Kind("facts", "TEXT", _TEXT, _facts, lambda text: json.loads(text) if text else {})
"""As JSON; empty where there are none."""

_KINDS: Mapping[type, Kind] = {
    str: TEXT, int: WHOLE, float: NUMBER, bool: FLAG, datetime: MOMENT, date: DAY, bytes: BYTES, tuple: WORDS,
    dict: FACTS,
}  # fmt: skip


class Spec(NamedTuple):
    """What a table says of a column beyond its type: as a mark of the type, ``Annotated[str, Spec(since=17)]``."""

    since: int = 0
    """The step that adds it; 0 for one that is in the published steps."""
    check: str = ""
    """A condition that the database keeps."""
    default: object = None
    """What a row has that does not name it; None for none."""


class Column(NamedTuple):
    """A column of a table."""

    name: str
    kind: Kind
    null: bool
    spec: Spec

    def ddl(self, engine: Literal["sqlite", "postgresql"]) -> str:
        """How a table is made with it."""
        words = [self.name, self.kind.sqlite if engine == "sqlite" else self.kind.postgresql]
        if not self.null:
            words.append("NOT NULL")
        if self.spec.default is not None:
            default = self.spec.default
            words.append(f"DEFAULT {int(default) if isinstance(default, bool) else repr(default)}")
        if self.spec.check:
            words.append(f"CHECK ({self.spec.check})")
        return " ".join(words)


def column(name: str, hint: Any, default: object = None) -> Column:
    """The column of a field.

    :param hint: its type; ``| None`` where the column may be empty.
    :param default: of the field, which that of its :class:`Spec` goes before.
    """
    spec = Spec()
    if hasattr(hint, "__metadata__"):
        spec = next((one for one in hint.__metadata__ if isinstance(one, Spec)), spec)
        hint = hint.__origin__
    null = False
    if get_origin(hint) in (Union, types.UnionType):
        hints = [one for one in get_args(hint) if one is not type(None)]
        null, hint = len(hints) < len(get_args(hint)), hints[0]
    if get_origin(hint) is Literal:
        hint = type(get_args(hint)[0])
    if spec.since and spec.default is None:
        spec = spec._replace(default=default)
    return Column(name, _KINDS[get_origin(hint) or hint], null, spec)
