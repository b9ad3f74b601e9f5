"""What the files of documents are called: ``factura-33-9920000003.pdf``, and ``…-cedible.pdf`` for the cedible copy."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[int, str] = {
    33: "factura",
    34: "factura-exenta",
    39: "boleta",
    41: "boleta-exenta",
    43: "liquidacion-factura",
    46: "factura-de-compra",
    52: "guia-de-despacho",
    56: "nota-de-debito",
    61: "nota-de-credito",
    110: "factura-de-exportacion",
    111: "nota-de-debito-de-exportacion",
    112: "nota-de-credito-de-exportacion",
}
"""The word for each type of document that is issued here, in letters that every file system takes."""


def file_name(tipo: int, folio: int, ending: str = "pdf", cedible: bool = False) -> str:
    """Name of the file of a document.

    >>> file_name(33, 9920000003, cedible=True)
    'factura-33-9920000003-cedible.pdf'
    """
    return f"{NAMES[tipo]}-{tipo}-{folio}{'-cedible' if cedible else ''}.{ending}"
