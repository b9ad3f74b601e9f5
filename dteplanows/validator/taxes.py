"""Codes of additional taxes and withholdings, by their effect on the total (Formato DTE v2.5, section 4)."""

from __future__ import annotations

ADDED = frozenset({
    "14", "17", "18", "19", "23", "24", "25", "26", "27", "28", "271", "35", "44", "45", "50", "51", "52", "53",
})  # fmt: skip
"""The seller charges them: they add to MntTotal."""

WITHHELD = frozenset({
    "15", "30", "31", "32", "33", "34", "36", "37", "38", "39", "41", "46", "47", "48", "49", "301", "321", "331",
    "341", "361", "371", "481",
})  # fmt: skip
"""The buyer withholds them: they are taken from MntTotal."""

WITHOUT_PLAIN_RATE = frozenset({
    "14", "17", "28", "35", "50", "51", "52",
})  # fmt: skip
"""Their amount does not follow from rate × net amount of the lines: margins, slaughter base, specific taxes."""
