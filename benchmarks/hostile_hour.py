"""The memory of a worker after an hour of hostile callers, and what a rightful one notices of them.

Starts the service as :mod:`benchmarks.socket_pairs` does, with one worker, and lets many clients do to it what careless
and hostile programs do, each kind over and over: calls sent by halves and then left, bodies longer than accepted,
bodies that break off, compressed ones that inflate without end, envelopes of many elements and levels, files of rubbish
under a good password, wrong passwords, callers that close before their answer, addresses of printed documents good and
altered, bytes that are no HTTP, and connections that never say a word. Meanwhile a rightful program issues invoices.

Fails when a rightful call gets no good answer, and when the memory still grows in the second half.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import itertools
import random
import re
import socket
import statistics
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import NamedTuple

from benchmarks.socket_pairs import HOST, ROOT, CannotMeasureError, Service, running
from dteplanows.soap.asmx.addresses import PATH

_EACH = 4
"""Clients of each kind."""
_SILENT = 200
"""Connections that never say a word."""
_PAUSE = 0.2
"""Seconds between two deeds of one client: on one machine they would else only keep themselves busy."""
_GROWTH, _SLACK = 1.05, 8
"""Times the memory of half-way, and MiB besides, that the memory at the end may be."""
_ROWS = 12
_HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\n"
_SOAP = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'


class Look(NamedTuple):
    """One look at the service."""

    seconds: float
    memory: int
    """Resident MiB of the worker."""


def _post(body: bytes, more: str = "") -> bytes:
    return f"{_HEAD}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _call(operation: str, inside: str) -> bytes:
    return _post(
        f'{_SOAP}<{operation} xmlns="http://tempuri.org">{inside}</{operation}></s:Body></s:Envelope>'.encode()
    )


def deeds(service: Service, pdf: str) -> dict[str, Callable[[], Iterator[bytes]]]:
    """What each kind of client sends, in pieces; after the last one it reads what comes.

    :param pdf: path and query of a printed document.
    """
    chance = random.Random(1)
    deep = f"{_SOAP}{'<a>' * 100_000}".encode()
    wide = f"{_SOAP}{'<a/>' * 500_000}".encode()
    bomb = _post(gzip.compress(bytes(48 * 2**20)), "Content-Encoding: gzip\r\n")
    names = itertools.count()

    def rubbish() -> Iterator[bytes]:
        file = base64.b64encode(chance.randbytes(500_000)).decode()
        yield _call("Procesar", f"<login>{service.login}</login><file>{file}</file><formato>1</formato>")

    def wrong() -> Iterator[bytes]:
        login = f"<Usuario>NADIE{next(names)}</Usuario><Rut>1-9</Rut><Clave>{'x' * 30}</Clave>"
        yield _call("Procesar", f"<login>{login}</login><file>LT4=</file><formato>1</formato>")

    return {
        "half a call": lambda: iter([f"{_HEAD}Content-Length: 500\r\n\r\n<a".encode()]),
        "too long": lambda: itertools.chain(
            [f"{_HEAD}Content-Length: {40 * 2**20}\r\n\r\n".encode()], itertools.repeat(b"x" * 2**16, 640)
        ),
        "broken off": lambda: iter([f"{_HEAD}Transfer-Encoding: chunked\r\n\r\nffff\r\n<a".encode(), b""]),
        "inflates": lambda: iter([bomb]),
        "many levels": lambda: iter([_post(deep)]),
        "many elements": lambda: iter([_post(wide)]),
        "rubbish": rubbish,
        "wrong password": wrong,
        "gone": lambda: iter([service.request("Procesar"), b""]),
        "PDF": lambda: iter([f"GET {pdf} HTTP/1.1\r\nHost: x\r\n\r\n".encode()]),
        "altered PDF": lambda: iter([f"GET {pdf}{next(names)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()]),
        "no HTTP": lambda: iter([chance.randbytes(5000)]),
    }


def torment(port: int, deed: Callable[[], Iterator[bytes]], end: float, done: Counter[str], kind: str) -> None:
    """Do it over and over. An empty piece: close without a look at the answer."""
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection((HOST, port), 20) as connection:
            pieces = list(deed()) if kind != "too long" else deed()
            for piece in pieces:
                if not piece:
                    break
                connection.sendall(piece)
            else:
                connection.settimeout(min(20.0, max(0.1, end - time.monotonic())))
                connection.recv(65536)
            done[kind] += 1
        time.sleep(_PAUSE)


def address_of_a_document(service: Service) -> str:
    """Path and query of the printed document of an invoice issued for it."""
    call = urllib.request.Request(
        f"http://{HOST}:{service.port}{PATH}",
        service.envelope("Procesar", "<IncluyeLink>1</IncluyeLink>"),
        {"Content-Type": "text/xml; charset=utf-8"},
    )
    with urllib.request.urlopen(call, timeout=60) as answer:
        found = re.search(rb"urlOriginal&gt;([^&]+)&lt;", answer.read())
    if not found:
        raise CannotMeasureError("The service gives no address of a printed document.")
    return base64.b64decode(found[1]).decode().partition(f":{service.port}")[2]


class Run(NamedTuple):
    """What a run found."""

    looks: list[Look]
    latencies: list[float]
    """Seconds of each rightful call."""
    done: Counter[str]
    """Deeds by kind."""

    def failures(self) -> list[str]:
        """What is not as it should be."""
        half, end = self.looks[len(self.looks) // 2].memory, self.looks[-1].memory
        return [f"memory grew from {half} to {end} MiB in the second half"] if end > half * _GROWTH + _SLACK else []


def run(service: Service, seconds: float) -> Run:
    """Let the clients do what they do, and call rightly meanwhile."""
    done: Counter[str] = Counter()
    kinds = deeds(service, address_of_a_document(service))
    begin = time.monotonic()
    end = begin + seconds
    clients = [
        threading.Thread(target=torment, args=(service.port, deed, end, done, kind), daemon=True)
        for kind, deed in kinds.items()
        for _ in range(_EACH)
    ]
    looks, latencies = [Look(0, service.memory())], list[float]()
    for client in clients:
        client.start()
    for number in range(1, 4 * _ROWS + 1):
        # The service closes the silent ones after a while.
        with ExitStack() as stack:
            for _ in range(_SILENT):
                stack.enter_context(socket.create_connection((HOST, service.port), 20))
            while True:
                now = time.monotonic()
                service.once("Procesar")
                latencies.append(time.monotonic() - now)
                if time.monotonic() >= begin + seconds * number / (4 * _ROWS):
                    break
                time.sleep(_PAUSE / 2)
        looks.append(Look(time.monotonic() - begin, service.memory()))
    for client in clients:
        client.join(30)
    looks.append(Look(time.monotonic() - begin, service.memory()))
    return Run(looks, latencies, done)


def show(found: Run) -> None:
    """Print the figures."""
    print(f"{'s':>8}{'worker MiB':>14}")
    step = max(1, len(found.looks) // _ROWS)
    for one in [*found.looks[:-1:step], found.looks[-1]]:
        print(f"{one.seconds:8.0f}{one.memory:14}")
    print("\n" + ", ".join(f"{kind}: {number}" for kind, number in found.done.items()))
    times = sorted(found.latencies)
    middle, high = statistics.median(times), times[len(times) * 99 // 100]
    figures = {"median": middle, "p99": high, "max": times[-1]}
    shown = ", ".join(f"{name} {figure * 1000:.0f} ms" for name, figure in figures.items())
    print(f"{len(times)} rightful calls: {shown}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3600.0, help="how long")
    arguments = parser.parse_args()
    if sys.platform != "linux":
        sys.exit("Only Linux tells the memory of a process as this needs it.")
    try:
        with running(ROOT) as service:
            found = run(service, arguments.seconds)
    except CannotMeasureError as error:
        sys.exit(str(error))
    show(found)
    print("; ".join(found.failures()) or "every rightful call was answered, and the memory holds")
    sys.exit(1 if found.failures() else 0)


if __name__ == "__main__":
    main()
