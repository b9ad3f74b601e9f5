"""Whether what a call wanted to store was stored, as this process knows it of the last one.

A full disk lets everything be read, and a small row of a session may still find room where a document does not: only
the calls show it.
"""

from __future__ import annotations

import time

_OF_STORING = frozenset({"BAS-003", "BAS-004", "BAS-005"})
"""The disk is full, may only be read, or fails. What else can be wrong shows when the ledger is read."""

_BELIEVED = 60.0
"""Seconds after which the next call shall show it: whoever sends calls elsewhere meanwhile would never learn of it."""

_last = ("", 0.0)


def note(code: str) -> None:
    """A call has failed for the reason *code*."""
    global _last  # noqa: PLW0603 - of the process, as the disk is
    if code in _OF_STORING:
        _last = (code, time.monotonic() + _BELIEVED)


def forget() -> None:
    """Something was stored."""
    global _last  # noqa: PLW0603 - see above
    if _last[0]:
        _last = ("", 0.0)


def code() -> str:
    """Why the last call could not store anything; empty where one could since, or that is long ago."""
    found, until = _last
    return found if time.monotonic() < until else ""
