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
from dteplanows.document.taxes import TAXES, TOTAL_RETENTION, codes_of

_FACTURA_DE_COMPRA = 46
_DOCUMENTS = frozenset({33, 46, 56, 61})
"""Document types in which retention agents describe their products."""

_AGENT = "R"
_READ = frozenset({"CodImpAdic", "IndAgente", "IndExe", "IVA", "MontoImp", "TipoImp"})
"""What a completion is concluded from."""

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
    table = resources.files("dteplanows.validator.lines").joinpath("products.tsv").read_text("utf-8")
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


def complete(document: Document) -> None:
    """Lines of a factura de compra whose IVA is retained say so: programs that only know the codes leave it out.

    The whole retention (15) of the totals is of every affected line; there the code is completed too.
    """
    if document.tipo != _FACTURA_DE_COMPRA or not document.unread.isdisjoint(_READ):
        return
    if _retains_all(document):
        affected = [line for line in document.detalles if not line.amount("IndExe")]
        for line in affected:
            line.put("CodImpAdic", TOTAL_RETENTION, line.place_of("CodImpAdic"))
        if affected:
            place = affected[0].place_of("CodImpAdic")
            document.problems.append(problem("DOC-118", place, count=len(affected), impuesto=TOTAL_RETENTION))
    lines = [line for line in document.detalles if any(map(_is_withheld, codes_of(line)))]
    silent = [line for line in lines if all(one.text("IndAgente") != _AGENT for one in line.all("Retenedor"))]
    for line in silent:
        agent = line.group("Retenedor")
        agent.put("IndAgente", _AGENT, agent.place_of("IndAgente"))
    if silent:
        code = next(filter(_is_withheld, codes_of(silent[0])))
        place = silent[0].place_of("Retenedor")
        document.problems.append(problem("DOC-104", place, code, count=len(silent), impuesto=code))


def _is_withheld(code: str) -> bool:
    """Whether the code withholds IVA; 49 says that nothing is."""
    return code in TAXES and TAXES[code].is_retention and TAXES[code].rate != 0


def _retains_all(document: Document) -> bool:
    """Whether the totals retain the whole IVA and no line says of what."""
    declared, totales = document.totales.all("ImptoReten"), document.totales
    if [one.text("TipoImp") for one in declared] != [TOTAL_RETENTION] or any(map(codes_of, document.detalles)):
        return False
    return bool(totales.amount("IVA")) and declared[0].amount("MontoImp") == totales.amount("IVA")


def check_line(document: Document, line: Group) -> None:
    """An agent's line describes its product."""
    if document.tipo not in _DOCUMENTS or "CodImpAdic" in document.unread:
        return
    codes = codes_of(line)
    agents = [one for one in line.all("Retenedor") if one.text("IndAgente") == _AGENT]
    if not agents:
        return
    of_products = [code for code in codes if code in _OF_PRODUCTS]
    own = [name for code in codes for name in _OWN.get(code, ()) if document.tipo != _FACTURA_DE_COMPRA]
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
