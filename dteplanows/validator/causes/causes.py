"""Why the totals of a file are wrong: the one known mistake that gives them, in words.

The words stand once, in ``causes.tsv``: a key, the cause as the beginning of a sentence that goes on with the figures,
and the remedy. The row ``unknown`` is for totals that no known mistake gives. A cause is named only where it is the
only one that gives each total of the file, to the peso: one peso may be between the IVA and its rate, as in any
document, and in nothing else.

It runs for refused documents only.
"""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from dteplanows.document.elements import BOLETAS
from dteplanows.document.model import Document
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes.mistakes import Mistake, copies, mistakes
from dteplanows.validator.totals.basket import Amount, Basket, Totals, near_rate

Stated = tuple[Amount | None, Amount | None, Amount | None, Amount | None]
"""The four totals as the file has them; None for those that it leaves to us."""

_THE_SAME = (
    (frozenset({"gross_prices", "neto_without_iva"}), "gross_prices"),
    (frozenset({"gross_prices", "neto_without_iva", "iva_missing"}), "iva_missing"),
    (frozenset({"net_prices", "neto_with_iva", "iva_twice"}), "net_prices"),
    (frozenset({"line_out", "not_marked"}), "not_marked"),
)
"""Mistakes that a file with few totals does not tell apart, and the words that are true of all of them."""


class Cause(NamedTuple):
    """What explains the totals of a file, in Spanish."""

    key: str
    """Row of ``causes.tsv``."""
    words: str
    """The beginning of a sentence, to stand before the figures; empty where no cause is known."""
    remedy: str
    """A complete sentence."""


@cache
def texts() -> Mapping[str, tuple[str, str]]:
    """Cause and remedy of each row of ``causes.tsv`` by its key, with what they name in braces."""
    table = resources.files("dteplanows.validator.causes").joinpath("causes.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["key"]: (row["cause"], row["remedy"]) for row in rows}


def unknown(name: str, document: Document | None = None) -> Cause:
    """Of the total *name* no cause is known.

    :param document: where one of its lines is wrong as well, that one is to be mended first: what this total should be
        is not known before.
    """
    wrong = [one.place.line for one in document.problems if one.code == "TOT-001" and one.refuses] if document else []
    key = "wrong_line" if wrong else "unknown"
    words, remedy = texts()[key]
    return Cause(key, words, remedy.format(name=name, line=wrong[0] if wrong else ""))


def find(document: Document, basket: Basket, stated: Stated, more: Iterable[Mistake] = ()) -> Cause | None:
    """The one mistake that gives the totals of *document*; None where there is none, or more than one.

    :param more: mistakes of this document only, beside the known ones.
    """
    right = basket.right
    found: dict[tuple[str, Hashable], Mistake] = {}
    for one in [*mistakes(basket), *more]:
        if _gives(one.totals, stated, right, basket.gross) and not _is_refuted(one, stated):
            found.setdefault((one.key, one.subject), one)
    if not found:
        for one in copies(basket):
            if _gives(one.totals, stated, right, basket.gross):
                found.setdefault((one.key, one.subject), one)
    keys = {key for key, _ in found}
    same = next((key for alike, key in _THE_SAME if keys <= alike), "") if len(keys) > 1 else ""
    chosen = [one for one in found.values() if same in ("", one.key)]
    return _told(document, chosen[0]) if len(chosen) == 1 else None


def _gives(totals: Totals, stated: Stated, right: Totals, gross: bool) -> bool:
    """Whether *totals* are those of the file, and not the right ones."""
    neto, exempt, iva, total = stated
    if exempt not in (None, totals.MntExe):
        return False
    slip: Amount = 0
    if iva is not None and iva != totals.IVA:
        slip = iva - totals.IVA
        if abs(Decimal(slip)) > 1 or not (near_rate(totals.MntNeto, iva) and near_rate(totals.MntNeto, totals.IVA)):
            return False
    if neto not in (None, totals.MntNeto) and not (gross and neto == totals.MntNeto - slip):
        return False
    if total not in (None, totals.MntTotal, totals.MntTotal + (0 if gross else slip)):
        return False
    return any(
        one is not None and one != each and not (name == "IVA" and abs(Decimal(one - each)) <= 1)
        for name, one, each in zip(Totals._fields, stated, right, strict=True)
    )


def _is_refuted(one: Mistake, stated: Stated) -> bool:
    """Whether the file shows that it is another mistake: of two crossed totals it has but one, it has no exempt amount
    that lines could be in, or the total that would be rounded is the sum of an IVA that is a peso off."""
    if one.key == "cash":
        return stated[2] not in (None, one.totals.IVA)
    if one.key == "as_exempt":
        return stated[1] is None
    if one.key != "crossed":
        return False
    both = zip(Totals._fields, stated, one.totals, strict=True)
    return any(name in one.facts.values() and given is None and each for name, given, each in both)


def _told(document: Document, one: Mistake) -> Cause:
    words, remedy = texts()[one.key]
    facts = {**_facts(document), **one.facts}
    cause = words.format(**facts)
    return Cause(one.key, cause[:1].upper() + cause[1:], remedy.format(**facts))


def _facts(document: Document) -> dict[str, str]:
    """What the texts may name of a document, in the words of its format."""
    written = "txt" if document.totales.place.section else "xml"
    where = "boleta" if document.tipo in BOLETAS else written
    return {
        "tipo": str(document.tipo),
        "period": "TotalPeriodo" if document.tipo in BOLETAS else "MontoPeriodo",
        "with_iva": phrase(f"totals.marked_gross_in_{where}"),
        "without_iva": phrase(f"totals.marked_net_in_{where}"),
        "currency": document.totales.text("TpoMoneda"),
    }
