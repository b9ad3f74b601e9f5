"""What PostgreSQL does otherwise: series on their own, a server that goes away, another database in its place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dteplanows.document.problem import Refused
from dteplanows.ledger import opening
from dteplanows.ledger.engines.errors import Busy, Replaced
from dteplanows.ledger.engines.postgresql import database
from dteplanows.ledger.faults import told
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger, New
from tests.engines import only_postgresql
from tests.ledger.example import COMPANY, load_caf, new_document
from tests.postgresql import Server, missing, server

FACTURAS, BOLETAS = (Series("pruebas", COMPANY.rut, tipo) for tipo in (33, 39))
CREDITS, DEBITS = (Series("pruebas", COMPANY.rut, tipo) for tipo in (61, 56))

pytestmark = only_postgresql


def begun_while(ledger: Ledger, held: tuple[Series, ...], wanted: tuple[Series | str, ...]) -> bool:
    """Whether a transaction of *wanted* begins while another thread has one of *held*."""
    began = threading.Event()

    def other() -> None:
        with ledger.transaction(*wanted):
            began.set()
        ledger.close()

    thread = threading.Thread(target=other)
    with ledger.transaction(*held):
        thread.start()
        at_once = began.wait(0.7)
    thread.join(10)
    assert began.is_set()
    return at_once


@pytest.mark.parametrize(
    ("held", "wanted", "at_once"),
    [
        ((FACTURAS,), (BOLETAS,), True),
        ((FACTURAS,), (Series("produccion", COMPANY.rut, 33),), True),
        ((FACTURAS,), ("lotes",), True),
        ((FACTURAS,), (FACTURAS,), False),
        ((BOLETAS, FACTURAS), (FACTURAS,), False),
        ((FACTURAS,), (), False),
        ((), (FACTURAS,), False),
        ((CREDITS,), (DEBITS,), False),  # notes correct one another
    ],
)
def test_who_waits_for_whom(
    ledger: Ledger, held: tuple[Series, ...], wanted: tuple[Series | str, ...], at_once: bool
) -> None:
    assert begun_while(ledger, held, wanted) is at_once


def test_two_that_want_the_same_series_in_another_order_do_not_wait_in_a_circle(ledger: Ledger) -> None:
    done = []

    def work(*series: Series) -> None:
        for _ in range(30):
            with ledger.transaction(*series):
                done.append(1)
        ledger.close()

    threads = [
        threading.Thread(target=work, args=order) for order in ((FACTURAS, BOLETAS), (BOLETAS, FACTURAS)) for _ in "ab"
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert len(done) == 120


def test_whoever_waits_too_long_is_told_so(place: Place, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with closing(Ledger(place)) as other, ledger.transaction(FACTURAS):
        found: list[BaseException] = []

        def wait() -> None:
            try:
                with other.transaction(FACTURAS):
                    pass
            except Busy as busy:
                found.append(busy)
            other.close()

        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(10)
    (busy,) = found
    problem = told(busy)
    assert problem and problem.code == "SRV-003"


def test_a_transaction_with_a_failed_statement_is_never_told_as_done(ledger: Ledger) -> None:
    caf = load_caf(ledger, 1, 10)
    with pytest.raises(RuntimeError), ledger.transaction():
        ledger.documents.record(new_document(1, caf))
        with pytest.raises(psycopg.Error):
            ledger.connection.execute("SELECT nada")
    assert ledger.documents.find("pruebas", COMPANY.rut, 33, 1) is None


def test_a_text_that_the_server_cannot_hold_finds_nothing(ledger: Ledger) -> None:
    ledger.users.save("ana", "clave", "pruebas", COMPANY.rut)
    assert ledger.logins.open(["a\0na"], ["clave"]) == []
    assert ledger.logins.open(["ana"], ["clave"]) != []


def test_another_database_behind_the_same_address_stops_the_process(
    ledger: Ledger, place: Place, postgresql: Server
) -> None:
    name = conninfo_to_dict(place.base)["dbname"]
    with psycopg.connect(postgresql.address("postgres"), autocommit=True) as link:
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {name}")
    with pytest.raises((Replaced, psycopg.OperationalError)):
        ledger.companies.all()
    with pytest.raises(Replaced) as replaced:
        ledger.companies.all()
    problem = told(replaced.value)
    assert problem and problem.code == "BAS-001"


def test_an_older_copy_in_its_place_is_noticed(ledger: Ledger, place: Place, postgresql: Server) -> None:
    """As a replica that had not got all: the same server and the same name, but less than was put into it."""
    caf = load_caf(ledger, 1, 10)
    ledger.documents.record(new_document(1, caf))
    with psycopg.connect(place.base, autocommit=True) as link:
        link.execute("ALTER TABLE documento DISABLE TRIGGER ALL")
        link.execute("DELETE FROM evento")
        link.execute("DELETE FROM documento")
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                     "AND datname = current_database()")  # fmt: skip
    with pytest.raises(Replaced):
        ledger.companies.all()


def test_an_empty_database_is_not_taken_for_the_one_that_was_lost(place: Place, postgresql: Server) -> None:
    Ledger(place).close()
    other = place._replace(base=postgresql.new_database())
    for new in (New.NEVER, New.IN_EMPTY):
        with pytest.raises(Refused) as refused:
            Ledger(other, new=new)
        assert [one.code for one in refused.value.problems] == ["BAS-073"]
    Ledger(other, new=New.ANYWHERE).close()
    postgresql.drop(other.base)


def test_a_database_that_is_not_there_is_told_without_the_password(tmp_path: Path, place: Place) -> None:
    base = make_conninfo(place.base, dbname="no_hay", password="muy-secreta")
    with pytest.raises(Refused) as refused:
        Ledger(Place(tmp_path / "otra", base))
    (one,) = refused.value.problems
    assert one.code == "BAS-070" and "no_hay" in one.message
    assert "muy-secreta" not in one.text()


def test_a_library_that_is_missing_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        Ledger(place)
    assert [one.code for one in refused.value.problems] == ["BAS-072"]


def test_text_is_in_the_order_of_its_bytes(ledger: Ledger) -> None:
    names = ["Zeta", "alfa", "Ñandú", "beta", "Alfa"]
    for name in names:
        ledger.settings.save(name, "")
    found = ledger.connection.execute("SELECT clave FROM ajuste WHERE valor = '' ORDER BY clave").fetchall()
    assert [one for (one,) in found] == sorted(names)


# --- a server that goes away ----------------------------------------------------------------------------------


@pytest.fixture
def own_server() -> Iterator[Server]:
    if reason := missing():
        pytest.skip(reason)
    with server(durable=True) as one:
        yield one


def test_a_server_that_was_started_anew_is_reached_without_a_word(own_server: Server, place: Place) -> None:
    with closing(Ledger(Place(place.directory / "propia", own_server.new_database()))) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 10)
        own_server.stop("immediate")
        with pytest.raises(psycopg.OperationalError) as failure:
            ledger.documents.record(new_document(1, caf))
        problem = told(failure.value)
        assert problem and problem.code == "BAS-076"
        own_server.start()
        ledger.documents.record(new_document(1, caf))
        own_server.stop("immediate")
        own_server.start()
        assert ledger.documents.find("pruebas", COMPANY.rut, 33, 1) is not None


def test_a_transaction_that_loses_its_server_has_not_happened(own_server: Server, place: Place) -> None:
    with closing(Ledger(Place(place.directory / "propia", own_server.new_database()))) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 10)
        with pytest.raises(psycopg.OperationalError), ledger.transaction(FACTURAS):
            ledger.documents.record(new_document(1, caf))
            own_server.stop("immediate")
            own_server.start()
            time.sleep(0.1)
        assert ledger.documents.find("pruebas", COMPANY.rut, 33, 1) is None
        ledger.documents.record(new_document(1, caf))


def test_a_database_in_another_encoding_is_refused(tmp_path: Path, postgresql: Server, place: Place) -> None:
    with psycopg.connect(postgresql.address("postgres"), autocommit=True) as link:
        link.execute("CREATE DATABASE latina TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    base = postgresql.address("latina")
    with pytest.raises(Refused) as refused:
        Ledger(Place(tmp_path / "latina", base))
    assert [one.code for one in refused.value.problems] == ["BAS-071"]
    postgresql.drop(base)
