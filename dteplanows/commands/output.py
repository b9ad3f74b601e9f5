"""Where lists go: the terminal, a pipe, or a file that is there whole or not at all; and in whatever encoding.

What a person reads goes out in the encoding of the output, and a letter that it does not have as the nearest one that
it has. CSV and JSON are UTF-8 always, for whoever reads them expects it.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dteplanows.document.text import without_accents

_HANDLER = "dteplanows"
_ASCII = "dteplanows_ascii"

_NEAREST: Mapping[int, str] = str.maketrans({
    "«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "·": ".", "•": "*",
    "°": "o", "º": "o", "ª": "a", "¿": "", "¡": "", "×": "x", "→": "->", "←": "<-", "€": "EUR", "\u00a0": " ",
    "│": "|", "┃": "|", "║": "|", "─": "-", "━": "-", "═": "=",
})  # fmt: skip
"""What stands for a character where the output does not have it and Unicode names no simpler form."""


def nearest(text: str) -> str:
    """*text* in ASCII, as near as possible; a question mark for what has no likeness.

    >>> nearest("Nº 5 «Ñandú» …")
    'No 5 "Nandu" ...'
    """
    plain = text.translate(_NEAREST)
    return "".join(c if c.isascii() else _box(c) for c in without_accents(plain, compatible=True))


def _box(character: str) -> str:
    return "+" if "─" <= character <= "╿" else "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return nearest(error.object[error.start : error.end]), error.end


class _Encoder(codecs.IncrementalEncoder):
    """Writes the nearest ASCII."""

    def encode(self, text: str, final: bool = False) -> bytes:
        return nearest(text).encode("ascii")


def _find(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII:
        return None
    ascii_codec = codecs.lookup("ascii")
    return codecs.CodecInfo(
        lambda text, errors="strict": (nearest(text).encode("ascii"), len(text)),
        ascii_codec.decode,
        incrementalencoder=_Encoder,
        incrementaldecoder=ascii_codec.incrementaldecoder,
        name=_ASCII,
    )


def make_safe() -> None:
    """Let the standard outputs write every text, whatever their encoding. Called once, before anything is written."""
    codecs.register_error(_HANDLER, _replace)
    codecs.register(_find)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if codecs.lookup(stream.encoding).name == "ascii":
            # Click takes a stream in ASCII for one that nobody chose, and would write UTF-8 to it.
            stream.reconfigure(encoding=_ASCII)
        else:
            stream.reconfigure(errors=_HANDLER)


@contextmanager
def data_output(path: Path | None) -> Iterator[TextIO]:
    """Where CSV or JSON is written, in UTF-8: the file *path*, made with its folder when all of it is there, or the
    standard output."""
    if path is None:
        sys.stdout.flush()
        out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
        try:
            yield out
            out.flush()
        finally:
            out.detach()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.parcial")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
