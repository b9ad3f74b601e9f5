"""``base``: a database is made by a command, and never in place of one that was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.store import DATABASE_FILE, Ledger, New
from dteplanows.ledger.vault import KEY_FILE
from tests.commands.command_line import create, run


def test_an_empty_directory_gets_a_database_by_a_command_only(tmp_path: Path) -> None:
    done = run(tmp_path, "caf", "listar")
    assert done.exit_code == 1
    assert "BAS-011" in done.output
    assert "base crear" in done.output
    assert list(tmp_path.iterdir()) == []
    done = run(tmp_path, "base", "crear")
    assert done.exit_code == 0, done.output
    assert (tmp_path / KEY_FILE).exists()
    assert "No hay CAF" in run(tmp_path, "caf", "listar").output
    again = run(tmp_path, "base", "crear")
    assert again.exit_code == 1
    assert "BAS-012" in again.output
    assert create(tmp_path).exit_code == 0


def test_the_first_company_makes_it_too(tmp_path: Path) -> None:
    assert create(tmp_path / "datos").exit_code == 0
    assert (tmp_path / "datos" / DATABASE_FILE).exists()


def test_an_empty_file_is_no_database(tmp_path: Path) -> None:
    """SQLite would make a new one of it, and give every folio again."""
    assert create(tmp_path).exit_code == 0
    (tmp_path / DATABASE_FILE).write_bytes(b"")
    for one in tmp_path.glob(f"{DATABASE_FILE}-*"):
        one.unlink()
    assert "BAS-010" in create(tmp_path).output
    assert (tmp_path / DATABASE_FILE).stat().st_size == 0


@pytest.mark.parametrize("sign", [KEY_FILE, "dteplanows.toml", f"{DATABASE_FILE}-wal"])
def test_what_lost_its_database_is_not_given_an_empty_one(tmp_path: Path, sign: str) -> None:
    key = b"una frase larga como clave\n" if sign == KEY_FILE else b""
    (tmp_path / sign).write_bytes(key)
    (tmp_path / sign).chmod(0o600)
    for done in (run(tmp_path, "caf", "listar"), create(tmp_path)):
        assert done.exit_code == 1
        assert "BAS-010" in done.output
        assert sign in done.output.replace("\n", "")
    assert not (tmp_path / DATABASE_FILE).exists()
    with pytest.raises(Refused):
        Ledger(tmp_path)
    done = run(tmp_path, "base", "crear")
    assert done.exit_code == 0, done.output
    assert key in ((tmp_path / KEY_FILE).read_bytes(), b"")
    assert create(tmp_path).exit_code == 0


def test_a_directory_that_is_not_there_is_not_made_for_a_question(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path / "datos", new=New.NEVER)
    assert [one.code for one in refused.value.problems] == ["BAS-011"]
    assert not (tmp_path / "datos").exists()
