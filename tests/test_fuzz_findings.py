"""What the fuzzer found once: files that raised, took long, or were answered with too much or too little."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dteplanows import parser, validator
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser.report import PROBLEMS_SHOWN
from dteplanows.parser.txt.reader import MOST_ROWS
from dteplanows.validator import MOST_PROBLEMS
from tests.parser.parser_support import HEADER, LINE, TOTALS, boleta, codes, factura, xml
from tests.validator.judging import COMPANY

TODAY = date(2026, 3, 2)
LONGEST_TEXT = 2000
"""Characters: an aviso quotes up to 1000 of what the file said."""
GOOD_LINE = "<Detalle><NmbItem>Vidrio</NmbItem><QtyItem>2</QtyItem><PrcItem>5000</PrcItem></Detalle>"
GOOD_RECEPTOR = "<RznSocRecep>R</RznSocRecep><GiroRecep>G</GiroRecep><DirRecep>D</DirRecep><CmnaRecep>C</CmnaRecep>"


def judged(data: bytes, formato: str = "1") -> list[Document]:
    """The documents of *data*, judged."""
    documents = parser.parse(data, formato)
    for document in documents:
        validator.judge(document, COMPANY, TODAY, True)
    return documents


def judged_xml(inside: str, tipo: int = 33, header: str = "") -> Document:
    """A good DTE of *tipo* with *inside* behind its line and *header* at the end of Encabezado."""
    end = b"</Encabezado>"
    data = xml(GOOD_LINE + inside, tipo, receptor=GOOD_RECEPTOR).replace(end, header.encode() + end)
    if tipo == 34:
        data = re.sub(rb"<Totales>.*</Totales>", b"<Totales><MntTotal>10000</MntTotal></Totales>", data)
    (document,) = judged(data, "2")
    return document


@pytest.mark.parametrize("number", ["1" + ",111" * 40, "1" + ",111" * 2000, "1,111." + "1" * 90])
@pytest.mark.parametrize("column", ["2", "5000", "10000"])
def test_numbers_with_endless_thousands_are_none(number: str, column: str) -> None:
    (document,) = judged(factura(Detalle=LINE.replace(f";{column};", f";{number};")))
    assert "TXT-020" in codes(document)


def test_endless_percentages_are_none() -> None:
    (document,) = judged(factura(DescRec=f"1;D;x;%;1{',111' * 40};0;"))
    assert "TXT-020" in codes(document)


@pytest.mark.parametrize("mark", ["->Enca\x1bbezado<-", "->Otra\x07<-", "->Deta\x1blle", "->Encabezado\x01Compra<-"])
def test_the_name_of_a_section_is_shown_printable(mark: str) -> None:
    texts = [one.text() for document in judged(factura() + f"{mark}\n1;2;\n".encode()) for one in document.problems]
    assert texts
    assert all(text.isprintable() for text in texts)


def test_the_name_of_a_section_is_shown_short() -> None:
    for document in judged(factura() + b"->" + b"x" * 5000 + b"<-\n" + b"->" + b"y" * 5000 + b"\n"):
        assert [one.code for one in document.problems if len(one.text()) > 800] == []


def test_a_text_that_was_changed_is_shown_printable() -> None:
    (document,) = judged(factura(Detalle=LINE.replace("Vidrio templado", "Vidrio\t“x”")))
    assert [one.text().isprintable() for one in document.problems if one.code == "TXT-028"] == [True]


def test_a_long_element_name_is_shown_short() -> None:
    name = "a" * 20_000
    (nothing,) = judged(f"<{name}/>".encode(), "2")
    document = judged_xml(f"<{name}>1</{name}>")
    assert codes(nothing) == ["TXT-054"]
    assert "TXT-056" in codes(document)
    assert all(len(one.text()) < LONGEST_TEXT for one in (*nothing.problems, *document.problems))


def test_another_currency_needs_its_name_where_the_form_says_it_does_not_apply() -> None:
    amounts = "<MntTotOtrMnda>11.5</MntTotOtrMnda></OtraMoneda>"
    named = judged_xml("", header=f"<OtraMoneda><TpoMoneda>EURO</TpoMoneda>{amounts}")
    unnamed = judged_xml("", header=f"<OtraMoneda>{amounts}")
    assert not errors(named.problems)
    assert "<TpoMoneda>EURO</TpoMoneda>" in named.draft
    assert [(one.code, one.place.field) for one in errors(unnamed.problems)] == [("DOC-002", "TpoMoneda")]


def test_a_group_whose_elements_do_not_apply_is_left_out() -> None:
    place = "<GeoRefEmision><LatitudEmision>1</LatitudEmision><LongitudEmision>1</LongitudEmision></GeoRefEmision>"
    document = judged_xml(place, tipo=34)
    assert not errors(document.problems)
    assert "DOC-007" in codes(document)
    assert "GeoRef" not in document.draft


def test_commissions_are_not_left_out_silently() -> None:
    """They change the total, so a document without them would be another."""
    amounts = "<ValComNeto>100</ValComNeto><ValComExe>0</ValComExe>"
    commission = f"<Comisiones><NroLinCom>1</NroLinCom><TipoMovim>C</TipoMovim><Glosa>x</Glosa>{amounts}</Comisiones>"
    document = judged_xml(commission)
    assert "DOC-008" in codes(document)
    assert errors(document.problems)


@pytest.mark.parametrize("name", ["TipoDTE", "Folio"])
def test_two_types_or_folios_are_refused_by_name(name: str) -> None:
    data = xml(GOOD_LINE, id_doc=f"<{name}>33</{name}>", receptor=GOOD_RECEPTOR)
    (document,) = judged(data, "2")
    assert [(one.code, one.place.field) for one in errors(document.problems)] == [("DOC-006", name)]


@pytest.mark.parametrize("marks", [2, 3, 9])
def test_a_document_type_does_not_hide_behind_byte_order_marks(marks: int) -> None:
    external = b'<!DOCTYPE DTE [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    start = b"\xef\xbb\xbf" * marks + b'<?xml version="1.0"?>' + external
    data = start + xml("<Detalle><NmbItem>&x;</NmbItem></Detalle>")
    (document,) = judged(data, "2")
    assert codes(document) == ["TXT-052"]


def test_more_byte_order_marks_than_one_do_no_harm() -> None:
    (document,) = judged(b"\xef\xbb\xbf" * 3 + b'<?xml version="1.0"?>' + xml(GOOD_LINE, receptor=GOOD_RECEPTOR), "2")
    assert not errors(document.problems)


def test_a_long_tax_code_is_shown_short() -> None:
    code = "&amp;" * 3000
    line = GOOD_LINE.replace("<QtyItem>", f"<CodImpAdic>{code}</CodImpAdic><QtyItem>")
    data = xml(line, receptor=GOOD_RECEPTOR)
    tax = f"<ImptoReten><TipoImp>{'x' * 9000}</TipoImp><MontoImp>5</MontoImp></ImptoReten></Totales>"
    (document,) = judged(data.replace(b"</Totales>", tax.encode()), "2")
    assert {"TOT-022", "TOT-023"} <= set(codes(document))
    assert all(len(one.text()) < LONGEST_TEXT for one in document.problems)


def test_a_negative_amount_has_no_more_digits_than_a_positive_one() -> None:
    for amount in ("9" * 19, "-" + "9" * 19):
        (document,) = judged(boleta(BoletaTotales=f"0;0;0;11900;0;0;0;{amount};"))
        assert [(one.code, one.place.field) for one in errors(document.problems)] == [("DOC-024", "ValorAPagar")]


def test_an_empty_group_beside_a_full_one_is_nothing() -> None:
    data = xml(GOOD_LINE, receptor=GOOD_RECEPTOR).replace(b"</IdDoc>", b"</IdDoc><IdDoc/><IdDoc><Folio/></IdDoc>")
    (document,) = judged(data, "2")
    assert not errors(document.problems)
    assert document.draft.count("<IdDoc>") == 1


def test_a_repeated_reference_is_shown_printable() -> None:
    reference = "1;Ag\tBd;12;2026-03-01;3;x;\n"
    (document,) = judged(factura(Encabezado=HEADER.replace("33", "61", 1), Referencia=reference * 2))
    assert [one.text().isprintable() for one in document.problems if one.code == "REF-006"] == [True]


# --- much of one thing ---------------------------------------------------------------------------------------------


def test_a_document_tells_no_more_problems_than_anybody_reads() -> None:
    lines = "".join(f"{n};A;;x;1;0;0;0;0;0;1;INT1;CAJAS;;\n" for n in range(1, 1500))
    for data, formato in ((factura(Detalle=lines), "1"), (xml("x<Detalle/>" * 20_000), "2")):
        (document,) = judged(data, formato)
        assert len(document.problems) == MOST_PROBLEMS + 1
        assert document.problems[-1].code in ("TXT-006", "TXT-044")
        assert errors(document.problems)


def test_many_avisos_do_not_refuse_a_document() -> None:
    lines = "\n".join(f"{n};;Cosa;0;1;100;0;;INT1;UN;;" for n in range(1, 301))
    (document,) = judged(boleta(BoletaDetalle=lines, BoletaTotales="0;0;0;30000;0;0;0;0;"))
    assert not errors(document.problems)
    assert document.draft
    assert document.problems[-1].code == "TXT-044"


def test_rows_beyond_the_one_of_a_section_are_not_told_for_ever() -> None:
    (document,) = judged(factura() + b"->Totales<-\n" + (TOTALS.encode() + b"\n") * 5000)
    assert codes(document).count("TXT-016") == PROBLEMS_SHOWN
    assert codes(document).count("TXT-006") == 1


def test_observations_have_an_end() -> None:
    (short,) = judged(factura(Observacion="a;b;c\n" * (MOST_ROWS // 3)))
    (long,) = judged(factura(Observacion="a;b;c\n" * MOST_ROWS))
    assert "TXT-045" not in codes(short)
    assert codes(long).count("TXT-045") == 1
    assert len(long.beside.observaciones) < MOST_ROWS + 10


def test_a_row_of_thousands_of_columns_has_one_charset() -> None:
    row = LINE.replace("Vidrio", "Señor").encode("latin-1")
    (document,) = judged(factura(Detalle="").rstrip() + b"\n" + row + b";" * 5000 + b"\xf1\n")
    assert document.detalles[0].text("NmbItem") == "Señor templado"
    assert "TXT-015" in codes(document)


@pytest.mark.parametrize("formato", ["1", "2"])
def test_reading_ends_after_too_many_documents(formato: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MOST_DOCUMENTS", 3)
    one = f"->Encabezado<-\n{HEADER}\n".encode() if formato == "1" else xml(GOOD_LINE)
    assert len(parser.parse(b"<a>" * (formato == "2") + one * 3 + b"</a>" * (formato == "2"), formato)) == 3
    (refused,) = parser.parse(b"<a>" * (formato == "2") + one * 900 + b"</a>" * (formato == "2"), formato)
    assert codes(refused) == ["TXT-046"]


@pytest.mark.parametrize("column", [";2;", ";5000;", ";10000;"])
def test_a_factor_that_cannot_be_read_silences_its_own_line_alone(column: str) -> None:
    spoiled = LINE.replace(column, ";doce;", 1)
    wrong = LINE.replace("1;", "2;", 1).replace(";10000;", ";9000;")
    (document,) = judged(factura(Detalle=f"{spoiled}\n{wrong}"))
    places = [(one.code, one.place.line) for one in errors(document.problems) if one.code != "TOT-010"]
    assert places == [("TXT-020", 6), ("TOT-001", 7)]


def test_a_line_that_is_too_long_may_be_any_of_its_text() -> None:
    first, middle, last = ("a\n" * number + "&" * 900 + "\na" * (2 - number) for number in range(3))
    for text in (first, middle, last):
        line = GOOD_LINE.replace("<QtyItem>", f"<DscItem>{text.replace('&', '&amp;')}</DscItem><QtyItem>")
        (document,) = judged(xml(line, receptor=GOOD_RECEPTOR), "2")
        (told,) = (one for one in document.problems if one.code == "DOC-026")
        assert told.message.startswith("DscItem ocupa")


def test_a_long_type_of_reference_is_told_shortened() -> None:
    good = "1;33;7;2026-03-01;1;Anula;"
    (document,) = judged(factura(Encabezado=HEADER.replace("33", "61", 1), Referencia=f"{good}\n2;{'x' * 5000};7;;1;;"))
    assert "REF-030" in codes(document)
    assert max(len(one.text()) for one in document.problems) < 800


def test_the_same_limit_is_not_told_beside_another_error_of_the_value() -> None:
    (document,) = judged(factura(Detalle=LINE.replace(";UN;", ";CAJÓN中;")))
    assert [one.code for one in errors(document.problems) if one.place.field == "UniMedida"] == ["TXT-027"]
