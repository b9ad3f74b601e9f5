"""How the goods travel: kind of dispatch, kind of transfer and the data of the transport.

Sources: Formato DTE v2.5, TipoDespacho, IndTraslado, GuiaExport and Transporte; Resolución Exenta SII 154 of 2025, in
force since 2026-05-01. None of the transport's data carries the asterisk of rejection, and programs of today do not
send most of it yet: what is missing is told in one aviso.
"""

from __future__ import annotations

from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group

GUIA = 52
IN_FORCE = date(2026, 5, 1)
"""First day of emission that Resolución Exenta SII 154 of 2025 applies to."""

TRANSPORT = (
    "Patente", "PatenteCarro", "RUTTrans", "Chofer", "DirDest", "CmnaDest", "FchSalida", "HraSalida", "FchLlegada",
)  # fmt: skip
"""What the resolution asks of a document that goes with goods, in the order of the form."""

_WITH_GOODS = frozenset({33, 34, 46})
"""Besides the guía, the document types that may go with goods instead of one."""

_BY_ISSUER = frozenset({2, 3})
_OF_VEHICLE = ("Patente", "RUTTrans")
_INTERNAL = 5
_SALE_ABROAD = 9
EXPORT_TRANSFERS = frozenset({8, _SALE_ABROAD})
"""IndTraslado of guías whose goods leave the country."""

_BY_AUTHORIZATION = 4
_HIGHEST_AUTHORIZATION = 99_999
"""FolioAut has five digits in the form, six in the schema."""


def check(document: Document) -> None:
    """Judge what *document* says about the way of its goods."""
    if document.tipo == GUIA:
        _check_transport(document)
        _check_transfer(document)
    elif document.tipo in _WITH_GOODS:
        dispatch = "TipoDespacho" in document.id_doc.fields and document.id_doc.amount("TipoDespacho")
        if dispatch in _BY_ISSUER:
            _check_transport(document)
        elif not dispatch and "Transporte" in document.root.group("Encabezado").groups:
            _check_without_dispatch(document)
    transport = _transport(document)
    if transport is not None and "FchLlegada" in transport.fields:
        _check_days(document, transport)


def _transport(document: Document) -> Group | None:
    found = document.root.group("Encabezado").groups.get("Transporte")
    return found[0] if found else None


def _check_transport(document: Document) -> None:
    """Everything that Resolución 154 of 2025 asks of a document that goes with goods."""
    emission = document.id_doc.day("FchEmis")
    if emission is not None and emission < IN_FORCE:
        return
    transport = _transport(document)
    missing = [
        name for name in TRANSPORT
        if name not in document.unread and (transport is None or not _says(transport, name))
    ]  # fmt: skip
    if document.tipo != GUIA and "UnmdItem" not in document.unread:
        missing += ["UnmdItem"] if any("UnmdItem" not in line.fields for line in document.detalles) else []
    if missing:
        header = document.root.group("Encabezado")
        place = transport.place_of(missing[0]) if transport else header.place_of("Transporte")
        document.problems.append(problem("DOC-055", place, missing=", ".join(missing)))


def _says(transport: Group, name: str) -> bool:
    return name in transport.fields or any(not one.is_empty() for one in transport.all(name))


def _check_without_dispatch(document: Document) -> None:
    """A vehicle of goods that nobody dispatches: TipoDespacho was forgotten."""
    transport = _transport(document)
    told = [name for name in _OF_VEHICLE if transport is not None and name in transport.fields]
    if transport is not None and told and "TipoDespacho" not in document.unread:
        document.problems.append(problem("DOC-056", transport.place_of(told[0]), transport.text(told[0]), name=told[0]))


def _check_days(document: Document, transport: Group) -> None:
    leaves, arrives = transport.day("FchSalida"), transport.day("FchLlegada")
    if leaves and arrives and arrives < leaves:
        place = transport.place_of("FchLlegada")
        document.problems.append(problem("DOC-058", place, str(arrives), begin=leaves))


# --- kinds of transfer -----------------------------------------------------------------------------------------------


def _check_transfer(document: Document) -> None:
    """What each IndTraslado demands; the totals and the completion see to the amounts and to the receiver."""
    if "IndTraslado" in document.unread:
        return
    transfer, id_doc = document.id_doc.amount("IndTraslado"), document.id_doc
    if not transfer:
        document.problems.append(problem("DOC-111", id_doc.place_of("IndTraslado")))
    if transfer == _INTERNAL and id_doc.amount("TipoDespacho"):
        document.problems.append(problem("DOC-057", id_doc.place_of("TipoDespacho"), id_doc.text("TipoDespacho")))
        id_doc.drop("TipoDespacho")
    exporting = next(iter(document.emisor.all("GuiaExport")), None)
    if transfer in EXPORT_TRANSFERS:
        _check_export_guide(document, exporting, transfer)
    elif exporting is not None and transfer and not exporting.is_empty():
        place, value = exporting.place_of("CdgTraslado"), exporting.text("CdgTraslado")
        document.problems.append(problem("DOC-063", place, value, indicator=transfer))


def _check_export_guide(document: Document, exporting: Group | None, transfer: int) -> None:
    if "CdgTraslado" not in document.unread and (exporting is None or not exporting.amount("CdgTraslado")):
        place = (exporting or document.emisor).place_of("CdgTraslado")
        document.problems.append(problem("DOC-059", place, indicator=transfer))
    elif exporting is not None and exporting.amount("CdgTraslado") == _BY_AUTHORIZATION:
        missing = [name for name in ("FolioAut", "FchAut")
                   if not exporting.text(name) and name not in document.unread]  # fmt: skip
        if missing or exporting.amount("FolioAut") > _HIGHEST_AUTHORIZATION:
            place = exporting.place_of(missing[0] if missing else "FolioAut")
            document.problems.append(problem("DOC-060", place, exporting.text("FolioAut")))
    if transfer == _SALE_ABROAD:
        unpriced = [line for line in document.detalles if line.number("PrcItem") and not line.all("OtrMnda")]
        if unpriced:
            document.problems.append(problem("DOC-062", unpriced[0].place_of("OtrMnda"), count=len(unpriced)))
