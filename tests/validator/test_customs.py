"""Customs data of exports: codes, weights, packages and what a factura tells."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.codes import code_table
from dteplanows.document.problem import Severity
from dteplanows.validator.transport.customs import units
from tests.validator.judging import codes
from tests.validator.test_dispatch import told
from tests.validator.xml_documents import judged, line, reference

LINE = line(100, IndExe=1, QtyItem=1, UnmdItem="10", PrcItem=100)
BOX = {"CodTpoBultos": 22, "CantBultos": 2, "Marcas": "A"}
CONTAINER = {"CodTpoBultos": 73, "CantBultos": 2, "IdContainer": "ABCU1234567", "Sello": "S1", "EmisorSello": "Nave"}
CUSTOMS: dict[str, object] = {
    "CodModVenta": 1, "CodClauVenta": 5, "TotClauVenta": 100, "CodViaTransp": 1, "CodPtoEmbarque": 906,
    "CodPtoDesemb": 224, "PesoBruto": "10.5", "CodUnidPesoBruto": 6, "TotBultos": 2, "TipoBultos": BOX,
    "CodPaisRecep": 225, "CodPaisDestin": 225,
}  # fmt: skip
BUYER = {"RUTRecep": "55555555-5", "CiudadRecep": "Houston"}


def export(
    tipo: int = 110, lines: Any = None, id_doc: Any = None, buyer: Any = None, none: bool = False, **more: Any
) -> Any:
    """An export with good customs data but for *more*; *none* leaves all of it out."""
    header: dict[str, object] = {
        "OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950", "MntExeOtrMnda": 95000, "MntTotOtrMnda": 95000}
    }
    if not none:
        header["Transporte"] = {"Aduana": {**CUSTOMS, **more}}
    root: dict[str, Any] = {"Referencia": reference(110)} if tipo != 110 else {}
    totals = {"TpoMoneda": "DOLAR USA", "MntExe": 100, "MntTotal": 100}
    receptor = {**BUYER, **(buyer or {})}
    return judged(tipo, lines or [LINE], totals, id_doc=id_doc, receptor=receptor, header=header, **root)


@pytest.mark.parametrize("tipo", [110, 111, 112])
def test_good_exports(tipo: int) -> None:
    assert told(export(tipo)) == set()
    assert codes(export(tipo)) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("CodModVenta", 7), ("CodClauVenta", 7), ("CodViaTransp", 3), ("CodPtoEmbarque", 9999), ("CodPtoDesemb", 9999),
        ("CodUnidPesoBruto", 98), ("CodPaisRecep", 1), ("CodPaisDestin", 1), ("TipoBultos", {**BOX, "CodTpoBultos": 9}),
    ],
)  # fmt: skip
def test_codes_of_the_customs_tables(name: str, wrong: Any) -> None:
    changed: dict[str, Any] = {name: wrong}
    document = export(**changed)
    assert told(document) == {"DOC-064"}
    assert codes(document, Severity.AVISO).count("DOC-064") == 1


def test_codes_beyond_aduana() -> None:
    assert told(export(id_doc={"FmaPagExp": 99})) == {"DOC-064"}
    assert told(export(id_doc={"FmaPagExp": 1})) == set()
    assert told(export(buyer={"Extranjero": {"Nacionalidad": "XX"}})) == {"DOC-064"}
    assert told(export(buyer={"Extranjero": {"Nacionalidad": "225"}})) == set()


def test_units_of_lines_by_code_or_name_and_told_once() -> None:
    odd = export(lines=[{**LINE, "UnmdItem": "CAJA"}, {**LINE, "MontoItem": 0, "PrcItem": "", "UnmdItem": "CAJA"}])
    assert codes(odd, Severity.AVISO).count("DOC-064") == 1
    assert told(export(lines=[{**LINE, "UnmdItem": "KN"}])) == set()


def test_the_tables_are_whole() -> None:
    sizes = {
        "CodModVenta": 5, "CodClauVenta": 13, "CodViaTransp": 8, "CodPto": 338, "CodTpoBultos": 67, "CodPais": 255,
        "CodUnid": 23, "FmaPagExp": 9,
    }  # fmt: skip
    assert {name: len(code_table(name)) for name in sizes} == sizes
    assert len(units()) == 46


def test_weights_have_units() -> None:
    assert told(export(PesoNeto="9.5")) == {"DOC-065"}
    assert told(export(PesoNeto="9.5", CodUnidPesoNeto=6)) == set()
    assert told(export(CodUnidMedTara=6)) == {"DOC-065"}
    assert told(export(Tara=100, CodUnidMedTara=6)) == set()


def test_packages_are_as_many_as_was_said() -> None:
    assert told(export(TotBultos=3)) == {"DOC-066"}
    assert told(export(TotBultos=4, TipoBultos=[BOX, CONTAINER])) == set()
    assert told(export(TotBultos="")) == set()


@pytest.mark.parametrize("none", [True, False])
def test_what_a_factura_of_goods_tells(none: bool) -> None:
    document = export(none=none, CodModVenta="", CodViaTransp="")
    (said,) = [one.message for one in document.problems if one.code == "DOC-067"]
    assert ("CodModVenta" in said, "CodClauVenta" in said, "CodPaisRecep" in said) == (True, none, none)
    assert codes(document) == []


def test_a_service_only_tells_the_country() -> None:
    (said,) = [one.message for one in export(none=True, id_doc={"IndServicio": 3}).problems if one.code == "DOC-067"]
    assert said.endswith(": CodPaisRecep.")
    assert told(export(none=True, tipo=112)) == set()


def test_structure_asks_for_packages_and_country_in_aduana() -> None:
    document = export(TotBultos="", TipoBultos="", CodPaisRecep="", buyer={"CiudadRecep": ""})
    said = " ".join(one.message for one in document.problems if one.code == "DOC-003")
    assert all(name in said for name in ("TotBultos", "CodPaisRecep", "CiudadRecep"))


def test_packages_have_marks_or_a_seal() -> None:
    assert told(export(TipoBultos={**BOX, "Marcas": ""})) == {"DOC-068"}
    assert told(export(TipoBultos=CONTAINER)) == set()
    sealless = export(TipoBultos={**CONTAINER, "Sello": ""})
    assert told(sealless) == {"DOC-068"}
    assert codes(sealless, Severity.REPARO) == ["DOC-068"]


def test_notes_need_not_repeat_the_packages() -> None:
    assert told(export(112, TipoBultos={"CodTpoBultos": 73})) == set()


# --- the buyer -------------------------------------------------------------------------------------------------------


def test_a_buyer_abroad_has_the_generic_rut() -> None:
    assert told(export(buyer={"RUTRecep": "22222222-2"})) == {"DOC-085"}


@pytest.mark.parametrize(("service", "good"), [(3, True), (4, True), (5, True), (6, True), (1, False), (2, False)])
def test_services_of_exports(service: int, good: bool) -> None:
    assert ("DOC-022" not in codes(export(id_doc={"IndServicio": service}))) is good
