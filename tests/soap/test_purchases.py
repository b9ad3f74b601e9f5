"""Documents of suppliers through the service: entered once, answered as COMPRA, never numbered or signed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree

from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.folios import allocation
from fixtures import HERE, RECEIVED, Fixture
from tests.clients import Service, b64, post_soap11, served, zeep_client
from tests.installation import FIRST_FOLIO, Installation

SAMPLE = (HERE / "txt" / "compra33-con-impuesto-adicional.txt").read_bytes()
SUPPLIER = "14525236-9"
HOY = clock.today().isoformat()
SALE = f"""->Encabezado<-
33;0;{HOY};0;0;22222222-2;Cliente Ficticio;Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;1000;0;19;190;1190;
->Detalle<-
1;A;Clavos;1;1000;0;0;0;0;0;1000;INT1;UN;;
"""
PURCHASE = f"""->EncabezadoCompra<-
33;5;{HOY};0;0;33333333-3;Proveedor Ficticio;Giro;Calle 2;Arica;Arica;;
->TotalesCompra<-
0;0;0;0;1000;0;19;190;1190;0;0;
->DetalleCompra<-
1;A-1;Clavos;1;1000;0;0;0;0;0;1000;0;INT1;UN;;
"""


@pytest.fixture
def service(installation: Installation) -> Iterator[Service]:
    with served(installation) as one:
        yield one


def call(service: Service, file: bytes | str, operation: str = "Procesar") -> str:
    """The answer as the client's program gets it: the text inside the envelope."""
    reply = post_soap11(service, operation, service.login(), {"file": b64(file), "formato": 1})
    assert reply.status == 200
    result = etree.fromstring(reply.body.encode()).find(f".//{{http://tempuri.org}}{operation}Result")
    assert result is not None
    return str(result.text)


def documents(answer: str) -> list[dict[str, str]]:
    """The documents of an answer by element name."""
    root = etree.fromstring(answer.encode())
    return [{part.tag: part.text or "" for part in one} for one in root.iterfind("Detalle/Documento")]


def avisos(service: Service, file: bytes | str) -> list[str]:
    """The codes of the avisos that Validar gives."""
    return re.findall(r"<Aviso>\[(\w+-\d+)\]", call(service, file, "Validar"))


def test_the_providers_sample_is_accepted(service: Service) -> None:
    answer = call(service, SAMPLE)
    assert answer.startswith('<?xml version="1.0"?><WSPLANO><Resultado>True</Resultado><Mensaje>Proceso exitoso.<')
    (document,) = documents(answer)
    assert list(document) == ["Folio", "TipoDte", "Operacion", "Fecha", "Resultado", "Avisos"]
    assert [document[name] for name in ("Folio", "TipoDte", "Operacion", "Resultado")] == ["0", "33", "COMPRA", "True"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", document["Fecha"])
    installation = service.installation
    (stored,) = installation.ledger.received.of("pruebas", installation.company.rut)
    amounts = (stored.monto_neto, stored.iva, stored.otros_impuestos, stored.monto_total)
    assert (stored.rut_emisor, *amounts) == (SUPPLIER, 2000, 380, 260, 2640)
    content = json.loads(stored.contenido)
    assert content["Encabezado"][0]["Receptor"][0]["RUTRecep"] == installation.company.rut
    assert content["Detalle"][0]["CodImpAdic"] == "27"
    assert "CMP-010" in stored.avisos and "CMP-015" in stored.avisos


def test_nothing_is_numbered_or_signed(service: Service) -> None:
    installation = service.installation
    call(service, SAMPLE)
    accounts = allocation.account(installation.ledger, installation.company, 33)
    assert sum(one.emitidos for one in accounts) == 0
    assert installation.ledger.documents.find("pruebas", installation.company.rut, 33, FIRST_FOLIO) is None


def test_no_certificate_is_needed(service: Service) -> None:
    service.installation.ledger.connection.execute("DELETE FROM certificado")
    assert documents(call(service, PURCHASE))[0]["Resultado"] == "True"


def test_zeep_gets_the_same(service: Service) -> None:
    answer = zeep_client(service).service.Procesar(login=service.login(), file=b64(PURCHASE), formato="1")
    (document,) = documents(answer)
    assert (document["Folio"], document["Operacion"], document["Resultado"]) == ("5", "COMPRA", "True")


@pytest.mark.parametrize("one", RECEIVED, ids=str)
def test_every_input_file_is_accepted(service: Service, one: Fixture) -> None:
    found = documents(call(service, one.data))
    assert [(document["Resultado"], document["Operacion"]) for document in found] == [("True", "COMPRA")] * len(found)


@pytest.mark.parametrize(
    ("file", "code"), [(SAMPLE, "CMP-006"), (PURCHASE.encode(), "CMP-005")], ids=["content", "folio"]
)
def test_the_same_document_is_refused_the_second_time(service: Service, file: bytes, code: str) -> None:
    assert documents(call(service, file))[0]["Resultado"] == "True"
    (document,) = documents(call(service, file.replace(b"\r\n", b"\n")))
    assert document["Resultado"] == "False"
    assert f"[{code}] " in document["Error"]
    assert "Ya existe el Documento" in document["Error"]
    assert "Ya existe el Documento" in documents(call(service, file, "Validar"))[0]["Error"]


def test_another_document_without_folio_is_accepted(service: Service) -> None:
    call(service, SAMPLE)
    assert documents(call(service, SAMPLE.replace(b"Botella", b"Lata")))[0]["Resultado"] == "True"


def test_a_folio_is_one_of_its_supplier(service: Service) -> None:
    call(service, PURCHASE)
    assert documents(call(service, PURCHASE.replace("33333333-3", "22222222-2")))[0]["Resultado"] == "True"
    assert documents(call(service, PURCHASE.replace("Clavos", "Tornillos")))[0]["Resultado"] == "False"


def test_a_document_that_stands_twice_in_a_file(service: Service) -> None:
    for operation in ("Validar", "Procesar"):
        found = documents(call(service, PURCHASE * 2, operation))
        assert [document["Resultado"] for document in found] == ["True", "False"]


def test_validar_enters_nothing(service: Service) -> None:
    answer = call(service, PURCHASE, "Validar")
    assert "<Mensaje>Validación exitosa. No se registró nada.</Mensaje>" in answer
    installation = service.installation
    assert installation.ledger.received.of("pruebas", installation.company.rut) == []
    assert "recibido" not in {one.tipo for one in installation.ledger.events.of()}
    assert documents(call(service, PURCHASE))[0]["Resultado"] == "True"
    assert "recibido" in {one.tipo for one in installation.ledger.events.of()}


def test_sales_and_purchases_are_answered_in_the_order_of_the_file(service: Service) -> None:
    bad = PURCHASE.replace("33333333-3", "33333333-4")
    found = documents(call(service, PURCHASE + SALE + bad + SALE))
    assert [document["Operacion"] for document in found] == ["COMPRA", "VENTA", "COMPRA", "VENTA"]
    assert [document["Resultado"] for document in found] == ["True", "True", "False", "True"]
    assert [document["Folio"] for document in found] == ["5", str(FIRST_FOLIO), "5", str(FIRST_FOLIO + 1)]


def test_what_is_refused_is_said(service: Service) -> None:
    answer = call(service, PURCHASE.replace("Proveedor Ficticio", ""))
    assert "No se registró ningún documento." in answer
    assert "[CMP-002] Línea 2, sección EncabezadoCompra, campo 7 (RSProveedor): " in documents(answer)[0]["Error"]
    assert documents(call(service, PURCHASE))[0]["Resultado"] == "True", "what was refused was not registered"


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("", "", []),
        ("33;5;", "33;0;", ["CMP-010"]),
        (";1190;0;0;", ";1200;0;0;", ["CMP-011"]),
        (";190;1190;", ";200;1200;", ["CMP-012"]),
        ("1;A-1;Clavos;1;1000;0;0;0;0;0;1000;", "1;A-1;Clavos;1;900;0;0;0;0;0;900;", ["CMP-013"]),
        ("1;A-1;Clavos;1;1000;", "1;A-1;Clavos;3;1000;", ["CMP-014"]),
        (";1190;0;0;", ";1290;100;0;", []),
        (";1190;0;0;", ";1290;100;0;\n->ImpuestoRetencionCompra<-\n1;27;;", []),
        (";1190;0;0;", ";1390;200;0;\n->ImpuestoRetencionCompra<-\n1;27;;", ["CMP-015"]),
        (";1190;0;0;", ";1000;190;0;\n->ImpuestoRetencionCompra<-\n1;15;;", []),
        (";1190;0;0;", ";1290;100;0;\n->ImpuestoRetencionCompra<-\n1;999;;", ["CMP-016"]),
    ],
)
def test_the_suppliers_figures_are_facts(service: Service, old: str, new: str, codes: list[str]) -> None:
    file = PURCHASE.replace(old, new, 1)
    assert avisos(service, file) == codes
    assert documents(call(service, file))[0]["Resultado"] == "True"


def test_a_document_of_the_company_itself_is_remarked(service: Service) -> None:
    assert avisos(service, PURCHASE.replace("33333333-3", service.installation.company.rut)) == ["CMP-017"]


def test_bulk_mode_enters_them_too(service: Service) -> None:
    made = service.installation
    batch = made.send_later((SALE + PURCHASE * 2 + SALE).encode(), "1")
    assert Worker(made.issuer, 1000).work_once()
    _, outcome = made.batches.state(made.account, batch)
    assert outcome is not None
    found = [(one.operacion, one.accepted, one.folio) for one in outcome.documents]
    sales = [("VENTA", True, FIRST_FOLIO), ("VENTA", True, FIRST_FOLIO + 1)]
    assert found == [sales[0], ("COMPRA", True, 5), ("COMPRA", False, 5), sales[1]]


def test_bulk_mode_of_purchases_alone(service: Service) -> None:
    made = service.installation
    made.ledger.connection.execute("DELETE FROM certificado")
    batch = made.send_later(PURCHASE.encode(), "1")
    assert Worker(made.issuer, 1000).work_once()
    _, outcome = made.batches.state(made.account, batch)
    assert outcome is not None
    assert [(one.operacion, one.accepted) for one in outcome.documents] == [("COMPRA", True)]


def test_there_is_no_xml_of_a_purchase(service: Service) -> None:
    call(service, PURCHASE)
    arguments = {"tpomov": b64("C"), "folio": b64("5"), "tipo": b64("33")}
    reply = post_soap11(service, "getXMLDte", service.login(), arguments)
    assert (reply.status, etree.fromstring(reply.body.encode()).findtext(".//faultcode")) == (500, "soap:Client")
    assert "[SRV-031] Campo tpomov: " in reply.body
