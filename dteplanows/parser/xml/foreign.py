"""XML of others, parsed so that none of its names stay in memory.

libxml2 keeps every name of elements, attributes and entities it has met, every namespace and many a run of blanks, in
a dictionary of the thread that parses, until that thread ends. A caller who sends ever new names would make a thread
that goes on answering grow without limit. So what may bring new ones is parsed in a thread of its own, whose dictionary
goes with the last tree made of it. What is made of known markup needs no such thread: it can add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

from lxml import etree

_MOST_BYTES = 200_000
_MOST_TAGS = 300
"""Beyond these a thread costs less than to look at every tag."""

_LONGEST_TAG = 1000

_NAME = rb"[A-Za-z_\x80-\xff][\w.:\x80-\xff-]*+"
_ATTRIBUTE = re.compile(rb"(\s++(" + _NAME + rb")\s*+=\s*+)(?:\"[^\"<>&]*+\"|'[^'<>&]*+')")
_TAG = re.compile(rb"/?" + _NAME + rb"(?:" + _ATTRIBUTE.pattern + rb")*+\s*+/?")
"""What stands between the angle brackets of a tag. Comments, CDATA, DOCTYPE and instructions are none."""
_DECLARATION = re.compile(
    rb"\?xml\s++version\s*+=\s*+[\"']1\.\d[\"']"
    rb"(?:\s++encoding\s*+=\s*+[\"'](?:utf-8|iso-8859-1|windows-1252|us-ascii)[\"'])?+"
    rb"(?:\s++standalone\s*+=\s*+[\"'](?:yes|no)[\"'])?+\s*+\?",
    re.IGNORECASE,
)
_ENTITY = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);|#)")

_Result = TypeVar("_Result")


def parse(text: bytes, **options: Any) -> etree._Element:
    """The root of *text*, which is in UTF-8.

    :param options: of the ``XMLParser``.
    :raises etree.XMLSyntaxError: it is no XML.
    """
    return _parse(text, options) if _known.holds(text) else apart(_parse, text, options)


def apart(function: Callable[..., _Result], *arguments: Any) -> _Result:
    """What *function* gives or raises, called in a thread of its own."""
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(function(*arguments))
        except BaseException as failure:  # noqa: BLE001 - it is raised again, where it was waited for
            outcome.set_exception(failure)

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return outcome.result()


def _parse(text: bytes, options: dict[str, Any]) -> etree._Element:
    # A fresh parser for each text: lxml's keep a lock, and one costs two microseconds.
    return etree.fromstring(text, etree.XMLParser(**options))


class KnownMarkup:
    """The tags and runs of blanks that were met before, as long as there is room for them.

    Where a text is cut wrongly, because a ``>`` stands in a value or in a comment, the pieces are no tags, and nothing
    that contains them is known. In a full set what is new stays unknown: that costs a thread and is right all the same.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        """:param most_bytes: of all pieces together; no caller can fill more memory of a thread than that."""
        self._pieces: set[bytes] = set()
        self._room, self._room_in_bytes = most, most_bytes
        self._lock = Lock()

    def holds(self, text: bytes) -> bool:
        """Whether all markup of *text* is known, or has just become so."""
        if len(text) > _MOST_BYTES or text.count(b"<") > _MOST_TAGS or (b"&" in text and _ENTITY.search(text)):
            return False
        before, *rest = text.split(b"<")
        if before.strip():
            return False
        pieces, new = self._pieces, set()
        for one in rest:
            tag, end, content = one.partition(b">")
            if not end:
                return False
            if tag not in pieces:
                form = _form(tag)
                if form is None:
                    return False
                new.add(form)
            if content.isspace() and content not in pieces:
                new.add(content)
        new -= pieces
        return not new or self._learn(new)

    def _learn(self, new: set[bytes]) -> bool:
        with self._lock:
            new -= self._pieces
            size = sum(map(len, new))
            if len(new) > self._room or size > self._room_in_bytes:
                return False
            self._room -= len(new)
            self._room_in_bytes -= size
            self._pieces |= new
        return True


def _form(tag: bytes) -> bytes | None:
    """*tag* without those values of attributes that are not kept; None when it is no tag for certain.

    Kept are the values of namespace declarations and of ``xml:id``.
    """
    if len(tag) > _LONGEST_TAG:
        return None
    if not _TAG.fullmatch(tag):
        return tag if _DECLARATION.fullmatch(tag) else None
    return _ATTRIBUTE.sub(_without_value, tag) if b"=" in tag else tag


def _without_value(attribute: re.Match[bytes]) -> bytes:
    return attribute[0] if attribute[2].startswith(b"xml") else attribute[1]


_known = KnownMarkup(most=4000, most_bytes=250_000)
