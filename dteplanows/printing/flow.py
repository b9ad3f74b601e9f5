"""Text that flows down the pages of a letter: labelled values, tables and paragraphs, each as high as it needs.

What does not fit goes on to a new page; a table repeats its heading there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from dteplanows.printing.fields import Entry
from dteplanows.printing.page import BLACK, DIM, Align, Box, Colour, Page, Text, width_of, wrap

WIDTH, HEIGHT = 612.0, 792.0
"""Letter, in points: 21.6 by 27.9 cm."""
LEFT, RIGHT = 36.0, 576.0
"""Margins; the Manual de Muestras Impresas asks for 0.5 cm at least."""
BOTTOM = 752.0
"""Where the lowest line of the text may stand; below is the page's number."""

SIZE = 8.0
SMALL = 7.0
_LEADING = 9.6
_HEADING = 11.0
_GAP = 6.0
_SHADE: Colour = (0.88, 0.88, 0.88)
_PADDING = 3.0
_MOST_KEPT = 8
"""Lines that a row of a table may have to be kept on one page."""
_KEPT = 500.0
"""Height in points up to which labelled values are kept on one page."""
_LEAST_KEPT = 4
"""Lines that stay together at the beginning of a row that is higher."""


class Column(NamedTuple):
    """A column of a table. Without *most* it takes what the others leave. Texts are wrapped, numbers made smaller."""

    title: str
    align: Align = "left"
    most: float = 0
    """Widest that the column may be, in points."""


class _Line(NamedTuple):
    text: str
    size: float
    colour: Colour


class _Side(NamedTuple):
    """A column of labelled values, each wrapped to the width of the column."""

    label: float
    """Where the labels begin."""
    value: float
    """Where the values begin."""
    rows: list[tuple[Entry, list[str]]]


def _side(entries: Sequence[Entry], start: float, end: float) -> _Side:
    value = start + max((width_of(one.label, SIZE, bold=True) for one in entries), default=0) + 10
    room = end - value - _PADDING
    return _Side(start, value, [(one, wrap(one.text, SIZE, room) or [""]) for one in entries])


class Flow:
    """A place that moves down the pages."""

    def __init__(self, begin: Callable[[Page], float]) -> None:
        """*begin* draws what stands at the top of a new page and answers where the text may begin."""
        self._begin = begin
        self.pages: list[Page] = []
        self.y = 0.0
        self.new_page()

    @property
    def page(self) -> Page:
        """The page being written."""
        return self.pages[-1]

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(Page(WIDTH, HEIGHT))
        self.y = self._begin(self.page)

    def need(self, height: float) -> None:
        """Go on to a new page unless *height* is left on this one."""
        if self.y + height > BOTTOM:
            self.new_page()

    def gap(self) -> None:
        """A little room between two blocks."""
        self.y += _GAP

    def title(self, text: str) -> None:
        """The heading of a block; it stays together with the beginning of the block."""
        self.gap()
        self.need(_HEADING + 3 * _LEADING)
        self.page.put(Box(LEFT, self.y, RIGHT - LEFT, _HEADING, 0, _SHADE))
        self.page.write(Text(LEFT + _PADDING, self.y + 8.2, text, SIZE, bold=True))
        self.y += _HEADING + 1

    def paragraph(self, text: str) -> None:
        """A text over the whole width."""
        for line in wrap(text, SIZE, RIGHT - LEFT - 2 * _PADDING):
            self.need(_LEADING)
            self.y += _LEADING
            self.page.write(Text(LEFT + _PADDING, self.y - 2, line, SIZE))

    def labelled(self, left: Sequence[Entry], right: Sequence[Entry], middle: float) -> None:
        """Two columns of labelled values; *middle* is where the second begins."""
        sides = (_side(left, LEFT + _PADDING, middle), _side(right, middle + _PADDING, RIGHT))
        height = max(sum(len(lines) for _, lines in side.rows) for side in sides) * _LEADING
        if height <= _KEPT:
            self.need(height)
            for side in sides:
                y = self.y
                for entry, lines in side.rows:
                    self._labelled(side, entry, lines, y)
                    y += len(lines) * _LEADING
            self.y += height
            return
        for row in zip_longest(*(side.rows for side in sides)):
            self._row(list(zip(sides, row, strict=True)))

    def _row(self, row: Sequence[tuple[_Side, tuple[Entry, list[str]] | None]]) -> None:
        """A labelled value of each side; one that is higher than what is left of the page goes on to the next."""
        height = max(len(one[1]) for _, one in row if one)
        self.need(min(height, _LEAST_KEPT) * _LEADING)
        begun = 0
        while begun < height:
            if begun:
                self.new_page()
            lines = min(height - begun, int((BOTTOM - self.y) / _LEADING))
            for side, one in row:
                if one:
                    entry, texts = one
                    self._labelled(side, entry if not begun else None, texts[begun : begun + lines], self.y)
            begun += lines
            self.y += lines * _LEADING

    def _labelled(self, side: _Side, entry: Entry | None, lines: Sequence[str], y: float) -> None:
        if entry:
            self.page.write(Text(side.label, y + 8, entry.label, SIZE, bold=True))
            self.page.write(Text(side.value - 5, y + 8, ":", SIZE, bold=True))
        for at, text in enumerate(lines):
            self.page.write(Text(side.value, y + 8 + at * _LEADING, text, SIZE))

    def halves(self, entries: Sequence[Entry]) -> None:
        """Labelled values in two columns of the same number."""
        half = (len(entries) + 1) // 2
        self.labelled(entries[:half], entries[half:], (LEFT + RIGHT) / 2)

    # --- tables ---------------------------------------------------------------------------------------------------

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A table; but for the widest, columns in which nothing stands are left out.

        In a cell the lines after the first are smaller.
        """
        used = [at for at, column in enumerate(columns) if not column.most or any(row[at] for row in rows)]
        columns, rows = [columns[at] for at in used], [[row[at] for at in used] for row in rows]
        places = list(_places(columns, rows))
        self.need(_HEADING + 2 * _LEADING)
        self._table_heading(columns, places)
        for row in rows:
            cells = [_cell(text, column, width) for text, column, (_, width) in zip(row, columns, places, strict=True)]
            height = max(map(len, cells))
            together = height if height <= _MOST_KEPT else _LEAST_KEPT
            if self.y + together * _LEADING > BOTTOM:
                self._table_goes_on(columns, places)
            begun = 0
            while begun < height:
                lines = min(height - begun, int((BOTTOM - self.y) / _LEADING))
                for cell, column, place in zip(cells, columns, places, strict=True):
                    self._cell(cell[begun : begun + lines], column, place)
                begun += lines
                self.y += lines * _LEADING
                if begun < height:
                    self._table_goes_on(columns, places)
        self.y += 2
        self.page.rule(LEFT, self.y, RIGHT)
        self.y += 1

    def _cell(self, lines: Sequence[_Line], column: Column, place: tuple[float, float]) -> None:
        """All lines of a cell one after another, so that who copies them from the file gets them in order."""
        x, width = place
        at = {"left": x, "right": x + width, "centre": x + width / 2}[column.align]
        room = 0 if column.align == "left" else width
        for number, one in enumerate(lines, 1):
            y = self.y + number * _LEADING - 2
            self.page.write(Text(at, y, one.text, one.size, colour=one.colour), align=column.align, room=room)

    def _table_goes_on(self, columns: Sequence[Column], places: Sequence[tuple[float, float]]) -> None:
        self.page.rule(LEFT, self.y + 2, RIGHT)
        self.new_page()
        self.gap()
        self._table_heading(columns, places)

    def _table_heading(self, columns: Sequence[Column], places: Sequence[tuple[float, float]]) -> None:
        self.page.put(Box(LEFT, self.y, RIGHT - LEFT, _HEADING, 0, _SHADE))
        for column, (x, width) in zip(columns, places, strict=True):
            at = {"left": x, "right": x + width, "centre": x + width / 2}[column.align]
            self.page.write(Text(at, self.y + 8.2, column.title, SIZE, bold=True), align=column.align)
        self.y += _HEADING + 1


def _places(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[tuple[float, float]]:
    """Where each column begins and how wide its texts may be."""
    widths = []
    for at, column in enumerate(columns):
        widest = max((width_of(line, SIZE) for row in rows for line in row[at].split("\n")), default=0)
        title = width_of(column.title, SIZE, bold=True)
        widths.append(max(title, min(widest, column.most)) if column.most else title)
    free = (
        RIGHT
        - LEFT
        - 2 * _PADDING * len(columns)
        - sum(width for width, column in zip(widths, columns, strict=True) if column.most)
    )
    open_ones = sum(1 for column in columns if not column.most)
    x = LEFT
    for width, column in zip(widths, columns, strict=True):
        taken = width if column.most else free / open_ones
        yield x + _PADDING, taken
        x += taken + 2 * _PADDING


def _cell(text: str, column: Column, width: float) -> list[_Line]:
    first, *more = text.split("\n")
    if column.align != "left":
        return [_Line(one, SIZE, BLACK) for one in (first, *more)]
    lines = [_Line(one, SIZE, BLACK) for one in wrap(first, SIZE, width)]
    return lines + [_Line(one, SMALL, DIM) for text in more for one in wrap(text, SMALL, width)]
