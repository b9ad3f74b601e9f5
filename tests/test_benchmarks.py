"""The measuring programs run; what they measure is nobody's promise here."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import load, load_clients, validation
from dteplanows.parser import XML


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


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="la memoria se lee de /proc")
def test_a_small_load_has_no_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = load.run(tmp_path, clients=4, seconds=1, workers=None)
    assert outcome.errors == []
    assert len(outcome.service.noted) >= 4
    assert all(sum(one.memory.values()) for one in outcome.looks)
    load.show(outcome)
    assert "errors: 0" in capsys.readouterr().out
    lost = outcome._replace(wrong="a folio is lost")
    assert "there were errors" in load.failures(lost)
