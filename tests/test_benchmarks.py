"""The measuring programs run; what they measure is nobody's promise here."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pypdfium2
import pytest

from benchmarks import (
    designs,
    designs_cost,
    designs_pages,
    designs_peers,
    engines,
    envelopes,
    hostile_hour,
    load,
    load_clients,
    socket_pairs,
    validation,
)
from dteplanows import printing
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.parser import XML
from tests.postgresql import missing


def test_validation_is_measured_for_every_sample(capsys: pytest.CaptureFixture[str]) -> None:
    figures = validation.measure(0)
    validation.show(figures)
    assert [(one.tipo, one.formato == XML) for one in figures] == [(33, False), (33, True), (39, False), (39, True)]
    assert capsys.readouterr().out.count("target") == len(figures)


def test_the_samples_have_the_lines_that_their_names_say() -> None:
    lines = [len(validation.judged(one.file, one.formato).detalles) for one in validation.samples()]
    assert lines == [60, 60, 1000, 1000]


def test_without_the_schemas_of_the_sii_ours_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "find_spec", lambda name: None)
    sample = next(validation.samples())
    schema = validation.schema_for(sample.tipo)
    draft = validation.judged(sample.file, sample.formato).draft
    assert schema.compiled.validate(schema.dress(draft, sample.tipo))


def test_an_envelope_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    figures = envelopes.measure(20)
    envelopes.show(figures)
    assert figures.documents == 20
    assert figures.bytes > 20_000
    assert capsys.readouterr().out.startswith("20 documents: ")


# --- the load -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", True),
    ],
)
def test_the_clients_wait_for_the_whole_answer(answer: bytes, whole: bool) -> None:
    assert load_clients.is_whole(answer) == whole


def test_no_two_calls_of_the_load_send_the_same_file() -> None:
    plan = load_clients.Plan("h", 1, "/", 1, 1, [], load.files(), "")
    bodies = load_clients.requests(plan)
    assert len({next(bodies) for _ in range(50)}) == 50


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="la memoria se lee de /proc")
@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(bool(missing()), reason=missing()))]
)
def test_a_small_load_has_no_errors(engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with engines.place_of(engine, tmp_path) as place:
        outcome = load.run(place, clients=4, seconds=1, workers=None)
    assert outcome.errors == []
    assert len(outcome.service.noted) >= 4
    assert all(sum(one.memory.values()) for one in outcome.looks)
    load.show(outcome)
    assert "errors: 0" in capsys.readouterr().out
    lost = outcome._replace(wrong="a folio is lost")
    assert "there were errors" in load.failures(lost)


# --- through the socket -------------------------------------------------------------------------------------------

linux = pytest.mark.skipif(sys.platform != "linux", reason="el tiempo de otro proceso se lee como en Linux")


@pytest.mark.long
@linux
def test_two_services_are_measured_in_turns(capsys: pytest.CaptureFixture[str]) -> None:
    root = str(socket_pairs.ROOT)
    with socket_pairs.checkout(root) as folder, ExitStack() as stack:
        services = [stack.enter_context(socket_pairs.running(folder)) for _ in range(2)]
        figures = socket_pairs.measure(services, 0)
    assert [len(one.folios) for one in services] == [32, 32]
    for kind in ("Procesar", "Validar", "Online"):
        assert all(one.wall > 0 and one.processor > 0 for turns in figures.turns[kind] for one in turns)
    assert min(figures.memory) > 0
    socket_pairs.show(figures, ["one", "other"])
    assert capsys.readouterr().out.count(" to ") == 6


def test_the_ratio_is_that_of_neighbouring_turns() -> None:
    turn = socket_pairs.Turn
    turns = {"Procesar": [[turn(2, 6), turn(3, 1)], [turn(1, 3), turn(6, 4)]]}
    figures = socket_pairs.Figures(turns, [1.0], [1, 1])
    assert figures.ratios("Procesar", socket_pairs.wall) == [2, 0.5]
    assert figures.ratios("Procesar", socket_pairs.processor) == [2, 0.25]


def test_what_is_no_state_of_the_program_is_not_measured() -> None:
    with (
        pytest.raises(socket_pairs.CannotMeasureError, match="no-such-commit"),
        socket_pairs.checkout("no-such-commit"),
    ):
        pytest.fail("it is")


@linux
def test_another_program_than_the_one_of_the_folder_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(socket_pairs.CannotMeasureError, match="not the one that would run"):
        socket_pairs.Service(tmp_path, tmp_path / "data")


# --- hostile callers ----------------------------------------------------------------------------------------------


@pytest.mark.long
@linux
def test_hostile_callers_do_what_they_do_and_rightful_ones_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    kinds, calls = {"broken off", "gone", "no HTTP", "too long"}, 0
    with socket_pairs.running(socket_pairs.ROOT) as service:
        for seconds in (5, 30):  # a busy machine may not come to all of them at once
            found = hostile_hour.run(service, seconds)
            calls += len(found.latencies)
            if kinds <= set(found.done):
                break
    assert kinds <= set(found.done)
    assert len(service.folios) == calls > 0
    hostile_hour.show(found)
    assert "rightful calls: median" in capsys.readouterr().out


def test_memory_that_grows_is_told() -> None:
    looks = [hostile_hour.Look(number, memory) for number, memory in enumerate((90, 500, 600, 610))]
    assert hostile_hour.Run(looks, [1.0], Counter()).failures() == []
    assert hostile_hour.Run([*looks, hostile_hour.Look(9, 700)], [1.0], Counter()).failures() == [
        "memory grew from 600 to 700 MiB in the second half"
    ]


# --- paper --------------------------------------------------------------------------------------------------------


def test_papers_are_measured_beside_platypus(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """weasyprint is fetched only by who asks for it."""
    documents = [*designs_pages.documents(designs_pages.FACTURA, 1)]
    facts, logo = designs_cost.facts_of(make_logo()), make_logo()
    (texts,) = (designs_pages.texts_of(xml, facts, "carta") for xml in documents)
    theirs = pypdfium2.PdfDocument(designs_peers.platypus(logo)["letter"](texts))
    ours = pypdfium2.PdfDocument(printing.letter_pdf(documents[0], facts))
    for page in (theirs[0], ours[0]):
        found = page.get_textpage().get_text_bounded()
        assert all(one in found for row in texts.lines for one in row) and texts.box[2] in found
    assert len(theirs) == len(ours) == 1
    designs.show(designs.costs(5, peers=False, folder=tmp_path))
    assert capsys.readouterr().out.count(" ms") == 3


@linux
def test_papers_that_keep_memory_are_told() -> None:
    assert designs.growth([(1, 100.0), (5, 102.5), (10, 101.0)]) == 2.5
    assert [papers for papers, memory in designs.many(20) if memory > 1] == [2, 10, 20]
