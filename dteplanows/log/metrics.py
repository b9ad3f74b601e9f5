"""What the processes of a service count: calls with their time, documents issued, and the codes of what was refused.

A call is counted once, where its line of the log is finished: that adds to a few numbers in the memory of the process
and does nothing else. So that whoever asks one process learns of all, each that shares its counts writes them to a
small file, at most once a second, and :func:`total` adds up the files. Those of processes that died stay until the
service ends, for a count never goes back. (The way of prometheus-client, files that lie in memory, costs three times as
much at every call, and where the disk of such a file is full, the system kills the process.)
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
import threading
import time
import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dteplanows.log.call import Call

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds up to which calls are counted together; the last count is of those that took longer."""

_VARIABLE = "_DTEPLANOWS_CUENTAS"
"""Environment variable by which the processes of a service find the folder of their files."""

_EVERY = 1.0
"""Seconds between two looks whether there is something new to write."""


class Durations:
    """Calls of one kind: how many took up to each of the bounds, and all their seconds."""

    __slots__ = ("counts", "seconds")

    def __init__(self, counts: Iterable[int] = (0,) * (len(BOUNDS) + 1), seconds: float = 0.0) -> None:
        self.counts = list(counts)
        self.seconds = seconds

    def add(self, other: Durations) -> None:
        """Add what *other* has counted."""
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.seconds += other.seconds


class Counts:
    """What one process has counted, or several together."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str], Durations] = {}
        """By operation and result."""
        self.issued: Counter[int] = Counter()
        """Documents issued, by type."""
        self.refused: Counter[str] = Counter()
        """How often each code was the reason, or one of the reasons, of a refusal."""

    def to_json(self) -> str:
        """All of it as a text."""
        calls = [[*key, one.counts, one.seconds] for key, one in self.calls.items()]
        return json.dumps([calls, list(self.issued.items()), list(self.refused.items())])

    def add_json(self, text: str) -> None:
        """Add what a text of :meth:`to_json` says.

        :raises ValueError: it is no such text.
        """
        calls, issued, refused = json.loads(text)
        for operation, result, counts, seconds in calls:
            self.calls.setdefault((operation, result), Durations()).add(Durations(counts, seconds))
        self.issued.update(dict(issued))
        self.refused.update(dict(refused))


_counts = Counts()
_lock = threading.Lock()
_changes = 0


def count(call: Call) -> None:
    """Count a call that is over: how it ended and how long it took, what was issued, and why something was refused."""
    global _changes  # noqa: PLW0603 - the counts of a process are one
    if not (call.ended or call.issued or call.reasons):
        return
    seconds = time.perf_counter() - call.began
    with _lock:
        _changes += 1
        if call.ended:
            one = _counts.calls.get((call.ended, call.result))
            if one is None:
                one = _counts.calls[call.ended, call.result] = Durations()
            one.counts[bisect_left(BOUNDS, seconds)] += 1
            one.seconds += seconds
        for tipo in call.issued:
            _counts.issued[tipo] += 1
        if call.reasons:
            _counts.refused.update(call.reasons)


def total() -> Counts:
    """What all processes have counted that share the folder of this one, and this one itself."""
    found = Counts()
    with _lock:
        found.add_json(_counts.to_json())
    own, folder = _own_file, _folder()
    for path in sorted(folder.glob("*.json")) if folder else ():
        if path != own:
            with suppress(OSError, ValueError):
                found.add_json(path.read_text("utf-8"))
    return found


def processes() -> list[int]:
    """The processes that share the folder of this one, this one included; some may have died."""
    folder = _folder()
    found = {int(path.name.partition("-")[0]) for path in folder.glob("*.json")} if folder else set()
    return sorted(found | {os.getpid()})


# --- sharing --------------------------------------------------------------------------------------------------

_own_file: Path | None = None


@contextmanager
def sharing() -> Iterator[None]:
    """Give the processes that are started inside a folder for their counts."""
    folder = tempfile.mkdtemp(prefix="dteplanows-")
    os.environ[_VARIABLE] = folder
    try:
        yield
    finally:
        os.environ.pop(_VARIABLE, None)
        shutil.rmtree(folder, ignore_errors=True)


def share() -> None:
    """Write what this process counts to the folder of the service, from now on; nothing where there is none."""
    global _own_file  # noqa: PLW0603 - a process has one file
    folder = _folder()
    if folder is None or _own_file is not None:
        return
    _own_file = folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.json"
    _write()
    threading.Thread(target=_keep_writing, daemon=True).start()
    atexit.register(_write)


def _folder() -> Path | None:
    text = os.environ.get(_VARIABLE)
    return Path(text) if text else None


def _keep_writing() -> None:
    written, pause = -1, threading.Event()
    while not pause.wait(_EVERY):
        if written != _changes:
            written = _changes
            _write()


def _write() -> None:
    """Write the counts whole, or not at all. Where that fails, as on a full disk, the next time may do."""
    if _own_file is None:
        return
    with _lock:
        text = _counts.to_json()
    part = _own_file.with_suffix(".part")
    with suppress(OSError):
        part.write_text(text, "utf-8")
        part.replace(_own_file)
