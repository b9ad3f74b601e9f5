"""Resolución Exenta SII 154 of 2025: what is missing is told by article, what is not known is said in the document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dteplanows import parser, printing, validator
from dteplanows.document import clock
from dteplanows.document.catalogue import RULES
from dteplanows.document.company import Company
from dteplanows.document.problem import Severity, errors
from dteplanows.document.text import printable_in_dte
from dteplanows.validator.transport import plates
from dteplanows.validator.transport.transport import IN_FORCE
from tests.installation import Installation, make_installation
from tests.official import errors_in_dte
from tests.printing.papers import FACTS, squeezed, text
from tests.told import among
from tests.validator.judging import COMPANY, TODAY, codes, figures
from tests.validator.sii_judge import judge
from tests.validator.test_dispatch import LINE, TRANSPORT
from tests.validator.xml_documents import read

ROOT = Path(__file__).parents[2]
UNKNOWN = "Patente desconocida al momento de la emisión."
WRITES = replace(COMPANY, patente_desconocida="escribir")
OF_TRANSPORT = {"DOC-055", "DOC-120", "DOC-122", "DOC-123", "DOC-124", "DOC-125", "DOC-126", "DOC-127"}
RETAINED = {**LINE, "CodImpAdic": 15, "Retenedor": {"IndAgente": "R"}}


def moved(tipo: int = 52, transport: object = None, lines: Any = None, company: Company = COMPANY,
          adicional: dict[str, str] | None = None, header: Any = None, **id_doc: object) -> Any:  # fmt: skip
    """A document of TipoDespacho 2, judged; *adicional* as the XML's Adicional or the TXT's columns leave it."""
    groups = {**({"Transporte": transport} if transport else {}), **(header or {})}
    document = read(tipo, lines or [RETAINED if tipo == 46 else LINE], {}, {"TipoDespacho": 2, **id_doc}, header=groups)
    document.beside.adicionales.update(adicional or {})
    validator.judge(document, company, TODAY)
    return document


def without(*names: str, **other: object) -> dict[str, object]:
    """The whole transport but for *names*."""
    return {name: value for name, value in {**TRANSPORT, **other}.items() if name not in names}


def lacking(document: Any) -> str:
    """What the aviso about missing data names."""
    return "".join(one.message.rstrip(".").partition(": ")[2] for one in document.problems if one.code == "DOC-055")


def avisos(document: Any) -> list[str]:
    """Codes of this family's avisos; the totals are left to be computed in these documents, which has its own."""
    return sorted(among(document, *OF_TRANSPORT))


def description(document: Any, line: int = 0) -> str:
    return str(document.detalles[line].text("DscItem"))


# --- when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", [33, 34, 46, 52])
def test_it_is_in_force_from_the_day_of_emission_or_of_departure(tipo: int) -> None:
    assert lacking(moved(tipo, FchEmis="2026-10-31")) == ""
    assert lacking(moved(tipo, {"FchSalida": "2026-10-31"}, FchEmis="2026-10-30")) == ""
    assert "Patente" in lacking(moved(tipo, FchEmis="2026-11-01"))
    assert "Patente" in lacking(moved(tipo, {"FchSalida": "2026-11-01"}, FchEmis="2026-10-30"))


def test_texts_say_the_day_that_the_program_uses() -> None:
    assert (IN_FORCE.year, IN_FORCE.month, IN_FORCE.day) == (2026, 11, 1)
    assert "1 de noviembre de 2026" in RULES["DOC-055"].expected
    assert "1 de noviembre de 2026" in (ROOT / "docs" / "manual" / "traslado.rst").read_text("utf-8")


def test_it_is_not_asked_of_what_nobody_dispatches() -> None:
    for dispatch in ("", 1):
        assert lacking(moved(33, TipoDespacho=dispatch)) == ""
    assert lacking(moved(52, TipoDespacho="")) != ""


# --- what is missing, by article -------------------------------------------------------------------------------------


def test_each_datum_is_named_with_its_article_and_nothing_is_refused() -> None:
    document = moved(52, lines=[{"NmbItem": "Cosa", "MontoItem": 1000}], IndTraslado="")
    assert lacking(document) == (
        "DirDest y CmnaDest (artículo 1 a); RUTTrans y Chofer (artículo 1 b); "
        "Patente y PatenteCarro, si lleva carro (artículo 1 c); QtyItem en la línea y UnmdItem en la línea (artículo "
        "1 d); IndTraslado (artículo 2); FchLlegada (artículo 3 b); FchSalida y HraSalida (artículo 3 d)"
    )
    assert [one.code for one in errors(document.problems)] == ["DOC-111"]  # IndTraslado, which the form demands
    assert codes(document, Severity.AVISO).count("DOC-055") == 1
    assert lacking(moved(52, TRANSPORT)) == ""


def test_goods_have_quantity_unit_and_price() -> None:
    bare = {"NmbItem": "Cosa", "MontoItem": 1000}
    assert lacking(moved(52, TRANSPORT, [LINE, bare, LINE, bare])) == (
        "QtyItem en las líneas 2 y 4, UnmdItem en las líneas 2 y 4 y PrcItem en las líneas 2 y 4 (artículo 1 d)"
    )
    assert lacking(moved(33, TRANSPORT, [{**LINE, "PrcItem": ""}])) == "PrcItem en la línea (artículo 1 d)"
    many = [LINE, *[{**LINE, "UnmdItem": ""}] * 6]
    assert lacking(moved(52, TRANSPORT, many)) == "UnmdItem en 6 líneas (artículo 1 d)"
    assert "DOC-003" not in codes(moved(52, TRANSPORT, [bare]), Severity.AVISO)
    assert lacking(moved(52, TRANSPORT, FchEmis="2026-10-31", lines=[bare])) != ""  # it leaves in November


def test_without_sale_the_price_may_be_missing_but_not_the_motive() -> None:
    free = {"NmbItem": "Cosa", "QtyItem": 1, "UnmdItem": "UN", "MontoItem": 0}
    assert lacking(moved(52, TRANSPORT, [free], IndTraslado=5, TipoDespacho="")) == ""
    assert lacking(moved(52, TRANSPORT, [free], IndTraslado=6)) == "el motivo del traslado (artículo 1 d)"
    assert lacking(moved(52, TRANSPORT, [{**free, "DscItem": "Reparación en taller"}], IndTraslado=6)) == ""
    document = moved(52, TRANSPORT, [free], IndTraslado=6, adicional={"MotivoTraslado": "muestra sin valor"})
    assert (lacking(document), description(document)) == ("", "Motivo del traslado: muestra sin valor.")


def test_an_origin_of_another_address_has_its_own_comuna() -> None:
    own = read(52, [LINE], {}, {"TipoDespacho": 2}, header={"Transporte": TRANSPORT})
    own.emisor.put("DirOrigen", "Bodega Sur", text="Bodega Sur")
    validator.judge(own, COMPANY, TODAY)
    assert lacking(own) == "CmnaOrigen (artículo 1 a)"


def test_the_origin_of_a_txt() -> None:
    way = "ABCD12;EFGH34;11111111-1;11111111-1;Ana Paz;Calle 2;Lota;;2026-11-24;09:30:00;2026-11-24;"
    document = txt(f"{way};;;;Sur 12;Lota;Coronel;")
    origin = [document.emisor.text(f"{name}Origen") for name in ("Dir", "Cmna", "Ciudad")]
    assert origin == ["Sur 12", "Lota", "Coronel"]
    assert lacking(document) == ""


def txt(transport: str, tipo: int = 52, company: Company = COMPANY) -> Any:
    """A document of a TXT with that row of Transporte, judged."""
    file = f"""->Encabezado<-
{tipo};0;2026-11-24;2;{1 if tipo == 52 else 0};22222222-2;Cliente;Comercio;Calle 1;Lota;Lota;;
->Transporte<-
{transport}
->Totales<-
0;0;0;0;1000;0;19;190;1190;
->Detalle<-
1;A;Cosa;1;1000;0;0;0;0;0;1000;INT1;UN;;
"""
    (document,) = parser.parse(file.encode(), "1")
    validator.judge(document, company, TODAY)
    return document


# --- plates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plate", ["KXBR42", "jk1234", "KX-BR-42", "KX·BR·42", "KXBR42-5", "AB-123", "BCD12", "BCD123"])
def test_the_forms_of_a_plate(plate: str) -> None:
    assert plates.is_plate(plate)
    document = moved(52, {**TRANSPORT, "Patente": plate})
    assert (avisos(document), document.draft.count(f"<Patente>{plate}<")) == ([], 1)


@pytest.mark.parametrize("plate", ["AB123CD", "CAMION 1", "12345678", "KXBR4", "KXBR423", "A1"])
def test_another_form_is_an_aviso(plate: str) -> None:
    document = moved(52, {**TRANSPORT, "PatenteCarro": plate})
    assert avisos(document) == ["DOC-120"]
    assert f"<PatenteCarro>{plate}<" in document.draft
    assert avisos(moved(33, {**TRANSPORT, "Patente": plate}, TipoDespacho=1)) == []


@pytest.mark.parametrize(
    ("plate", "written"),
    [("KX - BR - 42", "KXBR42"), ("JK · 12 · 34", "JK1234"), ("KXBR-42 - 5", "KXBR42"), ("Camión KXBR42", "KXBR42"),
     ("PPU: KX·BR-42", "KXBR42"), ("KXBR42 / KXBR42", "KXBR42")],
)  # fmt: skip
def test_one_plate_in_too_long_a_text_is_read(plate: str, written: str) -> None:
    document = moved(52, {**TRANSPORT, "Patente": plate})
    (said,) = [one for one in document.problems if one.code == "DOC-122"]
    assert (said.value, f"<Patente>{written}<" in document.draft) == (plate, True)
    assert codes(document) == []


@pytest.mark.parametrize("tipo", [33, 52])
@pytest.mark.parametrize("plate", ["ABCD12 / EF3456", "ABCD12 EF3456", "ABCD12-EF3456", "CAMION ABCD12 RAMPLA EF3456"])
def test_two_plates_in_one_element_are_refused_with_both_readings(plate: str, tipo: int) -> None:
    document = moved(tipo, without("PatenteCarro", Patente=plate))
    assert codes(document) == ["DOC-121"]
    (said,) = errors(document.problems)
    assert all(part in said.text() for part in ("Patente", "PatenteCarro", "ABCD12 y EF3456", "otro vehículo", plate))
    assert lacking(document) == ""


def test_a_trailer_said_twice_is_one() -> None:
    document = moved(52, {**TRANSPORT, "Patente": "ABCD12 / EF3456", "PatenteCarro": "EF-3456"})
    assert (codes(document), avisos(document)) == ([], ["DOC-122"])
    assert "<Patente>ABCD12<" in document.draft
    assert codes(moved(52, {**TRANSPORT, "Patente": "ABCD12 / EF3456", "PatenteCarro": "EF3457"})) == ["DOC-121"]


@pytest.mark.parametrize("plate", ["CAMION AZUL", "KXBR42 / AB123CD", "KXBR42 RAMPLA", "ABCDE1234"])
def test_what_is_too_long_and_means_no_one_plate_stays_refused(plate: str) -> None:
    assert codes(moved(52, {**TRANSPORT, "Patente": plate})) == ["DOC-020"]


def test_words_in_the_place_of_a_plate() -> None:
    document = moved(52, {**TRANSPORT, "Patente": "Desconocida", "PatenteCarro": "por confirmar"})
    assert avisos(document) == ["DOC-123", "DOC-123", "DOC-124"]
    assert (description(document), lacking(document), codes(document)) == (UNKNOWN, "", [])
    assert "<Patente" not in document.draft
    trailer = moved(52, {**TRANSPORT, "PatenteCarro": "DESCONOCIDA"})
    assert description(trailer) == "Patente del carro desconocida al momento de la emisión."
    assert lacking(trailer) == ""
    none = moved(52, {**TRANSPORT, "PatenteCarro": "Sin carro"})
    assert (avisos(none), description(none), lacking(none)) == (["DOC-123"], "", "")
    courier = moved(52, {**TRANSPORT, "Patente": "COURIER"})
    assert description(courier) == f"Transporte por courier. {UNKNOWN}"
    assert codes(moved(52, {**TRANSPORT, "Patente": "SIN CARRO"})) == ["DOC-020"]


# --- sentences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", [33, 34, 46, 52])
def test_the_file_asks_for_the_sentence(tipo: int) -> None:
    document = moved(tipo, without("Patente", "PatenteCarro"), adicional={"PatenteDesconocida": "S", "A1": "x"})
    assert (description(document), lacking(document), errors(document.problems)) == (UNKNOWN, "", [])
    (said,) = [one for one in document.problems if one.code == "DOC-124"]
    assert UNKNOWN in said.message
    assert document.beside.adicionales == {"A1": "x"}
    assert judge(document.draft, tipo) == []
    assert description(moved(tipo, without("Patente"))) == ""


def test_the_txt_and_the_xml_ask_alike() -> None:
    from_txt = txt(";;;;;;;;;;2026-11-26;si;Envíos Ñandú;faena en la cordillera;;")
    wishes = {"PatenteDesconocida": "si", "TransporteCourier": "Envíos Ñandú"}
    wishes["TrasladoProlongado"] = "faena en la cordillera"
    header = {"Transporte": {"FchLlegada": "2026-11-26"}}
    from_xml = read(52, [LINE], {}, {"TipoDespacho": 2}, header=header, Adicional=wishes)
    validator.judge(from_xml, COMPANY, TODAY)
    assert description(from_xml) == description(from_txt) == (
        f"Transporte por courier: Envíos Ñandú. {UNKNOWN} Traslado prolongado: faena en la cordillera. "
        "Fecha estimada de entrega: 26-11-2026."
    )


@pytest.mark.parametrize("tipo", [33, 34, 46, 52])
def test_the_company_asks_where_the_file_says_nothing(tipo: int) -> None:
    bare = without("Patente", "PatenteCarro")
    assert description(moved(tipo, bare, company=WRITES)) == UNKNOWN
    assert description(moved(tipo, TRANSPORT, company=WRITES)) == ""
    assert description(moved(tipo, without("PatenteCarro"), company=WRITES)) == ""
    refused = moved(tipo, bare, company=WRITES, adicional={"PatenteDesconocida": "N"})
    assert (description(refused), "Patente y PatenteCarro" in lacking(refused)) == ("", True)


def test_the_company_asks_only_where_the_resolution_does() -> None:
    assert description(moved(33, company=WRITES, TipoDespacho=1)) == ""
    assert description(moved(52, company=WRITES, FchEmis="2026-10-31")) == ""
    asked = {"PatenteDesconocida": "S"}
    assert description(moved(33, adicional=asked, TipoDespacho=1)) == UNKNOWN
    assert description(moved(52, adicional=asked, FchEmis="2026-10-31")) == UNKNOWN
    motive = moved(33, adicional={"MotivoTraslado": "demostración"}, company=WRITES, TipoDespacho=1)
    assert description(motive) == "Motivo del traslado: demostración."
    note = moved(61, adicional=asked, company=WRITES, TipoDespacho="")
    assert (description(note), note.beside.adicionales) == ("", asked)


def test_couriers() -> None:
    bare = without("Patente", "PatenteCarro")
    by_company = replace(COMPANY, transporte_courier="Envíos Ñandú")
    assert description(moved(52, bare, company=by_company)) == f"Transporte por courier: Envíos Ñandú. {UNKNOWN}"
    assert description(moved(52, bare, company=replace(COMPANY, transporte_courier="s"))) == (
        f"Transporte por courier. {UNKNOWN}"
    )
    assert description(moved(52, TRANSPORT, company=by_company)) == ""
    assert description(moved(52, bare, company=by_company, adicional={"TransporteCourier": "N"})) == ""
    known = moved(52, TRANSPORT, adicional={"TransporteCourier": "Ñandú"})
    assert description(known) == "Transporte por courier: Ñandú."
    only = {"TransporteCourier": "S", "PatenteDesconocida": "N"}
    assert description(moved(52, bare, adicional=only)) == "Transporte por courier."
    own = [{**LINE, "DscItem": "Va por courier Ñandú"}]
    assert description(moved(52, bare, own, by_company)) == "Va por courier Ñandú"


def test_a_transfer_that_takes_days_is_declared_with_reason_and_date() -> None:
    days = {**TRANSPORT, "FchLlegada": "2026-11-26"}
    assert lacking(moved(52, days)) == "la declaración de traslado prolongado y su motivo (artículo 3 b)"
    assert lacking(moved(52, without("FchSalida", FchLlegada="2026-11-26"), adicional={"TrasladoProlongado": "N"})) == (
        "la declaración de traslado prolongado y su motivo (artículo 3 b); FchSalida (artículo 3 d)"
    )
    sentence = "Traslado prolongado: ruta a Aysén. Fecha estimada de entrega: 26-11-2026."
    asked = moved(52, days, adicional={"TrasladoProlongado": "ruta a  Aysén"})
    assert (description(asked), lacking(asked)) == (sentence, "")
    by_company = replace(COMPANY, traslado_prolongado="ruta a Aysén")
    assert description(moved(33, days, company=by_company)) == sentence
    assert description(moved(33, TRANSPORT, company=by_company)) == ""
    assert description(moved(52, days, adicional={"TrasladoProlongado": "S"}, company=by_company)) == sentence
    unsaid = moved(52, days, adicional={"TrasladoProlongado": "S"})
    assert lacking(unsaid) == "el motivo del traslado prolongado (artículo 3 b)"
    undated = moved(52, without("FchLlegada"), adicional={"TrasladoProlongado": "ruta a Aysén"})
    assert description(undated) == "Traslado prolongado: ruta a Aysén."
    assert lacking(undated) == "FchLlegada (artículo 3 b)"


def test_what_the_document_says_itself_is_not_said_again() -> None:
    own = [{**LINE, "DscItem": "Patente no se conoce. Traslado prolongado por nieve"}]
    days = without("Patente", "PatenteCarro", FchLlegada="2026-11-28")
    document = moved(52, days, own, replace(WRITES, traslado_prolongado="ruta a Aysén"))
    assert (lacking(document), description(document)) == ("", own[0]["DscItem"])
    beside = moved(52, without("Patente"), company=WRITES)
    beside.beside.observaciones.append("Patente desconocida")
    assert description(beside) == UNKNOWN


@pytest.mark.parametrize("text", ["Traslado no prolongado", "Traslado es: NO prolongado", "Traslado prolongado: No"])
def test_a_transfer_that_the_document_denies_is_not_declared(text: str) -> None:
    days = {**TRANSPORT, "FchLlegada": "2026-11-26"}
    assert lacking(moved(52, days, [{**LINE, "DscItem": text}])).startswith("la declaración de traslado prolongado")
    declared = [{**LINE, "DscItem": "Traslado prolongado. No entregar sin firma"}]
    assert "declaración" not in lacking(moved(52, days, declared))


def test_a_sentence_stands_behind_the_lines_of_the_description() -> None:
    own = [{**LINE, "DscItem": "Serie: 1\nSerie:  2"}]
    document = moved(52, without("Patente"), own, WRITES)
    assert description(document) == f"Serie: 1\nSerie:  2. {UNKNOWN}"


def test_a_plate_and_its_absence_are_not_both_said() -> None:
    document = moved(52, without("PatenteCarro"), adicional={"PatenteDesconocida": "S"})
    assert (description(document), avisos(document)) == ("", ["DOC-055", "DOC-127"])
    assert "ABCD12" in next(one.message for one in document.problems if one.code == "DOC-127")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PatenteDesconocida", "quizás"), ("MotivoTraslado", "S"), ("TrasladoProlongado", "nieve ❄"),
     ("TransporteCourier", "送货")],
)  # fmt: skip
def test_a_wish_that_cannot_be_written(name: str, value: str) -> None:
    document = moved(52, TRANSPORT, adicional={name: value})
    assert (avisos(document), codes(document), description(document)) == (["DOC-126"], [], "")
    assert "DOC-126" not in codes(moved(52, TRANSPORT, adicional={name: "N"}), Severity.AVISO)


def test_the_sentence_stands_behind_what_the_line_says() -> None:
    bare = without("Patente", "PatenteCarro")
    asked = {"PatenteDesconocida": "S"}
    lines = [{**LINE, "DscItem": "Frágil"}, LINE]
    document = moved(52, bare, lines, adicional=asked)
    assert [description(document, n) for n in (0, 1)] == [f"Frágil. {UNKNOWN}", ""]
    full = moved(52, bare, [{**LINE, "DscItem": "x" * 990}, LINE], adicional=asked)
    assert [description(full, n) for n in (0, 1)] == ["x" * 990, UNKNOWN]
    cut = moved(52, bare, [{**LINE, "NmbItem": "Tubo de acero galvanizado " * 5}], adicional=asked)
    assert description(cut).startswith("Tubo de acero") and description(cut).endswith(UNKNOWN)
    nowhere = moved(52, bare, [{**LINE, "DscItem": "x" * 990}], adicional=asked)
    assert ("DOC-125" in codes(nowhere, Severity.AVISO), codes(nowhere)) == (True, [])
    assert "DOC-125" not in codes(full, Severity.AVISO)


def test_no_amount_and_no_line_is_changed() -> None:
    bare, asked = without("Patente"), {"PatenteDesconocida": "S", "TransporteCourier": "Ñandú"}
    plain, said = moved(52, bare, [LINE] * 60), moved(52, bare, [LINE] * 60, adicional=asked)
    assert figures(plain) == figures(said)
    assert re.sub(r"<DscItem>[^<]*</DscItem>\n", "", said.draft) == plain.draft
    assert codes(said) == []


@settings(max_examples=60, deadline=None)
@given(
    tipo=st.sampled_from([33, 34, 46, 52]),
    left_out=st.sets(st.sampled_from(sorted(TRANSPORT))),
    wishes=st.dictionaries(
        st.sampled_from(["PatenteDesconocida", "TransporteCourier", "TrasladoProlongado", "MotivoTraslado"]),
        st.one_of(st.sampled_from(["S", "N", "x", "?"]), st.text(max_size=1100)),
    ),
    plate=st.sampled_from(["ABCD12", "DESCONOCIDA", "COURIER", "otra"]),
)
def test_nothing_of_it_ever_refuses(tipo: int, left_out: set[str], wishes: dict[str, str], plate: str) -> None:
    transport = without(*left_out, **({} if "Patente" in left_out else {"Patente": plate}))
    wishes = {name: printable_in_dte(value) for name, value in wishes.items()}  # as the parser leaves them
    document = moved(tipo, transport, adicional=wishes)
    assert errors(document.problems) == []
    assert judge(document.draft, tipo) == []


# --- signed and printed ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    one = make_installation(tmp_path_factory.mktemp("traslado"))
    yield one
    one.close()


@pytest.mark.parametrize("tipo", [33, 52])
def test_the_sentences_are_signed_and_printed(made: Installation, tipo: int) -> None:
    today = clock.today().isoformat()
    document_day = max(today, IN_FORCE.isoformat())
    file = f"""->Encabezado<-
{tipo};0;{today};2;{1 if tipo == 52 else 0};22222222-2;Cliente;Comercio;Calle 1;Lota;Lota;;
->FormaPago<-
1;
->Transporte<-
;;;;;Calle 2;Lota;;{document_day};09:30:00;2040-01-02;S;Envíos Ñandú;nieve en la ruta;;;;;
->Totales<-
0;0;0;0;1000;0;19;190;1190;
->Detalle<-
1;A;Cosa;1;1000;0;0;0;0;0;1000;INT1;UN;;
"""
    (document,) = made.issue(file.encode(), "1").documents
    assert document.accepted, [one.text() for one in document.problems]
    stored = made.ledger.documents.find("pruebas", made.company.rut, tipo, document.folio)
    assert stored is not None
    assert errors_in_dte(stored.xml, tipo) == []
    root = etree.fromstring(stored.xml)
    said = root.findtext(".//{*}Detalle/{*}DscItem")
    assert said == (
        f"Transporte por courier: Envíos Ñandú. {UNKNOWN} Traslado prolongado: nieve en la ruta. "
        "Fecha estimada de entrega: 02-01-2040."
    )
    assert root.findtext(".//{*}TED/{*}DD/{*}IT1") == "Cosa"
    assert "PatenteDesconocida" not in stored.beside
    assert squeezed(said) in text(printing.letter_pdf(stored.xml, FACTS))
