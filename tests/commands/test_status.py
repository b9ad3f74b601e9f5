"""``estado`` as people and monitors see it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dteplanows.commands import status
from dteplanows.document import clock
from dteplanows.ledger import presence
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.status.look import INSTALLATION
from dteplanows.status.rows import Row, State
from dteplanows.web import server
from tests.commands.command_line import RUT, create, run, sample


def answering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service seem to be there."""
    monkeypatch.setattr(server, "state", lambda settings: Row(INSTALLATION, "Servicio", State.OK, "Atiende."))


def back_up(ledger: Ledger) -> None:
    ledger.settings.save("ultimo_respaldo", json.dumps({"momento": clock.now().isoformat()}))


def as_json(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, "estado", "--json").output)
    return found


def state_of(folder: Path, name: str) -> str:
    (found,) = [one["estado"] for one in as_json(folder)["filas"] if one["nombre"] == name]
    return str(found)


def test_the_exit_code_is_that_of_monitors(directory: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(directory, "estado").exit_code == 2
    answering(monkeypatch)
    done = run(directory, "estado")
    assert (done.exit_code, "Hay 3 avisos." in done.output) == (1, True)
    back_up(ledger)
    with presence.held(directory, "trabajador"), presence.held(directory, "entrega"):
        done = run(directory, "estado")
        assert done.exit_code == 0, done.output
        assert "Todo está bien." in done.output
        assert "GRAVE" not in done.output and "AVISO" not in done.output


def test_the_service_that_is_not_running(directory: Path) -> None:
    assert state_of(directory, "Servicio") == "grave"
    port = server.free_port("127.0.0.1")
    with presence.held(directory, "servicio", f"127.0.0.1 {port}"):
        (row,) = [one for one in as_json(directory)["filas"] if one["nombre"] == "Servicio"]
        assert (row["estado"], row["datos"]["en_marcha"]) == ("grave", True)
        assert f":{port}/" in row["texto"]


def test_all_of_it_as_json(directory: Path, tmp_path: Path) -> None:
    assert run(directory, "procesar", sample(tmp_path, "factura33.txt")).exit_code == 0
    found = as_json(directory)
    assert (found["estado"], found["salida"], found["directorio"]) == ("grave", 2, str(directory))
    (row,) = [one for one in found["filas"] if one["nombre"] == "Folios de tipo 33"]
    assert RUT in row["grupo"]
    assert (row["estado"], row["datos"]["libres"], row["datos"]["por_dia"]) == ("ok", 999, 1.0)
    assert found["ajustes"]["directorio"] == {"valor": str(directory), "origen": "orden"}
    assert found["ajustes"]["puerto"] == {"valor": "8080", "origen": "usual"}
    assert run(directory, "estado", "--json").exit_code == 2


def test_where_each_setting_comes_from_and_no_secret(directory: Path) -> None:
    (directory / "dteplanows.toml").write_text("trabajadores = 3\ncaf_automatico = false\n", "utf-8")
    done = run(directory, "estado", DTEPLANOWS_PUERTO="8090", DTEPLANOWS_METRICAS_CLAVE="secretísima")
    lines = {line.split()[0]: line for line in done.output.splitlines() if line}
    assert "8090" in lines["puerto"] and "variable de entorno" in lines["puerto"]
    assert "3" in lines["trabajadores"] and "archivo de ajustes" in lines["trabajadores"]
    assert "false" in lines["caf_automatico"]
    assert "(oculta)" in lines["metricas_clave"]
    assert "secretísima" not in done.output
    assert "host" not in lines
    done = run(directory, "estado", "--ajustes")
    assert "valor usual" in done.output and "espera_maxima" in done.output
    assert "secretísima" not in run(directory, "estado", "--json", DTEPLANOWS_METRICAS_CLAVE="secretísima").output


def test_a_ledger_that_cannot_be_opened(directory: Path) -> None:
    (directory / "dteplanows.sqlite3").write_bytes(b"esto no es una base de datos" * 200)
    done = run(directory, "estado")
    assert done.exit_code == 2
    assert "Base de datos" in done.output and "GRAVE" in done.output
    (row,) = [one for one in as_json(directory)["filas"] if one["nombre"] == "Base de datos"]
    assert row["datos"] == {"codigo": "AUT-023"}


def test_a_ledger_that_fails_while_it_is_read(directory: Path, ledger: Ledger) -> None:
    ledger.connection.execute("ALTER TABLE lote RENAME TO otra")
    done = run(directory, "estado")
    assert done.exit_code == 2
    assert "no se puede leer (SQLITE_ERROR)" in done.output
    assert "Traceback" not in done.output


def test_where_there_is_no_data(tmp_path: Path) -> None:
    done = run(tmp_path / "nada", "estado")
    assert done.exit_code == 2
    assert "No existe la carpeta de datos" in done.output


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_in_a_terminal(
    directory: Path, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    assert create(directory, "produccion").exit_code == 0
    for tipo, days in ((33, 170), (39, 1), (61, 300)):
        fecha = clock.today() - timedelta(days=days)
        ledger.cafs.save(Series("produccion", RUT, tipo), Span(9_870_000_001, 9_870_100_000), fecha, b"x")
    terminal = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(status, "console", lambda: terminal)
    done = run(directory, "estado", "--ajustes")
    lines = done.output.splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in done.output
    words = ("GRAVE", "100.000", "tipo 61", "no vence", "11 días", "Qué hacer:", "produccion", "llamadas_simultaneas")
    assert [one for one in words if one not in done.output] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_the_state_of_each_row_is_its_own(directory: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several tables the states stand under each other; none may be taken from another table."""
    answering(monkeypatch)
    assert create(directory, "produccion").exit_code == 0
    output = run(directory, "estado").output
    found = {tuple(line.split()[:2]) for line in output.splitlines()}
    assert {("bien", "Servicio"), ("AVISO", "Respaldo"), ("GRAVE", "Certificado"), ("bien", "Certificado")} <= found
