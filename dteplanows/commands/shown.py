"""How problems look in a terminal: what is wrong, the line of the file with the field marked, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from dteplanows.document.problem import Place, Problem, Refused, Severity, in_order
from dteplanows.document.text import decode

STYLES = {Severity.ERROR: "bold red", Severity.REPARO: "bold yellow", Severity.AVISO: "bold cyan"}
"""How the heading of a problem of each severity looks."""
_MARK = "bold red underline"
_WIDTH_OF_FILES = 120
"""Columns when the output is no terminal."""
_FRAME = 20
"""Columns of a table that are not its right column: the code beside it and the lines around both."""
_ARROW = "<-"


class Span(NamedTuple):
    """Part of a line, by characters."""

    begin: int
    end: int


class Source:
    """The customer's file, for showing lines of it."""

    def __init__(self, data: bytes) -> None:
        text = data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._lines = text.split(b"\n")

    def line(self, number: int) -> str:
        """Line *number*, from 1, printable; empty when the file has no such line."""
        if not 0 < number <= len(self._lines):
            return ""
        return "".join(c if c.isprintable() else " " for c in decode(self._lines[number - 1]))


def console(to_errors: bool = False) -> Console:
    """Where to print: the terminal as wide as it is, a file or a pipe wide enough for a line of a file."""
    stream = sys.stderr if to_errors else sys.stdout
    made = Console(file=stream, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = _WIDTH_OF_FILES
    return made


def show_refused(refused: Refused) -> None:
    """Print the problems of *refused* to the error output."""
    show_problems(console(to_errors=True), refused.problems)


def show_problems(out: Console, problems: Iterable[Problem], source: Source | None = None) -> None:
    """Print *problems* as a table, in the order of the answers; with *source*, each with its line of the file."""
    table = Table(show_header=False, show_lines=True, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in in_order(problems):
        head = Text(f"{one.severity}\n{one.code}", style=STYLES[one.severity])
        table.add_row(head, _body(one, source, max(20, out.width - _FRAME)))
    out.print(table)


def _body(one: Problem, source: Source | None, width: int) -> RenderableType:
    parts: list[RenderableType] = []
    place = one.place.text()
    if place:
        parts.append(Text(place, style="bold"))
    line = source.line(one.place.line) if source else ""
    if line.strip():
        parts += marked(line, span_of(line, one.place, one.value), width)
    facts = Table.grid(padding=(0, 1))
    facts.add_column(no_wrap=True, style="dim")
    facts.add_column(overflow="fold")
    told = (("Problema:", one.message), ("SII:", one.sii), ("Esperado:", one.expected), ("Remedio:", one.remedy))
    for label, text in told:
        if text:
            facts.add_row(label, Text(text))
    parts.append(facts)
    return Group(*parts)


def span_of(line: str, place: Place, value: str) -> Span:
    """Which part of *line* the place is about: the field between semicolons, or the element's content in an XML."""
    if place.position:
        return _field(line, place.position)
    if value.strip() and value.strip() in line:
        begin = line.index(value.strip())
        return Span(begin, begin + len(value.strip()))
    opening = f"<{place.field}" if place.field else ""
    if opening and opening in line:
        begin = line.index(opening)
        end = line.find(">", begin)
        return Span(begin, len(line) if end < 0 else end + 1)
    text = line.rstrip()
    return Span(len(text) - len(text.lstrip()), len(text))


def _field(line: str, position: int) -> Span:
    """The field number *position* without the blanks around it; where it would be, when it is empty or missing."""
    begin = line.index(_ARROW) + len(_ARROW) if line.lstrip().startswith("->") and _ARROW in line else 0
    for _ in range(position - 1):
        next_one = line.find(";", begin)
        if next_one < 0:
            return Span(len(line), len(line))
        begin = next_one + 1
    end = line.find(";", begin)
    content = line[begin : len(line) if end < 0 else end]
    begin += len(content) - len(content.lstrip())
    return Span(begin, begin + len(content.strip()))


def marked(line: str, span: Span, width: int) -> list[Text]:
    """*line* with the part *span* in colour and, below it, as many carets; cut to *width* columns around the part."""
    begin, end = span
    if cell_len(line) > width:
        first = max(0, min(begin - width // 4, len(line) - width + 6))
        before, after = ("... " if first else ""), " ..."
        line = before + line[first : first + width - 8] + after
        begin, end = begin - first + len(before), min(end - first + len(before), len(line))
    shown = Text(line, no_wrap=True, overflow="crop")
    shown.stylize(_MARK, begin, end)
    carets = "^" * max(1, cell_len(line[begin:end]))
    return [shown, Text(" " * cell_len(line[:begin]) + carets, style="bold red", no_wrap=True, overflow="crop")]
