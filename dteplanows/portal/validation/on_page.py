"""How the page says what a :class:`.view.FileView` holds: words, data for its script, the file of the report."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from dteplanows.portal.texts import TEXTS, t
from dteplanows.portal.validation.charsets import Charsets
from dteplanows.portal.validation.view import FileView

_MOST_NAMED = 6
"""Lines in another charset that a sentence names."""

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def charset_in_words(charsets: Charsets) -> str:
    """The charset of a file as a sentence names it; empty where there is none to name."""
    main = charset_name(charsets.main)
    if not charsets.others:
        return main
    lines = [
        t("validation.charset_line", line=line, name=charset_name(name)) for line, name in charsets.others[:_MOST_NAMED]
    ]
    more = charsets.many - len(lines)
    others = ", ".join(lines) + (t("validation.charset_more", count=more) if more else "")
    return t("validation.charset_mixed", main=main, others=others)


def charset_name(name: str) -> str:
    """What people call the charset *name*."""
    key = f"charset.{name}"
    return TEXTS.get(key, name)


def script_data(view: FileView) -> str:
    """What the page's script marks in the text, and the fields it knows, as JSON.

    ``marks``: line, begin, end, number of the problem, severity; ``fields``: line, begin, end, key of the field.
    """
    marks = [[*one.span, one.problem, one.severity] for one in view.marks]
    fields = [[*span, key] for key, span in view.fields]
    return json.dumps({"marks": marks, "fields": fields}, ensure_ascii=False, separators=(",", ":"))


@cache
def report_style() -> str:
    """The style sheets of a report, which is one file."""
    folder = resources.files("dteplanows.portal").joinpath("static")
    return "\n".join(folder.joinpath(name).read_text("utf-8") for name in ("tokens.css", "report.css"))


def report_name(name: str) -> str:
    """What the report of the file *name* is called."""
    return f"informe-{_ODD.sub('-', name).strip('-.')[:60] or 'archivo'}.html"
