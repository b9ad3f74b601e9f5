"""The programs of the manual, run as its page shows them to a person who came in by the portal, but for the password
and the day of issue.

Those in VB.NET, FoxPro and Delphi have no compiler on a machine that runs the tests. What each of them sends is put
together here from its own text, and sent.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from lxml import etree

from docs.build import built
from docs.reference import MANUAL
from dteplanows.document import clock
from dteplanows.web import places
from tests.clients import Service, b64, served
from tests.installation import COMPANY, make_installation
from tests.interop.programs import needs_java, needs_node, needs_php
from tests.portal.pages import CLAVE, site_of

PROGRAMS = MANUAL / "programas"
FILE = "33-factura.txt"
PERSON = "Ana Núñez"
USUAL = {places.ADDRESS: "http://127.0.0.1:8080", places.USER: "MIUSUARIO", places.RUT: "1-9"}
"""What stands in the programs as they are kept."""

EXAMPLE = (MANUAL / "ejemplos" / FILE).read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode())

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
needs_mono = pytest.mark.skipif(not (shutil.which("mcs") and shutil.which("mono")), reason="mono is not installed")


class Shown(NamedTuple):
    """A service, and its page of programs as a person sees it who has come in."""

    service: Service
    programs: list[str]
    """The text of each example."""

    def program(self, name: str) -> str:
        """The program *name* as the page shows it, which is as it is kept but for what the page fills in."""
        text = (PROGRAMS / name).read_text("utf-8")
        for place, value in self.values.items():
            usual = f"(?<=['\"]){USUAL[place]}(?=['\"])" if place == places.RUT else re.escape(USUAL[place])
            text = re.sub(usual, value, text)
        assert text in self.programs
        assert not [one for one in USUAL.values() if f"'{one}'" in text or f'"{one}"' in text]
        return text

    @property
    def values(self) -> dict[str, str]:
        """What the page fills in."""
        return {
            places.ADDRESS: f"http://127.0.0.1:{self.service.port}", places.USER: PERSON, places.RUT: COMPANY.rut,
        }  # fmt: skip


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    built()
    installation = make_installation(tmp_path_factory.mktemp("programas"))
    site = site_of(installation)
    with served(installation, lambda _: site.application) as service:
        browser = site.browser(base=f"http://127.0.0.1:{service.port}")
        browser.enter(site.person("administrador", usuario=PERSON))
        browser.get(f"{site.home}/tablero")
        page = browser.client.get("/manual/programas.html", base_url=browser.base)
        tree = etree.fromstring(page.data, etree.HTMLParser(encoding="utf-8"))
        yield Shown(service, ["".join(map(str, one.itertext())) for one in tree.iter("pre")])
    installation.close()


Run = Callable[..., str]


@pytest.fixture
def run(shown: Shown, tmp_path: Path) -> Run:
    """What a program prints: ``run("enviar.php", ["php"])``."""

    def ran(name: str, command: list[str], clave: str = CLAVE) -> str:
        text = shown.program(name)
        assert "MICLAVE" in text
        (tmp_path / name).write_text(text.replace("MICLAVE", clave), "utf-8")
        (tmp_path / FILE).write_bytes(EXAMPLE)
        if name.endswith(".cs"):
            references = ["-r:System.Net.Http", "-r:System.Xml.Linq"]
            subprocess.run(["mcs", "-out:a.exe", *references, name], cwd=tmp_path, check=True, timeout=120)
        words = [*command, "a.exe" if name.endswith(".cs") else name]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ran


JAVA = ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]
COMMANDS = [
    pytest.param("enviar.php", ["php"], marks=needs_php, id="php"),
    pytest.param("Enviar.java", JAVA, marks=needs_java, id="java"),
    pytest.param("enviar.mjs", ["node"], marks=needs_node, id="node"),
    pytest.param("enviar.py", [sys.executable, "-X", "utf8"], id="python"),
    pytest.param("Enviar.cs", ["mono"], marks=needs_mono, id="c#"),
]


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_a_program_says_the_folio(run: Run, name: str, command: list[str]) -> None:
    assert run(name, command).startswith("Emitido: tipo 33, folio 987")


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_a_program_says_the_reason(run: Run, name: str, command: list[str]) -> None:
    said = run(name, command, clave="no es esta")
    assert said == "Rechazado: [AUT-001] El usuario o la clave no son correctos. " + said.partition("correctos. ")[2]
    assert "«" not in said


@needs_curl
def test_curl(run: Run) -> None:
    assert "&lt;Resultado&gt;True&lt;/Resultado&gt;" in run("enviar.sh", ["sh"])


# --- What cannot run here ----------------------------------------------------------------------------------------


class Language(NamedTuple):
    """How a program of a language writes the envelope: texts and calls, joined by a sign."""

    name: str
    begin: str
    """What stands before the envelope's expression."""
    text: str
    """A text between its quotation marks, which are doubled inside where they are the same."""
    encoding: str
    """How texts become bytes before they are base64."""


UNRUN = {
    "vb": Language("Enviar.vb", "Dim sobre As String =", r'"((?:[^"]|"")*)"', "utf-8"),
    "foxpro": Language("enviar.prg", "lcSobre =", r"'([^']*)'", "cp1252"),
    "delphi": Language("Enviar.dpr", "TStringStream.Create(", r"'((?:[^']|'')*)'", "utf-8"),
}
_LOGIN = re.compile(r"(?:Texto|STRCONV)\(['\"]([^'\"]*)['\"]")


def envelope(language: Language, program: str) -> str:
    """The envelope that *program* sends, put together from its own text."""
    expression = program.partition(language.begin)[2]
    expression = expression[: expression.index("</soap:Envelope>") + len("</soap:Envelope>") + 1]
    pieces = re.compile(
        rf"(?P<login>{_LOGIN.pattern})|(?P<file>B64\(\w|FILETOSTR\(|& archivo &)|{language.text}"
    )
    made = ""
    for one in pieces.finditer(expression):
        if one["file"]:
            made += b64(EXAMPLE)
        elif one["login"]:
            made += b64(one[2].encode(language.encoding))
        elif one[one.lastindex or 0] != FILE:
            made += str(one[one.lastindex or 0]).replace('""', '"')
    return made


@pytest.mark.parametrize("language", UNRUN.values(), ids=UNRUN)
def test_what_a_program_would_send_is_issued(shown: Shown, language: Language) -> None:
    text = shown.program(language.name)
    body = envelope(language, text.replace("MICLAVE", CLAVE))
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://tempuri.org/Procesar"'}
    assert headers["SOAPAction"] in text.replace("\"\"", "\"")
    answer = requests.post(shown.service.address, body.encode(), headers=headers, timeout=30).text
    assert "&lt;Resultado&gt;True&lt;/Resultado&gt;" in answer, answer
    # What it looks for in the answer is there.
    for name in ("ProcesarResult", "Documento", "Resultado", "TipoDte", "Folio"):
        assert name in text
        assert f"{name}>" in answer or f"{name}&gt;" in answer


# --- The page ----------------------------------------------------------------------------------------------------


def test_every_program_is_in_the_manual() -> None:
    chapter = (MANUAL / "programas.rst").read_text("utf-8")
    names = [path.name for path in PROGRAMS.iterdir() if path.is_file()]
    assert [name for name in names if f"programas/{name}" not in chapter] == []


def test_every_program_has_its_places() -> None:
    page = (built() / "programas.html").read_text("utf-8")
    programs = [path for path in PROGRAMS.iterdir() if path.is_file()]
    for place in (*USUAL, places.PASSWORD):
        assert len(places.texts(page, place)) == len(programs), place
