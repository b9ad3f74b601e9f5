"""Bytes to a device file such as ``/dev/usb/lp0``, or to a printer that Windows shares (``\\\\CAJA\\TICKETS``).

A receipt printer without paper takes nothing more; that is waited for without end of the program being in the way.
"""

from __future__ import annotations

import os
import select
import sys
import time

from dteplanows.printers.raw import NOTHING_TAKEN
from dteplanows.printers.sending import GLANCE, STALLED, Order, Unprinted, Watch
from dteplanows.process.system_errors import in_words

_SILENT = 10.0
"""Seconds after which a printer that takes nothing is worth a look."""
_PIECE = 4096


def send(path: str, order: Order, watch: Watch) -> None:
    """Write the document there.

    :raises Unprinted: it cannot be opened or was not taken.
    """
    if sys.platform == "win32":
        flags = os.O_WRONLY | os.O_BINARY
    else:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_APPEND
    try:
        file = os.open(path, flags)
    except OSError as error:
        raise Unprinted(f"{path}: {in_words(error)}", clean=True) from None
    try:
        watch.begins()
        _write(file, order.content.data, watch)
    except OSError as error:
        raise Unprinted(f"{path}: {in_words(error)}") from None
    finally:
        os.close(file)


def _write(file: int, data: bytes, watch: Watch) -> None:
    rest, moved = memoryview(data), time.monotonic()
    while rest:
        watch.lives()
        if sys.platform != "win32" and not select.select([], [file], [], GLANCE)[1]:
            _wait(time.monotonic() - moved, watch)
            continue
        try:
            rest = rest[os.write(file, rest[:_PIECE]) :]
            moved = time.monotonic()
        except BlockingIOError:
            time.sleep(GLANCE / 10)
            _wait(time.monotonic() - moved, watch)


def _wait(seconds: float, watch: Watch) -> None:
    if seconds > STALLED:
        raise Unprinted(NOTHING_TAKEN)
    if seconds > _SILENT:
        watch.warns(NOTHING_TAKEN)
