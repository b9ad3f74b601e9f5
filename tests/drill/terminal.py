"""A command before a terminal, whose questions are answered as a person does."""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests import forked

_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PAUSE = 0.3
"""Seconds without a word after which what ends in a colon is taken for a question."""


class Done(NamedTuple):
    """What a command said and how it ended."""

    code: int
    text: str


def at_terminal(
    command: Sequence[str], environment: Mapping[str, str], answers: Sequence[str] = (), width: int = 120
) -> Done:
    """Run *command* at a terminal of *width* columns, and type *answers*, one to each question."""
    terminal, inside = os.openpty()
    given = {**environment, "COLUMNS": str(width), "NO_COLOR": "1", "TERM": "linux"}
    process = forked.Popen(list(command), stdin=inside, stdout=inside, stderr=inside, env=given, start_new_session=True)
    os.close(inside)
    said, asked, left = b"", 0, list(answers)
    while True:
        ready, _, _ = select.select([terminal], [], [], _PAUSE)
        if ready:
            try:
                said += os.read(terminal, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
        elif left and said[asked:].rstrip().endswith(b":"):
            asked = len(said)
            os.write(terminal, left.pop(0).encode() + b"\n")
    os.close(terminal)
    assert not left, f"{len(left)} answers were not asked for: {said!r}"
    text = _STYLE.sub("", said.decode("utf-8").replace("\r\n", "\n"))
    return Done(process.wait(), text)


needs_terminal = sys.platform == "win32"
"""Whether there is none to run in."""
