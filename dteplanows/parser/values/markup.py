"""HTML in texts: shops and editors keep names and descriptions in it, and send them as they keep them.

What is read is only what can be nothing else: a reference (``&ntilde;``, ``&#241;``) of HTML's own table that ends in
its semicolon, and a tag of HTML's own names, so that ``<5 kg``, ``a < b > c``, ``<M12>`` and ``R&D`` stay. The names
are data, in ``html_tags.tsv``:

* ``alone``: the tag is known even without its counterpart. Others count with an attribute, or where both the opening
  and the closing one stand in the text: «Ampolleta <H4>» and «Polera <S>» are no HTML. So do single letters in
  capitals.
* ``means``: what stands in its place: ``break`` a new line, ``blank`` a blank; ``hidden``: what it encloses is not
  shown.
"""

from __future__ import annotations

import csv
import html
import re
from html.entities import html5
from importlib import resources

_MOST_ESCAPES = 4
"""How often a text is taken as escaped once more: ``&amp;ntilde;`` is twice."""

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(
    r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9:]{0,10})"
    r"(?:(?P<attributes>\s+[A-Za-z-]+\s*=[^<>]*)(?:>|$)|\s*/?>)"
)
_BLANKS = re.compile(r"[ \t\u00a0]+")


def _table() -> dict[str, dict[str, str]]:
    text = resources.files("dteplanows.parser.values").joinpath("html_tags.tsv").read_text("utf-8")
    return {row["name"]: row for row in csv.DictReader(text.splitlines(), delimiter="\t")}


_TAGS = _table()
_HIDDEN = re.compile(
    rf"<({'|'.join(name for name, row in _TAGS.items() if row['means'] == 'hidden')})\b[^<>]*>", re.IGNORECASE
)
_SHOWN_AS = {"break": "\n", "blank": " "}


def plain(text: str, several_lines: bool) -> str:
    """*text* as a reader of the HTML in it sees it; the very same text where it has none.

    :param several_lines: line breaks stay line feeds; else they become blanks.
    """
    if "&" not in text and "<" not in text:
        return text
    read = _without_references(text)
    read = _without_hidden(_without_comments(read)) if "<" in read else read
    present = {(one["closing"], one["name"].lower()) for one in _TAG.finditer(read)}
    read = _TAG.sub(lambda found: _shown(found, present), read)
    if read == text:
        return text
    lines = filter(None, map(str.strip, _BLANKS.sub(" ", read).split("\n")))
    return ("\n" if several_lines else " ").join(lines)


# Both go once through the text: a pattern for the whole would begin at every opening again.


def _without_comments(text: str) -> str:
    kept, end = [], 0
    while (begin := text.find("<!--", end)) >= 0 and (closing := text.find("-->", begin)) >= 0:
        kept.append(text[end:begin])
        end = closing + 3
    return "".join([*kept, text[end:]])


def _without_hidden(text: str) -> str:
    """*text* without what a browser does not show."""
    kept, end, small = [], 0, text.lower()
    while (opening := _HIDDEN.search(text, end)) and len(small) == len(text):
        closing = small.find(f"</{opening[1].lower()}", opening.end())
        behind = text.find(">", closing) if closing >= 0 else -1
        if behind < 0:
            break
        kept.append(text[end : opening.start()])
        end = behind + 1
    return "".join([*kept, text[end:]])


def _without_references(text: str) -> str:
    for _ in range(_MOST_ESCAPES):
        read = _REFERENCE.sub(_character, text)
        if read == text:
            break
        text = read
    return text


def _character(found: re.Match[str]) -> str:
    """The character of a reference; numbers from 128 to 159 are those of Windows-1252, as browsers read them."""
    reference = found[0]
    return html.unescape(reference) if reference[1] == "#" or reference[1:] in html5 else reference


def _shown(found: re.Match[str], present: set[tuple[str, str]]) -> str:
    """What stands in the place of the tag *found*; itself where it is none of HTML's."""
    closing, name = found["closing"], found["name"].lower()
    tag = _TAGS.get(name)
    if tag is None:
        return found[0]
    small = len(name) > 1 or found["name"] == name
    paired = ("" if closing else "/", name) in present
    if not paired and not found["attributes"] and not (tag["alone"] and small):
        return found[0]
    return _SHOWN_AS.get(tag["means"], "")
