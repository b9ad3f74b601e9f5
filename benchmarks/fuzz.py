"""Throws damaged and hostile files at the parser and the validator, and looks at what comes out.

    python3 run.py fuzz --inputs 1000000 --processes 2

Every input follows from the seed and its number alone. What must hold for it is in ``fuzz_checks``: nothing is raised,
every refusal has its reasons, what is accepted is of the SII's structure, and no input takes more than two seconds of
processor time. A failure is printed with its seed and number and its input is kept in ``build/fuzz``;
``--only NUMBER`` tries one input again. At the end come the slowest inputs and the memory of each process, early and
late: it must not grow. The exit code is 1 when anything failed.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import heapq
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.fuzz_checks import Overtime, Verdict, check
from benchmarks.fuzz_inputs import Input, make
from dteplanows.parser import XML

KEPT = Path("build", "fuzz")
SLOWEST = 10
GIVEN_UP_AFTER = 60.0
"""Seconds of processor time after which an input is given up."""
_STEADY = 0.1
"""Share of the inputs after which a process has loaded and met all that it keeps."""
_MOST_TOLD = 3
"""Failures of one kind that are printed and kept."""
_PAGE = 4096


class Slow(NamedTuple):
    """One of the slowest inputs."""

    seconds: float
    number: int
    size: int
    story: str


class Failure(NamedTuple):
    """An input for which something does not hold."""

    number: int
    fault: str


@dataclass
class Report:
    """What one process found, or all of them."""

    inputs: int = 0
    size: int = 0
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """Failures by their first words."""
    failures: list[Failure] = field(default_factory=list)
    slowest: list[Slow] = field(default_factory=list)
    memory: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each process: bytes at the beginning of the steady phase, half-way and at the end."""

    def add(self, number: int, one: Input, verdict: Verdict) -> None:
        """Count one input."""
        self.inputs += 1
        self.size += len(one.data)
        self.accepted += verdict.accepted
        self.refused += verdict.refused
        self.seconds += verdict.seconds
        self.codes.update(verdict.codes)
        self._keep(Slow(verdict.seconds, number, len(one.data), one.story))
        for fault in verdict.faults:
            self._fail(Failure(number, fault))

    def merge(self, other: Report) -> None:
        """Take in what another process found."""
        self.inputs += other.inputs
        self.size += other.size
        self.accepted += other.accepted
        self.refused += other.refused
        self.seconds += other.seconds
        self.codes += other.codes
        for slow in other.slowest:
            self._keep(slow)
        known = Counter(self.kinds)
        self.kinds += other.kinds
        self.failures += [one for one in other.failures if known[kind(one.fault)] < _MOST_TOLD]
        self.memory += other.memory

    def _keep(self, slow: Slow) -> None:
        if len(self.slowest) < SLOWEST:
            heapq.heappush(self.slowest, slow)
        elif slow > self.slowest[0]:
            heapq.heapreplace(self.slowest, slow)

    def _fail(self, failure: Failure) -> None:
        self.kinds[kind(failure.fault)] += 1
        if self.kinds[kind(failure.fault)] <= _MOST_TOLD:
            self.failures.append(failure)


def kind(fault: str) -> str:
    """What faults of one cause have in common: their first words, without figures of the input."""
    return " ".join(fault.split()[:3])


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE
    except OSError:
        return 0


def settled() -> int:
    """As :func:`resident`, once garbage is collected and the C library has given back what it holds in reserve.

    What it holds depends on the largest input so far and not on how many there were.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only glibc has it
        if trim:
            trim(0)
    return resident()


def run(seed: int, numbers: range, at: Any = None) -> Report:
    """Try the inputs *numbers* of the run *seed*.

    :param at: shared integer that holds the number of the input being tried, for whoever finds this process dead.
    """
    report = Report()
    early = middle = 0
    for count, number in enumerate(numbers):
        if at is not None:
            at.value = number
        if count == int(len(numbers) * _STEADY):
            early = settled()
        if count == len(numbers) // 2:
            middle = settled()
        one = make(seed, number)
        _alarm(GIVEN_UP_AFTER)
        try:
            verdict = check(one)
        finally:
            _alarm(0)
        report.add(number, one, verdict)
    report.memory = [(early, middle, settled())]
    return report


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def _give_up(number: int, frame: object) -> None:
    raise Overtime(f"given up after {GIVEN_UP_AFTER:.0f} s")


def watch_the_clock() -> None:
    """Give up inputs that take too long, in this process."""
    if hasattr(signal, "SIGVTALRM"):
        signal.signal(signal.SIGVTALRM, _give_up)


def _work(seed: int, numbers: range, at: Any, results: Connection) -> None:
    watch_the_clock()
    results.send(run(seed, numbers, at))


def run_in_processes(seed: int, numbers: range, processes: int) -> Report:
    """The same in several processes; one that dies is a failure of the input that it died of."""
    context = multiprocessing.get_context("spawn")
    running = {}
    for offset in range(processes):
        share = numbers[offset::processes]
        at = context.Value("q", share.start, lock=False)
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(seed, share, at, sending))
        process.start()
        sending.close()
        running[receiving] = (process, at)
    total = Report()
    while running:
        ready = wait(list(running), timeout=60)
        if not ready:
            places = ", ".join(str(at.value) for _, at in running.values())
            print(f"at the numbers {places}", file=sys.stderr, flush=True)
        for one in ready:
            assert isinstance(one, Connection)
            process, at = running.pop(one)
            try:
                total.merge(one.recv())
            except EOFError:
                process.join()
                died = Report(failures=[Failure(at.value, f"process died with {process.exitcode}")])
                died.kinds["process died with"] += 1
                total.merge(died)
            process.join()
    return total


def keep(seed: int, failure: Failure) -> Path:
    """Write the input of *failure* to a file."""
    one = make(seed, failure.number)
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{seed}-{failure.number}.{'xml' if one.formato.strip() == XML else 'txt'}"
    path.write_bytes(one.data)
    return path


def show(seed: int, report: Report, elapsed: float) -> None:
    """Print what was found."""
    print(f"{report.inputs} inputs of {report.size / 1e6:.0f} MB in {elapsed:.0f} s, seed {seed}")
    print(f"documents: {report.accepted} accepted, {report.refused} refused; {len(report.codes)} different codes")
    print(f"processor time of parse and judge: {report.seconds:.0f} s")
    for samples in report.memory:
        early, middle, late = (f"{one / 1e6:.1f}" for one in samples)
        print(f"memory of a process, in MB: {early} early, {middle} half-way, {late} at the end")
    print("slowest:")
    for slow in sorted(report.slowest, reverse=True):
        print(f"  {slow.seconds:6.3f} s  {slow.size:8} bytes  number {slow.number}: {slow.story[:150]}")
    for failure in report.failures:
        print(f"FAILED  seed {seed} number {failure.number}: {failure.fault}\n        kept as {keep(seed, failure)}")
    for words, count in report.kinds.most_common():
        print(f"{count:8} × {words}")
    print("No failure." if not report.kinds else f"{report.kinds.total()} failures.")


def main() -> int:
    """Run as the command line says; 1 when something failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--inputs", type=int, default=50_000, help="how many")
    options.add_argument("--start", type=int, default=0, help="number of the first one")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--only", type=int, metavar="NUMBER", help="try this one input and print it")
    arguments = options.parse_args()
    begin = time.monotonic()
    if arguments.only is not None:
        one = make(arguments.seed, arguments.only)
        sys.stdout.buffer.write(one.data + b"\n")
        print(one._replace(data=b""))
        numbers = range(arguments.only, arguments.only + 1)
        watch_the_clock()
        report = run(arguments.seed, numbers)
    else:
        numbers = range(arguments.start, arguments.start + arguments.inputs)
        report = run_in_processes(arguments.seed, numbers, arguments.processes)
    show(arguments.seed, report, time.monotonic() - begin)
    return 1 if report.kinds else 0


if __name__ == "__main__":
    raise SystemExit(main())
