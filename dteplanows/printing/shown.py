"""Values as people in Chile write them.

>>> number("1234567.5"), rut("76354771-K"), day("2026-11-25")
('1.234.567,5', '76.354.771-K', '25-11-2026')
"""

from __future__ import annotations


def number(text: str) -> str:
    """A number of the document with dots between thousands and a decimal comma; what is no number stays as it is."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, fraction = digits.partition(".")
    if not (whole.isascii() and whole.isdigit()):
        return text
    return f"{sign}{int(whole):,}".replace(",", ".") + (f",{fraction}" if point else "")


def is_number(text: str) -> bool:
    """Whether *text* is a number as a document writes it."""
    whole, _, fraction = text.removeprefix("-").partition(".")
    return (whole + fraction).isascii() and whole.isdigit() and (not fraction or fraction.isdigit())


def amount(text: str, decimals: int) -> str:
    """An amount of money, with so many decimals at least."""
    found = number(text)
    if not decimals or not is_number(text):
        return found
    whole, _, fraction = found.partition(",")
    return f"{whole},{fraction.ljust(decimals, '0')}"


def rut(text: str) -> str:
    """A RUT with dots."""
    body, hyphen, digit = text.partition("-")
    return f"{number(body)}{hyphen}{digit}"


def day(text: str) -> str:
    """A date of the document, day first; what is no date stays as it is."""
    year, _, rest = text.partition("-")
    month, hyphen, one = rest.partition("-")
    return f"{one}-{month}-{year}" if hyphen else text
