"""Books in the ledger: every version is kept, and the same file only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.rows import NewBook, ReceivedFile
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, save_as_at_first


def new_book(content: bytes = b"<LibroCompraVenta>\xd1", operacion: str = "VENTA", periodo: str = "2026-03") -> NewBook:
    return NewBook(
        ambiente="pruebas",
        rut_emisor=COMPANY.rut,
        operacion=operacion,
        periodo=periodo,
        tipo_libro="MENSUAL",
        tipo_envio="TOTAL",
        archivo=ReceivedFile("2", content),
        usuario="ana",
        creado=datetime(2026, 4, 2, 10, 30, 59),
    )


def files(ledger: Ledger) -> int:
    return int(ledger.connection.execute("SELECT COUNT(*) FROM archivo").fetchone()[0])


def test_a_book_comes_back_byte_by_byte(ledger: Ledger) -> None:
    row = new_book()
    stored = ledger.books.record(row)
    assert ledger.books.find("pruebas", COMPANY.rut, "VENTA", "2026-03") == stored
    assert ledger.files.find(stored.archivo_sha256) == row.archivo
    names = set(row.__slots__) - {"archivo"}
    assert {name: getattr(stored, name) for name in names} == {name: getattr(row, name) for name in names}
    *_, event = ledger.events.of()
    assert (event.tipo, event.momento, event.rut_emisor) == ("libro recibido", row.creado, COMPANY.rut)
    assert event.detalle == "VENTA 2026-03, versión 1"


def test_another_book_of_the_period_is_the_next_version(ledger: Ledger) -> None:
    first, second = ledger.books.record(new_book(b"a")), ledger.books.record(new_book(b"b"))
    assert (first.version, second.version) == (1, 2)
    assert ledger.books.find("pruebas", COMPANY.rut, "VENTA", "2026-03") == second
    assert ledger.books.find("pruebas", COMPANY.rut, "VENTA", "2026-03", 1) == first
    assert ledger.books.find("pruebas", COMPANY.rut, "VENTA", "2026-03", 3) is None
    assert ledger.books.of("pruebas", COMPANY.rut) == [first, second]


def test_the_same_file_again_is_not_kept_again(ledger: Ledger) -> None:
    first = ledger.books.record(new_book(b"a"))
    assert ledger.books.record(replace(new_book(b"a"), usuario="otra")) == first
    assert (len(ledger.books.of("pruebas", COMPANY.rut)), files(ledger)) == (1, 1)
    assert [one.tipo for one in ledger.events.of()].count("libro recibido") == 1


def test_going_back_to_an_older_file_is_a_version_of_its_own(ledger: Ledger) -> None:
    versions = [ledger.books.record(new_book(content)).version for content in (b"a", b"b", b"a")]
    assert versions == [1, 2, 3]
    assert files(ledger) == 2


def test_books_of_other_operations_periods_and_environments_do_not_meet(ledger: Ledger) -> None:
    rows = [new_book(), new_book(operacion="COMPRA"), new_book(periodo="2026-02")]
    rows.append(replace(new_book(), ambiente="produccion"))
    assert [ledger.books.record(one).version for one in rows] == [1, 1, 1, 1]
    listed = ledger.books.of("pruebas", COMPANY.rut)
    assert [(one.periodo, one.operacion) for one in listed] == [
        ("2026-02", "VENTA"), ("2026-03", "COMPRA"), ("2026-03", "VENTA"),
    ]  # fmt: skip
    assert [one.operacion for one in ledger.books.of("pruebas", COMPANY.rut, "COMPRA")] == ["COMPRA"]
    assert [one.periodo for one in ledger.books.of("pruebas", COMPANY.rut, periodo="2026-02")] == ["2026-02"]
    assert len(ledger.books.of("produccion", COMPANY.rut)) == 1
    assert ledger.books.of("pruebas", "1-9") == []


@pytest.mark.parametrize("statement", ["UPDATE libro SET version = 9", "DELETE FROM libro"])
def test_the_database_itself_keeps_books(ledger: Ledger, statement: str) -> None:
    ledger.books.record(new_book())
    with pytest.raises(violations(), match="un libro recibido no se"):
        ledger.connection.execute(statement)


def test_a_ledger_from_before_the_books_gets_their_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:4])
    old = Ledger(tmp_path)
    save_as_at_first(old)
    old.close()
    monkeypatch.undo()
    new = Ledger(tmp_path)
    assert new.books.record(new_book()).version == 1
    new.close()
