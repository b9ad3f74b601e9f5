"""The check of a whole ledger finds what was changed, goes on where it stopped, and finds nothing where nothing is."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.folios import held_back
from dteplanows.folios.voiding import void
from dteplanows.ledger.engines.base import DATABASE
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.recovery import verification
from dteplanows.recovery.verification import State, Verification
from tests.installation import COMPANY
from tests.recovery.support import FACTURAS, folio, install, issue

PROTECTED = (
    "documento_no_cambia", "documento_no_se_borra", "tramo_anulado_es_libre", "tramo_anulado_no_cambia",
    "tramo_anulado_no_se_borra", "folio_retenido_es_libre", "folio_retenido_no_cambia",
)  # fmt: skip


def changed(directory: Path, *statements: str) -> None:
    """Change what the program never changes."""
    with closing(sqlite3.connect(directory / DATABASE, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for one in statements:
            connection.execute(one)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def verified(directory: Path) -> State:
    with closing(Ledger(directory)) as ledger:
        return Verification(ledger).run()


def found(directory: Path) -> set[str]:
    state = verified(directory)
    assert len(state.problems) == state.total
    return {one.code for one in state.problems}


def test_a_sound_ledger_has_nothing(tmp_path: Path) -> None:
    install(tmp_path, facturas=4, boletas=3)
    with closing(Ledger(tmp_path)) as ledger:
        void(ledger, Series.of(COMPANY, 33), Span(folio(10), folio(12)), "anulados en el SII")
        held_back.hold(ledger, FACTURAS, Span(folio(20), folio(25)), "no se sabe")
    state = verified(tmp_path)
    assert (state.total, state.documentos, state.archivos, state.series) == (0, 7, 7, 12)
    assert not [one for one in tmp_path.iterdir() if "verificacion" in one.name]


OTHER_XML = "(SELECT xml FROM documento WHERE id = 1)"


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE documento SET xml = x'3c2f3e' WHERE id = 2", {"BAS-051"}),
        ("UPDATE documento SET xml = CAST(replace(xml, 'Comercio', 'Comercia') AS BLOB) WHERE id = 2", {"BAS-052"}),
        (
            "UPDATE documento SET xml = CAST(replace(xml, '<SignatureValue>', '<SignatureValue>AAAA') AS BLOB) "
            "WHERE id = 2",
            {"BAS-053"},
        ),
        (f"UPDATE documento SET xml = {OTHER_XML} WHERE id = 2", {"BAS-055"}),
        ("UPDATE documento SET caf_id = 2 WHERE id = 2", {"BAS-054", "BAS-058"}),
        ("UPDATE documento SET folio = folio + 500 WHERE id = 2", {"BAS-055"}),
        ("UPDATE documento SET folio = folio + 5000 WHERE id = 2", {"BAS-055", "BAS-058"}),
        ("UPDATE archivo SET contenido = contenido || x'20' WHERE rowid = 2", {"BAS-056"}),
        ("UPDATE caf SET secreto = x'00' WHERE tipo = 33", {"BAS-058"}),
        (
            "INSERT INTO tramo_anulado (ambiente, rut_emisor, tipo, desde, hasta, motivo, otro_sistema, momento) "
            "SELECT ambiente, rut_emisor, tipo, folio, folio, 'x', 0, creado FROM documento WHERE id = 2",
            {"BAS-057", "BAS-059"},
        ),
        (
            "INSERT INTO folio_retenido (ambiente, rut_emisor, tipo, desde, hasta, motivo, momento) "
            "SELECT ambiente, rut_emisor, tipo, folio, folio, 'x', creado FROM documento WHERE id = 2",
            {"BAS-057", "BAS-059"},
        ),
        ("UPDATE evento SET documento_id = 999 WHERE id = 3", {"BAS-050"}),
    ],
)
def test_what_was_changed_is_found(tmp_path: Path, statement: str, codes: set[str]) -> None:
    install(tmp_path, facturas=4)
    assert found(tmp_path) == set()
    changed(tmp_path, statement)
    assert found(tmp_path) == codes


def test_what_cannot_be_read_is_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    install(tmp_path, facturas=60)
    changed(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        # The page of a document in the middle; those of other tables stay.
        query = "SELECT pageno FROM dbstat WHERE name = 'documento' AND pagetype = 'leaf' ORDER BY pageno"
        try:
            leaves = [number for (number,) in connection.execute(query)]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell where its pages are")
    with (tmp_path / DATABASE).open("r+b") as file:
        file.seek((leaves[len(leaves) // 2] - 1) * 4096)
        file.write(b"\xff" * 4096)
    state = verified(tmp_path)
    assert {"BAS-050", "BAS-061"} <= {one.code for one in state.problems}
    assert 30 < state.documentos < 60


def test_a_part_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, facturas=1)

    def fail(one: Verification) -> None:
        one._ledger.connection.execute("SELECT * FROM dañada")

    monkeypatch.setattr(verification, "is_damage", lambda error: True)
    monkeypatch.setattr(Verification, "_check_files", fail)
    assert found(tmp_path) == {"BAS-060"}


def test_a_failure_that_is_no_damage_is_not_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, facturas=1)

    def fail(one: Verification) -> None:
        one._ledger.connection.execute("SELECT * FROM no_hay")

    monkeypatch.setattr(Verification, "_check_files", fail)
    with pytest.raises(sqlite3.OperationalError):
        verified(tmp_path)


def test_an_interrupted_check_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_BATCH", 2)
    install(tmp_path, facturas=6)
    changed(tmp_path, "UPDATE documento SET xml = x'00' WHERE id = 1")

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "documentos" and done == 4:
            raise KeyboardInterrupt

    with closing(Ledger(tmp_path)) as ledger:
        with pytest.raises(KeyboardInterrupt):
            Verification(ledger, interrupt).run()
        again = Verification(ledger)
        assert again.resumed
        assert again.state.documentos == 4
        judged = []
        judge = again._judge

        def judge_and_note(row: verification._Row) -> Iterator[str]:
            judged.append(row.id)
            return judge(row)

        monkeypatch.setattr(again, "_judge", judge_and_note)
        state = again.run()
        assert judged == [5, 6]
        assert (state.documentos, [one.code for one in state.problems]) == (6, ["BAS-051"])
        assert not Verification(ledger).resumed


def test_a_check_may_begin_anew(tmp_path: Path) -> None:
    install(tmp_path, facturas=2)

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "archivos recibidos":
            raise KeyboardInterrupt

    with closing(Ledger(tmp_path)) as ledger:
        with pytest.raises(KeyboardInterrupt):
            Verification(ledger, interrupt).run()
        assert Verification(ledger).resumed
        assert not Verification(ledger, anew=True).resumed
        notes = next(one for one in tmp_path.iterdir() if one.name.endswith("-verificacion"))
        notes.write_text("{")
        assert not Verification(ledger).resumed


def test_of_many_findings_the_first_are_kept_and_all_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_KEPT", 3)
    install(tmp_path, facturas=5)
    changed(tmp_path, "UPDATE documento SET xml = x'00'")
    state = verified(tmp_path)
    assert (len(state.problems), state.total) == (3, 5)


def test_memory_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the documents take no more memory."""
    monkeypatch.setattr(verification, "_BATCH", 10)
    install(tmp_path, facturas=1)
    peaks = []
    for more in (30, 270):
        issue(tmp_path, facturas=more)
        with closing(Ledger(tmp_path)) as ledger:
            one = Verification(ledger)
            tracemalloc.start()
            one.run()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_where_nothing_can_be_written_it_is_checked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    install(tmp_path, facturas=1)
    monkeypatch.setattr(Path, "write_text", fail)
    assert verified(tmp_path).total == 0
