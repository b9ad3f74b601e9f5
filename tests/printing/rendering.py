"""PDF pages as dots, black or white, by renderers that are not kin: what a printer burns."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from tests.printing.papers import opened, picture

needs_ghostscript = pytest.mark.skipif(not shutil.which("gs"), reason="ghostscript is not installed")
needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")


def by_pdfium(file: bytes, dpi: int) -> Image.Image:
    """The last page in grey, cut at half."""
    return picture(file, -1, dpi).point(lambda value: 255 if value >= 128 else 0)


def by_ghostscript(file: bytes, dpi: int) -> Image.Image:
    """The last page as Ghostscript's printers in black and white have it."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "pagina.png"
        _run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pngmono", f"-r{dpi}",
             f"-dFirstPage={len(opened(file))}", f"-sOutputFile={made}", str(_saved(file, folder)))  # fmt: skip
        return Image.open(made).convert("L")


def by_poppler(file: bytes, dpi: int) -> Image.Image:
    """The last page as Poppler has it in black and white, which dithers what is grey."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "pagina"
        _run("pdftoppm", "-mono", "-r", str(dpi), "-f", str(len(opened(file))), "-png", "-singlefile",
             str(_saved(file, folder)), str(made))  # fmt: skip
        return Image.open(made.with_suffix(".png")).convert("L")


RENDERERS: Mapping[str, Callable[[bytes, int], Image.Image]] = {
    "Ghostscript": by_ghostscript, "Poppler": by_poppler, "PDFium": by_pdfium,
}  # fmt: skip


def _saved(file: bytes, folder: str) -> Path:
    path = Path(folder) / "documento.pdf"
    path.write_bytes(file)
    return path


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=120)
