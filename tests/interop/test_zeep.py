"""Every input file through a real server: with zeep from the published contract, and by hand over SOAP 1.2 and 1.1.

Each answer is read in every way that a customer's program is known to read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import zeep
from lxml import etree

from fixtures import FIXTURES, Fixture
from tests.clients import Service, b64, post_soap11, post_soap12, served, zeep_client
from tests.installation import make_installation
from tests.interop.readers import OF_THE_ANSWER, Read, java_body, vb_body
from tests.interop.stacks import result_of

Services = Callable[[str], Service]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A service for each kind of call: a folio that a file asks for can be had once in each."""
    running: dict[str, Service] = {}
    with ExitStack() as stack:

        def service(kind: str) -> Service:
            if kind not in running:
                one = make_installation(tmp_path_factory.mktemp(kind))
                stack.callback(one.close)
                running[kind] = stack.enter_context(served(one))
            return running[kind]

        yield service


@pytest.fixture(scope="module")
def clients() -> Callable[[Service], zeep.Client]:
    """The zeep client of a service, made once."""
    made: dict[int, zeep.Client] = {}

    def client(service: Service) -> zeep.Client:
        if service.port not in made:
            made[service.port] = zeep_client(service)
        return made[service.port]

    return client


def judge(answer: str, one: Fixture) -> list[tuple[int, int]]:
    """Check *answer*, read in all ways, against what *one* asks for; the (type, folio) issued."""
    documents = etree.fromstring(answer.encode()).findall("Detalle/Documento")
    issued = [(int(each.findtext("TipoDte", "")), int(each.findtext("Folio", ""))) for each in documents]
    expected = Read(True, str(issued[0][1]))
    assert [(read.__name__, found) for read in OF_THE_ANSWER if (found := read(answer)) != expected] == []
    assert [each.findtext("Resultado") for each in documents] == ["True"] * len(one.folios)
    assert [tipo for tipo, _ in issued] == [one.tipo] * len(one.folios)
    for asked, (_, got) in zip(one.folios, issued, strict=True):
        assert got == asked if asked else got > 0
    return issued


def stored(service: Service, tipo: int, folio: int) -> bytes:
    """The bytes that the ledger keeps."""
    company = service.installation.company
    found = service.installation.ledger.documents.find(company.ambiente, company.rut, tipo, folio)
    assert found
    return found.xml


def ask_for(tipo: int, folio: int) -> dict[str, str]:
    """The arguments of ``getXMLDte``."""
    return {"tpomov": b64("V"), "folio": b64(str(folio)), "tipo": b64(str(tipo))}


@pytest.mark.parametrize("one", FIXTURES, ids=str)
def test_zeep(one: Fixture, services: Services, clients: Callable[[Service], zeep.Client]) -> None:
    service = services("zeep")
    calls = clients(service).service

    answer = calls.Procesar(login=service.login(), file=b64(one.data), formato=one.formato)

    for tipo, folio in judge(answer, one):
        assert calls.getXMLDte(login=service.login(), **ask_for(tipo, folio)) == stored(service, tipo, folio)


@pytest.mark.parametrize("one", FIXTURES, ids=str)
def test_by_hand_over_soap_1_2(one: Fixture, services: Services) -> None:
    service = services("soap12")
    arguments = {"file": b64(one.data), "formato": one.formato}

    reply = post_soap12(service, "Procesar", service.login(IncluyeLink="0"), arguments)

    assert reply.status == 200
    assert "Content-Encoding" not in reply.headers
    ((tipo, folio), *_) = judge(result_of(reply.body), one)
    assert vb_body(reply.body) == Read(True, str(folio))
    signed = result_of(post_soap12(service, "getXMLDte", service.login(), ask_for(tipo, folio)).body)
    assert signed == b64(stored(service, tipo, folio))


@pytest.mark.parametrize("one", FIXTURES, ids=str)
def test_by_hand_over_soap_1_1(one: Fixture, services: Services) -> None:
    service = services("soap11")
    arguments = {"file": b64(one.data), "formato": one.formato}

    reply = post_soap11(service, "Procesar", service.login(IncluyeLink="0"), arguments)

    assert reply.status == 200
    ((_, folio), *_) = judge(result_of(reply.body), one)
    assert java_body(reply.body) == Read(True, str(folio))


def test_a_refusal_is_read_by_all(services: Services, clients: Callable[[Service], zeep.Client]) -> None:
    one = next(each for each in FIXTURES if str(each) == "factura33-folio-propio.txt")
    service = services("refusal")
    send: dict[str, Any] = {"login": service.login(), "file": b64(one.data), "formato": one.formato}
    assert "True" in clients(service).service.Procesar(**send)

    answer = clients(service).service.Procesar(**send)

    for read in OF_THE_ANSWER:
        accepted, folio, error = read(answer)
        assert (read.__name__, accepted, folio) == (read.__name__, False, "3107")
        assert "Ya existe el Documento" in error, read.__name__
    arguments = {"file": send["file"], "formato": 1}
    by_hand = post_soap12(service, "Procesar", service.login(), arguments)
    assert vb_body(by_hand.body)[:2] == (False, "3107")
    assert java_body(post_soap11(service, "Procesar", service.login(), arguments).body)[:2] == (False, "3107")


def test_a_file_that_cannot_be_read_is_read_by_all(services: Services) -> None:
    service = services("refusal")

    reply = post_soap12(service, "Procesar", service.login(), {"file": b64(b"\x00\xff <"), "formato": 2})

    for read in OF_THE_ANSWER:
        accepted, folio, error = read(result_of(reply.body))
        assert (read.__name__, accepted, folio, bool(error)) == (read.__name__, False, "0", True)
