"""A program that prints a file, as a PDF reader of Windows does; it has printed it when it ends with 0."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from dteplanows.printers.sending import GLANCE, STALLED, Order, Unprinted, Watch
from dteplanows.process.system_errors import in_words

FILE, TITLE = "{archivo}", "{titulo}"
"""What stands for the file's path and for its title in the program's parameters."""


def send(words: Sequence[str], order: Order, watch: Watch) -> None:
    """Let the program *words* print the document.

    :raises Unprinted: it does not start, says that it failed, or does not end.
    """
    # Windows lets nobody else read a file that is open, so it is written, closed and left until the program ends.
    with tempfile.TemporaryDirectory(prefix="dteplanows-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / order.content.name
        file.write_bytes(order.content.data)
        line = [one.replace(FILE, str(file)).replace(TITLE, order.content.title) for one in words]
        finish(line, watch)


def finish(line: Sequence[str], watch: Watch, *, clean: bool = False) -> str:
    """Run a program to its end; what it said.

    :param clean: where it says that it failed, nothing is printed for sure.
    :raises Unprinted: it does not start, says that it failed, or does not end.
    """
    watch.begins()
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        except OSError as error:
            raise Unprinted(f"{line[0]}: {in_words(error)}", clean=True) from None
        begun = time.monotonic()
        try:
            while process.poll() is None:
                if time.monotonic() - begun > STALLED:
                    raise Unprinted(f"{line[0]} no termina")
                try:
                    process.wait(GLANCE)
                except subprocess.TimeoutExpired:
                    watch.lives()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        said.seek(0)
        text = " ".join(said.read(4000).decode("utf-8", "replace").split())
    if process.returncode:
        raise Unprinted(f"{line[0]} terminó con {process.returncode}: {text[:300] or 'sin decir por qué'}", clean=clean)
    return text
