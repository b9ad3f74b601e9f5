"""The files that can be asked for, and which documents are in one, as text that is kept until it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing

Book = Literal["ventas", "compras", "guias"]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
ZIP = "application/zip"


class Format(NamedTuple):
    """One kind of file."""

    libro: Book
    ending: str
    media: str
    at_once: int
    """Documents up to which it is made while the person waits; of more, in the background."""


FORMATS: Mapping[str, Format] = {
    "xlsx": Format("ventas", "xlsx", XLSX, 3000),
    "csv": Format("ventas", "csv", CSV, 5000),
    "rcv": Format("ventas", "csv", CSV, 2000),
    "librocv": Format("ventas", "xml", XML, 2000),
    "xml": Format("ventas", "zip", ZIP, 0),
    "pdf": Format("ventas", "zip", ZIP, 0),
    "compras-xlsx": Format("compras", "xlsx", XLSX, 3000),
    "compras-csv": Format("compras", "csv", CSV, 5000),
    "compras-librocv": Format("compras", "xml", XML, 2000),
    "guias-xlsx": Format("guias", "xlsx", XLSX, 2000),
    "guias-csv": Format("guias", "csv", CSV, 2000),
}
"""By the name that addresses and the ledger have."""


class What(NamedTuple):
    """Which documents a file is made of."""

    listing: Listing
    notas: tuple[str, ...] = ()
    """What a sheet of totals says below them."""

    @property
    def wanted(self) -> Wanted:
        """Period and filters."""
        return self.listing.wanted


def facts_of(what: What) -> dict[str, Any]:
    """*what* as the ledger keeps it."""
    wanted, listing = what.wanted, what.listing
    facts = {
        "desde": wanted.desde and wanted.desde.isoformat(), "hasta": wanted.hasta and wanted.hasta.isoformat(),
        "tipo": wanted.tipo, "receptor": wanted.receptor, "usuario": wanted.usuario, "folio": wanted.folio,
        "estado": wanted.estado, "nombre": listing.nombre, "minimo": listing.least, "maximo": listing.most,
        "notas": list(what.notas),
    }  # fmt: skip
    bounds = {"minimo", "maximo"}
    return {name: value for name, value in facts.items() if value is not None and (value or name in bounds)}


def what_of(facts: Mapping[str, Any]) -> What:
    """The other way."""
    desde, hasta = (date.fromisoformat(facts[name]) if name in facts else None for name in ("desde", "hasta"))
    wanted = Wanted(
        desde, hasta, facts.get("tipo", 0), facts.get("receptor", ""), facts.get("usuario", ""), facts.get("folio", 0),
        None, facts.get("estado", ""),
    )  # fmt: skip
    listing = Listing(wanted, facts.get("nombre", ""), facts.get("minimo"), facts.get("maximo"))
    return What(listing, tuple(facts.get("notas", ())))
