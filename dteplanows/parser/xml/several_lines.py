"""Several lines inside one element of an XML: a program opens ``Detalle`` once and writes all its lines into it.

A *run* is the children of one line. The number of a line begins it, wherever one stands first; without numbers a run
begins where its first element comes again, and only if that is the only place: what ends a line must come again too,
else it could as well begin the next one. The same holds for references, global discounts, taxes of the totals and
whatever else may be there several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from dteplanows.document.elements import Element, children_of

NUMBERS_OF_ROWS = {
    "Detalle": "NroLinDet", "DscRcgGlobal": "NroLinDR", "Referencia": "NroLinRef", "Comisiones": "NroLinCom",
    "SubTotInfo": "NroSTI",
}  # fmt: skip
"""The groups that the SII numbers, with the element that holds the number."""


def repeated(element: Element, names: Sequence[str]) -> dict[str, int]:
    """Those of *names* that come more often than they may, each with the index where it comes again.

    :param names: of the children of one *element*, as they follow one another.
    """
    known, met = _once(element), set()
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in met and name in known:
            found.setdefault(name, index)
        met.add(name)
    return found


def runs(element: Element, names: Sequence[str]) -> list[range]:
    """The lines that *names* are, each as the range of its children; none where they cannot be told apart.

    :param names: of the children of one *element*, as they follow one another; some of them are :func:`repeated`.
    """
    first = names[0]
    known = _once(element)
    if first not in known or names.count(first) < 2:
        return []
    begins = [index for index, name in enumerate(names) if name == first]
    found = [range(begin, end) for begin, end in zip(begins, [*begins[1:], len(names)], strict=True)]
    texts = [names[one.start : one.stop] for one in found]
    if any(len(one) < 2 or repeated(element, one) for one in texts):
        return []
    if NUMBERS_OF_ROWS.get(element.name) == first:
        return found
    ends = pairwise(texts)
    return found if all(one[-1] in known and one[-1] in following for one, following in ends) else []


@cache
def _once(element: Element) -> frozenset[str]:
    """Names of the children that *element* has at most once."""
    return frozenset(name for name, child in children_of(element).items() if child.max == 1)
