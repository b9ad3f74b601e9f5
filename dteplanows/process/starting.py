"""How the processes of the service are started.

On Linux they are forked from one process that has loaded the program and does nothing else: a worker then begins in
hundredths of a second and shares the memory of the program with the others, where each would load it anew, a second of
a processor each time. A fork of the main process itself would copy the locks that its threads hold. Elsewhere forks
are not safe, and each process loads the program.
"""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.context import ForkServerContext, SpawnContext

_LOADED = "dteplanows.web.loaded"
"""The module that the process imports from which the others are forked."""


def forks() -> bool:
    """Whether processes are forked from one that has loaded the program."""
    return sys.platform == "linux"


def context() -> ForkServerContext | SpawnContext:
    """What starts the processes of the service.

    The environment that they get is the one at the first start of any.
    """
    if not forks():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([_LOADED])
    return found
