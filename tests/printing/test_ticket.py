"""Tickets of boletas: texts of the roll's width, and a page as long as it needs to be."""

from __future__ import annotations

import pytest

from dteplanows import printing
from dteplanows.printing import Roll, roll
from dteplanows.printing.page import Text, width_of
from dteplanows.printing.stored import read
from tests.printing.papers import FACTS, PRODUCTION, full, opened, squeezed, text
from tests.printing.test_letter import assert_tidy, missing, shown, simple, values


@pytest.mark.parametrize("width", Roll)
@pytest.mark.parametrize("tipo", [39, 41])
def test_the_texts_fit_the_roll_and_the_printer(tipo: int, width: Roll) -> None:
    made = printing.ticket(full(tipo), FACTS, width)
    for part in (made.head, made.foot):
        lines = part.split("\n")
        assert lines.pop() == ""
        assert max(map(len, lines)) <= width.letters
        assert part.encode("latin-1").decode("latin-1") == part
    assert made.ted == read(full(tipo)).ted


@pytest.mark.parametrize("width", Roll)
@pytest.mark.parametrize("tipo", [39, 41])
@pytest.mark.parametrize("seed", range(3))
def test_everything_the_form_marks_is_on_the_ticket(tipo: int, width: Roll, seed: int) -> None:
    xml = full(tipo, seed)
    made = printing.ticket(xml, FACTS, width)
    printed = squeezed(made.head + made.foot), text(printing.ticket_pdf(xml, FACTS, width))
    for element, value in values(xml):
        for found in printed:
            assert squeezed(shown(element, value, "boleta")) in found, element.path


def test_an_ordinary_ticket_reads_like_one() -> None:
    made = printing.ticket(simple(39, 2), PRODUCTION, Roll.MM58)
    assert made.head == (
        " Maestranza Ñuble & Hijos Ltda.\n"
        "================================\n"
        "      R.U.T.: 76.354.771-K\n"
        "       BOLETA ELECTRÓNICA\n"
        "             Nº 77\n"
        "================================\n"
        "        S.I.I. - CHILLÁN\n"
        "Fecha de emisión: 04-03-2026\n"
        "Señor(es): Ferretería El Ancla\n"
        "R.U.T.: 61.000.000-2\n"
        "--------------------------------\n"
        "Tuerca de 1/2 pulgada 1\n"
        "1 x 1.000                  1.000\n"
        "Tuerca de 1/2 pulgada 2\n"
        "2 x 1.000                  2.000\n"
        "--------------------------------\n"
        "TOTAL $                    3.000\n"
    )
    assert made.foot == ("     Timbre Electrónico SII\n        Res. 80 de 2014\nVerifique documento: www.sii.cl\n")


@pytest.mark.parametrize("width", Roll)
@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (300, 1), (1000, 2)])
def test_the_ticket_is_one_page_of_the_paper_if_that_can_be(width: Roll, lines: int, pages: int) -> None:
    xml = simple(39, lines)
    file = printing.ticket_pdf(xml, FACTS, width)
    assert len(opened(file)) == pages
    for page in opened(file):
        assert page.get_width() == pytest.approx(width.paper, abs=0.01)
        assert page.get_height() <= 14_400
    assert_tidy(roll.layout(read(xml), FACTS, width), margin=11)
    assert f"pulgada{lines}" in text(file)
    assert file == printing.ticket_pdf(xml, FACTS, width)


@pytest.mark.parametrize("width", Roll)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_beyond_what_the_printer_reaches(width: Roll, seed: int) -> None:
    (page,) = roll.layout(read(full(39, seed)), FACTS, width)
    side = (width.paper - width.printed) / 2
    for mark in (mark for mark in page.marks if isinstance(mark, Text)):
        assert mark.x >= side - 0.01
        assert mark.x + width_of(mark.text, mark.size, mark.bold) <= width.paper - side + 0.01


@pytest.mark.parametrize("tipo", [33, 52, 61, 110])
def test_only_boletas_have_a_ticket(tipo: int) -> None:
    with pytest.raises(ValueError, match="no ticket"):
        printing.ticket(full(tipo), FACTS)
    with pytest.raises(ValueError, match="no ticket"):
        printing.ticket_pdf(full(tipo), FACTS)


def test_letters_of_boletas_are_whole_too() -> None:
    assert missing(full(41, 5)) == []
