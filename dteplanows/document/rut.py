"""RUT, the Chilean tax number: a body of digits, a hyphen and a check digit (modulo 11).

>>> check_digit(60803000)
'K'
>>> parse("60.803.000-k")
'60803000-K'
>>> parse("60803000-1")
Traceback (most recent call last):
    ...
dteplanows.document.rut.InvalidCheckDigit: K

Errors::

    ValueError
    * InvalidRut            not of the form NNNNNNNN-D
      x InvalidCheckDigit   the check digit is another one; its text is the right one
"""

from __future__ import annotations

import re

_FORM = re.compile(r"0*([0-9]{1,8})-([0-9K])")

_AROUND_HYPHEN = re.compile(r"\s*-\s*")

TEST_LOGIN = "1-9"
"""The RUT that clients of the original service send to reach the test environment; the check digit is right."""

CLIENT_WITHOUT_RUT = "66666666-6"
"""Generic RUT of a boleta's receiver who is not identified (Formato Boletas v4.2, RUTRecep)."""

_SAID_OF_NOBODY = frozenset({"", "SINRUT", "SRUT", "SR", "66666666", "666666666"})
"""What programs write, but for its punctuation, where they know no RUT; the last two are the generic one."""


class InvalidRut(ValueError):  # noqa: N818 - named for the state of the value
    """The text is not of the form ``NNNNNNNN-D``."""


class InvalidCheckDigit(InvalidRut):
    """The check digit does not belong to the body. The exception's text is the digit that does."""


def check_digit(body: int) -> str:
    """Check digit of *body*: weights 2 to 7 from the right, modulo 11; 11 is ``0`` and 10 is ``K``."""
    total, weight = 0, 2
    while body:
        body, digit = divmod(body, 10)
        total += digit * weight
        weight = 2 if weight == 7 else weight + 1
    return "0K987654321"[total % 11]


def parse(text: str) -> str:
    """The RUT in *text* in the SII's form: no dots, no leading zeros, upper-case ``K``.

    Dots, blanks around it and around its hyphen, and a lower-case ``k`` are accepted, as ERPs write them.

    :raises InvalidRut: the form is another.
    :raises InvalidCheckDigit: the check digit is wrong.
    """
    plain = text.strip().replace(".", "").upper()
    match = _FORM.fullmatch(plain) or _FORM.fullmatch(_AROUND_HYPHEN.sub("-", plain))
    if not match:
        raise InvalidRut(text)
    body, digit = match.groups()
    right = check_digit(int(body))
    if digit != right:
        raise InvalidCheckDigit(right)
    return f"{body}-{digit}"


def body(text: str) -> int:
    """The number of a RUT in the SII's form, without its check digit."""
    return int(text.partition("-")[0])


def is_test_login(text: str) -> bool:
    """Whether *text* is the RUT of the test environment, as :func:`parse` reads it.

    >>> [is_test_login(one) for one in ("1-9", " 1 - 9 ", "00000001-9", "1-8", "")]
    [True, True, True, False, False]
    """
    try:
        return parse(text) == TEST_LOGIN
    except InvalidRut:
        return False


def is_of_nobody(text: str) -> bool:
    """Whether *text*, which is no RUT, says that there is none, or is the generic one without its check digit."""
    said = re.sub(r"[\s./_-]", "", text.upper())
    return said.lstrip("0") in _SAID_OF_NOBODY
