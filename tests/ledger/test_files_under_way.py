"""What is known of calls under way belongs to an installation, and not to the name of its folder."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.ledger.store import Ledger
from dteplanows.ledger.under_way import Stay, StillUnderWay

KEY = bytes(range(32))


def entered(ledger: Ledger) -> Stay:
    return ledger.db.under_way().enter(KEY, lambda: 0, 0.01, lambda: None)


def test_another_installation_in_the_same_folder_knows_no_call_of_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "datos"
    with closing(Ledger(folder)) as ledger:
        first = ledger.db.under_way()
        entered(ledger)
        assert ledger.db.under_way() is first
        with pytest.raises(StillUnderWay):
            entered(ledger)
    shutil.rmtree(folder)
    with closing(Ledger(folder)) as ledger:
        assert ledger.db.under_way() is not first
        assert entered(ledger).waited_for is None
