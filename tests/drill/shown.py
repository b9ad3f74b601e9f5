"""The commands that a page of the manual shows, and what it says that they answer."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from docs.reference import MANUAL
from docs.service_pages import FOLDER

_BLOCK = re.compile(
    r"^(?P<indent> *)\.\. code-block:: (?:console|text)\n\n(?P<lines>(?:(?P=indent) +.*\n|\n)+)", re.MULTILINE
)
_COMMAND = re.compile(r"(?:[a-z]*[$#] +)?((?:dteplanows|curl|systemctl) .*)")
_VARIABLE = re.compile(r"[┏━┳┓┡╇┩└─┴┘]+|\d[\d.:-]*(?:-?K)?|[0-9a-f]{4}-[0-9a-f]{4}|\S*/\S*")
"""What differs from one installation and moment to another: numbers, dates, prints of keys, paths, widths of tables."""


class Shown(NamedTuple):
    """A command and the lines that stand below it."""

    words: tuple[str, ...]
    answer: tuple[str, ...]


def shown(page: str) -> list[Shown]:
    """What *page* shows, from above to below."""
    found: list[Shown] = []
    for block in _BLOCK.finditer((MANUAL / f"{page}.rst").read_text("utf-8")):
        text = re.sub(r"\\\n\s*", "", block["lines"])
        answering = False
        for line in filter(None, map(str.strip, text.splitlines())):
            command = _COMMAND.fullmatch(line)
            if command:
                found.append(Shown(tuple(shlex.split(command[1])), ()))
                answering = True
            elif re.match(r"[a-z]*[$#] ", line):
                answering = False  # a command of the system
            elif answering:
                last = found.pop()
                found.append(Shown(last.words, (*last.answer, line)))
    return found


def the_one(page: str, *beginning: str) -> Shown:
    """The first command of a page, of the service's part or else of the other, that begins with those words."""
    for place in (f"{FOLDER}/{page}", page):
        if (MANUAL / f"{place}.rst").exists():
            for one in shown(place):
                words = one.words[3:] if one.words[1:2] == ("--dir",) else one.words[1:]
                if one.words[0] == "dteplanows" and words[: len(beginning)] == beginning:
                    return Shown(words, one.answer)
    raise AssertionError(f"the page {page} does not show dteplanows {' '.join(beginning)}")


def alike(text: str) -> str:
    """*text* without its line breaks and without what differs from one installation to another."""
    found = " ".join(_VARIABLE.sub("·", " ".join(text.split())).split())
    return re.sub(r"· (tipo|documento|archivo)s?( recibidos?)?\b", r"· \1", found)
