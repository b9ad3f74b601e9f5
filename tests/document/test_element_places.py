"""What the rooms ask a group for is an element of that group: names that are put together, and names elsewhere right.

:mod:`tests.element_names` reads the program; here it runs, over whole and spoiled documents of every type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

import pytest

from benchmarks.variations_files import samples
from dteplanows import parser, validator
from dteplanows.document.elements import BRANCHES, ROOTS, branch
from dteplanows.document.model import Document, Group
from dteplanows.parser.txt.purchases import OTHER_TAXES
from tests import valid_documents
from tests.validator.judging import COMPANY, TODAY

ASKED = ("field", "value", "text", "amount", "number", "day", "place_of", "put", "drop", "group", "all", "add_group")
Pair = tuple[str, str]


def below() -> set[Pair]:
    """Every pair of a group's name and that of an element in it, in any structure."""
    found = {("Totales", OTHER_TAXES)}
    for name in ROOTS:
        for element in branch(name).walk():
            above = element.name if element.path else ""
            found.update((above, child.name) for child in element.children)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[Pair]:
    """The pairs that are asked for from now on."""
    found: set[Pair] = set()

    def noting(method: Callable[..., object]) -> Callable[..., object]:
        def noted(self: Group, name: str, *more: object, **named: object) -> object:
            found.add((self.name, name))
            return method(self, name, *more, **named)

        return noted

    for name in ASKED:
        monkeypatch.setattr(Group, name, noting(getattr(Group, name)))
    return found


def judged(data: bytes, formato: str, today: date) -> None:
    for document in parser.parse(data, formato):
        if document.received:
            continue
        validator.judge(document, COMPANY, today, True)


def spoiled(tipo: int, seed: int, step: int) -> Iterator[bytes]:
    """A document of type *tipo*, each time with another of its values changed; of the ways every *step* th."""
    for index in range(0, len(valid_documents.mutations(valid_documents.make(tipo, Random(seed), TODAY))), step):
        document = valid_documents.make(tipo, Random(seed), TODAY)
        valid_documents.mutations(document)[index][2]()
        yield valid_documents.as_file(document)


def test_what_is_asked_of_a_group_can_stand_in_it(asked: set[Pair]) -> None:
    for one in samples():
        judged(one.data, one.formato, TODAY)
    for tipo in BRANCHES:
        for seed in range(20):
            judged(valid_documents.as_file(valid_documents.make(tipo, Random(seed), TODAY)), "2", TODAY)
        for data in spoiled(tipo, seed=1, step=9):
            judged(data, "2", TODAY)
    assert sorted(asked - below()) == []
    assert {("Totales", "MntTotal"), ("Detalle", "QtyItem"), ("DscRcgGlobal", "ValorDR")} <= asked


def test_an_element_of_another_group_would_be_seen(asked: set[Pair]) -> None:
    Document(33).totales.amount("QtyItem")
    assert asked - below() == {("Totales", "QtyItem")}
