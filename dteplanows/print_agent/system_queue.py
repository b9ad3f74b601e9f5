"""A queue of this machine's printing system, by its programs ``lp``, ``lpstat`` and ``cancel`` (CUPS: Linux, macOS)."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path

from dteplanows.ipp.queue import media
from dteplanows.print_agent import program
from dteplanows.printers.ipp import paper_of
from dteplanows.printers.sending import GLANCE, Order, Unprinted, Watch
from dteplanows.process.system_errors import in_words

_ANSWER = 20.0
"""Seconds in which ``lpstat`` answers."""
_SILENT = 20.0
"""Seconds after which a job that is still in the queue is worth a look."""


def send(queue: str, order: Order, watch: Watch) -> None:
    """Hand the document over, and wait until it has left the queue.

    :raises Unprinted: the queue does not take it.
    """
    content = order.content
    # Without its size CUPS takes its printer's, and enlarges a letter onto A4.
    options = ["-n", "1", "-o", "print-scaling=none"]
    size = paper_of(content)
    if content.media == "application/octet-stream":
        options += ["-o", "raw"]
    elif size:
        options += ["-o", f"media={media(*size)}"]
    with tempfile.TemporaryDirectory(prefix="dteplanows-") as folder:
        file = Path(folder) / content.name
        file.write_bytes(content.data)
        said = program.finish(["lp", "-d", queue, *options, "-t", content.title, "--", str(file)], watch, clean=True)
    # What stands around the job's name is in the language of the machine.
    found = re.search(rf"(?<!\S){re.escape(queue)}-\d+(?!\S)", said)
    if found is None:
        raise Unprinted(f"lp no dijo qué número tiene el trabajo: {said[:200]}")
    _follow(queue, found[0], watch)


def _follow(queue: str, job: str, watch: Watch) -> None:
    """Wait until the queue has *job* no more. It prints what it has, so while it says nothing it is asked again."""
    begun = time.monotonic()
    try:
        while True:
            watch.lives()
            listed, trouble = _said(["lpstat", "-W", "not-completed", "-o", queue])
            if trouble:
                watch.warns(trouble)
            elif job not in listed.split():
                return
            elif time.monotonic() - begun > _SILENT:
                watch.warns(f"la cola {queue} tiene el trabajo {job} y no termina: vea la impresora")
            time.sleep(GLANCE)
    except Exception:
        # Whoever waits has given it up, and it is printed elsewhere.
        _said(["cancel", job])
        raise


def _said(line: list[str]) -> tuple[str, str]:
    """What a program answers, and why it does not; one of them is empty."""
    try:
        done = subprocess.run(
            line, check=False, capture_output=True, text=True, errors="replace", timeout=_ANSWER
        )
    except subprocess.TimeoutExpired:
        return "", f"{line[0]} no contesta"
    except OSError as error:
        return "", f"{line[0]}: {in_words(error)}"
    if done.returncode:
        said = " ".join(done.stderr.split())[:300]
        return "", f"{line[0]} terminó con {done.returncode}: {said or 'sin decir por qué'}"
    return done.stdout, ""
