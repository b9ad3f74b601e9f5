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
from tests import forked
from tests.faults.test_killed_processes import ROOT
from tests.ledger.example import COMPANY, REAL

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")

SIZE, USED, VOID = 100, 40, 10
"""Folios of each CAF; how many of them another system used; how many after those are voided apart."""

LOAD = """
import os, signal, sys
from pathlib import Path
from dteplanows.document.problem import Refused
from dteplanows.folios import loading
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import caf, issue
from tests.faults.test_killed_loading import SIZE, USED, VOID
from tests.ledger.example import REAL, TODAY
key = int(sys.argv[2])
if len(sys.argv) > 3:
    def killed(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    loading.void_free = killed
ledger = Ledger(Path(sys.argv[1]))
while True:
    desde = 1 + max((one.hasta for one in ledger.cafs.of("produccion", REAL.rut)), default=0)
    try:
        loading.load(ledger, REAL, caf(key, desde, desde + SIZE - 1), TODAY, desde + USED)
        issue(ledger)
        void(ledger, Series.of(REAL, 33), Span(desde + USED + 1, desde + USED + VOID), "anulados en el SII")
        issue(ledger)
    except Refused as refused:
        # The other process has issued one of them meanwhile.
        assert [one.code for one in refused.problems] == ["FOL-050"]
    print(desde, flush=True)
"""


def start(directory: Path, key: int, *more: str) -> subprocess.Popen[str]:
    """A process that loads CAFs of one key, each after the highest there is, and uses a part of them."""
    command = [sys.executable, "-c", LOAD, str(directory), str(key), *more]
    return forked.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.companies.save(COMPANY)
        ledger.companies.save(REAL)
    return tmp_path


def test_between_the_caf_and_its_void_folios(directory: Path) -> None:
    """No moment has the CAF and its used folios free."""
    one = start(directory, 0, "killed")
    one.communicate(timeout=60)
    assert one.returncode == -signal.SIGKILL
    with closing(Ledger(directory)) as ledger:
        assert ledger.cafs.of("produccion", REAL.rut) == []
        assert [one for one in ledger.events.of() if one.tipo.startswith("caf")] == []


def test_at_any_moment_also_two_at_once(directory: Path) -> None:
    """Both load the same range now and then, with different keys: then the one loaded last stamps."""
    chance = random.Random()
    for _ in range(4):
        pair = [start(directory, key) for key in (0, 1)]
        for one in pair:
            assert one.stdout
            assert one.stdout.readline().strip(), "it loads nothing"
        time.sleep(chance.random() * 0.3)
        for one in pair:
            one.kill()
            one.communicate(timeout=60)
    with closing(Ledger(directory)) as ledger:
        accounts = allocation.account(ledger, REAL, 33)
        assert len(accounts) > 8
        assert {one.libres + one.emitidos + one.anulados + one.en_otro for one in accounts} == {SIZE}
        series = Series("produccion", REAL.rut, 33)
        begins = {one.caf.desde for one in accounts}
        for begin in begins:
            uses = [ledger.folios.use(series, begin + number).estado for number in (0, USED - 1)]
            assert uses == ["otro sistema"] * 2
        whole = Span(1, SIZE * len(begins))
        spans = [one.span for one in ledger.folios.voids(series, whole)]
        void = [folio for one in spans for folio in range(one.desde, one.hasta + 1)]
        issued = ledger.folios.issued(series, whole, 10_000)
        assert len(void) == len(set(void))
        assert not set(void) & set(issued)
        assert sum(one.emitidos for one in accounts) == len(issued)
        assert sum(one.anulados for one in accounts) == len(void)
        assert sum(one.libres for one in accounts) == whole.size - len(issued) - len(void)
        assert ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert ledger.connection.execute("PRAGMA foreign_key_check").fetchall() == []
