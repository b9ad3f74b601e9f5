from __future__ import annotations

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Place, Problem, Refused, Severity, errors, stop


def made(code: str, severity: Severity = Severity.ERROR, place: Place = NOWHERE) -> Problem:
    """A problem with the three texts."""
    return Problem(code, severity, place, "x", "Está mal.", "Debe estar bien.", "Corríjalo.")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (NOWHERE, ""),
        (Place(5), "Línea 5"),
        (Place(5, "Detalle", "Descripcion", 3), "Línea 5, sección Detalle, campo 3 (Descripcion)"),
        (Place(5, field="QtyItem", path="Detalle[2]/QtyItem"), "Línea 5, elemento Detalle[2]/QtyItem"),
        (Place(field="QtyItem"), "Campo QtyItem"),
    ],
)
def test_place_in_words(place: Place, text: str) -> None:
    assert place.text() == text


def test_text_of_a_problem() -> None:
    assert made("DOC-001").text() == "[DOC-001] Está mal. Debe estar bien. Corríjalo."
    assert made("DOC-001", place=Place(5)).text().startswith("[DOC-001] Línea 5: Está mal.")
    assert made("DOC-001")._replace(expected="").text() == "[DOC-001] Está mal. Corríjalo."


def test_errors_are_those_that_stop_a_document() -> None:
    every = [made("A", Severity.AVISO), made("B"), made("C", Severity.REPARO)]
    assert [one.code for one in errors(every)] == ["B"]
    assert [one.code for one in errors(map(stop, every))] == ["B", "C"]


def test_refused_keeps_every_problem() -> None:
    refused = Refused(iter([made("A"), made("B")]))
    assert [one.code for one in refused.problems] == ["A", "B"]
    assert "[A]" in str(refused)
    assert "[B]" in str(refused)


def test_an_aviso_quotes_what_the_file_said_unless_it_shows_it_already() -> None:
    cut = problem("DOC-051", value="Ñandú " * 30, name="GiroRecep", length=180, limit=40, written="Ñandú")
    assert f"«{'Ñandú ' * 29}Ñandú»" in cut.text()
    assert "El archivo decía" not in problem("TXT-030", value="a@b").text()
    assert "El archivo decía «0»." in problem("TXT-040", value="0").text()
    assert "El archivo decía" not in problem("TXT-040").text()
    assert "El archivo decía" not in problem("TXT-019", value="99").text()  # an error: nothing is issued otherwise
    assert "1000" not in problem("TOT-011", value="1000", name="IVA", given="1.000", computed="999").text()


def test_a_quote_is_of_one_line_and_has_an_end() -> None:
    text = problem("TXT-028", value="a\nb" + "x" * 5000, written="ab").text()
    assert "«a·bx" in text and "\n" not in text
    assert "x…»" in text and len(text) < 1300
