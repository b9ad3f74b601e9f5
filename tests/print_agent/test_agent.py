"""An agent and the service's side of it, on a real ledger, with everything between them failing at random."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import RULES
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.place import Place
from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.print_agent import agent as the_agent
from dteplanows.print_agent import journal
from dteplanows.print_agent.agent import Agent
from dteplanows.print_agent.outputs import Output
from dteplanows.print_agent.service import Unanswered
from dteplanows.printers import agents, failures, managing
from dteplanows.printers.addresses import Address
from dteplanows.printers.agent_messages import Answer, Question
from dteplanows.printers.agents import Agents
from dteplanows.printers.content import Content
from dteplanows.printers.managing import Facts
from dteplanows.printers.sending import Order, Unprinted, Watch
from tests.installation import Installation, make_installation
from tests.printers.house import BOLETA, issue, jobs, now, printer


class Killed(BaseException):
    """The agent is killed here."""


class Line:
    """What stands for the network: it carries a question to the service, unless a fault is due."""

    def __init__(self, made: Installation, one: StoredPrinter, chance: random.Random, faults: float = 0.0) -> None:
        self.agents = Agents(Copies(made.ledger))
        self.made, self.printer, self.chance, self.faults = made, one, chance, faults
        self.stop = threading.Event()
        """Set once all is printed."""

    def ask(self, question: Question) -> Answer:
        now(self.made)
        self._fault()
        one = self.made.ledger.printers.find(self.printer.id)
        assert one
        answer = self.agents.answer(one, question)
        if all(job.estado == "impresa" for job in jobs(self.made)):
            self.stop.set()
        self._fault()
        return Answer.model_validate_json(answer.model_dump_json())

    def _fault(self) -> None:
        if self.chance.random() < self.faults:
            raise self.chance.choice([Unanswered("cortado"), Killed()])


class Paper:
    """A printer that keeps what it prints, and whose agent may be killed at any moment."""

    def __init__(self, chance: random.Random, faults: float = 0.0) -> None:
        self.chance, self.faults = chance, faults
        self.printed: list[tuple[str, bytes, bool]] = []
        """Title, data and whether all of it came."""

    def send(self, order: Order, watch: Watch) -> None:
        self._fault(clean=True)
        watch.begins()
        self._fault(clean=True)
        self.printed.append((order.content.title.split()[0], order.content.data, False))
        self._fault(clean=False)
        self.printed[-1] = (*self.printed[-1][:2], True)
        self._fault(clean=False)
        watch.warns("")

    def _fault(self, *, clean: bool) -> None:
        if self.chance.random() < self.faults:
            raise self.chance.choice([Unprinted("sin papel", clean=clean), Killed()])


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_FIRST", "_LONGEST", "_PERSON"):
        monkeypatch.setattr(the_agent, name, 0.0)


def lived(line: Line, paper: Paper, path: Path) -> list[str]:
    """One life of the agent: until nothing is left or it is killed. Gives what it said."""
    said: list[str] = []
    output = Output("Caja", paper.send, Address())
    with journal.opened(path) as kept, suppress(Killed):
        Agent(line, kept, output, said.append).run(line.stop)  # type: ignore[arg-type]
    return said


def test_each_document_is_printed_once_in_order_and_told(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    for _ in range(3):
        issue(made, BOLETA)
    chance = random.Random(1)
    paper = Paper(chance)
    said = lived(Line(made, one, chance), paper, tmp_path / "caja.json")
    titles = [title for title, _, whole in paper.printed if whole]
    assert titles == sorted(set(titles)) and len(titles) == 3
    assert [(job.estado, job.reimpresion, job.intentos) for job in jobs(made)] == [("impresa", False, 1)] * 3
    assert said[0] == "Conectado: imprime lo de la impresora Caja en Caja."
    assert said[1] == f"Impreso: {titles[0]}"


def test_whatever_is_killed_nothing_is_lost_and_nothing_printed_twice_unmarked(
    made: Installation, tmp_path: Path
) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    for _ in range(12):
        issue(made, BOLETA)
    chance = random.Random(20260105)
    paper, line = Paper(chance, 0.2), Line(made, one, chance, 0.2)
    lives, said = 0, list[str]()
    while not line.stop.is_set():
        said += lived(line, paper, tmp_path / "caja.json")
        lives += 1
        assert lives < 500
    assert lives > 5 and "cortado. Se sigue intentando." in said
    assert {job.estado for job in jobs(made)} == {"impresa"}
    whole = {title for title, _, all_of_it in paper.printed if all_of_it}
    assert len(whole) == 12
    for title in whole:
        of_it = [data for name, data, _ in paper.printed if name == title]
        unmarked = [data for data in of_it if b"REIMPRESI" not in data]
        assert len(unmarked) <= 1
        # What is not marked comes first.
        assert all(b"REIMPRESI" in data for data in of_it[1:])
    assert any(b"REIMPRESI" in data for _, data, _ in paper.printed)


def test_a_new_journal_does_not_know_what_was_begun(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    issue(made, BOLETA)
    chance = random.Random(1)
    line, lost = Line(made, one, chance), Paper(chance)
    first = line.agents.next(one, "a" * 32)
    assert first and line.agents.next(one, "a" * 32) == first  # its answer was lost
    assert line.agents.next(one, "b" * 32) is None  # another one waits
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET vence = 0")
    again = line.agents.next(one, "b" * 32)
    assert again and (again.trabajo, again.intento) == (first.trabajo, 2)
    assert b"REIMPRESI" in again.datos and b"REIMPRESI" not in first.datos
    assert not lost.printed


def test_what_is_given_up_or_moved_is_not_the_agents_any_more(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    other = managing.create(made.ledger, made.company, Facts("Otra", "agente", formato="generica-80"))
    issue(made, BOLETA)
    issue(made, BOLETA)
    chance = random.Random(1)
    line, first = Line(made, one, chance), jobs(made)[0]

    class Slow(Paper):
        def send(self, order: Order, watch: Watch) -> None:
            watch.begins()
            managing.move(made.ledger, first, other)
            watch.warns("no tiene papel")

    paper = Slow(chance)
    said: list[str] = []
    with journal.opened(tmp_path / "caja.json") as kept:
        agent = Agent(line, kept, Output("Caja", paper.send, Address()), said.append)  # type: ignore[arg-type]
        found = agent._ask(0)
        assert found.trabajo and found.trabajo.trabajo == first.id
        agent._print(found.trabajo)
        assert said[-1] == f"{found.trabajo.titulo}: se imprime en otra parte, o ya no"
        # It has told so, and nobody minds; the next one comes.
        found = agent._ask(0)
    assert found.trabajo and found.trabajo.trabajo != first.id
    moved = jobs(made)[0]
    assert (moved.impresora_id, moved.estado, moved.reimpresion) == (other.id, "pendiente", True)


def test_a_job_that_the_agent_breaks_at_is_told_and_stops_no_others(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    issue(made, BOLETA)
    issue(made, BOLETA)
    chance = random.Random(1)
    line = Line(made, one, chance)

    class Broken(Paper):
        def send(self, order: Order, watch: Watch) -> None:
            if not self.printed:
                self.printed.append(("", b"", False))
                raise ZeroDivisionError
            super().send(order, watch)
            line.stop.set()

    said = lived(line, Broken(chance), tmp_path / "caja.json")
    first, second = jobs(made)
    assert (first.estado, second.estado) == ("fallida", "impresa")
    assert RULES["CFG-067"].message in first.problema
    assert any(RULES["CFG-067"].message in text for text in said)


def test_a_database_that_is_busy_fails_nothing_for_good(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    issue(made, BOLETA)
    server = Agents(Copies(made.ledger))

    def busy(*_: object) -> Content:
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(failures, "content_of", busy)
        with pytest.raises(Busy):
            server.next(one, "a" * 32)
    assert jobs(made)[0].estado == "enviando"
    found = server.next(one, "a" * 32)
    assert found and b"REIMPRESI" not in found.datos


def test_what_a_printer_lacks_is_told_at_once(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    issue(made, BOLETA)
    chance = random.Random(1)
    line, told = Line(made, one, chance), []

    class Empty(Paper):
        def send(self, order: Order, watch: Watch) -> None:
            watch.warns("la impresora no tiene papel")
            found = made.ledger.printers.find(one.id)
            told.append(found and found.aviso)
            super().send(order, watch)

    lived(line, Empty(chance), tmp_path / "caja.json")
    found = made.ledger.printers.find(one.id)
    assert (told, found and found.aviso) == (["la impresora no tiene papel"], "")
    assert jobs(made)[0].estado == "impresa"


def test_one_agent_for_each_file(tmp_path: Path) -> None:
    with journal.opened(tmp_path / "a.json") as first:
        with pytest.raises(Exception, match="CFG-083"), journal.opened(tmp_path / "a.json"):
            raise AssertionError
        instance = first.instance
    with journal.opened(tmp_path / "a.json") as again:
        assert again.instance == instance
    (tmp_path / "a.json").write_bytes(b"\0\0")  # what a power failure leaves of a file on some disks
    with journal.opened(tmp_path / "a.json") as new:
        assert new.instance != instance and new.report is None
    with pytest.raises(Exception, match="CFG-082"), journal.opened(tmp_path / "none" / "a.json"):
        raise AssertionError


def test_who_waits_for_an_agent_that_does_not_call_is_told(made: Installation, tmp_path: Path) -> None:
    one = printer(made, Facts("Caja", "agente", formato="generica-80"))
    issue(made, BOLETA)

    def told() -> str:
        agents.look_at_silence(made.ledger)
        found = made.ledger.printers.find(one.id)
        assert found
        return found.aviso

    assert told() == ""  # a moment is nothing
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE impresion SET pedida = '2026-01-05 10:15:00'")
    assert told() == "su agente no llama todavía: cree su clave"
    made.ledger.printers.warn(one.id, "")
    key = agents.new_key(made.ledger, one)
    assert told() == "su agente no llama"
    who = agents.known(made.ledger, key)
    assert who and agents.known(made.ledger, key + "x") is None
    server = Agents(Copies(made.ledger))
    server.note(who, Question(instancia="a" * 32, equipo="CAJA-1"), "10.0.0.7")
    assert told() == ""
    # Another one in its place is refused while it lives, and taken once it is silent.
    who = agents.known(made.ledger, key)
    assert who and who.agent.equipo == "CAJA-1"
    with pytest.raises(Refused, match="en el equipo CAJA-1"):
        server.note(who, Question(instancia="b" * 32), "10.0.0.8")
    with made.ledger.transaction():
        made.ledger.connection.execute("UPDATE agente_impresion SET visto = visto - 100")
    assert told() == "su agente no llama en CAJA-1"
    who = agents.known(made.ledger, key)
    assert who
    server.note(who, Question(instancia="b" * 32), "10.0.0.8")
    assert told() == ""
    managing.change(made.ledger, one, managing.facts_of(one)._replace(clase="red", direccion="10.0.0.9"))
    assert agents.known(made.ledger, key) is None
    changed = made.ledger.printers.find(one.id)
    with pytest.raises(Refused, match="CFG-084"):
        agents.new_key(made.ledger, changed or one)
