"""Documents per second of the whole road, beside the bare cost of what cannot be avoided.

Measures in one run and on one core, so that the ratios mean something on a shared machine:

* the floor: two RSA signatures (CAF and certificate) and one durable commit of SQLite, one after another;
* the road: parse, validate, number, stamp, sign and store a factura of ten lines (``Issuer.process``);
* the call: the same inside a SOAP 1.1 request through the front, without a network;
* the socket: the same call to the real service, as :mod:`benchmarks.socket_pairs` starts it.

Rounds of the four are interleaved; medians and the spread of the middle half of the rounds are printed.
``--profile`` prints where the time of the call goes.
"""

from __future__ import annotations

import argparse
import base64
import cProfile
import io
import os
import pstats
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from dteplanows.accounts.callers import Account, Callers
from dteplanows.demo import prepare
from dteplanows.folios.keys import stamping_key
from dteplanows.issuing import Issuer, open_issuer
from dteplanows.settings import load
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.ted import stamp
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import make_application

_LINES = 10
_ROUND = 25
"""Calls of one kind before the next kind has its turn."""


_BEGINNING = 33
"""Bytes before each file; a multiple of three, so that their base64 stands by itself."""


def _another_beginning(number: int, kind: str) -> bytes:
    """A line of blanks that no other call has, for no two invoices of an ERP are the same file."""
    bits = f"{number:0{_BEGINNING - 3}b}{kind == 'road':b}"
    return bits.replace("0", " ").replace("1", "\t").encode() + b"\r\n"


class Bench(NamedTuple):
    """What the three measurements work on."""

    issuer: Issuer
    account: Account
    file: bytes
    envelope: bytes


def sample_file() -> bytes:
    """A factura of ten lines as an ERP writes it."""
    lines = [f"{n};COD-{n:03};Artículo de prueba número {n};{n};1990;0;0;0;0;0;{n * 1990};INT1;UN;;" for n in
             range(1, _LINES + 1)]  # fmt: skip
    neto = sum(n * 1990 for n in range(1, _LINES + 1))
    iva = (neto * 19 + 50) // 100
    text = "\r\n".join([
        "->Encabezado<-",
        "33;0;2026-01-05;0;0;22222222-2;Cliente de Prueba Limitada;Comercio;Calle Uno 1;Santiago;Santiago;;",
        "->Totales<-", f"0;0;0;0;{neto};0;19;{iva};{neto + iva};",
        "->Detalle<-", *lines,
        "->Observacion<-", "Pago a 30 días;", "",
    ])  # fmt: skip
    return text.encode("latin-1")


def make_bench(directory: Path) -> Bench:
    """A fresh installation, and the file as a SOAP request of its user."""
    settings = load(directorio=directory)
    access = prepare(settings, lambda line: None)
    issuer = open_issuer(settings)
    file = sample_file()
    parts = {"Usuario": access.usuario, "Rut": access.rut, "Clave": access.clave, "Puerto": "0"}
    login = "".join(f"<{name}>{base64.b64encode(text.encode()).decode()}</{name}>" for name, text in parts.items())
    body = (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soap:Body><Procesar xmlns="http://tempuri.org"><login>{login}</login>'
        f"<file>{base64.b64encode(file).decode()}</file><formato>1</formato></Procesar></soap:Body></soap:Envelope>"
    )
    return Bench(issuer, Callers(issuer.ledger).operator("pruebas", access.rut_empresa), file, body.encode())


def road(bench: Bench) -> Callable[[], None]:
    """One document through ``Issuer.process``."""

    numbers = count()

    def once() -> None:
        file = _another_beginning(next(numbers), "road") + bench.file
        if not bench.issuer.process(bench.account, file, "1").accepted:
            raise SystemExit("El documento de la medición fue rechazado.")

    return once


def call(bench: Bench) -> Callable[[], None]:
    """One document through the SOAP front."""
    application = make_application(bench.issuer)
    before, file, after = bench.envelope.partition(base64.b64encode(bench.file))
    envelopes = (before + base64.b64encode(_another_beginning(number, "call")) + file + after for number in count())
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "8080", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr, "CONTENT_TYPE": "text/xml; charset=utf-8", "wsgi.version": (1, 0),
        "CONTENT_LENGTH": str(len(bench.envelope) + 4 * _BEGINNING // 3), "HTTP_SOAPACTION": '"http://tempuri.org/Procesar"',
        "HTTP_HOST": "localhost:8080", "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip

    def once() -> None:
        envelope = io.BytesIO(next(envelopes))
        answer = b"".join(application({**environ, "wsgi.input": envelope}, lambda *_: lambda data: None))
        if b"Resultado&gt;True" not in answer:
            raise SystemExit("El documento de la medición fue rechazado.")

    return once


def floor(bench: Bench, directory: Path) -> Callable[[], None]:
    """Two RSA signatures and one durable commit, with the keys and the kind of database that the road uses."""
    company = bench.account.company
    stored = next(iter(bench.issuer.ledger.certificates.of(company.ambiente, company.rut)), None)
    cafs = bench.issuer.ledger.cafs.of(company.ambiente, company.rut, 33)
    if stored is None:
        raise SystemExit("Falta el certificado de la medición.")
    certificate = Certificate.from_trusted(stored.certificate)
    key = stamping_key(bench.issuer.ledger, cafs[0].id).key
    connection = sqlite3.connect(directory / "floor.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, data BLOB)")
    data = os.urandom(6000)

    def once() -> None:
        stamp("<DD>x</DD>", key)
        certificate.sign(b"x")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO one (data) VALUES (?)", (data,))
        connection.execute("COMMIT")

    return once


def measure(kinds: dict[str, Callable[[], None]], seconds: float) -> dict[str, list[float]]:
    """Seconds per call of each kind, one figure for each round, the rounds interleaved."""
    for once in kinds.values():
        once()
    figures: dict[str, list[float]] = {name: [] for name in kinds}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, once in kinds.items():
            begin = time.perf_counter()
            for _ in range(_ROUND):
                once()
            figures[name].append((time.perf_counter() - begin) / _ROUND)
    return figures


def show(figures: dict[str, list[float]]) -> None:
    """Print the figures, each beside the first one."""
    first = next(iter(figures.values()))
    base = statistics.median(first)
    print(f"{'':32}{'µs':>8}{'documents/s':>13}{'ratio':>8}   middle half of {len(first)} rounds")
    for name, all_of_them in figures.items():
        middle = statistics.median(all_of_them)
        low, _, high = statistics.quantiles(all_of_them, n=4)
        spread = f"{low * 1e6:.0f} to {high * 1e6:.0f}"
        print(f"{name:32}{middle * 1e6:8.0f}{1 / middle:13.0f}{middle / base:8.2f}   {spread}")


def profile(once: Callable[[], None]) -> None:
    """Print where the time of 300 calls goes, by the function's own time."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(300):
        once()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to measure")
    parser.add_argument("--profile", action="store_true", help="print where the time of the SOAP call goes")
    arguments = parser.parse_args()
    # Not above: the other module takes its file and its floor from this one.
    from benchmarks.socket_pairs import ROOT, running  # noqa: PLC0415

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        bench = make_bench(Path(name))
        if arguments.profile:
            profile(call(bench))
            return
        with running(ROOT) as service:
            show(measure({
                "two RSA signatures + one commit": floor(bench, Path(name)),
                "road (Issuer.process)": road(bench),
                "SOAP call": call(bench),
                "SOAP call through the socket": partial(service.once, "Procesar"),
            }, arguments.seconds))  # fmt: skip
        bench.issuer.ledger.close()


if __name__ == "__main__":
    main()
