"""DTEUpload: what it takes, and each STATUS."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.simulator import maker
from tests.simulator.client import BOUNDARY, Client, form
from tests.simulator.maker import Dte, envelope

PATH = "/cgi_dte/UPL/DTEUpload"


def test_the_receipt(client: Client) -> None:
    answer = client.upload(envelope([Dte()]))
    assert re.fullmatch(
        rb'<\?xml version="1.0"\?>\n<RECEPCIONDTE>\n<RUTSENDER>12345670-K</RUTSENDER>'
        rb"<RUTCOMPANY>76000111-2</RUTCOMPANY>"
        rb"<FILE>E.xml</FILE><TIMESTAMP>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d</TIMESTAMP><STATUS>0</STATUS>"
        rb"<TRACKID>0001000001</TRACKID>\n</RECEPCIONDTE>\n",
        answer.body,
    )


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        (f"multipart/form-data: boundary={BOUNDARY}", b""),
        (f'multipart/form-data; boundary="{BOUNDARY}"', b""),
        (
            f"multipart/form-data; boundary={BOUNDARY}",
            b"\r\nContent-Type: text/plain; charset=US-ASCII\r\nContent-Transfer-Encoding: 8bit",
        ),
    ],
    ids=["colon", "quoted", "described"],
)
def test_the_forms_of_an_upload(client: Client, kind: str, head: bytes) -> None:
    body = form(client.parts(), envelope([Dte()])).replace(b'Sender"\r\n', b'Sender"' + head + b"\r\n")
    answer = client.call("POST", PATH, body, {"Content-Type": kind, "Cookie": f"a=b; TOKEN={client.token}"})
    assert answer.xml()["STATUS"] == "0"


def test_who_sends(client: Client) -> None:
    data = envelope([Dte()])
    client.rut = maker.STRANGER
    assert client.upload(data).xml()["STATUS"] == "1"
    client.rut = maker.PERSON
    assert client.upload(data, "76000111-3").xml()["STATUS"] == "6"


def test_sizes(client: Client) -> None:
    assert client.upload(b"<EnvioDTE/>").xml()["STATUS"] == "2"
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Cookie": f"TOKEN={client.token}"}
    body = form(client.parts(), envelope([Dte()]))
    assert client.call("POST", PATH, body[:-50], headers).xml()["STATUS"] == "3"
    assert client.call("POST", PATH, b"nothing", headers).xml()["STATUS"] == "6"
    assert client.call("POST", PATH, b"nothing", {"Cookie": headers["Cookie"]}).xml()["STATUS"] == "2"


def test_a_body_that_ends_early(client: Client) -> None:
    """The caller says more bytes than it sends: nothing is taken."""
    body = form(client.parts(), envelope([Dte()]))
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nUser-Agent: {client.agent}\r\nCookie: TOKEN={client.token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body) + 10}\r\n\r\n"
    )
    host, _, port = client.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert b"<STATUS>3</STATUS>" in connection.recv(65_536)
    assert client.control("/envios") == []


def test_no_chunks(client: Client) -> None:
    host, _, port = client.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 411 ")


def test_a_connection_serves_many_calls(client: Client) -> None:
    host, _, port = client.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(b"GET /recursos/v1/boleta.electronica.semilla HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"</SII:RESPUESTA>" in connection.recv(65_536)


def test_the_same_file_at_the_same_time(client: Client) -> None:
    """Of many that send it at once, one gets a TRACKID and the others the same one by STATUS 99."""
    data = envelope([Dte()])
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: client.upload(data).xml(), range(8)))
    assert sorted(one["STATUS"] for one in receipts) == ["0"] + ["99"] * 7
    told = {int(one.get("TRACKID") or one["ERROR"].rpartition(" ")[2]) for one in receipts}
    assert len(told) == len(client.control("/envios")) == 1
