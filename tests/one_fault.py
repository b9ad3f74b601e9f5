"""Faults in the amounts of a document that breaks no rule: one value made unreadable, negative, missing or another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import NamedTuple

from dteplanows.document.elements import structure
from dteplanows.document.model import Document, Group, Value

AMOUNTS = frozenset({
    "MntNeto", "MntExe", "IVA", "MntTotal", "TasaIVA", "MontoItem", "QtyItem", "PrcItem", "DescuentoPct",
    "DescuentoMonto", "RecargoMonto", "MontoImp", "TasaImp", "TpoMov", "TpoValor", "ValorDR", "ValComNeto",
    "ValComIVA", "IVAProp", "IVATerc", "MontoNF", "MontoPeriodo", "TotalPeriodo", "MntBruto", "TpoCambio",
    "MntExeOtrMnda", "MntTotOtrMnda",
})  # fmt: skip
"""Elements that are spoiled."""


class Fault(NamedTuple):
    """What to do to one value."""

    group: Group
    name: str
    what: str
    value: Value | None
    """What stands there then; None for nothing."""


def faults(document: Document, chance: Random) -> list[Fault]:
    """One fault of each kind in each amount of *document*, but the files where it changes nothing."""
    found = []
    known = {child.name for child in structure(document.tipo).children} | {"Encabezado"}
    for top, groups in document.root.groups.items():
        if top not in known:
            continue
        for group in (each for one in groups for each in one.walk()):
            for name in sorted(AMOUNTS & group.fields.keys()):
                value = group.value(name)
                if value is not None:
                    found += [Fault(group, name, what, new) for what, new in _spoiled(value, chance)]
    return found


def _spoiled(value: Value, chance: Random) -> Iterator[tuple[str, Value | None]]:
    yield "letters", "abc"
    if not isinstance(value, int | Decimal):
        return
    text = str(value)
    if value > 0:
        yield "negative", f"-{text}"
    yield "missing", None
    yield "ten times", value * 10 if value else 10
    yield "more", value + 1000
    place = chance.randrange(len(text))
    if text[place].isdigit():
        digit = chance.choice([one for one in "123456789" if one != text[place]])
        yield "another digit", text[:place] + digit + text[place + 1 :]
