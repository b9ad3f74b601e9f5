"""How the memory of bodies goes back to the system once they are answered."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 256 * 1024
"""Bytes of a block that is the system's again as soon as it is free."""


def give_back_large_blocks() -> None:
    """Have this process keep no large block that is free, and few heaps.

    glibc takes blocks of a size that was freed once from a heap of the thread, and a heap shrinks only at its end: a
    process that was once busy with large calls would keep their memory. Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_ARENA_MAX, 2)
