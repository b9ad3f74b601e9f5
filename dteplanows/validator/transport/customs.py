"""What the customs must know of goods that leave the country: codes of their tables, weights and packages.

Sources: Formato DTE v2.5, Aduana, TipoBultos, UnmdItem and Nacionalidad; the SII's observed answer HED-2-804. The codes
are those of the customs service's *Compendio de Normas Aduaneras*, annex 51 (:mod:`dteplanows.document.glosas`): the
customs add codes from time to time, so one that is not there is no error.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dteplanows.document.catalogue import problem
from dteplanows.document.codes import UNIT_CODES, code_table, codes_of, listed
from dteplanows.document.elements import EXPORTS, find
from dteplanows.document.glosas import glosas
from dteplanows.document.model import Document, Group
from dteplanows.validator.transport.dispatch import EXPORT_TRANSFERS
from dteplanows.validator.transport.transport import GUIA

_FACTURA = 110
_CODED = (
    "CodModVenta", "CodClauVenta", "CodViaTransp", "CodPtoEmbarque", "CodPtoDesemb", "CodUnidMedTara",
    "CodUnidPesoBruto", "CodUnidPesoNeto", "CodPaisRecep", "CodPaisDestin",
)  # fmt: skip
"""Elements of Aduana that hold codes of the customs."""

_CUSTOMS, _PACKAGES = "Encabezado/Transporte/Aduana", "Encabezado/Transporte/Aduana/TipoBultos"
_BUYER, _HEADER = "Encabezado/Receptor/Extranjero", "Encabezado/IdDoc"

_WEIGHTS = (("Tara", "CodUnidMedTara"), ("PesoBruto", "CodUnidPesoBruto"), ("PesoNeto", "CodUnidPesoNeto"))
_OF_GUIDE = ("CodPtoEmbarque", "CodPtoDesemb", "PesoBruto", "CodUnidPesoBruto", "TotBultos", "TipoBultos")
_OF_GOODS = ("CodModVenta", "CodClauVenta", "TotClauVenta", "CodViaTransp", "CodPaisDestin")
_ALWAYS = ("TotBultos", "CodPaisRecep")
"""Mandatory in every Aduana of a factura, which the structure says; but the form gives the group no obligation."""

_CONTAINERS = frozenset({73, 74, 75, 76, 78})
"""Packages that are containers, in the customs table."""
_OF_CONTAINER = ("IdContainer", "Sello", "EmisorSello")


@cache
def units() -> frozenset[str]:
    """The codes of the customs' units and their short names, which many programs write in UnmdItem."""
    return frozenset(code_table(UNIT_CODES)) | frozenset(glosas("CodUnid.sigla").values())


def check(document: Document) -> None:
    """Judge the customs data of exports and of guías whose goods leave the country."""
    exporting = document.tipo in EXPORTS
    to_port = document.tipo == GUIA and document.id_doc.amount("IndTraslado") in EXPORT_TRANSFERS
    if not exporting and not to_port:
        return
    transport = next(iter(document.root.group("Encabezado").all("Transporte")), None)
    group = next(iter(transport.all("Aduana")), None) if transport else None
    _check_missing(document, group)
    _check_units_of_lines(document)
    _check_buyer(document)
    if group is not None:
        _check_codes(document, group)
        _check_weights(document, group)
        _check_packages(document, group)


def _missing(document: Document, group: Group | None, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        there = group is not None and (name in group.fields or any(not one.is_empty() for one in group.all(name)))
        if not there and name not in document.unread:
            yield name


def _check_missing(document: Document, group: Group | None) -> None:
    header = document.root.group("Encabezado")
    if document.tipo == GUIA:
        missing, code = list(_missing(document, group, _OF_GUIDE)), "DOC-061"
    elif document.tipo == _FACTURA:
        goods = not document.id_doc.amount("IndServicio")
        wanted: tuple[str, ...] = _OF_GOODS if goods else ()
        if group is None or group.is_empty():
            wanted += _ALWAYS if goods else ("CodPaisRecep",)  # a service has no packages
        missing, code = list(_missing(document, group, wanted)), "DOC-067"
    else:
        return
    if missing:
        place = group.place_of(missing[0]) if group else header.place_of("Aduana")
        document.problems.append(problem(code, place, missing=", ".join(missing)))


def _check_units_of_lines(document: Document) -> None:
    for line in document.detalles:
        unit = line.text("UnmdItem")
        if unit and unit.upper() not in units():
            _report(document, line, "UnmdItem", listed(find(_FACTURA, "Detalle/UnmdItem"), unit))
            return  # the others of the file are written alike


def _check_buyer(document: Document) -> None:
    for foreign in document.receptor.all("Extranjero"):
        _check_code(document, foreign, _BUYER, "Nacionalidad")
    if document.id_doc.amount("FmaPagExp"):
        _check_code(document, document.id_doc, _HEADER, "FmaPagExp")


def _check_code(document: Document, group: Group, path: str, name: str) -> None:
    """Judge the code *name* of *group*, which stands at *path*."""
    code, element = group.text(name), find(document.tipo, f"{path}/{name}")
    if code and code not in codes_of(element):
        _report(document, group, name, listed(element, code))


def _report(document: Document, group: Group, name: str, codes: str) -> None:
    document.problems.append(problem("DOC-064", group.place_of(name), group.text(name), name=name, codes=codes))


def _check_codes(document: Document, group: Group) -> None:
    for name in _CODED:
        if group.amount(name):
            _check_code(document, group, _CUSTOMS, name)


def _check_weights(document: Document, group: Group) -> None:
    """A weight has a unit, and a unit a weight."""
    for weight, unit in _WEIGHTS:
        weighs, measured = bool(group.number(weight)), bool(group.amount(unit))
        if weighs != measured and document.unread.isdisjoint((weight, unit)):
            name, other = (unit, weight) if weighs else (weight, unit)
            document.problems.append(problem("DOC-065", group.place_of(name), name=name, column=other))


def _check_packages(document: Document, group: Group) -> None:
    """Containers have a number and a seal, other packages marks; together they are as many as was said."""
    packages = [one for one in group.all("TipoBultos") if not one.is_empty()]
    counts = [one.amount("CantBultos") for one in packages]
    total = group.amount("TotBultos")
    if total and counts and all(counts) and sum(counts) != total:
        place = group.place_of("TotBultos")
        document.problems.append(problem("DOC-066", place, str(total), given=total, computed=sum(counts)))
    for one in packages if document.tipo in (GUIA, _FACTURA) else ():
        kind = one.amount("CodTpoBultos")
        if kind:
            _check_code(document, one, _PACKAGES, "CodTpoBultos")
        wanted = _OF_CONTAINER if kind in _CONTAINERS else ("Marcas",)
        missing = [name for name in wanted if not one.text(name)]
        if missing:
            document.problems.append(
                problem("DOC-068", one.place_of(missing[0]), str(kind or ""), missing=", ".join(missing))
            )
