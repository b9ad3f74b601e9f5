"""Builds the manual into the package: ``python3 run.py manual``.

The pages that come from tables are written beside copies of the hand-written ones, Sphinx makes HTML of both, and only
the HTML, the style sheet, the search and the example files go into ``dteplanows/manual``: nothing of a third party.
``fuentes.sha256`` there is the digest of all that the pages were made from; a test compares it.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from docs import reference, search_index, service_pages
from docs.reference import MANUAL

BUILT = Path(__file__).parents[1] / "dteplanows" / "manual"
DIGEST = "fuentes.sha256"
FILES_OF_THEME = ("estilo.css", "buscar.js")
EXAMPLES = "ejemplos"


def write_sources(folder: Path) -> None:
    """Put the complete sources of the manual, written and made, into the new *folder*."""
    shutil.copytree(MANUAL, folder, ignore=shutil.ignore_patterns("__pycache__", "_build"))
    for name, text in (reference.pages() | service_pages.pages()).items():
        path = folder / f"{name}.rst"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def digest(folder: Path) -> str:
    """The digest of every source in *folder*, the same whatever line ends the machine writes."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().replace(b"\r\n", b"\n")
            whole.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def build(target: Path) -> int:
    """Build the manual into *target*, replacing what is there; 0, or Sphinx's exit code with *target* as it was."""
    from sphinx.cmd.build import main as sphinx  # noqa: PLC0415 - the digest is computed without Sphinx

    with tempfile.TemporaryDirectory() as temporary:
        sources, made = Path(temporary, "fuentes"), Path(temporary, "html")
        write_sources(sources)
        code = sphinx(["-b", "html", "-W", "--keep-going", "-q", "-E", str(sources), str(made)])
        if code:
            return code
        shutil.rmtree(target, ignore_errors=True)
        for path in sorted(made.rglob("*.html")):
            copy = target / path.relative_to(made)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = "\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines())
            copy.write_text(text.strip() + "\n", "utf-8", newline="\n")
        for name in FILES_OF_THEME:
            shutil.copy(sources / "tema" / name, target / name)
        (target / search_index.NAME).write_text(search_index.index(target), "utf-8", newline="\n")
        shutil.copytree(sources / EXAMPLES, target / EXAMPLES)
        (target / DIGEST).write_text(digest(sources) + "\n", "ascii", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(build(BUILT))
