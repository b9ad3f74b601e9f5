"""The manual is built from its sources as they are today, without a warning, whole, and only when they have changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import dteplanows
from docs import build
from docs.build import BUILT, DIGEST, BuildError, built, digest, is_current, write_sources
from docs.reference import MANUAL

MOST_BYTES = 6_000_000


def files(folder: Path) -> set[str]:
    """Every file below *folder*."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources of a manual of two pages; what is built of it, is built of these."""
    pytest.importorskip("sphinx", reason="not installed: sphinx")
    folder = tmp_path / "fuentes"
    folder.mkdir()
    for name in ("conf.py", "tema", build.EXAMPLES):
        copy = shutil.copytree if (MANUAL / name).is_dir() else shutil.copy
        copy(MANUAL / name, folder / name)
    (folder / "index.rst").write_text("Manual\n======\n\n.. toctree::\n\n   otra\n", "utf-8")
    (folder / "otra.rst").write_text("Otra\n====\n\nDe la señora Núñez.\n", "utf-8")
    monkeypatch.setattr(build, "write_sources", lambda target: shutil.copytree(folder, target))
    return folder


def test_the_manual_is_built_whole_and_small() -> None:
    folder = built()
    assert folder == BUILT and is_current(folder)
    written = {one.removesuffix(".rst") for one in files(MANUAL) if one.endswith(".rst")}
    assert written <= {one.removesuffix(".html") for one in files(folder)}
    assert {one for one in files(MANUAL) if one.startswith("ejemplos/")} <= files(folder)
    suffixes = {".html", ".js", ".css", ".svg", ".png", ".txt", ".xml", ".sha256"}
    assert {Path(one).suffix for one in files(folder)} == suffixes
    assert sum((folder / name).stat().st_size for name in files(folder)) < MOST_BYTES


def test_the_pages_name_this_version() -> None:
    page = (built() / "servicio" / "instalacion.html").read_text("utf-8")
    assert f"dteplanows-{dteplanows.__version__}-py3-none-any.whl" in page
    assert not [one for one in built().rglob("*.html") if build.VERSION in one.read_text("utf-8")]


def test_a_changed_source_changes_the_digest(tmp_path: Path) -> None:
    folder = tmp_path / "fuentes"
    write_sources(folder)
    before = digest(folder)
    page = folder / "folios.rst"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(folder) == before
    page.write_bytes(page.read_bytes() + b"x")
    assert digest(folder) != before


def test_it_is_out_of_date_as_soon_as_a_source_has_changed(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "manual"
    assert not is_current(target)
    build.build(target)
    assert is_current(target)
    assert "De la señora Núñez." in (target / "otra.html").read_text("utf-8")
    assert (target / DIGEST).is_file() and "nunez" in (target / "indice.js").read_text("utf-8")
    (small / "otra.rst").write_text("Otra\n====\n\nAlgo nuevo.\n", "utf-8")
    assert not is_current(target)
    build.build(target)
    assert "Algo nuevo." in (target / "otra.html").read_text("utf-8")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["fuentes", "manual"]


@pytest.mark.filterwarnings("ignore")
def test_a_warning_leaves_the_manual_as_it_was(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "manual"
    target.mkdir()
    (target / "index.html").write_text("lo de antes")
    (small / "otra.rst").write_text("Otra\n====\n\nVea :doc:`no-existe`.\n", "utf-8")
    with pytest.raises(BuildError):
        build.build(target)
    assert {path.name: path.read_text() for path in target.iterdir()} == {"index.html": "lo de antes"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["fuentes", "manual"]
