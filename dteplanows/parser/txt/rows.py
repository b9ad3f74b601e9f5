"""Rows of the flat TXT: their columns, and the row that begins a document wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dteplanows.document.catalogue import shown
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Place
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.document.text import decode
from dteplanows.parser.reading import Reading
from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.mail import may_stand_for_mail
from dteplanows.parser.txt.shifted.texts import is_rut
from dteplanows.parser.values.comunas import is_comuna

_HEADER_TYPES = "|".join(map(str, sorted({*BRANCHES, *RECEIVED_TYPES}, reverse=True)))
_FOLIO_AND_DATE = (
    r"[\s\"]{0,9};[\s\"]{0,9}\d{0,12}[\s\"]{0,9};[\s\"]{0,9}(?:\d{4}[-/.]?\d\d[-/.]?\d\d|\d\d[-/.]\d\d[-/.]\d{4})[^;]*;"
)
_BEGINS_A_HEADER = re.compile(r"(?:^|\D)0{0,9}(?:" + _HEADER_TYPES + ")" + _FOLIO_AND_DATE)
_RUT_IN_A_HEADER = re.compile(r";[\s\"]{0,9}\d{1,2}\.?\d{3}\.?\d{3}-?[\dkK][\s\"]{0,9};")
_BOLETA_WITHOUT_RUT = re.compile(
    r"(?:^|\D)0{0,9}(?:39|41)" + _FOLIO_AND_DATE + r"[\s\"]{0,9}[1-4][\s\"]{0,9};[\s\"]{0,9}[0-2]?[\s\"]{0,9};"
)
_FEWEST_IN_A_HEADER = 8
"""Separators of such a row at least."""


def like_a_header(data: bytes) -> bool:
    """Whether *data* is like the row that begins a document: type, folio, date and, further on, a RUT.

    A boleta may have none; then what is sold, and whether its lines are net.
    """
    if data.count(b";") < _FEWEST_IN_A_HEADER:
        return False
    text = decode(data)
    begin = _BEGINS_A_HEADER.search(text)
    if begin is None:
        return False
    return bool(_RUT_IN_A_HEADER.search(text, begin.end() - 1) or _BOLETA_WITHOUT_RUT.search(text))


def parts_of(data: bytes) -> list[str]:
    """What stands between the separators of the row *data*."""
    return decode(data).split(";")


def closed(parts: list[str], section: Section) -> list[str]:
    """The columns of a row of *parts*. The separator behind the last one may be missing."""
    texts = list(map(str.strip, parts))
    if len(texts) > 1 and not texts[-1] and not (len(texts) == section.required and _ends_empty(section, texts)):
        texts.pop()
    return texts


def fill_once(
    reading: Reading, section: Section, twice: Iterable[tuple[int, int]], line: int, texts: list[str]
) -> None:
    """Empty the columns of a row whose element a later one fills too, and tell where that says something else.

    :param twice: the indices of such columns, each with that of the later one.
    """
    for index, later in twice:
        if later >= len(texts) or not texts[index] or not texts[later]:
            continue
        if texts[index] != texts[later]:
            one, other = section.columns[index], section.columns[later]
            place = Place(line, section.name, one.name, one.position)
            name, used = one.path.rpartition("/")[2], shown(texts[later])
            reading.problem("TXT-121", place, texts[index], column=other.name, name=name, used=used)
        texts[index] = ""


def _ends_empty(section: Section, texts: list[str]) -> bool:
    """Whether the last column is there and empty, its separator left out, rather than one column missing.

    In a header only a place name in front of the empty address shows it: an address, or what stands for none, means
    that a column is missing further up, and so may nothing; but in a boleta, whose client may have a name alone, either
    the comuna in its column shows that none is, or there is nothing behind the name that could have moved. A missing
    figure of the totals is always one.
    """
    if section.header:
        if texts[-2] or section.branch != "boleta":
            return not may_stand_for_mail(texts[-2])
        code, name, *_, address, comuna, _, _ = texts[-7:]
        unmoved = not any(texts[-5:]) and bool(name or not code) and not any(map(is_rut, texts[3:-8]))
        return unmoved or (is_comuna(comuna) and bool(address) and not is_comuna(address))
    return bool(section.target)
