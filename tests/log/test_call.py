"""What is noted of a call."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.log import call
from dteplanows.log.call import Call, ranges

MOMENT = datetime(2026, 3, 31, 10)


@pytest.fixture
def under_way() -> Iterator[Call]:
    one = Call("soap", "Procesar", "203.0.113.7")
    call.begin(one)
    yield one
    call.end()


@pytest.mark.parametrize(
    ("documents", "text"),
    [
        ([], ""),
        ([(33, 5)], "33:5"),
        ([(33, 7), (33, 5), (33, 6)], "33:5-7"),
        ([(33, 5), (39, 6), (33, 7)], "33:5 33:7 39:6"),
        ([(0, 4), (33, 5), (33, 5)], "0:4 33:5"),
    ],
)
def test_ranges(documents: list[tuple[int, int]], text: str) -> None:
    assert ranges(documents) == text


def test_of_many_ranges_the_first_ones() -> None:
    words = ranges([(33, 2 * number) for number in range(1000)]).split()
    assert (len(words), words[-1]) == (51, "...")


def test_identifiers_differ_and_name_the_day() -> None:
    found = {Call("soap").id for _ in range(1000)}
    assert len(found) == 1000
    one = Call("soap")
    assert re.fullmatch(r"\d{6}-[0-9a-f]{12}", one.id)
    assert one.id[:6] == one.moment[2:10].replace("-", "")
    assert call.current() is None
    assert call.identifier() != call.identifier()


def test_the_outcomes_of_a_file(under_way: Call) -> None:
    bad = problem("SRV-020")
    outcomes = [
        DocumentOutcome(10, 33, MOMENT, True, (problem("LIB-051", periodo="", operacion="", fecha=""),)),
        DocumentOutcome(11, 33, MOMENT, True),
        DocumentOutcome(77, 39, MOMENT, False, (bad,)),
        DocumentOutcome(0, 0, MOMENT, False, (bad,)),
    ]
    call.note_outcomes(outcomes, b"secret content")
    facts = under_way.facts()
    assert (facts["documentos"], facts["rechazados"], facts["tipos"]) == (4, 2, (33, 39))
    assert (facts["folios"], facts["pedidos"], facts["codigos"]) == ("33:10-11", "39:77", ["SRV-020"])
    assert under_way.trouble == (bad, bad)
    assert under_way.file == b"secret content"
    assert "secret" not in str(facts)


def test_an_accepted_file_is_not_kept(under_way: Call) -> None:
    call.note_outcomes([DocumentOutcome(10, 33, MOMENT, True)], b"content")
    assert under_way.file is None


def test_who_makes_a_change(monkeypatch: pytest.MonkeyPatch, under_way: Call) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    operator = f"operador {getpass.getuser()}"
    assert call.who() == operator
    call.note_said("ana")
    assert call.who() == operator
    call.note_account("ana", "pruebas", "1-9")
    assert call.who() == "usuario ana"
    under_way.via = "orden"
    assert call.who() == operator
    monkeypatch.setenv("SUDO_USER", "berta")
    assert call.who() == f"operador berta, como {getpass.getuser()}"


def test_what_the_caller_chooses_is_short_and_printable(under_way: Call) -> None:
    call.note_said("\x1b[2J\n" + "x" * 5000)
    assert under_way.said.isprintable() and len(under_way.said) < 70
