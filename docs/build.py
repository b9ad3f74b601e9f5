"""Builds the manual into the package: ``python3 run.py manual``.

The pages that come from tables are written beside copies of the hand-written ones, Sphinx makes HTML of both, and only
the HTML, the style sheets, the scripts and the example files go into ``dteplanows/manual``: nothing of a third party.
Nothing built is committed. ``fuentes.sha256`` there is the digest of all that the pages were made from, so that they
are built only where that has changed.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dteplanows
from docs import reference, search_index, service_pages
from docs.examples import with_address
from docs.reference import MANUAL

if sys.platform != "win32":
    import fcntl

BUILT = Path(dteplanows.__file__).parent / "manual"
DIGEST = "fuentes.sha256"
FILES_OF_THEME = ("manual.css", "manual.js", "buscar.js")
STATIC = Path(dteplanows.__file__).parent / "portal" / "static"
FILES_OF_PORTAL = ("tokens.css", "components.css", "frame.css", "portal.js", "icon.svg")
"""Of :data:`STATIC`: what the manual looks like, as the portal does. Copies, for the pages are also read as files."""
EXAMPLES = "ejemplos"
PICTURES = "_images"
"""Where Sphinx puts the pictures that pages show."""
VERSION = "@version@"
"""Where a page written by hand names the version of the program."""
ONLY_WHEN_CHANGED = "--if-changed"
"""Argument of this program: leave pages as they are that were made from the same sources."""


class BuildError(Exception):
    """Sphinx found something wrong in the sources; it has written what."""


def write_sources(folder: Path) -> None:
    """Put the complete sources of the manual, written and made, into the new *folder*."""
    shutil.copytree(MANUAL, folder, ignore=shutil.ignore_patterns("__pycache__", "_build"))
    for path in folder.rglob("*.rst"):
        text = path.read_text("utf-8")
        if VERSION in text:
            path.write_text(text.replace(VERSION, dteplanows.__version__), "utf-8", newline="\n")
    for name, text in (reference.pages() | service_pages.pages()).items():
        path = folder / f"{name}.rst"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def digest(folder: Path) -> str:
    """The digest of all sources in *folder* and of what builds them, the same whatever line ends the machine writes."""
    whole = hashlib.sha256()
    shared = (STATIC / name for name in FILES_OF_PORTAL)
    for path in (*sorted(folder.rglob("*")), *sorted(Path(__file__).parent.glob("*.py")), *shared):
        if path.is_file():
            name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
            content = path.read_bytes().replace(b"\r\n", b"\n")
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def is_current(target: Path) -> bool:
    """Whether the manual in *target* was made from the sources as they are now."""
    try:
        told = (target / DIGEST).read_text("ascii").strip()
    except (OSError, ValueError):
        return False
    with tempfile.TemporaryDirectory() as temporary:
        write_sources(Path(temporary, "fuentes"))
        return told == digest(Path(temporary, "fuentes"))


def build(target: Path) -> None:
    """Build the manual and put it in the place of what is in *target*, which is never there by halves.

    :raises BuildError: Sphinx has refused or warned; *target* is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
        sources, made, fresh = (Path(temporary, name) for name in ("fuentes", "html", "manual"))
        write_sources(sources)
        _make_html(sources, made)
        for path in sorted(made.rglob("*.html")):
            copy = fresh / path.relative_to(made)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = with_address("\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines()))
            copy.write_text(text.strip() + "\n", "utf-8", newline="\n")
        for name in FILES_OF_THEME:
            shutil.copy(sources / "tema" / name, fresh / name)
        for name in FILES_OF_PORTAL:
            shutil.copy(STATIC / name, fresh / name)
        if (made / PICTURES).is_dir():
            shutil.copytree(made / PICTURES, fresh / PICTURES)
        (fresh / search_index.NAME).write_text(search_index.index(fresh), "utf-8", newline="\n")
        shutil.copytree(sources / EXAMPLES, fresh / EXAMPLES)
        (fresh / DIGEST).write_text(digest(sources) + "\n", "ascii", newline="\n")
        if target.exists():
            target.rename(Path(temporary, "anterior"))
        fresh.rename(target)


def _make_html(sources: Path, made: Path) -> None:
    from sphinx.cmd.build import main as sphinx  # noqa: PLC0415 - the digest is computed without Sphinx

    # Sphinx makes millions of objects that live to its end: looking through them takes a third of the time.
    gc.disable()
    try:
        code = sphinx(["-b", "html", "-W", "--keep-going", "-q", "-E", str(sources), str(made)])
    finally:
        gc.enable()
    if code:
        raise BuildError(f"Sphinx: {code}")


@cache
def built() -> Path:
    """The manual in the package, built anew where its sources have changed; one process builds, the others wait.

    :raises BuildError: as of :func:`build`.
    """
    with _one_at_a_time():
        if not is_current(BUILT):
            build(BUILT)
    return BUILT


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """One process at a time holds the folder of the sources (not on Windows)."""
    if sys.platform == "win32":
        yield
    else:
        folder = os.open(MANUAL, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def main(arguments: list[str]) -> int:
    """Build into the package, always or only when it is out of date; 0, or 1 when Sphinx did not like the sources."""
    try:
        if ONLY_WHEN_CHANGED in arguments:
            built()
        else:
            with _one_at_a_time():
                build(BUILT)
    except BuildError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
