"""What holds for the project as a whole: its description, its modules, its texts and the codes of its problems."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from dteplanows import demo
from dteplanows.document import catalogue
from dteplanows.document.catalogue import RULES
from dteplanows.soap.contract.published import wsdl

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dteplanows"

LONGEST_MODULE = 500
SPARE = 20
"""Lines that a module may be longer: nobody has to split one for five lines."""

CODE = re.compile(r"[A-Z]{3}-\d{3}")
PREFIXES = set(re.findall(r"``([A-Z]{3})-``", catalogue.__doc__ or ""))
"""The families of codes, as the catalogue names them at its top."""

FORBIDDEN = re.compile(
    # Written in pieces, so that this file does not contain what it forbids.
    "|".join(
        (
            "/wo" "rk/",
            "/fa" "rm/",
            "/tmp/" r"v\d",
            "/ro" "ot/",
            "/op" "t/",
            "plano" r"9\d{4}",
            "py" r"pi\.org",
            "python" r"hosted\.org",
            "npm" r"js\.(org|com)",
            "pack" r"agist\.org",
            "ruby" r"gems\.org",
            r"\b(cla" r"ude|anth" r"ropic|open" r"ai|chat" r"gpt|copi" r"lot|sub-?age" r"nts?)\b",
        )
    ),
    re.IGNORECASE,
)
"""Paths of one machine, passwords of third parties, registry hosts, and who or what wrote the text."""


def files_of_the_project() -> Iterator[Path]:
    """Every file that belongs to the project: all but what .gitignore leaves out and git's own."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line]
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            whole = f"/{path.relative_to(ROOT).as_posix()}"
            if path.name == ".git" or any(fnmatch(whole if "/" in one else path.name, one) for one in ignored):
                continue
            if path.is_dir():
                pending.append(path)
            else:
                yield path


def modules(folder: Path) -> list[Path]:
    """The Python files of the project under *folder*."""
    return [path for path in files_of_the_project() if path.suffix == ".py" and path.is_relative_to(folder)]


def setup_cfg() -> ConfigParser:
    """The description of the package."""
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


def rows(section: str, option: str) -> list[str]:
    """The lines of a list in setup.cfg."""
    return [line for line in setup_cfg()[section][option].splitlines() if line and not line.startswith("#")]


EXTRAS = tuple(setup_cfg()["options.extras_require"])
"""What nobody has who only runs the service: the demo's libraries, the manual's and the tests'."""
DISTRIBUTIONS = packages_distributions()
"""What is installed here, by the names that are imported."""
CLIENT = PACKAGE / "demo" / "invoice.py"
"""The one module that may import what the extra ``demo`` installs."""


# --- The description of the package -----------------------------------------------------------------------


def is_bounded(specifiers: SpecifierSet) -> bool:
    """Whether the versions have a lower and an upper end."""
    operators = {one.operator for one in specifiers}
    return "==" in operators or ({">=", "<"} <= operators)


@pytest.mark.parametrize(
    "requirement",
    [*rows("options", "install_requires"), *(one for extra in EXTRAS for one in rows("options.extras_require", extra))],
)
def test_every_dependency_is_bounded(requirement: str) -> None:
    assert is_bounded(Requirement(requirement).specifier)


def test_the_bounds_are_really_looked_at() -> None:
    assert not is_bounded(SpecifierSet(">=1"))
    assert not is_bounded(SpecifierSet(""))
    assert is_bounded(SpecifierSet(">=3.11,<3.14"))


def test_the_versions_of_python_agree_everywhere() -> None:
    supported = SpecifierSet(setup_cfg()["options"]["python_requires"])
    fitting = {minor for minor in range(6, 30) if f"3.{minor}" in supported}
    classifiers = re.findall(r"Python :: 3\.(\d+)", setup_cfg()["metadata"]["classifiers"])
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", "utf-8")
    environments = re.findall(r"py3(\d+)", tox["tox"]["envlist"])
    assert {int(one) for one in classifiers} == {int(one) for one in environments} == fitting


def test_every_folder_with_modules_is_installed() -> None:
    folders = {path.parent.relative_to(ROOT) for path in modules(PACKAGE)}
    expected = {".".join(folder.parts) for folder in folders} | {"dteplanows.wsdl"}
    assert set(rows("options", "packages")) == expected


def test_every_data_file_is_installed() -> None:
    patterns = [
        f"{package.replace('.', '/')}/{pattern.strip()}"
        for package, listed in setup_cfg()["options.package_data"].items()
        for pattern in listed.split(",")
    ]
    data = [path.relative_to(ROOT) for path in files_of_the_project() if path.is_relative_to(PACKAGE)]
    installed = [path for path in data if any(fnmatch(path.as_posix(), one) for one in patterns)]
    assert installed
    assert [str(path) for path in data if path.suffix != ".py" and path not in installed] == []


def is_for_types(node: ast.AST) -> bool:
    """Whether *node* is ``if TYPE_CHECKING:``, which never runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imported_names(module: Path) -> set[str]:
    """The top-level names that a module imports when it runs, ours left out."""
    tree = ast.parse(module.read_text("utf-8"))
    for_types = {id(inner) for node in ast.walk(tree) if is_for_types(node) for inner in ast.walk(node)}
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            names.update(one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - {"dteplanows"}


def undeclared(module: Path, declared: list[str]) -> set[str]:
    """The libraries that *module* imports and the requirements *declared* do not bring."""
    names = {canonicalize_name(Requirement(one).name) for one in declared}
    return {
        name
        for name in imported_names(module) - sys.stdlib_module_names
        if not names & {canonicalize_name(one) for one in DISTRIBUTIONS.get(name, [name])}
    }


def test_every_library_that_is_imported_is_declared() -> None:
    always = rows("options", "install_requires")
    # What reaches PostgreSQL is an extra, and its room is opened only where it is installed.
    engine, more = PACKAGE / "ledger" / "engines" / "postgresql", rows("options.extras_require", "postgresql")
    found = {
        str(path.relative_to(ROOT)): undeclared(path, [*always, *more] if path.is_relative_to(engine) else always)
        for path in modules(PACKAGE)
        if path != CLIENT
    }
    assert len(found) > 100
    assert {name: some for name, some in found.items() if some} == {}
    assert undeclared(CLIENT, always) == {canonicalize_name(one) for one in demo._EXTRA}
    assert undeclared(CLIENT, [*always, *rows("options.extras_require", "demo")]) == set()


def test_the_published_contract_is_found() -> None:
    assert b"ProcesarResponse" in wsdl()
    assert wsdl() == (ROOT / "wsdl" / "wsplano.wsdl").read_bytes()


# --- The modules --------------------------------------------------------------------------------------------


def test_imports_go_one_way() -> None:
    """The contracts of pyproject.toml, in a process of its own because the check imports nothing of ours."""
    check = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def length(module: Path) -> int:
    """Lines of a module."""
    return len(module.read_text("utf-8").splitlines())


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): length(path) for path in modules(ROOT)}
    assert len(lengths) > 20
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE + SPARE} == {}


# --- The texts ----------------------------------------------------------------------------------------------


def test_no_file_names_what_is_not_ours() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in files_of_the_project()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        for match in FORBIDDEN.finditer(line)
    ]
    assert not found


@pytest.mark.parametrize("text", ["a /wo" "rk/main", "See https://PyPI" ".org/x", "Cla" "ude wrote", "plano9" "1234"])
def test_what_is_forbidden_would_be_found(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("command", ["python3 run.py demo", "python3 run.py test"])
def test_the_readme_has_the_two_commands(command: str) -> None:
    lines = [line.strip().removeprefix("$ ") for line in (ROOT / "README.rst").read_text("utf-8").splitlines()]
    assert command in lines


# --- The codes of problems ----------------------------------------------------------------------------------


def codes_used(source: str) -> set[str]:
    """The problem codes that stand as texts of their own in *source*."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
        and node.value[:3] in PREFIXES
    }


def used_in_the_package() -> dict[str, str]:
    """Every code used in the package, with a module that uses it."""
    return {
        code: str(module.relative_to(ROOT))
        for module in modules(PACKAGE)
        for code in codes_used(module.read_text("utf-8"))
    }


def test_a_use_is_told_from_other_texts() -> None:
    source = 'problem("TXT-002", here)\n"See TXT-003."\nTABLE = {1: "DOC-004"}\n"ISO-885"'
    assert codes_used(source) == {"TXT-002", "DOC-004"}


def test_every_code_has_the_form() -> None:
    assert RULES
    assert [code for code in RULES if not CODE.fullmatch(code) or code[:3] not in PREFIXES] == []


def test_every_code_is_used() -> None:
    assert sorted(set(RULES) - set(used_in_the_package())) == []


def test_every_code_used_is_in_the_catalogue() -> None:
    used = used_in_the_package()
    assert sorted(f"{code} in {used[code]}" for code in set(used) - set(RULES)) == []
