"""How often the first sentence of a refusal names the true cause of wrong totals.

    python3 run.py benchmark wrong_totals --documents 2000 --seed 1

Each document is one that breaks no rule (``tests/valid_documents``) with one known mistake in its totals
(``tests/wrong_totals``), read and judged as ``Procesar`` does before it takes a folio. Its outcome is one of

* ``named``: one error, which names that mistake, the line where it is about one, and the right total;
* ``figures``: one error without a cause: nothing, or more than one mistake, gives these totals;
* ``issued``: the totals are right too, by another way of computing them;
* ``wrong``: another cause is named. This must not happen;
* ``several``: more than one error. Nor must this.

The table is by mistake; the first cases of the last two are shown. The exit code is 1 where there is one.
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
from dteplanows.document.problem import Problem, errors
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
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
