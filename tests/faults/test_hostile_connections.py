"""Hostile connections by the hundred keep no rightful caller out, and take no more memory than they may.

The short form of ``benchmark hostile``. It runs beside other tests, so that it has more patience than the benchmark.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import hostile
from dteplanows.ledger import passwords
from dteplanows.soap.limits import MIB

CONNECTIONS = 150
OF_A_CONNECTION = 96 * 1024
"""Bytes that a web server reads ahead of one: more than a small account, as here, has for it."""

OF_COMPARISONS = passwords.AT_ONCE * 16 * MIB
"""What the hashing of passwords takes, on purpose."""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="la memoria de un proceso se ve solo en Linux")
@pytest.mark.parametrize("servidor", ["granian", pytest.param("waitress", marks=pytest.mark.long)])
def test_hostile_connections(tmp_path: Path, servidor: str) -> None:
    found = hostile.run(tmp_path, CONNECTIONS, 5, servidor, megas=8)
    assert found.refused == []
    assert len(found.during) > 10
    assert sorted(found.during)[len(found.during) * 9 // 10] < hostile.SLOWEST
    assert found.answered.get("wrong passwords: 200", 0) > 10
    assert found.account == 32 * MIB
    for before, most, after in found.memory.values():
        assert most - before < found.account + OF_COMPARISONS + CONNECTIONS * OF_A_CONNECTION
        assert after - before < found.account + OF_COMPARISONS
