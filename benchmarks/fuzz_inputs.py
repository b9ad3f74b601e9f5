"""The inputs of the fuzzer: one for each pair of a seed and a number, always the same one.

Nearly all are small, since the road is the same for ten lines as for a thousand and more of them fit into an hour. One
in a hundred is of 10 to 100 kB and one in a thousand of up to 1 MB: some piece of a small one repeated so often.
"""

from __future__ import annotations

import re
from random import Random
from typing import NamedTuple

from benchmarks import fuzz_sound
from benchmarks.fuzz_damage import DAMAGES, Damage
from benchmarks.fuzz_texts import FRAGMENTS, bases
from benchmarks.fuzz_xml import ATTACKS
from dteplanows.parser import TXT, XML

LARGEST = 1_000_000
"""Bytes of an input at most."""

_SMALL = 60_000
"""An input that damage made longer than this is cut, where it was not to be a large one."""

_ELEMENT = re.compile(rb"<([A-Za-z]\w*)>(?:[^<]|<(?!/\1>))*</\1>")


class Input(NamedTuple):
    """One input, and how the service is asked about it."""

    data: bytes
    formato: str
    tolerante: bool
    identity_from_account: bool
    story: str
    """How it was made."""


def make(seed: int, number: int) -> Input:
    """Input *number* of the run *seed*."""
    chance = Random(f"{seed}:{number}")
    luck = chance.random()
    data, formato, story = _begin(chance)
    data, more = _damaged(data, formato, chance)
    story += more
    if luck < 0.011:
        size = chance.randint(100_000, LARGEST) if luck < 0.001 else chance.randint(10_000, 100_000)
        data, more = _grown(data, size, chance)
        story += more
        if chance.random() < 0.3:
            data, more = _damaged(data, formato, chance)
            story += more
    else:
        data = data[:_SMALL]
    if chance.random() < 0.02:
        formato = chance.choice((TXT, XML, "", " 1", "3", "\0", "x" * 100))
    return Input(data[:LARGEST], formato, chance.random() < 0.3, chance.random() < 0.5, story)


def _begin(chance: Random) -> tuple[bytes, str, str]:
    kind = chance.random()
    if kind < 0.5:
        base = chance.choice(bases())
        return base.data, base.formato, base.name
    if kind < 0.75:
        return fuzz_sound.txt(chance), TXT, "made TXT"
    if kind < 0.93:
        return fuzz_sound.xml(chance), XML, "made XML"
    if kind < 0.96:
        pieces = [chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 60))]
        return b"".join(pieces), chance.choice((TXT, XML)), "fragments"
    start = chance.choice((b"", b"", b"->Encabezado<-\n33;", b"<DTE>", b"->Boleta<-\n39;0;"))
    return start + chance.randbytes(chance.choice((1, 10, 400, 3000))), chance.choice((TXT, XML)), "random bytes"


def _damaged(data: bytes, formato: str, chance: Random) -> tuple[bytes, str]:
    kinds: tuple[Damage, ...] = DAMAGES if formato == TXT or chance.random() < 0.4 else ATTACKS
    story = ""
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 6))):
        damage = chance.choice(kinds)
        data = damage(data, chance)[:LARGEST]
        story += f" + {damage.__name__}"
    return data, story


def _grown(data: bytes, size: int, chance: Random) -> tuple[bytes, str]:
    """*data* with one piece of it repeated until it has *size* bytes."""
    start, end, kind = _piece(data, chance)
    piece = data[start:end] or chance.choice(FRAGMENTS)
    if chance.random() < 0.3 and kind == "line":
        rows = (re.sub(rb"\d+", b"%d" % n, piece, count=1) for n in range(1, size // len(piece) + 2))
        grown = b"".join(rows)
    else:
        grown = piece * (size // len(piece) + 1)
    return (data[:start] + grown[:size] + data[end:]), f" + {kind} to {size} bytes ({piece[:40]!r})"


def _piece(data: bytes, chance: Random) -> tuple[int, int, str]:
    kind = chance.choice(("byte", "bytes", "column", "line", "line", "line", "section", "element", "element", "file"))
    at = chance.randrange(len(data) + 1)
    if kind == "byte":
        return at, at + 1, kind
    if kind == "bytes":
        return at, min(len(data), at + chance.randrange(2, 60)), kind
    if kind == "column":
        return at, max(at, data.find(b";", at) + 1), kind
    if kind == "line":
        return data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1 or len(data), kind
    if kind == "section":
        return max(0, data.rfind(b"->", 0, at)), max(at, data.find(b"->", at)), kind
    if kind == "element":
        found = [match.span() for match in _ELEMENT.finditer(data[:20_000], max(0, at - 2000))]
        return (*chance.choice(found), kind) if found else (at, at, kind)
    return 0, len(data), kind
