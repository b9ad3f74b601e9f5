"""Our schema against the SII's official XSD over generated documents of all twelve types, good and spoiled.

Every other document is spoiled in one to twelve places, so that both verdicts are met. Both schemas must give the same
verdict and blame the same elements; each disagreement is printed with the seed that makes its document again.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random
from typing import NamedTuple

from lxml import etree

from dteplanows.document.elements import BRANCHES
from dteplanows.validator.form.schema import check
from tests.generate import Spoiling, spoilings, text
from tests.validator.sii_judge import disagreements, judge

TYPES = sorted(BRANCHES)

_MOST_LINES = 100
"""Elements that may repeat more often are not repeated beyond their limit: that is slow, and the tests do it."""


class Verdict(NamedTuple):
    """What both schemas said about one document."""

    tipo: int
    accepted: bool
    differences: tuple[str, ...]


def make(tipo: int, seed: int, every: list[Spoiling]) -> str:
    """The document of *seed*: sound when the seed is even."""
    chance = Random(seed)
    sound = text(tipo, chance, likely=chance.random())
    if seed % 2 == 0:
        return sound
    root = etree.fromstring(sound)
    for one in chance.sample(every, chance.randint(1, 12)):
        if root.find(one.element.path) is not None:
            one.apply(root)
    return str(etree.tostring(root, encoding="unicode"))


def compare(tipo: int, document: str) -> Verdict:
    """Both verdicts on *document*."""
    errors, findings = judge(document, tipo), check(document, tipo)
    if bool(errors) != bool(findings):
        return Verdict(tipo, not errors, (f"theirs: {errors[:1]}, ours: {findings[:1]}",))
    return Verdict(tipo, not errors, tuple(disagreements(errors, findings)))


def main() -> None:
    """Compare and print the counts; the exit code is 1 when there is any disagreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000, help="how many documents")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first one")
    arguments = parser.parse_args()
    every = {tipo: [one for one in spoilings(tipo) if one.element.max < _MOST_LINES] for tipo in TYPES}
    counts: Counter[tuple[int, bool]] = Counter()
    disagreeing = 0
    for number in range(arguments.documents):
        tipo, seed = TYPES[number // 2 % len(TYPES)], arguments.seed + number
        verdict = compare(tipo, make(tipo, seed, every[tipo]))
        counts[tipo, verdict.accepted] += 1
        if verdict.differences:
            disagreeing += 1
            print(f"type {tipo}, seed {seed}: {'; '.join(verdict.differences)[:500]}")
    print(f"{'type':>6}{'accepted by both':>20}{'refused by both':>20}")
    for tipo in TYPES:
        print(f"{tipo:6}{counts[tipo, True]:20}{counts[tipo, False]:20}")
    print(f"{arguments.documents} documents, {disagreeing} disagreements with the SII's XSD")
    sys.exit(1 if disagreeing else 0)


if __name__ == "__main__":
    main()
