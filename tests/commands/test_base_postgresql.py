"""``base`` where the database lies in PostgreSQL: it is made in an empty one, and a ledger of SQLite moves there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.postgresql import programs
from dteplanows.ledger.store import DATABASE_FILE
from dteplanows.settings import FILE
from tests.commands.command_line import create, run
from tests.postgresql import Server


@pytest.fixture
def base(postgresql: Server) -> Iterator[str]:
    one = postgresql.new_database()
    yield one
    postgresql.drop(one)


def test_it_is_made_once_in_an_empty_database(tmp_path: Path, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DTEPLANOWS_BASE", base)
    assert "BAS-073" in run(tmp_path, "caf", "listar").output
    assert run(tmp_path, "base", "crear").exit_code == 0
    assert "BAS-081" in run(tmp_path, "base", "crear").output
    assert create(tmp_path).exit_code == 0
    assert "No hay CAF" in run(tmp_path, "caf", "listar").output
    assert not (tmp_path / DATABASE_FILE).exists()


def test_a_ledger_moves_by_one_order_and_one_setting(tmp_path: Path, base: str) -> None:
    assert create(tmp_path).exit_code == 0
    done = run(tmp_path, "base", "copiar", base)
    assert done.exit_code == 0, done.output
    assert "BAS-010" in run(tmp_path, "caf", "listar").output  # nobody goes on with the old one by mistake
    (tmp_path / FILE).write_text(f'base = "{base}"\n', "utf-8")
    (tmp_path / FILE).chmod(0o600)
    assert "No hay CAF" in run(tmp_path, "caf", "listar").output
    assert "BAS-081" in run(tmp_path, "base", "copiar", base).output


def test_a_program_that_fails_is_told_with_what_it_says() -> None:
    with pytest.raises(Refused) as refused:
        programs.run(["/bin/sh", "-c", "echo no se pudo >&2; exit 3"], {})
    (one,) = refused.value.problems
    assert (one.code, "sh falló: no se pudo" in one.message) == ("BAS-075", True)
