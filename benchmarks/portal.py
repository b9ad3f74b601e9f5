"""The pages of the portal over a large ledger: how long the server takes for each, on either engine, and what an export
of a month costs in time and memory.

Documents of a year, or of a month, are inserted directly, as ``benchmark documents`` does. Each page is asked for many
times; its time is that of the server alone, from the request to the last byte of the answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.documents import COMPANY, NOBODY, START, UNSENT_ONES, WEIGHTS, rows
from dteplanows.ledger.pages import Page, TooManyError
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales import query
from dteplanows.portal.sales.summary import summary
from tests.postgresql import server

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
_PIECE = 20_000


@contextmanager
def place_of(engine: str, folder: Path) -> Iterator[Place]:
    """Where a new ledger may lie."""
    if engine == "sqlite":
        yield Place(folder / "datos")
        return
    with server() as one:
        yield Place(folder / "datos", one.new_database())


def make(place: Place, documents: int, days: int, size: int) -> Ledger:
    """A ledger of *documents* issued in so many days."""
    ledger = Ledger(place)
    ledger.companies.save(COMPANY)
    for tipo in WEIGHTS:
        ledger.cafs.save(Series.of(COMPANY, tipo), Span(1, 99_999_999), START, b"ficticio")
    content = "x'00'" if not place.base else r"'\x00'"
    ledger.connection.execute(f"INSERT INTO archivo (sha256, formato, contenido) VALUES ('a', '1', {content})")
    on_table = "" if not place.base else " ON documento"
    with ledger.transaction():
        ledger.connection.execute(f"DROP TRIGGER documento_se_entrega{on_table}")
        ledger.connection.executemany(_INSERT, _named(rows(documents, size, days=days)))
        ledger.connection.execute(_DELIVERED, (documents - 100,))
    ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)" if not place.base else "VACUUM ANALYZE")
    return ledger


def _named(every: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(every):
        yield (*row[:6], f"{_NAMES[number % len(_NAMES)]} {number % 5000}", *row[7:])


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


def listed(ledger: Ledger, arguments: dict[str, str]) -> Page | None:
    """The page of documents that the arguments of an address ask for; None for a period that is too long."""
    asked = query.read(arguments, START, 50)
    assert not asked.errors, asked.errors
    try:
        return ledger.pages.page(COMPANY, asked.listing, asked.turn)
    except TooManyError:
        return None


def measure(name: str, times: int, question: Callable[[], str]) -> float:
    """Ask, and print how long the answers take; the time that 19 of 20 need, in seconds."""
    said, taken = question(), []
    for _ in range(times):
        begin = time.perf_counter()
        question()
        taken.append(time.perf_counter() - begin)
    late = statistics.quantiles(taken, n=20)[-1]
    print(f"{name:40} {statistics.median(taken) * 1000:7.1f} ms  p95 {late * 1000:7.1f} ms  {said}", flush=True)
    return late


def main() -> int:
    """0 when every page came in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30, help="days in which they were issued")
    parser.add_argument("--size", type=int, default=4000, help="bytes of the XML of each")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder, place_of(arguments.engine, Path(folder)) as place:
        begin = time.perf_counter()
        ledger = make(place, arguments.documents, arguments.days, arguments.size)
        print(f"{arguments.documents} documentos en {arguments.engine}, hechos en {time.perf_counter() - begin:.0f} s")
        last = START + timedelta(days=arguments.days - 1)
        month = f"{START + timedelta(days=arguments.days // 2):%Y-%m}"
        asked = query.read({"mes": month}, START, 50)

        def totals() -> str:
            return f"{summary(ledger, COMPANY, asked.listing.wanted).documents} documentos"

        good = measure("totales del mes", arguments.times, totals) <= LIMIT and good
        for name, one in questions(month, (START.isoformat(), last.isoformat())).items():

            def page(one: dict[str, str] = one) -> str:
                found = listed(ledger, one)
                if found is None:
                    return "período demasiado largo"
                return f"{len(found.documents)} filas{', sigue' if found.stopped else ''}"

            good = measure(name, arguments.times, page) <= LIMIT and good
        ledger.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
