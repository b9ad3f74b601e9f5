"""A thread that stands back, and the others, which do not."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from dteplanows.process.priority import stand_back


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
def test_one_thread_stands_back_and_the_others_do_not() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    found, before = list[int](), priority()

    def work() -> None:
        stand_back()
        found.append(priority())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert (found, priority()) == ([10], before)
