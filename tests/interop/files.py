"""Changes to the input files that their own programs make: another folio, and a mistake."""

from __future__ import annotations

import re

_RUT = re.compile(rb"(<RUTRecep>(?:<!\[CDATA\[)?[\d.]+-|;\d{7,8}-)([\dK])")
_FOLIO = re.compile(rb"(<Folio>(?:<!\[CDATA\[)?|->(?:Encabezado|EncabezadoCompra|Boleta)<-\s+\d{2,3};)\d+")


def spoiled(file: bytes) -> bytes:
    """*file* with a mistake in the RUT of its receptor."""
    changed, times = _RUT.subn(lambda found: found[1] + (b"1" if found[2] != b"1" else b"2"), file, count=1)
    assert times
    return changed


def numbered(file: bytes, folio: int) -> bytes:
    """*file* with a folio of its program's own."""
    changed, times = _FOLIO.subn(rb"\g<1>%d" % folio, file, count=1)
    assert times
    return changed
