"""Words with which programs say that they have nothing: read as nothing, refused as a name, and what only looks so."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources

import pytest

from dteplanows.document.catalogue import RULES
from dteplanows.document.problem import Problem, Severity
from dteplanows.parser.values.nothing import MAIL_PLACEHOLDERS, WORDS, is_empty_date
from tests.parser.parser_support import HEADER, LINE, boleta, codes, factura, one, txt, xml

SPOKEN = ["null", "NULL", "Null", "undefined", "None", "false", "NaN", "\\N", "NA", "(null)", "<null>", "nil", "#N/D"]
PEOPLE_WRITE = ["N/A", "S/N", "-", ".", "Na", "none", "nulo", "Falso", "Nil", "Nullmann", "null 5", "Sin giro", "NN"]


def told(problems: list[Problem], code: str) -> list[tuple[str, str]]:
    """Field and value of each problem *code*."""
    return [(one.place.field, one.value) for one in problems if one.code == code]


def test_the_table_says_where_each_word_comes_from() -> None:
    text = resources.files("dteplanows.parser.values").joinpath("nothing.tsv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert all(row["stack"] and row["case"] in ("any", "exact") for row in rows)
    assert {row["where"] for row in rows} == {"field", "mail", "date"}
    assert {"null", "undefined", "no tiene"} <= MAIL_PLACEHOLDERS


@pytest.mark.parametrize("word", SPOKEN)
def test_a_word_for_nothing_is_no_value_of_a_txt(word: str) -> None:
    head = HEADER.replace("Vidriería;Los Pinos 12", f"{word};{word}")
    row = LINE.replace("V-10", word).replace("INT1;UN;;", f"{word};{word};{word};")
    document = one(factura(Encabezado=head, Detalle=row))
    assert document.receptor.text("GiroRecep") == document.receptor.text("DirRecep") == ""
    line = document.detalles[0]
    assert "UnmdItem" not in line.fields and "DscItem" not in line.fields and "CdgItem" not in line.groups
    assert line.value("NmbItem") == "Vidrio templado"
    avisos = told(document.problems, "TXT-085")
    assert avisos == [(name, word) for name in
                      ("GiroCliente", "DirCliente", "Codigo", "TipoCodigo", "UniMedida", "DescLarga")]  # fmt: skip
    assert all(each.severity is Severity.AVISO and word in each.message for each in document.problems)


@pytest.mark.parametrize("word", PEOPLE_WRITE)
def test_what_people_write_stays(word: str) -> None:
    document = one(factura(Encabezado=HEADER.replace("Vidriería", word)))
    assert document.receptor.text("GiroRecep") == word
    assert word not in WORDS
    assert document.problems == []


@pytest.mark.parametrize("word", SPOKEN)
def test_a_word_for_nothing_is_no_value_of_an_xml(word: str) -> None:
    written = word.replace("<", "&lt;")
    document = one(xml(
        f"<Detalle><NmbItem>Vidrio</NmbItem><QtyItem>{written}</QtyItem><DescuentoPct>{written}</DescuentoPct>"
        f"<IndExe>{written}</IndExe><MontoItem>10000</MontoItem></Detalle>",
        id_doc=f"<FchVenc>{written}</FchVenc>", receptor=f"<CiudadRecep>{written}</CiudadRecep>"
        f"<CorreoRecep>{written}</CorreoRecep>",
    ), "2")  # fmt: skip
    line = document.detalles[0]
    assert set(line.fields) == {"NroLinDet", "NmbItem", "MontoItem"}
    assert "FchVenc" not in document.id_doc.fields and "CiudadRecep" not in document.receptor.fields
    names = [name for name, _ in told(document.problems, "TXT-085")]
    assert names == ["FchVenc", "CiudadRecep", "CorreoRecep", "QtyItem", "DescuentoPct", "IndExe"]
    assert not any(each.refuses for each in document.problems)


def test_optional_groups_and_unknown_elements_may_say_nothing() -> None:
    line = "<Detalle><NmbItem>V</NmbItem><MontoItem>1</MontoItem><Foo>null</Foo></Detalle>"
    document = one(xml(f"{line}<Referencia>null</Referencia>"), "2")
    assert codes(document) == ["TXT-085", "TXT-085", "TXT-041"]
    assert document.root.all("Referencia") == []
    assert "TXT-058" in codes(one(xml("<Detalle><NmbItem>V</NmbItem></Detalle><Referencia>nulo</Referencia>"), "2"))


@pytest.mark.parametrize("word", ["NAN", "NA", "null", "None", "\\N"])
def test_the_name_of_a_product_or_client_is_refused_with_the_word(word: str) -> None:
    (wrong,) = one(factura(Detalle=LINE.replace("Vidrio templado", word))).problems
    assert (wrong.code, wrong.severity, wrong.value, wrong.place.field) == (
        "TXT-087", Severity.ERROR, word, "Descripcion")  # fmt: skip
    assert word in wrong.message
    client = one(xml("<Detalle><NmbItem>V</NmbItem></Detalle>", receptor=f"<RznSocRecep>{word}</RznSocRecep>"), "2")
    assert told(client.problems, "TXT-087") == [("RznSocRecep", word)]
    assert told(one(boleta(Boleta=f"39;0;2026-03-02;3;0;;;;66666666-6;;{word};;;;;;")).problems, "TXT-087")


def test_a_name_with_such_a_word_in_it_stays() -> None:
    assert one(factura(Detalle=LINE.replace("Vidrio templado", "NAN 2 Supreme 800 g"))).problems == []


def test_many_of_the_same_are_told_once() -> None:
    rows = "\n".join(f"{n};V;Vidrio;1;10;0;0;0;0;0;10;INT1;null;;" for n in range(1, 301))
    document = one(factura(Detalle=rows))
    (aviso,) = document.problems
    assert (aviso.code, aviso.place.line, aviso.severity) == ("TXT-086", 6, Severity.AVISO)
    assert "300" in aviso.message and "null" in aviso.message
    three = one(factura(Detalle="\n".join(rows.splitlines()[:3])))
    assert codes(three) == ["TXT-085"] * 3


def test_columns_without_an_element_say_nothing_too() -> None:
    document = one(factura(Totales="null;null;null;null;10000;null;19;1900;11900;null;null;",
                           Adicionales="5;undefined;\n6;Bodega 2;", Observacion="null;Retira Juan"))  # fmt: skip
    assert document.beside.adicionales == {"A6": "Bodega 2"}
    assert document.beside.observaciones == ["Retira Juan"]
    assert not any(each.refuses for each in document.problems)


def test_an_xml_keeps_nothing_beside_the_document() -> None:
    inside = ("<Detalle/><Adicional><A1>null</A1><A2>Ruta 5</A2></Adicional>"
              "<Observaciones>null\nHola</Observaciones>")  # fmt: skip
    document = one(xml(inside), "2")
    assert document.beside.adicionales == {"A2": "Ruta 5"}
    assert document.beside.observaciones == ["Hola"]


# --- dates ---

EMPTY = [
    "0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00-04:42", "01/01/0001 0:00:00", "1/1/0001 12:00:00 a. m.",
    "1899-12-30", "30-12-1899", "12/30/1899", "1899-12-30 00:00:00.000", "1899-12-31", "1900-01-01", "1753-01-01",
    "1970-01-01", "1969-12-31", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00000000", "000000", "0", "/  /",
    "/ /", "-  -", "00010101", "18991230",
]  # fmt: skip
REAL = ["2026-11-28", "1999-12-31", "1899-12-29", "1980-01-06", "0001-01-02", "20260101", "31/12/2026", "1-1-1", "Z",
        ""]  # fmt: skip


@pytest.mark.parametrize("text", EMPTY)
def test_dates_of_stacks_without_a_date(text: str) -> None:
    assert is_empty_date(text)
    document = one(xml("<Detalle><NmbItem>V</NmbItem></Detalle>", id_doc=f"<FchVenc>{text}</FchVenc>"), "2")
    assert "FchVenc" not in document.id_doc.fields
    assert told(document.problems, "TXT-085") == [("FchVenc", text)]


@pytest.mark.parametrize("text", REAL)
def test_other_dates_are_judged_as_dates(text: str) -> None:
    assert not is_empty_date(text)


@pytest.mark.parametrize("text", ["0001-01-01", "null", "00000000", "1900-01-01"])
def test_a_date_that_must_stand_is_refused_as_empty(text: str) -> None:
    head = HEADER.replace("2026-03-02", text)
    (wrong,) = one(factura(Encabezado=head)).problems
    assert (wrong.code, wrong.severity, wrong.value, wrong.place.field) == (
        "TXT-088", Severity.ERROR, text, "FechaEmision")  # fmt: skip
    reference = one(factura(Referencia=f"1;801;77;{text};0;;"))
    assert told(reference.problems, "TXT-088") == [("FechaRef", text)]


def test_a_reference_of_nothing_but_an_empty_date_goes() -> None:
    document = one(factura(Referencia="1;;0;0001-01-01;0;;"))
    assert document.root.all("Referencia") == []
    assert codes(document) == ["TXT-085"]


def test_purchases_say_nothing_too() -> None:
    head = "33;48211;2026-01-05;0;0;33333333-3;Distribuidora Aconcagua Limitada;null;Camino 8;Los Andes;Los Andes;;"
    rest = {"TotalesCompra": "0;0;0;0;2000;0;19;380;2380;0;0;", "DetalleCompra":
            "1;AAA;Bebida;1;2000;0;0;0;0;0;2000;0;INT1;UN;None;"}  # fmt: skip
    document = one(txt({"EncabezadoCompra": head} | rest))
    assert document.received and codes(document) == ["TXT-085", "TXT-085"]
    named = one(txt({"EncabezadoCompra": head.replace("Distribuidora Aconcagua Limitada", "NA")} | rest))
    assert "TXT-087" in codes(named)
    assert date(2026, 1, 5) == document.id_doc.day("FchEmis")


def test_every_text_of_these_codes_shows_the_value() -> None:
    assert all("{value}" in RULES[code].message for code in ("TXT-085", "TXT-086", "TXT-087", "TXT-088"))
