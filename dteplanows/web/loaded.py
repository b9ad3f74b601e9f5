"""The program loaded, in the process from which :mod:`dteplanows.process.starting` forks the others.

That process lives until the main one has ended and closed its pipe. SIGTERM, which a system sends to every process of a
service, is not for it: it alone knows how the others end. It is blocked and not ignored, for one that was forked a
moment ago must not miss it.
"""

from __future__ import annotations

import gc
import os
import signal

from dteplanows.web import measures, server, supervised

__all__ = ["measures", "server", "supervised"]


def _for_itself() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    os.register_at_fork(after_in_child=_for_the_others)
    # What is loaded stays: looking through it would copy it into each of the others.
    gc.collect()
    gc.freeze()


def _for_the_others() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


_for_itself()
