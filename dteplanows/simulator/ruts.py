"""RUTs as the SII's services write them: body and check digit."""

from __future__ import annotations

SII = "60803000-K"
"""Receiver that the carátula of an envelope for the SII names."""


def check_digit(body: int) -> str:
    """The check digit of *body* (modulus 11).

    >>> check_digit(60803000)
    'K'
    """
    total, factor = 0, 2
    while body:
        body, digit = divmod(body, 10)
        total += digit * factor
        factor = 2 if factor == 7 else factor + 1
    return "0K987654321"[total % 11]


def joined(body: str, digit: str) -> str:
    """``12345670`` and ``k`` as one RUT, without the zeros in front that some clients send."""
    return f"{body.strip().lstrip('0')}-{digit.strip().upper()}"


def valid(rut: str) -> bool:
    """Whether *rut* has the right check digit."""
    body, _, digit = rut.partition("-")
    return body.isascii() and body.isdigit() and len(body) < 10 and digit.upper() == check_digit(int(body))
