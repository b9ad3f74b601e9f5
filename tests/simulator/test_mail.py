"""The mail with the result of an envelope."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import etree

from dteplanows.simulator.options import Options
from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import Client, until
from tests.simulator.maker import Dte, envelope


def mails(options: Options) -> list[Path]:
    return sorted((options.folder / "correo").glob("*.eml"))


def read(path: Path) -> tuple[EmailMessage, bytes]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    (attached,) = message.iter_attachments()
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    return message, content


def wait(options: Options, count: int = 1) -> list[Path]:
    return until(lambda: mails(options), lambda found: len(found) >= count)


def test_the_result(client: Client, options: Options) -> None:
    client.control("/empresas", {"rut": maker.COMPANY, "correo": "dte@empresa.example"})
    late = Dte(33, 2, changes=(("<PrcItem>500", "<PrcItem>501"),))
    refused = Dte(33, 3, signed_changes=(("Cliente", "Clienta"),))
    track, _ = client.deliver(envelope([Dte(33, 1), late, refused, Dte(34, 4)]))
    message, content = read(wait(options)[0])
    assert (message["From"], message["To"]) == ("siidte@sii.cl", "dte@empresa.example")
    assert message["Subject"] == f"Certificacion - Resultado de Revision Envio {int(track)} - {maker.COMPANY}"
    assert content.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<RESULTADO_ENVIO>')
    root = etree.fromstring(content)
    assert [one.tag for one in root] == ["IDENTIFICACION", "ESTADISTICA", "REVISIONENVIO"]
    assert root.findtext("IDENTIFICACION/ESTADO") == "EPR - Envio Procesado"
    counts = [[(one.tag, one.text) for one in total] for total in root.iterfind("ESTADISTICA/SUBTOTAL")]
    assert counts == [
        [("TIPODOC", "33"), ("INFORMADO", "3"), ("RECHAZO", "1"), ("REPARO", "1"), ("ACEPTA", "1")],
        [("TIPODOC", "34"), ("INFORMADO", "1"), ("ACEPTA", "1")],
    ]
    documents = [[one.text for one in document] for document in root.iterfind("REVISIONENVIO/REVISIONDTE")]
    assert documents == [
        ["2", "33", "RPR - DTE Aceptado con Reparos",
         "(DET L[1] -2-200) REPARO- Valor de la linea no cuadra : [1000.0000] <> [1002.0000]"],
        ["3", "33", "RCH - DTE Rechazado", "(DTE-3-505) RECHAZO- Firma DTE Incorrecta"],
    ]  # fmt: skip


def test_the_official_schema_accepts_it(client: Client, options: Options) -> None:
    official = pytest.importorskip("tests.official")
    late = Dte(33, 2, changes=(("<PrcItem>500", "<PrcItem>501"),))
    client.deliver(envelope([Dte(33, 1), late]))
    client.deliver(envelope([Dte(33, 3)], {"RutReceptor": maker.RECEIVER}))
    for path in wait(options, 2):
        assert official.errors_in_envelope(read(path)[1], "RespSII_v10.xsd") == []


def test_why_the_whole_envelope_was_refused(client: Client, options: Options) -> None:
    client.deliver(envelope([Dte()], {"RutReceptor": maker.RECEIVER}))
    root = etree.fromstring(read(wait(options)[0])[1])
    assert [one.tag for one in root] == ["IDENTIFICACION", "ERRORENVIO"]
    assert root.findtext("ERRORENVIO/DETERRENVIO") == "(CRT-3-18) Rut Receptor de la caratula invalido"


def test_again_on_request(client: Client, options: Options) -> None:
    client.control("/opciones", {"correo": "nunca"})
    track, _ = client.deliver(envelope([Dte()]))
    assert mails(options) == []
    assert client.mail_again(track) == "0"
    assert len(wait(options)) == 1
    assert client.mail_again("77") == "105"
    assert client.mail_again("") == "102"
    assert client.mail_again(track, DvEmpresa="3") == "101"
    client.control("/opciones", {"demora": 100.0})
    under_way = client.upload(envelope([Dte(folio=2)])).xml()["TRACKID"]
    assert client.mail_again(under_way) == "114"
    company = {"rut": maker.COMPANY, "usuarios": {maker.PERSON: ["enviar", "firmar"]}}
    client.control("/empresas", company)
    assert client.mail_again(track) == "106"


def test_twice(client: Client, options: Options) -> None:
    client.control("/opciones", {"correo": "dos-veces"})
    client.deliver(envelope([Dte()]))
    first, second = wait(options, 2)
    assert read(first)[1] == read(second)[1]


def test_late(client: Client, options: Options) -> None:
    client.control("/opciones", {"correo": "tarde", "correo_tarde": 100.0})
    client.deliver(envelope([Dte()]))
    client.deliver(envelope([Dte(folio=2)]))
    assert mails(options) == []
    client.control("/reloj", {"segundos": 110})
    assert len(wait(options, 2)) == 2


def test_early(client: Client, options: Options) -> None:
    """Before the services tell the last state."""
    client.control("/opciones", {"correo": "antes", "demora": 100.0})
    track = client.upload(envelope([Dte()])).xml()["TRACKID"]
    assert b"EPR" in read(wait(options)[0])[1]
    assert "EPR" not in client.envelope_state(track)


def test_boletas_get_none(client: Client, options: Options) -> None:
    client.deliver_boletas(envelope([Dte(39)]))
    client.deliver(envelope([Dte(33)]))
    assert [b"<TIPODOC>33<" in read(one)[1] for one in wait(options)] == [True]


@pytest.fixture
def mail_server() -> Iterator[tuple[str, list[bytes]]]:
    """A mail server that takes everything."""
    taken: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 x\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 x\r\n")
                    taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 x\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", taken
        server.shutdown()


def test_by_a_mail_server_too(mail_server: tuple[str, list[bytes]], options: Options) -> None:
    address, taken = mail_server
    with Simulator(replace(options, smtp=address)) as simulator:
        Client(simulator.address).log_in().deliver(envelope([Dte()]))
        until(lambda: len(taken), lambda count: count == 1)
        assert len(wait(options)) == 1
    assert b"RESULTADO_ENVIO" in taken[0]
