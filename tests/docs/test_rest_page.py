"""The manual's page on REST: its program for curl runs as it is printed, and it says what is so."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from docs.reference import MANUAL
from dteplanows.document import clock
from tests.clients import served
from tests.installation import Installation

PAGE = (MANUAL / "rest.rst").read_text("utf-8")
PROGRAM = "rest.sh"
FILES = ("33-factura.txt", "39-boleta.txt")
BASE = "http://127.0.0.1:8080"

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


def answers(text: str) -> list[Any]:
    """The JSON objects that stand one behind the other in *text*."""
    found, reader, at = [], json.JSONDecoder(), 0
    while at < len(text):
        one, at = reader.raw_decode(text, at)
        found.append(one)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def run(installation: Installation, folder: Path, clave: str) -> list[Any]:
    """What the program prints."""
    with served(installation) as service:
        text = (MANUAL / "programas" / PROGRAM).read_text("utf-8")
        real = (f"http://127.0.0.1:{service.port}", installation.usuario, clave)
        for printed, put in zip((BASE, "MIUSUARIO", "MICLAVE"), real, strict=True):
            assert printed in text
            text = text.replace(printed, put)
        (folder / PROGRAM).write_text(text, "utf-8")
        for name in FILES:
            file = (MANUAL / "ejemplos" / name).read_bytes()
            (folder / name).write_bytes(file.replace(b"2026-01-05", clock.today().isoformat().encode()))
        done = subprocess.run(
            ["sh", PROGRAM], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120
        )
    assert done.returncode == 0, done.stderr
    return answers(done.stdout)


@needs_curl
def test_the_program_for_curl(installation: Installation, tmp_path: Path) -> None:
    version, factura, boleta, link, ticket = run(installation, tmp_path, installation.clave)
    assert set(version) == {"version"}
    assert [one["Resultado"] for one in (factura, boleta, link, ticket)] == ["OK"] * 4
    assert link["url"].startswith("http://127.0.0.1:")
    assert set(ticket["WSPLANO"]["Mensaje"]) == {"Head", "TED", "Foot"}
    # The example of an answer has the names of this one, in their order.
    (printed,) = re.findall(r"code-block:: json\n\n((?:   .*\n|\n)+)", PAGE)
    shown = json.loads(printed)
    documento, real = (one["WSPLANO"]["Detalle"]["Documento"] for one in (shown, factura))
    assert list(documento) == list(real)
    assert [documento[name] for name in documento if name.startswith("Firmado")] == [
        real[name] for name in real if name.startswith("Firmado")
    ]
    assert list(shown) == list(factura)


@needs_curl
def test_the_program_shows_why_it_cannot_come_in(installation: Installation, tmp_path: Path) -> None:
    """Its token is empty then, and every call says so."""
    assert {one["Error"].partition("]")[0] for one in run(installation, tmp_path, "no es esta")} == {"[AUT-016"}


def test_every_part_of_the_program_is_on_the_page() -> None:
    text = (MANUAL / "programas" / PROGRAM).read_text("utf-8")
    marks = re.findall(r"^# (?!fin)(.+)$", text, re.MULTILINE)
    assert marks == ["login", "version", "procesar", "procesar por GET", "obtenerlink", "getticket"]
    assert re.findall(r":start-after: # (.+)", PAGE) == marks
