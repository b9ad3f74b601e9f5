"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told of what is done, how much of it and of how much; what it raises ends the work, leaving nothing half made."""


def silent(what: str, done: int, total: int) -> None:
    """A :data:`Progress` that tells nobody."""
