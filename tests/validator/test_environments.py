"""Trials are not stricter than life, nor laxer: both environments judge alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dteplanows import parser, validator
from dteplanows.document.company import Ambiente, Reparos
from dteplanows.document.problem import Problem, errors
from fixtures import FIXTURES, Fixture
from tests.validator.judging import COMPANY, FACTURA, REFERENCE, TODAY, line

REMARKED = (
    FACTURA.format(tipo=33, totales="0;0;0;0;0;0;19;0;0;", detalle=line(0, "15000", discount="100;15000")),
    FACTURA.format(tipo=61, totales="0;0;0;0;9000;0;19;1710;10710;", detalle=line(9000)) + REFERENCE.format(code=2),
    FACTURA.format(tipo=46, totales="0;0;0;0;9000;0;19;1710;10710;", detalle=line(9000)),
)
"""Files that the SII remarks: a factura of nothing, a note that corrects a text and has amounts, no retention."""
REJECTED = (
    FACTURA.format(tipo=33, totales="0;0;0;0;0;9000;0;0;9000;", detalle=line(9000, exempt=9000)),
    FACTURA.format(tipo=61, totales="0;0;0;0;9000;0;19;1710;10710;", detalle=line(9000))
    + REFERENCE.replace(";33;", ";52;").format(code=1),
)
"""Files that are not issued: a factura of exempt lines alone, a note that annuls a guía."""


def judged(file: bytes, formato: str, ambiente: Ambiente, reparos: Reparos | None = None) -> list[list[Problem]]:
    company = replace(COMPANY, ambiente=ambiente, reparos=reparos or "")
    documents = parser.parse(file, formato)
    for one in documents:
        validator.judge(one, company, TODAY, True)
    return [one.problems for one in documents]


@pytest.mark.parametrize("file", FIXTURES, ids=str)
def test_files_of_programs_are_judged_alike(file: Fixture) -> None:
    data, formato = file.data, str(file.formato)
    assert judged(data, formato, "pruebas") == judged(data, formato, "produccion")


@pytest.mark.parametrize("ambiente", ["pruebas", "produccion"])
@pytest.mark.parametrize("text", REMARKED)
def test_what_the_sii_only_remarks_stops_nowhere_unless_the_company_wants_it(text: str, ambiente: Ambiente) -> None:
    (problems,) = judged(text.encode(), "1", ambiente)
    assert errors(problems) == []
    assert any(one.severity == "reparo" and "El SII lo acepta con reparo (" in one.text() for one in problems)
    (stopped,) = judged(text.encode(), "1", ambiente, "detener")
    assert [one.severity.value for one in errors(stopped)] == ["reparo"]


@pytest.mark.parametrize("ambiente", ["pruebas", "produccion"])
@pytest.mark.parametrize("text", REJECTED)
def test_what_it_rejects_stops_everywhere(text: str, ambiente: Ambiente) -> None:
    (problems,) = judged(text.encode(), "1", ambiente, "avisar")
    assert [one.severity.value for one in errors(problems)] == ["error"]
