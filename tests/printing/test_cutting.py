"""What is printed of texts that have no limit of their own: as much as a sheet holds, and where the rest is."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from dteplanows import printing
from dteplanows.printing import cutting
from tests.printing.papers import FACTS, full, opened, squeezed, text, texts

TEN_MB = 10_000_000
PAGES = 12
"""That a document may have at most with texts of any length; without them this one has three."""


def test_what_fits_is_printed_as_it_is() -> None:
    lines = tuple(f"Línea {number} de observación" for number in range(cutting.LINES))
    assert cutting.of_texts(lines) == (lines, "")
    data = {f"Dato {number}": "x" * 50 for number in range(cutting.DATA)}
    assert cutting.of_data(data) == (data, "")
    longest = "x" * cutting.CHARACTERS
    assert cutting.of_texts((longest,)) == ((longest,), "")


@pytest.mark.parametrize(
    ("observed", "first", "whole"),
    [
        (("a" * (cutting.CHARACTERS + 1),), "a" * cutting.CHARACTERS + "…", "6.001"),
        (("a\n" * 100,), "a\n" * (cutting.LINES - 1) + "a…", "200"),
        (("palabra " * 1000,), ("palabra " * 750).rstrip() + "…", "8.000"),
    ],
)
def test_what_does_not_fit_is_cut_and_said(observed: tuple[str, ...], first: str, whole: str) -> None:
    found = cutting.of_texts(observed)
    assert found.texts == (first,)
    assert found.said == f"[Cortado: el texto completo, de {whole} caracteres, está guardado con el documento.]"


def test_the_lines_together_have_the_room_of_a_sheet() -> None:
    many = tuple("observación" for _ in range(1000))
    found = cutting.of_texts(many)
    assert found.texts == many[: cutting.LINES]
    assert "11.000 caracteres" in found.said


def test_data_are_cut_by_name_number_and_length() -> None:
    found = cutting.of_data({"N" * 50: "uno", "N" * 60: "dos", "B": "y" * cutting.CHARACTERS})
    assert found.data == {"N" * (cutting.NAME - 1) + "…": "uno", "B": "y" * (cutting.CHARACTERS - 6) + "…"}
    assert "6.117 caracteres" in found.said
    alike = cutting.of_data({"N" * 50: "uno", "N" * 60: "dos"})
    assert alike.data == {"N" * (cutting.NAME - 1) + "…": "uno"}
    assert "116 caracteres" in alike.said
    many = {f"D{number}": "v" for number in range(1000)}
    assert list(cutting.of_data(many).data) == list(many)[: cutting.DATA]


HUGE = {
    "words": replace(FACTS, observaciones=("Una observación con palabras. " * (TEN_MB // 30),)),
    "one word": replace(FACTS, observaciones=("W" * TEN_MB,)),
    "line ends": replace(FACTS, observaciones=("a\n" * (TEN_MB // 2),)),
    "lines": replace(FACTS, observaciones=("línea",) * 1_000_000),
    "data": replace(FACTS, adicionales={f"Dato {number}": "valor" for number in range(500_000)}),
    "long datum": replace(FACTS, adicionales={"Dato": "W" * TEN_MB}),
    "long name": replace(FACTS, adicionales={"W" * TEN_MB: "W" * TEN_MB}),
    "lines of a datum": replace(FACTS, adicionales={"Dato": "a\n" * (TEN_MB // 2)}),
}


@pytest.mark.parametrize("name", HUGE)
def test_ten_megabytes_of_text_make_a_document_of_few_pages(name: str) -> None:
    began = time.process_time()
    file = printing.letter_pdf(full(33), HUGE[name])
    assert time.process_time() - began < 2
    assert len(opened(file)) <= PAGES
    assert text(file).count(squeezed("[Cortado: el texto completo, de")) == 1


@pytest.mark.parametrize("name", HUGE)
def test_and_a_ticket_of_bounded_length(name: str) -> None:
    began = time.process_time()
    ticket = printing.ticket(full(39), HUGE[name])
    file = printing.ticket_pdf(full(39), HUGE[name])
    assert time.process_time() - began < 2
    assert len(ticket.foot) < 5_000
    assert squeezed(ticket.foot).count(squeezed("[Cortado:")) == 1
    assert len(opened(file)) == 1


def test_a_datum_higher_than_a_page_goes_on_to_the_next() -> None:
    datum = " ".join(f"n{number}" for number in range(600))
    facts = replace(FACTS, adicionales={"Detalle de la obra": datum[: cutting.CHARACTERS], "B": "dos"})
    pages = texts(printing.letter_pdf(full(33), facts))
    whole = "".join(pages)
    assert all(f"n{number}" in whole for number in range(0, 590))
    assert whole.count(squeezed("Detalle de la obra")) == 1
