"""Backups of a ledger in PostgreSQL, their restoring, and the move from SQLite into it."""

from __future__ import annotations

import gc
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import open_backup
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.engines.base import DUMP
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.engines.postgresql import programs
from dteplanows.ledger.place import Place, place_of
from dteplanows.ledger.store import Ledger
from dteplanows.recovery import copying
from dteplanows.recovery.backups import back_up
from dteplanows.recovery.copying import copy
from dteplanows.recovery.verification import Verification
from dteplanows.settings import FILE, Settings, load
from tests.engines import only_postgresql
from tests.installation import make_installation
from tests.issuing.test_issued_before import file
from tests.ledger.example import everything, new_document
from tests.postgresql import Server
from tests.recovery.support import FACTURAS, brought_back, codes, folio, issue


def installed(place: Place, facturas: int) -> Settings:
    """An installation in PostgreSQL that has issued that many documents."""
    make_installation(place).close()
    settings_file = place.directory / FILE
    settings_file.write_text(f'base = "{place.base}"\n', "utf-8")
    settings_file.chmod(0o600)
    issue(place.directory, facturas=facturas)
    return load(directorio=place.directory)


def saved(settings: Settings, path: Path) -> Path:
    with closing(Ledger(place_of(settings))) as ledger:
        back_up(ledger, settings, path, con_clave=True)
    gc.collect()
    return path


@only_postgresql
def test_a_backup_is_brought_back_and_what_came_after_it_is_held_back(place: Place, tmp_path: Path) -> None:
    settings = installed(place, 3)
    path = saved(settings, tmp_path / "uno.zip")
    assert DUMP in open_backup(path).manifest.partes
    with closing(Ledger(place)) as ledger:
        before = everything(ledger)
    issue(place.directory, facturas=2)
    assert codes(lambda: brought_back(path, settings)) == ["BAS-038"]
    done = brought_back(path, settings, replace=True)
    assert done.replaced.issued == {FACTURAS: [(folio(4), folio(5))]}
    with closing(Ledger(place)) as ledger:
        assert everything(ledger)["documento"] == before["documento"]
        assert [one.span for one in ledger.held.holds(FACTURAS)] == [(folio(4), folio(5))]
        assert Verification(ledger, anew=True).run().problems == []
    # What was there is kept, and what is issued now has another folio and another number.
    assert issue(place.directory, facturas=1) == [folio(6)]
    with psycopg.connect(_base(place, done.aside)) as link:
        assert link.execute("SELECT COUNT(*) FROM documento").fetchone() == (5,)
    with closing(Ledger(place)) as ledger:
        row = ledger.connection.execute("SELECT MAX(id) FROM documento").fetchone()
        assert row[0] > 5


def _base(place: Place, aside: str) -> str:
    return place.base.replace(place.base.split("/")[3].partition("?")[0], aside.rpartition("/")[2])


@only_postgresql
def test_a_database_that_is_in_use_is_not_replaced(place: Place, tmp_path: Path) -> None:
    settings = installed(place, 1)
    path = saved(settings, tmp_path / "uno.zip")
    with closing(Ledger(place)):
        assert codes(lambda: brought_back(path, settings)) == ["BAS-037"]


@only_postgresql
def test_it_is_brought_back_where_the_database_is_lost(place: Place, tmp_path: Path, postgresql: Server) -> None:
    settings = installed(place, 2)
    path = saved(settings, tmp_path / "uno.zip")
    issue(place.directory, facturas=1)
    postgresql.drop(place.base)
    assert codes(lambda: Ledger(place)) == ["BAS-070"]
    done = brought_back(path, settings)
    assert (done.aside, done.known) == ("", True)
    with closing(Ledger(place)) as ledger:  # the mark tells how far it had come
        assert ledger.held.holds(FACTURAS)[-1].span == (folio(3), folio(3))


@only_postgresql
def test_a_program_that_is_missing_is_named(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = installed(place, 1)
    monkeypatch.setattr(programs, "_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with closing(Ledger(place)) as ledger, pytest.raises(Refused) as refused:
        back_up(ledger, settings, tmp_path / "uno.zip")
    (one,) = refused.value.problems
    assert (one.code, "pg_dump" in one.message) == ("BAS-074", True)


@only_postgresql
def test_a_backup_of_the_other_engine_is_not_taken(place: Place, tmp_path: Path) -> None:
    settings = installed(place, 1)
    other = tmp_path / "otra"
    make_installation(other).close()
    with closing(Ledger(other)) as ledger:
        back_up(ledger, load(directorio=other), tmp_path / "otra.zip", con_clave=True)
    assert codes(lambda: brought_back(tmp_path / "otra.zip", settings)) == ["BAS-077"]


# --- the move -------------------------------------------------------------------------------------------------


def test_a_ledger_is_moved_row_by_row(tmp_path: Path, postgresql: Server) -> None:
    directory = tmp_path / "datos"
    make_installation(directory).close()
    issue(directory, facturas=5, boletas=2)
    with closing(Ledger(directory)) as ledger:
        before = everything(ledger)
        base = postgresql.new_database()
        done = copy(ledger, base)
    assert done.aside.exists() and not (directory / ledger.path.name).exists()
    assert done.rows["documento"] == 7
    place = Place(directory, base)
    with closing(Ledger(place)) as moved:
        assert {name: _plain(rows) for name, rows in everything(moved).items()} == {
            name: _plain(rows) for name, rows in before.items()
        }
        assert Verification(moved, anew=True).run().problems == []
    (directory / FILE).write_text(f'base = "{base}"\n', "utf-8")
    (directory / FILE).chmod(0o600)
    assert issue(directory, facturas=1) == [folio(6)]
    postgresql.drop(base)


def test_a_folio_that_was_issued_again_is_moved_with_its_history(tmp_path: Path, postgresql: Server) -> None:
    """The database that is being filled has no word of the SII yet when the documents come."""
    directory, base = tmp_path / "datos", postgresql.new_database()
    with closing(make_installation(directory)) as made:
        (first,) = made.issue(file(), "1").documents
        for step in (Step("en sobre"), Step("rechazado", reasons="(DTE-3-505) Firma")):
            made.ledger.deliveries.move([first.documento_id], step)
        (second,) = made.issue(file(folio=first.folio, neto=2000), "1").documents
        assert second.accepted
    with closing(Ledger(directory)) as ledger:
        copy(ledger, base)
    with closing(Ledger(Place(directory, base))) as moved:
        chain = moved.documents.history(*FACTURAS, first.folio)
        assert [(one.id, one.reemplaza) for one in chain] == [(1, 0), (2, 1)]
        assert [one.estado for one in map(moved.deliveries.find, (1, 2)) if one] == ["rechazado", "pendiente"]
        assert Verification(moved, anew=True).run().problems == []
        with pytest.raises(violations()):
            moved.documents.record(replace(new_document(first.folio, 1), rut_emisor=FACTURAS.rut, reemplaza=1))
    postgresql.drop(base)


def _plain(rows: list[object]) -> list[str]:
    """Rows without the order of their columns."""
    return sorted(repr(sorted(map(repr, row))) for row in rows)  # type: ignore[call-overload]


def test_an_interrupted_move_goes_on(tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "datos"
    make_installation(directory).close()
    issue(directory, facturas=6)
    monkeypatch.setattr(copying, "_PAGE", 2)
    base, seen = postgresql.new_database(), list[int]()

    def stop(what: str, done: int, total: int) -> None:
        if what == "filas de documento":
            seen.append(done)
            if len(seen) == 2:
                raise KeyboardInterrupt

    with closing(Ledger(directory)) as ledger, pytest.raises(KeyboardInterrupt):
        copy(ledger, base, stop)
    assert codes(lambda: Ledger(Place(directory, base))) == ["BAS-080"]
    other = tmp_path / "otra"
    make_installation(other).close()
    with closing(Ledger(other)) as ledger:
        assert codes(lambda: copy(ledger, base)) == ["BAS-078"]
    with closing(Ledger(directory)) as ledger:
        copy(ledger, base, stop)
    assert seen[:3] == [2, 4, 6]  # it began behind the fourth
    with closing(Ledger(Place(directory, base))) as moved:
        assert moved.db.full_check() == []
    postgresql.drop(base)


def test_a_row_that_is_another_is_found(tmp_path: Path, postgresql: Server) -> None:
    directory = tmp_path / "datos"
    make_installation(directory).close()
    issue(directory, facturas=2)
    base = postgresql.new_database()

    def spoil(what: str, done: int, total: int) -> None:
        if what == "filas comparadas de documento" or not what.startswith("filas de ajuste"):
            return
        with psycopg.connect(base, autocommit=True) as link:
            link.execute("UPDATE evento SET detalle = 'otro' WHERE id = 2")

    with closing(Ledger(directory)) as ledger:
        assert codes(lambda: copy(ledger, base, spoil)) == ["BAS-079"]
        assert ledger.path.exists()
    postgresql.drop(base)
