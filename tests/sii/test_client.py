"""Calls over a real socket: what leaves, to the byte, and every way in which no whole answer comes."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from dteplanows.sii.calls import Broken, Reply, Request
from dteplanows.sii.client import Client, Limits
from tests.signer.signer_support import NOW, key, pem, pem_key
from tests.sii.conftest import QUICK, untrusted
from tests.sii.server import Say, Server, closed_port, serving

LARGE = b"x" * 16_000_000
"""More than the buffers of a local connection take, so that a body can break in its middle."""


def post(address: str, body: bytes = b"<a/>", client: Client | None = None) -> Reply | Broken:
    request = Request("POST", f"{address}/x", {"User-Agent": "PROG 1.0", "Content-Type": "text/xml"}, body)
    return (client or Client(QUICK)).send(request)


def test_what_leaves(server: Server) -> None:
    server.on("/x", Say(b"<b/>"))
    found = post(server.address, b"\xd1" * 200_000)
    assert isinstance(found, Reply)
    assert (found.status, found.body) == (200, b"<b/>")
    (seen,) = server.seen
    assert seen.body == b"\xd1" * 200_000
    assert seen.headers == {
        "host": f"127.0.0.1:{server.port}", "user-agent": "PROG 1.0", "content-type": "text/xml",
        "content-length": "200000", "connection": "close", "accept-encoding": "identity",
    }  # fmt: skip


def test_an_answer_that_ends_where_the_connection_does(server: Server) -> None:
    server.on("/x", Say(b"<b/>" * 1000, without_length=True))
    found = post(server.address)
    assert isinstance(found, Reply)
    assert found.body == b"<b/>" * 1000


@pytest.mark.parametrize("status", [301, 302, 307, 401, 500, 503])
def test_no_status_is_followed_or_tried_again(server: Server, status: int) -> None:
    server.on("/x", Say(b"", status, {"Location": f"{server.address}/other", "Retry-After": "0"}))
    found = post(server.address)
    assert isinstance(found, Reply)
    assert found.status == status
    assert server.paths() == ["/x"]


BREAKS: dict[str, tuple[Say, bytes, str]] = {
    "reset before the body": (Say(read=0, reset=True), LARGE, "cortado_al_enviar"),
    "reset during the body": (Say(read=1_000_000, reset=True), LARGE, "cortado_al_enviar"),
    "reset after the body": (Say(reset=True), LARGE, "cortado"),
    "reset after a small body": (Say(reset=True), b"<a/>", "cortado"),
    "closed after the body": (Say(close=True), LARGE, "cortado"),
    "no answer": (Say(wait=3), b"<a/>", "sin_respuesta"),
    "cut answer": (Say(b"<b>" + b"x" * 5000, cut=100), b"<a/>", "respuesta_cortada"),
    "answer without an end": (Say(b"x" * 2_000_000), b"<a/>", "respuesta_cortada"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_told_by_where_it_happened(server: Server, name: str) -> None:
    say, body, outcome = BREAKS[name]
    server.on("/x", say)
    found = post(server.address, body)
    assert isinstance(found, Broken)
    assert found.outcome.name == outcome
    assert "object at 0x" not in found.detail


def test_an_early_answer_is_heard_though_the_body_was_not_read(server: Server) -> None:
    server.on("/x", Say(b"<STATUS>2</STATUS>", 413, read=65536))
    found = post(server.address, b"x" * 400_000)
    assert not isinstance(found, Reply) or found.status == 413


def test_what_had_come_of_a_cut_answer_is_kept(server: Server) -> None:
    server.on("/x", Say(b"<TRACKID>12</TRACKID>" + b" " * 100, cut=50))
    found = post(server.address)
    assert isinstance(found, Broken)
    assert found.part.startswith(b"<TRACKID>12</TRACKID>")


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        (lambda: f"http://127.0.0.1:{closed_port()}", "sin_conexion"),
        (lambda: "http://no-existe.invalid", "sin_nombre"),
        (lambda: f"https://127.0.0.1:{closed_port()}", "sin_conexion"),
    ],
)
def test_a_server_that_is_not_there(address: Callable[[], str], outcome: str) -> None:
    found = post(address())
    assert isinstance(found, Broken)
    assert (found.outcome.name, found.outcome.received, found.outcome.ask_first) == (outcome, "no", False)
    assert found.detail
    assert "HTTP" not in found.detail
    assert outcome != "sin_conexion" or found.detail == "nadie atiende en ese puerto"


def test_tls_that_cannot_be_trusted(tmp_path: Path) -> None:
    """Nothing of the body leaves for a server that does not show who it is."""
    with serving(untrusted(tmp_path)) as one:
        one.on("/x", Say(b"<b/>"))
        found = post(one.address)
        assert isinstance(found, Broken)
        assert found.outcome.name == "sin_tls"
        assert one.seen == []


def test_tls_that_can_be_trusted(tmp_path: Path) -> None:
    """The whole way, with a root certificate that the machine is told to believe."""
    context, root = trusted(tmp_path)
    ours = ssl.create_default_context(cafile=str(root))
    with serving(context) as one:
        one.on("/x", Say(b"<b/>"))
        found = post(one.address, b"\xd1" * 100_000, Client(QUICK, ours))
        assert isinstance(found, Reply), found
        assert one.seen[0].body == b"\xd1" * 100_000
    assert ours.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_old_tls_is_not_spoken(tmp_path: Path) -> None:
    context, root = trusted(tmp_path)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(context) as one:
        found = post(one.address, b"<a/>", Client(QUICK, ssl.create_default_context(cafile=str(root))))
    assert isinstance(found, Broken)
    assert (found.outcome.name, found.outcome.received) == ("sin_tls", "no")


def trusted(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """TLS of a server at 127.0.0.1, and the file of the certificate by which it is believed."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "servidor de prueba")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key(), hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(pem(certificate))
    (folder / "k.pem").write_bytes(pem_key(key()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "root.pem", folder / "k.pem")
    return context, folder / "root.pem"


def test_plain_http_where_tls_should_be(server: Server) -> None:
    found = post(server.address.replace("http:", "https:"))
    assert isinstance(found, Broken)
    assert found.outcome.name in ("sin_tls", "cortado_antes")
    assert found.outcome.received == "no"


def test_a_slow_line_has_the_limit_for_each_piece(server: Server) -> None:
    """Python's own limit is for the whole body, so a large envelope on a slow line would never get through."""
    server.on("/x", Say(b"<b/>", pause=0.15))
    begin = time.monotonic()
    found = post(server.address, LARGE, Client(Limits(connect=1, read=5)))
    assert isinstance(found, Reply), found
    assert time.monotonic() - begin > 1, "it took longer than the limit for one piece"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "120"}, 120), ({"X-Retry-After": "7"}, 7), ({}, 0), ({"Retry-After": "pronto"}, 0),
     ({"Retry-After": "9" * 5000}, 0),
     ({"Retry-After": "Sun, 29 Nov 2026 10:05:00 GMT"}, 300)],
)  # fmt: skip
def test_how_long_the_sii_asks_to_wait(server: Server, headers: dict[str, str], seconds: int) -> None:
    server.on("/x", Say(b"", 503, headers, date=datetime(2026, 11, 29, 10, 0, tzinfo=UTC)))
    found = post(server.address)
    assert isinstance(found, Reply)
    assert found.retry_after == seconds


def test_what_is_kept_of_a_request_does_not_hold_the_token() -> None:
    request = Request("POST", "http://x/y", {"Cookie": "TOKEN=ABC123"}, b"<Token>ABC123</Token>\xd1", "ABC123")
    kept = request.without_token()
    assert "ABC123" not in kept
    assert "ABC123" not in repr(request)
    assert kept == "POST http://x/y\nCookie: TOKEN=(token)\n\n<Token>(token)</Token>Ñ"
