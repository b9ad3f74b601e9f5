"""The additional taxes and withholdings of the SII, as data (Formato DTE v2.5, section 4).

The facts stand once, in ``taxes.tsv``. Its columns:

* ``code`` and ``name``;
* ``effect`` on MntTotal: ``added`` (the seller charges it) or ``withheld`` (the buyer keeps it); empty where the schema
  admits the code but no table of the form says what it does;
* ``rate`` in percent; empty where the amount is not a percentage;
* ``base`` of the rate: ``lines`` (MontoItem), ``slaughter`` (MntBaseFaena), ``margin`` (MntMargComer) or ``given`` (the
  amount stands in the file and nowhere else);
* ``documents``: ``33`` for taxes of the seller's documents, ``46`` for those of a factura de compra;
* ``total_of``: code of the partial withholding of the same product.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Literal

from dteplanows.document.model import Group

Effect = Literal["added", "withheld", ""]
Base = Literal["lines", "slaughter", "margin", "given", ""]

_CARRIERS: Mapping[str, frozenset[int]] = {
    "33": frozenset({33, 43, 52, 56, 61}),
    "46": frozenset({43, 46, 52, 56, 61}),
    "": frozenset(),
}
"""Document types that may carry a tax, by its column ``documents``: besides the notes, the guía of the sale and the
liquidación that sums up such documents."""


@dataclass(frozen=True, slots=True)
class Tax:
    """One row of the table."""

    code: str
    name: str
    effect: Effect
    rate: Decimal | None
    """Percent; None where the amount is no percentage of anything in the document."""
    base: Base
    documents: str
    """``33`` or ``46``: the document that it is a tax of; empty when the form does not say."""
    total_of: str
    """Code of the partial withholding that this one withholds whole; empty when it is none such."""

    @property
    def carriers(self) -> frozenset[int]:
        """Document types that may carry the tax."""
        return _CARRIERS[self.documents]

    @property
    def is_retention(self) -> bool:
        """Whether it is IVA that the buyer keeps in a factura de compra."""
        return self.effect == "withheld" and self.documents == "46"


def _read() -> dict[str, Tax]:
    table = resources.files("dteplanows.document").joinpath("taxes.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        row["code"]: Tax(
            code=row["code"],
            name=row["name"],
            effect=row["effect"],  # type: ignore[arg-type]
            rate=Decimal(row["rate"]) if row["rate"] else None,
            base=row["base"],  # type: ignore[arg-type]
            documents=row["documents"],
            total_of=row["total_of"],
        )
        for row in rows
    }


TAXES: Mapping[str, Tax] = _read()
"""Every code that the schema admits, by code."""

TOTAL_RETENTION = "15"
"""IVA retained whole: its amount is the IVA (Formato DTE v2.5, section 4)."""


def codes_of(line: Group) -> list[str]:
    """Codes of the additional taxes of a *line* of detail, as written."""
    return [str(field.value) for field in line.fields.get("CodImpAdic", ())]
