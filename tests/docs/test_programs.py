"""The programs of the manual, run as they are printed but for address, login and date of issue.

Those in C# and VB.NET are only read: no compiler for them is asked of a machine that runs the tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.reference import MANUAL
from dteplanows.document import clock
from tests.clients import Service, served
from tests.installation import Installation
from tests.interop.programs import needs_java, needs_node, needs_php

PROGRAMS = MANUAL / "programas"
FILE = "33-factura.txt"
ADDRESS = "http://127.0.0.1:8080/WSDS/wsplano.asmx"

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


@pytest.fixture
def service(installation: Installation) -> Iterator[Service]:
    with served(installation) as one:
        yield one


def run(service: Service, folder: Path, name: str, *command: str, clave: str = "") -> str:
    """What the program prints when it sends the example to *service*."""
    one = service.installation
    text = (PROGRAMS / name).read_text("utf-8")
    for printed, real in ((ADDRESS, service.address), ("MIUSUARIO", one.usuario), ("MICLAVE", clave or one.clave)):
        assert printed in text
        text = text.replace(printed, real)
    (folder / name).write_text(text, "utf-8")
    example = (MANUAL / "ejemplos" / FILE).read_bytes()
    (folder / FILE).write_bytes(example.replace(b"2026-01-05", clock.today().isoformat().encode()))
    done = subprocess.run([*command, name], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


JAVA = ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]
COMMANDS = [
    pytest.param("enviar.php", ["php"], marks=needs_php, id="php"),
    pytest.param("Enviar.java", JAVA, marks=needs_java, id="java"),
    pytest.param("enviar.mjs", ["node"], marks=needs_node, id="node"),
    pytest.param("enviar.py", [sys.executable, "-X", "utf8"], id="python"),
]


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_a_program_says_the_folio(service: Service, tmp_path: Path, name: str, command: list[str]) -> None:
    said = run(service, tmp_path, name, *command)
    assert said.startswith("Emitido: tipo 33, folio 987")


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_a_program_says_the_reason(service: Service, tmp_path: Path, name: str, command: list[str]) -> None:
    said = run(service, tmp_path, name, *command, clave="no es esta")
    assert said == "Rechazado: [AUT-001] El usuario o la clave no son correctos. " + said.partition("correctos. ")[2]
    assert "«" not in said


@needs_curl
def test_curl(service: Service, tmp_path: Path) -> None:
    said = run(service, tmp_path, "enviar.sh", "sh")
    assert "&lt;Resultado&gt;True&lt;/Resultado&gt;" in said


def test_every_program_is_in_the_manual() -> None:
    chapter = (MANUAL / "programas.rst").read_text("utf-8")
    names = [path.name for path in PROGRAMS.iterdir() if path.is_file()]
    assert [name for name in names if f"programas/{name}" not in chapter] == []


@pytest.mark.parametrize("name", ["Enviar.cs", "Enviar.vb"])
def test_what_is_only_read_names_the_same_things(name: str) -> None:
    text = (PROGRAMS / name).read_text("utf-8")
    for words in (ADDRESS, "http://tempuri.org/Procesar", "MIUSUARIO", "MICLAVE", FILE, "ProcesarResult", "TipoDte"):
        assert words in text
