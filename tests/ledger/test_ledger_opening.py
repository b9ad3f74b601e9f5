"""Opening a ledger: files and their modes, the form of the database, the master key."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.engines.sqlite import database as connection
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.rows import NewCertificate, Series, Span, StoredVoid
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.tables import TABLES
from dteplanows.ledger.vault import KEY_FILE, read_key_file
from tests import forked
from tests.engines import only_sqlite
from tests.ledger.example import (
    COMPANY,
    TODAY,
    load_caf,
    new_document,
    record_as_then,
    save_as_at_first,
    save_as_then,
    sqlite_of,
    without,
)

OPEN = """
import sys
from pathlib import Path
from dteplanows.ledger.store import Ledger
one = Ledger(Path(sys.argv[1]))
one.secrets.seal(b"x")
one.close()
print(one.settings.get("prueba_clave_maestra"))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.mark.skipif(os.name != "posix", reason="los permisos de archivo son los de POSIX")
def test_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = Ledger(tmp_path / "datos")
        ledger.companies.save(COMPANY)
        assert mode(tmp_path / "datos") == 0o700
        files = {one.name: mode(one) for one in (tmp_path / "datos").iterdir()}
        ledger.close()
    finally:
        os.umask(before)
    assert {*(f"{DATABASE_FILE}{ending}" for ending in ("", "-wal", "-shm", "-turno", "-en-uso")), KEY_FILE} == set(
        files
    )
    assert set(files.values()) == {0o600}


def test_a_transaction_is_synced_before_it_returns(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)

    def pragma(name: str) -> object:
        return ledger.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
    assert int(str(pragma("busy_timeout"))) == connection.BUSY_SECONDS * 1000


def plain(kind: str) -> str:
    """The type of a column; texts of several names are one to the program."""
    return "TEXT" if kind in ("VARCHAR(255)", "DATE", "DATETIME") else kind


@only_sqlite
def test_the_columns_of_a_migrated_database_are_those_of_the_tables(ledger: Ledger) -> None:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    assert [name for (name,) in ledger.connection.execute(query)] == sorted(one.name for one in TABLES)
    for table in TABLES:
        found = ledger.connection.execute(f"PRAGMA table_info({table.name})")
        there = {row[1]: (plain(row[2]), not row[3], row[5] > 0) for row in found}
        said = {one.name: (plain(one.kind.sqlite), one.null, one.name in table.key) for one in table.columns}
        assert there == said, table.name


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as first:
        first.companies.save(COMPANY)
        load_caf(first, 1, 10)
        key = read_key_file(tmp_path)
    with closing(Ledger(tmp_path)) as second:
        assert second.companies.all() == [COMPANY]
        assert second.cafs.secret(1) == b"secreto de prueba"
        assert second.db.version == len(MIGRATIONS)
    assert read_key_file(tmp_path) == key


def test_many_processes_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(tmp_path / "datos")]
    opened = [forked.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    results = [(one.communicate(timeout=60), one.returncode) for one in opened]
    assert [code for _, code in results] == [0] * 6, [errors for (_, errors), _ in results]
    assert len({said for (said, _), _ in results}) == 1


def test_a_crash_in_a_migration_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(tmp_path).close()
    broken = (*MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)", "esto no es SQL"))
    monkeypatch.setattr(migrations, "MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError):
        Ledger(tmp_path)
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as ledger:
        assert not ledger.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'nueva'").fetchone()


def test_a_missing_step_is_done_at_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Ledger(tmp_path)) as first:
        first.companies.save(COMPANY)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)",)))
    with closing(Ledger(tmp_path)) as second:
        assert second.connection.execute("SELECT COUNT(*) FROM nueva").fetchone() == (0,)
        assert second.companies.all() == [COMPANY]
        assert second.db.version == len(MIGRATIONS) + 1


def test_documents_from_before_the_references_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = 4
    with monkeypatch.context() as before:
        before.setattr(migrations, "MIGRATIONS", without(step))
        with closing(Ledger(tmp_path)) as first:
            first.companies.save(COMPANY)
            caf_id = load_caf(first, 1, 10)
            first.documents.record(new_document(1, caf_id))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*without(step), MIGRATIONS[step - 1]))
    with closing(Ledger(tmp_path)) as second:
        assert second.documents.find("pruebas", COMPANY.rut, 33, 1)
        assert second.references.notes_in_force("pruebas", COMPANY.rut, 33, 1) == []


def test_refused_batches_of_an_old_database_need_not_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = next(number for number, one in enumerate(MIGRATIONS) if any("archivo_suelto" in text for text in one))
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:step])
    with closing(Ledger(tmp_path)) as first:
        save_as_then(first, COMPANY)
        run = first.connection.execute
        for sha, rejected in (("refused", 1), ("issued", 0)):
            run("INSERT INTO archivo VALUES (?, '1', 'x')", (sha,))
            run(
                "INSERT INTO lote (ambiente, rut_emisor, usuario, identidad_de_cuenta, archivo_sha256, formato, "
                "recibido, estado, total, hechos, rechazados, terminado, turnos, trabajador, vence) VALUES (?, ?, "
                "'ana', 0, ?, '1', '2026-01-05 10:00:00', 'terminado', 1, 1, ?, '2026-01-05 10:00:01', 1, '', 0)",
                (COMPANY.ambiente, COMPANY.rut, sha, rejected),
            )
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as second:
        assert second.batches.forget_refused_files(datetime(2026, 1, 6)) == 1
        contents = dict(second.connection.execute("SELECT sha256, CAST(contenido AS TEXT) FROM archivo"))
        assert contents == {"refused": "", "issued": "x"}


def test_the_companies_of_an_old_database_have_no_setting_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:1])
    with closing(Ledger(tmp_path)) as first:
        save_as_at_first(first)
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as second:
        assert second.companies.all() == [COMPANY]


@pytest.mark.parametrize("steps", [2, 3, 4])
def test_a_database_from_before_the_reparos_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """That step came later, in the second place."""
    monkeypatch.setattr(migrations, "MIGRATIONS", without(2)[:steps])
    with closing(Ledger(tmp_path)) as first:
        save_as_at_first(first)
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as second:
        assert second.companies.all() == [COMPANY]
        assert second.db.version == len(MIGRATIONS)
        assert second.batches.newest(1) == []


def test_the_users_of_an_old_database_have_the_setting_of_their_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = next(number for number, one in enumerate(MIGRATIONS) if "usuario ADD COLUMN avisos" in one[0])
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:step])
    with closing(Ledger(tmp_path)) as first:
        for one in (COMPANY, replace(COMPANY, ambiente="produccion")):
            save_as_then(first, one)
            first.connection.execute(
                "INSERT INTO usuario (usuario, usuario_normal, ambiente, rut, clave, creado) "
                "VALUES ('ana', 'ana', ?, ?, '', '2026-01-05 10:00:00')",
                (one.ambiente, one.rut),
            )
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as second:
        assert [(one.avisos, one.con_avisos) for one in second.users.all()] == [(None, False), (None, True)]


def test_cafs_and_void_folios_of_an_old_database_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the CAFs is made anew; the documents still name theirs, and new ones get new ids."""
    step = next(number for number, one in enumerate(MIGRATIONS) if "caf_nuevo" in one[0])
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:step])
    with closing(Ledger(tmp_path)) as first:
        save_as_then(first, COMPANY)
        sealed = first.secrets.seal(b"secreto de prueba").encode()
        for desde in (1, 11):
            first.connection.execute(
                "INSERT INTO caf (ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente, secreto, cargado) "
                "VALUES ('pruebas', ?, 33, ?, ?, '2026-11-01', ?, ?, '2026-11-02 10:00:00')",
                (COMPANY.rut, desde, desde + 9, desde + 3, sealed),
            )
        record_as_then(first, new_document(12, 2))
        first.connection.execute(
            "INSERT INTO folio_anulado (ambiente, rut_emisor, tipo, folio, motivo, momento) "
            "VALUES ('pruebas', ?, 33, 4, 'dañado', '2026-11-03 10:00:00')",
            (COMPANY.rut,),
        )
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as second:
        assert [one[4:] for one in second.cafs.of("pruebas", COMPANY.rut)] == [
            (1, 10, date(2026, 11, 1), 4, False, False), (11, 20, date(2026, 11, 1), 14, False, False),
        ]  # fmt: skip
        assert second.cafs.secret(2) == b"secreto de prueba"
        series = Series("pruebas", COMPANY.rut, 33)
        assert second.folios.voids(series, Span(1, 99)) == [StoredVoid(Span(4, 4), "dañado", False)]
        assert second.folios.use(series, 12).estado == "emitido"
        assert load_caf(second, 11, 20) == 3
        second.documents.record(new_document(13, 3))
        for query, found in (("PRAGMA foreign_key_check", []), ("PRAGMA foreign_keys", [(1,)])):
            assert second.connection.execute(query).fetchall() == found
        with pytest.raises(violations(), match=r"(?i)foreign key"):
            second.documents.record(new_document(14, 99))


def test_foreign_keys_are_looked_at_after_a_step_that_failed(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        with pytest.raises(ZeroDivisionError), sqlite_of(ledger).rebuilding():
            raise ZeroDivisionError
        assert ledger.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / DATABASE_FILE
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path)
    assert codes(refused) == ["AUT-020"]
    assert "99" in refused.value.problems[0].message
    assert path.read_bytes() == before
    assert {one.name for one in tmp_path.iterdir()} == {DATABASE_FILE, f"{DATABASE_FILE}-en-uso"}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"esto es una factura, no una base de datos. " * 100)
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path)
    assert codes(refused) == ["AUT-023"]


def test_a_disk_without_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_enter_wal", lambda _: "delete")
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path)
    assert codes(refused) == ["AUT-024"]


# --- the master key -------------------------------------------------------------------------------------------


def test_a_lost_key_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path)
    assert codes(refused) == ["AUT-022"]
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize(
    "other", [Fernet.generate_key().decode(), "una frase cualquiera", "\x00ñ"], ids=["llave", "frase", "ruido"]
)
def test_another_key_is_refused(tmp_path: Path, other: str) -> None:
    Ledger(tmp_path).close()
    (tmp_path / KEY_FILE).write_text(other, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path)
    assert codes(refused) == ["AUT-021"]
    assert other not in str(refused.value)


def test_a_phrase_serves_as_master_key_and_leaves_no_file(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path, "mi frase secreta")) as first:
        first.companies.save(COMPANY)
        load_caf(first, 1, 10)
    with closing(Ledger(tmp_path, "mi frase secreta")) as second:
        assert second.cafs.secret(1) == b"secreto de prueba"
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path, "otra frase")
    assert codes(refused) == ["AUT-021"]
    assert not (tmp_path / KEY_FILE).exists()


def test_the_key_of_the_file_may_be_given_instead(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as first:
        first.settings.save("sello", first.secrets.seal(b"valor"))
    key = read_key_file(tmp_path)
    (tmp_path / KEY_FILE).unlink()
    with closing(Ledger(tmp_path, key)) as second:
        assert second.secrets.unseal(second.settings.get("sello")) == b"valor"


def test_no_secret_is_in_the_files_or_the_texts(tmp_path: Path) -> None:
    key, password, caf = b"-----BEGIN RSA PRIVATE KEY-----", "ClaveDelERP-ñ", b"<RSASK>secreta</RSASK>"
    ledger = Ledger(tmp_path)
    ledger.companies.save(COMPANY)
    ledger.users.save("ana", password, "pruebas", COMPANY.rut)
    moments = datetime(2026, 1, 1), datetime(2027, 1, 1)
    number = ledger.certificates.save(NewCertificate("pruebas", COMPANY.rut, "1-9", "Ana", *moments, key))
    ledger.cafs.save(Series.of(COMPANY, 33), Span(1, 10), TODAY, caf)
    stored = ledger.certificates.find(number)
    shown = repr(
        (stored, ledger.cafs.of("pruebas", COMPANY.rut), ledger.users.all(), ledger.secrets.vault, ledger.events.of())
    )
    assert stored and stored.certificate == key
    assert ledger.cafs.secret(1) == caf
    ledger.connection.execute("PRAGMA wal_checkpoint(FULL)")
    master = read_key_file(tmp_path).encode()
    databases = [one for one in tmp_path.iterdir() if one.name != KEY_FILE]
    data = b"".join(one.read_bytes() for one in databases)
    assert COMPANY.direccion.encode() in data
    for secret in (key, caf, master, password.encode(), password.encode("latin-1")):
        assert secret not in data
        assert secret.decode("latin-1") not in shown
    assert password not in shown
