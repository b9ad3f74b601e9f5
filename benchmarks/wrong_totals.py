"""How often the first sentence of a refusal names the true cause of wrong totals.

    python3 run.py benchmark wrong_totals --documents 2000 --seed 1

Each document is one that breaks no rule (``tests/valid_documents``) with one known mistake in its totals
(``tests/wrong_totals``), read and judged as ``Procesar`` does before it takes a folio. Its outcome is one of

* ``named``: one error, which names that mistake, the line where it is about one, and the right total;
* ``figures``: one error without a cause: nothing, or more than one mistake, gives these totals;
* ``issued``: the totals are right too, by another way of computing them;
* ``wrong``: another cause is named. This must not happen;
* ``several``: more than one error. Nor must this.

The table is by mistake; the first cases of the last two are shown.

A second table is of one value of the amounts made unreadable, negative, missing or another (``tests/one_fault``), by
element: ``issued``, ``one`` error, ``several``, which must not happen, and of the one how often its first sentence, or
the place before it, names the element (``first``). The exit code is 1 where something must not happen.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from datetime import date
from random import Random
from typing import NamedTuple

from dteplanows import parser, validator
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Field
from dteplanows.document.problem import NOWHERE, Problem, errors
from tests.one_fault import faults
from tests.valid_documents import as_file, make
from tests.wrong_totals import IN_PESOS, Wrong, all_wrong, outcome_of, put, with_round_prices

TODAY = date(2026, 11, 24)
COMPANY = Company(
    rut="76354771-K",
    ambiente="pruebas",
    razon_social="Maestranza Ficticia Ltda.",
    giro="Fabricación de piezas",
    actecos=("259900",),
    direccion="Pasaje Los Aromos 415",
    comuna="Chillán",
    codigo_sii_sucursal="81234567",
    reparos="avisar",
)
OUTCOMES = ("named", "figures", "issued", "wrong", "several")
_BAD = ("wrong", "several")
_SHOWN = 10
_ROUND = 0.5
"""Share of the documents whose lines have few, round prices."""


class Case(NamedTuple):
    """One document with its mistake, judged."""

    tipo: int
    wrong: Wrong
    outcome: str
    told: tuple[Problem, ...]


def case(tipo: int, chance: Random) -> Case | None:
    """A document by chance with a mistake by chance; None where it can have none."""
    document = make(tipo, chance, TODAY)
    if chance.random() < _ROUND:
        with_round_prices(document, chance)
    found = all_wrong(document)
    if not found:
        return None
    key = chance.choice(sorted({one.key for one in found}))
    wrong = chance.choice([one for one in found if one.key == key])
    put(document, wrong.totals)
    (one,) = parser.parse(as_file(document), "2")
    validator.judge(one, COMPANY, TODAY)
    told = errors(one.problems)
    return Case(tipo, wrong, outcome_of(wrong, told), tuple(told))


def fault(tipo: int, chance: Random) -> tuple[str, list[Problem]] | None:
    """The element of one spoiled value of a document by chance, and what was told; None where it has no amounts."""
    document = make(tipo, chance, TODAY)
    found = faults(document, chance)
    if not found:
        return None
    name = chance.choice(sorted({one.name for one in found}))
    one = chance.choice([each for each in found if each.name == name])
    if one.value is None:
        one.group.drop(name)
    else:
        one.group.fields[name] = [Field(one.value, "", NOWHERE)]
    (read,) = parser.parse(as_file(document), "2")
    validator.judge(read, COMPANY, TODAY)
    return name, errors(read.problems)


_WORDS = {"QtyItem": "cantidad", "PrcItem": "precio", "DescuentoMonto": "descuento", "RecargoMonto": "recargo"}
"""How a sentence about a line calls its factors."""


def _names(one: Problem, name: str) -> bool:
    said = f"{one.place.text()} {one.message}"
    return name in said or _WORDS.get(name, name) in said


def _of_faults(many: int, chance: Random) -> bool:
    """Show the table of spoiled values; whether none had several errors."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    shown = 0
    while sum(each["all"] for each in table.values()) < many:
        found = fault(chance.choice(sorted(BRANCHES)), chance)
        if found is None:
            continue
        name, told = found
        row = table[name]
        row["all"] += 1
        row["issued" if not told else "one" if len(told) == 1 else "several"] += 1
        row["first"] += bool(told) and _names(told[0], name)
        if len(told) > 1 and shown < _SHOWN:
            shown += 1
            print(f"{name}: several", *(each.text() for each in told), sep="\n  ")
    columns = ("all", "issued", "one", "first", "several")
    print(f"\n{'element':20}", *(f"{name:>8}" for name in columns))
    for name, row in [*sorted(table.items()), ("all", sum(table.values(), Counter()))]:
        print(f"{name:20}", *(f"{row[column]:8}" for column in columns))
    return not any(row["several"] for row in table.values())


def main() -> int:
    """Measure, show the table; 1 where a wrong cause was named."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--documents", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = Random(given.seed)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    bad = []
    done = 0
    while done < given.documents:
        one = case(chance.choice(IN_PESOS), chance)
        if one is None:
            continue
        done += 1
        table[one.wrong.key or "none known"][one.outcome] += 1
        if one.outcome in _BAD:
            bad.append(one)
    print(f"{'mistake':20}", *(f"{name:>8}" for name in OUTCOMES))
    for key, counts in [*sorted(table.items()), ("all", sum(table.values(), Counter()))]:
        print(f"{key:20}", *(f"{counts[name]:8}" for name in OUTCOMES))
    for one in bad[:_SHOWN]:
        print(f"\n{one.tipo} {one.wrong}: {one.outcome}", *(each.text() for each in one.told), sep="\n  ")
    return 0 if _of_faults(given.documents, chance) and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
