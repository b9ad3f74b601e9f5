"""Documents in the ledger, and the transactions that bring them there."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from dteplanows.document.company import Ambiente
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.rows import NewReference, Series, Span, StoredReference
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.tables import DOCUMENTO
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, TODAY, load_caf, new_document, rut

KEY: tuple[Ambiente, str, int, int] = ("pruebas", COMPANY.rut, 33, 7)


def test_a_document_comes_back_byte_by_byte(ledger: Ledger) -> None:
    row = new_document(7, load_caf(ledger, 1, 10))
    identifier = ledger.documents.record(row)
    stored = ledger.documents.find(*KEY)
    assert stored is not None
    assert stored.xml == row.xml
    assert stored.id == identifier
    names = set(row.__slots__) - {"archivo", "referencias"}
    assert {name: getattr(stored, name) for name in names} == {name: getattr(row, name) for name in names}
    assert ledger.files.find(stored.archivo_sha256) == row.archivo
    (event,) = ledger.events.of(identifier)
    assert (event.tipo, event.momento, event.rut_emisor) == ("emitido", row.creado, COMPANY.rut)


def test_a_file_of_many_documents_is_stored_once(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    first = new_document(1, caf)
    for folio in (1, 2, 3):
        ledger.documents.record(replace(new_document(folio, caf), archivo=first.archivo))
    assert ledger.connection.execute("SELECT COUNT(*) FROM archivo").fetchone() == (1,)


def test_documents_with_a_folio_whatever_their_type(ledger: Ledger) -> None:
    for tipo in (61, 33, 39):
        ledger.documents.record(new_document(7, load_caf(ledger, 1, 10, tipo), tipo))
    ledger.documents.record(new_document(8, 1, 61))
    found = ledger.documents.with_folio("pruebas", COMPANY.rut, 7)
    assert [(one.tipo, one.folio) for one in found] == [(33, 7), (39, 7), (61, 7)]
    assert ledger.documents.with_folio("produccion", COMPANY.rut, 7) == []


def test_the_environments_do_not_meet(ledger: Ledger) -> None:
    real = ledger.cafs.save(Series("produccion", COMPANY.rut, 33), Span(1, 10), TODAY, b"x")
    test = load_caf(ledger, 1, 10)
    ledger.documents.record(new_document(7, test))
    ledger.documents.record(new_document(7, real, ambiente="produccion"))
    one, other = ledger.documents.find(*KEY), ledger.documents.find("produccion", *KEY[1:])
    assert one and other and one.xml != other.xml


# --- what the database itself refuses -------------------------------------------------------------------------


def test_the_same_folio_twice_is_refused_by_the_database(ledger: Ledger) -> None:
    row = new_document(7, load_caf(ledger, 1, 10))
    ledger.documents.record(row)
    with pytest.raises(violations(), match=r"(?i)unique"):
        ledger.documents.record(row)
    columns = ", ".join(one.name for one in DOCUMENTO.columns if one.name != "id")
    with pytest.raises(violations(), match=r"(?i)unique"):
        ledger.connection.execute(f"INSERT INTO documento ({columns}) SELECT {columns} FROM documento")
    assert [one.tipo for one in ledger.events.of()].count("emitido") == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE documento SET usuario = 'otro'", "UPDATE documento SET folio = 8", "DELETE FROM documento"],
)
def test_an_issued_document_can_be_neither_changed_nor_deleted(ledger: Ledger, statement: str) -> None:
    ledger.documents.record(new_document(7, load_caf(ledger, 1, 10)))
    with pytest.raises(violations(), match="un documento emitido no se"):
        ledger.connection.execute(statement)


def test_rows_need_their_parents(ledger: Ledger) -> None:
    with pytest.raises(violations(), match=r"(?i)foreign key"):
        ledger.documents.record(new_document(7, 99))
    caf = load_caf(ledger, 1, 10)
    with pytest.raises(violations(), match=r"(?i)foreign key"):
        ledger.documents.record(replace(new_document(7, caf), rut_emisor=rut(1)))


# --- notes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "left"),
    [
        ([], 1190),
        ([(56, 3, 500)], 690),
        ([(56, 3, 500), (56, 3, 600)], 90),
        ([(56, 3, 500), (56, 3, 690)], 0),
        ([(56, 1, 1190)], 0),
        # As notes of less than their document were issued until they became corrections.
        ([(56, 1, 500)], 690),
        # A text, and one that corrects several and does not say how much of each.
        ([(56, 2, 0)], 1190),
        ([(56, 3, 0)], 1190),
        ([(56, 1, 0)], 0),
        # Not what takes back but what takes more.
        ([(61, 3, 500)], 1190),
    ],
)
def test_what_other_notes_took_back_of_a_note(ledger: Ledger, notes: list[tuple[int, int, int]], left: int) -> None:
    cafs = {tipo: load_caf(ledger, 1, 10, tipo) for tipo in (33, 56, 61)}
    ledger.documents.record(new_document(1, cafs[33], 33))
    ledger.documents.record(replace(new_document(1, cafs[61], 61), referencias=(NewReference(33, 1, 1, 1190),)))
    for folio, (tipo, codigo, monto) in enumerate(notes, 2):
        taken = NewReference(61, 1, codigo, monto)
        ledger.documents.record(replace(new_document(folio, cafs[tipo], tipo), referencias=(taken,)))
    found = ledger.references.notes_in_force("pruebas", COMPANY.rut, 33, 1)
    assert found == ([StoredReference(61, 1, 1, left)] if left else [])


def test_what_was_taken_back_of_a_note_of_exports_is_not_known(ledger: Ledger) -> None:
    """Its pesos are those of another day."""
    cafs = {tipo: load_caf(ledger, 1, 10, tipo) for tipo in (111, 112)}
    ledger.documents.record(replace(new_document(1, cafs[112], 112), referencias=(NewReference(110, 1, 1, 1190),)))
    ledger.documents.record(replace(new_document(1, cafs[111], 111), referencias=(NewReference(112, 1, 3, 500),)))
    assert ledger.references.notes_in_force("pruebas", COMPANY.rut, 110, 1) == [StoredReference(112, 1, 1, 1190)]
    ledger.documents.record(replace(new_document(2, cafs[111], 111), referencias=(NewReference(112, 1, 1, 500),)))
    assert ledger.references.notes_in_force("pruebas", COMPANY.rut, 110, 1) == []


# --- CAFs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("span", [(11, 20), (11, 19), (20, 30), (1, 11), (1, 100), (15, 15)])
def test_ranges_that_cross_are_marked(ledger: Ledger, span: tuple[int, int]) -> None:
    load_caf(ledger, 11, 20)
    load_caf(ledger, 31, 40)
    load_caf(ledger, 11, 20, tipo=39)
    load_caf(ledger, *span)
    found = ledger.cafs.of("pruebas", COMPANY.rut)
    assert [one.cruzado for one in found] == [True, span[1] >= 31, False, True]


def test_neighbouring_ranges_and_other_types_do_not_cross(ledger: Ledger) -> None:
    load_caf(ledger, 11, 20)
    load_caf(ledger, 21, 30)
    load_caf(ledger, 1, 10)
    load_caf(ledger, 11, 20, tipo=39)
    assert len(ledger.cafs.of("pruebas", COMPANY.rut)) == 4
    assert [one.desde for one in ledger.cafs.of("pruebas", COMPANY.rut, 33)] == [11, 21, 1]
    assert not any(one.cruzado for one in ledger.cafs.of("pruebas", COMPANY.rut))


def test_a_caf_that_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        ledger.cafs.secret(5)


# --- void folios ----------------------------------------------------------------------------------------------

SERIES = Series("pruebas", COMPANY.rut, 33)


def test_spans() -> None:
    whole = Span(5, 20)
    assert whole.minus([]) == [whole]
    assert whole.minus([Span(1, 4), Span(21, 30)]) == [whole]
    assert whole.minus([Span(18, 40), Span(1, 5), Span(10, 10), Span(9, 12)]) == [Span(6, 8), Span(13, 17)]
    assert whole.minus([Span(1, 12), Span(13, 99)]) == []
    assert whole.minus([Span(1, 99), Span(7, 7)]) == []
    assert [whole.crosses(one) for one in (Span(1, 4), Span(1, 5), Span(20, 20), Span(21, 21))] == [
        *(False, True, True, False)
    ]


def test_void_ranges_are_found_from_any_folio_of_theirs(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10_000_000)
    ledger.documents.record(new_document(5_000_003, caf))
    ledger.folios.void(SERIES, Span(1, 5_000_000), "usados antes", otro_sistema=True)
    ledger.folios.void(SERIES, Span(5_000_005, 5_000_005), "dañado")
    everything = [Span(1, 5_000_000), Span(5_000_003, 5_000_003), Span(5_000_005, 5_000_005)]
    assert list(ledger.folios.taken_spans(SERIES, Span(1, 10_000_000))) == everything
    assert list(ledger.folios.taken_spans(SERIES, Span(4_999_999, 5_000_003))) == everything[:2]
    assert list(ledger.folios.taken_spans(SERIES, Span(5_000_004, 5_000_004))) == []
    assert ledger.folios.use(SERIES, 1) == ledger.folios.use(SERIES, 5_000_000) == ("otro sistema", "usados antes")
    assert ledger.folios.use(SERIES, 5_000_005) == ("anulado", "dañado")
    assert ledger.folios.use(SERIES, 5_000_003) == ("emitido", "")
    assert ledger.folios.use(SERIES, 5_000_001) == ("", "")
    assert ledger.folios.use(SERIES._replace(ambiente="produccion"), 1) == ("", "")
    assert ledger.folios.count(SERIES, Span(4_999_999, 5_000_005)) == (1, 3, 0)
    assert ledger.folios.count(SERIES, Span(5_000_001, 5_000_002)) == (0, 0, 0)


@pytest.mark.parametrize("span", [Span(5, 5), Span(1, 5), Span(5, 9), Span(1, 9), Span(7, 7), Span(6, 8)])
def test_a_folio_that_is_not_free_is_not_voided(ledger: Ledger, span: Span) -> None:
    ledger.documents.record(new_document(5, load_caf(ledger, 1, 10)))
    ledger.folios.void(SERIES, Span(7, 9), "dañados")
    with pytest.raises(violations(), match="solo se anula un folio libre"):
        ledger.folios.void(SERIES, span, "otra vez")
    assert len(ledger.folios.voids(SERIES, Span(1, 10))) == 1


@pytest.mark.parametrize("statement", ["UPDATE tramo_anulado SET hasta = 8", "DELETE FROM tramo_anulado"])
def test_a_void_folio_is_never_free_again(ledger: Ledger, statement: str) -> None:
    ledger.folios.void(SERIES, Span(7, 9), "dañados")
    with pytest.raises(violations(), match="no vuelve a quedar libre"):
        ledger.connection.execute(statement)


# --- transactions ---------------------------------------------------------------------------------------------


def test_an_exception_undoes_everything(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    with pytest.raises(KeyboardInterrupt), ledger.transaction():
        ledger.documents.record(new_document(7, caf))
        ledger.companies.save(replace(COMPANY, giro="otro"))
        raise KeyboardInterrupt
    assert ledger.documents.find(*KEY) is None
    assert ledger.companies.find("pruebas", COMPANY.rut) == COMPANY
    assert ledger.connection.execute("SELECT COUNT(*) FROM archivo").fetchone() == (0,)


def test_transactions_do_not_nest(ledger: Ledger) -> None:
    with ledger.transaction(), pytest.raises(RuntimeError), ledger.transaction():
        pass
    with ledger.transaction():
        ledger.events.note(NewEvent("nota", ""))


def test_reading_sees_one_moment(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    with ledger.reading():
        assert ledger.documents.find(*KEY) is None
        writer = threading.Thread(target=ledger.documents.record, args=(new_document(7, caf),))
        writer.start()
        writer.join(30)
        assert ledger.documents.find(*KEY) is None
    assert ledger.documents.find(*KEY) is not None


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 200)

    def issue(folios: Sequence[int]) -> None:
        for folio in folios:
            with ledger.transaction():
                ledger.documents.record(new_document(folio, caf))

    threads = [threading.Thread(target=issue, args=(range(start, 201, 4),)) for start in (1, 2, 3, 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert ledger.connection.execute("SELECT COUNT(*) FROM documento").fetchone() == (200,)


def _record_in_child(ledger: Ledger, caf: int) -> None:
    ledger.documents.record(new_document(8, caf))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="este sistema no tiene fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_its_own_connection(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    child = multiprocessing.get_context("fork").Process(target=_record_in_child, args=(ledger, caf))
    ledger.documents.record(new_document(7, caf))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert ledger.documents.find("pruebas", COMPANY.rut, 33, 8) is not None
    assert ledger.documents.find("pruebas", COMPANY.rut, 33, 7) is not None


@only_sqlite
@pytest.mark.skipif(not hasattr(os, "fork"), reason="este sistema no tiene fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_parent_that_closes_does_not_take_the_log_away_from_its_child(ledger: Ledger, tmp_path: Path) -> None:
    caf = load_caf(ledger, 1, 10)
    context = multiprocessing.get_context("fork")
    opened, closed = context.Event(), context.Event()
    child = context.Process(target=_record_around, args=(ledger, caf, opened, closed))
    ledger.documents.record(new_document(7, caf))
    child.start()
    assert opened.wait(30)
    ledger.close()
    closed.set()
    child.join(60)
    assert child.exitcode == 0
    for folio in (7, 8, 9):
        assert ledger.documents.find("pruebas", COMPANY.rut, 33, folio) is not None
    assert ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _record_around(ledger: Ledger, caf: int, opened: Event, closed: Event) -> None:
    ledger.documents.record(new_document(8, caf))
    opened.set()
    assert closed.wait(30)
    ledger.documents.record(new_document(9, caf))
    # As a crash would: the log must hold what was recorded.
    os._exit(0)


def _is_refused(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="forked"):
        ledger.companies.all()
    with pytest.raises(RuntimeError, match="forked"):
        Ledger(ledger.place)


@only_sqlite
@pytest.mark.skipif(not hasattr(os, "fork"), reason="este sistema no tiene fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_in_the_middle_of_a_transaction_is_refused(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    with ledger.transaction():
        ledger.documents.record(new_document(7, caf))
        child = multiprocessing.get_context("fork").Process(target=_is_refused, args=(ledger,))
        child.start()
        child.join(60)
    assert child.exitcode == 0
    assert ledger.documents.find("pruebas", COMPANY.rut, 33, 7) is not None


@only_sqlite
@pytest.mark.skipif(not hasattr(os, "fork"), reason="este sistema no tiene fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_while_another_thread_is_connected_is_refused(ledger: Ledger) -> None:
    connected, done = threading.Event(), threading.Event()

    def stay() -> None:
        ledger.companies.all()
        connected.set()
        done.wait(60)

    thread = threading.Thread(target=stay)
    thread.start()
    assert connected.wait(30)
    child = multiprocessing.get_context("fork").Process(target=_is_refused, args=(ledger,))
    child.start()
    child.join(60)
    done.set()
    thread.join(60)
    assert child.exitcode == 0


def test_two_ledgers_in_one_process(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "otro")
    assert other.companies.all() == []
    assert len(ledger.companies.all()) == 2
