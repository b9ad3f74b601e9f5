"""Text that flows down the pages of a letter: labelled values, tables and paragraphs, each as high as it needs.

What does not fit goes on to a new page; a table repeats its heading there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from dteplanows.printing.fields import Entry
from dteplanows.printing.page import BLACK, DIM, MILLIMETRE, Align, Box, Colour, Page, Text, width_of
from dteplanows.printing.sheet import Sheet
from dteplanows.printing.tags import Tags

_GAP = 6.0
PADDING = 3.0
"""On each side of a text in a table."""
LEAST_OPEN = 45 * MILLIMETRE
"""What the other columns of a table leave to the one that has no width of its own."""
_SMALLEST = 5.5
"""Points of a number that is written smaller to have room in its column."""
_MOST_KEPT = 8
"""Lines that a row of a table may have to be kept on one page."""
_KEPT = 0.65
"""Of a page's height, up to which labelled values are kept on one page."""
_LEAST_KEPT = 4
"""Lines that stay together at the beginning of a row that is higher."""
_STRIPE: Colour = (0.95, 0.95, 0.95)
_FINE: Colour = (0.75, 0.75, 0.75)
_LABELS = (0.5, 0.58, 0.66)
"""Of a column of labelled values, what its labels may take: more where that makes it less high."""


class Column(NamedTuple):
    """A column of a table. Without *most* it takes what the others leave. Texts are wrapped, numbers made smaller."""

    title: str
    """In one or more lines."""
    align: Align = "left"
    most: float = 0
    """Widest that the column may be, in points."""


class Carried(NamedTuple):
    """What a table says where it goes on to another page: sums, in words, of the rows up to there."""

    column: int
    """Whose amounts are added up."""
    sums: Sequence[str]
    """The sum up to each row, itself included."""
    ends: str
    """What stands before the sum at the end of a page."""
    begins: str
    """The same at the beginning of the next one."""


class _Line(NamedTuple):
    text: str
    size: float
    colour: Colour


class _Labelled(NamedTuple):
    """A labelled value in lines; one of the two may have fewer."""

    label: list[str]
    value: list[str]

    @property
    def height(self) -> int:
        return max(len(self.label), len(self.value))


class _Side(NamedTuple):
    """A column of labelled values, each wrapped to the width of the column."""

    label: float
    """Where the labels begin."""
    value: float
    """Where the values begin."""
    rows: list[_Labelled]


class Table(NamedTuple):
    """A table with the places of its columns."""

    columns: Sequence[Column]
    places: Sequence[tuple[float, float]]
    carried: Carried | None = None


class Flow:
    """A place that moves down the pages."""

    def __init__(self, sheet: Sheet, begin: Callable[[Page], float], reserved: float = 0) -> None:
        """:param begin: draws what stands at the top of a new page and answers where the text may begin.
        :param reserved: of each page's foot, in points, for what stands on every page.
        """
        self.sheet = sheet
        self.bottom = sheet.bottom - reserved
        """Where the text of a page ends."""
        self._begin = begin
        self._size, self._leading = sheet.size, sheet.leading
        self._heading = sheet.size + 3
        self.tags = Tags()
        self.pages: list[Page] = []
        self.y = 0.0
        self.new_page()

    @property
    def page(self) -> Page:
        """The page being written."""
        return self.pages[-1]

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(self.sheet.page(self.tags))
        self.y = self._begin(self.page)

    def need(self, height: float) -> None:
        """Go on to a new page unless *height* is left on this one."""
        if self.y + height > self.bottom:
            self.new_page()

    def gap(self) -> None:
        """A little room between two blocks."""
        self.y += _GAP

    def rule(self) -> None:
        """A line from margin to margin."""
        self.page.rule(self.sheet.left, self.y, self.sheet.right, colour=self.sheet.design.main)

    def title(self, text: str) -> None:
        """The heading of a block; it stays together with the beginning of the block."""
        self.gap()
        self.need(self._heading + 3 * self._leading)
        sheet = self.sheet
        self.page.put(Box(sheet.left, self.y, sheet.room, self._heading, 0, sheet.design.shade))
        base = self.y + self._heading - 2.8
        with self.tags.inside("H2"):
            self.page.write(Text(sheet.left + PADDING, base, text, self._size, bold=True, colour=sheet.design.on_shade))
        self.y += self._heading + 1

    def paragraph(self, text: str, indent: float = PADDING) -> None:
        """A text over the whole width, but for so many points on each side."""
        with self.tags.inside("P"):
            for line in self.sheet.wrap(text, self._size, self.sheet.room - 2 * indent):
                self.need(self._leading)
                self.y += self._leading
                self.page.write(Text(self.sheet.left + indent, self.y - 2, line, self._size))

    # --- labelled values ------------------------------------------------------------------------------------------

    def labelled(self, left: Sequence[Entry], right: Sequence[Entry], middle: float) -> None:
        """Two columns of labelled values; *middle* is where the second begins."""
        sheet = self.sheet
        sides = (
            self._side(left, sheet.left + PADDING, middle), self._side(right, middle + PADDING, sheet.right),
        )  # fmt: skip
        height = max(sum(one.height for one in side.rows) for side in sides) * self._leading
        if height <= _KEPT * sheet.height:
            self.need(height)
        if self.y + height <= self.bottom:
            for side in sides:
                y = self.y
                for one in side.rows:
                    self._labelled(side, one, y)
                    y += one.height * self._leading
            self.y += height
            return
        for row in zip_longest(*(side.rows for side in sides)):
            self._row(list(zip(sides, row, strict=True)))

    def halves(self, entries: Sequence[Entry]) -> None:
        """Labelled values in two columns of the same number."""
        half = (len(entries) + 1) // 2
        self.labelled(entries[:half], entries[half:], (self.sheet.left + self.sheet.right) / 2)

    def _side(self, entries: Sequence[Entry], start: float, end: float) -> _Side:
        found = self._with_labels(entries, start, end, _LABELS[0])
        if any(len(one.label) > 1 for one in found.rows):
            others = [self._with_labels(entries, start, end, part) for part in _LABELS[1:]]
            return min(found, *others, key=lambda side: sum(one.height for one in side.rows))
        return found

    def _with_labels(self, entries: Sequence[Entry], start: float, end: float, part: float) -> _Side:
        size, sheet = self._size, self.sheet
        labels = [self._label(one.label, part * (end - start)) for one in entries]
        widest = max((self._width(line, bold=True) for label in labels for line in label), default=0)
        value = start + widest + 10 * sheet.scale
        room = end - value - PADDING
        rows = [
            _Labelled(label, sheet.wrap(one.text, size, room) or [""])
            for label, one in zip(labels, entries, strict=True)
        ]
        return _Side(start, value, rows)

    def _label(self, label: str, room: float) -> list[str]:
        """*label* in lines; one in two languages is parted between them."""
        one, parted, other = label.partition(" / ")
        if parted and self._width(label, bold=True) > room:
            # The stroke stands alone on no line.
            fits = self._width(f"{one} /", bold=True) <= room
            one, other = (f"{one} /", other) if fits else (one, f"/ {other}")
            return [*self.sheet.wrap(one, self._size, room, bold=True),
                    *self.sheet.wrap(other, self._size, room, bold=True)]  # fmt: skip
        return self.sheet.wrap(label, self._size, room, bold=True) or [""]

    def _row(self, row: Sequence[tuple[_Side, _Labelled | None]]) -> None:
        """A labelled value of each side; one that is higher than what is left of the page goes on to the next."""
        height = max(one.height for _, one in row if one)
        self.need(min(height, _LEAST_KEPT) * self._leading)
        begun = 0
        while begun < height:
            if begun:
                self.new_page()
            lines = min(height - begun, max(1, int((self.bottom - self.y) / self._leading)))
            for side, one in row:
                if one:
                    part = _Labelled(one.label[begun : begun + lines], one.value[begun : begun + lines])
                    self._labelled(side, part, self.y)
            begun += lines
            self.y += lines * self._leading

    def _labelled(self, side: _Side, one: _Labelled, y: float) -> None:
        with self.tags.inside("P"):
            for at, text in enumerate(one.label):
                base = y + self._size + at * self._leading
                self.page.write(Text(side.label, base, text, self._size, bold=True))
            if one.label:
                self.page.write(Text(side.value - 5 * self.sheet.scale, y + self._size, ":", self._size, bold=True))
            for at, text in enumerate(one.value):
                self.page.write(Text(side.value, y + self._size + at * self._leading, text, self._size))

    # --- tables ---------------------------------------------------------------------------------------------------

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], carried: Carried | None = None) -> None:
        """A table; but for the widest, columns in which nothing stands are left out.

        In a cell the lines after the first are smaller.
        """
        used = [at for at, column in enumerate(columns) if not column.most or any(row[at] for row in rows)]
        columns, rows = [columns[at] for at in used], [[row[at] for at in used] for row in rows]
        if carried:
            carried = carried._replace(column=used.index(carried.column)) if carried.column in used else None
        places = list(self._places(columns, rows, carried))
        titled = [self._titled(one, width) for one, (_, width) in zip(columns, places, strict=True)]
        table = Table(titled, places, carried)
        self.need(self._heading_of(table) + 2 * self._leading)
        with self.tags.inside("Table"):
            with self.tags.inside("TR"):
                self._table_heading(table)
            for number, row in enumerate(rows):
                self._table_row(table, number, row)
        self.y += 2
        self.rule()
        self.y += 1

    def _table_row(self, table: Table, number: int, row: Sequence[str]) -> None:
        """A row of a table; *number* counts from 0."""
        cells = [
            self._cell(text, column, width)
            for text, column, (_, width) in zip(row, table.columns, table.places, strict=True)
        ]
        height = max(map(len, cells))
        together = height if height <= _MOST_KEPT else _LEAST_KEPT
        ends = self._leading if table.carried else 0.0
        if self.y + together * self._leading + ends > self.bottom and number:
            self._table_goes_on(table, number)
        with self.tags.inside("TR"):
            elements = [self.tags.new("TD") for _ in cells]
        begun = 0
        while begun < height:
            lines = min(height - begun, max(1, int((self.bottom - ends - self.y) / self._leading)))
            self._row_behind(number, lines)
            for cell, element, column, place in zip(cells, elements, table.columns, table.places, strict=True):
                with self.tags.of(element):
                    self._put_cell(cell[begun : begun + lines], column, place)
            begun += lines
            self.y += lines * self._leading
            if begun < height:
                # The row's amount stands in its first line, which is on this page already.
                self._table_goes_on(table, number + 1)

    def _row_behind(self, number: int, lines: int) -> None:
        """What parts a row from the others."""
        sheet = self.sheet
        if sheet.design.detalle_estilo == "franjas" and number % 2:
            self.page.put(Box(sheet.left, self.y + 0.5, sheet.room, lines * self._leading, 0, _STRIPE))
        elif sheet.design.detalle_estilo == "lineas" and number:
            self.page.rule(sheet.left, self.y + 0.5, sheet.right, width=0.25, colour=_FINE)

    def _put_cell(self, lines: Sequence[_Line], column: Column, place: tuple[float, float]) -> None:
        """All lines of a cell one after another, so that who copies them from the file gets them in order."""
        x, width = place
        at = {"left": x, "right": x + width, "centre": x + width / 2}[column.align]
        room = 0 if column.align == "left" else width
        for number, one in enumerate(lines, 1):
            y = self.y + number * self._leading - 2
            self.page.write(Text(at, y, one.text, one.size, colour=one.colour), align=column.align, room=room)

    def _table_goes_on(self, table: Table, done: int) -> None:
        """Go on to the next page after so many rows. Whoever has it read aloud notices nothing of it."""
        with self.tags.aside():
            if table.carried and done:
                self._sum(table, table.carried.ends, table.carried.sums[done - 1])
            self.y += 2
            self.rule()
            self.new_page()
            self.gap()
            self._table_heading(table)
            if table.carried and done:
                self._sum(table, table.carried.begins, table.carried.sums[done - 1])

    def _sum(self, table: Table, words: str, amount: str) -> None:
        assert table.carried
        x, width = table.places[table.carried.column]
        self.y += self._leading
        self.page.write(Text(x + width, self.y - 2, amount, self._size, bold=True), align="right", room=width)
        before = x - 3 * PADDING
        if before - self._width(words, bold=True) >= self.sheet.left:
            self.page.write(Text(before, self.y - 2, words, self._size, bold=True), align="right")
        else:
            self.page.write(Text(x + width + 3 * PADDING, self.y - 2, words, self._size, bold=True))

    def _heading_of(self, table: Table) -> float:
        """Height of a table's heading."""
        lines = max(column.title.count("\n") for column in table.columns)
        return self._heading + lines * self._leading

    def _table_heading(self, table: Table) -> None:
        sheet, height = self.sheet, self._heading_of(table)
        self.page.put(Box(sheet.left, self.y, sheet.room, height, 0, sheet.design.shade))
        for column, (x, width) in zip(table.columns, table.places, strict=True):
            at = {"left": x, "right": x + width, "centre": x + width / 2}[column.align]
            with self.tags.inside("TH", "Column"):
                for number, line in enumerate(column.title.split("\n")):
                    base = self.y + self._heading - 2.8 + number * self._leading
                    text = Text(at, base, line, self._size, bold=True, colour=sheet.design.on_shade)
                    self.page.write(text, align=column.align)
        self.y += height + 1

    def _places(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], carried: Carried | None
    ) -> Iterator[tuple[float, float]]:
        """Where each column begins and how wide its texts may be."""
        open_ones = sum(1 for column in columns if not column.most)
        room = self.sheet.room - 2 * PADDING * len(columns)
        widths, least = [], []
        for at, column in enumerate(columns):
            widest = max((self._width(line) for row in rows for line in row[at].split("\n")), default=0)
            title = max(self._width(line, bold=True) for line in column.title.split("\n"))
            word = max(self._width(one, bold=True) for one in column.title.split())
            number = 0 if column.align == "left" else widest
            if carried and at == carried.column:
                number = max(number, self._width(max(carried.sums, key=len, default=""), bold=True))
            least.append(max(word, number * _SMALLEST / self._size))
            widths.append(max(least[at], min(max(title, widest), column.most)) if column.most else 0)
        if (taken := sum(widths)) > room - open_ones * LEAST_OPEN:
            part = (room - open_ones * LEAST_OPEN) / taken
            widths = [max(one, width * part) if width else 0 for one, width in zip(least, widths, strict=True)]
        free = room - sum(widths)
        x = self.sheet.left
        for width, column in zip(widths, columns, strict=True):
            taken = width if column.most else free / open_ones
            yield x + PADDING, taken
            x += taken + 2 * PADDING

    def _titled(self, column: Column, width: float) -> Column:
        """*column* with its title in lines that are not wider than it."""
        lines = self.sheet.wrap(column.title, self._size, width + 0.01, bold=True)
        return column._replace(title="\n".join(lines))

    def _width(self, text: str, bold: bool = False) -> float:
        return width_of(text, self._size, bold) * self.sheet.stretch

    def _cell(self, text: str, column: Column, width: float) -> list[_Line]:
        size, small, wrap = self._size, self.sheet.small, self.sheet.wrap
        first, *more = text.split("\n")
        if column.align != "left":
            return [_Line(one, size, BLACK) for one in (first, *more)]
        lines = [_Line(one, size, BLACK) for one in wrap(first, size, width)]
        return lines + [_Line(one, small, DIM) for text in more for one in wrap(text, small, width)]
