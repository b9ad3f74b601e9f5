"""A document of the flat TXT, cut at its marks into rows that nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterator

from dteplanows.parser.txt import csv_rows, shifted
from dteplanows.parser.txt.marks import Mark, Piece

Stretch = tuple[int, Mark | None, list[tuple[int, bytes]]]
"""A mark, its line, and the rows up to the next mark with their lines; no mark for what stands before the first."""


def stretches_of(piece: Piece) -> Iterator[Stretch]:
    """The document of *piece*, cut at its marks."""
    data, begin, line = piece.data, piece.begin, piece.line
    mark = None
    for following in (*piece.marks, None):
        raw = data[begin : following.start if following else piece.end].split(b"\n")
        yield line, mark, [(number, row) for number, one in enumerate(raw, line) if (row := one.strip())]
        if following:
            line += len(raw) - 1
            mark, begin = following, following.end


def come_from_csv(mark: Mark | None, rows: list[tuple[int, bytes]]) -> bool:
    """Whether the rows behind *mark* certainly come from a CSV writer."""
    if mark is None or mark.section is None or mark.section.free or not any(b'"' in row for _, row in rows):
        return False
    return csv_rows.come_from_csv((row for _, row in rows), shifted.counts(mark.section))


def width_of(mark: Mark | None) -> int:
    """Columns that the rows behind *mark* have at least; 0 for lines of text, and for what nobody reads."""
    return 0 if mark is None or mark.section is None else mark.section.required


def with_plain_line_ends(data: bytes) -> bytes:
    """*data* with LF at the end of each line."""
    # CR CR LF comes from programs that write text with CR LF through a newline translation
    return data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
