"""A database that is made ready beside the one at a place, and takes that place in one step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from dteplanows.ledger.engines.base import Connection, Copy
from dteplanows.ledger.place import Place


class Old(NamedTuple):
    """The database that is replaced, for reading; it may be damaged."""

    connection: Connection
    last_batch: Callable[[], int]
    """The highest id that a batch ever had."""
    check: Callable[[], list[str]]
    """What is wrong with it."""


class Aside(NamedTuple):
    """Where what was there is kept."""

    folder: Path
    """Of its files, and of the key when that is another one."""
    database: str
    """What a person is told where the database is."""


class Exchange(ABC):
    """One replacing of a database."""

    part: str
    """Name of the part of a backup that this engine takes."""

    def __init__(self, place: Place, staging: Path) -> None:
        """:param place: where the database is that is replaced.
        :param staging: a folder of its own in the directory of *place*.
        """
        self.target = place
        self.staging = staging

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where the database lies that is made ready."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[None]:
        """Nobody else opens the database that is replaced, inside.

        :raises Refused: it is open (BAS-037).
        """

    @abstractmethod
    def take_in(self, file: Path) -> None:
        """Make the database ready from its part of a backup, a file in the folder."""

    @abstractmethod
    def copy(self) -> AbstractContextManager[Copy]:
        """The database that is made ready, to be looked at."""

    @abstractmethod
    def old(self) -> AbstractContextManager[Old | None]:
        """The one that is replaced; None where there is none.

        :raises Refused: another program has it open (BAS-037).
        """

    @abstractmethod
    def put_in_place(self, moment: datetime) -> Aside | None:
        """Put the one that is ready into its place; where what was there is kept, or None for nothing."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what is not needed any more, also what one that was killed has left."""


def free_name(folder: Path, moment: datetime) -> Path:
    """A folder for what is replaced, which is not there yet."""
    aside = folder / f"reemplazada-{moment:%Y%m%d-%H%M%S}"
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-otra")
    return aside
