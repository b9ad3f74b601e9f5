"""The manual's search, in a real browser, from the service with its policy and from files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from docs.build import built
from docs.search_index import Part, index, parts, with_parts, words
from dteplanows.document.catalogue import RULES
from dteplanows.settings import Settings
from tests.clients import served
from tests.docs.browser import look, needs_chromium
from tests.installation import Installation

NODE = shutil.which("node")

needs_node = pytest.mark.skipif(not NODE, reason="not installed: node")


# --- In a browser -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["service", "files"])
def home(request: pytest.FixtureRequest, installation: Installation) -> Iterator[str]:
    """Where the manual is: behind the service, or as files."""
    if request.param == "files":
        yield built().as_uri() + "/"
    else:
        with served(installation) as service:
            yield f"http://127.0.0.1:{service.port}/manual/"


@pytest.fixture
def shown(tmp_path: Path) -> Callable[[str], tuple[etree._Element, str]]:
    """What a browser makes of an address, and what it complains of."""
    return lambda address: look(address, tmp_path / "profile")


def texts(page: etree._Element) -> list[str]:
    """The titles of what was found, in order."""
    return ["".join(map(str, one.itertext())) for one in page.iterfind(".//main//ol/li/a")]


@needs_chromium
def test_a_person_finds_a_code(home: str, shown: Callable[[str], tuple[etree._Element, str]]) -> None:
    page, said = shown(f"{home}buscar.html?q=bas-003")
    assert said == ""
    assert texts(page)[0] == "BAS-003"
    field = page.find(".//input[@name='q']")
    assert field is not None


@needs_chromium
def test_what_is_asked_is_never_taken_for_html(home: str, shown: Callable[[str], tuple[etree._Element, str]]) -> None:
    page, said = shown(f"{home}buscar.html?q={quote('<img src=x onerror=alert(1)> zzzzzz')}")
    assert said == ""
    assert not list(page.iter("img"))
    assert "Nada en el manual" in "".join(map(str, page.itertext()))


# --- The script, without a browser ------------------------------------------------------------------------------


def found(question: str) -> list[tuple[str, str]]:
    """Address and title of each section that the script finds for *question*."""
    program = "\n".join(
        [
            (built() / "indice.js").read_text("utf-8"),
            (built() / "buscar.js").read_text("utf-8"),
            f"console.log(JSON.stringify(buscar({json.dumps(question)}).map((uno) => INDICE.secciones[uno])))",
        ]
    )
    done = subprocess.run([str(NODE), "-"], input=program, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    return [(one[0], one[1]) for one in json.loads(done.stdout)]


@needs_node
@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("TXT-014", "referencia/reglas-txt.html#txt-014"),
        ("respaldos programados", "servicio/respaldo.html#respaldos-programados"),
        ("segundos_en_fila", "servicio/ajustes.html"),
        ("CERTIFICADO VENCIO", "servicio/mantencion.html#vencio-el-certificado"),
        ("clave olvidada", "servicio/empresas.html#una-clave-olvidada"),
        ("caf cargar", "servicio/ordenes.html#caf-cargar"),
        ("nginx", "servicio/direccion.html#detras-de-nginx"),
        ("systemd", "servicio/systemd.html"),
        ("folios retenidos", "folios.html#folios-retenidos"),
    ],
)
def test_what_people_ask_comes_first(question: str, address: str) -> None:
    assert address in [one for one, _ in found(question)][:4]


@needs_node
@pytest.mark.parametrize("question", ["", "  ", "zzzzzz", "factura zzzzzz", "送货", "hasOwnProperty", "valueOf"])
def test_what_is_not_there_is_not_found(question: str) -> None:
    assert found(question) == []


@needs_node
def test_accents_and_capitals_make_no_difference() -> None:
    assert found("RESOLUCIÓN") == found("resolucion") != []


# --- The index --------------------------------------------------------------------------------------------------


def test_words_are_compared_without_accents() -> None:
    assert words("Vendió 3 Ñandúes: TXT-014, segundos_en_fila.") == [
        "vendio",
        "3",
        "nandues",
        "txt-014",
        "segundos_en_fila",
    ]
    assert with_parts(["txt-014", "de", "x"]) == {"txt-014", "txt", "014"}


def test_a_section_is_without_those_in_it(tmp_path: Path) -> None:
    inner = "<section id='b'><h2>Dos</h2><p>suyo</p></section>"
    page = f"<main><section id='a'><h1>Uno</h1><p>mío <b>y</b>o</p><button>Copiar</button>{inner}</section></main>"
    (tmp_path / "p.html").write_text(page, "utf-8")
    assert list(parts(tmp_path)) == [Part("p.html", "Uno", "Uno", "mío yo"), Part("p.html#b", "Dos", "Uno", "suyo")]
    assert '"mio":"0"' in index(tmp_path) and '"suyo":"1"' in index(tmp_path)


def test_every_code_and_setting_can_be_found() -> None:
    known = set(re.findall(r'^"([^"]+)":"', (built() / "indice.js").read_text("utf-8"), re.MULTILINE))
    assert {one.lower() for one in RULES} <= known
    assert set(Settings.model_fields) <= known
