"""Over real HTTP: the application in waitress, called by zeep from ``?wsdl`` and by raw requests."""

from __future__ import annotations

import gzip
import http.client
import shutil
import subprocess
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
import waitress
import zeep
from lxml import etree

import dteplanows
from tests.clients import stop
from tests.soap.soap_support import CLAVE, PATH, Caller, Watched, b64, envelope, procesar, sale


class Served(NamedTuple):
    """An address where the application listens."""

    port: int
    issuer: Watched

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


@pytest.fixture
def served(issuer: Watched) -> Iterator[Served]:
    server = waitress.create_server(Caller(issuer).application, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Served(server.effective_port, issuer)
    stop(server)
    thread.join(5)


LOGIN = {"Usuario": b64("DEMO"), "Rut": b64("1-9"), "Clave": b64(CLAVE), "Puerto": b64("0"), "IncluyeLink": "1"}


def client_of(address: str) -> zeep.Client:
    """A client that leaves no connection open, for the server to end at once."""
    session = requests.Session()
    session.headers["Connection"] = "close"
    return zeep.Client(address, transport=zeep.Transport(session=session))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("port", ["wsplanoSoap", "wsplanoSoap12"])
def test_zeep(served: Served, port: str) -> None:
    client = client_of(f"{served.address}?wsdl=0")
    service = client.bind("wsplano", port)

    assert service.Online() == "Online=1"
    assert service.Version() == dteplanows.__version__
    assert service.getIP() == "127.0.0.1"
    file = sale(port)
    answer = etree.fromstring(service.Procesar(login=LOGIN, file=b64(file), formato=1).encode())
    folio = answer.findtext("Detalle/Documento/Folio") or ""
    assert (answer.findtext("Resultado"), folio.isdigit()) == ("True", True)
    assert "<Avisos>" in service.Validar(login=LOGIN, file=b64("archivo"), formato=2)
    signed = service.getXMLDte(login=LOGIN, tpomov=b64("V"), folio=b64(folio), tipo=b64("33"))
    assert signed == served.issuer.made.xml(33, int(folio)) and port.encode() in signed
    assert served.issuer.files == [(file, "1", False), (b"archivo", "2", True)]


def test_zeep_shows_the_fault(served: Served) -> None:
    client = client_of(f"{served.address}?wsdl")
    service = client.create_service("{http://tempuri.org}wsplanoSoap", served.address)  # type: ignore[no-untyped-call]
    node = client.create_message(service, "Online")  # type: ignore[no-untyped-call]
    for element in node.iter("{*}Online"):
        element.tag = "{http://tempuri.org}Borrar"

    with pytest.raises(zeep.exceptions.Fault, match="SRV-054") as fault:
        service._binding.process_reply(
            client,
            service._binding.get("Online"),
            client.transport.post_xml(served.address, node, {"Content-Type": "text/xml"}),
        )

    assert fault.value.code == "soap:Client"


def test_raw_requests_on_one_connection(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    body = envelope(procesar(b64("x" * 100_000))).encode()
    chunks = (body[at : at + 7000] for at in range(0, len(body), 7000))
    for data, headers in (
        (body, {}),
        (gzip.compress(body), {"Content-Encoding": "gzip"}),
        (chunks, {"Transfer-Encoding": "chunked"}),
        (body, {"Content-Type": "text/xml", "SOAPAction": "http://tempuri.org/Procesar", "Accept-Encoding": "gzip"}),
    ):
        connection.request("POST", PATH, data, headers, encode_chunked="Transfer-Encoding" in headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200
        assert response.headers["Content-Encoding"] is None
        assert b"<ProcesarResult>&lt;?xml" in answer
    assert [len(file) for file, _, _ in served.issuer.files] == [100_000] * 4
    connection.request("HEAD", PATH)
    head = connection.getresponse()
    assert (head.status, head.read()) == (200, b"")
    connection.close()


def test_many_threads(served: Served) -> None:
    wrong: list[str] = []

    def call(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        for turn in range(20):
            body = f"<Procesar><login><Usuario>DEMO</Usuario><Rut>1-9</Rut><Clave>{CLAVE}</Clave></login>"
            file = f"<file>{b64(sale(f'{number}-{turn}'))}</file><formato>1</formato>"
            connection.request("POST", PATH, envelope(f"{body}{file}</Procesar>").encode())
            if b"&lt;Resultado&gt;True" not in connection.getresponse().read():
                wrong.append(f"{number}-{turn}")
        connection.close()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert wrong == []
    expected = {sale(f"{number}-{turn}") for number in range(6) for turn in range(20)}
    assert {file for file, _, _ in served.issuer.files} == expected


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_with_its_form_content_type(served: Served) -> None:
    command = ["curl", "-s", "--compressed", "--data-binary", envelope("<Online/>"), served.address]

    done = subprocess.run(command, capture_output=True, timeout=20)

    assert b"<OnlineResult>Online=1</OnlineResult>" in done.stdout
