"""The flat TXT: lexical variations, places, and every problem of the file and its sections."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

import pytest

from dteplanows.document.problem import Severity, errors
from dteplanows.parser import parse
from tests.parser.parser_support import BOLETA, HEADER, LINE, TOTALS, boleta, codes, factura, header, one, xml

FACTURA = factura()


def test_every_column_reaches_its_element() -> None:
    line = "1;V-10;Vidrio templado;2.5;4000.25;10;1000;5;450;0;9451;EAN;M2;Con borde pulido;"
    document = one(factura(
        Encabezado=header(33, "2", "3"), FormaPago="1;", Totales="0;0;0;0;9451;7;19;1796;11254;", Detalle=line,
        Referencia="1;801;OC-7;2026-03-01;0;Orden;", DescRec="1;D;Convenio;%;5;0;",
    ))  # fmt: skip
    assert document.tipo == 33
    assert document.folio == 0
    assert document.id_doc.value("FchEmis") == date(2026, 3, 2)
    assert document.id_doc.value("TipoDespacho") == 2
    assert document.id_doc.value("IndTraslado") == 3
    assert document.id_doc.value("FmaPago") == 1
    receptor = {name: document.receptor.text(name) for name in document.receptor.fields}
    assert receptor == {
        "RUTRecep": "22222222-2", "RznSocRecep": "Vidrios del Maipo Ltda", "GiroRecep": "Vidriería",
        "DirRecep": "Los Pinos 12", "CmnaRecep": "Buin", "CiudadRecep": "Buin",
    }  # fmt: skip
    totales = {name: document.totales.value(name) for name in document.totales.fields}
    assert totales == {"MntNeto": 9451, "MntExe": 7, "TasaIVA": Decimal(19), "IVA": 1796, "MntTotal": 11254}
    (detalle,) = document.detalles
    assert {name: detalle.value(name) for name in detalle.fields} == {
        "NroLinDet": 1, "NmbItem": "Vidrio templado", "QtyItem": Decimal("2.5"), "PrcItem": Decimal("4000.25"),
        "DescuentoPct": Decimal(10), "DescuentoMonto": 1000, "RecargoPct": Decimal(5), "RecargoMonto": 450,
        "MontoItem": 9451, "UnmdItem": "M2", "DscItem": "Con borde pulido",
    }  # fmt: skip
    assert detalle.group("CdgItem").text("TpoCodigo") == "EAN"
    assert detalle.group("CdgItem").text("VlrCodigo") == "V-10"
    (reference,) = document.root.all("Referencia")
    assert [reference.text(name) for name in ("NroLinRef", "TpoDocRef", "FolioRef", "FchRef", "RazonRef")] == [
        "1", "801", "OC-7", "2026-03-01", "Orden",
    ]  # fmt: skip
    (discount,) = document.root.all("DscRcgGlobal")
    assert [discount.text(name) for name in ("TpoMov", "GlosaDR", "TpoValor", "ValorDR")] == ["D", "Convenio", "%", "5"]
    assert not document.problems


def test_every_column_of_a_boleta_reaches_its_element() -> None:
    document = one(boleta(
        Boleta="39;77;2026-03-02;2;2;2026-02-01;2026-02-28;2026-03-20;"
        "11111111-1;C-9;Ana;Hogar;Calle 1;Buin;Paine;a@b.cl;",
        BoletaSucursal="Centro;", BoletaTotales="100;20;19;139;5;144;6;150;",
        BoletaDetalle="1;V;Vidrio;1;2;10;20;20;;UN;Largo;50;20;", BoletaReferencia="1;CAJA-3;Turno;",
    ))  # fmt: skip
    id_doc = {name: document.id_doc.text(name) for name in document.id_doc.fields}
    assert id_doc == {
        "TipoDTE": "39", "Folio": "77", "FchEmis": "2026-03-02", "IndServicio": "2", "IndMntNeto": "2",
        "PeriodoDesde": "2026-02-01", "PeriodoHasta": "2026-02-28", "FchVenc": "2026-03-20",
    }  # fmt: skip
    assert document.receptor.text("CdgIntRecep") == "C-9"
    assert document.receptor.text("CiudadRecep") == "Paine"
    assert document.beside.correo == "a@b.cl"
    assert document.beside.adicionales == {"GiroRecep": "Hogar", "Sucursal": "Centro"}
    assert [document.totales.value(name) for name in document.totales.fields] == [100, 20, 19, 139, 5, 144, 6, 150]
    detalle = document.detalles[0]
    assert detalle.value("IndExe") == 1
    assert detalle.value("DescuentoPct") == 50
    assert document.root.all("Referencia")[0].text("CodRef") == "CAJA-3"
    assert codes(document) == ["TXT-100"]


def test_zero_totals_of_a_boleta_are_kept() -> None:
    assert one(boleta()).totales.value("MntNeto") == 0


def test_additional_header_columns_and_sections_stand_beside_the_document() -> None:
    document = one(factura(
        Encabezado=HEADER + "30 días;Eva;11111111-1;Luis;Norte;5551234;",
        Adicionales="1;Sucursal 3;\n2;Caja;", Observacion=";Segunda;Tercera;\nCuarta",
    ))  # fmt: skip
    assert document.beside.adicionales == {
        "CondicionPago": "30 días", "Vendedor": "Eva", "RUTRetira": "11111111-1", "NombreRetira": "Luis",
        "Recinto": "Norte", "Telefono": "5551234", "A1": "Sucursal 3", "A2": "Caja",
    }  # fmt: skip
    assert document.beside.observaciones == ["Segunda", "Tercera", "Cuarta"]
    assert not document.problems


def test_places_name_line_section_column_and_position() -> None:
    document = one(factura())
    field = document.detalles[0].field("PrcItem")
    assert field is not None
    assert field.place.text() == "Línea 6, sección Detalle, campo 5 (Precio)"
    assert field.text == "5000"
    assert document.place.text() == "Línea 1, sección Encabezado"


def test_an_empty_column_remembers_its_place() -> None:
    document = one(factura(Detalle=LINE.replace("Vidrio templado", "")))
    assert document.detalles[0].place_of("NmbItem").text() == "Línea 6, sección Detalle, campo 3 (Descripcion)"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r\r\n", "\r"])
def test_every_line_ending(ending: str) -> None:
    document = one(FACTURA.replace(b"\n", ending.encode()))
    assert not document.problems
    assert document.detalles[0].place.line == 6


@pytest.mark.parametrize("data", [
    FACTURA.rstrip(b"\n"),
    b"\n\n" + FACTURA + b"\n  \n",
    FACTURA.replace(b"Detalle", b" dEtAlLe "),
    FACTURA.replace(b"<-\n", b"<-  \n").replace(b";\n", b";  \n"),
    FACTURA.replace(b"\n1;V-10", b"\n            1;V-10"),
    FACTURA.replace(b"<-\n", b"<- "),
    FACTURA.replace(b"->Totales<-", b"-> Totales <-"),
    FACTURA.replace(b";2;5000;", b" ; 2 ; 5000 ; "),
    b"\xef\xbb\xbf" + FACTURA,
    b"\xff\xfe" + FACTURA.decode().encode("utf-16-le"),
    b"\xfe\xff" + FACTURA.decode().encode("utf-16-be"),
    FACTURA + b"\x1a",
    FACTURA.decode().encode("cp1252"),
], ids=["no end", "blank lines", "marker case", "trailing blanks", "leading blanks", "data on the marker's line",
        "blanks in the marker", "blanks in columns", "utf-8 mark", "utf-16 le", "utf-16 be", "dos end", "cp1252",
])  # fmt: skip
def test_lexical_variations_read_alike(data: bytes) -> None:
    document = one(data)
    assert not document.problems
    assert document.receptor.text("GiroRecep") == "Vidriería"
    assert document.detalles[0].value("MontoItem") == 10000


def test_a_row_that_mixes_charsets_is_decoded_by_column() -> None:
    data = FACTURA.replace(b"Los Pinos", "Ñandú".encode("latin-1"))
    document = one(data)
    assert document.receptor.text("GiroRecep") == "Vidriería"
    assert document.receptor.text("DirRecep") == "Ñandú 12"


def test_the_last_separator_may_be_missing() -> None:
    data = "\n".join(line.removesuffix(";") for line in FACTURA.decode().split("\n")).encode()
    document = one(data)
    assert not document.problems
    assert document.detalles[0].text("UnmdItem") == "UN"
    assert document.receptor.text("CiudadRecep") == "Buin"


def test_a_marker_may_stand_before_each_row() -> None:
    second = LINE.replace("1;V-10", "2;V-11", 1)
    document = one(FACTURA + f"->Detalle<- {second}\n".encode())
    assert [line.value("NroLinDet") for line in document.detalles] == [1, 2]


def test_each_header_begins_a_document() -> None:
    documents = parse(FACTURA + boleta() + factura(Detalle=LINE.replace(";2;", ";dos;")), "1")
    assert [document.tipo for document in documents] == [33, 39, 33]
    assert [codes(document) for document in documents] == [[], [], ["TXT-020"]]
    assert documents[2].problems[0].place.line == 18


# --- problems of the file ---


@pytest.mark.parametrize(("data", "formato", "code"), [
    (b"", "1", "TXT-001"),
    (b" \r\n", "1", "TXT-001"),
    (FACTURA, "3", "TXT-002"),
    (FACTURA, "", "TXT-002"),
    (b"\xef\xbb\xbf  \n" + FACTURA, "2", "TXT-003"),
    (b"  <DTE/>", "1", "TXT-004"),
    (b"->Observaciones", "1", "TXT-042"),
    (b"PK\x03\x04 nothing of ours\nat all", "1", "TXT-007"),
    (b"->Totales<-\n0;0;0;0;1;0;19;0;1;", "1", "TXT-009"),
    (b"->Encabezdo<-\n" + HEADER.encode(), "1", "TXT-010"),
    (b"->Bodegaje<-\n1;2;", "1", "TXT-011"),
    (FACTURA.replace(b";", b"|"), "1", "TXT-126"),
    (FACTURA.replace(b";", b"\t"), "1", "TXT-126"),
    (b"PK, a, b, c, d, e, f, g, h, i, j, k, l\nat all", "1", "TXT-007"),
    (b"->TotalesCompra<-\n1;2;", "1", "TXT-009"),
    (b"", "2", "TXT-051"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_gives_one_document_and_the_reason(data: bytes, formato: str, code: str) -> None:
    document = one(data, formato)
    assert document.tipo == 0
    assert codes(document) == [code]
    assert document.problems[0].severity is Severity.ERROR


def test_what_stands_before_the_first_document_is_told_with_it() -> None:
    document = one(b"lote 7\nlote 8\n->Detalle<-\n" + LINE.encode() + b"\n" + FACTURA)
    assert codes(document) == ["TXT-008", "TXT-009"]
    assert [problem.place.line for problem in document.problems] == [1, 3]
    assert document.problems[0].value == "lote 7"


def test_an_unknown_section_names_the_nearest() -> None:
    document = one(factura(Detale=LINE))
    assert codes(document) == ["TXT-010"]
    assert "Detalle" in document.problems[0].message
    assert document.problems[0].place.line == 7
    assert len(document.detalles) == 1


def test_half_a_marker_is_told_and_its_rows_are_not_taken_for_others() -> None:
    document = one(FACTURA + b"->Referencia\n1;801;7;2026-03-01;0;;\n")
    assert codes(document) == ["TXT-042"]
    assert len(document.detalles) == 1


def test_text_with_an_arrow_is_text() -> None:
    assert one(factura(Observacion="-> Norte")).beside.observaciones == ["-> Norte"]


@pytest.mark.parametrize(("row", "found"), [("33;5;2026-03-02;22222222-2;Ana;Giro;Calle;", 7), ("33;5", 2)])
def test_a_short_header_is_not_interpreted_but_type_and_folio_are(row: str, found: int) -> None:
    document = one(factura(Encabezado=row))
    assert codes(document) == ["TXT-014"]
    assert f"tiene {found} columnas de las 12" in document.problems[0].message
    assert "12 Email" in document.problems[0].message
    assert (document.tipo, document.folio) == (33, 5)
    assert not document.receptor.fields
    assert "RUTRecep" in document.unread


@pytest.mark.parametrize(("section", "row", "wanted", "missing"), [
    ("Totales", "0;0;0;0;10000;19;1900;11900;", 9, "9 Total"),
    ("Detalle", "1;V;Vidrio;1;10000;0;10000;", 14, "8 PorcRecgo, 9 ValorRecgo"),
    ("Referencia", "1;801;7;2026-03-01;", 6, "5 CodigoRef, 6 RazonRef"),
    ("DescRec", "1;D;100;", 6, "4 TipoValor"),
])  # fmt: skip
def test_a_short_row_names_what_is_missing(section: str, row: str, wanted: int, missing: str) -> None:
    document = one(factura(**{section: row}))
    (problem,) = errors(document.problems)
    assert problem.code == "TXT-014"
    assert f"de las {wanted} que lleva" in problem.message
    assert missing in problem.message
    assert problem.place.section == section


def test_a_missing_column_before_an_empty_address_is_not_guessed() -> None:
    without_giro = HEADER.replace("Vidriería;", "")
    assert codes(one(factura(Encabezado=without_giro))) == ["TXT-014"]
    with_mail = without_giro.replace(";;", ";a@b.cl;")
    assert codes(one(factura(Encabezado=with_mail))) == ["TXT-014"]


def test_extra_columns_are_an_error_only_when_they_hold_something() -> None:
    assert codes(one(factura(Detalle=LINE + ";;"))) == []
    document = one(factura(Detalle=LINE.replace("templado", "templado; 4 mm")))
    assert "TXT-015" in codes(one(factura(Detalle=LINE + "sobra;")))
    assert errors(document.problems)


def test_a_second_row_where_one_is_meant() -> None:
    document = one(factura(Totales=f"{TOTALS}\n{TOTALS}"))
    assert codes(document) == ["TXT-016"]
    assert document.problems[0].place.line == 5


def test_sections_of_the_other_structure() -> None:
    assert codes(one(factura(BoletaTotales="0;0;0;1;0;0;0;0;"))) == ["TXT-017"]
    assert codes(one(boleta(Totales=TOTALS))) == ["TXT-017"]


@pytest.mark.parametrize(("data", "code", "value"), [
    (factura(Encabezado=header(39)), "TXT-018", "39"),
    (boleta(Boleta=BOLETA.replace("39", "33", 1)), "TXT-018", "33"),
    (factura(Encabezado=header(30)), "TXT-019", "30"),
    (factura(Encabezado=HEADER.removeprefix("33")), "TXT-019", ""),
    (factura(Encabezado="x" + HEADER), "TXT-020", "x33"),
])  # fmt: skip
def test_a_type_that_is_none_of_ours(data: bytes, code: str, value: str) -> None:
    document = one(data)
    assert document.tipo == 0
    assert [(problem.code, problem.value) for problem in document.problems] == [(code, value)]
    assert document.problems[0].place.text().endswith("campo 1 (TipoDTE)")


def test_a_header_without_its_row() -> None:
    assert codes(one(b"->Encabezado<-\n->Totales<-\n" + TOTALS.encode())) == ["TXT-043"]


# --- values ---


@pytest.mark.parametrize(("section", "row", "code", "column", "position"), [
    ("Detalle", LINE.replace(";2;", ";dos;"), "TXT-020", "Cantidad", 4),
    ("Detalle", LINE.replace("1;V", "1.5;V", 1), "TXT-021", "NroLinea", 1),
    ("Detalle", LINE.replace("5000", "7,000", 1), "TXT-114", "Precio", 5),
    ("Encabezado", HEADER.replace("2026-03-02", "02-03-26"), "TXT-023", "FechaEmision", 3),
    ("Encabezado", HEADER.replace("2026-03-02", "2026-02-30"), "TXT-024", "FechaEmision", 3),
    ("Encabezado", HEADER.replace("22222222-2", "22222222"), "DOC-010", "RUTCliente", 6),
    ("Encabezado", HEADER.replace("22222222-2", "22222222-3"), "DOC-011", "RUTCliente", 6),
    ("Detalle", LINE.replace("Vidrio", "Vidrio 玻"), "TXT-027", "Descripcion", 3),
    ("Totales", TOTALS + "mucho;", "TXT-020", "MontosBrutos", 10),
    ("Totales", "x" + TOTALS, "TXT-020", "PorcDesctoTot", 1),
    ("Detalle", LINE.replace("0;10000", "nada;10000"), "TXT-020", "ValorExento", 10),
])  # fmt: skip
def test_a_value_that_cannot_be_read(section: str, row: str, code: str, column: str, position: int) -> None:
    document = one(factura(**{section: row}))
    (problem,) = document.problems
    assert problem.code == code
    assert (problem.place.section, problem.place.field, problem.place.position) == (section, column, position)


def test_the_right_check_digit_is_told() -> None:
    document = one(factura(Encabezado=HEADER.replace("22222222-2", "22222222-3")))
    assert "le corresponde 2" in document.problems[0].message
    assert document.unread == {"RUTRecep"}


def test_typographic_characters_are_replaced_with_an_aviso() -> None:
    document = one(factura(Detalle=LINE.replace("Vidrio templado", "Vidrio “claro” – 4 mm")))
    assert document.detalles[0].text("NmbItem") == 'Vidrio "claro" - 4 mm'
    (problem,) = document.problems
    assert (problem.code, problem.severity) == ("TXT-028", Severity.AVISO)


def test_decimals_of_pesos_are_rounded_with_an_aviso() -> None:
    document = one(factura(Detalle=LINE.replace("10000;INT1", "10000.50;INT1")))
    assert document.detalles[0].value("MontoItem") == 10001
    assert codes(document) == ["TXT-029"]
    assert codes(one(factura(Detalle=LINE.replace("10000;INT1", "10000.00;INT1")))) == []


def test_dots_and_a_small_k_in_the_rut() -> None:
    document = one(factura(Encabezado=HEADER.replace("22222222-2", "99.999.900-k")))
    assert document.receptor.text("RUTRecep") == "99999900-K"


def test_all_problems_of_a_file_are_told_at_once() -> None:
    document = one(factura(
        Encabezado=HEADER.replace("22222222-2", "22222222-9").replace("2026-03-02", "ayer"),
        Detalle=LINE.replace(";2;", ";dos;") + "\n" + LINE.replace("1;", "2;", 1).replace("5000", "caro"),
        Referencia="1;801;7;2026-13-01;0;;", Detalles="x",
    ))  # fmt: skip
    assert [(problem.code, problem.place.line, problem.place.position) for problem in document.problems] == [
        ("TXT-023", 2, 3), ("DOC-011", 2, 6), ("TXT-020", 6, 4), ("TXT-020", 7, 5), ("TXT-024", 9, 4),
        ("TXT-010", 10, 0),
    ]  # fmt: skip


def test_thousands_of_problems_are_cut_and_every_document_stays_refused() -> None:
    bad = "\n".join(LINE.replace(";2;", ";dos;") for _ in range(300))
    single = factura(Detalle=LINE.replace(";2;", ";dos;"))
    documents = parse(factura(Detalle=bad) + single + factura(Detalle=bad), "1")
    assert len(documents[0].problems) <= 102
    assert codes(documents[0])[100] == "TXT-006"
    assert codes(documents[1]) == ["TXT-020"]
    assert codes(documents[2]) == ["TXT-020"] * 3 + ["TXT-006", "TXT-041"]


def test_no_more_rows_are_read_than_make_sense() -> None:
    document = one(factura(Detalle="\n".join([LINE] * 2100)))
    assert len(document.detalles) == 2000
    assert codes(document) == ["TXT-045", "TXT-041"]
    assert document.problems[0].place.line == 2006


def test_avisos_beyond_the_limit_do_not_refuse_a_document() -> None:
    lines = "\n".join(f"{number};;Vidrio;1;1;0;0;0;0;0;1.4;;;;" for number in range(1, 130))
    document = one(factura(Detalle=lines))
    assert not errors(document.problems)
    assert codes(document)[-1] == "TXT-044"


@pytest.mark.parametrize("address", ["-", "null", "mail", "EMAILPENDIENTE", "a@b", "a b@c.cl", "a@b.cl,c@d.cl"])
def test_an_address_that_is_none_is_ignored_with_an_aviso(address: str) -> None:
    document = one(factura(Encabezado=header(correo=address)))
    assert document.beside.correo == ""
    (problem,) = document.problems
    assert (problem.code, problem.severity, problem.place.position) == ("TXT-030", Severity.AVISO, 12)


def test_an_address() -> None:
    document = one(factura(Encabezado=header(correo="pagos.sur@correo.example.cl")))
    assert document.beside.correo == "pagos.sur@correo.example.cl"
    assert not document.problems


def test_dots_for_thousands_are_not_read_as_decimals() -> None:
    header = "->Encabezado<-\n33;0;2026-01-05;0;0;22222222-2;A;B;C;D;E;;\n"
    text = f"{header}->Totales<-\n0;0;0;0;100.000;0;19;19000;119000;\n"
    (document,) = parse(text.encode(), "1")
    (one,) = [each for each in document.problems if each.code == "TXT-060"]
    assert (one.place.line, one.place.section, one.place.position, one.value) == (4, "Totales", 5, "100.000")


@pytest.mark.parametrize(("file", "formato"), [(factura(), "1"), (xml(), "2"), (b"\xef\xbb\xbf" + factura(), "1")])
def test_a_file_in_base64_twice_is_told(file: bytes, formato: str) -> None:
    for once in (base64.b64encode(file), base64.encodebytes(file)):
        assert codes(one(once, formato)) == ["TXT-125"]
    assert "TXT-125" not in codes(one(file, formato))
    other = base64.b64encode(b"nothing that a customer would send to anyone at all")
    assert "TXT-125" not in codes(one(other, formato))
