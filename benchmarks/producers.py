"""Whether the customer's total is kept, for many ways in which programs compute an invoice.

    python3 run.py benchmark producers --baskets 200

A cell is a kind of document, a way of computing, an arithmetic, the decimals of the price as written, whether the
program keeps more of them inside, and the quantity: each with each. Its baskets have 1, 5, 30 and 60 lines. A second
set of cells, without the quantity, has discounts in per cent, exempt lines, both, an additional tax, or a tax and
discounts. Each basket is read and judged as ``Procesar`` does before it takes a folio, and its outcome is one of

* ``kept``: it would be issued with the total that the customer has paid;
* ``refused``: with a reason;
* ``changed``: it would be issued with another total. This must not happen.
* ``silent``: the total is kept, but another figure of the file is not, and no aviso says so. Nor must this.

Every twentieth basket is looked at by ``tests/self_consistency`` as it would be issued, and sent once more with a fault
in it that no way of computing explains, which must be refused; see ``producers_known``. The whole table is written to
``build/producers.tsv``. The exit code is 1 when a total or a figure was changed without a word, a document contradicts
itself or was issued with a fault, or a cell of those that must be kept whole is not.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from random import Random
from typing import NamedTuple

from benchmarks.producers_known import has_document, wrong_sale
from benchmarks.producers_table import TABLE, Count, Faults, Key, Part, show, write_table
from benchmarks.producers_ways import (
    IVA_BY_LINE,
    LAST,
    PLAIN,
    QUANTITIES,
    SHELF,
    Extras,
    Line,
    Producer,
    Sale,
    as_file,
    producers,
    sale_of,
)
from dteplanows import parser, validator
from dteplanows.document.company import Company
from dteplanows.document.model import Document, Group
from dteplanows.document.problem import Problem, errors
from tests.self_consistency import contradictions

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

LINES = {1: 0.45, 5: 0.3, 30: 0.15, 60: 0.1}
"""How many lines a basket has, and the share of such baskets in a cell."""

EXTRAS = (
    Extras("discounts", discounts=True),
    Extras("exempt lines", exempt=True),
    Extras("discounts, exempt lines", discounts=True, exempt=True),
    Extras("tax", tax=True),
    Extras("tax, discounts", discounts=True, tax=True),
)
FAULT_EVERY = 20
_UNSTAMPED = "no stamp"


class Cell(NamedTuple):
    """One cell of the table."""

    producers: tuple[Producer, ...]
    """One; in the cells of extras those that differ in the decimals, in turn."""
    quantities: tuple[str, ...]
    extras: Extras

    def key(self) -> Key:
        """Its name."""
        first, *others = self.producers
        decimals, inner = ("", "") if others else (str(first.decimals), "more" if first.inner else "as written")
        quantity = self.quantities[0] if len(self.quantities) == 1 else ""
        way = first.way.name
        return Key(first.kind.name, way, first.arithmetic.name, decimals, inner, quantity, self.extras.name)

    def must_be_kept(self) -> bool:
        """Whether every basket's total has to be kept."""
        one = self.producers[0]
        if not one.arithmetic.exact_halves or self.extras.tax:
            return False
        return all(other.decimals >= 2 or (one.way is SHELF and one.kind.gross) for other in self.producers)

    def is_of_whole_net_prices(self) -> bool:
        """Whether net prices written whole come from whole prices of the shelf.

        Of those, several can stand behind one: 1008 is what is left of 1199 and of 1200. What the program has charged
        follows from the file only where quantity or amount tell them apart.
        """
        one = self.producers[0]
        plain = one.arithmetic.exact_halves and not self.extras.tax and len(self.producers) == 1
        return plain and one.way is SHELF and not one.kind.gross and one.kind.tipo != 52 and not one.decimals


# --- the cells ----------------------------------------------------------------------------------------------------


def cells() -> Iterator[Cell]:
    """All cells; those are left out that could differ in nothing from another one."""
    known = producers()
    for one in known:
        if one.way is IVA_BY_LINE and (one.decimals > 2 or one.inner):
            continue  # what it rounds are whole amounts
        if one.inner and one.decimals == 6:
            continue  # what it keeps more changes no peso
        if one.way is LAST and one.kind.gross:
            continue  # without exempt lines it is the sum, rounded
        for quantity in QUANTITIES:
            yield Cell((one,), (quantity,), PLAIN)
    for extras in EXTRAS:
        groups: dict[tuple[str, ...], list[Producer]] = {}
        for one in known:
            if extras.tax and one.kind.tipo == 39:
                continue  # a boleta has no additional taxes
            if one.decimals >= 2 or (one.kind.gross and one.way.shelf):
                groups.setdefault((one.kind.name, one.way.name, one.arithmetic.name), []).append(one)
        for group in groups.values():
            yield Cell(tuple(group), QUANTITIES, extras)


def sales(cell: Cell, seed: int, baskets: int) -> Iterator[tuple[int, Sale, Random]]:
    """The number of each basket of *cell*, its sale and the chance that made it."""
    numbers = [lines for lines, share in LINES.items() for _ in range(max(round(share * baskets), 1))][:baskets]
    numbers += [1] * (baskets - len(numbers))
    for number, lines in enumerate(numbers):
        chance = Random(f"{seed} {cell.key()} {number}")
        producer = cell.producers[number % len(cell.producers)]
        quantity = chance.choice(cell.quantities)
        yield number, sale_of(producer, chance, lines, quantity, cell.extras), chance


# --- one basket ---------------------------------------------------------------------------------------------------


def judged(sale: Sale) -> Document:
    """*sale* as the service would issue it, or its errors."""
    (document,) = parser.parse(as_file(sale, TODAY), parser.TXT)
    validator.judge(document, COMPANY, TODAY)
    return document


def count(sale: Sale, look: bool = False) -> Count:
    """What becomes of *sale*.

    :param look: whether the document is at one with itself is looked at too.
    """
    document = judged(sale)
    one = _outcome(sale, document)
    if look and not one.refused:
        found = [told for told in contradictions(document.draft.encode()) if told != _UNSTAMPED]
        if found:
            one.contradicting = 1
            one.examples.append(f"{'; '.join(found)}: {_told(sale, document)}")
    return one


def _outcome(sale: Sale, document: Document) -> Count:
    found = errors(document.problems)
    if found:
        return Count(1, refused=1, impossible=int(not has_document(sale)), codes=Counter([found[0].code]))
    if document.totales.amount("MntTotal") != sale.total:
        return Count(1, changed=1, examples=[_told(sale, document)])
    unsaid = [name for name, was, now in _figures(sale, document) if was != now and not _said(name, document.problems)]
    if unsaid:
        return Count(1, kept=1, silent=1, examples=[f"{', '.join(unsaid)}: {_told(sale, document)}"])
    return Count(1, kept=1)


def _figures(sale: Sale, document: Document) -> Iterator[tuple[str, int, int]]:
    """Name, figure of the file and figure of the document, of all that the file states."""
    totales = document.totales
    if not sale.kind.empty:
        yield "MntNeto", sale.net, totales.amount("MntNeto")
        yield "IVA", sale.iva, totales.amount("IVA")
    yield "MntExe", sale.exempt, totales.amount("MntExe")
    for line, issued in zip(sale.lines, document.detalles, strict=True):
        yield "MontoItem", line.amount, issued.amount("MontoItem")
        yield "DescuentoMonto", line.discount, issued.amount("DescuentoMonto")
        yield "PrcItem", _scaled(line), _scaled_price(issued)


def _scaled(line: Line) -> int:
    whole, _, part = line.price.partition(".")
    return int(whole + part.ljust(6, "0"))


def _scaled_price(line: Group) -> int:
    price = line.number("PrcItem")
    return int(price.scaleb(6)) if price else 0


_TELLS = {
    "MntNeto": {"TOT-011"}, "IVA": {"TOT-011"}, "MntExe": {"TOT-011"},
    "MontoItem": {"TOT-070", "TOT-073"},
    "DescuentoMonto": {"TOT-004", "TOT-071", "TOT-073", "TOT-081"}, "PrcItem": {"TOT-072", "TOT-073"},
}  # fmt: skip
"""The avisos that say of a figure that it is issued otherwise."""


def _said(name: str, problems: Iterable[Problem]) -> bool:
    """Whether an aviso speaks of the figure."""
    return any(one.code in _TELLS[name] for one in problems)


def _told(sale: Sale, document: Document) -> str:
    totales = document.totales
    lines = " ".join(
        f"{one.quantity}x{one.price}-{one.percentage}%{one.discount}={one.amount}{'e' if one.exempt else ''}"
        for one in sale.lines[:4]
    )
    issued = "/".join(totales.text(name) or "-" for name in ("MntNeto", "MntExe", "IVA", "MntTotal"))
    codes = " ".join(sorted({one.code for one in document.problems}))
    return (
        f"{sale.kind.name}, {len(sale.lines)} lines ({lines}…), file {sale.net}/{sale.exempt}/{sale.iva}/{sale.total}, "
        f"issued {issued} {codes}"
    )


def measure(cell: Cell, seed: int, baskets: int, fault_every: int = FAULT_EVERY) -> Part:
    """All baskets of *cell*.

    :param fault_every: how many baskets there are to one that is looked at and tried with a fault.
    """
    counts = {lines: Count() for lines in LINES}
    faults = Faults()
    for number, sale, chance in sales(cell, seed, baskets):
        looked_at = (number + hash_of(cell)) % fault_every == 0
        one = count(sale, looked_at)
        counts[len(sale.lines)].add(one)
        if looked_at and one.kept:  # of what is refused anyhow a fault would prove nothing
            wrong = wrong_sale(sale, chance, number // fault_every + hash_of(cell) // fault_every)
            if wrong:
                faults.tried[wrong.fault] += 1
                document = judged(wrong.sale)
                if not errors(document.problems):
                    faults.issued[wrong.fault] += 1
                    faults.examples.append(f"{wrong.fault}: {cell.key().way}, {_told(wrong.sale, document)}")
    return Part(cell.key(), cell.must_be_kept(), cell.is_of_whole_net_prices(), counts, faults)


def hash_of(cell: Cell) -> int:
    """A number that is the same in every process."""
    return sum(map(ord, "".join(cell.key())))


def _measure(task: tuple[int, int, int]) -> Part:
    index, seed, baskets = task
    return measure(_every_cell()[index], seed, baskets)


_CELLS: list[Cell] = []


def _every_cell() -> list[Cell]:
    if not _CELLS:
        _CELLS.extend(cells())
    return _CELLS


def run(chosen: list[int], seed: int, baskets: int, processes: int) -> Iterator[Part]:
    """The parts of the cells of these indexes."""
    tasks = [(index, seed, baskets) for index in chosen]
    if processes == 1:
        yield from map(_measure, tasks)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_measure, tasks, chunksize=8)


def main() -> int:
    """Measure and print; 1 when something happened that must not."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--baskets", type=int, default=200, help="of each cell")
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--only", default="", help="cells whose name has all of these words, divided by commas")
    options.add_argument("--every", type=int, default=1, help="only each so manieth cell, for a quick look")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = options.parse_args()
    words = [one.strip() for one in arguments.only.split(",") if one.strip()]
    chosen = [n for n, cell in enumerate(_every_cell()) if all(f"|{one}|" in _name(cell) for one in words)]
    chosen = list(islice(chosen, 0, None, arguments.every))
    begin = time.perf_counter()
    parts = []
    for part in run(chosen, arguments.seed, arguments.baskets, arguments.processes):
        parts.append(part)
        if sys.stderr.isatty():
            print(f"\r{len(parts)} of {len(chosen)} cells", end="", file=sys.stderr, flush=True)
    write_table(parts, TABLE)
    good = show(parts)
    print(f"{time.perf_counter() - begin:.0f} s")
    return 0 if good else 1


def _name(cell: Cell) -> str:
    return f"|{'|'.join(cell.key())}|"


if __name__ == "__main__":
    raise SystemExit(main())
