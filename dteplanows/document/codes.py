"""The codes that an element may hold, with their meanings, and which of them a program meant that wrote something else.

Which table an element's codes are of stands in the element table (facet ``codes``). The meanings stand once, where they
always did: ``glosas.tsv``, the taxes, the referable documents, and the ISO 3166 codes in ``countries.tsv``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache

from dteplanows.document import countries
from dteplanows.document.elements import ROOTS, Element, branch
from dteplanows.document.glosas import glosas
from dteplanows.document.phrases import phrase
from dteplanows.document.reference_types import REFERENCE_TYPES
from dteplanows.document.taxes import TAXES
from dteplanows.document.text import without_accents

TAX_CODES = "impuestos"
DOCUMENT_CODES = "documentos"
BOLETA_DOCUMENT_CODES = "documentos.boleta"
COUNTRY_CODES = "CodPais"
UNIT_CODES = "CodUnid"

_MOST_LISTED = 12
"""Codes of a table that a text lists whole; of a longer one it lists the nearest."""
_NEAREST = 5

_WORD = re.compile(r"[A-Z0-9%$]+")
_LEAST_LIKENESS = 0.6
_LONG_WORD = 4
_STEM = 5
"""Letters that words of one root have in common."""
_SAME, _NAMED, _WITHIN, _SHARED = 4.0, 3.0, 2.0, 1.0
"""How near a code is: the text is the code or another name of it, its meaning, a part of that, or a word of it."""

_WHOLE_WORDS, _PREFERENCE = 0.5, 0.2
_ELECTRONIC = "ELECTRONIC"
"""What is issued now is electronic, and programs do not say so: of two that are as near, the electronic one."""
_USUAL = {"DOLAR": "DOLAR USA", "DOLARES": "DOLAR USA"}
"""Codes that people mean by a word that others have too."""

_LONGEST_COMPARED = 60
"""Characters of a text that are compared with the meanings."""


def codes_of(element: Element) -> Mapping[str, str]:
    """The codes that *element* may hold with the meaning of each, empty where it needs none; empty for no code."""
    return _codes_of(element)


@cache
def _codes_of(element: Element) -> Mapping[str, str]:
    table = code_table(element.codes)
    if not element.enum:
        return table
    words = {**table, **{str(int(code)): words for code, words in table.items() if code.isdecimal()}}
    return {code: words.get(code, "") for code in element.enum}


@cache
def code_table(name: str) -> Mapping[str, str]:
    """The meanings of the table *name* by code; empty when there is no such table."""
    if name == TAX_CODES:
        return {code: tax.name for code, tax in TAXES.items()}
    if name in (DOCUMENT_CODES, BOLETA_DOCUMENT_CODES):
        boleta = name == BOLETA_DOCUMENT_CODES
        return {code: one.name for code, one in REFERENCE_TYPES.items() if one.in_boletas or not boleta}
    return glosas(name)


@cache
def _other_names(table: str) -> Mapping[str, str]:
    """Codes of *table* by what others call them: a country's letters, a unit's short name; in capital letters."""
    if table == COUNTRY_CODES:
        return countries.numbers()
    return {sigla: code for code, sigla in glosas("CodUnid.sigla").items()} if table == UNIT_CODES else {}


def nearest(element: Element, text: str) -> list[str]:
    """The codes of *element* that *text* may mean, the likeliest first; empty when it is like none."""
    found = codes_of(element)
    plain = without_accents(text[:_LONGEST_COMPARED]).upper().strip()
    other = _other_names(element.codes).get(plain) or _USUAL.get(plain)
    near = {code: _SAME if code == other else _nearness(code, words, plain) for code, words in found.items()}
    return sorted((code for code in found if near[code]), key=lambda code: -near[code])


def _nearness(code: str, words: str, text: str) -> float:
    """How near *text*, plain and in capitals, is to a code and its *words*; 0 when it is not."""
    if text == code.upper():
        return _SAME
    meaning, written = _words(without_accents(words).upper()), _words(text)
    preferred = _PREFERENCE if _ELECTRONIC in without_accents(words).upper() else 0
    if meaning and written == meaning:
        return _NAMED + preferred
    likeness = max(_likeness(text, " ".join(meaning)), 0.9 * _likeness(text, code.upper()))
    if written and f"NO {written[0]}" not in " ".join(meaning):
        if set(written) <= set(meaning):
            return _WITHIN + _WHOLE_WORDS + preferred
        if _all_begin(written, meaning) or _all_begin(meaning, written):
            return _WITHIN + _WHOLE_WORDS * likeness + preferred
        if any(len(one) >= _LONG_WORD and _all_begin([one], meaning) for one in written):
            return _SHARED + _WHOLE_WORDS * likeness + preferred
    return likeness if likeness >= _LEAST_LIKENESS else 0


def _words(text: str) -> list[str]:
    return [one for one in _WORD.findall(text) if not one.startswith(_ELECTRONIC)]


def _all_begin(parts: list[str], words: list[str]) -> bool:
    """Whether each of *parts*, if there are any, begins one of *words* or has its stem; a figure begins nothing."""
    return bool(parts) and all(any(_begins(one, word) for word in words) for one in parts)


def _begins(part: str, word: str) -> bool:
    if part == word or part.isdecimal():
        return part == word
    return (len(part) > 2 and word.startswith(part)) or part[:_STEM] == word[:_STEM] != part[: _STEM - 1]


def _likeness(text: str, other: str) -> float:
    return difflib.SequenceMatcher(None, text, other).ratio() if other else 0


def listed(element: Element, text: str) -> str:
    """The codes of *element* with their meanings, those that *text* may mean first, as a text shows them.

    Of a long table only the nearest, with how many there are and where they stand. No code of the table is *text*.
    """
    found = codes_of(element)
    near = nearest(element, text)
    if len(found) <= _MOST_LISTED:
        return _joined(found, [*near, *(code for code in found if code not in near)])
    if near:
        return phrase("codes.nearest", nearest=_joined(found, near[:_NEAREST]), count=len(found))
    return phrase("codes.none_near", count=len(found), one=_joined(found, list(found)[:1]))


def _joined(meanings: Mapping[str, str], codes: list[str]) -> str:
    parts = [f"{code} ({meanings[code]})" if meanings[code] else code for code in codes]
    return " o ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def tables() -> Iterator[str]:
    """The names of all tables that elements take codes of, each once, in the order of the element table."""
    yield from dict.fromkeys(one.codes for name in ROOTS for one in branch(name).walk() if one.codes)
