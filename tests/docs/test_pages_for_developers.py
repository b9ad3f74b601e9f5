"""README, CONTRIBUTING, CHANGELOG and the pages on the architecture: sound, and naming what is there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from docutils.nodes import reference

import dteplanows
from docs.service_pages import commands
from tests.test_project import PACKAGE, ROOT

ARCHITECTURE = ROOT / "docs" / "arquitectura"
WRITTEN = [ROOT / f"{name}.rst" for name in ("README", "CONTRIBUTING", "CHANGELOG")]
PAGES = [*WRITTEN, *sorted(ARCHITECTURE.glob("*.rst"))]
BASES = (ROOT, PACKAGE)
"""A path is told from the root of the repository, or from the package."""
TOP = {path.name for base in BASES for path in base.iterdir()}
MADE = ("demo/demo.json", ".venv/bin")
LONGEST = 100
"""Lines of one page to read in one go."""


def paths(text: str) -> set[str]:
    """What *text* writes as literals that can only be files or folders of ours."""
    literals = re.findall(r"``([\w.\-/]+/[\w.\-/]*)``", text)
    return {one for one in literals if one.split("/")[0] in TOP and one not in MADE}


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_a_page_is_sound(page: Path) -> None:
    said = io.StringIO()
    settings = {"warning_stream": said, "report_level": 2, "input_encoding": "utf-8"}
    tree = publish_doctree(page.read_text("utf-8"), settings_overrides=settings)
    assert said.getvalue() == ""
    for link in tree.findall(reference):
        address = str(link.get("refuri", ""))
        assert "://" in address or not address or (page.parent / address).is_file(), address


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    named = paths(page.read_text("utf-8"))
    assert {one for one in named if not any((base / one).exists() for base in BASES)} == set()


def test_what_is_not_there_would_be_found() -> None:
    assert paths("``tests/nada.py``, ``soap/``, ``a/b`` and ``demo/demo.json``") == {"tests/nada.py", "soap/"}


def test_every_room_is_described() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    page = (ARCHITECTURE / "index.rst").read_text("utf-8")
    assert rooms == set(re.findall(r"^``(\w+)/``  ", page, re.MULTILINE))


def test_every_invariant_names_the_tests_that_attack_it() -> None:
    page = (ARCHITECTURE / "invariants.rst").read_text("utf-8")
    items = re.split(r"^\d+\. ", page, flags=re.MULTILINE)[1:]
    assert len(items) >= 10
    assert [one for one in items if "Attacked by" not in one or not re.search(r"``tests/[\w/.]+``", one)] == []


def test_every_finding_is_told() -> None:
    told = re.findall(r"^``([a-z0-9-]+)``  ", (ARCHITECTURE / "findings.rst").read_text("utf-8"), re.MULTILINE)
    assert told == sorted(path.stem for path in (ROOT / "findings").glob("*.sh"))


def test_the_changelog_tells_of_this_version() -> None:
    versions = re.findall(r"^(\d+\.\d+\.\d+) - ", (ROOT / "CHANGELOG.rst").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == dteplanows.__version__
    assert versions == sorted(versions, key=lambda one: [int(part) for part in one.split(".")], reverse=True)


def test_contributing_is_one_page() -> None:
    lines = (ROOT / "CONTRIBUTING.rst").read_text("utf-8").splitlines()
    assert len(lines) <= LONGEST
    assert [line for line in lines if len(line) > 130] == []


def test_the_commands_that_the_readme_gives_are_commands() -> None:
    given = re.findall(r"run\.py dteplanows --dir datos ([a-z]+(?: [a-z]+)?)", (ROOT / "README.rst").read_text("utf-8"))
    known = {name for name, _ in commands()}
    assert len(given) > 4
    assert [one for one in given if one not in known and one.split()[0] not in known] == []
