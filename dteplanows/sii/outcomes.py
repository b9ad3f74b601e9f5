"""What can become of an attempt to send or to ask: one small table, ``outcomes.tsv``.

Its columns:

* ``name``: how the outcome is called in the program, in the journal and to people;
* ``received``: whether the SII has the file, where one was sent: ``sí``, ``no``, or ``no se sabe``;
* ``again``: whether the same may be sent again: ``no``, ``después``, or ``con otro token``. A question that changes
  nothing may always be asked again, but for the outcome ``sesiones``;
* ``ask``: whether the SII has to be asked about the documents before the file is sent again;
* ``meaning`` and ``remedy``: what people read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources
from typing import Literal, NamedTuple

Received = Literal["sí", "no", "no se sabe"]
Again = Literal["no", "después", "con otro token"]


class Outcome(NamedTuple):
    """One row of the table."""

    name: str
    received: Received
    again: Again
    ask_first: bool
    meaning: str
    remedy: str


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a table of this room, by the names of its columns."""
    text = resources.files("dteplanows.sii").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def _read() -> dict[str, Outcome]:
    return {
        row["name"]: Outcome(
            row["name"],
            row["received"],  # type: ignore[arg-type]
            row["again"],  # type: ignore[arg-type]
            row["ask"] == "sí",
            row["meaning"],
            row["remedy"],
        )
        for row in rows_of("outcomes.tsv")
    }


OUTCOMES: Mapping[str, Outcome] = _read()
"""Every outcome by its name."""
