"""What a form asks to be exported."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.exports.formats import FORMATS, What
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.portal.sales import query

GUIA = 52
_BOOKS = frozenset({"librocv", "compras-librocv"})


class WrongError(ValueError):
    """The form says something that no page of ours sends."""


def what_of(formato: str, given: Mapping[str, str], notas: tuple[str, ...]) -> What:
    """The documents that the fields *given* mean, as the page of the book reads them.

    :param notas: what a sheet of totals says below them.
    :raises WrongError: they have a mistake, or there is no such kind of file.
    :raises Refused: it is of a month, and the period is none (SRV-265).
    """
    if formato not in FORMATS:
        raise WrongError
    asked = query.read(given, clock.today(), 1)
    if asked.errors:
        raise WrongError
    libro = FORMATS[formato].libro
    if formato in _BOOKS and not asked.month:
        raise Refused([problem("SRV-265")])
    listing = asked.listing
    if formato in _BOOKS or libro == "compras":
        listing = Listing(Wanted(asked.desde, asked.hasta))
    if libro == "guias":
        listing = listing._replace(wanted=listing.wanted._replace(tipo=GUIA))
    return What(listing, notas)
