"""``respaldo``, ``restaurar`` and ``base verificar`` as their person sees them."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from dteplanows.cli import main
from dteplanows.commands import backups
from dteplanows.ledger.batch_rows import NewBatch
from dteplanows.ledger.engines.base import DATABASE
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.web.server import free_port
from tests import forked
from tests.commands.command_line import run
from tests.installation import COMPANY
from tests.recovery.support import folio, install, issue


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A data directory that has issued three invoices, and a folder for backups beside it."""
    install(tmp_path / "datos", facturas=3)
    (tmp_path / "respaldos").mkdir()
    gc.collect()
    return tmp_path / "datos"


def backup_of(directory: Path, *options: str) -> Path:
    folder = directory.parent / "respaldos"
    before = set(folder.iterdir())
    done = run(directory, "respaldo", str(folder), *options)
    assert done.exit_code == 0, done.output
    (path,) = set(folder.iterdir()) - before
    return path


def test_a_backup_says_what_it_holds_and_which_key_it_needs(installed: Path) -> None:
    path = installed.parent / "respaldos" / "uno.zip"
    done = run(installed, "respaldo", str(path))
    with closing(Ledger(installed)) as ledger:
        fingerprint = ledger.secrets.fingerprint
    assert done.exit_code == 0
    assert f"Respaldo hecho y revisado: {path}" in done.output
    assert "Trae 3 documentos" in done.output
    assert f"{COMPANY.rut}, pruebas, tipo 33: 3 documentos, hasta el folio {folio(3)}" in done.output
    assert f"la clave maestra de huella {fingerprint} (el archivo {installed / KEY_FILE})" in done.output
    again = run(installed, "respaldo", str(path))
    assert (again.exit_code, "BAS-030" in again.stderr) == (1, True)


def test_the_key_of_a_setting_is_named_as_such(installed: Path) -> None:
    key = (installed / KEY_FILE).read_text().strip()
    (installed / KEY_FILE).unlink()
    path = installed.parent / "uno.zip"
    done = run(installed, "respaldo", str(path), DTEPLANOWS_CLAVE_MAESTRA=key)
    assert "la del ajuste clave_maestra" in done.output
    done = run(installed, "respaldo", str(installed.parent / "dos.zip"), "--con-clave", DTEPLANOWS_CLAVE_MAESTRA=key)
    assert "guárdelo bajo llave" in done.output.lower()
    shutil.rmtree(installed)
    assert run(installed, "restaurar", str(path)).exit_code == 1
    assert run(installed, "restaurar", str(installed.parent / "dos.zip")).exit_code == 0
    assert (installed / KEY_FILE).read_text().strip() == key


def test_what_is_missing_is_named_and_held_back(installed: Path) -> None:
    path = backup_of(installed)
    issue(installed, facturas=2)
    refused = run(installed, "restaurar", str(path))
    assert (refused.exit_code, "BAS-038" in refused.stderr) == (1, True)
    done = run(installed, "restaurar", str(path), "--reemplazar")
    assert done.exit_code == 0, done.stderr
    assert f"Faltan 2 documentos ({folio(4)} a {folio(5)}): {COMPANY.rut}, pruebas, tipo 33." in done.output
    assert "Lo que había antes está en" in done.output
    assert "Retenidos" in done.output
    assert "dteplanows folio liberar" in done.output
    assert issue(installed, facturas=1) == [folio(6)]


def test_nothing_missing_is_said_too(installed: Path) -> None:
    done = run(installed, "restaurar", str(backup_of(installed)))
    assert "No falta ningún documento de después del respaldo" in done.output
    assert "No se retuvo ningún folio" in done.output


def test_what_else_is_missing_or_stopped_is_said(installed: Path) -> None:
    (installed / "dteplanows.toml").write_text("puerto = 8090\n")
    with closing(Ledger(installed)) as ledger:
        track = ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", True, ReceivedFile("1", b"->Nada<-")))
    del ledger
    path = backup_of(installed)
    with closing(Ledger(installed)) as ledger:
        ledger.users.save("otra", "clave de otra", "pruebas", COMPANY.rut)
        ledger.connection.execute("UPDATE lote SET hechos = 1, total = 2")
    del ledger
    (installed / "dteplanows.toml").write_text("puerto = 8091\n")
    gc.collect()
    done = run(installed, "restaurar", str(path), "--reemplazar")
    assert "La base reemplazada tenía además: 1 usuarios." in done.output
    assert f"que estaban a medias: {track}." in done.output
    assert "Se conservó el archivo de ajustes" in done.output


def test_the_folios_that_a_person_knows_are_given_by_options(installed: Path) -> None:
    path, key = backup_of(installed), installed.parent / "clave"
    shutil.copy(installed / KEY_FILE, key)
    shutil.rmtree(installed)
    order = ("restaurar", str(path), "--clave-maestra-archivo", str(key), "--siguiente")
    for answer in ("33", "33=0", "999=5", "99999999-9/33=5", "76000111-5/33=5", f"33={folio(2)}"):
        refused = run(installed, *order, answer)
        assert (refused.exit_code, "BAS-045" in refused.stderr) == (1, True), answer
    done = run(installed, *order, f"{COMPANY.rut}/pruebas/33={folio(9)}", "--siguiente", "39=1")
    assert done.exit_code == 0, done.stderr
    assert "No se sabe qué documentos se emitieron después del respaldo." in done.output
    assert f"{folio(4)} a {folio(8)}" in done.output
    assert "1 en adelante" in done.output
    assert issue(installed, facturas=1, boletas=1) == [folio(9), folio(1)]


def test_at_a_terminal_the_person_is_asked(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup_of(installed, "--con-clave")
    shutil.rmtree(installed)
    monkeypatch.setattr(backups, "_at_terminal", lambda: True)
    answers = "\n".join(["33=5", "10000000000", str(folio(7)), *["0"] * 11, ""])
    done = CliRunner().invoke(main, ["--dir", str(installed), "restaurar", str(path)], input=answers)
    assert done.exit_code == 0, done.output
    assert f"tipo 33, en el respaldo hasta el {folio(3)}: ¿desde qué folio no se ha usado ninguno?" in done.output
    assert done.output.count("Responda con un folio, de 1 a 9999999999, o con 0.") == 2
    assert issue(installed, facturas=1, boletas=1) == [folio(7), 0]


def test_a_check_that_finds_nothing_ends_well(installed: Path) -> None:
    done = run(installed, "base", "verificar")
    assert done.exit_code == 0
    assert "Revisados: 3 documentos" in done.output
    assert "cada folio está explicado" in done.output


def damage(directory: Path, statement: str) -> None:
    with closing(sqlite3.connect(directory / DATABASE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER documento_no_cambia")
        connection.execute(statement)


def test_a_check_that_finds_something_says_it_and_ends_with_1(installed: Path) -> None:
    damage(installed, "UPDATE documento SET xml = x'00' WHERE id = 2")
    done = run(installed, "base", "verificar")
    assert done.exit_code == 1
    assert "BAS-051" in done.output
    assert f"tipo 33, folio {folio(2)}" in done.output


def test_of_very_many_findings_the_number_is_said(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.recovery.verification._KEPT", 1)
    damage(installed, "UPDATE documento SET xml = x'00'")
    assert "Se muestran los primeros 1 de 3 hallazgos." in run(installed, "base", "verificar").output


def test_a_check_that_was_interrupted_goes_on(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr("dteplanows.recovery.verification.Verification._check_files", interrupt)
        assert run(installed, "base", "verificar").exit_code == 130
    done = run(installed, "base", "verificar")
    assert "Continúa la revisión comenzada el" in done.stderr
    assert "Revisados: 3 documentos" in done.output
    assert "Continúa" not in run(installed, "base", "verificar", "--desde-el-principio").stderr


def testshown_progress_is_told_in_lines_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_EVERY", 0.0)
    with backups.shown_progress() as tell:
        tell("documentos", 0, 1000)
        time.sleep(0.01)
        tell("documentos", 500, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "documentos: 0 de 1.000 (0 %)"
    assert lines[1].startswith("documentos: 500 de 1.000 (50 %), ")
    assert lines[1].endswith(" por segundo")


def test_an_upgrade_is_told_by_the_next_command(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)",)))
    done = run(installed, "documentos")
    assert f"pasó del formato {len(MIGRATIONS)} al {len(MIGRATIONS) + 1}" in done.stderr
    (path,) = installed.glob("antes-del-formato-*.zip")
    assert str(path) in done.stderr


def test_an_upgrade_by_a_look_at_the_state_is_told_too(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)",)))
    told = f"pasó del formato {len(MIGRATIONS)} al {len(MIGRATIONS) + 1}"
    shown = json.loads(run(installed, "estado", "--json").stdout)["filas"]
    assert [one["estado"] for one in shown if told in one["texto"]] == ["ok"]
    assert told not in run(installed, "estado").stdout


def test_a_damaged_database_is_not_served(installed: Path) -> None:
    damage(installed, "UPDATE documento SET xml = x'00' WHERE id = 2")
    port = str(free_port("127.0.0.1"))
    words = [sys.executable, "-m", "dteplanows", "--dir", str(installed), "serve", "--port", port]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = forked.run(words, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60)
    assert done.returncode == 1
    assert "BAS-043" in done.stderr
