"""What the books ask of a signed document beyond the columns of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from dteplanows.document.taxes import TAXES

_TOTAL = "15"
"""The tax that is the IVA withheld as a whole."""
_CORRECTS = frozenset({"1", "2", "3"})
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


class OtherTax(NamedTuple):
    """A tax beside the IVA."""

    codigo: str
    tasa: str
    """Percent; empty where it is none."""
    monto: int
    """Whole pesos."""


class BookFacts(NamedTuple):
    """What stands in one document. Amounts in whole pesos, texts empty where nothing is said."""

    otros: tuple[OtherTax, ...]
    """Taxes that are added, and those of which nobody says what they do."""
    retenidos: tuple[OtherTax, ...]
    """IVA that the buyer keeps."""
    tasa_iva: str
    montos: Mapping[str, int]
    """By their names in ``Totales``: IVANoRet, IVAProp, IVATerc, CredEC, GrntDep, MontoNF, MontoPeriodo."""
    comision: tuple[int, int, int]
    """Net, exempt and IVA of the commissions of a liquidación."""
    tipo_venta: str
    """TpoTranVenta."""
    servicio: str
    """IndServicio."""
    sucursal: str
    """CdgSIISucur."""
    num_id: str
    """Of a receiver abroad."""
    nacionalidad: str
    referencia: tuple[str, str]
    """Type and folio of the document that a note corrects."""

    @property
    def retenido_total(self) -> int:
        """What is kept of the whole IVA."""
        return sum(one.monto for one in self.retenidos if _is_whole(one.codigo))

    @property
    def retenido_parcial(self) -> int:
        """What is kept of a part of it."""
        return sum(one.monto for one in self.retenidos if not _is_whole(one.codigo))


_AMOUNTS = ("IVANoRet", "IVAProp", "IVATerc", "CredEC", "GrntDep", "MontoNF", "MontoPeriodo")


def read(xml: bytes) -> BookFacts:
    """The facts of a signed document.

    :raises lxml.etree.XMLSyntaxError: *xml* is no XML.
    """
    root = etree.fromstring(xml, _PARSER)
    header = root.find(".//{*}Encabezado")
    if header is None:
        return BookFacts((), (), "", {}, (0, 0, 0), "", "", "", "", "", ("", ""))

    def text(path: str) -> str:
        return (header.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or "").strip()

    taxes = [
        OtherTax(_of(one, "TipoImp"), _of(one, "TasaImp"), _pesos(_of(one, "MontoImp")))
        for one in header.iterfind("{*}Totales/{*}ImptoReten")
    ]
    withheld = [one for one in taxes if one.codigo in TAXES and TAXES[one.codigo].effect == "withheld"]
    amounts = {name: _pesos(text(f"Totales/{name}")) for name in _AMOUNTS}
    return BookFacts(
        tuple(one for one in taxes if one not in withheld),
        tuple(withheld),
        text("Totales/TasaIVA"),
        {name: amount for name, amount in amounts.items() if amount},
        (
            _pesos(text("Totales/Comisiones/ValComNeto")), _pesos(text("Totales/Comisiones/ValComExe")),
            _pesos(text("Totales/Comisiones/ValComIVA")),
        ),
        text("IdDoc/TpoTranVenta"), text("IdDoc/IndServicio"), text("Emisor/CdgSIISucur"),
        text("Receptor/Extranjero/NumId"), text("Receptor/Extranjero/Nacionalidad"), _reference(root),
    )  # fmt: skip


def transfer(xml: bytes) -> str:
    """IndTraslado of a signed document, empty where it does not say.

    :raises lxml.etree.XMLSyntaxError: *xml* is no XML.
    """
    return (etree.fromstring(xml, _PARSER).findtext(".//{*}Encabezado/{*}IdDoc/{*}IndTraslado") or "").strip()


def _is_whole(codigo: str) -> bool:
    return codigo == _TOTAL or bool(TAXES[codigo].total_of)


def _reference(root: etree._Element) -> tuple[str, str]:
    for one in root.iterfind(".//{*}Referencia"):
        if _of(one, "CodRef") in _CORRECTS:
            return _of(one, "TpoDocRef"), _of(one, "FolioRef")
    return "", ""


def _of(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _pesos(text: str) -> int:
    """An amount of a document of sales; what is no whole number, as in another currency, is none of pesos."""
    return int(text) if text.removeprefix("-").isdigit() else 0
