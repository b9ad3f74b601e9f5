"""Worker and simulated SII killed in the midst of the delivery: both sides agree, and nothing arrives twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import delivery


@pytest.mark.skipif(sys.platform != "linux", reason="the measure reads /proc")
def test_killed_worker_and_simulator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = delivery.run(tmp_path / "datos", documents=120, kills=1, verify=True)
    told = capsys.readouterr().out
    assert not wrong, told
    assert told.count("worker killed") == 1
    assert "none arrived twice" in told
