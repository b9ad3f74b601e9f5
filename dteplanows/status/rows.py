"""What a look at an installation gives: one row for each thing looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """How something is."""

    OK = "ok"
    AVISO = "aviso"
    """Somebody should see to it in the next days."""
    GRAVE = "grave"
    """Something does not work, or will not within days."""

    @property
    def rank(self) -> int:
        """0 for good; what the command ends with, as monitors understand it."""
        return list(State).index(self)


class Row(NamedTuple):
    """One thing that was looked at."""

    group: str
    """What it belongs to: the installation, or a company."""
    name: str
    state: State
    text: str
    """How it is, a complete sentence or two."""
    remedy: str = ""
    """What to do; empty where nothing has to be done."""
    facts: Mapping[str, Any] = {}
    """The same as numbers, days and names, for programs; each value can be written as JSON."""


def worst(rows: Iterable[Row]) -> State:
    """The state of the whole."""
    return max((one.state for one in rows), key=lambda one: one.rank, default=State.OK)
