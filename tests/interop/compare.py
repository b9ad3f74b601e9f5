"""Asks a real ASMX service and ours the same, and writes the table of what they answered.

``python -m tests.interop.compare > tests/interop/asmx/comparison.rst`` from the root of the repository; needs Mono.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.interop.asmx.echo import Answer, ask, ours
from tests.interop.asmx.reasons import REASONS
from tests.interop.asmx.reference import MISSING, reference
from tests.interop.asmx.variants import Variant, variants

COMMITTED = Path(__file__).parent / "asmx" / "comparison.rst"

_TITLE = """\
What a real ASMX service answers, and what we do
================================================

Written by ``python -m tests.interop.compare``: {total} requests to ``asmx/Servicio.cs`` under Mono's ASP.NET and to our
front, with operations that answer what they understood (Usuario, Rut, Clave, IncluyeLink, then the other parameters).
{different} answers differ, each for the reason given; where no reason stands, both answered the same.
"""


class Row(NamedTuple):
    """One variant with both answers in short."""

    name: str
    asmx: str
    ours: str
    same_bytes: bool

    @property
    def differs(self) -> bool:
        """Whether the two answered otherwise."""
        return self.asmx != self.ours


def rows() -> list[Row]:
    """Ask both servers everything."""
    with tempfile.TemporaryDirectory() as folder, reference(Path(folder)) as theirs, ours() as port:
        return [_row(one, ask(theirs, one), ask(port, one)) for one in variants()]


def _row(one: Variant, theirs: Answer, own: Answer) -> Row:
    return Row(one.name, short(theirs), short(own), theirs.body == own.body)


def short(answer: Answer) -> str:
    """*answer* for a cell of the table."""
    return " ".join(str(answer).split())


def table(found: Iterable[Row]) -> str:
    """The whole file."""
    all_rows = list(found)
    title = _TITLE.format(total=len(all_rows), different=sum(one.differs for one in all_rows))
    return "\n".join((title, *_list_table(all_rows), ""))


def _list_table(found: list[Row]) -> Iterator[str]:
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    yield from _cells("request", "ASMX on Mono", "ours", "why otherwise")
    for one in found:
        same = not one.differs
        yield from _cells(
            one.name, _literal(one.asmx), "the same" if same else _literal(one.ours), REASONS.get(one.name, "")
        )


def _cells(*texts: str) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f"   {'* -' if number == 0 else '  -'} {text}".rstrip()


def _literal(text: str) -> str:
    return f"``{text}``"


def committed() -> dict[str, str]:
    """What we answer to each variant, as the committed table has it."""
    cells = COMMITTED.read_text("utf-8").split("\n   * - ")[2:]
    found = {}
    for cell in cells:
        name, asmx, answer, _ = (part.removeprefix("     - ").strip("` ") for part in cell.split("\n")[:4])
        found[name] = asmx if answer == "the same" else answer
    return found


if __name__ == "__main__":
    if MISSING:
        sys.exit(MISSING)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(table(rows()))
