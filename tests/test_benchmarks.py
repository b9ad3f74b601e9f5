"""The measuring programs run; what they measure is nobody's promise here."""

from __future__ import annotations

import pytest

from benchmarks import validation
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
