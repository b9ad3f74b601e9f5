"""The pages of the portal over a large ledger: how long the server takes for each, on either engine, and what an export
of a month costs in time and memory.

Documents of a year, or of a month, are inserted directly, as ``benchmark documents`` does. Each page is asked for many
times; its time is that of the server alone, from the request to the last byte of the answer. Exports are made by a
process of their own, as ``serve`` has one, which tells what its memory came to; and calls of ``Procesar`` to a running
service are timed by turns with such a process beside it and without, on the same machine in the same minutes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.documents import NOBODY, START, UNSENT_ONES, rows
from benchmarks.engines import ENGINES, place_of
from dteplanows.exports import FOLDER, order
from dteplanows.exports.formats import What
from dteplanows.exports.worker import Exporter
from dteplanows.ledger.delivery_tables import ENVIO, StoredEnvelope
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales.query import whole_month
from dteplanows.process.priority import stand_back
from dteplanows.soap.asmx.addresses import PATH
from tests.installation import COMPANY, Installation, make_installation
from tests.issuing.test_issued_before import file
from tests.portal.pages import Browser, Site, site_of
from tests.sii.documents import issue
from tests.web.serving import HOST, call, running

LIMIT = 0.150
"""Seconds that a page may take, of 20 times 19."""
_NAMES = ("Comercial Ñuble Ltda.", "Ferretería El Tornillo SpA", "Juana Pérez Soto", "Agrícola Los Álamos S.A.")
_INSERT = (
    "INSERT INTO documento (ambiente, rut_emisor, tipo, folio, fecha_emision, rut_receptor, razon_social_receptor, "
    "monto_neto, monto_exento, iva, monto_total, xml, archivo_sha256, beside, respuesta, caf_id, usuario, creado, "
    "reemplaza) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 'a', '{}', '{}', 1, ?, '2026-01-01 10:00:00', 0)"
)
_DELIVERED = (
    "INSERT INTO entrega (documento_id, ambiente, rut_emisor, clase, estado, desde, tope, consulta, motivos) "
    "SELECT id, ambiente, rut_emisor, CASE WHEN tipo IN (39, 41) THEN 'boletas' ELSE 'facturas' END, "
    "CASE WHEN id > ? THEN 'pendiente' WHEN id % 5000 = 1 THEN 'rechazado' ELSE 'aceptado' END, creado, 0, 0, '' "
    f"FROM documento WHERE id > {UNSENT_ONES}"
)

_HIGHEST = "SELECT tipo, MAX(folio) FROM documento WHERE folio < 1000000000 GROUP BY tipo"
_CAF = "UPDATE caf SET desde = 1, hasta = ?, siguiente = ? WHERE tipo = ?"
_ENVELOPE = ENVIO.insert("trabajador", "vence")


def fill(ledger: Ledger, documents: int, days: int, like: StoredDocument) -> None:
    """*documents* of the company, issued in so many days, all with the XML of *like*."""
    in_postgresql = bool(ledger.place.base)
    content = r"'\x00'" if in_postgresql else "x'00'"
    ledger.connection.execute(f"INSERT INTO archivo (sha256, formato, contenido) VALUES ('a', '1', {content})")
    with ledger.transaction():
        ledger.connection.execute(f"DROP TRIGGER documento_se_entrega{' ON documento' if in_postgresql else ''}")
        ledger.connection.executemany(_INSERT, _named(rows(documents, 0, days=days), like.xml))
        ledger.connection.execute(_DELIVERED, (documents - 100,))
        for tipo, most in ledger.connection.execute(_HIGHEST).fetchall():
            # The folios are those of the CAFs, and numbering has come to their end.
            ledger.connection.execute(_CAF, (most + 1000, most + 1, tipo))
        _envelopes(ledger, documents // 500)
    # What the server still has to write of all that is no part of what a page costs.
    for statement in ("VACUUM ANALYZE", "CHECKPOINT") if in_postgresql else ("PRAGMA wal_checkpoint(TRUNCATE)",):
        ledger.connection.execute(statement)


def _envelopes(ledger: Ledger, count: int) -> None:
    """*count* envelopes that are done, of one document each: the list does not look at what is in them."""
    for number in range(1, count + 1):
        moment = datetime(2026, 1, 1) + timedelta(minutes=number)
        one = StoredEnvelope(
            id=0, ambiente=COMPANY.ambiente, rut_emisor=COMPANY.rut, rut_envia="1-9", clase="facturas", de_prueba=False,
            documentos=500, bytes=1, sha256="0" * 64, creado=moment, estado="procesado", servidor="maullin",
            track_id=str(number), subidas=1, desde=moment, subido=moment, siguiente=0.0, estado_sii="EPR",
            conteo={"33": [500, 500, 0, 0]},
        )  # fmt: skip
        ledger.db.insert(_ENVELOPE, ENVIO.values(one, "", 0.0))


def _named(every: Iterator[tuple[object, ...]], xml: bytes) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(every):
        name = f"{_NAMES[number % len(_NAMES)]} {number % 5000}"
        yield (COMPANY.ambiente, COMPANY.rut, *row[2:6], name, *row[7:10], xml, row[11])


def questions(month: str, year: tuple[str, str]) -> dict[str, dict[str, str]]:
    """The arguments of the addresses that are asked for."""
    whole = {"desde": year[0], "hasta": year[1]}
    of_month = {
        "todos": {}, "de lo más antiguo": {"sentido": "sube"}, "por monto": {"orden": "monto"},
        "un tipo": {"tipo": "33"}, "un folio": {"folio": "777"}, "un RUT frecuente": {"receptor": NOBODY},
        "un RUT que no hay": {"receptor": "1-9"},
        "parte de un nombre": {"receptor": "tornillo"}, "un nombre que no hay": {"receptor": "nadie se llama así"},
        "un monto exacto": {"minimo": "500000", "maximo": "500010"}, "aceptados": {"estado": "aceptado"},
        "rechazados": {"estado": "rechazado"}, "un usuario": {"usuario": "erp"},
        "en medio del mes": {"desde_fila": f"{month}-15.{2**40}"}, "hacia atrás": {"hasta_fila": f"{month}-15.1"},
        "folios de un tipo escaso": {"tipo": "110", "orden": "folio"},
    }  # fmt: skip
    asked = {f"mes: {name}": {"mes": month, **more} for name, more in of_month.items()}
    return asked | {
        "todo: lista": whole, "todo: parte de un nombre": {**whole, "receptor": "tornillo"},
        "todo: un RUT que no hay": {**whole, "receptor": "1-9"}, "todo: rechazados": {**whole, "estado": "rechazado"},
    }  # fmt: skip


def measure(name: str, times: int, question: Callable[[], str]) -> float:
    """Ask, and print how long the answers take; the time that 19 of 20 need, in seconds.

    What else the machine does is in those times, and not in that of the processor, which is that of this process alone.
    """
    said, taken, worked = question(), list[float](), list[float]()
    for _ in range(times):
        begin, busy = time.perf_counter(), time.process_time()
        question()
        taken.append(time.perf_counter() - begin)
        worked.append(time.process_time() - busy)
    late = statistics.quantiles(taken, n=20)[-1]
    usual, cpu = statistics.median(taken) * 1000, statistics.median(worked) * 1000
    print(f"{name:32} {usual:7.1f} ms  p95 {late * 1000:7.1f} ms  procesador {cpu:6.1f} ms  {said}", flush=True)
    return late


def pages(site: Site, browser: Browser, days: int) -> dict[str, Callable[[], str]]:
    """What is asked for, each with what says in a few words what came."""
    ledger, home = site.installation.ledger, f"{site.home}/ventas"
    folio = ledger.connection.execute("SELECT MAX(folio) FROM documento WHERE tipo = 33").fetchone()[0]

    def get(path: str) -> Callable[[], str]:
        def asked() -> str:
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            lines = answer.text.count('class="num folio"')
            return f"{lines} filas" + (", sigue" if "Seguir buscando" in answer.text else "")

        return asked

    month = f"{START + timedelta(days=days // 2):%Y-%m}"
    get(f"{home}?mes={month}&parte=totales")()  # as the page itself does, the first time that anybody looks at a month
    last = START + timedelta(days=days - 1)
    found = {"página del mes": get(f"{home}?mes={month}"), "un documento": get(f"{home}/33/{folio}")}
    for name in ("compras", "guias", "f29"):
        found[f"página {name}"] = get(f"{site.home}/{name}?mes={month}")
    found["página exportaciones"] = get(f"{site.home}/exportaciones")
    for name, one in questions(month, (START.isoformat(), last.isoformat())).items():
        found[name] = get(f"{home}?{urlencode({**one, 'parte': 'lista'})}")
    of_company = ("tablero", "folios", "certificados", "envios", "envios?estado=detenido", "envios?antes=500", "lotes",
                  "empresa")  # fmt: skip
    found |= {f"página {one}": get(f"{site.home}/{one}") for one in of_company}
    installation = ("ajustes", "respaldos", "empresas")
    return found | {f"página {one} de la instalación": get(f"/instalacion/{one}") for one in installation}


EXPORTS = {"csv": 0, "xlsx": 0, "rcv": 0, "librocv": 0, "xml": 0, "pdf": 110}
"""Kinds of files, each with the document type whose documents are in it; 0 for the whole month."""


def exports(site: Site, place: Place, month: Wanted) -> None:
    """Print what the files of a month cost: time, size, and the memory of the process that makes them."""
    ledger, context = site.installation.ledger, multiprocessing.get_context("spawn")
    for formato, tipo in EXPORTS.items():
        what = What(Listing(month._replace(tipo=tipo)))
        identifier = order(ledger, site.installation.company, "medidor", formato, what)
        process = context.Process(target=_export_once, args=(place,))
        process.start()
        process.join()
        done = ledger.exports.find(identifier)
        assert done and done.estado == "lista", done
        before, most, seconds = map(float, (ledger.directory / FOLDER / "memoria").read_text("ascii").split())
        print(
            f"{formato} del mes: {done.hechos} documentos, {seconds:.1f} s, {done.largo / 2**20:.1f} MiB, memoria "
            f"{before / 1024:.0f} MiB al comenzar y {most / 1024:.0f} MiB a lo más",
            flush=True,
        )


def _export_once(place: Place) -> None:
    """Make the one file that waits, and write down this process's memory before and at most, and the seconds."""
    ledger = Ledger(place)
    before, begin = _memory(), time.perf_counter()
    while Exporter(ledger, 7, 100_000).work_once():
        pass
    (ledger.directory / FOLDER / "memoria").write_text(f"{before} {_memory()} {time.perf_counter() - begin}", "ascii")
    ledger.close()


def _export_for_ever(place: Place) -> None:
    stand_back()
    ledger = Ledger(place)
    exporter = Exporter(ledger, 7, 100_000)
    while True:
        exporter.work_once()


def _memory() -> int:
    """KiB that this process ever had."""
    return int(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0])


BLOCKS, CALLS = 12, 40

def calls_beside_an_export(site: Site, place: Place, month: Wanted) -> None:
    """Print what a call costs with an export beside it, and what without: blocks of calls to a service by turns."""
    base = f'base = "{place.base}"\n' if place.base else ""
    with running(place.directory, base) as port, closing(HTTPConnection(HOST, port, timeout=60)) as connection:

        def once(neto: int) -> float:
            begin = time.perf_counter()
            connection.request("POST", PATH, call(file(neto=neto)), {"Content-Type": "text/xml; charset=utf-8"})
            said = connection.getresponse().read()
            assert b"Resultado&gt;True" in said, said
            return time.perf_counter() - begin

        for number in range(CALLS):  # the first ones fill what a process remembers
            once(10_000 + number)
        times: tuple[list[float], list[float]] = ([], [])
        for block in range(BLOCKS):
            with _exporting(site, place, month) if block % 2 else nullcontext():
                times[block % 2].extend(once(20_000 + block * CALLS + number) for number in range(CALLS))
    alone, beside = map(statistics.median, times)
    print(
        f"una llamada: {alone * 1000:.1f} ms sola, {beside * 1000:.1f} ms con una exportación al lado: "
        f"por {beside / alone:.2f} ({os.cpu_count()} procesadores)",
        flush=True,
    )


@contextmanager
def _exporting(site: Site, place: Place, month: Wanted) -> Iterator[None]:
    """A process that makes files of the month until the end of the block, as ``serve`` has one."""
    ledger, company = site.installation.ledger, site.installation.company
    for formato in ("xlsx", "rcv", "xlsx"):
        order(ledger, company, "medidor", formato, What(Listing(month)))
    process = multiprocessing.get_context("spawn").Process(target=_export_for_ever, args=(place,), daemon=True)
    process.start()
    try:
        while not any(one.hechos for one in ledger.exports.of(company)):
            assert process.is_alive(), "the process of the exports has ended"
            time.sleep(0.2)
        yield
    finally:
        process.kill()
        process.join()
    for one in ledger.exports.of(company):
        ledger.exports.delete(one)


def main() -> int:
    """0 when every page came in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30, help="days in which they were issued")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder, place_of(arguments.engine, Path(folder)) as place:
        begin = time.perf_counter()
        installation: Installation = make_installation(place)
        fill(installation.ledger, arguments.documents, arguments.days, issue(installation, 33))
        print(f"{arguments.documents} documentos en {arguments.engine}, hechos en {time.perf_counter() - begin:.0f} s")
        site = site_of(installation)
        browser = site.inside("operador")
        for name, page in pages(site, browser, arguments.days).items():
            good = measure(name, arguments.times, page) <= LIMIT and good
        month = Wanted(*whole_month(START + timedelta(days=arguments.days // 2)))
        exports(site, place, month)
        calls_beside_an_export(site, place, month)
        installation.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
