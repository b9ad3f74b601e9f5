"""The lines of the log, found again."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dteplanows.log import reading
from dteplanows.log.reading import Question

RUT, OTHER = "76354771-K", "76123456-0"


def line(moment: str, **facts: Any) -> dict[str, Any]:
    return {"momento": moment, "linea": "llamada", "nivel": "info", "id": moment, **facts}


LINES = [
    line("2026-03-30T23:59:59.900", usuario="Ana", rut=RUT, operacion="Procesar", folios="33:1-5 39:9"),
    line("2026-03-31T15:10:03.100", usuario="berta", rut=OTHER, operacion="Procesar", codigos=["DOC-003"],
         pedidos="33:77"),
    line("2026-03-31T15:10:04.100", usuario_dicho="ana", operacion="getXMLDte", codigos=["AUT-001"]),
    {"momento": "2026-03-31T15:11:00", "linea": "mensaje", "nivel": "error", "llamada": "2026-03-31T15:10:03.100"},
    {"momento": "2026-03-31T15:12:00", "linea": "repetidas", "usuarios_dichos": ["ana"], "codigos": ["AUT-001"]},
    line("2026-04-01T08:00:00.000", usuario="ana", rut=RUT, operacion="ObtenerLink", avisos=["DOC-003"]),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for one in LINES:
        with (tmp_path / f"{one['momento'][:10]}.0001.jsonl").open("a", encoding="utf-8") as opened:
            opened.write(f"{json.dumps(one, separators=(',', ':'))}\n")
    with (tmp_path / "2026-03-31.0001.jsonl").open("a", encoding="utf-8") as opened:
        opened.write('{"momento":"2026-03-31T16\n"codigos"\n')  # as a full disk leaves it
    return tmp_path


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Question(), [0, 1, 2, 4, 5]),
        (Question(desde=datetime(2026, 3, 31)), [1, 2, 4, 5]),
        (Question(hasta=datetime(2026, 3, 31)), [0]),
        (Question(datetime(2026, 3, 31, 15, 10), datetime(2026, 3, 31, 15, 11)), [1, 2]),
        (Question(usuario="ANA"), [0, 2, 4, 5]),
        (Question(rut=OTHER), [1]),
        (Question(operacion="procesar"), [0, 1]),
        (Question(codigo="DOC-003"), [1, 5]),
        (Question(folio=4), [0]),
        (Question(folio=77), [1]),
        (Question(folio=7), []),
        (Question(rechazadas=True), [1, 2, 4]),
        (Question(rechazadas=True, usuario="berta", folio=77), [1]),
    ],
)
def test_questions(folder: Path, question: Question, found: list[int]) -> None:
    assert [LINES.index(one) for one in reading.lines(folder, question)] == found
    assert [LINES.index(one) for one in reading.last(folder, question, 100)] == found
    assert [LINES.index(one) for one in reading.last(folder, question, 1)] == found[-1:]


def test_the_last_ones_come_from_several_files(folder: Path) -> None:
    assert reading.last(folder, Question(), 3) == [LINES[2], LINES[4], LINES[5]]


def test_a_folder_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert list(reading.lines(tmp_path / "none", Question())) == []


def test_one_call_with_its_messages(tmp_path: Path) -> None:
    name = "260331-0123456789ab"
    (tmp_path / "2026-03-31.0001.jsonl").write_text(json.dumps(line("2026-03-31T23:59:59", id=name)) + "\n")
    message = {"momento": "2026-04-01T00:00:01", "linea": "mensaje", "llamada": name, "texto": "x"}
    (tmp_path / "2026-04-01.0001.jsonl").write_text(json.dumps(message) + "\n")
    found = reading.of_call(tmp_path, name)
    assert [one["linea"] for one in found] == ["llamada", "mensaje"]
    assert reading.of_call(tmp_path, "260331-ffffffffffff") == []
    assert reading.of_call(tmp_path, "nada") == []
