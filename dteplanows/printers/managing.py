"""What people do with printers: set them up, say what goes to them, and ask for a copy again."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, cast

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Place, Refused
from dteplanows.ledger.print_tables import COPIES, KINDS, CopyKind, PrinterKind, StoredPrint, StoredPrinter, StoredRoute
from dteplanows.ledger.prints import NewPrint
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printers import addresses
from dteplanows.printers.content import able, unable
from dteplanows.printers.papers import formats
from dteplanows.printers.routing import destino_of
from dteplanows.printing import has_cedible
from dteplanows.printing.escpos import DENSITIES

_LONGEST_NAME = 60
_LONGEST_BRANCH = 9
"""Digits of ``CdgSIISucur`` (Formato DTE v2.5)."""


class Facts(NamedTuple):
    """What a person says of a printer."""

    nombre: str
    clase: PrinterKind
    direccion: str = ""
    formato: str = "pdf"
    cajon: bool = False
    densidad: int = 0


class RouteFacts(NamedTuple):
    """What a person says of a route; what is empty, or 0, means any."""

    impresora: str
    usuario: str = ""
    puerto: int = 0
    tipo: int = 0
    sucursal: str = ""
    copias: tuple[str, ...] = ("original",)


def facts_of(printer: StoredPrinter) -> Facts:
    """What was said of *printer*."""
    return Facts(*(getattr(printer, name) for name in Facts._fields))


def create(ledger: Ledger, company: Company | None, facts: Facts) -> StoredPrinter:
    """A new printer of *company*, or of all companies.

    :raises Refused: something of *facts* does not serve (CFG-063, CFG-069, CFG-071), or the name is taken (CFG-060).
    """
    owner = (company.ambiente, company.rut) if company else ("", "")
    given = _checked(facts)._asdict()
    new = StoredPrinter(0, *owner, **given, retenida=False, aviso="", aviso_desde=None, borrada=None)
    return ledger.printers.create(new)


def change(ledger: Ledger, printer: StoredPrinter, facts: Facts) -> StoredPrinter:
    """Let *printer* be as *facts* say; what waits is printed there as it then is.

    :raises Refused: as :func:`create`, or it was removed meanwhile (CFG-061).
    """
    changed = printer._replace(**_checked(facts)._asdict())
    ledger.printers.change(changed, partial(destino_of, changed))
    return changed


def hold(ledger: Ledger, printer: StoredPrinter, *, held: bool) -> None:
    """Send *printer* nothing more, or go on.

    :raises Refused: it was removed meanwhile (CFG-061).
    """
    ledger.printers.hold(printer, held=held)


def _checked(facts: Facts) -> Facts:
    nombre, formato = " ".join(facts.nombre.split()), facts.formato.strip()
    if not nombre or len(nombre) > _LONGEST_NAME or not nombre.isprintable():
        _refuse(facts.nombre, "nombre", f"un nombre de hasta {_LONGEST_NAME} caracteres")
    if facts.clase not in KINDS:
        _refuse(facts.clase, "clase", f"una de estas: {', '.join(KINDS)}")
    if formato not in formats():
        _refuse(formato, "formato", f"uno de estos: {', '.join(formats())}")
    if facts.densidad not in DENSITIES:
        _refuse(str(facts.densidad), "densidad", f"un número entre {DENSITIES[0]} y {DENSITIES[-1]}")
    direccion = facts.direccion.strip()
    addresses.read(facts.clase, direccion)
    return Facts(nombre, facts.clase, direccion, formato, facts.cajon, facts.densidad)


def _refuse(value: str, field: str, expected: str) -> None:
    raise Refused([problem("CFG-069", Place(field=field), value, esperado=expected)])


# --- routes -------------------------------------------------------------------------------------------------------


def add_route(ledger: Ledger, company: Company, facts: RouteFacts, before: int = 0) -> StoredRoute:
    """Send what *facts* say to a printer of *company*.

    :param before: the route that it comes before; 0 for behind all.
    :raises Refused: something does not serve (CFG-069), or there is no such printer (CFG-061).
    """
    printer = ledger.printers.named(company, facts.impresora)
    copias = tuple(dict.fromkeys(facts.copias))
    if not copias or not set(copias) <= set(COPIES):
        _refuse(", ".join(facts.copias), "copias", f"una o más de estas: {', '.join(COPIES)}")
    if not 0 <= facts.puerto <= addresses.HIGHEST_PORT:
        _refuse(str(facts.puerto), "puerto", f"un número de hasta {addresses.HIGHEST_PORT}")
    sucursal = facts.sucursal.strip()
    if sucursal and not (sucursal.isascii() and sucursal.isdecimal() and len(sucursal) <= _LONGEST_BRANCH):
        _refuse(sucursal, "sucursal", "el código de la sucursal en el SII: hasta nueve dígitos")
    route = StoredRoute(
        0, company.ambiente, company.rut, facts.usuario.strip(), facts.puerto, facts.tipo, sucursal, printer.id,
        cast("tuple[CopyKind, ...]", copias),
    )  # fmt: skip
    return ledger.printers.add_route(route, before)


def remove_route(ledger: Ledger, company: Company, number: int) -> StoredRoute:
    """Remove a route of *company*.

    :raises Refused: it has none of that number (CFG-070).
    """
    for one in ledger.printers.routes_of(company.ambiente, company.rut):
        if one.id == number:
            ledger.printers.remove_route(one)
            return one
    raise Refused([problem("CFG-070", value=str(number))])


# --- copies -------------------------------------------------------------------------------------------------------


class Again(NamedTuple):
    """A copy that a person asks for."""

    document: StoredDocument
    printer: StoredPrinter
    copia: CopyKind
    usuario: str


def print_again(ledger: Ledger, company: Company, again: Again) -> int:
    """Print a copy of a document. It says that it is one where that copy was printed before, may have been, or waits.

    :return: the number of the job.
    :raises Refused: the printer cannot print it (CFG-064), or it has no such copy (CFG-065).
    """
    document, printer, copia, usuario = again
    if not able(document.xml, [printer]):
        raise Refused([unable(document, printer)])
    if copia == "cedible" and not has_cedible(document.xml):
        raise Refused([problem("CFG-065", value=str(document.folio), tipo=document.tipo)])
    new = NewPrint(company, document.id, printer.id, copia, usuario, 0, destino_of(printer, usuario, 0))
    what = f"tipo {document.tipo}, folio {document.folio}, {copia}, en {printer.nombre}"
    return ledger.prints.order(new, what)


def print_trial(ledger: Ledger, company: Company, printer: StoredPrinter, usuario: str) -> int:
    """Print the page that shows that *printer* works. Gives the number of the job."""
    new = NewPrint(company, None, printer.id, "prueba", usuario, 0, destino_of(printer, usuario, 0))
    return ledger.prints.order(new, f"página de prueba, en {printer.nombre}")


def job_of(ledger: Ledger, company: Company, number: int) -> StoredPrint:
    """A job of *company*.

    :raises Refused: it has none of that number (CFG-068).
    """
    found = ledger.prints.find(number)
    if found is None or (found.ambiente, found.rut_emisor) != (company.ambiente, company.rut):
        raise Refused([problem("CFG-068", value=str(number))])
    return found


def move(ledger: Ledger, job: StoredPrint, printer: StoredPrinter) -> None:
    """Let *job* be printed on *printer*; what may have been printed where it was says that it is a copy.

    :raises Refused: that printer cannot print it (CFG-064), or it is not to be printed any more (CFG-068).
    """
    document = ledger.documents.by_id(job.documento_id) if job.documento_id else None
    if document and not able(document.xml, [printer]):
        raise Refused([unable(document, printer)])
    if not ledger.prints.move(job, printer, destino_of(printer, job.usuario, job.puerto)):
        raise Refused([problem("CFG-068", value=str(job.id))])


def cancel(ledger: Ledger, job: StoredPrint) -> None:
    """Give *job* up.

    :raises Refused: it is not to be printed any more (CFG-068).
    """
    if not ledger.prints.cancel(job):
        raise Refused([problem("CFG-068", value=str(job.id))])
