"""Tickets: texts of the roll's width, and a page as long as it needs to be."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from dteplanows import printing
from dteplanows.document.company import Dots
from dteplanows.printing import Roll, roll
from dteplanows.printing.closing import RECEIPT, RECEIPT_FIELDS, cedible_words
from dteplanows.printing.dots import DOTS
from dteplanows.printing.page import MILLIMETRE, Stamp, Text, width_of
from dteplanows.printing.stored import read
from tests import generate
from tests.printing.papers import FACTS, PRODUCTION, full, opened, signed, squeezed, text
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


def asking(tipo: int, printed: str = "T", seed: int = 0) -> bytes:
    """A full document that says how it is printed."""
    document = generate.document(tipo, Random(seed), likely=1, most=3)
    document.id_doc.put("TpoImpresion", printed)
    for group, name in ((document.receptor, "RznSocRecep"), (document.detalles[0], "NmbItem")):
        group.put(name, group.text(name).translate(str.maketrans("&<>", "yoa")))
    return signed(document, 1234)


OTHERS = [33, 34, 46, 52, 56, 61]
"""Documents that can say that they are printed on a roll."""


@pytest.mark.parametrize("tipo", OTHERS)
def test_what_says_so_is_a_ticket_with_all_that_is_marked(tipo: int) -> None:
    xml = asking(tipo)
    file = printing.pdf(xml, FACTS)
    (page,) = opened(file)
    assert page.get_width() == pytest.approx(Roll.MM80.paper, abs=0.01)
    made = printing.ticket(xml, FACTS)
    for printed in (squeezed(made.head + made.foot), text(file)):
        for element, value in values(xml):
            assert squeezed(shown(element, value, "factura")) in printed, element.path


@pytest.mark.parametrize("tipo", [33, 52])
def test_the_cedible_copy_of_a_ticket_is_signed_by_the_receiver(tipo: int) -> None:
    xml = asking(tipo)
    if not printing.has_cedible(xml):
        xml = re.sub(b"<IndTraslado>.", b"<IndTraslado>1", xml)
    plain, copy = text(printing.pdf(xml, FACTS)), text(printing.pdf(xml, FACTS, cedible=True))
    for words in (RECEIPT, *(f"{name}:" for name in RECEIPT_FIELDS), cedible_words(tipo)):
        assert squeezed(words) in copy
    assert squeezed(RECEIPT) not in plain
    assert "CEDIBLE" not in plain


def test_the_narrow_roll_is_for_boletas_alone() -> None:
    """The SII asks 7.5 cm of the others."""
    with pytest.raises(ValueError, match="75 mm"):
        printing.ticket_pdf(asking(33), FACTS, Roll.MM58)
    narrow = replace(FACTS, rollo="58")
    assert opened(printing.pdf(asking(33), narrow))[0].get_width() == pytest.approx(Roll.MM80.paper, abs=0.01)
    assert opened(printing.pdf(full(39), narrow))[0].get_width() == pytest.approx(Roll.MM58.paper, abs=0.01)


def test_a_boleta_is_a_roll_unless_the_company_wants_letters() -> None:
    roll_of_it, sheet = (printing.pdf(simple(39, 2), replace(FACTS, rollo=paper)) for paper in ("80", "carta"))
    (page,) = opened(roll_of_it)
    assert page.get_height() < 190 * MILLIMETRE
    assert opened(sheet)[0].get_width() == pytest.approx(612)
    assert sheet == printing.letter_pdf(simple(39, 2), FACTS)


@pytest.mark.parametrize("dots", DOTS)
def test_a_page_is_so_many_dots_long_and_its_barcode_is_on_them(dots: Dots) -> None:
    (page,) = roll.layout(read(simple(39, 3)), replace(FACTS, puntos_ticket=dots), Roll.MM80)
    (mark,) = [one for one in page.marks if isinstance(one, Stamp)]
    for place in (page.height, mark.x, mark.y, mark.width, mark.height):
        assert place * dots / 72 == pytest.approx(round(place * dots / 72), abs=1e-6)


def test_without_a_barcode_the_resolution_is_still_there() -> None:
    facts = replace(PRODUCTION, boleta_sin_timbre=True)
    page = roll.layout(read(simple(39, 2)), facts, Roll.MM80)[0]
    assert not any(isinstance(one, Stamp) for one in page.marks)
    found = text(printing.pdf(simple(39, 2), facts))
    assert "TimbreElectr" not in found
    assert squeezed("Res. 80 de 2014 Verifique documento: www.sii.cl") in found
    assert any(isinstance(one, Stamp) for one in roll.layout(read(asking(33)), facts, Roll.MM80)[0].marks)


@pytest.mark.parametrize("tipo", [43, 110, 33, 61])
def test_what_does_not_say_so_has_no_ticket(tipo: int) -> None:
    xml = full(tipo) if tipo in (43, 110) else asking(tipo, "N")
    for make in (printing.ticket, printing.ticket_pdf):
        with pytest.raises(ValueError, match="no ticket"):
            make(xml, FACTS)
    assert opened(printing.pdf(xml, FACTS))[0].get_width() == pytest.approx(612)


def test_letters_of_boletas_are_whole_too() -> None:
    assert missing(full(41, 5)) == []
