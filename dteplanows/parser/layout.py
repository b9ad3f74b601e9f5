"""The layout of the flat TXT: sections and columns as data, each fact once.

A file is a series of sections. ``->Name<-`` opens one; each line after it is a row of columns separated by ``;``. The
reader, the texts of the problems and the integrator's manual all come from this table: a new column is one row here.

Columns without an element have a meaning of their own: *beside* the document (printed, mailed to) or a figure that the
programs' habits decide about (:mod:`dteplanows.parser.txt_habits`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Branch = Literal["factura", "boleta", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a section."""

    position: int
    """From 1."""
    name: str
    """As the customers' programs call it."""
    path: str = ""
    """Element below ``Documento`` that takes the value; empty when none does."""
    note: str = ""
    """What the column holds, in Spanish, for the manual."""
    beside: str = ""
    """Name under which the value is kept beside the document; empty when it is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One section of the TXT."""

    name: str
    branch: Branch
    """Structure that the section belongs to; empty when both have it."""
    columns: tuple[Column, ...]
    required: int
    """Columns that every row has; those behind them may be left out."""
    target: str = ""
    """Group that each row makes anew, e.g. ``Detalle``; empty when the row fills groups that exist once."""
    rows: int = 1
    """Rows at most; 0 leaves the limit to the element table."""
    header: bool = False
    """The section begins a document."""
    free: bool = False
    """Any number of columns: lines of text."""
    note: str = ""
    """What the section is for, in Spanish, for the manual."""
    index: Mapping[str, int] = field(init=False, repr=False)
    """Column name to its index in a row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {column.name: column.position - 1 for column in self.columns})


_ID, _RECEPTOR, _TOTALES = "Encabezado/IdDoc/", "Encabezado/Receptor/", "Encabezado/Totales/"

CORREO = "correo"
"""The column's value is the address to mail the document to."""

SECTIONS: tuple[Section, ...] = (
    Section("Encabezado", "factura", (
        Column(1, "TipoDTE", _ID + "TipoDTE", "Tipo de documento: 33, 34, 52, 56 o 61."),
        Column(2, "Folio", _ID + "Folio", "0 para que el servicio asigne el folio."),
        Column(3, "FechaEmision", _ID + "FchEmis", "Fecha de emisión, AAAA-MM-DD."),
        Column(4, "TipoDespacho", _ID + "TipoDespacho",
               "0 ninguno, 1 por el receptor, 2 por el emisor al cliente, 3 por el emisor a otro lugar."),
        Column(5, "IndTraslado", _ID + "IndTraslado", "Motivo del traslado de una guía; 0 en los demás tipos."),
        Column(6, "RUTCliente", _RECEPTOR + "RUTRecep", "RUT con guion y dígito verificador."),
        Column(7, "RSCliente", _RECEPTOR + "RznSocRecep", "Nombre o razón social."),
        Column(8, "GiroCliente", _RECEPTOR + "GiroRecep", "Giro del receptor."),
        Column(9, "DirCliente", _RECEPTOR + "DirRecep", "Dirección."),
        Column(10, "ComCliente", _RECEPTOR + "CmnaRecep", "Comuna."),
        Column(11, "CiuCliente", _RECEPTOR + "CiudadRecep", "Ciudad."),
        Column(12, "Email", "", "Correo al que se envía el documento; vacío para no enviarlo.", CORREO),
        Column(13, "CondicionPago", "", "Condición de pago, para la impresión.", "CondicionPago"),
        Column(14, "Vendedor", "", "Nombre del vendedor, para la impresión.", "Vendedor"),
        Column(15, "RUTRetira", "", "RUT o usuario de quien retira, para la impresión.", "RUTRetira"),
        Column(16, "NombreRetira", "", "Nombre de quien retira, para la impresión.", "NombreRetira"),
        Column(17, "Recinto", "", "Sucursal o recinto, para la impresión.", "Recinto"),
        Column(18, "Telefono", "", "Teléfono, para la impresión.", "Telefono"),
    ), required=12, header=True, note="Comienza un documento de tipo 33, 34, 52, 56 o 61."),
    Section("FormaPago", "factura", (
        Column(1, "FormaPago", _ID + "FmaPago", "1 contado, 2 crédito, 3 sin costo."),
    ), required=1, note="Forma de pago; es optativa."),
    Section("Totales", "factura", (
        Column(1, "PorcDesctoTot", "", "Descuento al total, en porcentaje. Es informativo si ya está en las líneas."),
        Column(2, "ValorDesctoTot", "", "Descuento al total, en pesos."),
        Column(3, "PorcRecgoTot", "", "Recargo al total, en porcentaje."),
        Column(4, "ValorRecgoTot", "", "Recargo al total, en pesos."),
        Column(5, "Neto", _TOTALES + "MntNeto", "Monto neto afecto, en pesos."),
        Column(6, "Exento", _TOTALES + "MntExe", "Monto exento, en pesos."),
        Column(7, "TasaIVA", _TOTALES + "TasaIVA", "Tasa del IVA en porcentaje; 0 si todo es exento."),
        Column(8, "IVA", _TOTALES + "IVA", "IVA, en pesos."),
        Column(9, "Total", _TOTALES + "MntTotal", "Total, en pesos."),
        Column(10, "MontosBrutos", "", "1 si los valores de las líneas incluyen el IVA; de lo contrario 0 o vacío."),
        Column(11, "OtrosImpuestos", "", "Sin uso: 0 o vacío."),
    ), required=9, note="Totales del documento."),
    Section("Detalle", "factura", (
        Column(1, "NroLinea", "Detalle/NroLinDet", "Número de la línea, desde 1."),
        Column(2, "Codigo", "Detalle/CdgItem/VlrCodigo", "Código del producto; vacío o un guion si no tiene."),
        Column(3, "Descripcion", "Detalle/NmbItem", "Nombre del producto o servicio."),
        Column(4, "Cantidad", "Detalle/QtyItem", "Cantidad, hasta 6 decimales con punto."),
        Column(5, "Precio", "Detalle/PrcItem", "Precio unitario, hasta 6 decimales con punto."),
        Column(6, "PorcDescto", "Detalle/DescuentoPct", "Descuento de la línea, en porcentaje."),
        Column(7, "ValorDescto", "Detalle/DescuentoMonto", "Descuento de la línea, en pesos."),
        Column(8, "PorcRecgo", "Detalle/RecargoPct", "Recargo de la línea, en porcentaje."),
        Column(9, "ValorRecgo", "Detalle/RecargoMonto", "Recargo de la línea, en pesos."),
        Column(10, "ValorExento", "", "Monto exento de la línea, en pesos; marca la línea como exenta."),
        Column(11, "Valor", "Detalle/MontoItem", "Valor de la línea con descuentos y recargos, en pesos."),
        Column(12, "TipoCodigo", "Detalle/CdgItem/TpoCodigo", "Tipo del código; vacío equivale a INT1."),
        Column(13, "UniMedida", "Detalle/UnmdItem", "Unidad de medida."),
        Column(14, "DescLarga", "Detalle/DscItem", "Descripción adicional."),
    ), required=14, target="Detalle", rows=0, note="Una fila por línea del documento."),
    Section("Referencia", "factura", (
        Column(1, "NroLineaRef", "Referencia/NroLinRef", "Número de la referencia, desde 1."),
        Column(2, "TipoDTERef", "Referencia/TpoDocRef", "Tipo del documento referido, p. ej. 33, 52 u 801."),
        Column(3, "FolioRef", "Referencia/FolioRef", "Folio o número del documento referido."),
        Column(4, "FechaRef", "Referencia/FchRef", "Fecha del documento referido, AAAA-MM-DD."),
        Column(5, "CodigoRef", "Referencia/CodRef", "1 anula, 2 corrige texto, 3 corrige montos, 0 ninguno."),
        Column(6, "RazonRef", "Referencia/RazonRef", "Razón de la referencia."),
    ), required=6, target="Referencia", rows=0, note="Una fila por documento referido."),
    Section("DescRec", "factura", (
        Column(1, "NroLinea", "DscRcgGlobal/NroLinDR", "Número de la fila, desde 1."),
        Column(2, "Tipo", "DscRcgGlobal/TpoMov", "D descuento, R recargo."),
        Column(3, "Glosa", "DscRcgGlobal/GlosaDR", "Motivo."),
        Column(4, "TipoValor", "DscRcgGlobal/TpoValor", "$ pesos, % porcentaje."),
        Column(5, "Valor", "DscRcgGlobal/ValorDR", "Monto o porcentaje; 0 si no hay."),
        Column(6, "IndExento", "DscRcgGlobal/IndExeDR", "0 sobre lo afecto, 1 sobre lo exento."),
    ), required=6, target="DscRcgGlobal", rows=0, note="Descuentos y recargos globales."),
    Section("Boleta", "boleta", (
        Column(1, "TipoDTE", _ID + "TipoDTE", "Tipo de documento: 39 o 41."),
        Column(2, "Folio", _ID + "Folio", "0 para que el servicio asigne el folio."),
        Column(3, "FechaEmision", _ID + "FchEmis", "Fecha de emisión, AAAA-MM-DD."),
        Column(4, "IndServicio", _ID + "IndServicio",
               "1 servicio periódico, 2 periódico domiciliario, 3 ventas y servicios, 4 espectáculos."),
        Column(5, "IndMntNeto", _ID + "IndMntNeto", "0 líneas con IVA incluido, 2 líneas netas."),
        Column(6, "PeriodoDesde", _ID + "PeriodoDesde", "Comienzo del período, AAAA-MM-DD."),
        Column(7, "PeriodoHasta", _ID + "PeriodoHasta", "Fin del período, AAAA-MM-DD."),
        Column(8, "FechaVenc", _ID + "FchVenc", "Fecha de vencimiento, AAAA-MM-DD."),
        Column(9, "RUTCliente", _RECEPTOR + "RUTRecep", "RUT; 66666666-6 para un cliente sin identificar."),
        Column(10, "CodInterno", _RECEPTOR + "CdgIntRecep", "Código interno del cliente."),
        Column(11, "RSCliente", _RECEPTOR + "RznSocRecep", "Nombre o razón social."),
        Column(12, "GiroCliente", "", "Giro del cliente, para la impresión.", "GiroRecep"),
        Column(13, "DirCliente", _RECEPTOR + "DirRecep", "Dirección."),
        Column(14, "ComCliente", _RECEPTOR + "CmnaRecep", "Comuna."),
        Column(15, "CiuCliente", _RECEPTOR + "CiudadRecep", "Ciudad."),
        Column(16, "Email", "", "Correo al que se envía el documento; vacío para no enviarlo.", CORREO),
    ), required=16, header=True, note="Comienza un documento de tipo 39 o 41."),
    Section("BoletaSucursal", "boleta", (
        Column(1, "Sucursal", "", "Nombre de la sucursal, para la impresión.", "Sucursal"),
    ), required=1, note="Sucursal que vende; es optativa."),
    Section("BoletaTotales", "boleta", (
        Column(1, "Neto", _TOTALES + "MntNeto", "Monto neto, en pesos; 0 para que se calcule."),
        Column(2, "Exento", _TOTALES + "MntExe", "Monto exento, en pesos."),
        Column(3, "IVA", _TOTALES + "IVA", "IVA, en pesos; 0 para que se calcule."),
        Column(4, "Total", _TOTALES + "MntTotal", "Total, en pesos."),
        Column(5, "MontoNF", _TOTALES + "MontoNF", "Monto no facturable, en pesos."),
        Column(6, "TotalPeriodo", _TOTALES + "TotalPeriodo", "Total del período, en pesos."),
        Column(7, "SaldoAnterior", _TOTALES + "SaldoAnterior", "Saldo anterior, en pesos."),
        Column(8, "ValorAPagar", _TOTALES + "VlrPagar", "Valor a pagar, en pesos."),
    ), required=8, note="Totales de la boleta."),
    Section("BoletaDetalle", "boleta", (
        Column(1, "NroLinea", "Detalle/NroLinDet", "Número de la línea, desde 1."),
        Column(2, "Codigo", "Detalle/CdgItem/VlrCodigo", "Código del producto; vacío o un guion si no tiene."),
        Column(3, "Descripcion", "Detalle/NmbItem", "Nombre del producto o servicio."),
        Column(4, "IndExencion", "Detalle/IndExe", "0 afecto, 1 exento, 2 no facturable, 6 no facturable negativo."),
        Column(5, "Cantidad", "Detalle/QtyItem", "Cantidad, hasta 6 decimales con punto."),
        Column(6, "Precio", "Detalle/PrcItem", "Precio unitario, hasta 6 decimales con punto."),
        Column(7, "ValorExento", "", "Informativo: decide IndExencion."),
        Column(8, "Valor", "Detalle/MontoItem", "Valor de la línea con descuentos, en pesos."),
        Column(9, "TipoCodigo", "Detalle/CdgItem/TpoCodigo", "Tipo del código; vacío equivale a INT1."),
        Column(10, "UniMedida", "Detalle/UnmdItem", "Unidad de medida."),
        Column(11, "DescLarga", "Detalle/DscItem", "Descripción adicional."),
        Column(12, "PorcDescto", "Detalle/DescuentoPct", "Descuento de la línea, en porcentaje."),
        Column(13, "ValorDescto", "Detalle/DescuentoMonto", "Descuento de la línea, en pesos."),
    ), required=11, target="Detalle", rows=0, note="Una fila por línea de la boleta."),
    Section("BoletaDescRec", "boleta", (
        Column(1, "NroLinea", "DscRcgGlobal/NroLinDR", "Número de la fila, desde 1."),
        Column(2, "Tipo", "DscRcgGlobal/TpoMov", "D descuento, R recargo."),
        Column(3, "Glosa", "DscRcgGlobal/GlosaDR", "Motivo."),
        Column(4, "TipoValor", "DscRcgGlobal/TpoValor", "$ pesos, % porcentaje."),
        Column(5, "Valor", "DscRcgGlobal/ValorDR", "Monto o porcentaje; 0 si no hay."),
        Column(6, "IndExento", "DscRcgGlobal/IndExeDR", "0 sobre lo afecto, 1 sobre lo exento."),
    ), required=6, target="DscRcgGlobal", rows=0, note="Descuentos y recargos globales de la boleta."),
    Section("BoletaReferencia", "boleta", (
        Column(1, "NroLinea", "Referencia/NroLinRef", "Número de la referencia, desde 1."),
        Column(2, "CodigoRef", "Referencia/CodRef", "Código de la referencia, libre."),
        Column(3, "RazonRef", "Referencia/RazonRef", "Razón de la referencia."),
    ), required=3, target="Referencia", rows=0, note="Referencias de la boleta."),
    Section("Observacion", "", (
        Column(1, "Linea1", "", "Primera línea de la observación."),
        Column(2, "Linea2", "", "Segunda línea."),
        Column(3, "Linea3", "", "Tercera línea."),
    ), required=0, rows=0, free=True, note="Texto para la impresión: una fila con varias columnas, o varias filas."),
    Section("Adicionales", "", (
        Column(1, "Nodo", "", "Número del dato adicional."),
        Column(2, "Valor", "", "Valor del dato."),
    ), required=2, rows=0, note="Datos propios de la empresa; el número 1 se guarda como A1."),
)  # fmt: skip
"""All sections that a sales file may have."""

BY_NAME: Mapping[str, Section] = {section.name.lower(): section for section in SECTIONS}
"""Sections by their name in lower case."""

HEADERS: Mapping[str, str] = {
    "factura": "Encabezado", "liquidacion": "Encabezado", "exportacion": "Encabezado", "boleta": "Boleta",
}  # fmt: skip
"""Section that begins a document, by structure."""

PURCHASE_SUFFIX = "compra"
"""Sections of the purchases' layout end so (in lower case); this service does not take them."""
