"""A part of one line of a file."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Part of a line, by characters."""

    line: int
    """From 1."""
    begin: int
    """From 0."""
    end: int
    """Behind the last character; equal to *begin* for an empty column."""


def visible(span: Span, length: int) -> Span:
    """*span*, or what stands around it where it is empty, in a line of *length* characters."""
    if span.begin < span.end:
        return span
    return Span(span.line, max(0, span.begin - 1), min(length, span.end + 1))


def whole_line(line: int, text: str) -> Span:
    """The line without the blanks around it."""
    return Span(line, len(text) - len(text.lstrip()), len(text.rstrip()))
