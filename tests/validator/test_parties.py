"""The issuer, the receiver and others who take part in a document."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows import validator
from dteplanows.document.model import Document
from dteplanows.document.problem import Severity
from dteplanows.document.rut import check_digit
from tests.validator.judging import COMPANY, TODAY, codes, judged
from tests.validator.test_dispatch import DRIVER, TRANSPORT, told
from tests.validator.xml_documents import judged as built
from tests.validator.xml_documents import line, read, reference

LINE = line(1000, QtyItem=1, UnmdItem="UN", PrcItem=1000)


def rut(body: int) -> str:
    return f"{body}-{check_digit(body)}"


def with_issuer(tipo: int = 33, **values: Any) -> Document:
    """A document whose file names these things of the issuer."""
    head = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return judged(
        f"<DTE><Documento><Encabezado><IdDoc><TipoDTE>{tipo}</TipoDTE><FchEmis>2026-11-24</FchEmis></IdDoc>"
        f"<Emisor><RUTEmisor>{COMPANY.rut}</RUTEmisor>{head}</Emisor><Receptor><RUTRecep>22222222-2</RUTRecep>"
        "<RznSocRecep>Cliente</RznSocRecep><GiroRecep>Comercio</GiroRecep><DirRecep>Calle 1</DirRecep>"
        "<CmnaRecep>Lota</CmnaRecep></Receptor></Encabezado><Detalle><NroLinDet>1</NroLinDet><NmbItem>Cosa</NmbItem>"
        "<MontoItem>1000</MontoItem></Detalle></Documento></DTE>"
    )


# --- limits of a RUT -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "good"), [(100_000, True), (99_999_999, True), (99_999, False), (1, False)])
def test_the_receiver_has_a_rut_of_a_taxpayer(body: int, good: bool) -> None:
    assert codes(built(33, [LINE], {}, receptor={"RUTRecep": rut(body)})) == ([] if good else ["DOC-073"])


@pytest.mark.parametrize("name", ["RUTMandante", "RUTSolicita"])
def test_others_have_one_too(name: str) -> None:
    assert codes(built(33, [LINE], {}, header={name: rut(99_999)})) == ["DOC-073"]
    assert codes(built(33, [LINE], {}, header={name: rut(100_000)})) == []


def test_the_issuer_of_a_referenced_document_has_one_too() -> None:
    for body, expected in ((99_999, ["DOC-073"]), (100_000, [])):
        root: dict[str, Any] = {"Referencia": {**reference(33), "RUTOtr": rut(body)}}
        assert codes(built(61, [LINE], {}, **root)) == expected


def test_transport_has_one_too() -> None:
    for wrong in ({"RUTTrans": rut(9)}, {"Chofer": {**DRIVER, "RUTChofer": rut(9)}}):
        header = {"Transporte": {**TRANSPORT, **wrong}}
        assert codes(built(52, [LINE], {}, header=header)) == ["DOC-073"]
    assert codes(built(52, [LINE], {}, header={"Transporte": TRANSPORT})) == []


# --- generic RUTs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tipo", "receiver", "good"),
    [
        (39, "66666666-6", True), (61, "66666666-6", True), (33, "66666666-6", False), (34, "66666666-6", False),
        (33, "55555555-5", False), (34, "55555555-5", False), (39, "55555555-5", False), (52, "55555555-5", True),
        (33, "60803000-K", True), (33, "22222222-2", True),
    ],
)  # fmt: skip
def test_generic_ruts_where_they_belong(tipo: int, receiver: str, good: bool) -> None:
    root: dict[str, Any] = {"Referencia": reference(33)} if tipo == 61 else {}
    document = built(tipo, [LINE], {}, receptor={"RUTRecep": receiver}, **root)
    assert ("DOC-074" in told(document)) is not good
    assert codes(document) == []


# --- internal transfer -----------------------------------------------------------------------------------------------


def transfer(**receptor: str) -> Document:
    blank = {"RUTRecep": "", "RznSocRecep": "", "GiroRecep": "", "DirRecep": "", "CmnaRecep": ""}
    header = {"Transporte": TRANSPORT}
    return built(52, [LINE], {}, id_doc={"IndTraslado": 5}, receptor={**blank, **receptor}, header=header)


def test_the_issuer_receives_an_internal_transfer() -> None:
    document = transfer()
    assert codes(document) == []
    assert told(document) == {"DOC-075"}
    names = ("RUTRecep", "RznSocRecep", "GiroRecep", "DirRecep", "CmnaRecep")
    assert [document.receptor.text(name) for name in names] == [
        "76354771-K", "Maestranza Ficticia Ltda.", "Fabricación de piezas", "Pasaje Los Aromos 415", "Chillán"
    ]  # fmt: skip


def test_what_the_file_says_of_the_receiver_stays() -> None:
    document = transfer(RUTRecep="76354771-K", DirRecep="Bodega 2")
    assert (document.receptor.text("DirRecep"), document.receptor.text("CmnaRecep")) == ("Bodega 2", "Chillán")
    whole = {"RznSocRecep": "Bodega", "GiroRecep": "Piezas", "DirRecep": "Bodega 2", "CmnaRecep": "Lota"}
    assert told(transfer(RUTRecep="76354771-K", CiudadRecep="Lota", **whole)) == set()
    assert "DOC-076" in told(transfer(RUTRecep="22222222-2", **whole))
    assert "DOC-002" in codes(transfer(RUTRecep="22222222-2"))


# --- mandator, provider, activities ----------------------------------------------------------------------------------


def test_nobody_sells_for_oneself() -> None:
    assert told(built(33, [LINE], {}, header={"RUTMandante": COMPANY.rut})) == {"DOC-077"}
    assert told(built(33, [LINE], {}, header={"RUTMandante": "22222222-2"})) == set()


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ({"RUTProveedor": "22222222-2", "RznSocProveedor": "Programas"}, True),
        ({"RUTProveedor": COMPANY.rut}, True),
        ({"RUTProveedor": "22222222-2"}, False),
        ({"RznSocProveedor": "Programas"}, False),
        ({"RUTProveedor": COMPANY.rut, "RznSocProveedor": "Programas"}, False),
    ],
)
def test_the_provider_of_the_program(values: dict[str, Any], good: bool) -> None:
    assert ("DOC-080" in told(with_issuer(**values))) is not good


def test_activities_have_six_digits_and_are_known() -> None:
    five = with_issuer(Acteco="11101")
    assert "<Acteco>011101</Acteco>" in five.draft
    assert told(five) == {"DOC-079"}
    assert told(with_issuer(Acteco="331400")) == set()
    assert told(with_issuer()) == set()
    assert codes(with_issuer(Acteco="1234567")) == ["DOC-024"]


def test_the_code_of_the_branch_has_nine_digits_at_most() -> None:
    assert codes(with_issuer(CdgSIISucur="123456789")) == []
    assert codes(with_issuer(CdgSIISucur="1234567890")) == ["DOC-024"]


# --- tourists --------------------------------------------------------------------------------------------------------


def tourist(tipo: int = 33, comuna: str = "Arica", foreign: Any = None, **receptor: object) -> Document:
    identity = {"NumId": "P123456", "TipoDocID": 1} if foreign is None else foreign
    buyer = {"RUTRecep": "55555555-5", "RznSocRecep": "Extranjero sin RUT", "Extranjero": identity, **receptor}
    root: dict[str, Any] = {"Referencia": reference(33)} if tipo == 61 else {}
    document = read(tipo, [LINE], {}, id_doc={"TipoFactEsp": 1}, receptor=buyer, **root)
    document.emisor.put("CmnaOrigen", comuna)
    validator.judge(document, COMPANY, TODAY)
    return document


@pytest.mark.parametrize("tipo", [33, 61])
def test_a_sale_to_a_tourist(tipo: int) -> None:
    assert codes(tourist(tipo)) == []
    assert told(tourist(tipo)) == set()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"comuna": "Lota"}, "CmnaOrigen"),
        ({"foreign": {"TipoDocID": 1}}, "NumId"),
        ({"foreign": {"NumId": "P1"}}, "TipoDocID"),
        ({"RUTRecep": "22222222-2"}, "RUTRecep"),
        ({"RznSocRecep": "John Doe"}, "RznSocRecep"),
    ],
)
def test_what_a_sale_to_a_tourist_demands(changes: dict[str, Any], said: str) -> None:
    document = tourist(**changes)
    assert codes(document, Severity.REPARO) == ["DOC-078"]
    assert said in next(one.expected for one in document.problems if one.code == "DOC-078")


def test_tourists_are_sold_to_with_a_factura() -> None:
    document = tourist(34)
    assert "TipoFactEsp" not in document.id_doc.fields
    assert "DOC-007" in codes(document, Severity.AVISO)
