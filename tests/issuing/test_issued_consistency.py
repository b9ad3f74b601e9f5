"""The self-consistency property: whatever the main road issues, no two of its figures contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.consistency import TYPES
from dteplanows.document import clock
from dteplanows.parser import XML
from tests.consistency_documents import customer_file
from tests.installation import Installation, make_installation
from tests.self_consistency import contradictions

EXAMPLES = 30
"""Files of each type; ``run.py benchmark consistency`` tries thousands."""
LEAST_ISSUED = 3
"""Files of a type that must be issued, for the property to say anything; it is a third of them, or more."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with closing(make_installation(tmp_path_factory.mktemp("instalacion"), reparos="avisar")) as one:
        yield one


@pytest.mark.parametrize("tipo", TYPES)
def test_what_is_issued_never_contradicts_itself(made: Installation, tipo: int) -> None:
    seen: Counter[bool] = Counter()

    @given(seed=st.integers(0, 2**32))
    @example(seed=85255711)  # a surcharge a peso from the rounded percentage
    @example(seed=29429)  # a guía of no sale with a tax and the total 0
    @settings(max_examples=EXAMPLES, deadline=None)
    def every_file(seed: int) -> None:
        (one,) = made.issue(customer_file(tipo, Random(seed), clock.today()), XML).documents
        seen[one.accepted] += 1
        if one.accepted:
            assert contradictions(made.xml(tipo, one.folio)) == []
        else:
            assert one.problems

    every_file()
    assert seen[True] >= LEAST_ISSUED
