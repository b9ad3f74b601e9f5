"""The fault table: nothing doubled, nothing lost in silence, a reason for the caller and a line for the operator.

``python3 run.py benchmark faults --against COMMIT`` prints it whole, with what was so before.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from benchmarks import fault_rows, fault_service, faults
from benchmarks.fault_rows import Row
from tests import forked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")

WITHOUT_REFUSAL = {
    "one worker dies twice within 2 s", "all workers killed twice", "clients gone", "the same file three times at once",
    "read-only disk", "corrupt page",
}  # fmt: skip
"""Whose callers may all be answered well, or by nobody: the service does not start, and says why."""


ELSEWHERE = {"1000 hostile connections"}
"""Rows that have a test of their own: :mod:`tests.faults.test_hostile_connections`."""


LONG = {
    "database deleted", "database held between two chunks", "write-ahead log removed", "read-only disk",
    "full disk (limit of the size of a file)", "older ledger put back, service started", "all workers killed twice",
}  # fmt: skip
"""Rows that take longest; most of them have tests of their own in this folder."""


def of(row: Row) -> ParameterSet:
    """The row as a test."""
    return pytest.param(row, id=row.name, marks=[pytest.mark.long] if row.name in LONG else [])


def shown_here(row: Row) -> bool:
    """Whether this machine may do it. Where no disk may be mounted, the limit of the size of a file stands in."""
    return row.name not in ELSEWHERE and (row.missing is not fault_rows.may_not_mount or not row.missing())


@pytest.mark.parametrize("row", [of(one) for one in fault_rows.ROWS if shown_here(one)])
def test_a_fault_doubles_and_loses_nothing_and_is_told(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if row.missing():
        pytest.skip(row.missing())
    monkeypatch.setattr(fault_service.Service, "popen", forked.Popen)
    result = faults.run(row, fault_service.ROOT, tmp_path)
    assert result.is_good, result
    if row.name not in WITHOUT_REFUSAL:
        assert result.code and result.code != "SRV-001", result
        assert result.line, result
