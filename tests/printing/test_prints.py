"""PDF files for those who have their address: few at once, and never an old one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from dteplanows import printing
from dteplanows.document.problem import Refused
from dteplanows.printing import PrintFacts, prints
from dteplanows.printing.prints import AT_ONCE, Prints
from tests.printing.papers import FACTS, PRODUCTION, full

MIB = 2**20


class Maker:
    """In place of ``printing.pdf``: says what it made, once it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size: int = 1000) -> None:
        self._size = size
        self.made: list[tuple[bytes, PrintFacts, bool]] = []
        self.may_end = threading.Event()
        self.may_end.set()
        self.begun = threading.Semaphore(0)
        monkeypatch.setattr(prints, "pdf", self)

    def __call__(self, xml: bytes, facts: PrintFacts, cedible: bool) -> bytes:
        self.made.append((xml, facts, cedible))
        self.begun.release()
        assert self.may_end.wait(30)
        return xml + b"x" * (self._size - len(xml))


def test_the_file_is_the_one_that_is_printed() -> None:
    one = Prints(MIB)
    for cedible in (False, True, False, True):
        assert one.pdf(full(33), FACTS, cedible) == printing.pdf(full(33), FACTS, cedible)


def test_what_was_made_lately_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    maker, one = Maker(monkeypatch), Prints(2500)
    for xml in (b"a", b"b", b"a", b"b", b"a"):
        one.pdf(xml, FACTS)
    assert [xml for xml, _, _ in maker.made] == [b"a", b"b"]
    one.pdf(b"c", FACTS)
    one.pdf(b"a", FACTS)
    assert len(maker.made) == 3
    one.pdf(b"b", FACTS)
    assert len(maker.made) == 4


@pytest.mark.parametrize(
    "other",
    [
        PRODUCTION,
        replace(FACTS, numero_resolucion=81),
        replace(FACTS, fecha_resolucion=None),
        replace(FACTS, unidad_sii="ARICA"),
        replace(FACTS, observaciones=("Otra.",)),
        replace(FACTS, adicionales={"A1": "Otro"}),
        replace(FACTS, adicionales={}),
        replace(FACTS, consulta=""),
    ],
)
def test_whatever_is_printed_otherwise_is_another_file(monkeypatch: pytest.MonkeyPatch, other: PrintFacts) -> None:
    maker, one = Maker(monkeypatch), Prints(MIB)
    one.pdf(b"a", FACTS)
    one.pdf(b"a", other)
    one.pdf(b"a", FACTS, True)
    one.pdf(b"b", FACTS)
    assert len(maker.made) == 4


@pytest.mark.parametrize("most", [0, 999])
def test_what_has_no_room_is_not_kept(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    maker, one = Maker(monkeypatch), Prints(most)
    assert one.pdf(b"a", FACTS) == one.pdf(b"a", FACTS)
    assert len(maker.made) == 2


def test_the_same_file_asked_for_by_many_is_made_once_for_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    maker, one = Maker(monkeypatch), Prints(MIB)
    maker.may_end.clear()
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        asked = [pool.submit(one.pdf, b"a", FACTS) for _ in range(2 * AT_ONCE)]
        for _ in range(AT_ONCE):
            assert maker.begun.acquire(timeout=30)
        maker.may_end.set()
        assert len({future.result() for future in asked}) == 1
    assert len(maker.made) == AT_ONCE


def test_few_are_made_at_once_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    maker, one = Maker(monkeypatch), Prints(MIB, patience=0.5)
    maker.may_end.clear()
    with ThreadPoolExecutor(3 * AT_ONCE) as pool:
        first = [pool.submit(one.pdf, b"a%d" % number, FACTS) for number in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert maker.begun.acquire(timeout=30)
        others = [pool.submit(one.pdf, b"b%d" % number, FACTS) for number in range(2 * AT_ONCE)]
        refused = [future.exception() for future in others]
        assert len(maker.made) == AT_ONCE
        maker.may_end.set()
        assert all(future.result() for future in first)
    for failure in refused:
        assert isinstance(failure, Refused)
        (found,) = failure.problems
        assert found.code == "SRV-170"
        assert "a lo más 4 al mismo tiempo" in found.expected
    assert one.pdf(b"c", FACTS)


def test_other_files_take_their_turn_with_the_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    maker, one = Maker(monkeypatch), Prints(MIB, patience=0.05)
    assert one.made(lambda: b"x") == b"x"
    maker.may_end.clear()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(one.pdf, b"a%d" % number, FACTS) for number in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert maker.begun.acquire(timeout=30)
        with pytest.raises(Refused):
            one.made(lambda: b"x")
        maker.may_end.set()
        assert all(future.result() for future in asked)


def test_who_waits_gets_his_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    maker, one = Maker(monkeypatch), Prints(MIB)
    maker.may_end.clear()
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        asked = [pool.submit(one.pdf, b"a%d" % number, FACTS) for number in range(2 * AT_ONCE)]
        for _ in range(AT_ONCE):
            assert maker.begun.acquire(timeout=30)
        maker.may_end.set()
        assert len({future.result() for future in asked}) == 2 * AT_ONCE


def test_a_document_that_cannot_be_printed_takes_no_turn_with_it() -> None:
    one = Prints(MIB)
    for _ in range(2 * AT_ONCE):
        with pytest.raises(ValueError, match="not a document"):
            one.pdf(b"<", FACTS)
    assert one.pdf(full(33), FACTS)
