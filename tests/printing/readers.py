"""Four readers of PDF417: zxing-cpp, ZXing for Java, ZXing for browsers, and pdf417decoder, which is no kin of theirs.

The two of other languages are started once for all pictures.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import zxingcpp
from pdf417decoder import PDF417Decoder
from PIL import Image

from tests.interop.programs import node_libraries

PROGRAMS = Path(__file__).parents[1] / "interop" / "receivers"
ZXING_FOR_JAVA = Path("/usr/share/java/core.jar")
ZXING_FOR_BROWSERS = "@zxing/library@0.23.0"
NAMES = ("zxing-cpp", "ZXing Java", "@zxing/library", "pdf417decoder")
FOLDER: Path | None = None
"""Where the libraries of browsers are fetched to; a new folder where it is None."""


class Seen(NamedTuple):
    """A picture of a stamp."""

    ted: bytes
    """What it should say."""
    image: Image.Image


def by_zxing(image: Image.Image) -> bytes:
    """The bytes that zxing-cpp reads; empty when there are none."""
    found = zxingcpp.read_barcodes(image, zxingcpp.barcode_formats_from_str("PDF417"))
    return bytes(found[0].bytes) if found else b""


def by_decoder(image: Image.Image) -> bytes:
    """The same by pdf417decoder."""
    try:
        decoder = PDF417Decoder(image)
        return bytes(decoder.barcode_binary_data) if decoder.decode() else b""
    except (AttributeError, IndexError, ValueError):
        return b""  # it stumbles over pictures that it does not understand


def files_of(folder: Path, pictures: Sequence[Image.Image]) -> list[str]:
    """The names of *pictures* as files that need no library to be read."""
    names = []
    for number, one in enumerate(pictures):
        path = folder / f"{number}.pgm"
        path.write_bytes(f"P5 {one.width} {one.height} 255\n".encode() + one.convert("L").tobytes())
        names.append(str(path))
    return names


def by_java(files: Sequence[str], folder: Path) -> list[bytes]:
    """What ZXing for Java reads in each of *files*."""
    subprocess.run(["javac", "-cp", ZXING_FOR_JAVA, "-d", folder, PROGRAMS / "LeeTimbre.java"], check=True)
    return _read("java", "-cp", f"{ZXING_FOR_JAVA}:{folder}", "LeeTimbre", *files)


def by_browsers(files: Sequence[str], modules: Path) -> list[bytes]:
    """What ZXing for browsers reads in each of *files*."""
    return _read("node", str(PROGRAMS / "lee_timbre.js"), *files, NODE_PATH=str(modules))


def _read(*words: str, **environment: str) -> list[bytes]:
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True, timeout=3600)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [b"" if line == "-" else bytes.fromhex(line) for line in done.stdout.splitlines()]


def all_right(seen: Sequence[Seen], slow: int) -> dict[str, list[bool | None]]:
    """Whether each reader reads each of *seen*; None where it was not asked.

    :param slow: pictures that pdf417decoder is asked about, evenly among all.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = files_of(folder, [one.image for one in seen])
        found: dict[str, list[bytes | None]] = {
            "zxing-cpp": [by_zxing(one.image) for one in seen],
            "ZXing Java": [*by_java(files, folder)],
            "@zxing/library": [*by_browsers(files, node_libraries(FOLDER or folder, ZXING_FOR_BROWSERS))],
        }
        step = max(1, -(-len(seen) // slow))
        found["pdf417decoder"] = [
            by_decoder(one.image) if number % step == 0 else None for number, one in enumerate(seen)
        ]
    return {
        reader: [None if read is None else read == one.ted for read, one in zip(answers, seen, strict=True)]
        for reader, answers in found.items()
    }


def raster_of(data: bytes) -> Image.Image:
    """The dots of the only picture in ESC/POS *data* (``GS v 0``), on a white paper."""
    at = data.index(b"\x1dv0")
    across, down = (int.from_bytes(data[at + 4 + 2 * one : at + 6 + 2 * one], "little") for one in range(2))
    bits = bytes(255 - one for one in data[at + 8 : at + 8 + across * down])
    burnt = Image.frombytes("1", (8 * across, down), bits)
    paper = Image.new("L", (burnt.width + 100, burnt.height + 100), 255)
    paper.paste(burnt, (50, 50))
    return paper
