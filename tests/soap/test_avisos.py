"""The setting of a user that makes the answers carry avisos, through the service, in both environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from dteplanows.accounts import certificates
from dteplanows.bulk.queue import Worker
from dteplanows.document.company import Ambiente
from dteplanows.ledger.rows import Span, UserSettings
from tests.clients import Service, b64, served, zeep_client
from tests.installation import (
    CLAVE,
    COMPANY,
    FIRST_FOLIO,
    USUARIO,
    load_caf,
    make_installation,
)

IN_EARNEST = replace(COMPANY, ambiente="produccion")

BOLETA = (
    "->Boleta<-\n39;0;2026-08-22;3;0;;;;;;Vecina de la caleta;;Costanera 4;Tomé;Concepción;;\n"
    "->BoletaTotales<-\n0;0;0;1000;0;1000;0;1000;\n"
    f"->BoletaDetalle<-\n1;;{'Piñones ' * 11};0;1;1000;0;1000;;;;0;0;\n"
).encode()
TOLD = ["DOC-052", "DOC-031", "DOC-042", "FOL-071"]
"""Its name is cut, it is of long ago and names no client; its CAF is younger, which is known when it is issued."""
REFUSED = BOLETA.replace(b"2026-08-22", b"2026-13-22")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    one = make_installation(tmp_path_factory.mktemp("avisos"))
    one.ledger.companies.save(IN_EARNEST)
    certificate = one.certificate
    certificates.save(one.ledger, IN_EARNEST, certificate)
    caf = one.authority.make_caf(
        IN_EARNEST.rut, IN_EARNEST.razon_social, 39, Span(FIRST_FOLIO, FIRST_FOLIO + 99), certificate.valid_from.date()
    )
    load_caf(one.ledger, IN_EARNEST, caf, one.authority)
    with served(one) as running:
        yield running
    one.close()


def login(service: Service, ambiente: Ambiente, avisos: bool | None) -> dict[str, str]:
    """The login of a user with that setting."""
    name = f"{USUARIO}-{ambiente}-{avisos}"
    service.installation.ledger.users.save(name, f"{CLAVE}-{ambiente}", ambiente, COMPANY.rut, UserSettings(avisos))
    return service.login(Usuario=b64(name), Clave=b64(f"{CLAVE}-{ambiente}"), Rut=b64(COMPANY.rut))


def codes(document: etree._Element) -> list[str]:
    return [(one.text or "")[1:8] for one in document.iterfind("Avisos/Aviso")]


@pytest.mark.parametrize(
    ("ambiente", "avisos", "told"),
    [("pruebas", None, True), ("pruebas", False, False), ("produccion", None, False), ("produccion", True, True)],
)
def test_avisos_as_the_user_has_them(service: Service, ambiente: Ambiente, avisos: bool | None, told: bool) -> None:
    who = login(service, ambiente, avisos)
    client = zeep_client(service).service

    def documents(answer: str) -> list[etree._Element]:
        return list(etree.fromstring(answer.encode()).iterfind("Detalle/Documento"))

    (seen,) = documents(client.Validar(login=who, file=b64(BOLETA), formato=1))
    assert sorted(codes(seen)) == sorted(TOLD)
    assert seen.findtext("PrevistoTotal") == "1000"
    receipt = etree.fromstring(client.ProcesarWSMasivo(login=who, file=b64(BOLETA), formato=1).encode())
    assert Worker(service.installation.issuer, 10).work_once()
    for answer in (
        client.Procesar(login=who, file=b64(BOLETA), formato=1),
        client.ConsultarEstado(login=who, trackid=receipt.findtext("TrackId")),
    ):
        (issued,) = documents(answer)
        assert issued.findtext("Resultado") == "True"
        assert issued.findtext("FirmadoTotal") == "1000"
        assert sorted(codes(issued)) == (sorted(TOLD) if told else [])
        assert len(issued.findall("Avisos")) == told
    (refused,) = documents(client.Procesar(login=who, file=b64(REFUSED), formato=1))
    assert len(refused.findall("Error")) == 1
    assert ("DOC-042" in codes(refused)) == told
    assert refused.find("FirmadoTotal") is None
    assert issued.find("urlOriginal") is None


def test_every_aviso_is_stored_whatever_the_user_is_told(service: Service) -> None:
    client = zeep_client(service).service
    for avisos in (True, False):
        who = login(service, "pruebas", avisos)
        answer = etree.fromstring(client.Procesar(login=who, file=b64(BOLETA), formato=1).encode())
        stored = service.installation.ledger.documents.find(
            "pruebas", COMPANY.rut, 39, int(answer.findtext("Detalle/Documento/Folio") or 0)
        )
        assert stored is not None
        assert all(f"[{code}]" in stored.respuesta for code in TOLD)
