"""What a part of the program may have of the processor while others want it."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_STEPS = 10
"""As of the command ``nice``: a tenth of what another program gets where all processors are busy."""


def stand_back() -> None:
    """Let everything else of the machine go before the thread that calls this, for good.

    Only Linux knows that of a thread; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a container may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STEPS)
