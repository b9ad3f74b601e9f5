"""What ``python -m build`` gives: an sdist that is the whole repository, and a wheel that runs without a clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

import dteplanows
from docs.build import built
from tests.test_project import ROOT, files_of_the_project

pytestmark = pytest.mark.xdist_group("package")
"""One process of the test run builds, for all of these."""

MADE_FOR_BUILDING = ("PKG-INFO", "setup.cfg", "dteplanows.egg-info/")
"""What setuptools puts into an sdist, or changes in it."""


class Package(NamedTuple):
    """The two files of the package."""

    sdist: Path
    wheel: Path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Both, built as anybody would, with the libraries that are installed here."""
    built()
    sources, folder = tmp_path_factory.mktemp("fuentes") / "dteplanows", tmp_path_factory.mktemp("dist")
    for path in (*files_of_the_project(), *(one for one in built().rglob("*") if one.is_file())):
        copy = sources / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(sources)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    name = f"dteplanows-{dteplanows.__version__}"
    assert {path.name for path in folder.iterdir()} == {f"{name}.tar.gz", f"{name}-py3-none-any.whl"}
    return Package(folder / f"{name}.tar.gz", folder / f"{name}-py3-none-any.whl")


@pytest.fixture(scope="module")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(package.sdist) as file:
        file.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def relative(paths: list[Path], folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in paths if path.is_file()}


def test_the_sdist_is_the_whole_repository_with_its_manual(unpacked: Path) -> None:
    ours = relative([*files_of_the_project(), *built().rglob("*")], ROOT)
    brought = relative(list(unpacked.rglob("*")), unpacked)
    assert ours - brought == set()
    assert {one for one in brought - ours if not one.startswith(MADE_FOR_BUILDING)} == set()
    changed = {one for one in ours if (unpacked / one).read_bytes() != (ROOT / one).read_bytes()}
    assert changed - set(MADE_FOR_BUILDING) == set()


def test_the_wheel_is_the_package_alone(package: Package, unpacked: Path) -> None:
    with zipfile.ZipFile(package.wheel) as file:
        inside = {one for one in file.namelist() if ".dist-info/" not in one}
        source = relative(list((unpacked / "dteplanows").rglob("*")), unpacked)
        assert inside == source | {"dteplanows/wsdl/__init__.py", "dteplanows/wsdl/wsplano.wsdl"}
        assert "dteplanows/manual/referencia/reglas-txt.html" in inside
        assert [one for one in source if file.read(one) != (unpacked / one).read_bytes()] == []
        (name,) = (one for one in file.namelist() if one.endswith(".dist-info/METADATA"))
        described = file.read(name).decode().splitlines()
    asked = [line.removeprefix("Requires-Dist: ") for line in described if line.startswith("Requires-Dist: ")]
    always = [one for one in asked if "extra ==" not in one]
    assert [one for one in always if one.startswith(("zeep", "requests", "sphinx"))] == []
    assert [one for one in asked if one.startswith("zeep") and 'extra == "demo"' in one]
    assert {"Provides-Extra: demo", "Provides-Extra: manual", "Provides-Extra: test"} <= set(described)


@pytest.fixture(scope="module")
def installed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel; what else it needs it finds where this one has it."""
    folder = tmp_path_factory.mktemp("entorno")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    program = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = [str(program), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    # The packages of this environment, but not what leads to the clone: a .pth file is read only where it lies.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    with zipfile.ZipFile(package.wheel) as file:
        file.extractall(site)
    return program


def run(program: Path, *arguments: str, cwd: Path) -> str:
    environment = {name: one for name, one in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [str(program), *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_runs_the_demonstration_without_the_clone(installed: Path, tmp_path: Path) -> None:
    asked = "import dteplanows; from dteplanows.web import manual; print(dteplanows.__file__, len(manual._files()))"
    place, pages = run(installed, "-c", asked, cwd=tmp_path).split()
    assert Path(place).is_relative_to(installed.parents[1])
    assert int(pages) > 60
    assert run(installed, "-m", "dteplanows", "--version", cwd=tmp_path) == f"dteplanows {dteplanows.__version__}\n"
    shown = run(installed, "-m", "dteplanows", "demo", "--once", cwd=tmp_path)
    assert "<Resultado>True</Resultado>" in shown and "Emitido: tipo 33" in shown


def test_the_wheel_passes_the_tests_of_the_sdist(installed: Path, unpacked: Path, tmp_path: Path) -> None:
    """Some of them here, those that look at files of the package among them; its folder is not beside them."""
    for name in ("tests", "docs", "fixtures", "benchmarks", "wsdl", "setup.cfg", "pyproject.toml"):
        copy = shutil.copytree if (unpacked / name).is_dir() else shutil.copy
        copy(unpacked / name, tmp_path / name)
    some = ("tests/parser/test_layout.py", "tests/web/test_manual.py::test_a_file_of_the_manual")
    shown = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", *some, cwd=tmp_path)
    assert " passed" in shown and "skipped" not in shown
