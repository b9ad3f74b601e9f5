"""Clients in other languages, each in the manner of programs that customers run: PHP, JavaScript and Java."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from fixtures import FIXTURES, Fixture
from tests.clients import Service, served
from tests.installation import Installation

HERE = Path(__file__).parent
FILES = [
    each
    for each in FIXTURES
    if str(each)
    in {
        "boleta39-latin1.txt",
        "factura33-codificacion-mixta.txt",
        "factura33-rut-con-puntos.xml",
        "factura34-descuento-por-linea.txt",
        "guia52-otros-traslados.xml",
        "nota-credito61-cdata.xml",
    }
]


@cache
def php_missing() -> str:
    """Why the PHP client cannot run; empty when it can."""
    if not shutil.which("php"):
        return "php is not installed"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True).stdout.lower().split()
    return "" if "soap" in modules else "php has no soap extension"


needs_php = pytest.mark.skipif(bool(php_missing()), reason=php_missing())
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
needs_java = pytest.mark.skipif(not shutil.which("javac"), reason="no Java compiler is installed")


@pytest.fixture
def service(installation: Installation) -> Iterator[Service]:
    with served(installation) as one:
        yield one


def judge(command: Sequence[str], service: Service, one: Fixture) -> None:
    """Run a client and check what it says it saw."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    folio = int(seen["folio"])
    company = service.installation.company
    stored = service.installation.ledger.document(company.ambiente, company.rut, one.tipo, folio)

    assert (seen["online"], seen["resultado"], seen["links"]) == ("Online=1", "True", 0)
    assert folio == one.folios[0] if one.folios[0] else folio > 0
    assert stored
    assert base64.b64decode(seen["firmado"], validate=True) == stored.xml
    assert b"FOL-060" in base64.b64decode(seen["negado"], validate=True)


@needs_php
@pytest.mark.parametrize("one", FILES, ids=str)
def test_php(one: Fixture, service: Service) -> None:
    login = json.dumps(service.login())
    judge(
        ["php", str(HERE / "cliente.php"), f"{service.address}?wsdl", str(one.path), str(one.formato), login],
        service,
        one,
    )


@needs_node
@pytest.mark.parametrize("one", FILES, ids=str)
def test_node(one: Fixture, service: Service) -> None:
    login = json.dumps(service.login(Puerto="9978", IncluyeLink="0"))  # a port that is not in base64
    judge(["node", str(HERE / "cliente.js"), service.address, str(one.path), str(one.formato), login], service, one)


@needs_java
@pytest.mark.parametrize("one", [each for each in FILES if each.tipo == 52], ids=str)
def test_java(one: Fixture, service: Service) -> None:
    login = service.login()
    command = ["java", str(HERE / "Cliente.java"), service.address, str(one.path), str(one.formato)]
    judge([*command, *(login[name] for name in ("Usuario", "Rut", "Clave", "Puerto"))], service, one)
