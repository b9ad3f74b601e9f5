"""The ambiguous moment: whatever breaks, and whenever, a document arrives once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from dteplanows.ledger import presence
from dteplanows.ledger.envelopes import Envelopes
from dteplanows.sii.calls import Answer, Http, Request
from dteplanows.sii.delivery.worker import Worker
from tests.engines import only_sqlite
from tests.sii.delivery.conftest import House

SERVICE = {33: "subida", 39: "boleta-subida"}
GONE = f"{presence.new_worker().split(':')[0]}:4194305:muerto"
"""A worker of this machine whose process cannot be: Linux numbers end before."""


class Killed(BaseException):
    """The worker ends as by SIGKILL: nothing of it runs any more."""


def arrived(house: House) -> list[tuple[int, str]]:
    """Every document that the simulator judged: folio and state, of every envelope."""
    with closing(sqlite3.connect(house.simulator.sii.options.folder / "simulador.sqlite")) as base:
        return base.execute("SELECT folio, estado FROM document ORDER BY folio").fetchall()


def delivered_once(house: House, *folios: int) -> None:
    """No document is at the simulator twice, nor refused as repeated."""
    assert arrived(house) == [(folio, "DOK") for folio in sorted(folios)]


@pytest.fixture(params=[33, 39])
def tipo(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


def deliver(house: House, tipo: int, *rules: dict[str, Any]) -> None:
    """Two documents, delivered although the simulator does what *rules* say."""
    house.simulator.sii.faults.add([{"servicio": SERVICE[tipo], **one} for one in rules])
    documents = [house.issue(tipo), house.issue(tipo)]
    house.work_until("aceptado", *documents)
    assert house.simulator.sii.faults.shown() == [] or rules[0].get("veces") == 0
    delivered_once(house, *(one.folio for one in documents))


@only_sqlite
@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("at", [0, 1, 90, 400, 600, 5000, 10**9])
def test_a_connection_that_breaks_at_a_byte(house: House, tipo: int, at: int, taken: bool) -> None:
    """*at* bytes of the body were read; or all of it, and the envelope is taken."""
    deliver(house, tipo, {"hacer": "cerrar", "bytes": at, "tras": taken})
    if taken:
        assert [one.subidas for one in house.envelopes()] == [1], "asked, and not sent again"


@only_sqlite
@pytest.mark.parametrize("at", [0, 1, 30, 120])
def test_an_answer_that_breaks_at_a_byte(house: House, tipo: int, at: int) -> None:
    deliver(house, tipo, {"hacer": "cortar", "bytes": at, "tras": True})
    assert [one.subidas for one in house.envelopes()] == [1]


@only_sqlite
@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    "rule",
    [
        {"hacer": "http", "codigo": 500}, {"hacer": "http", "codigo": 503, "reintentar": 1}, {"hacer": "html"},
        {"hacer": "vacio"}, {"hacer": "mantencion"},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_an_answer_that_says_nothing(house: House, tipo: int, rule: dict[str, Any], taken: bool) -> None:
    deliver(house, tipo, {**rule, "tras": taken})


@only_sqlite
def test_an_answer_with_the_number_of_another_envelope(house: House, tipo: int) -> None:
    """What was refused is never taken for accepted, and what is good is."""
    house.simulator.sii.faults.add([{"servicio": SERVICE[tipo], "hacer": "otro-trackid"}])
    bad = house.issue(tipo, "SIMULADOR=DTE-3-505")
    worker = house.worker()
    house.work(lambda: house.state(bad) == "enviado", worker)
    good = house.issue(tipo)
    house.work(lambda: house.state(bad) in ("rechazado", "detenido") and house.state(good) == "aceptado", worker)
    assert (good.folio, "DOK") in arrived(house)
    assert {estado for folio, estado in arrived(house) if folio == bad.folio} == {"RCH"}
    assert "aceptado" not in house.steps(bad)


@only_sqlite
def test_a_state_that_counts_other_documents_is_of_another_envelope(house: House) -> None:
    bad = house.issue(33, "SIMULADOR=DTE-3-505")
    worker = house.worker()
    house.work(lambda: house.state(bad) == "enviado", worker)
    others = [house.issue(33) for _ in range(3)]
    house.work_until("aceptado", *others)
    (theirs,) = [one for one in house.envelopes() if one.documentos == 3]
    with house.ledger.transaction():
        house.ledger.connection.execute(
            "UPDATE envio SET track_id = ?, estado = 'enviado', siguiente = 1 WHERE documentos = 1", (theirs.track_id,)
        )
        house.ledger.connection.execute(
            "UPDATE entrega SET estado = 'enviado' WHERE estado <> 'rechazado' AND documento_id = ?", (bad.id,)
        )
    house.work(lambda: house.state(bad) == "rechazado")


@only_sqlite
def test_an_sii_that_answers_late(house: House, tipo: int) -> None:
    """The answer comes after nobody waits any more; the envelope was taken."""
    house.simulator.sii.faults.add([{"servicio": SERVICE[tipo], "hacer": "esperar", "segundos": 4, "tras": True}])
    document = house.issue(tipo)
    house.work_until("aceptado", document)
    delivered_once(house, document.folio)


@only_sqlite
def test_many_faults_in_a_row(house: House, tipo: int) -> None:
    deliver(
        house, tipo,
        {"hacer": "cerrar", "bytes": 100}, {"hacer": "http", "codigo": 500}, {"hacer": "html"},
        {"hacer": "cerrar", "tras": True},
    )  # fmt: skip


@contextmanager
def dying(house: House, monkeypatch: pytest.MonkeyPatch, service: str, after: bool) -> Iterator[Worker]:
    """A worker that is killed when it calls *service*: before the call leaves, or once its answer is there."""
    worker = house.worker()
    delivery = worker._delivery
    delivery.worker = GONE

    class Deadly:
        def __init__(self, http: Http) -> None:
            self.http = http

        def send(self, request: Request) -> Answer:
            answer = self.http.send(request) if after or service not in request.url else None
            if service in request.url:
                raise Killed
            assert answer is not None
            return answer

    delivery.sii.http = Deadly(delivery.sii.http)
    with monkeypatch.context() as patched:
        patched.setattr(Envelopes, "give_back", lambda *_: None)
        yield worker


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_is_killed_while_it_uploads(
    house: House, monkeypatch: pytest.MonkeyPatch, tipo: int, after: bool
) -> None:
    documents = [house.issue(tipo), house.issue(tipo)]
    service = "DTEUpload" if tipo == 33 else "boleta.electronica.envio"
    with dying(house, monkeypatch, service, after) as worker, pytest.raises(Killed):
        house.work(lambda: False, worker)
    assert [one.estado for one in house.envelopes()] == ["enviando"]
    house.work_until("aceptado", *documents)
    delivered_once(house, *(one.folio for one in documents))
    assert house.envelopes()[0].subidas == (1 if after else 2)


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_is_killed_while_it_asks(
    house: House, monkeypatch: pytest.MonkeyPatch, tipo: int, after: bool
) -> None:
    document = house.issue(tipo)
    service = "QueryEstUp" if tipo == 33 else "boleta.electronica.envio/"
    with dying(house, monkeypatch, service, after) as worker, pytest.raises(Killed):
        house.work(lambda: False, worker)
    house.work_until("aceptado", document)
    delivered_once(house, document.folio)


def test_two_workers_at_once(house: House, tipo: int) -> None:
    """Neither sends what the other does."""
    documents = [house.issue(tipo) for _ in range(6)]
    one, other = house.worker(), house.worker()
    turn = iter(range(10**6))

    class Both:
        def work_once(self) -> bool:
            return (one if next(turn) % 2 else other).work_once()

    house.work(lambda: all(house.state(each) == "aceptado" for each in documents), Both())  # type: ignore[arg-type]
    delivered_once(house, *(each.folio for each in documents))
