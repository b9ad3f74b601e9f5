"""``run.py`` builds the manual where there is none or its sources have changed, and goes on where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import run


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were called to build, which make a manual, in a clone of one source."""
    commands: list[list[str]] = []
    source = tmp_path / "docs"
    source.mkdir()
    (source / "index.rst").write_text("Manual")

    def call(command: list[str], **_: object) -> int:
        commands.append(command)
        run.MANUAL.mkdir(exist_ok=True)
        return 0

    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "MANUAL", tmp_path / "manual")
    monkeypatch.setattr(run, "MANUAL_STAMP", tmp_path / "manual.stamp")
    monkeypatch.setattr(run, "MANUAL_SOURCES", (source,))
    monkeypatch.setattr("subprocess.call", call)
    return commands


def test_it_is_built_once_and_again_when_a_source_has_changed(built: list[list[str]]) -> None:
    run.prepare_manual(tests=False)
    run.prepare_manual(tests=False)
    assert [one[1:] for one in built] == [["-m", "docs.build", "--if-changed"]]
    os.utime(run.MANUAL_SOURCES[0] / "index.rst", (1, 1))
    run.prepare_manual(tests=False)
    run.prepare_manual(tests=False)
    assert len(built) == 2


def test_the_tests_want_one_and_look_after_its_age_themselves(built: list[list[str]]) -> None:
    run.prepare_manual(tests=True)
    (run.MANUAL_SOURCES[0] / "otra.rst").write_text("Otra")
    run.prepare_manual(tests=True)
    assert len(built) == 1


def test_one_that_cannot_be_built_is_told_and_tried_again(
    built: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("subprocess.call", lambda *_, **__: 1)
    run.prepare_manual(tests=False)
    assert "python3 run.py manual" in capsys.readouterr().err
    assert not run.MANUAL_STAMP.exists()


def test_built_pages_are_no_sources(built: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MANUAL", run.MANUAL_SOURCES[0] / "manual")
    before = run.state_of_sources()
    run.MANUAL.mkdir()
    (run.MANUAL / "index.html").write_text("x")
    assert run.state_of_sources() == before
