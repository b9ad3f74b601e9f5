"""What each document type has, how often and how long (Formato DTE v2.5, sections 1 and 2; Formato Boletas v4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import Severity
from tests.validator.judging import codes
from tests.validator.xml_documents import judged, line, reference

LINE = line(1000, QtyItem=1, UnmdItem="UN", PrcItem=1000)
DISCOUNT = {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "$", "ValorDR": 1}
ORDER = {"NroLinRef": 1, "TpoDocRef": 801, "FolioRef": "OC-1", "FchRef": "2026-11-01"}
PAYMENT = {"FchPago": "2026-12-24", "MntPago": 1}


def document(tipo: int, lines: Any = None, totals: Any = None, **parts: Any) -> Any:
    if tipo in (56, 61):
        parts.setdefault("Referencia", reference(33))
    return judged(tipo, lines or [LINE], totals or {}, **parts)


@pytest.mark.parametrize(("tipo", "most"), [(33, 60), (34, 60), (52, 60), (56, 60), (61, 60), (39, 1000), (41, 1000)])
def test_lines(tipo: int, most: int) -> None:
    assert codes(document(tipo, [LINE] * most)) == []
    assert codes(document(tipo, [LINE] * (most + 1))) == ["DOC-005"]


@pytest.mark.parametrize(("tipo", "name", "one", "most"), [
    (33, "Referencia", ORDER, 40), (39, "Referencia", {"NroLinRef": 1, "CodRef": "X", "RazonRef": "Y"}, 40),
    (33, "DscRcgGlobal", DISCOUNT, 20), (52, "DscRcgGlobal", DISCOUNT, 20), (39, "DscRcgGlobal", DISCOUNT, 20),
])  # fmt: skip
def test_other_zones(tipo: int, name: str, one: dict[str, object], most: int) -> None:
    parts: dict[str, Any] = {name: [one] * most}
    assert codes(document(tipo, **parts)) == []
    parts[name].append(one)
    assert "DOC-005" in codes(document(tipo, **parts))


def test_programmed_payments() -> None:
    assert codes(document(33, id_doc={"MntPagos": [PAYMENT] * 30})) == []
    assert codes(document(33, id_doc={"MntPagos": [PAYMENT] * 31})) == ["DOC-005"]


def test_zones_that_a_type_has_not() -> None:
    commission = {"NroLinCom": 1, "TipoMovim": "C", "Glosa": "C", "ValComNeto": 1, "ValComExe": 0, "ValComIVA": 0}
    for tipo in (33, 34, 52):
        assert "DOC-008" in codes(document(tipo, Comisiones=commission))
    assert codes(document(33)) == []


@pytest.mark.parametrize(
    ("tipo", "name"),
    [
        (34, "MntNeto"), (34, "CredEC"), (46, "CredEC"), (33, "IVANoRet"), (34, "IVANoRet"), (52, "IVANoRet"),
        (46, "GrntDep"), (52, "GrntDep"),
    ],
)  # fmt: skip
def test_totals_that_a_type_has_not(tipo: int, name: str) -> None:
    assert "DOC-008" in codes(document(tipo, totals={name: 1000}))
    assert "DOC-008" not in codes(document(tipo, totals={name: 0}))


@pytest.mark.parametrize(("tipo", "has"), [(33, False), (34, False), (46, False), (52, False), (56, False), (61, True)])
def test_only_a_credit_note_may_not_lessen(tipo: int, has: bool) -> None:
    found = document(tipo, id_doc={"IndNoRebaja": 1})
    assert ("DOC-007" not in codes(found, Severity.AVISO)) is has
    assert ("IndNoRebaja" in found.id_doc.fields) is has


@pytest.mark.parametrize(("tipo", "has"), [(33, False), (34, False), (52, True)])
def test_only_a_guide_has_transfer(tipo: int, has: bool) -> None:
    assert ("IndTraslado" in document(tipo, id_doc={"IndTraslado": 1}).id_doc.fields) is has


@pytest.mark.parametrize(("name", "tipo"), [("GiroRecep", 33), ("DirRecep", 34), ("CmnaRecep", 52), ("DirRecep", 46)])
def test_what_the_receiver_must_have(name: str, tipo: int) -> None:
    lacking = document(tipo, receptor={name: ""})
    code = {"DirRecep": "DOC-112", "CmnaRecep": "DOC-113"}.get(name, "DOC-003")
    assert [one.code for one in lacking.problems if name in one.message] == [code]
    assert codes(lacking) == []
    assert not any(name in one.message for one in document(tipo).problems)
    assert not any(name in one.message for one in document(61, receptor={name: ""}).problems)


@pytest.mark.parametrize("name", ["QtyItem", "UnmdItem"])
def test_what_the_line_of_a_guide_must_have(name: str) -> None:
    plain = {key: value for key, value in LINE.items() if key != name}
    asked = ("DOC-003", "DOC-055")  # of the form, or of Resolution 154
    assert any(one.code in asked and name in one.message for one in document(52, [plain]).problems)
    assert not any(one.code in asked and name in one.message for one in document(33, [plain]).problems)


def told_of_length(document: Document) -> bool:
    """A text that only describes was cut, aloud; any other one is refused."""
    return bool({one.code for one in document.problems} & {"DOC-020", "DOC-051", "DOC-052"})


@pytest.mark.parametrize(("name", "length"), [
    ("RznSocRecep", 100), ("GiroRecep", 40), ("Contacto", 80), ("DirRecep", 70), ("CmnaRecep", 20),
])  # fmt: skip
def test_lengths_of_the_receiver(name: str, length: int) -> None:
    assert codes(document(33, receptor={name: "Ñ" * length})) == []
    assert told_of_length(document(33, receptor={name: "Ñ" * (length + 1)}))


@pytest.mark.parametrize(("name", "length"), [("NmbItem", 80), ("DscItem", 1000), ("UnmdItem", 4)])
def test_lengths_of_the_line(name: str, length: int) -> None:
    assert codes(document(33, [{**LINE, name: "Ñ" * length}])) == []
    assert told_of_length(document(33, [{**LINE, name: "Ñ" * (length + 1)}]))


@pytest.mark.parametrize(("name", "length"), [("FolioRef", 18), ("RazonRef", 90)])
def test_lengths_of_the_reference(name: str, length: int) -> None:
    assert codes(document(33, Referencia={**ORDER, name: "A" * length})) == []
    assert told_of_length(document(33, Referencia={**ORDER, name: "A" * (length + 1)}))


def test_lengths_elsewhere() -> None:
    for parts, length in (
        ({"id_doc": {"MntPagos": {**PAYMENT, "GlosaPagos": "x"}}}, 40),
        ({"id_doc": {"TermPagoGlosa": "x"}}, 100),
        ({"header": {"Transporte": {"Patente": "x"}}}, 8),
        ({"DscRcgGlobal": {**DISCOUNT, "GlosaDR": "x"}}, 45),
    ):
        assert codes(document(33, **_lengthened(parts, length))) == []
        assert told_of_length(document(33, **_lengthened(parts, length + 1)))


def _lengthened(parts: Any, length: int) -> Any:
    """*parts* with the text ``x`` as long as that."""
    if isinstance(parts, dict):
        return {name: _lengthened(value, length) for name, value in parts.items()}
    return "A" * length if parts == "x" else parts


@pytest.mark.parametrize(("way", "good"), [("1", True), ("4", True), ("5", False)])
def test_kinds_of_sale(way: str, good: bool) -> None:
    assert (codes(document(33, id_doc={"TpoTranVenta": way})) == []) is good


@pytest.mark.parametrize(("way", "good"), [("1", True), ("7", True), ("8", False)])
def test_kinds_of_purchase(way: str, good: bool) -> None:
    assert (codes(document(33, id_doc={"TpoTranCompra": way})) == []) is good


@pytest.mark.parametrize(("text", "errors"), [("\u200b", ["DOC-002"]), ("\u200bClavos", [])])
def test_a_text_of_invisible_characters_says_nothing(text: str, errors: list[str]) -> None:
    assert codes(document(33, [{**LINE, "NmbItem": text}])) == errors
    assert codes(document(33, receptor={"RznSocRecep": text})) == errors
    optional = document(33, [{**LINE, "DscItem": text}], receptor={"Extranjero": {"NumId": text}})
    assert codes(optional) == []
    assert ("DscItem" in optional.detalles[0].fields) is not bool(errors)
    assert "TXT-028" in codes(optional, Severity.AVISO)


# --- what is peculiar to one type ------------------------------------------------------------------------------------

SOLD: dict[str, object] = {"NmbItem": "Ventas de octubre", "TpoDocLiq": "33", "MontoItem": 1000}
COMMISSION = {"NroLinCom": 1, "TipoMovim": "C", "Glosa": "Comisión", "ValComNeto": 100, "ValComExe": 0, "ValComIVA": 19}


def settlement(sold: dict[str, object], **more: Any) -> Any:
    totals = {"Comisiones": {"ValComNeto": 100, "ValComExe": 0, "ValComIVA": 19}}
    return document(43, [sold], totals, Comisiones=COMMISSION, **more)


def test_a_settlement_says_what_it_settles() -> None:
    assert codes(settlement(SOLD)) == []
    assert codes(settlement({**SOLD, "TpoDocLiq": ""})) == ["DOC-002"]


def test_only_a_settlement_says_what_it_settles() -> None:
    assert codes(document(33, [{**LINE, "TpoDocLiq": "33"}]), Severity.AVISO).count("TXT-056") == 1
    assert "TXT-056" not in codes(document(33), Severity.AVISO)
    assert "TXT-056" not in codes(settlement(SOLD), Severity.AVISO)


def test_a_settlement_has_no_global_discounts() -> None:
    assert "TXT-056" in codes(settlement(SOLD, DscRcgGlobal=DISCOUNT), Severity.AVISO)
    assert "TXT-056" not in codes(settlement(SOLD), Severity.AVISO)


def test_notes_name_what_they_correct() -> None:
    for tipo in (56, 61):
        assert codes(judged(tipo, [LINE], {})) == ["REF-001"]
        assert codes(document(tipo)) == []


@pytest.mark.parametrize("tipo", [34, 41])
def test_exempt_documents_have_no_tax(tipo: int) -> None:
    assert codes(document(tipo, totals={"IVA": 190, "MntTotal": 1190})) == ["TOT-010"]
    assert codes(document(tipo, totals={"MntExe": 1000, "MntTotal": 1000})) == []


def test_prices_with_tax_are_for_invoices() -> None:
    assert "DOC-008" in codes(document(52, totals={"MntTotal": 1190}, id_doc={"MntBruto": 1}))
    assert "MntBruto" not in document(52, id_doc={"MntBruto": 1}).draft  # see test_gross_guias
    assert codes(document(33, id_doc={"MntBruto": 1})) == []


@pytest.mark.parametrize("tipo", [33, 34, 39, 41, 46, 52])
def test_every_document_has_a_total_and_a_receiver(tipo: int) -> None:
    made = document(tipo, receptor={"RUTRecep": ""})
    assert ("DOC-002" in codes(made)) is (tipo not in (39, 41))
    assert "MntTotal" in document(tipo).totales.fields
