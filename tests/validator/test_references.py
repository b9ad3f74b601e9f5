"""References of any document: what they name, by which number, whose, of what day."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Document
from dteplanows.document.reference_types import REFERENCE_TYPES
from tests.validator import xml_documents
from tests.validator.judging import COMPANY, boleta, codes
from tests.validator.xml_documents import line

OTHER = "77777777-7"
IN_DOLLARS = {"TpoMoneda": "DOLAR USA"}
RATE = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950.25"}}


def row(kind: object, folio: object = 120, **more: object) -> dict[str, object]:
    """One reference; None for a date leaves it out."""
    found = {"TpoDocRef": kind, "FolioRef": folio, "FchRef": "2026-11-01", **more}
    return {name: value for name, value in found.items() if value is not None}


def judged(tipo: int, *rows: dict[str, object], **parts: Any) -> Document:
    """A good document of that type with these references, judged."""
    refs = [{"NroLinRef": number, **one} for number, one in enumerate(rows, 1)]
    export = BRANCHES[tipo] == "exportacion"
    lines = parts.pop("lines", [line(10000, IndExe=1) if export else line(10000)])
    if export:
        parts.setdefault("header", RATE)
    return xml_documents.judged(tipo, lines, IN_DOLLARS if export else {}, Referencia=refs, **parts)


def told(document: Document) -> dict[str, str]:
    """Severity of every problem with references, by code."""
    return {one.code: str(one.severity) for one in document.problems if one.code.startswith("REF-")}


def test_the_list_has_every_type_that_is_issued_here() -> None:
    assert {str(tipo) for tipo in BRANCHES} <= set(REFERENCE_TYPES)
    assert {str(n) for n in [*range(801, 816), *range(820, 824)]} <= set(REFERENCE_TYPES)
    assert all(one.name for one in REFERENCE_TYPES.values())


@pytest.mark.parametrize("kind", [*sorted(REFERENCE_TYPES), "HES", "MIG", "OC"])
def test_a_listed_type_or_letters_may_be_named(kind: str) -> None:
    assert told(judged(33, row(kind))) == {}


@pytest.mark.parametrize("kind", ["99", "500", "816", "824", "031"])
def test_another_number_may_not(kind: str) -> None:
    assert codes(judged(33, row(kind))) == ["REF-003"]


@pytest.mark.parametrize(
    ("kind", "folio", "expected"),
    [
        (33, "9999999999", {}),
        (33, "00120", {}),
        (33, "A-1", {"REF-005": "error"}),
        (33, "١٢٠", {"REF-005": "error"}),
        (33, "12345678901", {"REF-016": "reparo"}),
        (801, "OC-2026/118 rev. 2", {}),
        ("HES", "12345678901234567", {}),
    ],
)
def test_a_tax_document_has_a_number(kind: object, folio: str, expected: dict[str, str]) -> None:
    assert told(judged(33, row(kind, folio))) == expected


@pytest.mark.parametrize(
    ("kind", "folio", "expected"),
    [
        (33, "12345678901", {"REF-052": "error"}),
        (33, "0012345678901", {"REF-052": "error"}),
        (33, "0000000000120", {}),
        (30, "12345678901", {"REF-016": "reparo"}),  # on paper
    ],
)
def test_what_a_note_corrects_has_a_folio_that_can_exist(kind: int, folio: str, expected: dict[str, str]) -> None:
    assert told(judged(61, row(kind, folio, CodRef=3))) == expected


def test_what_a_note_mentions_is_only_remarked() -> None:
    assert told(judged(61, row(33, CodRef=3), row(52, "12345678901"))) == {"REF-016": "reparo"}


def test_no_folio_is_longer_than_18() -> None:
    assert "DOC-020" in codes(judged(33, row(801, "x" * 19)))
    assert codes(judged(33, row(801, "x" * 18))) == []


@pytest.mark.parametrize(
    ("folio", "more", "expected"),
    [
        ("0", {"RazonRef": "Guías de octubre"}, {"REF-007": "error"}),
        ("0", {"IndGlobal": 1, "RazonRef": "Guías de octubre"}, {}),
        ("0", {"IndGlobal": 1}, {"REF-018": "aviso"}),
        ("77", {"IndGlobal": 1, "RazonRef": "Guías de octubre"}, {"REF-017": "aviso"}),
    ],
)
def test_folio_0_and_the_global_reference_go_together(
    folio: str, more: dict[str, object], expected: dict[str, str]
) -> None:
    assert told(judged(61, row(33, 5, CodRef=3), row(52, folio, **more))) == expected


@pytest.mark.parametrize(
    ("tipo", "kind", "rut", "expected", "kept"),
    [
        (46, 52, OTHER, {}, True),
        (61, 33, OTHER, {}, True),
        (112, 110, OTHER, {}, True),
        (46, 52, COMPANY.rut, {"REF-020": "aviso"}, False),
        (61, 801, OTHER, {"REF-021": "aviso"}, False),
        (46, "HES", OTHER, {"REF-021": "aviso"}, False),
    ],
)
def test_another_issuer_is_of_tax_documents(
    tipo: int, kind: object, rut: str, expected: dict[str, str], kept: bool
) -> None:
    corrects = [] if tipo == 46 or kind in (33, 110) else [row(33, 7, CodRef=3)]
    code = {"CodRef": 3} if kind in (33, 110) else {}
    document = judged(tipo, row(kind, RUTOtr=rut, **code), *corrects)
    assert told(document) == expected
    assert ("RUTOtr" in document.root.all("Referencia")[0].fields) is kept


@pytest.mark.parametrize("tipo", [33, 34, 52])
def test_most_documents_have_no_other_issuer(tipo: int) -> None:
    document = judged(tipo, row(52, RUTOtr=OTHER))
    assert "DOC-007" in [one.code for one in document.problems]
    assert "RUTOtr" not in document.root.all("Referencia")[0].fields


def test_the_date_is_there_and_not_later() -> None:
    assert codes(judged(61, row(33, CodRef=3, FchRef=None))) == ["DOC-002"]
    assert "TXT-039" in [one.code for one in judged(33, row(801, FchRef=None)).problems]  # it is left out
    assert told(judged(33, row(801, FchRef="2026-11-25"))) == {"REF-022": "aviso"}
    assert told(judged(33, row(801, FchRef="2026-11-24"))) == {}


def test_the_reason_is_free_up_to_90() -> None:
    assert codes(judged(33, row(801, RazonRef="x" * 90))) == []
    assert codes(judged(33, row(801, RazonRef="x" * 91))) == []
    assert "DOC-051" in {one.code for one in judged(33, row(801, RazonRef="x" * 91)).problems}


def test_there_are_40_at_most() -> None:
    assert codes(judged(33, *[row(801, n) for n in range(1, 41)])) == []
    document = judged(33, *[row(801, n) for n in range(1, 42)])
    assert codes(document) == ["DOC-005"]
    assert "IndGlobal 1" in document.problems[0].remedy


@pytest.mark.parametrize(("kind", "near"), [("ORDEN", "801 (Orden"), ("GUIA", "52 (Guía"), ("FACTURA", "33 (Factura")])
def test_a_type_in_words_is_answered_with_its_code(kind: str, near: str) -> None:
    document = judged(33, row(kind))
    assert codes(document) == ["REF-003"]
    assert f"se envía {near}" in document.problems[0].message
    assert codes(judged(33, row(kind[:3]))) == []  # letters of the parties' own


def test_a_boleta_is_answered_with_the_types_that_it_may_name() -> None:
    document = judged(39, {**row("33"), "CodRef": ""})
    assert codes(document) == ["REF-004"]
    assert "801 (Orden de Compra)" in document.problems[0].message


@pytest.mark.parametrize(
    ("tipo", "kinds", "expected"),
    [
        (52, ["807"], {}),
        (52, ["810"], {}),
        (52, ["807", "807"], {"REF-025": "reparo"}),
        (52, ["807", "810"], {"REF-025": "reparo"}),
        (110, ["807", "808"], {}),
        (110, ["807", "807"], {"REF-025": "reparo"}),
        (33, ["807", "807"], {}),
    ],
)
def test_one_paper_of_the_customs(tipo: int, kinds: list[str], expected: dict[str, str]) -> None:
    assert told(judged(tipo, *[row(kind, n) for n, kind in enumerate(kinds, 1)])) == expected


@pytest.mark.parametrize(
    ("service", "kinds", "expected"),
    [
        (5, ["811"], {}),
        (5, ["807"], {"REF-026": "reparo"}),
        (5, ["811", "811"], {"REF-026": "reparo"}),
        (4, ["813"], {}),
        (4, ["807"], {"REF-027": "reparo"}),
        (3, ["807"], {"REF-051": "reparo"}),
        (3, ["807", "812"], {}),
        (0, ["807"], {}),
    ],
)
def test_a_service_abroad_names_its_paper(service: int, kinds: list[str], expected: dict[str, str]) -> None:
    rows = [row(kind, n) for n, kind in enumerate(kinds, 1)]
    assert told(judged(110, *rows, id_doc={"IndServicio": service})) == expected


@pytest.mark.parametrize(("tipo", "service"), [(112, 4), (112, 5), (52, 4), (52, 5)])
def test_only_the_factura_of_a_service_abroad_names_its_paper(tipo: int, service: int) -> None:
    corrected = row(110, CodRef=3) if tipo == 112 else row(801)
    assert told(judged(tipo, corrected, id_doc={"IndServicio": service})) == {}


@pytest.mark.parametrize("tipo", [111, 112])
def test_the_notes_to_a_qualified_service_name_its_resolution_too(tipo: int) -> None:
    corrected = row(110, CodRef=3)
    assert told(judged(tipo, corrected, id_doc={"IndServicio": 3})) == {"REF-051": "reparo"}
    assert told(judged(tipo, corrected, row(812, "3812/2024"), id_doc={"IndServicio": 3})) == {}


def test_a_service_abroad_without_references_is_told_too() -> None:
    assert told(judged(110, id_doc={"IndServicio": 3})) == {"REF-051": "reparo"}
    assert told(judged(110, id_doc={"IndServicio": 4})) == {"REF-027": "reparo"}


def test_a_case_of_the_certification_comes_first_and_says_which() -> None:
    case = row("SET", 33, RazonRef="CASO 414175-1")
    assert told(judged(33, case, row(801))) == {}
    assert told(judged(33, row(801), case)) == {"REF-028": "aviso"}
    assert told(judged(33, row("SET", 33, RazonRef="prueba"))) == {"REF-029": "aviso"}
    assert told(judged(61, case, row(33, CodRef=3))) == {}


def test_a_boleta_names_few_types_or_a_case() -> None:
    def of_boleta(**reference: object) -> dict[str, str]:
        return told(xml_documents.judged(39, [line(1190)], {}, Referencia={"NroLinRef": 1, **reference}))

    assert of_boleta(TpoDocRef=801, FolioRef="OC-1") == {}
    assert of_boleta(TpoDocRef=33, FolioRef=1) == {"REF-004": "error"}
    assert of_boleta(CodRef="SET", RazonRef="CASO-1") == {}
    assert of_boleta(CodRef="SET", RazonRef="uno") == {"REF-029": "aviso"}
    assert of_boleta(CodRef="PED-77", RazonRef="Pedido hecho por teléfono") == {}
    assert codes(boleta("1;A;Cosa;0;1;1190;0;1190;INT1;UN;;", "0;0;0;1190;0;0;0;0;")) == []


def test_lower_credit_is_of_credit_notes_only() -> None:
    mark = {"IndNoRebaja": 1}
    credit = judged(61, row(33, CodRef=3), id_doc=mark)
    debit = judged(56, row(33, CodRef=3), id_doc=mark)
    assert credit.id_doc.amount("IndNoRebaja") == 1
    assert "IndNoRebaja" not in debit.id_doc.fields
    assert "DOC-007" in [one.code for one in debit.problems]
