"""A process that is killed while it loads a half used CAF or voids a range leaves all of it done, or nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.folios import allocation
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.faults.test_killed_processes import ROOT
from tests.ledger.example import COMPANY, REAL

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")

SIZE, USED, VOID = 100, 40, 10
"""Folios of each CAF; how many of them another system used; how many after those are voided apart."""

LOAD = """
import os, signal, sys
from pathlib import Path
from dteplanows.folios import loading
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import caf, issue
from tests.faults.test_killed_loading import SIZE, USED, VOID
from tests.ledger.example import REAL, TODAY
if len(sys.argv) > 2:
    def killed(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    loading.void_free = killed
ledger = Ledger(Path(sys.argv[1]))
while True:
    desde = 1 + SIZE * len(ledger.cafs("produccion", REAL.rut))
    loading.load(ledger, REAL, caf(0, desde, desde + SIZE - 1), TODAY, desde + USED)
    void(ledger, REAL, 33, Span(desde + USED, desde + USED + VOID - 1), "anulados en el SII")
    issue(ledger)
    print(desde, flush=True)
"""


def start(directory: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOAD, str(directory), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.save_company(COMPANY)
        ledger.save_company(REAL)
    return tmp_path


def test_between_the_caf_and_its_void_folios(directory: Path) -> None:
    """No moment has the CAF and its used folios free."""
    one = start(directory, "killed")
    one.communicate(timeout=60)
    assert one.returncode == -signal.SIGKILL
    with closing(Ledger(directory)) as ledger:
        assert ledger.cafs("produccion", REAL.rut) == []
        assert ledger.events() == []


def test_at_any_moment(directory: Path) -> None:
    chance = random.Random()
    for _ in range(6):
        one = start(directory)
        assert one.stdout
        assert one.stdout.readline().strip(), "it loads nothing"
        time.sleep(chance.random() * 0.2)
        one.kill()
        one.communicate(timeout=60)
    with closing(Ledger(directory)) as ledger:
        accounts = allocation.account(ledger, REAL, 33)
        assert len(accounts) > 6
        assert {one.libres + one.emitidos + one.anulados for one in accounts} == {SIZE}
        # The range voided apart is another order: done or not, but whole.
        assert {one.anulados for one in accounts} <= {USED, USED + VOID}
        series = Series("produccion", REAL.rut, 33)
        for begin in (one.caf.desde for one in accounts):
            uses = [ledger.folio_use(series, begin + number).estado for number in (0, USED - 1)]
            assert uses == ["otro sistema"] * 2
        whole = Span(accounts[0].caf.desde, accounts[-1].caf.hasta)
        spans = [one.span for one in ledger.voids(series, whole)]
        void = [folio for one in spans for folio in range(one.desde, one.hasta + 1)]
        assert len(void) == len(set(void))
        assert not set(void) & set(ledger.issued_folios(series, whole, 10_000))
        assert ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
