"""What only the demonstration, the manual's builder and the tests need is no part of a machine that serves."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import requests
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.reference import MANUAL
from dteplanows.document import clock
from tests.installation import make_installation
from tests.web.serving import HOST, call, running

ROOT = Path(__file__).parents[2]

_HIDING = """\
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""

_IMPORTS = """\
import importlib, pkgutil, dteplanows
for one in pkgutil.walk_packages(dteplanows.__path__, "dteplanows."):
    if not one.name.endswith(("__main__", "demo.invoice")) and ".engines.postgresql" not in one.name:
        print(importlib.import_module(one.name).__name__)
"""


def of_extras() -> set[str]:
    """The modules that only an extra installs, by the names that are imported."""
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", "utf-8")

    def named(text: str) -> set[str]:
        lines = [one for one in text.splitlines() if one and not one.startswith("#")]
        return {canonicalize_name(Requirement(one).name) for one in lines}

    listed = set().union(*(named(text) for text in parser["options.extras_require"].values()))
    listed -= named(parser["options"]["install_requires"])
    return {
        module
        for module, owners in packages_distributions().items()
        if any(canonicalize_name(one) in listed for one in owners)
    }


@pytest.fixture(autouse=True)
def hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """No Python that is started from here finds what an extra installs."""
    names = of_extras()
    folder = tmp_path / "python"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_HIDING.format(names=names), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return names


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120
    )


def test_they_are_really_hidden(hidden: set[str]) -> None:
    assert {"zeep", "requests", "pytest", "numpy"} <= hidden
    assert not hidden & {"lxml", "click", "waitress", "granian", "peewee"}
    assert "ModuleNotFoundError" in python("-c", "import zeep").stderr


def test_everything_but_what_has_an_extra_is_imported_without_them() -> None:
    done = python("-c", _IMPORTS)
    assert done.returncode == 0, done.stderr
    assert {"dteplanows.cli", "dteplanows.bulk.worker", "dteplanows.demo"} <= set(done.stdout.split())


@pytest.mark.parametrize("name", ["granian", "waitress"])
def test_a_service_issues_without_them(tmp_path: Path, name: str) -> None:
    if name == "granian":
        pytest.importorskip("granian", reason="granian has no wheel for this machine")
    made = make_installation(tmp_path / "datos")
    made.close()
    file = (MANUAL / "ejemplos" / "33-factura.txt").read_bytes()
    envelope = call(file.replace(b"2026-01-05", clock.today().isoformat().encode()))
    with running(tmp_path / "datos", "", "--trabajadores", "1", "--servidor", name) as port:
        answer = requests.post(
            f"http://{HOST}:{port}/WSDS/wsplano.asmx", envelope, headers={"Content-Type": "text/xml"}, timeout=60
        ).text
    assert "&lt;Resultado&gt;True&lt;/Resultado&gt;" in answer
    assert re.search("urlOriginal&gt;[^&]+&lt;", answer)


def test_the_demonstration_says_which_command_installs_them(tmp_path: Path) -> None:
    done = python("-m", "dteplanows", "demo", "--once", "--dir", str(tmp_path / "demo"))
    assert done.returncode == 1
    assert "CFG-049" in done.stderr and "Traceback" not in done.stderr
    order = shlex.join([sys.executable, "-m", "pip", "install", "dteplanows[demo]"])
    assert order.replace(" ", "") in re.sub(r"[\s│]|CFG-049", "", done.stderr)  # a narrow terminal breaks it
    assert not (tmp_path / "demo").exists()
