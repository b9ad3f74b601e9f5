"""The faults: each is done to a running service, and what became of its documents is counted.

A row's function gets an installed, running service, does what its name says, and leaves the calls in ``answers``. What
it returns is what there is to say besides.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.fault_service import HOST, Answer, Folio, Service, acknowledged
from dteplanows.soap.asmx.addresses import PATH

_BUSY_SECONDS = 22
"""Seconds that another program holds the database: longer than the service waits for it."""

_DAY = 86_400
_SOURCE = Path(__file__).with_name("moved_clock.c")
_CLOCK = "hora"
"""File with the seconds by which the clock is moved."""


class Extra(NamedTuple):
    """What a row says besides the count of its documents."""

    note: str = ""
    wrong: str = ""
    """What must not be; empty when all is well."""


class Row(NamedTuple):
    """One fault."""

    name: str
    run: Callable[[Service], Extra]
    prepare: Callable[[Path], dict[str, str]] | None = None
    """Done to the directory before the service is installed; gives variables of its environment."""
    largest_file: int = 0
    """Bytes that no file of the service's process may grow beyond; 0 for no limit."""
    missing: Callable[[], str] = lambda: ""
    """Why this machine cannot show it; empty when it can."""


# --- the file of the ledger ---------------------------------------------------------------------------------------


def database_replaced(service: Service) -> Extra:
    """An older copy is moved over the database while the service runs."""
    service.issue(range(100))
    copy = _copy(service, "copia")
    service.issue(range(100, 400), clients=8)  # the log is written back into the database at times
    copy.rename(service.database)
    service.issue(range(400, 700), clients=8)
    return _restarted(service, range(700, 800))


def database_deleted(service: Service) -> Extra:
    """The database is deleted while the service runs."""
    service.issue(range(40))
    for one in service.directory.glob(f"{service.database.name}*"):
        one.unlink()
    service.issue(range(40, 80))
    return _restarted(service, range(80, 100))


def wal_removed(service: Service) -> Extra:
    """Somebody deletes the write-ahead log, which looks like a temporary file."""
    service.issue(range(40))
    with suppress(FileNotFoundError):
        service.database.with_name(service.database.name + "-wal").unlink()
    service.issue(range(40, 80))
    return _restarted(service, range(80, 100))


def older_ledger(service: Service) -> Extra:
    """The service is stopped, yesterday's database is put back, and the service is started again."""
    service.issue(range(20))
    copy = _copy(service, "ayer")
    service.issue(range(20, 40))
    service.stop()
    for one in service.directory.glob(f"{service.database.name}-*"):
        one.unlink()
    copy.rename(service.database)
    started = service.start()
    service.issue(range(40, 60))
    return Extra(_started(started))


def read_only(service: Service) -> Extra:
    """The disk can only be read when the service is started, and later it is right again."""
    service.issue(range(10))
    service.stop()
    with _read_only(service.directory):
        started = service.start()
        service.issue(range(10, 20))
        service.stop()
    note = "" if started else "does not start while it is"
    extra = _restarted(service, range(20, 30))
    wrong = "" if service.answers[-1].folios else "issues nothing once it can be written again"
    return Extra("; ".join(filter(None, (note, extra.note))), wrong)


def corrupt_page(service: Service) -> Extra:
    """Pages of the database are overwritten while the service stands still; it is started on them."""
    service.issue(range(60))
    service.stop()
    with closing(sqlite3.connect(service.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documento'").fetchone()
    with service.database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))
    started = service.start()
    service.issue(range(60, 80))
    return Extra(_started(started))


def _copy(service: Service, name: str) -> Path:
    copy = service.directory / name
    with closing(sqlite3.connect(service.database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")
    return copy


def _restarted(service: Service, numbers: range) -> Extra:
    service.stop()
    started = service.start()
    service.issue(numbers)
    return Extra(_started(started))


def _started(started: bool) -> str:
    return "" if started else "does not start"


@contextmanager
def _read_only(directory: Path) -> Iterator[None]:
    """The file system of *directory* read-only."""
    subprocess.run(["mount", "-o", "remount,ro", str(directory)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(directory)], check=True)


# --- the disk -----------------------------------------------------------------------------------------------------


def full_disk(service: Service) -> Extra:
    """The disk is full, and after a while there is room again."""
    service.issue(range(20))
    fill = service.directory / "relleno"
    _fill(fill)
    service.issue(range(20, 60))
    fill.unlink()
    service.issue(range(60, 80))
    return Extra(wrong="" if service.answers[-1].folios else "issues nothing once there is room again")


def file_size_limit(service: Service) -> Extra:
    """The same where nothing may be mounted: no file of the process may grow beyond 4 MiB."""
    service.issue(range(1500), clients=8)
    refused = [one for one in service.answers if not one.folios]
    return Extra(wrong="" if refused else "the limit was not met")


def full_in_a_large_file(service: Service) -> Extra:
    """The disk becomes full in the middle of a file of 300 documents."""
    service.issue(range(5))
    fill = service.directory / "relleno"
    found: list[Answer] = []
    sender = threading.Thread(target=lambda: found.append(service.call(1000, 300)))
    sender.start()
    service.wait_for(lambda: len(service.stored()) >= 55)
    _fill(fill)
    sender.join()
    fill.unlink()
    return _told_of_a_part(service, found[0], 5)


def held_between_two_chunks(service: Service) -> Extra:
    """Another program takes the database in the middle of a file of 1000 documents and keeps it."""
    service.issue(range(5))
    found: list[Answer] = []
    sender = threading.Thread(target=lambda: found.append(service.call(1000, 1000, patience=120)))
    with closing(sqlite3.connect(service.database, timeout=60, isolation_level=None)) as other:
        sender.start()
        service.wait_for(lambda: len(service.stored()) >= 55)
        other.execute("PRAGMA busy_timeout = 0")  # SQLite's own waiting sleeps too long between two tries
        service.wait_for(lambda: _taken(other))
        time.sleep(_BUSY_SECONDS)
        other.execute("ROLLBACK")
        sender.join()
    return _told_of_a_part(service, found[0], 5)


def _taken(connection: sqlite3.Connection) -> bool:
    with suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
        return True
    return False


def _told_of_a_part(service: Service, answer: Answer, before: int) -> Extra:
    issued = len(service.stored()) - before
    note = f"{issued} of the file issued, {len(answer.folios)} told"
    if issued == len(answer.folios):
        return Extra(note)
    return Extra(note, "what was issued is not told" + (", and denied" if answer.says_nothing_was_issued else ""))


def _fill(path: Path) -> None:
    """Fill the disk to its last byte."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        for size in (65536, 4096, 512, 1):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def _mounted(directory: Path, size: int = 6) -> dict[str, str]:
    """A disk of its own of *size* MiB."""
    directory.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0700", "tmpfs", str(directory)], check=True)
    return {}


def may_not_mount() -> str:
    """Why no disk may be mounted here; empty when it may."""
    if os.name != "posix" or os.getuid() or not shutil.which("mount"):
        return "only root may mount a disk"
    library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    if library.mount(b"tmpfs", b"/nonexistent-directory", b"tmpfs", 0, None) and ctypes.get_errno() == 1:
        return "this container may not mount a disk"
    return ""


# --- the processes ------------------------------------------------------------------------------------------------


def two_deaths(service: Service) -> Extra:
    """One worker dies, and its successor too, within two seconds, under load."""
    with _load(service):
        service.wait_for(lambda: len(service.workers()) == 2, 30)  # one may still be starting
        first, second = service.workers()
        service.kill([first])
        service.wait_for(lambda: bool(set(service.workers()) - {first, second}), 10)
        service.kill(set(service.workers()) - {first, second})
    return _answers_again(service)


def all_workers_killed(service: Service) -> Extra:
    """All workers die at once, twice, under load."""
    with _load(service):
        for _ in range(2):
            service.kill(service.workers())
            time.sleep(1)
    return _answers_again(service)


@contextmanager
def _load(service: Service) -> Iterator[None]:
    """Four clients issue one invoice after another."""
    stop = threading.Event()

    def send(first: int) -> None:
        number = first
        while not stop.is_set():
            if not service.call(number, patience=20).folios:
                time.sleep(0.05)
            number += 1

    senders = [threading.Thread(target=send, args=(10_000 * one,)) for one in range(1, 5)]
    for one in senders:
        one.start()
    try:
        service.wait_for(lambda: len(acknowledged(service.answers)) >= 20)
        yield
        so_far = len(acknowledged(service.answers))
        service.wait_for(lambda: len(acknowledged(service.answers)) >= so_far + 20, 10)
    finally:
        stop.set()
        for one in senders:
            one.join()


def _answers_again(service: Service) -> Extra:
    began = time.monotonic()
    number = 90_000
    while time.monotonic() < began + 15:
        if service.call(number).folios:
            return Extra(f"answers again after {time.monotonic() - began:.1f} s")
        number += 1
        time.sleep(0.1)
    ended = service.process is not None and service.process.poll() is not None
    return Extra(wrong="the service has ended" if ended else "does not answer any more")


# --- the clients --------------------------------------------------------------------------------------------------


def clients_gone(service: Service) -> Extra:
    """A client with a short time-out tries three times while the database is held, and once more with patience."""
    service.issue(range(5))
    with closing(sqlite3.connect(service.database, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            service.call(1000, patience=1)
        other.execute("ROLLBACK")
    time.sleep(2)
    last = service.call(1000)
    issued = len(service.stored()) - 5
    wrong = f"{issued} folios for one invoice" if issued != 1 else ""
    return Extra(f"{issued} issued, the last try got {len(last.folios)}", wrong)


def same_file_three_times(service: Service) -> Extra:
    """Three clients send the same file while the database is held, as a program that gives up and tries again."""
    service.issue(range(5))
    found: list[Answer] = []
    senders = [threading.Thread(target=lambda: found.append(service.call(1000, 40))) for _ in range(3)]
    with closing(sqlite3.connect(service.database, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for one in senders:
            one.start()
        time.sleep(4)
        other.execute("ROLLBACK")
        for one in senders:
            one.join()
    issued = len(service.stored()) - 5
    same = len({one.folios for one in found}) == 1
    return Extra(f"{issued} issued of 40", "" if issued == 40 and same else "the same invoices were issued again")


def hostile_connections(service: Service, calls: int = 20) -> Extra:
    """A thousand connections that send half a call, bodies without a login, or nothing, and *calls* that are right."""
    service.issue(range(5))
    half = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n<a".encode()
    big = b"x" * (8 << 20)
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            with suppress(OSError), socket.create_connection((HOST, service.port), 5) as one:
                one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(big)}\r\n\r\n".encode() + big)
                one.recv(4096)

    before = service.memory()
    times = []
    with ExitStack() as stack:
        for number in range(1000):
            with suppress(OSError):
                one = stack.enter_context(socket.create_connection((HOST, service.port), 5))
                one.sendall(half if number % 3 else b"")
        senders = [threading.Thread(target=flood) for _ in range(8)]
        for each in senders:
            each.start()
        most = 0
        for number in range(calls):
            began = time.monotonic()
            service.call(100 + number)
            times.append(time.monotonic() - began)
            most = max(most, service.memory())
        stop.set()
        for each in senders:
            each.join()
    refused = sum(1 for one in service.answers if not one.folios)
    note = f"slowest rightful call {max(times):.2f} s, worker {before} MiB before, {most} MiB at most"
    return Extra(note, f"{refused} rightful calls refused" if refused else "")


# --- the clock ----------------------------------------------------------------------------------------------------


def clock_back(service: Service) -> Extra:
    """The clock of the machine is set a day back while the service runs, and then right again."""
    return _clock(service, -_DAY)


def clock_forward(service: Service) -> Extra:
    """The same a month ahead."""
    return _clock(service, 30 * _DAY)


def _clock(service: Service, seconds: int) -> Extra:
    service.issue(range(10))
    clock = service.directory.parent / _CLOCK
    clock.write_text(str(seconds))
    dated = sum(1 for one in service.issue(range(10, 20)) if one.folios)
    clock.write_text("0")
    service.issue(range(20, 30))
    wrong = f"{dated} documents dated by the wrong clock" if dated else ""
    return Extra(wrong=wrong or ("" if service.answers[-1].folios else "issues nothing once the clock is right"))


def _movable_clock(directory: Path) -> dict[str, str]:
    """A clock of its own, in the folder that *directory* lies in."""
    clock, library = directory.parent / _CLOCK, directory.parent / "moved_clock.so"
    clock.write_text("0")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(clock)}


def _no_compiler() -> str:
    return "" if shutil.which("gcc") and os.uname().sysname == "Linux" else "needs gcc, on Linux"


ROWS = (
    Row("database replaced by an older copy", database_replaced),
    Row("database deleted", database_deleted),
    Row("write-ahead log removed", wal_removed),
    Row("older ledger put back, service started", older_ledger),
    Row("full disk", full_disk, _mounted, missing=may_not_mount),
    Row("full disk (limit of the size of a file)", file_size_limit, largest_file=4 << 20),
    Row("read-only disk", read_only, _mounted, missing=may_not_mount),
    Row("corrupt page", corrupt_page),
    Row("disk full in a large file", full_in_a_large_file, _mounted, missing=may_not_mount),
    Row("database held between two chunks", held_between_two_chunks),
    Row("one worker dies twice within 2 s", two_deaths),
    Row("all workers killed twice", all_workers_killed),
    Row("clients gone", clients_gone),
    Row("the same file three times at once", same_file_three_times),
    Row("1000 hostile connections", hostile_connections),
    Row("clock a day back", clock_back, _movable_clock, missing=_no_compiler),
    Row("clock a month forward", clock_forward, _movable_clock, missing=_no_compiler),
)

__all__ = ["ROWS", "Extra", "Folio", "Row", "acknowledged"]
