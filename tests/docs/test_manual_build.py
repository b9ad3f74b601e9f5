"""The built manual is what its sources and the tables make today, and small."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from docs.build import BUILT, DIGEST, build, digest, write_sources

MOST_BYTES = 3_000_000
STALE = "the manual is out of date: build it with «python3 run.py manual»"


def texts(folder: Path) -> dict[str, list[str]]:
    """The words of every page, whatever marks this version of Sphinx puts around them."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        page = etree.fromstring(path.read_bytes(), etree.HTMLParser(encoding="utf-8"))
        found[path.relative_to(folder).as_posix()] = " ".join(str(part) for part in page.itertext()).split()
    return found


def files(folder: Path) -> set[str]:
    """Every file below *folder*."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_manual_in_the_package_is_up_to_date(tmp_path: Path) -> None:
    write_sources(tmp_path / "fuentes")
    assert (BUILT / DIGEST).read_text("ascii").strip() == digest(tmp_path / "fuentes"), STALE


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual built now; Sphinx's warnings are errors."""
    folder = tmp_path_factory.mktemp("manual") / "html"
    assert build(folder) == 0
    return folder


def test_a_fresh_build_says_the_same(fresh: Path) -> None:
    assert files(fresh) == files(BUILT), STALE
    assert texts(fresh) == texts(BUILT), STALE
    for name in files(fresh):
        if not name.endswith((".html", DIGEST)):
            assert (fresh / name).read_bytes() == (BUILT / name).read_bytes().replace(b"\r\n", b"\n"), STALE


def test_a_changed_source_changes_the_digest(tmp_path: Path) -> None:
    folder = tmp_path / "fuentes"
    write_sources(folder)
    before = digest(folder)
    page = folder / "folios.rst"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(folder) == before
    page.write_bytes(page.read_bytes() + b"x")
    assert digest(folder) != before


def test_the_manual_is_small() -> None:
    assert sum((BUILT / name).stat().st_size for name in files(BUILT)) < MOST_BYTES
