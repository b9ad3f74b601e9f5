"""Of each folio at most one document is live: another takes it once the SII has refused that one, and never else."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.ledger.deliveries import Group, Step
from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import FREE, FolioCount, NewReference, Series, Span
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.tables import DOCUMENTO, TABLES
from tests import forked
from tests.engines import only_postgresql, only_sqlite
from tests.ledger.example import (
    COMPANY,
    load_caf,
    load_caf_as_then,
    new_document,
    record_as_then,
    save_as_then,
    sqlite_of,
)

SERIES = Series("pruebas", COMPANY.rut, 33)
BEFORE = 17
"""The form in which a folio had one document."""


def refuse(ledger: Ledger, identifier: int, reasons: str = "(DTE-3-505) Firma invalida") -> None:
    """What the worker writes down when the SII has refused a document."""
    for step in (Step("en sobre"), Step("rechazado", reasons=reasons)):
        ledger.deliveries.move([identifier], step)
    found = ledger.deliveries.find(identifier)
    assert found
    assert found.estado == "rechazado"


def chain(ledger: Ledger, length: int, folio: int = 5) -> list[int]:
    """Ids of documents of one folio, of which all but the last are refused."""
    caf, ids = load_caf(ledger, 1, 10), [0]
    for _ in range(length):
        if ids[-1]:
            refuse(ledger, ids[-1])
        ids.append(ledger.documents.record(replace(new_document(folio, caf), reemplaza=ids[-1])))
    return ids[1:]


def test_a_refused_document_is_replaced_and_stays(ledger: Ledger) -> None:
    first, second, third = chain(ledger, 3)
    assert [one.id for one in ledger.documents.history(*SERIES, 5)] == [first, second, third]
    live = ledger.documents.find(*SERIES, 5)
    assert live
    assert (live.id, live.reemplaza) == (third, second)
    assert [one.id for one in ledger.documents.with_folio("pruebas", COMPANY.rut, 5)] == [third]
    assert "reemplaza" not in ledger.events.of(first)[0].detalle
    assert f"reemplaza al documento {second}" in ledger.events.of(third)[0].detalle


def test_a_folio_counts_once(ledger: Ledger) -> None:
    chain(ledger, 3)
    assert ledger.folios.use(SERIES, 5).estado == "emitido"
    assert ledger.folios.count(SERIES, Span(1, 10)) == FolioCount(1, 0, 0)
    assert ledger.folios.issued(SERIES, Span(1, 10), 9) == [5]
    assert list(ledger.folios.taken_spans(SERIES, Span(1, 10))) == [Span(5, 5)]
    assert ledger.folios.use(SERIES, 6) == FREE
    (live,) = ledger.documents.with_folio("pruebas", COMPANY.rut, 5)
    assert ledger.usage.issued_since(live.creado) == {SERIES: 1}


@pytest.mark.parametrize("state", [one for one in STATES if one != "rechazado"])
def test_only_a_refused_document_can_be_replaced(ledger: Ledger, state: str) -> None:
    (identifier,) = chain(ledger, 1)
    for step in ("en sobre", "enviado", *(("detenido",) if state == "descartado" else ()), state):
        ledger.deliveries.move([identifier], Step(step))
    found = ledger.deliveries.find(identifier)
    assert found
    assert found.estado == state
    assert ledger.documents.to_replace(SERIES, 5) == 0
    for replaced in (identifier, 0):
        with pytest.raises(violations()):
            ledger.documents.record(replace(new_document(5, 1), reemplaza=replaced))
    assert len(ledger.documents.history(*SERIES, 5)) == 1


@pytest.mark.parametrize("code", ["DTE-3-100", "DTE-3-101"])
def test_what_the_sii_calls_repeated_is_not_replaced(ledger: Ledger, code: str) -> None:
    (identifier,) = chain(ledger, 1)
    refuse(ledger, identifier, f"(DTE-3-505) Firma\n({code}) DTE Repetido")
    assert ledger.documents.to_replace(SERIES, 5) == 0
    with pytest.raises(violations()):
        ledger.documents.record(replace(new_document(5, 1), reemplaza=identifier))


def test_a_document_is_replaced_by_one(ledger: Ledger) -> None:
    first, second = chain(ledger, 2)
    for replaced in (0, first, second, 99):
        with pytest.raises(violations()):
            ledger.documents.record(replace(new_document(5, 1), reemplaza=replaced))
    assert ledger.documents.to_replace(SERIES, 5) == 0


def test_a_document_replaces_none_of_another_folio_type_or_environment(ledger: Ledger) -> None:
    (identifier,) = chain(ledger, 1)
    refuse(ledger, identifier)
    caf = load_caf(ledger, 1, 10, 34)
    for row in (new_document(6, 1), new_document(5, caf, 34), new_document(5, 1, 33, "produccion")):
        with pytest.raises(violations()):
            ledger.documents.record(replace(row, reemplaza=identifier))


def test_one_that_was_issued_before_delivery_existed_is_not_replaced(ledger: Ledger) -> None:
    """The ledger knows no word of the SII about it."""
    (identifier,) = chain(ledger, 1)
    with ledger.writing():
        for statement in _NO_DELIVERY[ledger.db.backup_part]:
            ledger.connection.execute(statement)
    with pytest.raises(violations()):
        ledger.documents.record(replace(new_document(5, 1), reemplaza=identifier))


_NO_DELIVERY = {
    "dteplanows.sqlite3": ("DROP TRIGGER entrega_no_se_borra", "DELETE FROM entrega"),
    "dteplanows.pgdump": ("DROP TRIGGER entrega_no_se_borra ON entrega", "DELETE FROM entrega"),
}


def test_what_the_sii_refused_stays_refused(ledger: Ledger) -> None:
    (identifier,) = chain(ledger, 1)
    refuse(ledger, identifier)
    for change in ("estado = 'aceptado'", "documento_id = 77"):
        with pytest.raises(violations()), ledger.writing():
            ledger.connection.execute(f"UPDATE entrega SET {change} WHERE documento_id = ?", (identifier,))
    ledger.deliveries.remark([identifier], "(DTE-3-505) Firma invalida\n(HED-2-302) IVA")


def test_a_refused_note_corrects_nothing(ledger: Ledger) -> None:
    chain(ledger, 1)
    caf = load_caf(ledger, 1, 10, 61)
    note = replace(new_document(1, caf, 61), referencias=(NewReference(33, 5, 1, 1190),))
    first = ledger.documents.record(note)
    assert len(ledger.references.notes_in_force(*SERIES, 5)) == 1
    refuse(ledger, first)
    assert ledger.references.notes_in_force(*SERIES, 5) == []
    ledger.documents.record(replace(note, reemplaza=first))
    assert [(one.tipo, one.folio) for one in ledger.references.notes_in_force(*SERIES, 5)] == [(61, 1)]


def test_a_refused_note_takes_no_other_note_back(ledger: Ledger) -> None:
    chain(ledger, 1)
    credit, debit = load_caf(ledger, 1, 10, 61), load_caf(ledger, 1, 10, 56)
    ledger.documents.record(replace(new_document(1, credit, 61), referencias=(NewReference(33, 5, 1, 1190),)))
    second = ledger.documents.record(
        replace(new_document(1, debit, 56), referencias=(NewReference(61, 1, 1, 1190),))
    )
    assert ledger.references.notes_in_force(*SERIES, 5) == []
    refuse(ledger, second)
    assert [one.tipo for one in ledger.references.notes_in_force(*SERIES, 5)] == [61]


def test_a_note_waits_for_the_live_document(ledger: Ledger) -> None:
    """One to a refused document is stopped; one issued after the new document waits for that."""
    _, second = chain(ledger, 2)
    caf = load_caf(ledger, 1, 10, 61)
    note = ledger.documents.record(
        replace(new_document(1, caf, 61), referencias=(NewReference(33, 5, 3, 100),))
    )
    (group,) = {one.group for one in ledger.deliveries.due()}
    assert ledger.deliveries.ready(group, 9) == [second]
    assert ledger.deliveries.stop_notes(group) == []
    ledger.deliveries.move([second], Step("en sobre"))
    ledger.deliveries.move([second], Step("aceptado"))
    assert ledger.deliveries.ready(group, 9) == [note]


@only_sqlite
def test_what_a_note_waits_for_is_found_by_its_folio(ledger: Ledger) -> None:
    """The key has a column more than the folio: left alone, SQLite takes all documents of the company for fewer."""
    asked: list[str] = []
    sqlite_of(ledger).connection.set_trace_callback(asked.append)
    group = Group("pruebas", COMPANY.rut, "facturas", 0)
    ledger.deliveries.ready(group, 1)
    ledger.deliveries.stop_notes(group)
    ledger.documents.find(*SERIES, 5)
    sqlite_of(ledger).connection.set_trace_callback(None)
    plans = [
        row[3]
        for query in asked if "documento" in query
        for row in ledger.connection.execute(f"EXPLAIN QUERY PLAN {query}")
        if "sqlite_autoindex_documento_1" in row[3]
    ]  # fmt: skip
    assert len(plans) == 3
    assert [one for one in plans if "folio=?" not in one] == []


# --- two at once, and a crash ---------------------------------------------------------------------------------------

REPLACE = """
import sys
from dataclasses import replace
from pathlib import Path
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.engines import only_postgresql, only_sqlite
from tests.ledger.example import new_document
ledger = Ledger(Place(Path(sys.argv[1]), sys.argv[2]))
won = 0
sys.stdin.readline()
for folio in range(1, 31):
    try:
        ledger.documents.record(replace(new_document(folio, 1), usuario=sys.argv[3], reemplaza=folio))
        won += 1
    except violations():
        pass
print(won)
"""


def test_of_two_processes_that_replace_a_document_one_does(place: Place) -> None:
    """Without the lock of the series, which the main road takes: the database itself sees to it."""
    with closing(Ledger(place)) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 100)
        for folio in range(1, 31):
            refuse(ledger, ledger.documents.record(new_document(folio, caf)))
    command = [sys.executable, "-c", REPLACE, str(place.directory), place.base]
    both = [
        forked.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("uno", "dos")
    ]
    for one in both:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    won = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(won) == 30
    with closing(Ledger(place)) as ledger:
        rows = ledger.connection.execute("SELECT reemplaza, COUNT(*) FROM documento GROUP BY reemplaza").fetchall()
        assert dict(rows) == {0: 30, **dict.fromkeys(range(1, 31), 1)}
        assert ledger.db.full_check() == []


# --- an older database ----------------------------------------------------------------------------------------------


def older(directory: Path, monkeypatch: pytest.MonkeyPatch, documents: int = 3) -> None:
    """A ledger of the form before, with that many documents and gaps among their ids."""
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", MIGRATIONS[:BEFORE])
        with closing(Ledger(directory)) as ledger:
            save_as_then(ledger, COMPANY)
            caf = load_caf_as_then(ledger, 1, 100_000)
            for folio in range(1, documents + 1):
                beside = json.dumps({"adicionales": {"Vendedor": f"Ñ {folio}"}})
                identifier = record_as_then(ledger, replace(new_document(folio, caf), beside=beside))
                assert identifier == folio
            ledger.documents.number_from(500)


@only_postgresql
@pytest.mark.parametrize("form", [16, 17])
def test_an_older_database_of_postgresql_keeps_every_row_and_rule(place: Place, form: int) -> None:
    with closing(Ledger(place)) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 10)
        for folio in (1, 2):
            ledger.documents.record(new_document(folio, caf))
        was = rules(ledger)
        with ledger.writing():
            for statement in (*_BACK, *(_BEFORE_DELIVERY if form == 16 else ())):
                ledger.connection.execute(statement)
    with closing(Ledger(place)) as ledger:
        assert (ledger.db.version, ledger.db.full_check(), ledger.db.bounded_check()) == (len(MIGRATIONS), [], [])
        assert ledger.upgrade
        assert rules(ledger) == was
        assert [one.xml for one in ledger.documents.with_folio("pruebas", COMPANY.rut, 2)] == [new_document(2, 1).xml]
        with pytest.raises(violations()):
            ledger.documents.record(new_document(2, 1))
        if form == 16:
            ledger.deliveries.adopt([2], "enviado", "por otro medio")
        refuse(ledger, 2)
        ledger.documents.record(replace(new_document(2, 1), reemplaza=2))
        with pytest.raises(violations()):
            ledger.documents.record(replace(new_document(2, 1), reemplaza=2))


_BEFORE_DELIVERY = (
    "DROP TRIGGER documento_se_entrega ON documento",
    "DROP FUNCTION documento_se_entrega",
    *(f"DROP TABLE {one.name}" for one in reversed(TABLES) if one.schema.since == BEFORE),
    "UPDATE formato SET numero = 16",
)
_BACK = (
    *(f"DROP TABLE {one.name}" for one in reversed(TABLES) if one.schema.since > BEFORE),
    "DROP INDEX documento_recibido_libro",
    "DROP TRIGGER entrega_rechazada_es_final ON entrega",
    "DROP TRIGGER documento_reemplaza_rechazado ON documento",
    "DROP FUNCTION documento_reemplaza_rechazado",
    *(
        f"ALTER TABLE {table.name} DROP COLUMN {one.name}"
        for table in TABLES for one in table.columns if table.schema.since <= BEFORE < one.spec.since
    ),
    "ALTER TABLE documento ADD UNIQUE (ambiente, rut_emisor, tipo, folio)",
    f"UPDATE formato SET numero = {BEFORE}",
)  # fmt: skip


def rules(ledger: Ledger) -> set[tuple[str, ...]]:
    """Indexes, conditions and triggers of a database of PostgreSQL."""
    queries = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT table_name || '.' || column_name, data_type || is_nullable || COALESCE(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = current_schema()",
    )
    return {tuple(row) for query in queries for row in ledger.connection.execute(query)}


def shape(directory: Path) -> dict[tuple[str, str], str]:
    """What the database consists of."""
    with closing(sqlite3.connect(directory / DATABASE_FILE)) as link:
        rows = link.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(kind, name): " ".join(sql.split()) for kind, name, sql in rows}


def test_an_older_database_keeps_every_row_and_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, monkeypatch)
    columns = ", ".join(one.name for one in DOCUMENTO.columns if one.spec.since == 0)
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as link:
        before = link.execute(f"SELECT {columns} FROM documento ORDER BY id").fetchall()
        others = {name: link.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in _BESIDE}
    was = shape(tmp_path)
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.db.version == len(MIGRATIONS)
        after = ledger.connection.execute(f"SELECT {columns} FROM documento ORDER BY id").fetchall()
        assert after == before
        for name, rows in others.items():  # later columns stand behind
            found = ledger.connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            assert [one[: len(rows[0])] for one in found] == rows
        assert ledger.db.full_check() == []
        assert ledger.connection.execute("SELECT SUM(reemplaza) FROM documento").fetchone() == (0,)
        assert ledger.documents.record(new_document(4, 1)) == 500
        refuse(ledger, 2)
        assert ledger.documents.record(replace(new_document(2, 1), reemplaza=2)) == 501
        for statement in ("DELETE FROM documento", "UPDATE documento SET folio = 9"):
            with pytest.raises(violations()), ledger.writing():
                ledger.connection.execute(statement)
        assert [one for (one,) in ledger.connection.execute("PRAGMA foreign_keys")] == [1]
    now = shape(tmp_path)
    grown = {table.name for table in TABLES for one in table.columns if one.spec.since > BEFORE}
    same = [one for one in was if one[1] not in grown]
    assert {one: now[one] for one in same} == {one: was[one] for one in same}


_BESIDE = ("entrega", "evento", "dato_adicional", "archivo", "caf", "empresa")


def test_a_new_database_is_as_an_older_one_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path / "vieja", monkeypatch)
    for name in ("vieja", "nueva"):
        Ledger(tmp_path / name).close()
    assert shape(tmp_path / "vieja") == shape(tmp_path / "nueva")


def test_an_upgrade_that_would_lose_a_row_does_not_happen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is compared before the old table goes."""
    older(tmp_path, monkeypatch)
    at = BEFORE
    lossy = tuple(
        one.replace("ORDER BY id", "WHERE id <> 2 ORDER BY id") if "INSERT INTO documento_nuevo (id, " in one else one
        for one in MIGRATIONS[at]
    )
    assert lossy != MIGRATIONS[at]
    with monkeypatch.context() as broken:
        broken.setattr(migrations, "MIGRATIONS", (*MIGRATIONS[:at], lossy, *MIGRATIONS[at + 1 :]))
        with pytest.raises(sqlite3.IntegrityError):
            Ledger(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as link:
        assert link.execute("PRAGMA user_version").fetchone() == (BEFORE,)
        assert link.execute("SELECT COUNT(*) FROM documento").fetchone() == (3,)
    with closing(Ledger(tmp_path, keep_before_upgrade=False)) as ledger:
        assert ledger.db.version == len(MIGRATIONS)


OPEN = """
import sys
from pathlib import Path
from dteplanows.ledger.store import Ledger
print("abre", flush=True)
Ledger(Path(sys.argv[1]), keep_before_upgrade=False).close()
"""


@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_an_upgrade_that_is_killed_is_done_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: float
) -> None:
    older(tmp_path, monkeypatch, 200)
    process = forked.Popen([sys.executable, "-c", OPEN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "abre\n"
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.db.version == len(MIGRATIONS)
        assert ledger.connection.execute("SELECT COUNT(*), MAX(id) FROM documento").fetchone() == (200, 200)
        assert ledger.db.full_check() == []
