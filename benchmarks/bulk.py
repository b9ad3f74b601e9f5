"""Bulk mode at full size: one file of many documents through the service, with its worker killed on the way.

Starts the service as a customer does, sends the file with ``ProcesarWSMasivo``, kills the worker three times with
SIGKILL, and then shows how long the ``TrackId`` took, the documents per second, the memory of the service and of the
workers over time, and whether every document was issued exactly once, in order and without a gap.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import family, memory
from dteplanows.demo import prepare
from dteplanows.demo.access import Access
from dteplanows.document import clock
from dteplanows.ledger.batch_rows import StoredBatch
from dteplanows.ledger.store import Ledger
from dteplanows.settings import load
from dteplanows.web import server

HOST = "127.0.0.1"
KILLS = 3
_SAMPLES = 12
"""Lines of the table of memory."""

_FACTURA = """->Encabezado<-
33;0;{today};0;0;22222222-2;Cliente de Prueba {number};Comercio;Calle Uno 1;Santiago;Santiago;;
->Totales<-
0;0;0;0;{neto};0;19;{iva};{total};
->Detalle<-
{lines}"""
_BOLETA = """->Boleta<-
39;0;{today};3;0;;;;66666666-6;;;;;;;;
->BoletaTotales<-
0;0;0;{neto};0;0;0;0;
->BoletaDetalle<-
{lines}"""
_FACTURA_LINE = "{line};A-{line};{name};2;995;0;0;0;0;0;1990;INT1;UN;;\n"
_BOLETA_LINE = "{line};{line};{name};0;2;995;0;1990;INT1;UN;;\n"
_NOTE = re.compile(rb"Ficha (\d+)<")


class Sample(NamedTuple):
    """One look at the run."""

    seconds: float
    hechos: int
    service: int
    """Memory of the service's processes in MiB, without the worker."""
    worker: int


def bulk_file(documents: int, lines: int) -> bytes:
    """Facturas and boletas in turn, each with its place in the file in the name of its first article."""
    return "".join(_document(number, lines) for number in range(documents)).encode()


def _document(number: int, lines: int) -> str:
    head, row = ((_FACTURA, _FACTURA_LINE), (_BOLETA, _BOLETA_LINE))[number % 2]
    names = (f"Ficha {number}", *(f"Tornillos de la medida {line}" for line in range(2, lines + 1)))
    rows = "".join(row.format(line=line, name=name) for line, name in enumerate(names, 1))
    neto = 1990 * lines
    iva = (neto * 19 + 50) // 100
    return head.format(today=clock.today(), number=number, neto=neto, iva=iva, total=neto + iva, lines=rows)


def call(address: str, access: Access, operation: str, parameters: str) -> str:
    """The text of the answer to a SOAP 1.1 call."""
    parts = {"Usuario": access.usuario, "Rut": access.rut, "Clave": access.clave}
    login = "".join(f"<{name}>{base64.b64encode(text.encode()).decode()}</{name}>" for name, text in parts.items())
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation} xmlns="http://tempuri.org"><login>{login}</login>{parameters}</{operation}></s:Body></s:Envelope>'
    )
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        text: str = answer.read().decode()
    return text.replace("&lt;", "<").replace("&gt;", ">")


def worker_of(ledger: Ledger, track_id: int) -> int:
    """The process that has the batch; 0 for none."""
    (name,) = ledger.connection.execute("SELECT trabajador FROM lote WHERE id = ?", (track_id,)).fetchone()
    return int(name.split(":")[1]) if name else 0


def watch(ledger: Ledger, track_id: int, service: int, documents: int) -> tuple[list[Sample], StoredBatch]:
    """Look at the run until it is done; on the way kill the worker at the quarters of the file."""
    begin, samples, kills = time.monotonic(), [], 0
    while True:
        batch = ledger.batches.find(track_id)
        if batch is None:
            raise SystemExit("El lote no existe.")
        worker = worker_of(ledger, track_id)
        others = sum(memory(one) for one in family(service) if one != worker)
        samples.append(Sample(time.monotonic() - begin, batch.hechos, others, memory(worker)))
        if batch.estado == "terminado":
            return samples, batch
        if kills < KILLS and batch.hechos >= documents * (kills + 1) // (KILLS + 1):
            os.kill(worker, signal.SIGKILL)
            kills += 1
            print(f"  {samples[-1].seconds:6.1f} s: worker {worker} killed at {batch.hechos} documents", flush=True)
        time.sleep(0.2)


def check(ledger: Ledger, documents: int) -> str:
    """What is wrong with what was issued; empty when every document was issued once, in order, without a gap."""
    numbers: list[int] = []
    for tipo, first in ((33, 0), (39, 1)):
        rows = ledger.connection.execute("SELECT folio, xml FROM documento WHERE tipo = ? ORDER BY folio", (tipo,))
        found = [(folio, int(match[1])) for folio, xml in rows if (match := _NOTE.search(bytes(xml)))]
        folios = [folio for folio, _ in found]
        if folios and folios != list(range(folios[0], folios[0] + len(folios))):
            return f"type {tipo}: the folios have gaps"
        if [number for _, number in found] != list(range(first, documents, 2)):
            return f"type {tipo}: not every document once and in order"
        numbers += [number for _, number in found]
    doubled = [number for number, times in Counter(numbers).items() if times > 1]
    return f"issued twice: {doubled[:10]}" if doubled or len(numbers) != documents else ""


def show(samples: list[Sample], batch: StoredBatch) -> None:
    """Print the run over time."""
    print(f"\n{'s':>8}{'documents':>12}{'service MiB':>14}{'worker MiB':>13}")
    alive = [one for one in samples if one.worker] or samples
    for number in range(_SAMPLES):
        one = alive[number * (len(alive) - 1) // (_SAMPLES - 1)]
        print(f"{one.seconds:8.1f}{one.hechos:12}{one.service:14}{one.worker:13}")
    seconds = samples[-1].seconds
    print(f"\n{batch.hechos} documents in {seconds:.1f} s: {batch.hechos / seconds:.0f} documents/s, kills included")


def run(documents: int, lines: int, directory: Path) -> int:
    """The exit code: 0 when everything is as promised."""
    settings = load(directorio=directory)
    access = prepare(settings, lambda line: None)
    file = bulk_file(documents, lines)
    port = server.free_port(HOST)
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    ledger = Ledger(directory)
    before = [row[0] for row in ledger.connection.execute("SELECT COUNT(*) FROM documento")]
    try:
        if before != [0] or not server.wait_until_online(HOST, port, lambda: process.poll() is None):
            raise SystemExit("El servicio no partió con una base vacía.")
        address = server.address(HOST, port)
        encoded = base64.b64encode(file).decode()
        print(f"a file of {documents} documents, {len(file) / 2**20:.1f} MiB", flush=True)
        begin = time.monotonic()
        parameters = f"<file>{encoded}</file><formato>1</formato>"
        answer = call(address, access, "ProcesarWSMasivo", parameters)
        waited = time.monotonic() - begin
        found = re.search(r"<TrackId>(\d+)<", answer)
        if not found:
            raise SystemExit(answer)
        print(f"TrackId {found[1]} after {waited:.2f} s", flush=True)
        samples, batch = watch(ledger, int(found[1]), process.pid, documents)
        show(samples, batch)
        begin = time.monotonic()
        answer = call(address, access, "ConsultarEstado", f"<trackid>{found[1]}</trackid>")
        print(f"ConsultarEstado: {answer.count('<Folio>')} documents in {time.monotonic() - begin:.2f} s")
        wrong = check(ledger, documents) or ("some were refused" if batch.rechazados else "")
        wrong = wrong or ("the TrackId took longer than 2 s" if waited > 2 else "")
        print(wrong or f"every document was issued once, in order, without a gap, with {KILLS} SIGKILLs")
        return 1 if wrong else 0
    finally:
        process.terminate()
        process.wait(60)
        ledger.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000, help="documents of the file")
    parser.add_argument("--lines", type=int, default=10, help="lines of each document")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        code = run(arguments.documents, arguments.lines, Path(name))
    sys.exit(code)


if __name__ == "__main__":
    main()
