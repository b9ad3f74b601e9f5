"""An older database is backed up before its form is changed, and is left when it cannot be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import open_backup
from dteplanows.ledger.engines.sqlite import database
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS, version_of
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from tests.ledger.example import COMPANY, load_caf, new_document

NEWER = (*MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)",))


def older(directory: Path, documents: int) -> None:
    """A ledger of the form before ``NEWER``, with that many documents."""
    with closing(Ledger(directory)) as ledger:
        ledger.companies.save(COMPANY)
        caf_id = load_caf(ledger, 1, 10)
        for folio in range(1, documents + 1):
            ledger.documents.record(new_document(folio, caf_id))


def backups(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.zip"))


def test_a_database_with_documents_is_backed_up_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, 2)
    monkeypatch.setattr(migrations, "MIGRATIONS", NEWER)
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.db.version == len(NEWER)
        told = ledger.upgrade
    (path,) = backups(tmp_path)
    assert told
    assert told == (len(MIGRATIONS), len(NEWER), path)
    assert str(path) in told.text()
    manifest = open_backup(path).manifest
    assert (manifest.esquema, manifest.documentos, manifest.con_clave) == (len(MIGRATIONS), 2, False)
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.upgrade is None
    assert len(backups(tmp_path)) == 1


def test_one_without_documents_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, 0)
    monkeypatch.setattr(migrations, "MIGRATIONS", NEWER)
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.upgrade is None
    assert backups(tmp_path) == []


def test_nor_a_new_one(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.upgrade is None
    assert backups(tmp_path) == []


def test_one_that_cannot_be_backed_up_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, 2)
    before = {one.name for one in tmp_path.iterdir()}

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(migrations, "MIGRATIONS", NEWER)
        full.setattr(database, "copy_database", fail)
        with pytest.raises(Refused) as refused:
            Ledger(tmp_path)
    assert [one.code for one in refused.value.problems] == ["BAS-042", "BAS-031"]
    assert {one.name for one in tmp_path.iterdir()} == before
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.db.version == len(MIGRATIONS)


def test_the_backup_of_an_upgrade_that_fails_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, 1)
    with monkeypatch.context() as broken:
        broken.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, ("esto no es SQL",)))
        with pytest.raises(sqlite3.OperationalError):
            Ledger(tmp_path)
    assert len(backups(tmp_path)) == 1
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as connection:
        assert version_of(connection) == len(MIGRATIONS)
