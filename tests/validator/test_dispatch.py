"""How goods travel: transport, kinds of dispatch and kinds of transfer."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from dteplanows import validator
from dteplanows.document.problem import Severity
from tests.told import CodeSet, of_families
from tests.validator.judging import COMPANY, TODAY, codes, factura
from tests.validator.judging import line as line_of_txt
from tests.validator.xml_documents import judged, line, read

LINE = line(1000, QtyItem=1, UnmdItem="UN", PrcItem=1000)
DRIVER = {"RUTChofer": "11111111-1", "NombreChofer": "Juana Pérez"}
TRANSPORT: dict[str, object] = {
    "Patente": "ABCD12", "PatenteCarro": "EFGH34", "RUTTrans": "11111111-1", "Chofer": DRIVER,
    "DirDest": "Calle 2", "CmnaDest": "Lota", "FchSalida": "2026-11-24", "HraSalida": "09:30:00",
    "FchLlegada": "2026-11-24",
}  # fmt: skip
CUSTOMS = {
    "CodPtoEmbarque": 906, "CodPtoDesemb": 224, "PesoBruto": "10.5", "CodUnidPesoBruto": 6, "TotBultos": 2,
    "TipoBultos": {"CodTpoBultos": 22, "CantBultos": 2, "Marcas": "A"},
}  # fmt: skip
GUIDES: dict[str, Any] = {"header": {"Transporte": TRANSPORT}}


def moved(tipo: int = 33, transport: object = None, lines: Any = None, **id_doc: object) -> Any:
    header = {"Transporte": transport} if transport else {}
    return judged(tipo, lines or [LINE], {}, id_doc=id_doc, header=header)


def told(document: Any) -> CodeSet:
    """Codes of this test's family."""
    return of_families(document, *(f"DOC-0{number}" for number in range(55, 90)))


def missing(document: Any) -> list[str]:
    """What the aviso about the transport names, without the articles."""
    found = [one.message for one in document.problems if one.code == "DOC-055"]
    names = re.sub(r", si lleva carro| \(artículo [^)]+\)", "", "".join(found).rstrip(".").partition(": ")[2])
    return re.split("; |, | y ", names) if names else []


@pytest.mark.parametrize("tipo", [33, 34, 46])
def test_a_factura_that_goes_with_goods_tells_the_transport(tipo: int) -> None:
    retained = {"CodImpAdic": 15, "Retenedor": {"IndAgente": "R"}} if tipo == 46 else {}
    lines = [{**LINE, **retained}]
    assert missing(moved(tipo, lines=lines, TipoDespacho=2))[4:6] == ["Patente", "PatenteCarro"]
    assert missing(moved(tipo, {**TRANSPORT, "Patente": ""}, lines, TipoDespacho=3)) == ["Patente"]
    assert told(moved(tipo, TRANSPORT, lines, TipoDespacho=2)) == set()
    assert told(moved(tipo, lines=lines, TipoDespacho=1)) == set()
    assert told(moved(tipo, lines=lines)) == set()
    assert codes(moved(tipo, lines=lines, TipoDespacho=2)) == []


def test_its_lines_have_units() -> None:
    assert missing(moved(33, TRANSPORT, [{**LINE, "UnmdItem": ""}], TipoDespacho=2)) == ["UnmdItem en la línea"]


def test_a_guide_tells_the_transport_in_one_aviso() -> None:
    document = moved(52)
    assert len(missing(document)) == 9
    assert codes(document, Severity.AVISO).count("DOC-055") == 1
    assert "DOC-003" not in codes(document, Severity.AVISO)
    assert told(moved(52, TRANSPORT)) == set()
    assert missing(moved(52, {**TRANSPORT, "Chofer": {"NombreChofer": ""}})) == ["Chofer"]


def test_a_driver_has_rut_and_name() -> None:
    assert codes(moved(52, {**TRANSPORT, "Chofer": {"RUTChofer": "11111111-1"}})) == ["DOC-002"]


def test_a_vehicle_without_dispatch() -> None:
    assert told(moved(33, {"Patente": "ABCD12"})) == {"DOC-056"}
    assert told(moved(33, {"DirDest": "Calle 2"})) == set()


def test_goods_arrive_after_they_leave() -> None:
    assert told(moved(52, {**TRANSPORT, "FchLlegada": "2026-11-23"})) == {"DOC-058"}
    assert told(moved(52, {**TRANSPORT, "FchLlegada": "2026-11-24"})) == set()


@pytest.mark.parametrize("transfer", [1, 2, 3, 4, 6, 7])
def test_ordinary_transfers_demand_no_more(transfer: int) -> None:
    assert told(moved(52, TRANSPORT, IndTraslado=transfer, TipoDespacho=2)) == set()


def test_a_guide_without_transfer_is_told() -> None:
    for nothing in ("", 0):
        document = moved(52, TRANSPORT, IndTraslado=nothing)
        assert codes(document) == ["DOC-111"]
        assert "DOC-003" not in codes(document, Severity.AVISO)
        (found,) = [one for one in document.problems if one.code == "DOC-111"]
        assert all(f"{code} (" in found.expected for code in range(1, 10))
    assert "DOC-111" not in codes(moved(33, TRANSPORT, IndTraslado=""))
    for value in (10, "venta"):
        wrong = codes(moved(52, TRANSPORT, IndTraslado=value))
        assert wrong
        assert "DOC-111" not in wrong


def test_a_txt_without_transfer_is_of_a_sale() -> None:
    document = factura(line_of_txt(1000, "1000"), "0;0;0;0;1000;0;19;190;1190;", tipo=52)
    assert "TXT-040" in codes(document, Severity.AVISO)
    assert codes(document) == []
    assert document.id_doc.amount("IndTraslado") == 1


def test_an_internal_transfer_is_dispatched_to_nobody() -> None:
    own = {"RUTRecep": "76354771-K"}
    with_dispatch = judged(52, [LINE], {}, id_doc={"IndTraslado": 5, "TipoDespacho": 1}, receptor=own, **GUIDES)
    assert told(with_dispatch) == {"DOC-057"}
    assert "<TipoDespacho>" not in with_dispatch.draft
    sold = judged(52, [LINE], {}, id_doc={"IndTraslado": 1, "TipoDespacho": 1}, **GUIDES)
    assert told(sold) == set()
    assert "<TipoDespacho>1</TipoDespacho>" in sold.draft
    assert told(judged(52, [LINE], {}, id_doc={"IndTraslado": 5}, receptor=own, **GUIDES)) == set()


# --- goods that leave the country ------------------------------------------------------------------------------------


def guide(transfer: int, export: dict[str, object] | None = None, customs: Any = None, **more: Any) -> Any:
    priced = {**LINE, "UnmdItem": "U", **more}
    header = {"Transporte": {**TRANSPORT, "Aduana": CUSTOMS if customs is None else customs}}
    document = read(52, [priced], {}, id_doc={"IndTraslado": transfer}, header=header)
    group = document.emisor.group("GuiaExport")
    for name, value in (export or {}).items():
        group.put(name, value)  # type: ignore[arg-type]
    validator.judge(document, COMPANY, TODAY)
    return document


def test_export_guides_name_the_exporter() -> None:
    assert told(guide(8)) == {"DOC-059"}
    assert codes(guide(8), Severity.REPARO) == ["DOC-059"]
    assert told(guide(8, {"CdgTraslado": 1})) == set()


def test_an_authorized_exporter_has_an_authorization() -> None:
    day = date(2026, 11, 1)
    assert told(guide(8, {"CdgTraslado": 4})) == {"DOC-060"}
    assert told(guide(8, {"CdgTraslado": 4, "FolioAut": 123})) == {"DOC-060"}
    assert told(guide(8, {"CdgTraslado": 4, "FolioAut": 123456, "FchAut": day})) == {"DOC-060"}
    assert told(guide(8, {"CdgTraslado": 4, "FolioAut": 12345, "FchAut": day})) == set()


def test_the_customs_data_of_an_export_guide() -> None:
    document = guide(8, {"CdgTraslado": 1}, {"CodPtoEmbarque": 906})
    assert told(document) == {"DOC-061"}
    (said,) = [one.message for one in document.problems if one.code == "DOC-061"]
    assert "CodPtoDesemb, PesoBruto, CodUnidPesoBruto, TotBultos, TipoBultos" in said


def test_a_sale_abroad_is_priced_in_its_currency() -> None:
    other = {"PrcOtrMon": "1.05", "Moneda": "USD", "FctConv": "950.25", "MontoItemOtrMnda": "1.05"}
    assert told(guide(9, {"CdgTraslado": 1})) == {"DOC-062"}
    assert told(guide(9, {"CdgTraslado": 1}, OtrMnda=other)) == set()


def test_export_data_in_another_guide() -> None:
    assert "DOC-063" in told(guide(1, {"CdgTraslado": 1}))
    assert "DOC-063" not in told(guide(1))
