"""What the password that a person chooses for itself must be; that of an old ERP stands in its program, and stays."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import accumulate

from zxcvbn import zxcvbn

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.document.text import without_accents
from dteplanows.ledger.users import check_length

_LEAST_GUESSES = 1_000_000
"""That it must take to find a password on the way through the login, as the library reckons them."""

_GUESSES_OF_NUMBER = 100
"""For a year or a short number behind a word; the library would count all numbers of so many digits."""

_LOOKED_AT = 72
"""Characters that are judged; the library's time grows with the square of them."""

_ONE_SIGN = str.maketrans("@([{<!|$+", "4cccc1157")
"""Signs that are written for letters, in one way for each letter. The library tries all ways to read them together,
which for a password with most of them takes minutes."""

_TURN = threading.Lock()
"""The library keeps what is known of the owner for the whole process."""

_BEHIND = re.compile(r"(?P<sign>[\W_]{0,2})(?<!\d)\d{1,4}[\W_]{0,2}$")
_BEFORE = re.compile(r"^\d{1,4}(?!\d)(?P<sign>[\W_]{0,2})")
_WORD = re.compile(r"[^\W\d_]{3}")
_BETWEEN = re.compile(r"(?<=[^\W\d_]{3})[\W_](?=[^\W\d_]{3})")


@cache
def _usual_words() -> tuple[str, ...]:
    """Words that people in Chile write into such a password, and that the library's lists of English lack."""
    words = resources.files("dteplanows.accounts").joinpath("usual_words.txt").read_text("utf-8").split()
    return tuple(map(_plain, words))


def check_new_password(clave: str, least: int, usuario: str, companies: Iterable[Company]) -> None:
    """See that nobody finds a new password by a few guesses.

    :param least: characters that it must have.
    :param usuario: whose it is.
    :param companies: those of its owner, whose names and RUT others know.
    :raises Refused: it is too short (AUT-051), or one of those that are tried first (AUT-086).
    """
    check_length(usuario, clave, least)
    companies = list(companies)
    judged, worth = _without_number(_plain(clave[:_LOOKED_AT])[:_LOOKED_AT])
    words = [word for text in (usuario, *(one.razon_social for one in companies)) for word in _words_of(text)]
    ruts = [form for one in companies for form in _forms_of_rut(one.rut)]
    with _TURN:
        found = zxcvbn(judged.translate(_ONE_SIGN), user_inputs=[*dict.fromkeys((*words, *ruts, *_usual_words()))])
    if found["guesses"] * worth < _LEAST_GUESSES:
        raise Refused([problem("AUT-086", value=usuario)])


def _plain(text: str) -> str:
    """As whoever guesses writes it: some write accents, most do not. Capitals stay, which the library counts."""
    return without_accents(text, compatible=True)


def _without_number(text: str) -> tuple[str, int]:
    """What the library is to judge of *text*, and how many guesses there are for each of its own: a number behind the
    words, or before them, is taken off, and so is one sign between two words."""
    found = _BEHIND.search(text) or _BEFORE.search(text)
    if not found:
        return _BETWEEN.sub("", text), 1
    rest = _BETWEEN.sub("", text[: found.start()] + text[found.end() :])
    if rest and not rest.isalpha():
        # Signs and letters in one: the last sign may stand for a letter too.
        start, end = found.span("sign")
        rest = _BETWEEN.sub("", text[:end] if found.re is _BEHIND else text[start:])
    return (rest, _GUESSES_OF_NUMBER) if _WORD.search(rest) else (text, 1)


def _words_of(name: str) -> Iterator[str]:
    """A name, its words, and those that follow each other written as one."""
    plain = _plain(name)
    yield plain
    words = re.findall(r"\w+", plain)
    for first in range(len(words)):
        yield from (word for word in accumulate(words[first:]) if len(word) > 2)


def _forms_of_rut(rut: str) -> Iterator[str]:
    """A RUT as people write it: with dots or without, with its check digit or without."""
    body, _, digit = rut.partition("-")
    for form in (body, f"{int(body):,}".replace(",", ".") if body.isdecimal() else body):
        yield from (f"{form}-{digit}", f"{form}{digit}", form)
