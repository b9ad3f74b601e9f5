"""From the document that is issued to the bytes at the printer: which one, in which order, and what a failure does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows import printing
from dteplanows.archive import print_facts
from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import RULES
from dteplanows.document.problem import Refused
from dteplanows.ledger import presence
from dteplanows.ledger.place import Place
from dteplanows.ledger.print_tables import StoredPrint, StoredPrinter
from dteplanows.ledger.prints import Lane
from dteplanows.printers import failures, managing
from dteplanows.printers.content import Content, content_of
from dteplanows.printers.managing import Again, Facts, RouteFacts
from dteplanows.printers.routing import Issued, way_for
from dteplanows.printers.worker import Printing
from dteplanows.printing import escpos
from tests.engines import only_sqlite
from tests.installation import COMPANY, Installation, make_installation
from tests.printers.house import BOLETA, FACTURA, issue, jobs, now, printer, work
from tests.printers.listeners import RawPrinter, lpd_queue, raw_printer

TICKETS = "generica-80"


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.printers.raw.GLANCE", 0.2)


def expected(
    made: Installation, documento_id: int, copia: str = "", profile: str = TICKETS, drawer: bool = False
) -> bytes:
    document = made.ledger.documents.by_id(documento_id)
    assert document
    facts = replace(print_facts(made.ledger, COMPANY, document), copia=copia)
    return escpos.ticket(document.xml, facts, escpos.profiles()[profile], escpos.Options(drawer=drawer))


def states(made: Installation) -> list[tuple[str, str, bool]]:
    return [(one.estado, one.copia, one.reimpresion) for one in jobs(made)]


def test_a_boleta_goes_to_the_till_that_sold_it(made: Installation, port: RawPrinter, tmp_path: Path) -> None:
    folder = tmp_path / "oficina"
    folder.mkdir()
    with raw_printer() as other:
        printer(made, Facts("Caja 1", "red", port.address, TICKETS, cajon=True), RouteFacts("Caja 1", puerto=9978))
        printer(made, Facts("Caja 2", "red", other.address, TICKETS), RouteFacts("caja 2", tipo=39, usuario="interop"))
        printer(made, Facts("Oficina", "carpeta", str(folder)),
                RouteFacts("Oficina", copias=("original", "cedible", "segunda")))  # fmt: skip
        first = issue(made, BOLETA, 9978)
        second = issue(made, BOLETA, 10033)
        third = issue(made, FACTURA)
        fourth = issue(made, BOLETA, 9978)
        work(made)
        assert port.jobs == [expected(made, first, drawer=True), expected(made, fourth, drawer=True)]
        assert other.jobs == [expected(made, second)]
    document = made.ledger.documents.by_id(third)
    assert document
    facts = print_facts(made.ledger, COMPANY, document)
    files = sorted(folder.iterdir())
    name = f"factura-33-{document.folio}"
    assert [path.name.partition("-")[2] for path in files] == [f"{name}.pdf", f"{name}-cedible.pdf", f"{name}.pdf"]
    assert [path.read_bytes() for path in files] == [
        printing.pdf(document.xml, facts),
        printing.pdf(document.xml, facts, cedible=True),
        printing.pdf(document.xml, replace(facts, copia="COPIA")),
    ]
    assert {one.estado for one in jobs(made)} == {"impresa"}
    assert all(one.impresa and not one.reimpresion for one in jobs(made))


def test_jobs_are_made_in_the_transaction_that_issues(
    made: Installation, port: RawPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer(made, Facts("Caja", "red", port.address, TICKETS))

    def gone(self: object) -> None:
        raise RuntimeError("at the end of the transaction")

    with monkeypatch.context() as broken:
        broken.setattr("dteplanows.issuing.client.Client.must_be_there", gone)
        with pytest.raises(RuntimeError):
            issue(made, BOLETA)
    assert jobs(made) == []
    issue(made, BOLETA)
    assert states(made) == [("pendiente", "original", False)]


def test_a_dead_printer_keeps_its_order_and_nobody_else_waits(made: Installation, port: RawPrinter) -> None:
    with raw_printer() as dead:
        number = dead.port
        printer(made, Facts("Muerta", "red", dead.address, TICKETS), RouteFacts("Muerta", puerto=1))
    printer(made, Facts("Viva", "red", port.address, TICKETS))
    begun = time.monotonic()
    waiting = [issue(made, BOLETA, 1) for _ in range(3)]
    alive = issue(made, BOLETA)
    assert time.monotonic() - begun < 5
    work(made)
    assert port.jobs == [expected(made, alive)]
    assert [one.estado for one in jobs(made)] == ["pendiente"] * 3 + ["impresa"]
    first = jobs(made)[0]
    assert (first.intentos, first.problema) == (1, f"127.0.0.1:{number}: nadie atiende en ese puerto")
    assert made.ledger.printers.named(COMPANY, "muerta").aviso == first.problema
    with raw_printer(number) as alive_again:
        now(made)
        work(made)
        assert alive_again.jobs == [expected(made, one) for one in waiting]
    assert made.ledger.printers.named(COMPANY, "muerta").aviso == ""
    assert states(made) == [("impresa", "original", False)] * 4


@pytest.mark.parametrize("after", [1, 100])
def test_what_may_have_been_printed_says_so_the_next_time(made: Installation, port: RawPrinter, after: int) -> None:
    printer(made, Facts("Caja", "red", port.address, TICKETS))
    port.reset_after = after
    first, second = issue(made, BOLETA), issue(made, BOLETA)
    work(made)
    assert port.jobs == []
    assert [one.estado for one in jobs(made)] == ["pendiente", "pendiente"]
    now(made)
    work(made)
    assert port.jobs == [expected(made, first, "REIMPRESIÓN"), expected(made, second)]
    assert states(made) == [("impresa", "original", True), ("impresa", "original", False)]


@only_sqlite
def test_a_printer_that_speaks_says_when_it_has_no_paper(made: Installation, port: RawPrinter) -> None:
    port.speaks, port.paper = True, False
    epson = "epson-tm-t20"
    printer(made, Facts("Caja", "red", port.address, epson))
    one = issue(made, BOLETA)
    work(made)
    assert [job.problema for job in jobs(made)] == ["la impresora no tiene papel"]
    assert made.ledger.printers.named(COMPANY, "Caja").aviso == "la impresora no tiene papel"
    port.paper = True
    now(made)
    work(made)
    assert port.jobs == [expected(made, one, profile=epson)]
    assert states(made) == [("impresa", "original", False)]


@only_sqlite
def test_paper_that_ends_while_it_prints_is_told_and_waited_for(made: Installation, port: RawPrinter) -> None:
    port.speaks = True
    printer(made, Facts("Caja", "red", port.address, "epson-tm-t20"))
    issue(made, BOLETA)
    original = port._spoken

    def without_paper(line: object, got: bytes) -> bytes:
        if len(got) > 100:
            port.paper = False
        return original(line, got)  # type: ignore[arg-type]

    port._spoken = without_paper  # type: ignore[method-assign]
    sender, stop = Printing(made.ledger), threading.Event()
    (thread,) = sender.look(stop)
    end = time.monotonic() + 20
    while time.monotonic() < end and not made.ledger.printers.named(COMPANY, "Caja").aviso:
        time.sleep(0.05)
    assert made.ledger.printers.named(COMPANY, "Caja").aviso == "la impresora no tiene papel"
    assert [one.estado for one in jobs(made)] == ["enviando"]
    port._spoken = original  # type: ignore[method-assign]
    stop.set()
    thread.join(20)


def test_a_worker_that_dies_loses_nothing(made: Installation, port: RawPrinter) -> None:
    """Before a byte has left the next one prints the original, behind that a copy."""
    one = printer(made, Facts("Caja", "red", port.address, TICKETS))
    first, second = issue(made, BOLETA), issue(made, BOLETA)
    lane, dead = Lane(one.id, ""), "otro:1:1"
    job = made.ledger.prints.take(lane, dead, presence.is_gone)
    assert job
    assert made.ledger.prints.take(lane, "yet another", presence.is_gone) is None
    work(made)
    assert port.jobs == []
    job = made.ledger.prints.take(lane, "third", lambda worker: worker == dead)
    assert job and not job.reimpresion
    made.ledger.prints.begins(job, "third")
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET vence = 1")
    work(made)
    assert port.jobs == [expected(made, first, "REIMPRESIÓN"), expected(made, second)]


@only_sqlite
def test_lpd_takes_the_document_and_what_is_said_of_it(made: Installation) -> None:
    with lpd_queue("tickets") as queue:
        one = printer(made, Facts("Cola", "lpd", queue.address, TICKETS))
        document = issue(made, BOLETA)
        work(made)
        (files,) = queue.jobs
        control, data = files
        assert (control[:3], data[:3]) == ("cfA", "dfA")
        assert files[data] == expected(made, document)
        assert f"l{data}\n".encode() in files[control]
        assert states(made) == [("impresa", "original", False)]
        managing.change(made.ledger, one, managing.facts_of(one)._replace(direccion=queue.address + "-otra"))
        issue(made, BOLETA)
        work(made)
    assert jobs(made)[1].problema == "la cola tickets-otra no existe o no recibe trabajos"
    assert not jobs(made)[1].reimpresion


@only_sqlite
def test_what_a_printer_cannot_print_does_not_stop_it(made: Installation, port: RawPrinter) -> None:
    routes = RouteFacts("Caja", tipo=33), RouteFacts("Caja")
    printer(made, Facts("Caja", "red", port.address, TICKETS), *routes)
    issue(made, FACTURA)
    boleta = issue(made, BOLETA)
    work(made)
    assert port.jobs == [expected(made, boleta)]
    failed = jobs(made)[0]
    assert failed.estado == "fallida"
    assert RULES["CFG-064"].expected in failed.problema
    assert "no se puede imprimir en «Caja»" in failed.problema
    assert made.ledger.prints.failed_counts() == {failed.impresora_id: 1}


@only_sqlite
def test_a_job_that_this_program_breaks_at_is_told_and_does_not_stop_the_others(
    made: Installation, port: RawPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer(made, Facts("Caja", "red", port.address, TICKETS))
    first, second = issue(made, BOLETA), issue(made, BOLETA)
    original = content_of

    def broken(copies: Copies, job: StoredPrint, one: StoredPrinter) -> Content:
        if job.documento_id == first:
            raise ZeroDivisionError
        return original(copies, job, one)

    monkeypatch.setattr(failures, "content_of", broken)
    work(made)
    assert port.jobs == [expected(made, second)]
    assert RULES["CFG-067"].message in jobs(made)[0].problema
    monkeypatch.undo()
    moved = jobs(made)[0]
    managing.move(made.ledger, moved, made.ledger.printers.named(COMPANY, "Caja"))
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET rut_emisor = '1-9' WHERE id = ?", (moved.id,))
    work(made)
    found = made.ledger.prints.find(moved.id)
    assert found and RULES["CFG-066"].message.format(value=moved.id) in found.problema


def test_people_hold_move_cancel_and_print_again(made: Installation, port: RawPrinter) -> None:
    caja = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    other = managing.create(made.ledger, COMPANY, Facts("Otra", "red", port.address, TICKETS))
    managing.hold(made.ledger, caja, held=True)
    first, second = issue(made, BOLETA), issue(made, BOLETA)
    work(made)
    assert [one.intentos for one in jobs(made)] == [0, 0]
    moved, cancelled = jobs(made)
    managing.move(made.ledger, moved, other)
    managing.cancel(made.ledger, cancelled)
    with pytest.raises(Refused) as refused:
        managing.cancel(made.ledger, cancelled)
    assert [one.code for one in refused.value.problems] == ["CFG-068"]
    work(made)
    documents = [made.ledger.documents.by_id(one) for one in (first, second)]
    for document in documents:
        assert document
        managing.print_again(made.ledger, COMPANY, Again(document, other, "original", "ana"))
    managing.print_trial(made.ledger, COMPANY, other, "ana")
    work(made)
    assert port.jobs[:3] == [
        expected(made, first), expected(made, first, "REIMPRESIÓN"), expected(made, second),
    ]  # fmt: skip
    assert b"Otra\n" in port.jobs[3]
    told = [event.tipo for event in made.ledger.events.of() if "impres" in event.tipo]
    assert told == [
        "impresora creada", "ruta de impresión creada", "impresora creada", "impresora cambiada", "impresión movida",
        "impresión cancelada", "impresión pedida", "impresión pedida", "impresión pedida",
    ]  # fmt: skip


@only_sqlite
def test_a_printer_with_jobs_is_not_removed(made: Installation) -> None:
    one = printer(made, Facts("Caja", "red", "127.0.0.1:1", TICKETS))
    issue(made, BOLETA)
    with pytest.raises(Refused) as refused:
        made.ledger.printers.remove(one)
    assert [each.code for each in refused.value.problems] == ["CFG-062"]
    managing.cancel(made.ledger, jobs(made)[0])
    made.ledger.printers.remove(one)
    assert made.ledger.printers.of(COMPANY) == []
    issue(made, BOLETA)
    assert len(jobs(made)) == 1


@only_sqlite
def test_the_address_that_a_program_registered(made: Installation, port: RawPrinter) -> None:
    printer(made, Facts("Cajas", "red", "regip", TICKETS))
    registered = issue(made, BOLETA, port.port)
    issue(made, BOLETA, 4444)
    made.archive.register_ip("127.0.0.1", port.port, 60)
    work(made)
    assert port.jobs == [expected(made, registered)]
    assert [one.estado for one in jobs(made)] == ["impresa", "pendiente"]
    assert "no ha registrado su dirección con RegIP" in jobs(made)[1].problema


@only_sqlite
def test_without_a_type_a_printer_of_tickets_gets_what_fits(made: Installation) -> None:
    printer(made, Facts("Caja", "red", "127.0.0.1:1", "generica-58"))
    printer(made, Facts("Otra caja", "red", "127.0.0.1:1", TICKETS))
    issue(made, BOLETA)
    issue(made, FACTURA)
    office = printer(made, Facts("Oficina", "red", "127.0.0.1:1"))
    issue(made, FACTURA)
    assert [one.impresora_id for one in jobs(made)] == [1, office.id]
    ways = made.ledger.printers.ways(COMPANY)
    expected_names = (39, False, "Caja"), (41, False, "Caja"), (33, True, "Otra caja"), (33, False, "Oficina")
    for tipo, en_rollo, name in expected_names:
        way = way_for(ways, Issued(COMPANY, 1, tipo, "", "", "ana", 0, en_rollo))
        assert way and way.printer.nombre == name


@only_sqlite
def test_a_folder_that_vanished_is_told_with_what_to_do(made: Installation, tmp_path: Path) -> None:
    folder, file = tmp_path / "papeles", tmp_path / "archivo"
    folder.mkdir()
    file.touch()
    printer(made, Facts("Oficina", "carpeta", str(folder)))
    folder.rmdir()
    issue(made, BOLETA)
    work(made)
    said = made.ledger.printers.named(COMPANY, "Oficina").aviso
    assert "» no existe. Créela" in said and jobs(made)[0].estado == "pendiente"
    with pytest.raises(Refused, match=r"CFG-071.*no es una carpeta"):
        managing.create(made.ledger, COMPANY, Facts("Otra", "carpeta", str(file)))


@pytest.mark.parametrize(
    "facts",
    [
        Facts("", "red", "caja"),
        Facts("x" * 61, "red", "caja"),
        Facts("Caja", "red", "una caja"),
        Facts("Caja", "red", "caja:99999"),
        Facts("Caja", "red", "caja:0"),
        Facts("Caja", "lpd", "caja"),
        Facts("Caja", "lpd", "caja/una\ncola"),
        Facts("Caja", "ipp", "ipp://ana:secreto@caja/ipp"),
        Facts("Caja", "ipp", "ftp://caja/"),
        Facts("Caja", "carpeta", "relativa"),
        Facts("Caja", "carpeta", "/no/existe"),
        Facts("Caja", "agente", "algo"),
        Facts("Caja", "red", "caja", "otra"),
        Facts("Caja", "red", "caja", "pdf", densidad=9),
    ],
)
def test_facts_that_do_not_serve(quiet: Installation, facts: Facts) -> None:
    with pytest.raises(Refused) as refused:
        managing.create(quiet.ledger, COMPANY, facts)
    assert next(one.code for one in refused.value.problems) in ("CFG-063", "CFG-069", "CFG-071")


def test_names_are_those_of_one_printer(quiet: Installation) -> None:
    managing.create(quiet.ledger, COMPANY, Facts("Única", "red", "caja"))
    for company in (COMPANY, None):
        with pytest.raises(Refused) as refused:
            managing.create(quiet.ledger, company, Facts("única", "red", "caja"))
        assert [one.code for one in refused.value.problems] == ["CFG-060"]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with closing(make_installation(tmp_path_factory.mktemp("impresoras"))) as one:
        yield one
