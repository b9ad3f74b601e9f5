"""Which printer a document goes to: of the routes of its company the first that fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger.print_tables import StoredPrinter, StoredRoute
from dteplanows.ledger.printers import Way
from dteplanows.ledger.prints import NewPrint
from dteplanows.printers.addresses import REGISTERED
from dteplanows.printers.papers import paper_of
from dteplanows.printing.stored import is_cedible


class Issued(NamedTuple):
    """What the routes ask of a document."""

    company: Company
    documento_id: int
    tipo: int
    traslado: str
    """``IndTraslado``, by which a guía has a cedible copy."""
    sucursal: str
    """``CdgSIISucur``."""
    usuario: str
    puerto: int
    """``Puerto`` of the login; 0 for none."""
    en_rollo: bool
    """``TpoImpresion`` T: it has a ticket as boletas have, on a roll of 80 mm."""


def way_for(ways: Sequence[Way], issued: Issued) -> Way | None:
    """The first of *ways* whose route fits."""
    return next((one for one in ways if _fits(one.route, issued) and _takes(one, issued)), None)


def _fits(route: StoredRoute, issued: Issued) -> bool:
    return (
        route.usuario.casefold() in ("", issued.usuario.casefold())
        and route.puerto in (0, issued.puerto)
        and route.tipo in (0, issued.tipo)
        and route.sucursal in ("", issued.sucursal)
    )


def _takes(way: Way, issued: Issued) -> bool:
    """A route for all types brings a printer of tickets only what has one; who names the type is told of a failure."""
    return bool(way.route.tipo) or paper_of(way.printer.formato).takes(issued.tipo, ticket=issued.en_rollo)


def copies_of(ways: Sequence[Way], issued: Issued) -> list[NewPrint]:
    """The copies that are to be printed of a document; none where no route fits.

    A cedible copy only of what has one.
    """
    way = way_for(ways, issued)
    if way is None:
        return []
    destino = destino_of(way.printer, issued.usuario, issued.puerto)
    return [
        NewPrint(
            issued.company, issued.documento_id, way.printer.id, one, issued.usuario, issued.puerto, destino
        )
        for one in way.route.copias
        if one != "cedible" or is_cedible(issued.tipo, issued.traslado)
    ]  # fmt: skip


def destino_of(printer: StoredPrinter, usuario: str, puerto: int) -> str:
    """Which of several places *printer* means for that user: empty where it is one place.

    A till that is switched off must not keep the others waiting that share a printer by ``RegIP``.
    """
    registered = printer.clase == "red" and printer.direccion.lower().partition(":")[0] == REGISTERED
    return f"{usuario.casefold()} {puerto}" if registered else ""
