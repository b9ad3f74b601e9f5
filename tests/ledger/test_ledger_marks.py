"""What is noted beside issued documents: the customer's own data, annulled guías, listeners."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.ledger import marks
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import NewDocument
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, load_caf, new_document, record_as_then, save_as_then

DATA = '{"correo": "", "adicionales": {"A1": "4711", "Caja": "ñ 2"}}'
_OWN_STEP = next(number for number, step in enumerate(MIGRATIONS, 1) if "CREATE TABLE dato_adicional" in step[0])


def guia(ledger: Ledger, folio: int) -> int:
    return ledger.documents.record(new_document(folio, load_caf(ledger, folio, folio, 52), 52))


def with_data(folio: int, caf: int) -> NewDocument:
    return replace(new_document(folio, caf), beside=DATA)


def test_own_data_are_found_by_name_and_by_value(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    with_them, without = ledger.documents.record(with_data(1, caf)), ledger.documents.record(new_document(2, caf))
    assert ledger.marks.data(with_them) == {"A1": "4711", "Caja": "ñ 2"}
    assert ledger.marks.datum(with_them, "caja") == "ñ 2"
    assert ledger.marks.datum(with_them, "A2") is None
    assert ledger.marks.data(without) == {}
    assert [one.folio for one in ledger.finding.found(COMPANY, Wanted(datum=("a1", "4711")))] == [1]
    assert list(ledger.finding.found(COMPANY, Wanted(datum=("A1", "4712")))) == []
    assert list(ledger.finding.found(REAL, Wanted(datum=("A1", "4711")))) == []


@only_sqlite
def test_the_index_serves_both_questions(ledger: Ledger) -> None:
    plans = [
        ("SELECT valor FROM dato_adicional WHERE documento_id = 1 AND nombre = 'A1'", "dato_adicional_documento"),
        (
            "SELECT documento_id FROM dato_adicional WHERE ambiente = 'pruebas' AND rut_emisor = '1-9' "
            "AND nombre = 'A1' AND valor = '1'",
            "dato_adicional_valor",
        ),
    ]
    for query, index in plans:
        ((*_, plan),) = ledger.connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert index in plan


@pytest.mark.parametrize("beside", ["", "no es JSON", "[]", "{}", '{"adicionales": null}', '{"adicionales": {}}'])
def test_odd_data_do_not_keep_a_document_from_being_recorded(ledger: Ledger, beside: str) -> None:
    identifier = ledger.documents.record(replace(new_document(1, load_caf(ledger, 1, 10)), beside=beside))
    assert ledger.marks.data(identifier) == {}


def test_documents_of_an_older_database_get_their_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS[: _OWN_STEP - 1])
    with closing(Ledger(tmp_path)) as old:
        save_as_then(old, COMPANY)
        old.connection.execute(
            "INSERT INTO caf (ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente, secreto, cargado) "
            "VALUES ('pruebas', ?, 33, 1, 10, '2026-11-01', 1, x'00', '2026-11-02 10:00:00')",
            (COMPANY.rut,),
        )
        identifier = record_as_then(old, with_data(1, 1))
        record_as_then(old, replace(new_document(2, 1), beside="no es JSON"))
    monkeypatch.undo()
    with closing(Ledger(tmp_path)) as new:
        assert new.marks.datum(identifier, "A1") == "4711"


def test_a_guia_is_annulled_once_and_the_document_stays(ledger: Ledger) -> None:
    identifier = guia(ledger, 7)
    stored = ledger.documents.by_id(identifier)
    assert stored is not None
    assert ledger.marks.annulled(identifier) is None
    first = ledger.marks.annul(stored, "ana")
    assert ledger.marks.annul(stored, "otra") == first == ledger.marks.annulled(identifier)
    assert [one.tipo for one in ledger.events.of(identifier)] == ["emitido", marks.ANULADA]
    assert "ana" in ledger.events.of(identifier)[1].detalle
    assert ledger.documents.by_id(identifier) == stored
    assert [(one.folio, one.anulada) for one in ledger.finding.found(COMPANY, Wanted(tipo=52))] == [(7, first)]


def test_the_database_itself_refuses_what_is_wrong(ledger: Ledger) -> None:
    invoice = ledger.documents.by_id(ledger.documents.record(new_document(1, load_caf(ledger, 1, 10))))
    annulled = ledger.documents.by_id(guia(ledger, 7))
    assert invoice and annulled
    with pytest.raises(violations(), match="solo se anula una guia"):
        ledger.marks.annul(invoice, "ana")
    ledger.marks.annul(annulled, "ana")
    with pytest.raises(violations(), match="no vuelve a valer"):
        ledger.connection.execute("DELETE FROM guia_anulada")
    assert ledger.documents.by_id(99) is None


def test_a_listener_is_kept_once_and_until_its_time(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 11, 24, 10, 0)
    monkeypatch.setattr(clock, "now", lambda: moment)
    ledger.marks.listen(COMPANY, "ana", "203.0.113.7", 9978, 60)
    moment += timedelta(minutes=30)
    again = ledger.marks.listen(COMPANY, "ana", "203.0.113.7", 9978, 60)
    assert ledger.marks.listeners() == [again] == ledger.marks.listeners("pruebas", COMPANY.rut)
    assert ledger.marks.listeners("produccion", COMPANY.rut) == []
    moment += timedelta(minutes=60)
    assert ledger.marks.listeners() == []
    ledger.marks.listen(REAL, "ana", "203.0.113.7", 1, 60)
    assert ledger.connection.execute("SELECT COUNT(*) FROM oyente").fetchone() == (1,)


def test_a_user_cannot_fill_the_table_of_listeners(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST_LISTENERS", 3)
    ledger.marks.listen(COMPANY, "otra", "203.0.113.7", 1, 60)
    for port in range(1, 9):
        ledger.marks.listen(COMPANY, "ana", "203.0.113.7", port, 60)
    assert sorted((one.usuario, one.puerto) for one in ledger.marks.listeners()) == [
        ("ana", 6), ("ana", 7), ("ana", 8), ("otra", 1),
    ]  # fmt: skip


def test_a_secret_is_made_once_and_kept_sealed(ledger: Ledger) -> None:
    made = ledger.secrets.get("clave_ficticia")
    assert len(made) == 32
    with closing(Ledger(ledger.place)) as again:
        assert again.secrets.get("clave_ficticia") == made
    assert ledger.secrets.get("otra") != made
    assert made.hex() not in ledger.settings.get("clave_ficticia")
