"""Builds the package (PEP 517): setuptools, and the manual before it.

``python -m build`` and ``pip wheel`` call this. Sphinx and what the program imports are needed to make the pages;
where an sdist has brought them along, and for an editable installation, setuptools alone is enough.
"""

from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "dteplanows" / "manual"

Options = dict[str, str | list[str] | None] | None


def get_requires_for_build_sdist(config_settings: Options = None) -> list[str]:
    """What making the pages and the sdist takes."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *_needed()]


def get_requires_for_build_wheel(config_settings: Options = None) -> list[str]:
    """What making the pages and the wheel takes."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_needed()]


def build_sdist(sdist_directory: str, config_settings: Options = None) -> str:
    """The sdist with the pages as their sources are now; the name of its file."""
    _make_pages()
    return str(build_meta.build_sdist(sdist_directory, config_settings))


def build_wheel(wheel_directory: str, config_settings: Options = None, metadata_directory: str | None = None) -> str:
    """The wheel with the pages as their sources are now; the name of its file."""
    _make_pages()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def _pages_came_along() -> bool:
    """Whether this is an sdist unpacked, whose pages were made with it."""
    return (ROOT / "PKG-INFO").is_file() and PAGES.is_dir()


def _needed() -> list[str]:
    """What the pages are made with, as setup.cfg says it."""
    if _pages_came_along():
        return []
    described = ConfigParser(interpolation=None)
    described.read(ROOT / "setup.cfg", "utf-8")
    listed = described["options"]["install_requires"] + described["options.extras_require"]["manual"]
    return [line for line in listed.splitlines() if line and not line.startswith("#")]


def _make_pages() -> None:
    if not _pages_came_along():
        # In a process of its own: what is imported here must not be what setuptools then reads the version from.
        subprocess.run([sys.executable, "-m", "docs.build", "--if-changed"], cwd=ROOT, check=True)
