"""A short run of the fuzzer, always the same one, and the fuzzer's own workings."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from benchmarks import fuzz, fuzz_checks
from benchmarks.fuzz_inputs import LARGEST, Input, make
from dteplanows import parser, validator
from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document

HARMLESS = Input(b"->Encabezado<-\n", "1", False, False, "a header")


def test_nothing_fails_in_a_short_run() -> None:
    report = fuzz.run(7, range(2000))
    # how long an input takes depends on the machine, and is for the long runs to say
    assert [one for one in report.failures if not one.fault.startswith("slow")] == []
    assert report.inputs == 2000
    assert report.accepted > 100
    assert report.refused > 1000
    assert len(report.codes) > 60
    assert len(report.slowest) == fuzz.SLOWEST


def test_an_input_follows_from_seed_and_number() -> None:
    assert [make(3, number) for number in range(50)] == [make(3, number) for number in range(50)]
    assert make(3, 1) != make(4, 1)


def test_sizes_and_formats_are_mixed() -> None:
    sizes = [len(make(1, number).data) for number in range(1500)]
    assert max(sizes) <= LARGEST
    assert sum(size < 20_000 for size in sizes) > 1300
    assert sum(size > 10_000 for size in sizes) > 5
    assert {"1", "2"} < {make(1, number).formato for number in range(500)}


def test_processes_share_the_inputs() -> None:
    report = fuzz.run_in_processes(1, range(40), 2)
    assert report.inputs == 40
    assert len(report.memory) == 2
    assert not report.failures


# --- what a failure looks like ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "fault"),
    [
        ([], "no document"),
        ([Document(0)], "accepted without a type"),
        ([Document(33)], "accepted without a draft"),
        ([Document(33, draft='<Documento ID="F1T33"></Documento>')], "draft: "),
        ([Document(0, problems=[problem("TXT-001")._replace(message=" ")])], "empty problem TXT-001"),
        ([Document(0, problems=[problem("TXT-001")._replace(message="\x1b")])], "unprintable problem TXT-001"),
        ([Document(0, problems=[problem("TXT-001")._replace(message="x" * 5000)])], "long problem TXT-001"),
        ([Document(0, problems=[problem("DOC-090", detail="x")])], "only the schema saw it"),
    ],
)
def test_a_wrong_answer_is_a_fault(documents: list[Document], fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "parse", lambda data, formato: documents)
    monkeypatch.setattr(validator, "judge", lambda *all_of_them: None)
    assert [one[: len(fault)] for one in fuzz_checks.check(HARMLESS).faults][:1] == [fault]


def test_an_exception_is_a_fault_that_names_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*all_of_them: object) -> None:
        raise ZeroDivisionError("by what")

    monkeypatch.setattr(parser, "read_txt", broken)
    (fault,) = fuzz_checks.check(HARMLESS).faults
    assert fault.startswith("ZeroDivisionError at ")
    assert fault.endswith("by what")


@pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="this system has no timer of processor time")
def test_an_endless_input_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*all_of_them: object) -> None:
        while True:
            pass

    before = signal.getsignal(signal.SIGVTALRM)
    monkeypatch.setattr(parser, "read_txt", endless)
    monkeypatch.setattr(fuzz, "make", lambda seed, number: HARMLESS)
    monkeypatch.setattr(fuzz, "GIVEN_UP_AFTER", 0.05)
    try:
        fuzz.watch_the_clock()
        report = fuzz.run(1, range(1))
    finally:
        signal.signal(signal.SIGVTALRM, before)
    assert [one.fault.split()[0] for one in report.failures] == ["Overtime"]


def test_a_failure_is_printed_with_its_seed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "KEPT", tmp_path / "kept")
    report = fuzz.Report(inputs=1)
    for number in range(10):
        verdict = fuzz_checks.Verdict((f"ValueError at x.py:1: {number}",), 0.0, 0, 1, frozenset())
        report.add(number, make(3, number), verdict)
    total = fuzz.Report()
    total.merge(report)
    fuzz.show(3, total, 1.0)
    text = capsys.readouterr().out
    assert "FAILED  seed 3 number 2: ValueError at x.py:1" in text
    assert len(total.failures) == 3
    assert "10 failures." in text
    kept = {path.stem: path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    assert kept == {f"3-{number}": make(3, number).data for number in range(3)}
