"""How a field of a good file is changed: into the same value in another dress, or into a fault.

``HARMLESS`` are the transformations that leave one possible reading, ``FAULTS`` those that make a file somebody must
mend. Each gives the new texts of a field, none where it cannot touch it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from benchmarks.variations_files import TXT, XML, Field, Sample
from dteplanows.document.codes import COUNTRY_CODES
from dteplanows.document.countries import countries
from dteplanows.document.elements import NUMBERS
from dteplanows.document.values import is_pesos

Harmless = Callable[[Field], Iterator[str]]
Whole = Callable[[Sample], Iterator[bytes]]
Fault = Callable[[Field, Sequence[Field]], Iterator[str | None]]

_PLAIN = re.compile(r"\d+(\.\d+)?", re.ASCII)
_ISO = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


def _number(field: Field) -> Decimal | None:
    """The value of a plain number; None for what is none, or is a code or a folio."""
    element = field.element
    if element is None or element.kind not in NUMBERS or element.codes or not _PLAIN.fullmatch(field.text):
        return None
    if element.kind != "decimal" and not is_pesos(element):
        return None
    return Decimal(field.text)


def _day(field: Field) -> date | None:
    is_date = field.element is not None and field.element.kind == "date"
    return date.fromisoformat(field.text) if is_date and _ISO.fullmatch(field.text) else None


# --- the same value in another dress ---


def _decimal_comma(field: Field) -> Iterator[str]:
    value = _number(field)
    if value is None:
        return
    whole, _, decimals = field.text.partition(".")
    if len(decimals) != 3:
        yield f"{whole},{decimals or '00'}"


def _exponent(field: Field) -> Iterator[str]:
    value = _number(field)
    if value:
        digits = "".join(map(str, value.normalize().as_tuple().digits))
        power = value.adjusted()
        yield f"{digits[0]}.{digits[1:] or '0'}E{power}"
        yield f"{digits[0]}.{digits[1:] or '0'}e{power:+03}"
        yield f"0.{digits}e{power + 1}"


def _many_digits(field: Field) -> Iterator[str]:
    value = _number(field)
    if value is not None:
        yield f"{field.text}{'' if '.' in field.text else '.'}{'0' * 20}"
        yield f"{'0' * 20}{field.text}"


def _thousands(field: Field) -> Iterator[str]:
    value = _number(field)
    if value is not None and value >= 1_000_000 and value == value.to_integral_value():
        yield f"{int(value):,}".replace(",", ".")
        yield f"{int(value):,}"


def _percent_sign(field: Field) -> Iterator[str]:
    if field.element and _number(field) and field.name.startswith(("Tasa", "Porc")):
        yield f"{field.text}%"
        yield f"{field.text} %"


def _moment(field: Field) -> Iterator[str]:
    day = _day(field)
    if day:
        yield f"{day}T00:00:00"
        yield f"{day} 00:00:00"
        yield f"{day}T12:30:00.123"


def _zone(field: Field) -> Iterator[str]:
    day = _day(field)
    if day:
        yield f"{day}-03:00"
        yield f"{day}Z"
        yield f"{day}T00:00:00-04:00"


def _day_first(field: Field) -> Iterator[str]:
    day = _day(field)
    if day:
        yield f"{day:%d-%m-%Y}"
        yield f"{day:%d/%m/%Y}"
        yield f"{day:%Y/%m/%d}"
        yield f"{day:%Y%m%d}"


def _zero_for_absent(field: Field) -> Iterator[str]:
    if field.element is not None and field.element.codes and field.element.kind in NUMBERS and not field.text:
        yield "0"


def _iso_country(field: Field) -> Iterator[str]:
    if field.element is not None and field.element.codes == COUNTRY_CODES:
        for one in countries():
            if one.code == field.text:
                yield one.iso2
                yield one.iso3


def _iso_currency(field: Field) -> Iterator[str]:
    iso = {"DOLAR USA": "USD", "EURO": "EUR", "PESO CL": "CLP"}.get(field.text)
    if field.element is not None and field.element.codes == "TpoMoneda" and iso:
        yield iso


def _blanks(field: Field) -> Iterator[str]:
    if field.text:
        yield f" {field.text}  "


def _rut_dress(field: Field) -> Iterator[str]:
    if field.element is not None and field.element.kind == "rut" and "-" in field.text and "." not in field.text:
        body, digit = field.text.split("-")
        yield f"{int(body):,}".replace(",", ".") + f"-{digit.lower()}"


HARMLESS: Mapping[str, Harmless] = {
    "decimal comma": _decimal_comma,
    "exponent": _exponent,
    "many digits": _many_digits,
    "thousands": _thousands,
    "percent sign": _percent_sign,
    "date and time": _moment,
    "date with zone": _zone,
    "day first": _day_first,
    "zero for an absent code": _zero_for_absent,
    "ISO country": _iso_country,
    "ISO currency": _iso_currency,
    "blanks": _blanks,
    "RUT with dots": _rut_dress,
}
"""Those of one field."""


def _ends(sample: Sample) -> Iterator[bytes]:
    yield sample.data + b"\x00"
    yield sample.data + b"\x00" * 100
    if sample.formato == TXT:
        yield sample.data + b"\x1a"


def _line_ends(sample: Sample) -> Iterator[bytes]:
    plain = re.sub(rb"\r\r\n|\r\n|\r", b"\n", sample.data)
    yield plain.replace(b"\n", b"\r\n")
    if sample.formato == TXT:
        yield plain.replace(b"\n", b"\r")


def _mark(sample: Sample) -> Iterator[bytes]:
    if sample.data.isascii() or (sample.formato == XML and b"UTF-8" in sample.data.upper()[:60]):
        yield b"\xef\xbb\xbf" + sample.data


HARMLESS_TO_FILES: Mapping[str, Whole] = {"ends": _ends, "line ends": _line_ends, "byte order mark": _mark}
"""Those of a whole file."""


# --- faults ---


def _missing(field: Field, others: Sequence[Field]) -> Iterator[str | None]:
    if field.text:
        yield None


def _letters(field: Field, others: Sequence[Field]) -> Iterator[str | None]:
    if field.element is None or field.element.kind != "text" or field.element.codes:
        yield "ABCDE"


def _negative(field: Field, others: Sequence[Field]) -> Iterator[str | None]:
    if _PLAIN.fullmatch(field.text) and field.text.strip("0."):
        yield f"-{field.text}"


def _too_long(field: Field, others: Sequence[Field]) -> Iterator[str | None]:
    element = field.element
    if element is None or not field.text:
        return
    if element.kind == "text":
        yield (field.text * 200)[: (element.max_length or 100) + 50].strip()
    elif element.kind in NUMBERS:
        yield field.text.partition(".")[0] + "7" * 25
    else:
        yield field.text + "0000"


def _of_another(field: Field, others: Sequence[Field]) -> Iterator[str | None]:
    """The value of the field behind it in the row, and of the one before it."""
    row = [one for one in others if one.row == field.row]
    number = row.index(field)
    texts = [one.text for one in (*row[number + 1 : number + 2], *row[max(0, number - 1) : number])]
    yield from dict.fromkeys(one for one in texts if one and one != field.text)


FAULTS: Mapping[str, Fault] = {
    "missing": _missing,
    "letters": _letters,
    "negative": _negative,
    "too long": _too_long,
    "of another": _of_another,
}
