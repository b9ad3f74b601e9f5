"""Currencies that a program names by their ISO 4217 code, in small letters or with accents: the SII has its own names.

The facts are data, in ``currencies.tsv``: the ISO codes that the table of currencies of the Servicio Nacional de
Aduanas has, beside the names that the schema DTE_v10 lists. A currency that the schema has no name for stays as it was
written, and is refused.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from dteplanows.document import values
from dteplanows.document.elements import EXPORTS, find
from dteplanows.document.model import Group
from dteplanows.document.text import without_accents
from dteplanows.parser.reading import Reading

_NAME = "TpoMoneda"
_TOTALS = {"MntExeOtrMnda": "MntExe", "MntTotOtrMnda": "MntTotal"}
"""Amounts of an export in another currency, with the total that each one is at the rate of exchange."""


def apply(reading: Reading) -> None:
    """Write the currencies of the document of *reading* with the names of the SII."""
    header = reading.document.root.group("Encabezado")
    for group in (*header.all("Totales"), *header.all("OtraMoneda")):
        if _NAME in group.fields:
            _rename(reading, group)
    if reading.document.tipo in EXPORTS:
        for group in header.all("OtraMoneda"):
            _settle_thousands(reading, group)


def _rename(reading: Reading, group: Group) -> None:
    written = group.text(_NAME)
    allowed = find(reading.document.tipo, "Encabezado/OtraMoneda/TpoMoneda").enum
    plain = without_accents(written.upper())
    name = plain if plain in allowed else names().get(plain, written)
    if name != written:
        place = group.place_of(_NAME)
        reading.problem("TXT-118", place, written, used=name)
        group.put(_NAME, name, place, written)


def _settle_thousands(reading: Reading, group: Group) -> None:
    """Read the dots of amounts in the other currency, where only with thousands they are the totals at its rate."""
    rate = group.number("TpoCambio")
    for name, total in _TOTALS.items() if rate else ():
        field, amount = group.field(name), reading.document.totales.number(total)
        readings = values.dotted(field.text) if field else None
        if field is None or readings is None or readings.decimals is None or not rate or not amount:
            continue
        exact = amount * rate
        if abs(readings.thousands - exact) <= 1 < abs(readings.decimals - exact):
            group.put(name, readings.thousands, field.place, values.write(readings.thousands))
            reading.problem("TXT-090", field.place, field.text, used=values.write(readings.thousands))


@cache
def names() -> dict[str, str]:
    """The SII's name of each currency by its ISO code."""
    table = resources.files("dteplanows.parser.habits").joinpath("currencies.tsv").read_text("utf-8")
    return {row["iso"]: row["name"] for row in csv.DictReader(table.splitlines(), delimiter="\t")}
