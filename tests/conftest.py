from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from dteplanows.ledger.place import Place
from tests import quick_ledgers
from tests.installation import Installation, make_installation
from tests.postgresql import Server, missing, server

# A service of a test starts no simulator unless the test says so: all would want the one usual port of the machine.
os.environ["DTEPLANOWS_SIMULADOR_AUTOMATICO"] = "false"

quick_ledgers.use()

Engine = Literal["sqlite", "postgresql"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests together that share what is made once for their module: else each process makes it again."""
    for item in items:
        if isinstance(item, pytest.Function) and not item.get_closest_marker("xdist_group"):
            made = [one[-1].scope for one in item._fixtureinfo.name2fixturedefs.values()]
            if "module" in made:
                item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


_LONGEST_NAME = 60
"""Characters of a parameter in the name of its test."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test by a long text: keys and signed files are made anew in each process, which must agree on names."""
    return argname if isinstance(val, str | bytes) and len(val) > _LONGEST_NAME else None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once which test failed: a run that is cut off shows nothing else of it."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        crash = getattr(report.longrepr, "reprcrash", None)
        print(f"\n{report.nodeid}: {crash.message if crash else report.longrepr}"[:1000], file=sys.stderr, flush=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The server of PostgreSQL that the tests of one process share."""
    if reason := missing():
        pytest.skip(reason)
    with server() as one:
        yield one


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine that a ledger lies in: a test that asks for it runs on both."""
    found: Engine = request.param
    return found


@pytest.fixture
def place(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Where a new ledger may lie, on either engine."""
    if engine == "sqlite":
        yield Place(tmp_path / "datos")
        return
    one: Server = request.getfixturevalue("postgresql")
    base = one.formed_database()
    yield Place(tmp_path / "datos", base)
    one.drop(base)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A whole installation, ready to issue."""
    one = make_installation(tmp_path / "instalacion")
    yield one
    one.close()
