"""What older versions issued is there after an upgrade, byte for byte, and the next folio follows the last.

Each installation of ``fixtures/installations`` is opened as an operator does after ``pip install --upgrade``: by
``serve``, which says what it does; nothing else is needed.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import dteplanows
from docs.reference import MANUAL
from dteplanows.ledger.backup import open_backup
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.upgrade import Upgrade
from dteplanows.web import server
from tests import forked
from tests.drill.shown import alike
from tests.upgrades.caller import Caller, sample
from tests.upgrades.make import DATABASE, FIXTURES, restore

INSTALLATIONS = sorted(one for one in FIXTURES.iterdir() if one.is_dir())
FORMS = [1, 4, 8, 12, 16]
"""The first that issued, two of the way, the one before ledgers were guarded, and the one before the next step."""
SAMPLES = Path(dteplanows.__file__).parent / "muestras"
HOST = "127.0.0.1"
NEVER_LAPSE = {39: "boleta39.txt", 34: "factura34.txt", 52: "guia52.txt"}
"""Types whose CAF of the fixture serves for ever, and a sample of each."""


def command(directory: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "dteplanows", "--dir", str(directory), *arguments]


def said(directory: Path, *arguments: str, code: int = 0) -> str:
    """What a command says, when it ends with *code*."""
    done = forked.run(command(directory, *arguments), capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return str(done.stdout + done.stderr)


class Service(NamedTuple):
    """A running service and what it has said."""

    caller: Caller
    output: Path


@contextmanager
def served(directory: Path) -> Iterator[Service]:
    """``serve`` as it comes, but for the port."""
    port = server.free_port(HOST)
    output = directory.parent / f"salida-{port}.txt"
    with output.open("wb") as file:
        process = forked.Popen(command(directory, "serve", "--port", str(port)), stdout=file, stderr=file)
    try:
        assert server.wait_until_online(HOST, port, lambda: process.poll() is None), output.read_text("utf-8")
        yield Service(Caller(directory, port), output)
    finally:
        process.terminate()
        process.wait(90)


def rows(directory: Path, query: str) -> list[tuple[Any, ...]]:
    """What the database says, read without any of our program."""
    with closing(sqlite3.connect(directory / DATABASE)) as connection:
        return connection.execute(query).fetchall()


def documents(directory: Path) -> dict[tuple[int, int], bytes]:
    """Every issued document: its type and folio, and its signed bytes."""
    return {
        (tipo, folio): bytes(xml)
        for tipo, folio, xml in rows(directory, "SELECT tipo, folio, xml FROM documento ORDER BY id")
    }


def highest(of: dict[tuple[int, int], bytes]) -> dict[int, int]:
    """The highest folio of each type."""
    return {tipo: max(folio for other, folio in of if other == tipo) for tipo, _ in of}


@pytest.fixture(params=INSTALLATIONS, ids=lambda one: one.name)
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The data of an older version."""
    restore(request.param, tmp_path / "datos")
    return tmp_path / "datos"


def test_there_are_installations_of_all_times(tmp_path: Path) -> None:
    found = []
    for number, folder in enumerate(INSTALLATIONS):
        restore(folder, tmp_path / str(number))
        found.append(rows(tmp_path / str(number), "PRAGMA user_version")[0][0])
        assert len(documents(tmp_path / str(number))) >= 5
    assert found == FORMS
    assert max(found) <= len(MIGRATIONS)


def test_the_manual_says_what_an_upgrade_says() -> None:
    page = (MANUAL / "servicio" / "mantencion.rst").read_text("utf-8")
    assert alike(Upgrade(12, 16, Path("/var/lib/x.zip")).text()) in alike(page)


def test_an_older_installation_goes_on(directory: Path) -> None:
    before, version = documents(directory), rows(directory, "PRAGMA user_version")[0][0]
    waiting = rows(directory, "SELECT id FROM lote WHERE estado <> 'terminado'") if version > 1 else []
    upgraded = version < len(MIGRATIONS)

    with served(directory) as service:
        text = service.output.read_text("utf-8")
        assert (f"La base de datos pasó del formato {version} al {len(MIGRATIONS)}." in text) is upgraded
        for (tipo, folio), xml in before.items():
            assert service.caller.xml(tipo, folio) == xml
        last = highest(before)
        for tipo, name in NEVER_LAPSE.items():
            assert [one[:3] for one in service.caller.issue(sample(SAMPLES / name))] == [(tipo, last[tipo] + 1, True)]
        (factura,) = service.caller.issue(sample(SAMPLES / "factura33.txt"))
        assert factura.accepted, factura.text
        assert (33, factura.folio) not in before
        for (track,) in waiting:
            deadline = time.monotonic() + 30
            while not (done := service.caller.state(str(track))) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert [one[:3] for one in done] == [(41, last[41] + 1, True)]
    after = documents(directory)
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 4 + len(waiting)

    assert "Todo está como se guardó, y cada folio está explicado." in said(directory, "base", "verificar")
    if upgraded:
        goes_back(directory, before, after, said_backup(text))


def said_backup(text: str) -> Path:
    """The backup that ``serve`` names."""
    found = re.search(r"Antes se guardó un respaldo en (\S+\.zip)", text)
    assert found, text
    return Path(found[1])


def goes_back(
    directory: Path, before: dict[tuple[int, int], bytes], after: dict[tuple[int, int], bytes], backup: Path
) -> None:
    """The backup of the upgrade holds the database of before, and restoring it doubles no folio."""
    assert open_backup(backup).manifest.documentos == len(before)
    missing = sorted(set(after) - set(before))
    text = " ".join(said(directory, "restaurar", str(backup), "--reemplazar").split())
    for tipo, folio in missing:
        assert re.search(
            rf"(Falta|Faltan) \d+ documentos? \({folio}( a \d+)?\): [^:]*, pruebas, tipo {tipo}\.", text
        ), text
    assert documents(directory) == before
    (directory / "otra.txt").write_bytes(sample(SAMPLES / "boleta39.txt"))
    assert f"folio {highest(after)[39] + 1}" in said(directory, "procesar", str(directory / "otra.txt"))
    assert len(documents(directory)) == len(before) + 1
    assert "Todo está como se guardó, y cada folio está explicado." in said(directory, "base", "verificar")
