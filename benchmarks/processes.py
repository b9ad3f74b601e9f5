"""The processes of a service, looked at from outside as Linux shows them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


def memory(process: int) -> int:
    """Memory of a process in MiB, of pages that several share its part; 0 when it has gone or the system does not tell.

    Where the system does not let this user see the parts, all that is resident.
    """
    for name, amount in (("smaps_rollup", _PROPORTIONAL), ("status", _RESIDENT)):
        with suppress(OSError):
            if found := amount.search(Path(f"/proc/{process}/{name}").read_text()):
                return int(found[1]) // 1024
    return 0


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


def command_line(process: int) -> bytes:
    """The command line of a process; empty once it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def processor(process: int) -> float:
    """Seconds of processor that a process has used; 0 once it has gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
