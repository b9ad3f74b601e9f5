"""What the TXT programs' habits mean: each one read as its program meant it, or told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dteplanows.document.problem import Severity, errors
from tests.parser.parser_support import LINE, TOTALS, boleta, codes, factura, header, one

EXEMPT_TOTALS = "0;0;0;0;0;10000;0;0;10000;"


def line(number: int = 1, value: str = "10000", exempt: str = "0", code: str = "V", kind: str = "INT1") -> str:
    """A row of Detalle."""
    return f"{number};{code};Vidrio;1;{value};0;0;0;0;{exempt};{value};{kind};UN;;"


# --- lines ---


@pytest.mark.parametrize("exempt", ["0", "10000"])
def test_lines_of_an_exempt_document_need_no_mark(exempt: str) -> None:
    document = one(factura(Encabezado=header(34), Totales=EXEMPT_TOTALS, Detalle=line(exempt=exempt)))
    assert document.detalles[0].value("IndExe") is None
    assert document.detalles[0].value("MontoItem") == 10000
    assert not document.problems


def test_an_exempt_line_with_value_zero_is_worth_its_exempt_amount() -> None:
    row = "1;V;Seguro;1;10000;0;0;0;0;10000;0;INT1;UN;;"
    document = one(factura(Encabezado=header(34), Totales=EXEMPT_TOTALS, Detalle=row))
    assert document.detalles[0].value("MontoItem") == 10000
    mixed = one(factura(Totales="0;0;0;0;500;10000;19;95;10595;", Detalle=f"{row}\n{line(2, '500')}"))
    assert [(one.value("IndExe"), one.value("MontoItem")) for one in mixed.detalles] == [(1, 10000), (None, 500)]


def test_an_exempt_amount_marks_the_line_when_the_totals_have_one() -> None:
    document = one(factura(
        Totales="0;0;0;0;10000;4000;19;1900;15900;", Detalle=f"{line()}\n{line(2, '4000', '4000')}",
    ))  # fmt: skip
    assert [line.value("IndExe") for line in document.detalles] == [None, 1]
    assert not document.problems


def test_an_exempt_amount_on_affected_lines_is_ignored_with_an_aviso() -> None:
    document = one(factura(Detalle=line(exempt="10000")))
    assert document.detalles[0].value("IndExe") is None
    (problem,) = document.problems
    assert (problem.code, problem.severity, problem.place.position) == ("TXT-031", Severity.AVISO, 10)


def test_the_indicator_of_a_boleta_decides() -> None:
    rows = "\n".join(f"{n};;Pan;{exe};1;100;999;100;;;;" for n, exe in enumerate(("0", "1", "2", "6", ""), 1))
    document = one(boleta(BoletaDetalle=rows))
    assert [line.value("IndExe") for line in document.detalles] == [None, 1, 2, 6, None]
    assert [line.value("MontoItem") for line in document.detalles] == [100] * 5


def test_lines_of_an_exempt_boleta_need_no_mark() -> None:
    rows = "1;;Entrada;1;1;100;100;100;;;;\n2;;Entrada;0;1;100;100;100;;;;"
    document = one(boleta(Boleta="41;0;2026-03-02;3;;;;;66666666-6;;;;;;;;", BoletaDetalle=rows))
    assert [line.value("IndExe") for line in document.detalles] == [None, None]


UNITS = "\n".join((
    "1;V;Vaso;0;3;1500.00;0;1500;INT1;UN;;{0}",
    "2;P;Plato;0;1;4000;0;4000;INT1;UN;;{0}",
    "3;J;Jarro;0;2.5;800;0;800;INT1;UN;;{0}",
))  # fmt: skip
"""``Valor`` is the price of one unit."""


@pytest.mark.parametrize(("change", "total", "rest"), [
    ("", 10500, ""), ("0;0;", 10501, ""), ("", 9500, "1;D;Amigo;$;1000;0;"), ("", 9450, "1;D;Amigo;%;10;0;"),
])  # fmt: skip
def test_the_price_of_one_is_the_value_of_all_when_the_total_says_so(change: str, total: int, rest: str) -> None:
    totals = f"0;0;0;{total};0;0;0;0;"
    document = one(boleta(BoletaTotales=totals, BoletaDetalle=UNITS.format(change), BoletaDescRec=rest))
    assert [line.value("MontoItem") for line in document.detalles] == [4500, 4000, 2000]
    (problem,) = document.problems
    assert (problem.code, problem.severity, problem.place.position, problem.value) == (
        "TXT-048", Severity.AVISO, 8, "1500",
    )  # fmt: skip
    assert "Líneas corregidas: 2" in problem.text()


@pytest.mark.parametrize(("change", "total"), [("", 6300), ("", 9000), ("", 0), ("10;0;", 10500), ("0;5;", 10500)])
def test_values_that_the_total_does_not_explain_are_left_to_be_judged(change: str, total: int) -> None:
    totals = f"0;0;0;{total};0;0;0;0;"
    document = one(boleta(BoletaTotales=totals, BoletaDetalle=UNITS.format(change)))
    assert [(line.value("MontoItem"), line.text("MontoItem")) for line in document.detalles] == [
        (1500, "1500"), (4000, "4000"), (800, "800"),
    ]  # fmt: skip
    assert not document.problems


def test_a_total_that_cannot_be_read_explains_no_values() -> None:
    document = one(boleta(BoletaTotales="0;0;0;diez;0;0;0;0;", BoletaDetalle=UNITS.format("")))
    assert document.detalles[0].value("MontoItem") == 1500
    assert "TXT-048" not in codes(document)


def test_zero_discounts_of_a_boleta_are_left_out() -> None:
    document = one(boleta(BoletaDetalle="1;;Pan;0;1;100;0;100;;;;0.0;0;"))
    assert document.detalles[0].value("DescuentoPct") is None
    assert document.detalles[0].value("DescuentoMonto") is None


@pytest.mark.parametrize(("code", "kind", "expected"), [
    ("", "INT1", None), (" ", " ", None), ("-", "INT11", None), ("V-1", "", "INT1"), ("V-1", "Prod", "Prod"),
])  # fmt: skip
def test_product_codes(code: str, kind: str, expected: str | None) -> None:
    document = one(factura(Detalle=line(code=code, kind=kind)))
    found = [(one.text("TpoCodigo"), one.text("VlrCodigo")) for one in document.detalles[0].all("CdgItem")]
    assert found == ([] if expected is None else [(expected, code)])
    assert codes(document) == (["TXT-100"] if code == "V-1" and not kind else [])


def test_the_long_description_lends_its_beginning_as_name() -> None:
    long = "Vidrio " * 20
    document = one(factura(Detalle=f"1;;;1;10000;0;0;0;0;0;10000;;;{long};"))
    assert document.detalles[0].text("NmbItem") == long[:80].strip()
    assert document.detalles[0].text("DscItem") == long.strip()
    assert codes(document) == ["TXT-032"]
    short = one(factura(Detalle="1;;;1;10000;0;0;0;0;0;10000;;;Corta;"))
    assert short.detalles[0].text("NmbItem") == "Corta"
    assert short.detalles[0].value("DscItem") is None


# --- totals ---


@pytest.mark.parametrize(("totals", "told"), [
    ("10;1000;0;0;10000;0;19;1900;11900;", ["TXT-104"]), ("0;0.00;0;0;10000;0;19;1900;11900;", []),
])  # fmt: skip
def test_a_discount_of_the_totals_is_informative_when_the_lines_add_up(totals: str, told: list[str]) -> None:
    document = one(factura(Totales=totals))
    assert not document.root.all("DscRcgGlobal")
    assert codes(document) == told


@pytest.mark.parametrize(("totals", "expected"), [
    ("0;1000;0;0;9000;0;19;1710;10710;", [("D", "$", Decimal(1000))]),
    ("10;0;0;0;9000;0;19;1710;10710;", [("D", "%", Decimal(10))]),
    ("10;1000;0;0;9000;0;19;1710;10710;", [("D", "$", Decimal(1000))]),
    ("0;0;0;500;10500;0;19;1995;12495;", [("R", "$", Decimal(500))]),
    ("0;1000;0;500;9500;0;19;1805;11305;", [("D", "$", Decimal(1000)), ("R", "$", Decimal(500))]),
])  # fmt: skip
def test_a_discount_of_the_totals_becomes_global_when_the_sums_ask_for_it(
    totals: str, expected: list[tuple[str, str, Decimal]]
) -> None:
    document = one(factura(Totales=totals))
    rows = document.root.all("DscRcgGlobal")
    assert [(row.value("TpoMov"), row.value("TpoValor"), row.value("ValorDR")) for row in rows] == expected
    assert [row.value("NroLinDR") for row in rows] == list(range(1, len(expected) + 1))
    assert codes(document) == ["TXT-034"] * len(expected)


def test_a_discount_of_the_totals_on_the_exempt_lines() -> None:
    lines = f"{line()}\n{line(2, '4000', '4000')}"
    document = one(factura(Totales="0;1000;0;0;10000;3000;19;1900;14900;", Detalle=lines))
    assert document.root.all("DscRcgGlobal")[0].value("IndExeDR") == 1
    affected = one(factura(Totales="0;1000;0;0;9000;4000;19;1710;14710;", Detalle=lines))
    assert affected.root.all("DscRcgGlobal")[0].value("IndExeDR") is None


def test_a_discount_of_the_totals_that_fits_nothing_is_told_with_both_figures() -> None:
    document = one(factura(Totales="0;1000;0;0;8000;0;19;1520;9520;"))
    (problem,) = document.problems
    assert (problem.code, problem.place.position) == ("TXT-033", 2)
    assert "10000" in problem.message
    assert "8000" in problem.message


@pytest.mark.parametrize(("flag", "value", "expected"), [
    ("1;", "11900", []), ("", "10000", []), (";", "10000", []), ("0;0;", "10000", []), ("0;", "10000", []),
    ("-1;", "11900", []), ("260;0;", "10000", ["TXT-035"]), ("0;9;", "10000", ["TXT-035"]),
])  # fmt: skip
def test_column_ten_of_the_totals(flag: str, value: str, expected: list[str]) -> None:
    document = one(factura(Totales=TOTALS + flag, Detalle=line(value=value)))
    assert codes(document) == expected
    assert (document.id_doc.value("MntBruto") == 1) == (value == "11900")


@pytest.mark.parametrize("flag", ["1", "-1"])
def test_a_flag_is_never_taken_for_a_tax_whatever_the_lines_come_to(flag: str) -> None:
    document = one(factura(Totales=TOTALS + flag + ";", Detalle=line(value="10000")))
    assert codes(document) == []
    assert document.id_doc.value("MntBruto") == 1


def test_column_ten_says_nothing_on_an_exempt_document() -> None:
    document = one(factura(Encabezado=header(34), Totales=EXEMPT_TOTALS + "1;", Detalle=line()))
    assert not document.problems
    assert document.id_doc.value("MntBruto") is None


@pytest.mark.parametrize("tipo", [34, 33])
def test_a_rate_of_zero_is_left_out_of_exempt_documents(tipo: int) -> None:
    document = one(factura(Encabezado=header(tipo), Totales=EXEMPT_TOTALS))
    assert document.totales.value("TasaIVA") == (None if tipo == 34 else 0)


# --- global discounts ---


@pytest.mark.parametrize("row", ["1;D;Descuento;$;0;0;", "1;D;;;;;", ""])
def test_a_global_discount_without_value_is_dropped(row: str) -> None:
    document = one(factura(DescRec=row))
    assert not document.root.all("DscRcgGlobal")
    assert not document.problems


def test_a_dropped_row_does_not_leave_a_gap_in_the_numbers() -> None:
    document = one(factura(DescRec="1;D;;$;0;0;\n2;r;Flete;$;500;0;"))
    (row,) = document.root.all("DscRcgGlobal")
    assert (row.value("NroLinDR"), row.value("TpoMov"), row.value("IndExeDR")) == (1, "R", None)
    assert not document.problems


def test_an_exempt_discount_without_exempt_lines() -> None:
    document = one(factura(DescRec="1;D;Deducible;$;500;1;"))
    assert document.root.all("DscRcgGlobal")[0].value("IndExeDR") is None
    assert codes(document) == ["TXT-036"]
    for affected in ("", "2"):
        assert "TXT-036" not in codes(one(factura(DescRec=f"1;D;Deducible;$;500;{affected};")))
    exempt = one(factura(Encabezado=header(34), Totales="0;0;0;0;0;9500;0;0;9500;", DescRec="1;D;Deducible;$;500;1;"))
    assert exempt.root.all("DscRcgGlobal")[0].value("IndExeDR") is None
    assert not exempt.problems


def test_an_exempt_discount_on_exempt_lines() -> None:
    lines = f"{line()}\n{line(2, '4000', '4000')}"
    document = one(factura(Totales="0;0;0;0;10000;3500;19;1900;15400;", Detalle=lines, DescRec="1;D;;$;500;1;"))
    assert document.root.all("DscRcgGlobal")[0].value("IndExeDR") == 1
    assert not document.problems


def test_pesos_called_a_percentage() -> None:
    fits = one(boleta(BoletaTotales="0;0;0;11400;0;0;0;0;", BoletaDescRec="1;D;Promo;%;500;0;"))
    assert fits.root.all("DscRcgGlobal")[0].text("TpoValor") == "$"
    assert codes(fits) == ["TXT-038"]
    wrong = one(boleta(BoletaDescRec="1;D;Promo;%;500;0;"))
    (problem,) = wrong.problems
    assert (problem.code, problem.severity, problem.place.position) == ("TXT-037", Severity.ERROR, 5)
    assert codes(one(boleta(BoletaTotales="0;0;0;0;0;0;0;0;", BoletaDescRec="1;D;Promo;%;100;0;"))) == []


# --- references ---


@pytest.mark.parametrize(("row", "missing"), [
    ("1;801;123;;0;-;", "la fecha (FchRef)"),
    ("1;801;0;2026-03-01;0;x;", "el folio (FolioRef)"),
    ("1;801;;2026-03-01;0;x;", "el folio (FolioRef)"),
    ("1;;12;2026-03-01;0;x;", "el tipo (TpoDocRef)"),
    ("1;0;;;0;motivo;", "el tipo (TpoDocRef), el folio (FolioRef), la fecha (FchRef)"),
])  # fmt: skip
def test_an_incomplete_reference_is_dropped_with_an_aviso(row: str, missing: str) -> None:
    document = one(factura(Referencia=row))
    assert not document.root.all("Referencia")
    (problem,) = document.problems
    assert (problem.code, problem.severity, problem.place.line) == ("TXT-039", Severity.AVISO, 8)
    assert missing in problem.message


@pytest.mark.parametrize("tipo", [33, 61])
def test_an_empty_reference_is_dropped_silently(tipo: int) -> None:
    document = one(factura(Encabezado=header(tipo), Referencia="1;;0;;0;-;"))
    assert not document.root.all("Referencia")
    assert not document.problems


def test_an_incomplete_reference_of_a_note_is_kept_to_be_judged() -> None:
    document = one(factura(Encabezado=header(61), Referencia="1;33;;;1;;"))
    assert len(document.root.all("Referencia")) == 1
    assert not document.problems


def test_references_without_code_or_reason() -> None:
    document = one(factura(Referencia="1;52;33;2026-03-01;0;-;"))
    (reference,) = document.root.all("Referencia")
    assert reference.value("CodRef") is None
    assert reference.value("RazonRef") is None


def test_an_unreadable_date_is_one_problem_and_not_a_dropped_reference() -> None:
    document = one(factura(Referencia="1;52;33;ayer;0;;"))
    assert codes(document) == ["TXT-023"]
    assert len(document.root.all("Referencia")) == 1


def test_an_empty_reference_of_a_boleta() -> None:
    assert not one(boleta(BoletaReferencia="1;;;")).root.all("Referencia")


# --- header and numbering ---


@pytest.mark.parametrize(("given", "value", "expected"), [("0", 1, ["TXT-040"]), ("", 1, ["TXT-040"]), ("5", 5, [])])
def test_a_guia_without_reason_is_a_sale(given: str, value: int, expected: list[str]) -> None:
    document = one(factura(Encabezado=header(52, "0", given)))
    assert document.id_doc.value("IndTraslado") == value
    assert document.id_doc.value("TipoDespacho") is None
    assert codes(document) == expected


def test_zero_means_none_in_other_documents() -> None:
    document = one(factura(FormaPago="0;"))
    assert not {"IndTraslado", "TipoDespacho", "FmaPago"} & set(document.id_doc.fields)
    assert not document.problems


@pytest.mark.parametrize("numbers", [(0, 1), (1, 1), (1, 3), (2, 1), ("", 2)])
def test_lines_are_numbered_again(numbers: tuple[int | str, int | str]) -> None:
    rows = "\n".join(LINE.replace("1;V", f"{number};V", 1).replace("10000", "5000") for number in numbers)
    document = one(factura(Detalle=rows))
    assert [line.value("NroLinDet") for line in document.detalles] == [1, 2]
    assert codes(document) == ["TXT-041"]
    assert not errors(document.problems)


def test_references_and_discounts_are_numbered_again() -> None:
    document = one(factura(Referencia="3;801;7;2026-03-01;0;;", DescRec="0;D;;%;5;0;"))
    assert document.root.all("Referencia")[0].value("NroLinRef") == 1
    assert document.root.all("DscRcgGlobal")[0].value("NroLinDR") == 1
    assert codes(document) == ["TXT-041", "TXT-041"]
