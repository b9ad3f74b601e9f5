"""Documents that only show a design: of every type, with as many lines and as long texts as one likes.

Nothing in them is signed, each page says so, and their stamp, as long as that of a real document, verifies nowhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, BRANCHES, EXEMPT_DOCUMENTS, EXPORTS, NOTES
from dteplanows.printing.stored import Part, Stored

OBSERVATIONS = ("Entregar en bodega 3, de lunes a viernes entre 9:00 y 17:30 horas.", "Orden de trabajo 55-2026.")
DATA: Mapping[str, str] = {"A1": "Pedido interno 4711", "A2": "Vendedor: Sucursal Ñuñoa", "Obra": "Puente Cautín"}
"""What a trial prints beside the document."""

LENGTHS: Mapping[str, tuple[int, bool]] = {
    "1-linea": (1, False), "40-lineas": (40, False), "60-lineas": (60, False), "textos-largos": (12, True),
}  # fmt: skip
"""Trials of a type by name: how many lines, and whether their texts are long."""

FOLIO = 1234
DAY = "2026-03-04"
_PRICES = (12_990, 4_500, 780, 156_300, 23_450)
_NAMES = ("Perno hexagonal 1/2 × 3\" zincado", "Cemento especial, saco de 25 kg", "Servicio de instalación en terreno",
          "Pintura esmalte al agua «Añil», galón", "Guante de cabritilla talla L")  # fmt: skip
_LONG_NAME = "Tablero eléctrico de distribución trifásico con protecciones, gabinete metálico y señalización"[:80]
_LONG_TEXT = (
    "Incluye retiro de la instalación existente, traslado a terreno, montaje, pruebas con certificado y la "
    "capacitación de dos personas del cliente. No incluye obras civiles ni permisos municipales. "
) * 5
_GUIA, _LIQUIDACION = 52, 43
_ORIGIN = {56: "33", 61: "33", 111: "110", 112: "110"}


def document(company: Company, tipo: int, lines: int, long_texts: bool = False) -> Stored:
    """A document of *company* that shows a design."""
    rows = [_line(tipo, number, long_texts) for number in range(1, lines + 1)]
    total = sum(int(row["MontoItem"]) for row in rows)
    content: dict[str, Any] = {
        "Encabezado": {
            "IdDoc": _id_doc(tipo), "Emisor": _issuer(company, tipo), "Receptor": _receiver(tipo, long_texts),
            "Transporte": _transport(tipo), "Totales": _totals(tipo, total),
        },
        "Detalle": rows,
        "Referencia": _references(tipo),
    }  # fmt: skip
    if tipo == _LIQUIDACION:
        charge = {"NroLinCom": "1", "TipoMovim": "C", "Glosa": "Comisión de venta", "TasaComision": "10",
                  "ValComNeto": str(total // 10), "ValComExe": "0", "ValComIVA": str(round(total * 0.019))}  # fmt: skip
        content["Comisiones"] = [charge]
    return Stored(tipo, BRANCHES[tipo], _part(content), _stamp(company, tipo, total))


def _id_doc(tipo: int) -> dict[str, str]:
    found = {"TipoDTE": str(tipo), "Folio": str(FOLIO), "FchEmis": DAY}
    if tipo == _GUIA:
        return found | {"TipoDespacho": "2", "IndTraslado": "1"}
    if tipo in BOLETAS:
        return found | {"IndServicio": "3"}
    if tipo in NOTES:
        return found
    return found | {"FmaPago": "2", "TermPagoGlosa": "30 días", "FchVenc": "2026-04-03"}


def _issuer(company: Company, tipo: int) -> dict[str, str]:
    boleta = "Emisor" if tipo in BOLETAS else ""
    giro = "GiroEmisor" if tipo in BOLETAS else "GiroEmis"
    return {
        "RUTEmisor": company.rut, f"RznSoc{boleta}": company.razon_social, giro: company.giro,
        "Telefono": company.telefono, "CorreoEmisor": company.correo, "Sucursal": company.sucursal,
        "DirOrigen": company.direccion, "CmnaOrigen": company.comuna, "CiudadOrigen": company.ciudad,
    }  # fmt: skip


def _receiver(tipo: int, long_texts: bool) -> dict[str, Any]:
    if tipo in EXPORTS:
        return {
            "RUTRecep": "55555555-5", "RznSocRecep": "Northern Hardware Importers Ltd.", "GiroRecep": "Hardware",
            "DirRecep": "4711 Harbour Road", "CiudadRecep": "Halifax",
            "Extranjero": {"NumId": "EX-2026-55", "Nacionalidad": "226"},
        }  # fmt: skip
    name = "Ferretería y Materiales de Construcción El Ancla de Ñuñoa Limitada" if long_texts else "Ferretería El Ancla"
    return {
        "RUTRecep": "61000000-7", "RznSocRecep": name, "GiroRecep": "Venta de artículos de ferretería",
        "Contacto": "Eulalia Prueba", "DirRecep": "Avenida de la Prueba 1234, oficina 56", "CmnaRecep": "Chillán",
        "CiudadRecep": "Chillán",
    }  # fmt: skip


def _transport(tipo: int) -> dict[str, Any]:
    if tipo == _GUIA:
        driver = {"RUTChofer": "1-9", "NombreChofer": "Juan Díaz"}
        return {"Patente": "ABCD12", "RUTTrans": "61000000-7", "Chofer": driver, "DirDest": "Camino de la Obra km 7",
                "CmnaDest": "Chillán"}  # fmt: skip
    if tipo not in EXPORTS:
        return {}
    aduana = {
        "CodModVenta": "1", "CodClauVenta": "5", "TotClauVenta": "45720.5", "CodViaTransp": "1",
        "NombreTransp": "Costa del Sur V", "Booking": "BK-55120", "CodPtoEmbarque": "905", "CodPtoDesemb": "113",
        "PesoBruto": "1250", "CodUnidPesoBruto": "6", "PesoNeto": "1180", "CodUnidPesoNeto": "6", "TotBultos": "12",
        "MntFlete": "1200", "MntSeguro": "150.5", "CodPaisRecep": "226", "CodPaisDestin": "226",
        "TipoBultos": [{"CodTpoBultos": "80", "CantBultos": "12", "Marcas": "NHI 1-12"}],
    }  # fmt: skip
    return {"Aduana": aduana}


def _line(tipo: int, number: int, long_texts: bool) -> dict[str, Any]:
    at = number % len(_PRICES)
    quantity, price = number % 9 + 1, _PRICES[at]
    long_one = long_texts and number % 3 == 1
    found: dict[str, Any] = {
        "NroLinDet": str(number), "CdgItem": [{"TpoCodigo": "INT1", "VlrCodigo": f"AB-{1000 + number}"}],
        "NmbItem": _LONG_NAME if long_one else _NAMES[at], "QtyItem": str(quantity), "UnmdItem": "UN",
        "PrcItem": str(price), "MontoItem": str(quantity * price),
    }  # fmt: skip
    if long_one:
        found["DscItem"] = _LONG_TEXT
    if number % 7 == 2:
        discount = quantity * price // 10
        found |= {"DescuentoPct": "10", "DescuentoMonto": str(discount), "MontoItem": str(quantity * price - discount)}
    return found


def _totals(tipo: int, total: int) -> dict[str, str]:
    if tipo in EXPORTS:
        return {"TpoMoneda": "DOLAR USA", "MntExe": str(total), "MntTotal": str(total)}
    if tipo in EXEMPT_DOCUMENTS:
        return {"MntExe": str(total), "MntTotal": str(total)}
    iva = round(total * 0.19)
    return {"MntNeto": str(total), "TasaIVA": "19", "IVA": str(iva), "MntTotal": str(total + iva)}


def _references(tipo: int) -> list[dict[str, str]]:
    if tipo in NOTES:
        return [{"NroLinRef": "1", "TpoDocRef": _ORIGIN[tipo], "FolioRef": "1200", "FchRef": "2026-02-27",
                 "CodRef": "3", "RazonRef": "Corrige el precio de una línea"}]  # fmt: skip
    if tipo in BOLETAS:
        return []
    return [{"NroLinRef": "1", "TpoDocRef": "801", "FolioRef": "OC-55", "FchRef": "2026-02-20", "RazonRef": "Orden"}]


def _part(content: Mapping[str, Any]) -> Part:
    part = Part()
    for name, value in content.items():
        if isinstance(value, str):
            if value:
                part.values[name] = [value]
        else:
            found = value if isinstance(value, list) else [value]
            part.parts[name] = [_part(one) for one in found]
    return part


def _stamp(company: Company, tipo: int, total: int) -> bytes:
    """As long as CAFs of the SII make it, whose keys have 512 bits: 88 characters."""

    def bits(what: str) -> str:
        return base64.b64encode(hashlib.sha512(f"{what} {tipo}".encode()).digest()).decode("ascii")

    name = company.razon_social[:40].replace("&", "y").replace("<", "").replace(">", "")
    text = (
        f'<TED version="1.0"><DD><RE>{company.rut}</RE><TD>{tipo}</TD><F>{FOLIO}</F><FE>{DAY}</FE><RR>61000000-7</RR>'
        f"<RSR>PRUEBA DE DISEÑO</RSR><MNT>{total}</MNT><IT1>NO ES UN DOCUMENTO</IT1>"
        f'<CAF version="1.0"><DA><RE>{company.rut}</RE><RS>{name}</RS><TD>{tipo}</TD><RNG><D>1</D><H>2000</H></RNG>'
        f"<FA>2026-01-05</FA><RSAPK><M>{bits('M')}</M><E>Aw==</E></RSAPK><IDK>100</IDK></DA>"
        f'<FRMA algoritmo="SHA1withRSA">{bits("A")}</FRMA></CAF><TSTED>{DAY}T12:30:05</TSTED></DD>'
        f'<FRMT algoritmo="SHA1withRSA">{bits("T")}</FRMT></TED>'
    )
    return text.encode("latin-1", "replace")
