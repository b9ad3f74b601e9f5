"""The processes of a service, looked at from outside as Linux shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def memory(process: int) -> int:
    """Resident memory of a process in MiB; 0 when it has gone or the system does not tell."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) // 1024 if found else 0


def family(process: int) -> Iterator[int]:
    """A process and its descendants."""
    yield process
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(child)


def listening(process: int, port: int) -> set[int]:
    """*process* and those of its descendants that listen on *port*."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    found = set()
    for one in family(process):
        with suppress(OSError):
            if any(str(opened.readlink()) in sockets for opened in Path(f"/proc/{one}/fd").iterdir()):
                found.add(one)
    return found
