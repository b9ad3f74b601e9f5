"""A data directory for the commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.demo.certificate import make_certificate
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.commands.command_line import CLAVE, create, run
from tests.sii.delivery.conftest import House, house_at


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DTEPLANOWS_CLAVE", raising=False)
    monkeypatch.delenv("DTEPLANOWS_DIRECTORIO", raising=False)
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data directory with one company that can issue."""
    folder = tmp_path / "datos"
    assert create(folder).exit_code == 0
    (tmp_path / "clave").write_text(f"{CLAVE}\n", "utf-8")
    (tmp_path / "firma.p12").write_bytes(make_certificate("11111111-1", "Persona de Prueba", CLAVE))
    done = run(
        folder, "certificado", "cargar", str(tmp_path / "firma.p12"), "--clave-archivo", str(tmp_path / "clave")
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def ledger(directory: Path) -> Iterator[Ledger]:
    opened = Ledger(directory)
    yield opened
    opened.close()


@pytest.fixture
def house(place: Place, tmp_path: Path) -> Iterator[House]:
    """On either engine, in a folder that the commands open by themselves."""
    installed, simulator = house_at(place, tmp_path)
    with simulator:
        where = f'sii_simulador = "{simulator.address}"\n'
        if place.base:
            where += f'base = "{place.base}"\n'
        settings = place.directory / "dteplanows.toml"
        settings.write_text(where, "utf-8")
        settings.chmod(0o600)
        yield House(installed, simulator, place.directory)
    installed.close()
