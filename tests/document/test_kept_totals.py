"""The producers' table in small: the customer's total is kept, or the file refused with a reason, and never changed."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.producers import cells, measure

EVERY = 23
"""Each so manieth cell is tried; the number has no divisor in common with what the cells are crossed of."""
BASKETS = 8

SAMPLE = [cell for number, cell in enumerate(cells()) if number % EVERY == 0]


def test_the_sample_has_cells_of_both_tables() -> None:
    assert {bool(cell.extras.name) for cell in SAMPLE} == {False, True}


@pytest.mark.parametrize("part", range(10))
def test_the_customers_total_is_kept_or_the_document_refused(part: int) -> None:
    tried: Counter[str] = Counter()
    for cell in SAMPLE[part::10]:
        found = measure(cell, 11, BASKETS, fault_every=2)
        for lines, one in found.counts.items():
            assert (one.changed, one.silent, one.contradicting) == (0, 0, 0), (cell.key(), lines, one.examples)
            if cell.must_be_kept():
                assert one.kept + one.impossible == one.baskets, (cell.key(), lines, one.codes)
        assert not found.faults.issued, found.faults.examples
        tried += found.faults.tried
    assert tried
