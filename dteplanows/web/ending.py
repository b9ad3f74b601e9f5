"""Whether this process of the service was told to stop: for what waits inside of a call and would keep it alive."""

from __future__ import annotations

import threading

_told = threading.Event()
_listens = threading.Event()


def will_be_told() -> None:
    """This process is one that is told when the service stops."""
    _listens.set()


def tell() -> None:
    """The service stops."""
    _told.set()


def can_be_heard() -> bool:
    """Whether whoever waits would hear of it; otherwise nobody should wait."""
    return _listens.is_set() and not _told.is_set()


def heard(seconds: float) -> bool:
    """Wait so long, or until the service stops; whether it does."""
    return _told.wait(seconds)
