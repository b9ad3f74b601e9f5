"""RUT, pesos, numbers and days as people in Chile write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from dteplanows.document import clock
from dteplanows.validator.report import money

_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def rut(text: str) -> str:
    """A RUT with dots; what is none stays as it is.

    >>> rut("76354771-K"), rut("1-9"), rut("otro")
    ('76.354.771-K', '1-9', 'otro')
    """
    body, hyphen, digit = text.partition("-")
    return f"{number(int(body))}-{digit}" if hyphen and body.isascii() and body.isdigit() else text


def number(value: int | Decimal) -> str:
    """How many, with its thousands separated. Folios and other names in digits go without dots, as on paper.

    >>> number(1234567)
    '1.234.567'
    """
    return money(value)


def pesos(value: int | Decimal) -> str:
    """An amount of pesos; a minus sign stands before the sign of the currency.

    >>> pesos(1234567), pesos(-50)
    ('$1.234.567', '-$50')
    """
    return f"-${money(-value)}" if value < 0 else f"${money(value)}"


def day(value: date | str) -> str:
    """A day; also as the ledger has it, ``AAAA-MM-DD``. What is no day stays as it is.

    >>> day(date(2026, 11, 28)), day("2026-11-28"), day("")
    ('28-11-2026', '28-11-2026', '')
    """
    if not isinstance(value, str):
        return f"{value:%d-%m-%Y}"
    try:
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    except ValueError:
        return value


def month(value: date) -> str:
    """The month of a day, in words.

    >>> month(date(2026, 11, 28))
    'noviembre de 2026'
    """
    return f"{_MONTHS[value.month - 1]} de {value.year}"


def moment(value: datetime | float) -> str:
    """A moment to the minute: local in Chile, or in seconds of Unix time.

    >>> moment(datetime(2026, 11, 28, 9, 5)), moment(0.0)
    ('28-11-2026 09:05', '31-12-1969 21:00')
    """
    if isinstance(value, float | int):
        value = datetime.fromtimestamp(value, UTC).astimezone(clock.SANTIAGO)
    return f"{value:%d-%m-%Y %H:%M}"
