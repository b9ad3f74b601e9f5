"""How well a text reads as Spanish: what tells the charsets of old programs apart.

A byte beyond ASCII is another character in each charset, and only in the right one it stands where Spanish has it: an
accented letter beside letters of its own case, an ordinal mark behind a digit, a question mark in front of its word.
General detectors count how often bytes occur, and a short invoice has too few of them.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import NamedTuple

_TABLE: dict[str, list[str]] = tomllib.loads(
    resources.files("dteplanows.parser.characters").joinpath("spanish.toml").read_text("utf-8")
)
_WITH_U, _WITH_E = tuple(_TABLE["with_u"]), tuple(_TABLE["with_e"])
_ENDING_IN_IS, _ENDING_IN_A = frozenset(_TABLE["ending_in_is"]), tuple(_TABLE["ending_in_a"])
_LOANS = frozenset(_TABLE["loans"])

_FOREIGN_LETTERS = "ÀÂÃÄÅÆÇÈÊËÌÎÏÐÒÔÕÖØÙÛÝÞßàâãäåæçèêëìîïðòôõöøùûýþÿŒœŠšŽžŸ"
_NEVER_HERE = frozenset("ßþðÞÐýÝÿ")
"""Foreign letters that no name in a Chilean file has and that other charsets have for frequent letters."""
_ACUTE = "áéíóúÁÉÍÓÚ"
_SPANISH = frozenset(_ACUTE + "ñÑüÜ")
_WORD = re.compile(f"[A-Za-z{''.join(sorted(_SPANISH))}{_FOREIGN_LETTERS}]+")
_SIGN = re.compile(f"([^\\x00-\\x7f{''.join(sorted(_SPANISH))}{_FOREIGN_LETTERS}])\\1*")
_VOWELS = frozenset("aeiouAEIOU" + _ACUTE + "üÜ")
_NEVER = re.compile(
    "áa|aá|áo|óo|óa|úu|uú|íi|ií|é[oa]$|^á[aeio]|^[éíóú][aeiou]|ée|^í(?!n[dtfc]|con|dol|tem|tal|mp|ñig|gn|ber|l[eo])",
    re.IGNORECASE,
)
"""What Spanish does not have: some vowels together, an í that begins a word, but in few."""

_ENDS_WORD = re.compile(r"[aeiouáéíóú](?:[nsrldzyx]|ns)?$", re.IGNORECASE)
_BEGINS_WORD = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyzñ]?|[bcdfgpt][rl]|ch|ll|qu|gu)[aeiouáéíóú]|(?:y|s\.|[a-z]\.)", re.IGNORECASE
)
_WORDS_OF_ONE_LETTER = frozenset("aeouyAEOUY")
_HALF = 3
"""Letters that a word has at least for a dash between it and the next one."""

_ELIDED = frozenset({"o", "d", "l", "dell", "mc", "m"})
"""What stands before an apostrophe in names."""
_NEAR = 200
"""Characters within which the other one of a pair of signs is looked for."""

_UNITS_OF_MICRO = re.compile(r"(?:m|g|l|L|F|A|V|s|S|W|H|M|mol|gr|mt|Ci)?(?![A-Za-z])")


class Weight(NamedTuple):
    """What speaks for a reading of a text, and what against it."""

    good: float = 0
    """Characters that stand where Spanish has them."""
    weak: int = 0
    """Those that may stand there, and seldom do: foreign letters, letters of the other case."""
    bad: int = 0
    """Those that never stand there."""

    @property
    def score(self) -> float:
        """The higher, the likelier."""
        return self.good - 0.3 * self.weak - 1.5 * self.bad

    def plus(self, other: Weight) -> Weight:
        """Both together."""
        return Weight(self.good + other.good, self.weak + other.weak, self.bad + other.bad)


_SURE = Weight(good=2)
_GOOD, _NEUTRAL, _WEAK, _BAD = Weight(good=1), Weight(), Weight(weak=1), Weight(bad=1)


def weigh(text: str, typographic: bool) -> Weight:
    """How well *text* reads as Spanish.

    :param typographic: quotes, dashes, the euro and no-break spaces count like letters, as they do in Windows-1252,
        whose programs write them; elsewhere they are only possible.
    """
    good, weak, bad = 0.0, 0, 0
    for found in _WORD.finditer(text):
        if not found[0].isascii():
            one = _word(text, found.start(), found.end(), found[0])
            good, weak, bad = good + one.good, weak + one.weak, bad + one.bad
    for found in _SIGN.finditer(text):
        one = _sign(found, text, typographic)
        good, weak, bad = good + one.good, weak + one.weak, bad + one.bad
    return Weight(good, weak, bad)


# --- letters ---


def _word(text: str, begin: int, end: int, word: str) -> Weight:
    odd = [(index, letter) for index, letter in enumerate(word) if not letter.isascii()]
    if len(word) == 1:
        return _alone(text, begin, end, word)
    if (begin and text[begin - 1].isdigit() and not word[0].isascii()) or (
        end < len(text) and text[end].isdigit() and not word[-1].isascii()
    ):
        return Weight(bad=len(odd))
    strange = len(word) == 2 and (word[0] in "nN" or word[0] == "Á") and word[1] not in "iu"
    strange = strange or sum(letter in _ACUTE for letter in word) > 1 or _NEVER.search(word) is not None
    strange = strange or (word[-2:] == "ís" and word[-3:-2] not in _VOWELS and word.lower() not in _ENDING_IN_IS)
    strange = strange or (word[-1] in "áÁ" and not word.lower().endswith(_ENDING_IN_A))
    good = sum(not strange and _stands_well(word, index) for index, _ in odd)
    bad = sum(one in _NEVER_HERE or (one not in _SPANISH and not _in_its_case(word, index)) for index, one in odd)
    return Weight(good, len(odd) - good - bad, bad)


def _stands_well(word: str, index: int) -> bool:
    """Whether the letter beyond ASCII at *index* is Spanish and fits its neighbours."""
    letter = word[index]
    if letter == "é" and (index == 0 or _among_capitals(word, index)):
        return _e_or_u(word, index) != "ú"
    if letter not in _SPANISH or not _in_its_case(word, index) or not _in_its_place(word, index):
        return False
    return letter != "Ú" or _e_or_u(word, index) != "é"


def _in_its_case(word: str, index: int) -> bool:
    """Whether the letter fits its neighbours: a small one has no capital behind it and not two before it."""
    if word[index].islower():
        return not _among_capitals(word, index)
    before, after = word[index - 1 : index] if index else "", word[index + 1 : index + 2]
    return not before.islower() and not (before and after.islower())


def _in_its_place(word: str, index: int) -> bool:
    """ñ stands between vowels or begins a word, ü behind g."""
    letter, before, after = word[index], word[index - 1 : index] if index else "", word[index + 1 : index + 2]
    if letter in "ñÑ":
        return after in _VOWELS and bool(after) and (not before or before in _VOWELS)
    if letter in "üÜ":
        return before in ("g", "G") and bool(after) and after in "eiéíEIÉÍ"
    return True


def _among_capitals(word: str, index: int) -> bool:
    after, before = word[index + 1 : index + 2], word[max(0, index - 2) : index]
    return after.isupper() or (len(before) == 2 and before.isupper())


def _e_or_u(word: str, index: int) -> str:
    """Which of é and Ú, one byte in two charsets, makes a known word at *index*; empty when that settles nothing."""
    before, after = word[:index].lower(), f"{word[index + 1 :].lower()}$"
    with_u, with_e = f"{before}ú{after}".startswith(_WITH_U), f"{before}é{after}".startswith(_WITH_E)
    return "" if with_u == with_e else "ú" if with_u else "é"


def _alone(text: str, begin: int, end: int, letter: str) -> Weight:
    """A word of one letter: «7 ó 8», «pasaje Ñ», «Ø 25»."""
    before, after = text[max(0, begin - 2) : begin], text[end : end + 2]
    between = before[-1:] == " " and after[:1] == " " and before[0].isalnum() and after[-1].isalnum()
    if letter in "Øø" and not before[-1:].isdigit():
        return _NEUTRAL
    if letter in "Øø" or before[-1:].isdigit() or after[:1].isdigit():
        return _BAD
    if letter in "óÓ" or letter == "ú":
        return _GOOD if between and len(before) == len(after) == 2 else _WEAK
    if letter in "œŒžŽšŠŸÕ":
        return _BAD
    return _GOOD if letter == "Ñ" and before[-1:] == " " else _WEAK


# --- signs ---

_QUOTES_OPENING, _QUOTES_CLOSING = frozenset("“‘"), frozenset("”’")
_PLAIN_SIGNS = frozenset("©®™")


class _Sign(NamedTuple):
    """A sign beyond ASCII, or a run of the same, where it stands."""

    text: str
    begin: int
    end: int
    sign: str
    before: str
    """The character in front of it; a blank at the begin of the text."""
    after: str
    """The one behind it."""
    typed: Weight
    """What it weighs where typography has it: it counts in the charsets whose programs write typography."""


def _sign(found: re.Match[str], text: str, typographic: bool) -> Weight:
    begin, end = found.span()
    before = text[begin - 1] if begin else " "
    after = text[end] if end < len(text) else " "
    sign, typed = found[1], _GOOD if typographic else _NEUTRAL
    one = _Sign(text, begin, end, sign, before, after, typed)
    if "\u2500" <= sign <= "\u259f":
        return _frame(end - begin, sign, before, after)
    if end - begin > 1 and sign not in "¿¡\u00a0….·":
        return Weight(bad=end - begin)
    if sign == "\u00a0":
        return _no_break(one)
    if sign in "–—":
        return _dash(one)
    if sign == "’":
        return _apostrophe(one)
    if (sign == "“" and "”" in text[end : end + _NEAR]) or (sign == "”" and "“" in text[max(0, begin - _NEAR) : begin]):
        return _GOOD
    if sign in _QUOTES_OPENING:
        return typed if not before.isalnum() and not after.isspace() else _BAD
    if sign in _QUOTES_CLOSING:
        return typed if not before.isspace() and not after.isalnum() else _BAD
    if sign == "…":
        return typed if not before.isspace() or after.isspace() else _NEUTRAL
    if sign == "•":
        return typed if before.isspace() else _WEAK
    if sign == "€":
        return typed if before.isdigit() or after.isdigit() or (before.isspace() and after.isspace()) else _WEAK
    return _other_sign(one)


def _other_sign(one: _Sign) -> Weight:
    text, begin, end, sign, before, after, typed = one
    if sign in "ºª°":
        if before.isdigit():
            return typed
        if before in "nNoO." or (sign != "°" and before.isascii() and before.isalpha()):
            return _GOOD if not after.isalpha() else _WEAK
        return _GOOD if after in "CFK" else _BAD
    if sign == "¿":
        return _GOOD if not before.isalnum() and (after.isalpha() or after in "¡¿") else _BAD
    if sign == "¡":
        if before.isalnum() or not (after.isalpha() or after in "¡¿"):
            return _BAD
        return _GOOD if "!" in text[end : end + _NEAR] else _NEUTRAL
    if sign in "²³":
        if before in "mM" and not after.isalpha():
            return _GOOD
        return _NEUTRAL if before.isalnum() and not after.isalpha() else _BAD
    if sign in "½¼¾":
        if before.isdigit():
            return _GOOD
        return _NEUTRAL if before in " (-/xX" and not text[end : end + 3].isalpha() else _BAD
    if sign == "µ":
        return _GOOD if not before.isalpha() and _UNITS_OF_MICRO.match(text, end) else _BAD
    if sign in "£¢¥":
        if before.isdigit() or after.isdigit():
            return typed
        near = text[max(0, begin - 2) : begin].strip().isdigit() or text[end : end + 2].strip().isdigit()
        return _NEUTRAL if near and not before.isalpha() and not after.isalpha() else _BAD
    if sign in "±×" and text[end : end + 2].strip()[:1].isdigit() and not before.isalpha():
        return _GOOD
    if sign in "±×÷":
        return _NEUTRAL if not before.isalpha() and not after.isalpha() else _BAD
    if sign == "«":
        return _GOOD if not before.isalnum() and "»" in text[end : end + _NEAR] else _BAD
    if sign == "»":
        return _GOOD if not before.isspace() and "«" in text[max(0, begin - _NEAR) : begin] else _BAD
    if sign == "·":
        return _NEUTRAL if not (before.isalpha() and after.isalpha()) else _BAD
    if sign == "¨":
        return _NEUTRAL if not (before.isalpha() and after.isalpha()) else _BAD
    if sign == "´":
        return _NEUTRAL if before.isalnum() else _BAD
    if sign == "§":
        return _NEUTRAL if not before.isalnum() and (after.isdigit() or after == " ") else _BAD
    if sign in _PLAIN_SIGNS:
        return _NEUTRAL if not before.isdigit() else _BAD
    if sign == "\u00ad":
        return _NEUTRAL if before.isalpha() and after.isalpha() else _BAD
    return _BAD


def _frame(length: int, sign: str, before: str, after: str) -> Weight:
    """A line that a program of DOS draws: a run of one character, its corners, or a column's edge."""
    if before.isalnum() or after.isalnum():
        return _BAD
    if length > 1:
        return _GOOD
    return _NEUTRAL if before in "═─" or after in "═─" or (sign in "│║" and before == " ") else _BAD


def _no_break(one: _Sign) -> Weight:
    """A no-break space, which is á in code page 850: between or behind letters only where words can end and begin."""
    text, begin, end, _, before, after, typed = one
    if not before.isalpha() and not after.isalpha():
        return _NEUTRAL
    if end - begin > 1 or before.isdigit() or after.isdigit():
        return _NEUTRAL
    left = _letters_before(text, begin)
    lonely = len(left) == 1 and after.islower() and left not in _WORDS_OF_ONE_LETTER
    if lonely or (left and not _ENDS_WORD.search(left) and not left.isupper() and left.lower() not in _LOANS):
        return _WEAK
    return _WEAK if after.islower() and not _BEGINS_WORD.match(text, end) else typed


def _dash(one: _Sign) -> Weight:
    """A dash, which is ñ or ó in Mac Roman: between two words, with or without spaces, or between numbers."""
    text, begin, end, _, before, after, typed = one
    if not begin or end == len(text):
        return _WEAK
    if before.isspace() and after.isspace():
        if text[end : end + 2].strip().isdigit():
            return typed
        return _SURE if typed is _GOOD else _GOOD
    if after.isalpha() and not _BEGINS_WORD.match(text, end) and not before.isdigit():
        return _WEAK
    if before.isalpha() and after.isalpha():
        found = _WORD.match(text, end)
        left, right = _letters_before(text, begin), found[0] if found else ""
        both = min(len(left), len(right)) >= _HALF and bool(_ENDS_WORD.search(left) and _BEGINS_WORD.match(right))
        return typed if both or (left.isupper() and len(left) > 1) else _BAD
    if before.isdigit() and after.isdigit():
        return _GOOD
    return typed if before.isspace() or after.isspace() or before.isdigit() or after.isdigit() else _BAD


def _apostrophe(one: _Sign) -> Weight:
    """A ’ closes a quotation or stands for a letter: O’Higgins, D’Amico, l’eau, Kellogg’s."""
    text, begin, end, _, before, after, typed = one
    if before.isalpha() and after.isalpha():
        left = _letters_before(text, begin)
        if left.lower() in _ELIDED and after.isupper():
            return _GOOD
        genitive = after in "sS" and not text[end + 1 : end + 2].isalpha() and len(left) >= _HALF
        elided = left.lower() in _ELIDED and after in "aeiouhAEIOUH" and text[end + 1 : end + 3].isalpha()
        return typed if genitive or elided or (left.isupper() and len(left) > 1) or after.isupper() else _WEAK
    if before.isalpha() or after.isalpha():
        return typed if before.isalpha() and _ENDS_WORD.search(_letters_before(text, begin)) else _WEAK
    return typed if not before.isspace() or after.isdigit() else _BAD


def _letters_before(text: str, end: int) -> str:
    begin = end
    while begin and end - begin < 30 and text[begin - 1].isalpha():
        begin -= 1
    return text[begin:end]
