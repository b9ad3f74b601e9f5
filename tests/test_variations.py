"""Every right file is taken, every reason names its cause: a small run of ``benchmark variations``."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks import variations
from benchmarks.variations import Result, Task
from benchmarks.variations_changes import FAULTS, HARMLESS
from benchmarks.variations_files import Field, Sample, samples
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place
from dteplanows.parser import TXT, XML

SEED = 5
FEW = 60


def sample(name: str) -> Sample:
    return next(one for one in samples() if one.name == name)


def field(name: str, column: str, section: str = "") -> Field:
    return next(one for one in sample(name).fields() if one.name == column and section in ("", one.place.section))


def fault(name: str, column: str, text: str | None, section: str = "", kind: str = "letters") -> Result:
    changed = field(name, column, section)
    return variations.run(Task(name, kind, changed, text, sample(name).changed(changed, text), harmless=False))


# --- the files ---


def test_every_sample_is_issued_as_it_stands() -> None:
    for one in samples():
        for document in variations.judged(one.data, one.formato):
            assert document.draft, (one.name, document.problems)


def test_the_fields_of_a_txt_stand_where_the_file_has_them() -> None:
    one = field("factura33.txt", "Cantidad", "Detalle")
    line = sample("factura33.txt").data.decode("latin-1").splitlines()[one.place.line - 1]
    assert line.split(";")[one.place.position - 1] == one.text
    assert one.element is not None
    assert one.element.path == "Detalle/QtyItem"


def test_the_fields_of_an_xml_stand_where_the_file_has_them() -> None:
    found = [one for one in sample("33-factura.xml").fields() if one.name == "NroLinDet"]
    assert [one.place.path for one in found][:2] == ["Detalle/NroLinDet", "Detalle[2]/NroLinDet"]
    cdata = field("factura33-cdata.xml", "RznSocRecep")
    assert cdata.text
    assert "CDATA" not in cdata.text


@pytest.mark.parametrize(("name", "column"), [("factura33.txt", "Cantidad"), ("33-factura.xml", "QtyItem")])
def test_a_change_touches_its_field_alone(name: str, column: str) -> None:
    one, whole = field(name, column), sample(name)
    changed = whole.changed(one, "7777")
    assert len(changed) == len(whole.data) + 4 - len(one.text.encode("latin-1"))
    assert whole.changed(one, one.text) == whole.data
    assert b"<QtyItem></QtyItem>" not in whole.changed(one, None)


def test_every_kind_of_change_touches_something() -> None:
    tasks = [*variations.harmless_tasks(samples()), *variations.fault_tasks(samples())]
    assert {one.kind for one in tasks} >= {*HARMLESS, *FAULTS}
    assert all(one.data != sample(one.sample).data for one in tasks[:200] if one.kind not in ("blanks", "line ends"))


# --- the verdict ---


def test_harmless_variations_are_issued_as_the_same_document() -> None:
    tasks = variations.drawn(list(variations.harmless_tasks(samples())), 3 * FEW, SEED)
    for one in map(variations.run, tasks):
        assert one.wrong == "", (one.task.sample, one.task.kind, one.task.text, one.sentences)


def test_faults_are_told_first_and_alone() -> None:
    for one in map(variations.run, variations.drawn(list(variations.fault_tasks(samples())), 8 * FEW, SEED)):
        assert one.wrong == "", (one.task.sample, variations.where(one.task), one.task.text, one.sentences)


def test_a_reason_at_the_changed_field_is_right() -> None:
    one = fault("factura33.txt", "Cantidad", "ABCDE", "Detalle")
    assert (one.issued, one.wrong, one.codes) == (False, "", ("TXT-020",))
    assert "«ABCDE»" in one.sentences[0]
    assert fault("factura33.txt", "Descripcion", "ABCDE").issued


def test_a_reason_elsewhere_is_wrong() -> None:
    changed = field("factura33.txt", "Cantidad", "Detalle")
    place = Place(*changed.place[:2], changed.name, changed.place.position)
    here, other = problem("TXT-020", place, "x"), problem("TXT-020", place._replace(line=1), "x")
    assert variations._misled(changed, "letters", [here]) == ""
    assert variations._misled(changed, "letters", [other]) == "consequence first"
    assert variations._misled(changed, "letters", [here, other]) == "consequence told"
    assert variations._misled(changed, "letters", [here, here]) == "consequence told"
    value = problem("TOT-001", place._replace(field="Valor", position=11), "x", given="1", computed="2", factors="3",
                    totals="")  # fmt: skip
    assert variations._misled(changed, "of another", [value]) == ""
    assert variations._misled(changed, "letters", [value]) == "consequence first"


def test_a_harmless_variation_that_is_refused_or_another_document_is_wrong() -> None:
    changed, whole = field("factura33.txt", "Cantidad", "Detalle"), sample("factura33.txt")
    for text, wrong in (("ABCDE", "refused"), (changed.text, "")):
        one = variations.run(Task(whole.name, "x", changed, text, whole.changed(changed, text), harmless=True))
        assert one.wrong == wrong
    name = field("factura33.txt", "Descripcion")
    other = Task(whole.name, "x", name, "Otra cosa", whole.changed(name, "Otra cosa"), harmless=True)
    assert variations.run(other).wrong == "another document"


def test_what_fails_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError("so")

    monkeypatch.setattr(variations, "judged", fail)
    assert fault("factura33.txt", "Cantidad", "ABCDE").wrong == "failed"


def test_the_draw_takes_of_each_kind_and_follows_the_seed() -> None:
    tasks = list(variations.harmless_tasks([sample("factura33.txt"), sample("110-exportacion.txt")]))
    first = variations.drawn(list(tasks), 40, 1)
    assert first == variations.drawn(list(tasks), 40, 1) != variations.drawn(list(tasks), 40, 2)
    assert len({one.kind for one in first}) == len({one.kind for one in tasks})


def test_every_exception_has_its_reason() -> None:
    for row in variations.known():
        assert len(row.reason) > 20
        assert row.kinds <= FAULTS.keys()


def test_the_command_counts_and_keeps_the_first_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(variations, "KEPT", tmp_path / "variations.tsv")
    options = ["x", "--sample", "33-factura.txt", "--harmless", "10", "--faults", "30", "--processes", "1"]
    monkeypatch.setattr("sys.argv", options)
    assert variations.main() in (0, 1)
    rows = list(csv.reader((tmp_path / "variations.tsv").read_text("utf-8").splitlines(), delimiter="\t"))
    assert len(rows) == 41
    assert all(row[5].startswith("[") for row in rows[1:] if row[4] != "issued")
    assert "seed 12" in capsys.readouterr().out
    assert (TXT, XML) == ("1", "2")
