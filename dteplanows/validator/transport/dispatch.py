"""How the goods travel: kind of dispatch and kind of transfer; what their transport must say is asked by
:mod:`dteplanows.validator.transport.transport`.

Sources: Formato DTE v2.5, TipoDespacho, IndTraslado, GuiaExport and Transporte.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document, Group
from dteplanows.validator.transport import plates, transport
from dteplanows.validator.transport.transport import GUIA

_WITH_GOODS = frozenset({33, 34, 46})
"""Besides the guía, the document types that may go with goods instead of one."""

_OF_VEHICLE = ("Patente", "RUTTrans")
_INTERNAL = 5
_SALE_ABROAD = 9
EXPORT_TRANSFERS = frozenset({8, _SALE_ABROAD})
"""IndTraslado of guías whose goods leave the country."""

_BY_AUTHORIZATION = 4
_HIGHEST_AUTHORIZATION = 99_999
"""FolioAut has five digits in the form, six in the schema."""


def check(document: Document, company: Company, said: plates.Said | None) -> None:
    """Judge what *document* says about the way of its goods.

    :param said: what :func:`plates.read` found in the place of its plates.
    """
    if document.tipo == GUIA:
        transport.check(document, company, said)
        _check_transfer(document)
    elif document.tipo in _WITH_GOODS:
        transport.check(document, company, said)
        if not document.id_doc.amount("TipoDespacho") and "Transporte" in document.root.group("Encabezado").groups:
            _check_without_dispatch(document)
    group = transport.of(document)
    if group is not None and "FchLlegada" in group.fields:
        _check_days(document, group)


def _check_without_dispatch(document: Document) -> None:
    """A vehicle of goods that nobody dispatches: TipoDespacho was forgotten."""
    group = transport.of(document)
    told = [name for name in _OF_VEHICLE if group is not None and name in group.fields]
    if group is not None and told and "TipoDespacho" not in document.unread:
        document.problems.append(problem("DOC-056", group.place_of(told[0]), group.text(told[0]), name=told[0]))


def _check_days(document: Document, group: Group) -> None:
    leaves, arrives = group.day("FchSalida"), group.day("FchLlegada")
    if leaves and arrives and arrives < leaves:
        place = group.place_of("FchLlegada")
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
