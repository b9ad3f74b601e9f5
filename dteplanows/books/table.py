"""The structure of a LibroCompraVenta and how its totals follow from its rows, as data.

The facts stand once, in three tables beside this module (schema LibroCV_v10 of 06-02-2026):

* ``elements.tsv``: ``path`` below ``EnvioLibro``, ``min`` and ``max`` occurrences (0: without limit), ``type`` and
  ``facets`` as in the table of documents (``list=tipos``: a code of ``types.tsv``), ``also`` another name that
  programs write, and the ``effect`` on MntTotal of a row: ``+``, ``-``, ``tax`` (that of the tax whose code stands
  beside it) or ``?`` (nothing certain: a row that has it is not added up);
* ``pairs.tsv``: each ``total`` of a document type, the element of ``Detalle`` that it sums up, ``how`` (``sum``;
  ``rows``: those where it is not zero; ``documents``: all rows; ``annulled``: those marked so) and the ``key``, the
  code by which both are kept apart;
* ``types.tsv``: the document types, with ``*`` where a book may hold their totals without any row.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from dteplanows.document.elements import NUMBERS, Element


class Pair(NamedTuple):
    """A total and what it sums up."""

    total: str
    """Path below ``TotalesPeriodo`` or ``TotalesSegmento``."""
    detail: str
    """Path below ``Detalle``; empty where rows are counted whatever they hold."""
    how: str
    key: str
    """Name of the element that tells apart several of them in one row; empty where there is one."""

    @property
    def name(self) -> str:
        """Name of the total."""
        return self.total.rpartition("/")[2]

    @property
    def summed(self) -> str:
        """Name of the element of ``Detalle``."""
        return self.detail.rpartition("/")[2]


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("dteplanows.books").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


_ELEMENTS = _rows("elements.tsv")
_TYPES = _rows("types.tsv")

PAIRS = tuple(Pair(**row) for row in _rows("pairs.tsv"))
"""Every total that follows from the rows."""

TYPES = tuple(row["code"] for row in _TYPES)
"""Document types that a book may hold."""

SUMMED_UP = frozenset(int(row["code"]) for row in _TYPES if row["summary"])
"""Those of which a book may hold only the totals, as of boletas."""

EFFECTS: Mapping[str, str] = {row["path"]: row["effect"] for row in _ELEMENTS if row["effect"]}
"""What the amounts of a row do to its MntTotal, by path."""

OTHER_NAMES: Mapping[str, str] = {row["also"]: row["path"].rpartition("/")[2] for row in _ELEMENTS if row["also"]}
"""Names that programs write for others."""

SEALS = frozenset({"TmstFirma", "Signature", "LceCal", "LceCoCertif"})
"""What belongs to a book sent to the SII; nothing is read from it."""


def _facets(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split())


def _element(row: Mapping[str, str], children: tuple[Element, ...]) -> Element:
    facets = _facets(row["facets"])
    listed = TYPES if facets.get("list") == "tipos" else ()
    return Element(
        name=row["path"].rpartition("/")[2],
        path=row["path"],
        min=int(row["min"]),
        max=int(row["max"]),
        kind=row["type"],  # type: ignore[arg-type]
        enum=tuple(facets["enum"].split("|")) if "enum" in facets else listed,
        max_length=int(facets.get("maxlen", 0)),
        digits=int(facets.get("digits", 0)),
        fraction=int(facets.get("fraction", 0)),
        lowest=facets.get("from", ""),
        highest=facets.get("to", ""),
        children=children,
    )


@cache
def structure() -> Element:
    """``EnvioLibro`` with all below it."""
    below: dict[str, list[Mapping[str, str]]] = {}
    for row in _ELEMENTS:
        below.setdefault(row["path"].rpartition("/")[0], []).append(row)

    def build(path: str) -> tuple[Element, ...]:
        return tuple(_element(row, build(row["path"])) for row in below.get(path, ()))

    return Element("EnvioLibro", "", 1, 1, "group", children=build(""))


@cache
def counting_names() -> frozenset[str]:
    """Names, in lower case, of all numbers and groups: one in the wrong place is more than a superfluous word."""
    return frozenset(one.name.lower() for one in structure().walk() if one.kind in {"group", *NUMBERS})
