"""TLS of the service itself: real clients against it, and files that do not serve."""

from __future__ import annotations

import base64
import http.client
import os
import re
import shutil
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
import zeep

from docs.reference import MANUAL
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.settings import load
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server, tls
from tests import forked
from tests.clients import b64
from tests.installation import CLAVE, USUARIO, make_installation
from tests.web.serving import HOST, call, make_certificate, running, trusting

posix = pytest.mark.skipif(os.name != "posix", reason="ends the service with a signal of POSIX")


class Service(NamedTuple):
    """A service that answers by TLS."""

    origin: str
    port: int
    certificate: str
    """File of the certificate, which is what its clients trust."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    directory = tmp_path_factory.mktemp("tls")
    make_installation(directory).close()
    certificate, key = make_certificate(directory)
    # One beside the data, one by its whole path.
    settings = f'tls_certificado = "{certificate.name}"\ntls_clave = "{key}"\n'
    with running(directory, settings, "--trabajadores", "1", secure=True) as port:
        yield Service(f"https://{HOST}:{port}", port, str(certificate))
        address, limit = f"El servicio atiende en https://{HOST}:{port}{PATH}", time.monotonic() + 30
        # It answers a little before it says so.
        while address not in (said := (directory / "salida.txt").read_text("utf-8")):
            assert time.monotonic() < limit, said
            time.sleep(0.1)
        assert "CFG-028" not in said


def invoice() -> bytes:
    """An example file of today."""
    file = (MANUAL / "ejemplos" / "33-factura.txt").read_bytes()
    return file.replace(b"2026-01-05", clock.today().isoformat().encode())


@posix
def test_the_links_that_clients_store_begin_with_https(service: Service) -> None:
    session = trusting(service.certificate)
    answer = session.post(service.origin + PATH, call(invoice()), headers={"Content-Type": "text/xml"}, timeout=60).text
    found = re.search("urlOriginal&gt;([^&]+)&lt;", answer)
    assert found, answer
    address = base64.b64decode(found[1]).decode()
    assert address.startswith(f"{service.origin}/plano/descargar.php?p1=")
    assert session.get(address, timeout=60).content.startswith(b"%PDF-")
    assert f'location="{service.origin}{PATH}"' in session.get(f"{service.origin}{PATH}?wsdl", timeout=60).text


@posix
def test_zeep(service: Service) -> None:
    session = trusting(service.certificate)
    transport = zeep.Transport(session=session)  # type: ignore[no-untyped-call]
    client = zeep.Client(f"{service.origin}{PATH}?wsdl", transport=transport)  # type: ignore[no-untyped-call]
    login = {"Usuario": b64(USUARIO), "Rut": b64("1-9"), "Clave": b64(CLAVE), "Puerto": b64("0")}
    assert "<Resultado>True</Resultado>" in client.service.Procesar(login=login, file=b64(invoice()), formato=1)


@posix
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_old_and_new_versions_of_tls(service: Service, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=service.certificate)
    context.minimum_version = context.maximum_version = version
    connection = http.client.HTTPSConnection("localhost", service.port, context=context, timeout=30)
    connection.request("GET", f"{PATH}/Online")
    assert b"Online=1" in connection.getresponse().read()
    connection.close()


@posix
def test_who_does_not_trust_the_certificate_hears_nothing(service: Service) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(service.origin, timeout=30)
    assert server.answers(HOST, service.port, secure=True)
    assert not server.answers(HOST, service.port)


PHP = """<?php
$tls = stream_context_create(['ssl' => ['cafile' => $argv[2], 'verify_peer' => true]]);
$client = new SoapClient($argv[1], ['stream_context' => $tls, 'cache_wsdl' => WSDL_CACHE_NONE]);
echo $client->Online()->OnlineResult;
"""


@posix
@pytest.mark.skipif(not shutil.which("php"), reason="not installed: php")
def test_php(service: Service, tmp_path: Path) -> None:
    (tmp_path / "online.php").write_text(PHP)
    words = ["php", str(tmp_path / "online.php"), f"{service.origin}{PATH}?wsdl", service.certificate]
    done = forked.run(words, capture_output=True, text=True, timeout=60)
    assert done.stdout == "Online=1", done


JAVA = """
import java.net.URI;
import java.util.Scanner;

public class Online {
    public static void main(String[] words) throws Exception {
        try (Scanner answer = new Scanner(URI.create(words[0]).toURL().openStream(), "UTF-8")) {
            System.out.print(answer.useDelimiter("\\\\A").next());
        }
    }
}
"""


@posix
@pytest.mark.skipif(not shutil.which("keytool") or not shutil.which("java"), reason="not installed: java")
def test_java(service: Service, tmp_path: Path) -> None:
    (tmp_path / "Online.java").write_text(JAVA)
    store = ["-keystore", "trusted.p12", "-storepass", "ficticia", "-storetype", "PKCS12"]
    trust = ["keytool", "-importcert", "-noprompt", "-alias", "dte", "-file", service.certificate, *store]
    forked.run(trust, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    options = ["-Djavax.net.ssl.trustStore=trusted.p12", "-Djavax.net.ssl.trustStorePassword=ficticia"]
    words = ["java", *options, "Online.java", f"{service.origin}{PATH}/Online"]
    done = forked.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "Online=1" in done.stdout, done


# --- the files ----------------------------------------------------------------------------------------------------


def refused(directory: Path, server_can: bool = True, **settings: str) -> tuple[str, str, str]:
    """Code, field and text of the problem that settings have."""
    with pytest.raises(Refused) as caught:
        tls.files_of(load(directorio=directory, **settings), server_can)
    (one,) = caught.value.problems
    return one.code, one.place.field, one.text()


def test_without_the_settings_there_is_no_tls(tmp_path: Path) -> None:
    settings = load(directorio=tmp_path)
    assert not tls.is_used(settings)
    assert tls.files_of(settings, server_can=False) is None


def test_good_files_are_taken(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    settings = load(directorio=tmp_path, tls_certificado=certificate.name, tls_clave=key.name)
    files = tls.files_of(settings, server_can=True)
    assert files == (certificate.resolve(), key.resolve())
    assert tls.remarks(files, tls.now()) == []


def test_one_without_the_other_is_refused(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    assert refused(tmp_path, tls_certificado=certificate.name)[:2] == ("CFG-025", "tls_clave")
    code, field, text = refused(tmp_path, tls_clave=key.name)
    assert (code, field) == ("CFG-025", "tls_certificado")
    assert "quite tls_clave" in text


def test_waitress_is_refused_with_the_reason(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    found = refused(tmp_path, server_can=False, tls_certificado=certificate.name, tls_clave=key.name)
    assert found[0] == "CFG-027"
    assert "nginx" in found[2]
    settings = load(directorio=tmp_path, tls_certificado=certificate.name, tls_clave=key.name, servidor="waitress")
    with pytest.raises(Refused, match="CFG-027"):
        server.check_tls(settings, print)


@pytest.mark.parametrize(
    ("fault", "field", "words"),
    [
        ("no file", "tls_clave", "no existe"),
        ("a folder", "tls_certificado", ""),
        ("another key", "tls_clave", "la clave no es la de ese certificado"),
        ("password", "tls_clave", "protegida con una contraseña"),
        ("short", "tls_clave", "demasiado corta"),
        ("exchanged", "tls_clave", "no contiene un certificado en formato PEM"),
        ("no key", "tls_clave", "no contiene una clave privada"),
        ("DER", "tls_clave", "no contiene un certificado en formato PEM"),
    ],
)
def test_files_that_do_not_serve_are_told(tmp_path: Path, fault: str, field: str, words: str) -> None:
    password, size = (b"secreta" if fault == "password" else b""), (1024 if fault == "short" else 2048)
    certificate, key = make_certificate(tmp_path, password=password, size=size)
    if fault == "no file":
        key.unlink()
    elif fault == "a folder":
        certificate = tmp_path
    elif fault == "another key":
        (tmp_path / "other").mkdir()
        key = make_certificate(tmp_path / "other")[1]
    elif fault == "exchanged":
        certificate, key = key, certificate
    elif fault == "no key":
        key.write_bytes(certificate.read_bytes())
    elif fault == "DER":
        certificate.write_bytes(ssl.PEM_cert_to_DER_cert(certificate.read_text()))
    found = refused(tmp_path, tls_certificado=str(certificate), tls_clave=str(key))
    assert found[:2] == ("CFG-026", field)
    assert words in found[2]


@pytest.mark.parametrize(("days", "said"), [((-10, -1), True), ((1, 10), True), ((-1, 1), False)])
def test_a_certificate_that_is_not_valid_today_is_told(tmp_path: Path, days: tuple[int, int], said: bool) -> None:
    certificate, key = make_certificate(tmp_path, days=days)
    settings = load(directorio=tmp_path, tls_certificado=str(certificate), tls_clave=str(key))
    lines: list[str] = []
    server.check_tls(settings, lines.append)
    assert [one[:9] for one in lines] == ["[CFG-028]"] * said
    if said:
        assert clock.day(datetime.now(UTC) + timedelta(days=days[1])) in lines[0]
