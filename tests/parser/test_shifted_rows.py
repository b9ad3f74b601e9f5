"""Rows moved by a separator in a text or by a lost column: one reason that says so; sound rows of all programs pass."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Problem, errors
from dteplanows.parser.values.comunas import is_comuna
from tests.parser.parser_support import (
    BOLETA,
    BOLETA_LINE,
    HEADER,
    LINE,
    TOTALS,
    boleta,
    codes,
    factura,
    header,
    one,
    txt,
)

MAIL = header(correo="a@b.cl")
LONG = HEADER + "30 días;Eva;11111111-1;Luis;Norte;5551234;"


def only(data: bytes) -> Problem:
    """The only problem of the only document of *data*."""
    (problem,) = one(data).problems
    assert one(data).tipo in (33, 39, 61)
    return problem


# --- headers ---


@pytest.mark.parametrize(("text", "changed"), [
    ("Vidrios del Maipo Ltda", "Vidrios del Maipo; Ltda"), ("Vidriería", "Vidriería;Marcos"),
    ("Los Pinos 12", "Los Pinos 12; casa 3"), ("Los Pinos 12", "Los Pinos;12"), (";Buin;Buin", ";Bu;in;Buin"),
    (";Buin;Buin", ";Buin;Bu;in"), ("Vidriería", "Vidrios; marcos; espejos"),
])  # fmt: skip
@pytest.mark.parametrize("row", [HEADER, MAIL, LONG], ids=["without address", "with address", "18 columns"])
def test_a_separator_in_a_text_of_the_header(row: str, text: str, changed: str) -> None:
    document = one(factura(Encabezado=row.replace(text, changed)))
    (problem,) = document.problems
    assert problem.code == "TXT-075"
    assert "punto y coma" in problem.message
    assert (problem.place.line, problem.place.section) == (2, "Encabezado")
    assert "RznSocRecep" not in document.receptor.fields
    assert "RznSocRecep" in document.unread


def test_the_text_is_named_where_it_shows() -> None:
    problem = only(factura(Encabezado=MAIL.replace("Los Pinos 12", "Los Pinos 12; casa 3")))
    assert "«Los Pinos 12; casa 3»" in problem.message
    assert problem.place.field == "DirCliente"
    problem = only(boleta(Boleta=BOLETA.replace("Cliente", "Perez; Soto y Cia")))
    assert problem.code == "TXT-075"
    assert "«Perez; Soto y Cia»" in problem.message
    assert "17 columnas" in problem.message


@pytest.mark.parametrize("row", [
    HEADER, MAIL, LONG, LONG.replace(";;30", ";a@b.cl;30"), HEADER[:-1], MAIL[:-1], LONG[:-1], HEADER + ";",
    MAIL + ";;",
    HEADER + "30 días;Eva;", MAIL + "30 días;", LONG.replace("Norte;5551234;", "Norte;"), LONG.replace("5551234", ""),
    HEADER.replace("Buin;Buin", "Región Metropolitana;Santiago"), HEADER.replace("Buin;Buin", "Chiloé;Ancud"),
    HEADER.replace("Los Pinos 12;Buin;Buin", "-;-;-"), HEADER.replace("Los Pinos 12;Buin;Buin", "-;;"),
    HEADER.replace("Buin;Buin", "BUIN;").replace("Los Pinos 12", "Calle Larga"), header(correo="SIN CORREO"),
    HEADER.replace("Buin;Buin", "Santiago;Santiago").replace("Los Pinos 12", "Santiago"), header(correo="www.buin.cl"),
    HEADER.replace("Buin;Buin", "Buin;Alto Jahuel").replace(";;", ";null;"), HEADER.replace("22222222-2",
    "22.222.222-2"),
])  # fmt: skip
def test_sound_headers_pass(row: str) -> None:
    assert set(codes(one(factura(Encabezado=row)))) <= {"TXT-030"}


@pytest.mark.parametrize("row", [
    BOLETA, BOLETA[:-1], BOLETA + ";", "39;0;2026-03-02;3;0;;;;66666666-6;0;Ana;Particular;Calle 8;Talca;Talca;;",
    "39;0;2026-03-02;3;0;;;;66666666-6;0;Ana;Particular;Calle 8;Talca;Talca;;;", "39;0;2026-03-02;3;0;;;;;;;;;;;;",
    "39;0;2026-03-02;3;0;;;;66666666-6;C1;Ana;Giro;Calle 8;Talca;;",
    "39;0;2026-03-02;3;0;;;;66666666-6;9;Ana;Cliente;-;-;-;a@b.cl;",
])  # fmt: skip
def test_sound_boletas_pass(row: str) -> None:
    assert codes(one(boleta(Boleta=row))) == []


@pytest.mark.parametrize("row", [
    BOLETA.replace("Cliente;", "Ana;Giro;"), BOLETA.replace("Cliente;;;;;;",
    "Ana;;Calle 8;Talca;Talca;a@b.cl;").replace(";;Ana", ";Ana"),
])  # fmt: skip
def test_a_boleta_of_too_many_or_few_columns_is_not_guessed(row: str) -> None:
    assert codes(one(boleta(Boleta=row))) in (["TXT-075"], ["TXT-014"])


@pytest.mark.parametrize(("row", "value", "column"), [
    (MAIL.replace("Vidriería;", "") + "30 días;Eva;", "«a@b.cl»", "CiuCliente"),
    (MAIL.replace("Buin;Buin;", "Buin;") + "30 días;", "«a@b.cl»", "CiuCliente"),
    (HEADER.replace("0;0;22222222-2", "0;22222222-2") + "30 días;Eva;", "«22222222-2»", "IndTraslado"),
    (LONG.replace("30 días;Eva;", "Eva;"), "", ""),
    (LONG.replace("Luis;", ""), "", ""),
])  # fmt: skip
def test_a_lost_column_of_the_header(row: str, value: str, column: str) -> None:
    problem = only(factura(Encabezado=row))
    assert problem.code == "TXT-076"
    assert value in problem.message
    assert column in problem.place.text()
    assert "corridos" in problem.message


def test_columns_behind_the_address_move_too() -> None:
    long = LONG.replace("11111111-1;Luis;Norte;5551234;", ";;Norte;")
    assert codes(one(factura(Encabezado=long))) == []
    assert only(factura(Encabezado=long.replace("30 días", "30; días"))).code == "TXT-075"
    assert only(factura(Encabezado=LONG.replace("Eva", "Eva;Soto"))).code == "TXT-075"


def test_a_boleta_whose_rut_stands_elsewhere() -> None:
    assert codes(one(boleta(Boleta=BOLETA.replace("39;0;", "39;", 1)))) == ["TXT-014"]
    assert codes(one(boleta(Boleta=BOLETA.replace("39;0;", "39;", 1) + ";"))) == ["TXT-076"]


@pytest.mark.parametrize("reference", ["Nu&ntilde;ez", "Nu&#241;ez", "Nu&#xF1;ez", "Sal &amp; Mar"])
def test_the_separator_of_a_reference(reference: str) -> None:
    data = factura(Encabezado=HEADER.replace("Vidrios del Maipo Ltda", reference))
    problem = only(data)
    assert problem.code == "TXT-078"
    assert reference[reference.index("&") : reference.index(";") + 1] in problem.message
    assert problem.place.field == "RSCliente"


@pytest.mark.parametrize("name", ["Sal & Mar", "Ana&Eva Ltda", "R&D", "A&B", "Johnson&Johnson"])
def test_an_ampersand_is_none(name: str) -> None:
    assert codes(one(factura(Encabezado=HEADER.replace("Vidrios del Maipo Ltda", name)))) == []


def test_comunas_are_known_with_and_without_accents() -> None:
    assert all(map(is_comuna, ["Ñuñoa", "NUNOA", "viña del mar", "O'Higgins", "Aysén"]))
    assert not any(map(is_comuna, ["", "Talca 12", "Región de Los Ríos", "-"]))


# --- lines ---


@pytest.mark.parametrize(("line", "named"), [
    (LINE.replace("templado", "templado; 4 mm"), "«Vidrio templado; 4 mm»"),
    (LINE.replace("templado", "templado;4"), ""),
    (LINE.replace("V-10", "V;10"), ""),
    (LINE[:-1].replace("templado", "templado;4"), ""),
    (LINE.replace("templado", "templado;4").replace("10000", ""), ""),
])  # fmt: skip
def test_a_separator_in_a_text_of_a_line(line: str, named: str) -> None:
    problem = only(factura(Detalle=line))
    assert problem.code == "TXT-075"
    assert named in problem.message
    assert problem.place.line == 6


@pytest.mark.parametrize(("line", "code"), [
    (BOLETA_LINE.replace("Vidrio", "Vidrio; claro"), "TXT-075"), (BOLETA_LINE.replace("Vidrio", "Vidrio;5"), "TXT-075"),
    (BOLETA_LINE.replace("UN;;", "UN;largo; oscuro;"), "TXT-075"),
    # a description with a separator, or 13 columns without one: the discount that it would be is not in the value
    (BOLETA_LINE.replace("UN;;", "UN;largo;3;"), "TXT-076"),
])  # fmt: skip
def test_a_separator_in_a_text_of_a_boletas_line(line: str, code: str) -> None:
    assert codes(one(boleta(BoletaDetalle=line))) == [code]


@pytest.mark.parametrize("line", [
    LINE.replace(";0;0;0;0;0;", ";0;0;0;0;"), LINE.replace("V-10;", ""), LINE.replace("INT1;", ""),
    LINE.replace("Vidrio templado;", ""), LINE.replace(";2;", ";"), LINE.replace("UN;;", "Para ventanas;"),
])  # fmt: skip
def test_a_lost_column_of_a_line(line: str) -> None:
    assert only(factura(Detalle=line)).code == "TXT-076"


def test_a_lost_column_of_a_boletas_line() -> None:
    for lost in ("JAR;", "0;", "UN;"):
        line = "1;JAR;Vidrio;0;1;11900;0;11900;INT1;UN;Largo;0;0;".replace(lost, "", 1)
        assert codes(one(boleta(BoletaDetalle=line))) == ["TXT-076"], lost


@pytest.mark.parametrize("line", [
    LINE, LINE[:-1], LINE + ";;", LINE.replace("INT1;UN;;", ";;;"), LINE.replace("INT1", "1"), LINE.replace("V-10", ""),
    LINE.replace("INT1;UN;;", "Memb;UN;Largo"), LINE.replace("INT1;UN;;", " ;UN;"), LINE.replace(";10000;", ";;"),
    LINE.replace(";0;10000;", ";10000;0;"), LINE.replace("UN;;", "UNIDAD;;"), LINE.replace("templado", "3/4"),
    LINE.replace("5000", "5000.00"), LINE.replace("INT1", "3M"), LINE.replace("UN;;", "UN;Largo;;"),
])  # fmt: skip
def test_sound_lines_pass(line: str) -> None:
    assert set(codes(one(factura(Detalle=line)))) <= {"TXT-031", "TXT-100"}


@pytest.mark.parametrize("line", [
    BOLETA_LINE, BOLETA_LINE[:-1], BOLETA_LINE + "0;0", BOLETA_LINE + "50;5950;".replace("5950", "0"),
    BOLETA_LINE + "0.0;0;",
    "1;;Café;0;2.5;2000.00;0;5000;;;;0;0;", "1;A;Cosa;0;1;11900;0;11900;INT1;UN;;0;0",
    "1;1;Ficha;0;4;1000;0;3500;INT1;UN;;12.5;",
])  # fmt: skip
def test_sound_lines_of_boletas_pass(line: str) -> None:
    assert codes(one(boleta(BoletaDetalle=line))) == []


# --- other sections ---


@pytest.mark.parametrize(("section", "row", "code"), [
    ("Referencia", "1;801;7;2026-03-01;0;Orden; urgente;", "TXT-075"),
    ("Referencia", "1;801;OC;7;2026-03-01;0;Orden;", "TXT-075"),
    ("Referencia", "1;801;7;0;Orden;", "TXT-076"),
    ("DescRec", "1;D;Convenio; anual;%;5;0;", "TXT-075"),
    ("DescRec", "1;D;%;5;0;", "TXT-076"),
    ("Totales", "0;0;0;10000;0;19;1900;11900;1;0;", "TXT-076"),
])  # fmt: skip
def test_other_sections(section: str, row: str, code: str) -> None:
    problem = only(factura(**{section: row}))
    assert problem.code == code
    assert problem.place.section == section


@pytest.mark.parametrize(("section", "row"), [
    ("Referencia", "1;801;7;2026-03-01;0;Orden;"), ("Referencia", "1;801;7;2026-03-01;0;Orden;0;;"),
    ("Referencia", "1;801;7;;0;-;"), ("DescRec", "1;D;Convenio;%;5;0;"), ("Totales", TOTALS + ";;"),
    ("Totales", TOTALS + "0;0;"), ("Adicionales", "1;Sucursal 3;"), ("FormaPago", "1;;;;"),
])  # fmt: skip
def test_sound_rows_of_other_sections_pass(section: str, row: str) -> None:
    assert not errors(one(factura(**{section: row})).problems)


def test_a_wrong_value_is_no_shift() -> None:
    assert codes(one(factura(Detalle=LINE.replace(";2;", ";dos;")))) == ["TXT-020"]
    assert codes(one(factura(Referencia="1;801;7;ayer;0;Orden;"))) == ["TXT-023"]
    assert codes(one(factura(Detalle=LINE + "sobra;"))) == ["TXT-015"]


def test_a_line_in_another_currency_has_no_unit_and_is_read() -> None:
    good = one(factura(Detalle=LINE, DetalleMoneda="1;100;DOLAR USA;950;0;0;100;"))
    assert good.detalles[0].all("OtrMnda")[0].text("Moneda") == "DOLAR USA"
    assert "TXT-020" in codes(one(factura(Detalle=LINE, DetalleMoneda="1;a;DOLAR USA;c;0;0;100;")))


def test_a_separator_behind_the_last_column_is_told_at_one_that_there_is() -> None:
    row = "37;0;2026-11-24;3;2;2026-11-24;2026-11-24;2026-11-24;21307069-K;aBABA;Cg h;fB CaC;CBé ñadh;h;ahB BA;f"
    (told,) = [each for each in one(txt({"EncabezadoCompra": row})).problems if each.code == "TXT-075"]
    assert 1 <= told.place.position <= 12


@pytest.mark.parametrize("behind", [
    "Juan; SpA;Ventas;Calle 1;Reñaca;;", "Juan;Ventas; Arriendo;Calle 1;Reñaca;;",
    "Juan;Ventas;Calle 1; Of 2;Villa Sur;;",
])  # fmt: skip
def test_a_comuna_that_is_an_address_shows_the_separator_in_a_text(behind: str) -> None:
    row = f"33;0;2026-03-02;0;0;22222222-2;{behind}"
    assert "TXT-075" in codes(one(txt({"Encabezado": row, "Totales": TOTALS, "Detalle": LINE})))
    sound = "33;0;2026-03-02;0;0;22222222-2;Juan SpA;Ventas;Calle 1;Reñaca;Reñaca;;"
    assert "TXT-075" not in codes(one(txt({"Encabezado": sound, "Totales": TOTALS, "Detalle": LINE})))


@pytest.mark.parametrize("text", ['Codo "90; grueso"', "'Codo 90; grueso'", 'Cable "2; 4" rojo'])
def test_quotes_around_the_separator_are_named(text: str) -> None:
    problem = only(factura(Detalle=LINE.replace("Vidrio templado", text)))
    assert problem.code == "TXT-079"
    assert "comillas" in problem.message
    assert text in problem.message


@pytest.mark.parametrize("text", ['Cañería 1/2"; roja', "O'Higgins 12; D'Artagnan"])
def test_a_sign_of_inches_and_an_apostrophe_are_no_quotes(text: str) -> None:
    assert only(factura(Detalle=LINE.replace("Vidrio templado", text))).code == "TXT-075"


@pytest.mark.parametrize("mails", ["uno@example.com;dos@example.com", "uno@example.com; dos@example.com"])
@pytest.mark.parametrize("behind", ["912345678;;;;;;", ";;;;;;"])
def test_several_addresses_of_mail_in_a_header_of_all_columns_are_named(mails: str, behind: str) -> None:
    row = f"33;0;2026-03-02;0;0;22222222-2;Cliente Uno;Comercio;Calle 2;Talca;Talca;{mails};{behind}"
    told = only(factura(Encabezado=row))
    assert (told.code, told.place.field, told.value) == ("TXT-075", "Email", mails)
