from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii.addresses import Addresses, Hosts
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.envelopes import Envelope, make
from dteplanows.sii.service import Sii
from tests.installation import Installation
from tests.signer.signer_support import key, make_certificate, pem, pem_key
from tests.sii import shapes
from tests.sii.documents import installation_in, issue_all
from tests.sii.server import Server, serving

MOMENT = datetime(2026, 11, 29, 10, 20, 30)
QUICK = Limits(connect=3, read=1, whole_answer=3, bytes=1_000_000)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with documents of every type, for tests that only read."""
    one = installation_in(tmp_path_factory.mktemp("sii"))
    yield one
    one.close()


@pytest.fixture(scope="session")
def issued(installed: Installation) -> dict[int, StoredDocument]:
    """A document of every type."""
    return issue_all(installed)


@pytest.fixture(scope="session")
def factura(installed: Installation, issued: dict[int, StoredDocument]) -> Envelope:
    """An envelope of an invoice and a note."""
    return make([issued[33], issued[61]], installed.company, installed.certificate, MOMENT)


@pytest.fixture(scope="session")
def boleta(installed: Installation, issued: dict[int, StoredDocument]) -> Envelope:
    """An envelope of two boletas."""
    return make([issued[39], issued[41]], installed.company, installed.certificate, MOMENT)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that gives seeds and tokens; a test says the rest."""
    with serving() as one:
        one.on("CrSeed", shapes.seed())
        one.on("GetTokenFromSeed", shapes.token())
        one.on("boleta.electronica.semilla", shapes.rest_seed())
        one.on("boleta.electronica.token", shapes.rest_token())
        yield one


@pytest.fixture
def sii(server: Server) -> Sii:
    """The SII, all of whose servers are the test's one."""
    hosts = hosts_at(server.address)
    other = hosts_at("https://palena.invalid")
    return Sii(Client(QUICK), Addresses({"pruebas": hosts, "produccion": other}, hosts))


def hosts_at(address: str) -> Hosts:
    """An environment on one server."""
    return Hosts("prueba", address, address, address, "rest")


def untrusted(folder: Path) -> ssl.SSLContext:
    """TLS of a server whose certificate nobody knows."""
    (folder / "c.pem").write_bytes(pem(make_certificate(key())))
    (folder / "k.pem").write_bytes(pem_key(key()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    return context
