"""The portal behind each of the two web servers: bodies come whole and bounded, and what is refused is a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from dteplanows.ledger.rows import UserSettings
from tests.installation import COMPANY, make_installation, one_salt
from tests.portal.pages import CLAVE
from tests.web.serving import HOST, running

MIB = 2**20


def login_form(http: requests.Session, portal: str) -> dict[str, str]:
    """What a person sends who comes in."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', http.get(f"{portal}/entrar", timeout=30).text)
    assert token
    return {"csrf_token": token[1], "usuario": "ana", "clave": CLAVE}


@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_both_servers_serve_it(tmp_path: Path, server: str) -> None:
    installation = make_installation(tmp_path)
    with one_salt():
        installation.ledger.users.save("ana", CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol="contador"))
    installation.close()
    settings = f'servidor = "{server}"\nmegas_por_llamada = 1\ntrabajadores = 1\n'
    with running(tmp_path, settings) as port, requests.Session() as http:
        http.trust_env = False
        portal = f"http://{HOST}:{port}/portal"
        form = login_form(http, portal)
        for size, status, told in ((MIB // 2, 401, "AUT-070"), (2 * MIB, 413, "SRV-041")):
            long = {**form, "clave": "x" * size}
            parts = {name: (None, value) for name, value in long.items()}
            for answer in (
                http.post(f"{portal}/entrar", long, timeout=30),
                http.post(f"{portal}/entrar", files=parts, timeout=30),
            ):
                assert answer.status_code == status
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
                assert told in answer.text
        assert http.post(f"{portal}/entrar", form, timeout=30).url == f"{portal}/pruebas/{COMPANY.rut}/tablero"
        assert int(http.head(f"{portal}/estatico/portal.js", timeout=30).headers["Content-Length"]) > 1000
        assert http.put(f"{portal}/entrar", b"x" * MIB, timeout=30).status_code == 405
