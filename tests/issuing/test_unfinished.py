"""A file that fails behind a part of it: what was issued is told with its folios, and the rest with the reason."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from dteplanows.bulk.queue import Worker
from dteplanows.commands.files import show_outcome
from dteplanows.document.outcome import COMPRA, DocumentOutcome, Outcome
from dteplanows.issuing import CHUNK
from dteplanows.issuing.transaction import Transaction
from dteplanows.ledger import passwords
from dteplanows.ledger.engines.base import Part
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.engines.sqlite import database as connection
from dteplanows.signer import ted
from tests.installation import CLAVE, FIRST_FOLIO, USUARIO, Installation, make_installation
from tests.issuing.test_repeats import sale
from tests.soap.soap_support import Caller, b64, envelope, procesar
from tests.soap.test_purchases import PURCHASE

DOCUMENTS = 3 * CHUNK
LOGIN = f"<login><Usuario>{b64(USUARIO)}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave></login>"

Fault = Callable[[Installation, pytest.MonkeyPatch], None]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    with closing(make_installation(tmp_path)) as one:
        yield one


def after_chunks(made: Installation, monkeypatch: pytest.MonkeyPatch, number: int, do: Callable[[], None]) -> None:
    """Let *do* happen once *number* transactions of the road are committed."""
    road, done = Transaction.issue, []

    def issue(*arguments: Any, **others: Any) -> list[DocumentOutcome]:
        found = road(*arguments, **others)
        done.append(1)
        if len(done) == number:
            do()
        return found

    monkeypatch.setattr(Transaction, "issue", issue)


def held(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program takes the database between two chunks."""
    other = sqlite3.connect(made.ledger.path, isolation_level=None, check_same_thread=False)
    after_chunks(made, monkeypatch, 1, lambda: cast(None, other.execute("BEGIN IMMEDIATE")))
    _OPEN.append(other)


_OPEN: list[sqlite3.Connection] = []


@pytest.fixture(autouse=True)
def _close_others() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def full(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full soon: SQLite's own limit of pages stands for it."""
    link = made.ledger.connection
    (pages,) = link.execute("PRAGMA page_count").fetchone()

    def limit() -> None:
        (now,) = link.execute("PRAGMA page_count").fetchone()
        assert now > pages
        link.execute(f"PRAGMA max_page_count = {now + 3}")

    after_chunks(made, monkeypatch, 1, limit)


def ours(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of ours at the seventieth document."""
    make_ted, made_so_far = ted.make_ted, []

    def fail(*arguments: Any) -> str:
        made_so_far.append(1)
        if len(made_so_far) == CHUNK + 20:
            raise RuntimeError("¡secreto del archivo!")
        return make_ted(*arguments)

    monkeypatch.setattr("dteplanows.issuing.transaction.make_ted", fail)


FAULTS: Sequence[tuple[Fault, str]] = ((held, "SRV-125"), (full, "BAS-003"), (ours, "SRV-126"))


def issued(made: Installation) -> list[int]:
    return [folio for (folio,) in made.ledger.connection.execute("SELECT folio FROM documento ORDER BY id")]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_over_soap(
    made: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Fault, code: str
) -> None:
    fault(made, monkeypatch)
    answer = Caller(made.issuer).post(envelope(procesar(b64(sale() * DOCUMENTS), "1", LOGIN)))
    root = answer.document()
    documents = root.findall("Detalle/Documento")
    assert len(documents) == DOCUMENTS
    told = [int(one.findtext("Folio") or 0) for one in documents if one.findtext("Resultado") == "True"]
    assert told == issued(made) == list(range(FIRST_FOLIO, FIRST_FOLIO + CHUNK))
    refused = [one.findtext("Error") or "" for one in documents if one.findtext("Resultado") == "False"]
    assert len(refused) == DOCUMENTS - CHUNK and all(one.startswith(f"[{code}] ") for one in refused)
    assert root.findtext("Resultado") == "True"
    assert (root.findtext("Mensaje") or "").startswith(f"Proceso parcial: {CHUNK} documentos emitidos y ")
    assert "ningún" not in answer.result() and "secreto" not in answer.result() + caplog.text
    assert "solo en parte" in caplog.text


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_over_rest(made: Installation, monkeypatch: pytest.MonkeyPatch, fault: Fault, code: str) -> None:
    caller = Caller(made.issuer)
    login = json.dumps({"usuario": USUARIO, "rut": "1-9", "clave": CLAVE}).encode()
    token = json.loads(caller.send("POST", "/login", login, CONTENT_TYPE="application/json").body)["token"]
    fault(made, monkeypatch)
    body = json.dumps({"file": b64(sale() * DOCUMENTS), "formato": "1"}).encode()
    head = {"HTTP_AUTHORIZATION": token, "CONTENT_TYPE": "application/json"}
    documents = json.loads(caller.send("POST", "/wsds/procesar", body, **head).body)["WSPLANO"]["Detalle"]["Documento"]
    told = [int(one["Folio"]) for one in documents if one["Resultado"] == "True"]
    assert told == issued(made) and len(told) == CHUNK
    assert {one["Error"].partition("]")[0] for one in documents if one["Resultado"] == "False"} == {f"[{code}"}
    assert len(documents) == DOCUMENTS


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_on_the_command_line(made: Installation, monkeypatch: pytest.MonkeyPatch, fault: Fault, code: str) -> None:
    fault(made, monkeypatch)
    outcome = made.issuer.process(made.callers.operator("pruebas", made.company.rut), sale() * DOCUMENTS, "1")
    out = Console(record=True, width=200)
    show_outcome(out, "ventas.txt", b"", outcome)
    text = out.export_text()
    assert text.count("emitido con el folio") == CHUNK == len(issued(made))
    assert text.count(f"{code}") == DOCUMENTS - CHUNK


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_in_bulk_mode_the_rest_is_issued_later(
    made: Installation, monkeypatch: pytest.MonkeyPatch, fault: Fault, code: str
) -> None:
    """The batch waits where it is, and is never answered as refused."""
    track_id = made.send_later(sale() * DOCUMENTS, "1")
    if fault is ours:  # a document whose failure repeats itself is refused alone
        fault(made, monkeypatch)
        Worker(made.issuer, 1000).work_once()
        batch, outcome = made.batches.state(made.account, track_id)
        assert outcome is not None and len(outcome.documents) == DOCUMENTS == len(issued(made))
        return
    with pytest.raises((sqlite3.OperationalError, Busy)), monkeypatch.context() as patched:
        fault_in_worker(made, patched, fault)
        Worker(made.issuer, 1000).work_once()
    _close(made)
    batch, outcome = made.batches.state(made.account, track_id)
    assert (outcome, batch.hechos, batch.rechazados) == (None, CHUNK, 0)
    made.ledger.connection.execute("UPDATE lote SET vence = 0")
    Worker(made.issuer, 1000).work_once()
    batch, outcome = made.batches.state(made.account, track_id)
    assert outcome is not None and [one.folio for one in outcome.documents] == issued(made)
    assert len(issued(made)) == DOCUMENTS


def fault_in_worker(made: Installation, patched: pytest.MonkeyPatch, fault: Fault) -> None:
    """The fault, on the connection of whichever thread works."""
    if fault is held:
        held(made, patched)
        return

    def limit() -> None:
        (now,) = made.ledger.connection.execute("PRAGMA page_count").fetchone()
        made.ledger.connection.execute(f"PRAGMA max_page_count = {now + 3}")

    after_chunks(made, patched, 1, limit)


def _close(made: Installation) -> None:
    while _OPEN:
        _OPEN.pop().close()
    made.ledger.close()


def test_what_was_committed_before_the_failure_is_told_as_issued(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit of the second chunk is done, and something fails behind it."""
    transaction, begun = made.ledger.transaction, []

    @contextmanager
    def failing(*parts: Part) -> Iterator[None]:
        begun.append(1)
        with transaction(*parts):
            yield
        if len(begun) == 2:
            raise OSError("después")

    monkeypatch.setattr(made.ledger, "transaction", failing)
    documents = made.issuer.process(made.account, sale() * DOCUMENTS, "1").documents
    assert [one.folio for one in documents if one.accepted] == issued(made)
    assert [one.accepted for one in documents] == [True] * 2 * CHUNK + [False] * CHUNK
    assert all(one.documento_id and one.figures for one in documents[: 2 * CHUNK])


def test_what_is_not_known_is_said(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*arguments: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    held(made, monkeypatch)
    monkeypatch.setattr(made.ledger.answers, "issued_of_file", unreadable)
    documents = made.issuer.process(made.account, sale() * DOCUMENTS, "1").documents
    codes = [one.problems[0].code if one.problems and not one.accepted else "" for one in documents]
    assert codes == [""] * CHUNK + ["SRV-127"] * CHUNK + ["SRV-125"] * CHUNK
    assert "no se sabe" in documents[CHUNK].problems[0].message


def test_a_failure_of_the_first_chunk_is_no_partial_success(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(made.ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            made.issuer.process(made.account, sale() * DOCUMENTS, "1")
    assert issued(made) == []


def test_purchases_that_fail_behind_sales_deny_no_sale(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("disco")

    monkeypatch.setattr(made.ledger.received, "record", fail)
    outcome: Outcome = made.issuer.process(made.account, sale() + PURCHASE.encode(), "1")
    first, second = outcome.documents
    assert (first.accepted, first.folio) == (True, FIRST_FOLIO)
    assert (second.accepted, second.operacion, second.problems[0].code) == (False, COMPRA, "SRV-126")
    with pytest.raises(OSError, match="disco"):
        made.issuer.process(made.account, PURCHASE.encode(), "1")
