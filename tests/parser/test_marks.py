"""Marks that do not stand at the start of their line, are shortened or decorated: their section, or a refusal."""

from __future__ import annotations

import time

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser import TXT, parse
from dteplanows.parser.bulk import BulkFile
from dteplanows.parser.txt.marks import Kind, documents, marks
from tests.parser.parser_support import HEADER, LINE, boleta, codes, factura, header, one, txt

ANA = txt({"Encabezado": HEADER.replace("Vidrios", "Ana"), "Detalle": LINE, "Observacion": "Gracias;;;"})
EVA = txt({"Encabezado": HEADER.replace("Vidrios", "Eva"), "Detalle": LINE, "Observacion": "Gracias;;;"})


def both(data: bytes) -> list[Document]:
    """The documents of *data*, which bulk reads alike."""
    at_once = parse(data, TXT)
    in_bulk = list(BulkFile(data, TXT, 2000).documents())
    assert [(one.place, one.problems, one.beside) for one in in_bulk] == [
        (one.place, one.problems, one.beside) for one in at_once
    ]
    return at_once


def separate(data: bytes) -> None:
    """*data* is Ana's document and Eva's, each with a line of her own."""
    first, second = both(data)
    assert [one.receptor.text("RznSocRecep")[:3] for one in (first, second)] == ["Ana", "Eva"]
    assert [len(one.detalles) for one in (first, second)] == [1, 1]
    assert not errors(first.problems + second.problems)


BETWEEN = {
    "nothing": b"", "utf-8 mark": b"\n\xef\xbb\xbf", "utf-8 mark in the line": b"\xef\xbb\xbf",
    "utf-8 mark twice encoded": b"\n\xc3\xaf\xc2\xbb\xc2\xbf", "end mark of DOS": b"\n\x1a",
    "end mark in the line": b"\x1a",
    "escape": b"\n\x1b", "start of text": b"\n\x02", "no-break space": b"\n\xc2\xa0",
    "no-break space of latin-1": b"\n\xa0",
    "zero width space": b"\n\xe2\x80\x8b", "form feed": b"\x0c", "blank after the separator": b" ", "dot": b"\n.",
    "dash": b"\n-", "quote": b'\n"', "tab": b"\n\t", "line": b"\n\n",
}  # fmt: skip


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
def test_two_files_in_one_are_two_documents(between: bytes) -> None:
    separate(ANA.rstrip(b"\n") + between + EVA)


@pytest.mark.parametrize("between", [b"\xff\xfe", b""])
def test_two_files_of_utf_16_in_one(between: bytes) -> None:
    ana, eva = (file.decode().rstrip("\n").encode("utf-16-le") for file in (ANA, EVA))
    separate(b"\xff\xfe" + ana + between + eva)


@pytest.mark.parametrize("mark", [
    b'"->Encabezado<-"', b"-->Encabezado<--", b".->Encabezado<-", b"->Encabezado<-;;;;;;", b'"->Encabezado<-";"";""',
    b"'->Encabezado<-'", b"-> \xc2\xa0Encabezado <-", b"=->encabezado<-=",
])  # fmt: skip
def test_a_whole_mark_may_have_trimmings(mark: bytes) -> None:
    data = ANA + EVA.replace(b"->Encabezado<-", mark)
    separate(data)
    assert ("TXT-071" in codes(both(data)[1])) is not mark.startswith(b"-> ")


@pytest.mark.parametrize("mark", [b">Encabezado<", b"->Encabezado<", b"->Encabezado-", b"Encabezado<-",
b">Encabezado<;;;",
                                  b"\xef\xbb\xbf->Encabezado-", b'"->Encabezado"', b"\x1a->Encabezado<"])  # fmt: skip
def test_a_shortened_mark_refuses_and_what_follows_is_nobodys(mark: bytes) -> None:
    (document,) = both(ANA + EVA.replace(b"->Encabezado<-", mark))
    assert [problem.code for problem in errors(document.problems)] == [
        "TXT-072" if mark == b"Encabezado<-" else "TXT-042"
    ] or codes(document) == ["TXT-042"]
    assert len(document.detalles) == 1


def test_what_is_written_otherwise_is_told_once_for_each_document() -> None:
    first, second = both((ANA + EVA).replace(b"<-\n", b"<-;;;;\n"))
    assert (codes(first), codes(second)) == (["TXT-071"], ["TXT-071"])
    assert "«->Encabezado<-;;;;»" in second.problems[0].message
    assert second.place.line == 7


def test_a_mark_behind_a_row_is_told_with_its_line() -> None:
    data = ANA.rstrip(b"\n") + EVA
    _, second = both(data)
    assert codes(second) == ["TXT-071"]
    assert second.place.line == 6
    assert "«Gracias;;;->Encabezado<-»" in second.problems[0].message


def test_a_section_may_begin_behind_a_row() -> None:
    document = one(factura(Detalle=f"{LINE}->Referencia<-\n1;801;7;2026-03-01;0;;"))
    assert [row.text("FolioRef") for row in document.root.all("Referencia")] == ["7"]
    assert codes(document) == ["TXT-071"]


@pytest.mark.parametrize("text", ["Ver ->Detalle<- de la guía", "Firma >Totales< abajo", "Ver ->Detalle<-",
                                  "Gracias;->Encabezado-;", "Gracias;-> Boleta"])  # fmt: skip
def test_a_mark_that_may_be_text_refuses_and_names_both(text: str) -> None:
    (document,) = both(factura(Observacion=text))
    assert codes(document) == ["TXT-070"]
    assert document.problems[0].place.line == 8
    assert "puede ser un texto" in document.problems[0].message


@pytest.mark.parametrize("text", [
    "Encabezado", "-> Norte", "Retiro ->ver reverso<- firmado", "a < b; c > d",
    "Totales: 3",
    "->", "Pago <- contado", "-> Totales por mes;",
])  # fmt: skip
def test_a_text_with_arrows_is_text(text: str) -> None:
    (document,) = both(factura(Observacion=text))
    assert codes(document) == []
    assert document.beside.observaciones == [part.strip() for part in text.split(";") if part]


def test_a_name_between_tags_of_html_is_text() -> None:
    (document,) = both(factura(Observacion="<b>Detalle</b> en bodega"))
    assert codes(document) == ["TXT-089"]
    assert document.beside.observaciones == ["Detalle en bodega"]


def test_words_between_arrows_that_name_no_section_are_text_among_free_text() -> None:
    (document,) = both(factura(Observacion="Uno\n->ver reverso<-\nDos"))
    assert codes(document) == ["TXT-077"]
    assert document.beside.observaciones == ["Uno", "->ver reverso<-", "Dos"]
    assert codes(one(factura(Observacion="Uno\n->Bodegaje<-\nDos"))) == ["TXT-011"]
    assert codes(one(factura(Observacion="Uno\n->Detale Compra<-\nDos"))) == ["TXT-010"]
    assert codes(one(factura(Referencia="->ver reverso<-\n1;2"))) == ["TXT-011"]


@pytest.mark.parametrize("row", [
    header(33), header(61).replace("22222222-2", "22.222.222-2"), "039" + boleta().decode().split("\n")[1][2:],
    "39;0;2026-03-02;3;0;;;;;;Ana;;;;;;", "Encabezado;" + HEADER,
    '"33";"0";"2026-03-02";"0";"0";"22222222-2";"A";"B";"C"',
    HEADER.replace("2026-03-02", "02/03/2026"),
])  # fmt: skip
def test_a_row_of_a_header_among_free_text_refuses(row: str) -> None:
    (document,) = both(factura(Observacion=f"Gracias\n{row}\n->Detalle<-\n{LINE}"))
    assert codes(document) == ["TXT-072"]
    assert document.problems[0].place.line == 9
    assert len(document.detalles) == 1


@pytest.mark.parametrize("row", ["OC 33; 120; 2026-03-02; retira 22222222-2", "33;120;2026-03-02;;;;;;;;",
                                 "1;2;3;4;5;6;7;8;9;10;"])  # fmt: skip
def test_a_list_among_free_text_is_text(row: str) -> None:
    assert codes(one(factura(Observacion=row))) == []


def test_lines_that_nobody_sees_are_none() -> None:
    data = factura(Detalle=f"{LINE}\n\x1a\n\ufeff\n\u00a0").replace(b"->Encabezado",
        b"\xef\xbb\xbf\xef\xbb\xbf->Encabezado")
    assert codes(one(data + b"\x1a\n")) == ["TXT-071"]
    assert len(one(data).detalles) == 1


def test_marks_say_where_they_stand() -> None:
    data = b"Gracias;->Detalle<- 1;2\n>Totales<\nver ->Boleta<- x"
    assert [(one.kind, one.start, one.end, one.name) for one in marks(data)] == [
        (Kind.OPENS, 8, 19, "Detalle"), (Kind.HALF, 24, 33, "Totales"), (Kind.INSIDE, 34, 50, "Boleta"),
    ]  # fmt: skip


def test_documents_are_parts_of_the_file() -> None:
    data = b"x\n" + ANA.rstrip(b"\n") + EVA
    pieces = list(documents(data))
    assert [data[one.begin : one.end] for one in pieces] == [b"x\n" + ANA.rstrip(b"\n"), EVA]
    assert [one.line for one in pieces] == [1, 7]
    assert [[mark.name for mark in one.marks] for one in pieces] == [["Encabezado", "Detalle", "Observacion"]] * 2


@pytest.mark.parametrize("odd", [b" " * 300_000, b"- " * 150_000, b"\xc2\xa0" * 150_000, b";" * 300_000,
b"->" * 150_000,
                                 b"\"" * 300_000, b"<" * 100_000])  # fmt: skip
def test_long_lines_take_no_long_time(odd: bytes) -> None:
    start = time.process_time()
    list(marks(b"a" + odd + b"<-\n" + odd + b">b" + odd))
    assert time.process_time() - start < 5


def test_a_file_of_one_line_is_quoted_in_parts() -> None:
    file = b"\x1b".join(factura().replace(b"\n", b"\x1b") for _ in range(300))
    for document in parse(file, "1"):
        assert all(len(each.value) <= 400 for each in document.problems)
