"""How far a long work is: a bar in a terminal; where the output is none, a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from dteplanows.validator.report import money

EVERY = 5.0
"""Seconds between two lines."""


class Shown:
    """Shows the progress of one work, from ``with`` to its end."""

    def __init__(self, out: Console, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        """:param name: what is being done."""
        self._out, self._name, self._clock = out, name, clock
        self._begun = clock()
        self._told = self._begun - EVERY
        self._line = ""
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if self._out.is_terminal:
            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[rate]} por s"), TimeElapsedColumn(), TimeRemainingColumn(),
            )  # fmt: skip
            self._bar = Progress(*columns, console=self._out)
            self._task = self._bar.add_task(self._name, total=None, rate="-")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
        elif self._line:
            self._out.print(self._line)

    def at(self, done: int, total: int | None, name: str = "", rate: str = "") -> None:
        """Say that *done* of *total* is done.

        :param total: None while it is not known.
        :param name: what is being done now, if it is something else.
        :param rate: how many each second, where that is not since the beginning.
        """
        changed = bool(name) and name != self._name
        self._name = name or self._name
        now = self._clock()
        rate = rate or f"{done / max(now - self._begun, 1):.0f}"
        if self._bar:
            self._bar.update(self._task, completed=done, total=total, description=self._name, rate=rate)
            return
        self._line = f"{self._name}: {money(done)} de {money(total) if total else '?'}, {rate} por s"
        if changed or now - self._told >= EVERY:
            self._out.print(self._line)
            self._told, self._line = now, ""

    def say(self, text: str) -> None:
        """Print *text* beside the progress."""
        self._out.print(text)
