"""Lines whose tax the agent of a change of taxpayer retains or advances (Formato DTE v2.5, Retenedor; SII,
Instrucciones de llenado para agentes retenedores, 2005-12-30).

``products.tsv`` holds the products (CPCS): code, name, tax codes (partial and total withholding), units of measure and
the unit of reference. Their old rates are not kept: those in force are in ``taxes.tsv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.taxes import TAXES

_DOCUMENTS = frozenset({33, 46, 56, 61})
"""Document types in which retention agents describe their products."""

_ALWAYS = ("QtyRef", "UnmdRef", "PrcRef", "QtyItem", "UnmdItem")
_OWN = {"14": ("MntMargComer", "PrcConsFinal"), "17": ("MntBaseFaena", "PrcConsFinal"),
        "50": ("MntMargComer", "PrcConsFinal")}  # fmt: skip
"""What the Retenedor of a line says besides, by tax code."""


class Product(NamedTuple):
    """A product under a change of taxpayer."""

    name: str
    taxes: frozenset[str]
    units: frozenset[str]
    """Units of QtyItem; empty for services, which have none."""
    reference_unit: str
    """Unit of QtyRef; empty where the table has none."""


def _read() -> dict[str, Product]:
    table = resources.files("dteplanows.validator").joinpath("products.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        row["code"]: Product(
            row["product"],
            frozenset(row["taxes"].split("|")),
            frozenset(row["units"].split("|")) - {""},
            row["reference_unit"],
        )
        for row in rows
    }


PRODUCTS: Mapping[str, Product] = _read()
"""Every product by its CPCS code."""

_OF_PRODUCTS = frozenset(code for product in PRODUCTS.values() for code in product.taxes)
"""Tax codes that belong to a product; 15, the whole IVA, belongs to none."""


def check_line(document: Document, line: Group) -> None:
    """A line with a retention says so, and an agent's line describes its product."""
    if document.tipo not in _DOCUMENTS or "CodImpAdic" in document.unread:
        return
    codes = [str(field.value) for field in line.fields.get("CodImpAdic", ())]
    agents = [one for one in line.all("Retenedor") if one.text("IndAgente") == "R"]
    if not agents:
        if document.tipo == 46 and any(code in TAXES and TAXES[code].is_retention for code in codes):
            document.problems.append(problem("DOC-104", line.place_of("CodImpAdic"), codes[0], impuesto=codes[0]))
        return
    of_products = [code for code in codes if code in _OF_PRODUCTS]
    own = [name for code in codes for name in _OWN.get(code, ()) if document.tipo != 46]
    missing = [name for name in _ALWAYS if of_products and not line.text(name) and name not in document.unread]
    missing += [name for name in dict.fromkeys(own) if name not in agents[0].fields and name not in document.unread]
    if missing:
        document.problems.append(problem("DOC-100", line.place_of(missing[0]), missing=", ".join(missing)))
    if of_products:
        _check_product(document, line, of_products)


def _check_product(document: Document, line: Group, codes: list[str]) -> None:
    first = next(iter(line.all("CdgItem")), None)
    if first is None or first.text("TpoCodigo") != "CPCS":
        value = first.text("TpoCodigo") if first else ""
        document.problems.append(problem("DOC-101", line.place_of("CdgItem"), value))
        return
    code = first.text("VlrCodigo")
    product = PRODUCTS.get(code)
    if product is None:
        document.problems.append(problem("DOC-102", first.place_of("VlrCodigo"), code))
        return
    if not product.taxes & set(codes):
        right = " o ".join(sorted(product.taxes))
        document.problems.append(
            problem("DOC-103", line.place_of("CodImpAdic"), codes[0], product=product.name, right=right)
        )
    unit, reference = line.text("UnmdItem"), line.text("UnmdRef")
    if unit and product.units and unit not in product.units:
        _report_unit(document, line, "UnmdItem", product, " o ".join(sorted(product.units)))
    if reference and product.reference_unit and reference != product.reference_unit:
        _report_unit(document, line, "UnmdRef", product, product.reference_unit)


def _report_unit(document: Document, line: Group, name: str, product: Product, right: str) -> None:
    place = line.place_of(name)
    document.problems.append(problem("DOC-105", place, line.text(name), name=name, product=product.name, right=right))
