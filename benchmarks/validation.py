"""Milliseconds of processor time to parse and to judge a file, beside lxml's validation against an XSD.

Measures on one core, in one run and with the turns interleaved, so that the ratios mean something on a shared machine:

* ``parse``: the customer's file to documents (``parser.parse``), TXT and XML;
* ``judge``: all checks of the document and the schema generated from our table (``validator.judge``);
* ``XSD``: the finished document, already in memory as a tree, against the SII's own schema;
* ``read + XSD``: the same from its bytes, as a service would do it that only had the schema.

The files are a factura of 60 lines and a boleta of 1000. Medians are printed, with the middle half of the turns. The
SII's schemas come from a package that only the tests install; without it our own schema takes their place.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from dteplanows import parser, validator
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES, branch
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.document.writer import write_document
from dteplanows.validator.form.schema import make_schema

TODAY = date(2026, 11, 24)
COMPANY = Company(
    rut="76354771-K",
    ambiente="pruebas",
    razon_social="Maestranza Ficticia Ltda.",
    giro="Fabricación de piezas",
    actecos=("259900",),
    direccion="Pasaje Los Aromos 415",
    comuna="Chillán",
)
TARGETS = {"factura, 60 lines": 5.0, "boleta, 1000 lines": 60.0}
"""Milliseconds of judge that we want to stay below."""


class Sample(NamedTuple):
    """One file to measure."""

    name: str
    tipo: int
    file: bytes
    formato: str


class Schema(NamedTuple):
    """What the document is compared with: a compiled schema and how to make the tree that it judges."""

    compiled: etree.XMLSchema
    dress: Callable[[str, int], etree._Element]


def factura(lines: int) -> bytes:
    """A factura as an ERP writes it: codes, discounts in some lines, a reference."""
    rows, neto = [], 0
    for n in range(1, lines + 1):
        discount = n * 10 if n % 5 == 0 else 0
        amount = n * 1990 - discount
        neto += amount
        rows.append(f"{n};COD-{n:03};Artículo de prueba número {n};{n};1990;0;{discount};0;0;0;{amount};INT1;UN;;")
    iva = (neto * 19 + 50) // 100
    return "\r\n".join([
        "->Encabezado<-",
        f"33;0;{TODAY};0;0;22222222-2;Cliente de Prueba Limitada;Comercio;Calle Uno 1;Santiago;Santiago;;",
        "->Totales<-", f"0;0;0;0;{neto};0;19;{iva};{neto + iva};",
        "->Detalle<-", *rows,
        "->Referencia<-", f"1;801;OC-4711;{TODAY};0;Orden de compra;",
        "->Observacion<-", "Pago a 30 días;", "",
    ]).encode("latin-1")  # fmt: skip


def boleta(lines: int) -> bytes:
    """A boleta of a large shop."""
    rows = [f"{n};P-{n:04};Producto número {n};0;{n % 7 + 1};{n + 990};0;{(n % 7 + 1) * (n + 990)};INT1;UN;;;;"
            for n in range(1, lines + 1)]  # fmt: skip
    total = sum((n % 7 + 1) * (n + 990) for n in range(1, lines + 1))
    return "\r\n".join([
        "->Boleta<-", f"39;0;{TODAY};3;0;;;;66666666-6;;Cliente de mostrador;;;;;;",
        "->BoletaTotales<-", f"0;0;0;{total};0;0;0;0;",
        "->BoletaDetalle<-", *rows, "",
    ]).encode("latin-1")  # fmt: skip


def judged(file: bytes, formato: str) -> Document:
    """The one document of *file*, accepted.

    :raises SystemExit: it was not accepted, so that its time would mean nothing.
    """
    (document,) = parser.parse(file, formato)
    validator.judge(document, COMPANY, TODAY)
    if errors(document.problems) or not document.draft:
        raise SystemExit("\n".join(one.text() for one in document.problems))
    return document


def samples() -> Iterator[Sample]:
    """The files, each as TXT and as the XML of the same document."""
    for name, tipo, txt in (("factura, 60 lines", 33, factura(60)), ("boleta, 1000 lines", 39, boleta(1000))):
        yield Sample(name, tipo, txt, parser.TXT)
        draft = write_document(judged(txt, parser.TXT), 0)
        xml = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<DTE version="1.0">\n{draft}\n</DTE>\n'
        yield Sample(name, tipo, xml.encode("latin-1"), parser.XML)


def schema_for(tipo: int) -> Schema:
    """The SII's schema of *tipo*; ours where the SII's is not installed."""
    if find_spec("facturacion_electronica"):
        from tests.validator.sii_judge import dress, dte_schema  # noqa: PLC0415 - only where its package is

        return Schema(dte_schema(BRANCHES[tipo]), dress)
    return Schema(etree.XMLSchema(make_schema(branch(BRANCHES[tipo]))), lambda text, _: etree.fromstring(text))


def turn(sample: Sample, schema: Schema, tree: etree._Element, xml: bytes) -> tuple[float, ...]:
    """Milliseconds of processor time of parse, judge, XSD and read + XSD, once."""
    marks = [time.process_time()]
    (document,) = parser.parse(sample.file, sample.formato)
    marks.append(time.process_time())
    validator.judge(document, COMPANY, TODAY)
    marks.append(time.process_time())
    good = schema.compiled.validate(tree)
    marks.append(time.process_time())
    good = schema.compiled.validate(etree.fromstring(xml)) and good
    marks.append(time.process_time())
    if not good or not document.draft:
        raise SystemExit(f"The document is refused: {schema.compiled.error_log}")
    return tuple((later - earlier) * 1000 for earlier, later in pairwise(marks))


def measure(seconds: float) -> dict[Sample, list[tuple[float, ...]]]:
    """The turns of every sample, *seconds* in all; the turns of all samples interleaved."""
    prepared = []
    for sample in samples():
        schema = schema_for(sample.tipo)
        tree = schema.dress(write_document(judged(sample.file, sample.formato), 1), sample.tipo)
        prepared.append((sample, schema, tree, etree.tostring(tree)))
    figures: dict[Sample, list[tuple[float, ...]]] = {sample: [] for sample, *_ in prepared}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(figures[prepared[0][0]]) < 3:
        for sample, schema, tree, xml in prepared:
            figures[sample].append(turn(sample, schema, tree, xml))
    return figures


def show(figures: dict[Sample, list[tuple[float, ...]]]) -> bool:
    """Print the figures; True when judge stays below its target everywhere."""
    met = True
    for sample, turns in figures.items():
        kind = "TXT" if sample.formato == parser.TXT else "XML"
        print(f"\n{sample.name}, {kind} of {len(sample.file)} bytes, {len(turns)} turns")
        columns = list(zip(*turns, strict=True))
        bases = [statistics.median(columns[2]), statistics.median(columns[3])]
        for name, column in zip(("parse", "judge", "XSD", "read + XSD"), columns, strict=True):
            middle = statistics.median(column)
            low, _, high = statistics.quantiles(column, n=4)
            ratios = " ".join(f"{middle / base:9.2f}" for base in bases)
            print(f"  {name:12}{middle:8.2f} ms   middle half {low:6.2f} to {high:6.2f}   {ratios}")
        middle = statistics.median(columns[1])
        good = middle < TARGETS[sample.name]
        met = met and good
        print(f"  judge: target {TARGETS[sample.name]:.0f} ms {'met' if good else 'MISSED'}")
    return met


def main() -> int:
    """Measure and print; 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=20.0, help="how long to measure")
    arguments = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if not find_spec("facturacion_electronica"):
        print("The SII's schemas are not installed (python3 run.py test installs them); ours takes their place.")
    print("The last two columns are the ratios to XSD and to read + XSD.")
    return 0 if show(measure(arguments.seconds)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
