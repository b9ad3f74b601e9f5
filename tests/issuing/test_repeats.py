"""The same file again: who got no answer gets it, and no folio is given twice for one sale."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import Queue

import pytest

from dteplanows.bulk.receipt import Batches
from dteplanows.document import clock
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Refused
from dteplanows.issuing import Issuer
from dteplanows.issuing.client import Client
from dteplanows.issuing.repeats import Memory
from dteplanows.issuing.submission import submitted
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.under_way import FileUnderWay, Stay, StillUnderWay
from tests import forked
from tests.installation import FIRST_FOLIO, Installation, make_installation
from tests.soap.test_purchases import PURCHASE

SALE = """->Encabezado<-
33;{folio};2026-01-05;0;0;22222222-2;Cliente de Prueba Limitada;Comercio;Calle Uno 1;Santiago;Santiago;;
->Totales<-
0;0;0;0;{neto};0;19;{iva};{total};
->Detalle<-
1;A;Clavos;1;{neto};0;0;0;0;0;{neto};INT1;UN;;
"""
COFFEE = """->Boleta<-
39;0;2026-01-05;3;0;;;;66666666-6;;;;;;;;
->BoletaTotales<-
0;0;0;1190;0;0;0;0;
->BoletaDetalle<-
1;CAFE;Café;0;1;1190;0;1190;INT1;UN;;
"""


def sale(folio: int = 0, neto: int = 1000) -> bytes:
    iva = neto * 19 // 100
    return SALE.format(folio=folio, neto=neto, iva=iva, total=neto + iva).encode()


class Leaving(Client):
    """A client that is gone from a moment on."""

    def __init__(self) -> None:
        self.left = False
        super().__init__(lambda: self.left)


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def send(
    made: Installation, data: bytes, *, delivered: bool = True, size: int = 0, issuer: Issuer | None = None
) -> DocumentOutcome:  # fmt: skip
    """What becomes of the one document of *data*, whose answer of *size* bytes reaches its client or not."""
    client = Client()
    (one,) = (issuer or made.issuer).process(made.account, data, "1", client=client).documents
    client.answered(delivered, size)
    return one


def count(made: Installation) -> int:
    return int(made.ledger.connection.execute("SELECT count(*) FROM documento").fetchone()[0])


def codes(one: DocumentOutcome) -> list[str]:
    return [each.code for each in one.problems]


@pytest.mark.parametrize("data", [sale(), COFFEE.encode()])
def test_an_answer_that_was_not_delivered_is_given_again(made: Installation, data: bytes) -> None:
    first = send(made, data, delivered=False)
    again = send(made, data, delivered=False)
    third = send(made, data)
    assert first.accepted and first.repeticion is None
    for one in (again, third):
        assert one.repeticion is not None and one.repeticion.code == "SRV-122"
        assert [each.text() for each in one.problems] == [each.text() for each in first.problems]
        assert replace(one, repeticion=None, problems=first.problems) == first
        assert str(first.folio) in one.repeticion.message and "no se pudo entregar" in one.repeticion.message
    assert count(made) == 1
    # Now it was delivered: the next one is another sale.
    assert send(made, data).folio == first.folio + 1


@pytest.mark.parametrize("data", [sale(), COFFEE.encode()])
def test_a_long_answer_is_given_again_once(made: Installation, data: bytes) -> None:
    """Nobody knows whether it arrived; whoever got it twice and sends the file a third time means another sale."""
    first, again, third = (send(made, data, size=100_000) for _ in range(3))
    assert again.repeticion is not None and "no se sabe si llegó" in again.repeticion.message
    assert (again.folio, third.folio, count(made)) == (first.folio, first.folio + 1, 2)


def test_two_equal_boletas_in_a_row_are_two(made: Installation) -> None:
    first, second = send(made, COFFEE.encode()), send(made, COFFEE.encode())
    assert (second.folio, second.repeticion) == (first.folio + 1, None)
    assert "SRV-123" not in codes(second)


def test_after_a_delivered_answer_an_aviso_names_the_earlier_folio(made: Installation) -> None:
    first, second, other = send(made, sale()), send(made, sale()), send(made, sale() + b"\n")
    assert (second.folio, second.repeticion) == (first.folio + 1, None)
    (told,) = [one for one in second.problems if one.code == "SRV-123"]
    assert told.value == str(first.folio) and str(first.folio) in told.message
    assert "SRV-123" not in codes(first) + codes(other)


def test_what_is_refused_the_second_time_is_not_said_to_be_issued_again(made: Installation) -> None:
    send(made, sale())
    made.ledger.connection.execute("DELETE FROM certificado")
    refused = send(made, sale())
    assert not refused.accepted and refused.problems
    assert "SRV-123" not in codes(refused)


def test_only_the_same_user_repeats(made: Installation) -> None:
    send(made, sale(), delivered=False)
    other = made.account._replace(usuario="OTRA")
    (one,) = made.issuer.process(other, sale(), "1").documents
    assert (one.folio, one.repeticion) == (FIRST_FOLIO + 1, None)


@pytest.mark.parametrize(("data", "again"), [(sale(), True), (COFFEE.encode(), False)])
def test_a_company_may_have_a_window(made: Installation, data: bytes, again: bool) -> None:
    made.ledger.companies.save(replace(made.company, minutos_repetido=5))
    first, second = send(made, data), send(made, data)
    assert (second.folio == first.folio) == again == (second.repeticion is not None)
    of = " ON documento" if made.ledger.place.base else ""
    made.ledger.connection.execute(f"DROP TRIGGER documento_no_cambia{of}")
    made.ledger.connection.execute("UPDATE documento SET creado = '2026-01-05 10:00:00'")
    assert send(made, data).folio > second.folio


def test_what_is_remembered_ends(made: Installation) -> None:
    forgetful = Issuer(made.ledger, made.authority, memory=Memory(minutes=0))
    first = send(made, sale(), delivered=False, issuer=forgetful)
    assert send(made, sale(), issuer=forgetful).folio == first.folio + 1
    send(made, sale(neto=500), delivered=False)
    made.ledger.connection.execute("UPDATE respuesta_no_entregada SET momento = momento - 601")
    assert send(made, sale(neto=500)).repeticion is None


def test_an_explicit_folio_is_told_as_the_original_does(made: Installation) -> None:
    first = send(made, sale(FIRST_FOLIO + 7), delivered=False)
    again, other = send(made, sale(FIRST_FOLIO + 7)), send(made, sale(FIRST_FOLIO + 7, neto=2000))
    for one, documento_id in ((again, first.documento_id), (other, 0)):
        assert (one.accepted, one.folio, one.documento_id) == (False, FIRST_FOLIO + 7, documento_id)
        (told,) = [each for each in one.problems if each.code == "FOL-032"]
        assert told.message.startswith(f"Ya existe el Documento de tipo 33 y folio {FIRST_FOLIO + 7}, con ")
        assert ("mismo contenido" in told.message) == bool(documento_id)
    assert "MntNeto es «2000» y en el emitido «1000»" in " ".join(each.message for each in other.problems)
    # The same document in another file is the same all the same.
    assert send(made, sale(FIRST_FOLIO + 7) + b"\n").documento_id == first.documento_id
    (judged,) = made.issuer.process(made.account, sale(FIRST_FOLIO + 7), "1", solo_validar=True).documents
    assert "mismo contenido" in judged.problems[0].message


def test_a_client_that_went_has_nothing_issued(made: Installation) -> None:
    client = Leaving()
    client.left = True
    book = b"<LibroCompraVenta><EnvioLibro/></LibroCompraVenta>"
    for data, formato in ((sale(), "1"), (PURCHASE.encode(), "1"), (book, "2")):
        with pytest.raises(Refused, match="SRV-120"):
            made.issuer.process(made.account, data, formato, client=client)
    assert count(made) == 0
    assert send(made, sale()).folio == FIRST_FOLIO


def test_of_a_file_of_which_a_part_is_issued_the_rest_is_too(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client goes between two chunks; the same file again gets all of it."""
    client, data = Leaving(), sale() * 120
    record = made.ledger.documents.record

    def leave_after_some(row: object) -> int:
        found = record(row)  # type: ignore[arg-type]
        client.left = client.left or found == 51
        return found

    monkeypatch.setattr(made.ledger.documents, "record", leave_after_some)
    outcome = made.issuer.process(made.account, data, "1", client=client)
    client.answered(delivered=False)
    assert [one.folio for one in outcome.documents] == list(range(FIRST_FOLIO, FIRST_FOLIO + 120))
    monkeypatch.undo()
    again = made.issuer.process(made.account, data, "1", client=Client())
    assert [one.folio for one in again.documents] == [one.folio for one in outcome.documents]
    assert all(one.repeticion for one in again.documents) and count(made) == 120


def test_what_was_refused_the_first_time_is_judged_again(made: Installation) -> None:
    """The good one of the file keeps its folio; the other has the reason again, and no mark."""
    data = sale() + sale().replace(b"22222222-2", b"22222222-1") + sale(neto=3000)
    client = Client()
    first = made.issuer.process(made.account, data, "1", client=client).documents
    client.answered(delivered=False)
    again = made.issuer.process(made.account, data, "1", client=Client()).documents
    assert [one.folio for one in again] == [one.folio for one in first] == [FIRST_FOLIO, 0, FIRST_FOLIO + 1]
    assert [bool(one.repeticion) for one in again] == [True, False, True]
    assert [codes(one) for one in again] == [codes(one) for one in first]


class Racing:
    """Two calls of which the second comes while the answer of the first is not delivered yet."""

    def __init__(
        self,
        made: Installation,
        data: bytes,
        patience: float = 10.0,
        *,
        handed_over: bool = False,
        earlier: float = 0.0,
    ) -> None:
        """:param handed_over: by then the first client may be reading its answer.
        :param earlier: seconds before now at which the second call had arrived.
        """
        self.client = Client()
        issuer = Issuer(made.ledger, made.authority, memory=Memory(patience=patience))
        (self.first,) = issuer.process(made.account, data, "1", client=self.client).documents
        if handed_over:
            self.client.hands_over()
        self.second: list[DocumentOutcome | Refused] = []
        self.waiting = Leaving()
        self.waiting.arrived -= earlier

        def call() -> None:
            try:
                self.second += issuer.process(made.account, data, "1", client=self.waiting).documents
            except Refused as refused:
                self.second.append(refused)
            finally:
                made.ledger.close()

        self.thread = threading.Thread(target=call)
        self.thread.start()
        time.sleep(0.1)
        assert not self.second


@pytest.mark.parametrize(
    ("data", "delivered", "same"),
    [(sale(), True, True), (sale(), False, True), (COFFEE.encode(), True, False), (COFFEE.encode(), False, True)],
)
def test_the_second_waits_for_the_first(made: Installation, data: bytes, delivered: bool, same: bool) -> None:
    race = Racing(made, data)
    race.client.answered(delivered)
    race.thread.join(10)
    (second,) = race.second
    assert isinstance(second, DocumentOutcome)
    assert (second.folio == race.first.folio) == same == (second.repeticion is not None)
    if second.repeticion:
        why = "se estaba preparando" if delivered else "no se pudo entregar"
        assert why in second.repeticion.message


@pytest.mark.parametrize("data", [sale(), COFFEE.encode()])
@pytest.mark.parametrize(("delivered", "size", "same"), [(True, 0, False), (True, 100_000, True), (False, 0, True)])
def test_the_second_comes_when_the_answer_is_on_its_way(
    made: Installation, data: bytes, delivered: bool, size: int, same: bool
) -> None:
    """Its client may have read it before the service knows: an equal sale then is another one."""
    race = Racing(made, data, handed_over=True)
    race.client.answered(delivered, size)
    race.thread.join(10)
    (second,) = race.second
    assert isinstance(second, DocumentOutcome)
    assert (second.folio == race.first.folio) == same == (second.repeticion is not None)


@pytest.mark.parametrize(("earlier", "same"), [(5.0, False), (0.0, True)])
def test_an_answer_that_is_lost_matters_unless_the_call_was_overtaken(
    made: Installation, earlier: float, same: bool
) -> None:
    """A client gave its call up and sent it again; that one came first, and its answer was read."""
    race = Racing(made, sale(), earlier=earlier)
    race.client.answered(delivered=True)
    race.thread.join(10)
    (second,) = race.second
    assert isinstance(second, DocumentOutcome) and second.folio == race.first.folio
    race.waiting.answered(delivered=False)
    assert (send(made, sale()).folio == race.first.folio) == same


def test_the_second_does_not_wait_for_ever_nor_for_nobody(made: Installation) -> None:
    impatient = Racing(made, sale(), patience=0.3)
    impatient.thread.join(10)
    gone = Racing(made, sale(neto=2000))
    gone.waiting.left = True
    gone.thread.join(10)
    for race, code in ((impatient, "SRV-124"), (gone, "SRV-120")):
        (refused,) = race.second
        assert isinstance(refused, Refused) and refused.problems[0].code == code
        race.client.answered(delivered=True)
    assert count(made) == 2


DIE = """
import os, sys
from pathlib import Path
from dteplanows.accounts.callers import Callers
from dteplanows.issuing.client import Client
from dteplanows.issuing import Issuer
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
ledger = Ledger(Place(Path(sys.argv[1]), sys.argv[3]))
issuer = Issuer(ledger)
account = Callers(ledger).operator("pruebas", sys.argv[2])._replace(usuario="INTEROP", identity_from_account=True)
(one,) = issuer.process(account, sys.stdin.buffer.read(), "1", client=Client()).documents
print(one.folio, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="necesita kill de POSIX")
@pytest.mark.parametrize("data", [sale(), COFFEE.encode()])
def test_a_process_that_died_before_its_answer_left_is_known(made: Installation, data: bytes) -> None:
    command = [sys.executable, "-c", DIE, str(made.ledger.directory), made.company.rut, made.ledger.place.base]
    died = forked.run(command, input=data, capture_output=True, timeout=60)
    assert died.returncode == -9, died.stderr
    again, other = send(made, data), send(made, data)
    assert again.folio == int(died.stdout) and again.repeticion is not None
    assert "se interrumpió" in again.repeticion.message
    assert (other.folio, other.repeticion) == (again.folio + 1, None)


WAIT = """
import sys
from pathlib import Path
from dteplanows.issuing.client import NOBODY
from dteplanows.ledger.under_way import FileUnderWay
one = FileUnderWay(Path(sys.argv[1]))
stay = one.enter(bytes(range(32)), lambda: 40, 10.0, NOBODY.must_be_there)
print("held", flush=True)
sys.stdin.read(1)
one.leave(stay)
"""


def test_processes_know_of_each_other(tmp_path: Path) -> None:
    path, key = tmp_path / "en-curso", bytes(range(32))
    here = FileUnderWay(path)
    command = [sys.executable, "-c", WAIT, str(path)]
    with forked.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StillUnderWay):
            here.enter(key, lambda: 99, 0.2, Client().must_be_there)
        # Another key does not wait.
        here.leave(here.enter(key[::-1], lambda: 99, 0.0, Client().must_be_there))
        threading.Timer(0.2, other.stdin.write, (b"x",)).start()
        threading.Timer(0.3, other.stdin.close).start()
        stay = here.enter(key, lambda: 99, 10.0, Client().must_be_there)
    assert stay.waited_for is not None
    assert (stay.newest, stay.waited_for.newest, stay.broken) == (99, 40, None)
    here.leave(stay)


def test_who_waits_behind_an_answer_repeats_the_call_before_it(made: Installation) -> None:
    """The first has handed its answer over; the second, which came later, has not when the third comes."""
    under_way, key = made.ledger.db.under_way(), bytes(range(32))
    always, stays = Client().must_be_there, Queue[Stay]()
    first = under_way.enter(key, lambda: 10, 0.0, always)
    under_way.hand_over(first)

    def wait(newest: int) -> None:
        stays.put(under_way.enter(key, lambda: newest, 10.0, always))

    for newest in (20, 30):
        threading.Thread(target=wait, args=(newest,)).start()
    time.sleep(0.1)
    under_way.leave(first)
    second = stays.get(timeout=10)
    under_way.hand_over(second)
    time.sleep(0.1)
    under_way.leave(second)
    third = stays.get(timeout=10)
    under_way.leave(third)
    assert second.waited_for is None and third.waited_for is not None
    assert third.waited_for.newest == second.newest


def test_an_unexpected_failure_leaves_the_next_call_free(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("disco")

    monkeypatch.setattr(made.ledger.documents, "record", fail)
    with pytest.raises(OSError, match="disco"):
        send(made, sale())
    monkeypatch.undo()
    assert send(made, sale()).folio == FIRST_FOLIO


@pytest.fixture
def receive(made: Installation) -> Callable[..., tuple[int, str]]:
    def once(data: bytes, *, delivered: bool = True, issuer: Issuer | None = None) -> tuple[int, str]:
        client = Client()
        submission = submitted(made.account, ReceivedFile("1", data), client)
        receipt = Batches(issuer or made.issuer).receive(submission)
        client.answered(delivered)
        return receipt.track_id, receipt.repeticion.code if receipt.repeticion else ""

    return once


def test_a_file_of_the_bulk_mode_again_has_its_first_number(
    made: Installation, receive: Callable[..., tuple[int, str]]
) -> None:
    assert receive(sale() * 3) == (1, "")
    assert receive(sale() * 3) == (1, "SRV-128")
    assert receive(COFFEE.encode() * 2) == (2, "")
    assert receive(COFFEE.encode() * 2) == (2, "SRV-128")
    always_new = Issuer(made.ledger, memory=Memory(batch_hours=0))
    assert receive(sale() * 3, issuer=always_new) == (3, "")
    earlier = (clock.now() - timedelta(hours=25)).isoformat(" ")
    made.ledger.connection.execute("UPDATE lote SET recibido = ?", (earlier,))
    assert receive(sale() * 3) == (4, "")
    # Where nothing was issued there is nothing to be doubled.
    made.ledger.connection.execute("UPDATE lote SET estado = 'terminado', total = 3, hechos = 3, rechazados = 3")
    assert receive(sale() * 3) == (5, "")


def test_a_boleta_alone_in_bulk_mode_is_a_new_one_unless_its_number_was_lost(
    receive: Callable[..., tuple[int, str]],
) -> None:
    one = COFFEE.encode()
    assert [receive(one), receive(one)] == [(1, ""), (2, "")]
    assert receive(one, delivered=False) == (3, "")
    assert [receive(one), receive(one)] == [(3, "SRV-128"), (4, "")]


def test_a_client_that_went_has_nothing_received(made: Installation) -> None:
    client = Leaving()
    client.left = True
    with pytest.raises(Refused, match="SRV-120"):
        made.batches.receive(submitted(made.account, ReceivedFile("1", sale()), client))
    assert made.ledger.batches.newest(1) == []
