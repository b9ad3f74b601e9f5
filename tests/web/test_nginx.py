"""The configuration of nginx that the manual shows, in a real nginx before a real service."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest
import requests

from docs.reference import MANUAL
from dteplanows.document import clock
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests.installation import make_installation
from tests.web.serving import HOST, call, make_certificate, running, trusting

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="not installed: nginx")

EXAMPLE = MANUAL / "servicio" / "nginx.conf"
_AROUND = """
daemon off;
pid nginx.pid;
error_log stderr;
{user}
events {{}}
http {{
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}}
"""


class Proxy(NamedTuple):
    """A running proxy."""

    plain: str
    secure: str
    session: requests.Session
    """Trusts its certificate."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    directory, folder = tmp_path_factory.mktemp("servicio"), tmp_path_factory.mktemp("nginx")
    make_installation(directory).close()
    certificate, key = make_certificate(folder)
    plain, secure = server.free_port(HOST), server.free_port(HOST)
    with running(directory, "confiar_en_proxy = true\nmegas_por_llamada = 1\n", "--trabajadores", "1") as port:
        site = EXAMPLE.read_text("utf-8")
        for old, new in (
            ("127.0.0.1:8080", f"{HOST}:{port}"),
            ("listen 80;", f"listen {HOST}:{plain};"),
            ("listen 443 ssl;", f"listen {HOST}:{secure} ssl;"),
            ("/etc/ssl/dteplanows/certificado.pem", str(certificate)),
            ("/etc/ssl/dteplanows/clave.pem", str(key)),
        ):
            assert site.count(old) == 1
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site, "utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_AROUND.format(user=user), "utf-8")
        process = subprocess.Popen(["nginx", "-p", str(folder), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
        session = trusting(str(certificate))
        try:
            for _ in range(100):
                with suppress(requests.ConnectionError):
                    session.get(f"https://{HOST}:{secure}/", timeout=5)
                    break
                time.sleep(0.1)
            yield Proxy(f"http://{HOST}:{plain}", f"https://{HOST}:{secure}", session)
        finally:
            process.terminate()
            process.wait(30)


def invoice() -> bytes:
    """An example file of today."""
    file = (MANUAL / "ejemplos" / "33-factura.txt").read_bytes()
    return file.replace(b"2026-01-05", clock.today().isoformat().encode())


@pytest.mark.parametrize("prefix", ["", "/dte"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_the_service_gives_out_leads_back_to_it(proxy: Proxy, scheme: str, prefix: str) -> None:
    origin = (proxy.secure if scheme == "https" else proxy.plain) + prefix
    session = proxy.session
    assert f'location="{origin}{PATH}"' in session.get(f"{origin}{PATH}?wsdl", timeout=30).text
    answer = session.post(origin + PATH, call(invoice()), headers={"Content-Type": "text/xml"}, timeout=60).text
    found = re.search("urlOriginal&gt;([^&]+)&lt;", answer)
    assert found, answer
    address = base64.b64decode(found[1]).decode()
    assert address.startswith(f"{origin}/plano/descargar.php?p1=")
    assert session.get(address, timeout=60).content.startswith(b"%PDF-")
    home = session.get(f"{origin}/", timeout=30)
    assert home.url == origin + PATH
    assert session.get(f"{origin}/manual", timeout=30).url == f"{origin}/manual/"
    assert '<a href="../manual/">' in home.text


def test_what_the_caller_says_of_itself_does_not_count(proxy: Proxy) -> None:
    said = {"X-Forwarded-Prefix": "/falso", "X-Forwarded-Host": "falso.cl", "X-Forwarded-Proto": "http"}
    text = proxy.session.get(f"{proxy.secure}{PATH}?wsdl", headers=said, timeout=30).text
    assert f'location="{proxy.secure}{PATH}"' in text
    assert "falso" not in text


def test_too_large_a_file_is_refused_by_the_service_in_its_words(proxy: Proxy) -> None:
    answer = proxy.session.post(proxy.secure + PATH, b"x" * (5 * 2**20), timeout=60)
    assert answer.status_code == 413
    assert "[SRV-041]" in answer.text


def test_an_address_with_a_file_in_it_comes_through(proxy: Proxy) -> None:
    answer = proxy.session.get(f"{proxy.secure}/wsds/procesar?relleno={'x' * 60_000}", timeout=60)
    assert "[AUT-016]" in answer.text
