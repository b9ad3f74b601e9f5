"""A book of a month as the SII's schema LibroCV_v10 has it, signed: MENSUAL and TOTAL, of purchases or of sales.

The totals stand before the rows that they sum up, so that these are written aside first. Nothing of the book is kept in
memory, however many rows it has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha1
from typing import IO, Any, NamedTuple

from dteplanows.accounts.resolution import Resolution
from dteplanows.books.checks import COMPRA
from dteplanows.books.table import PAIRS, Pair, structure
from dteplanows.document.elements import Element
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.xmldsig import DECLARATION, SII_NAMESPACE, signature_of

Row = Mapping[str, Any]
"""What stands in a row of the detail, by the names of the elements; groups are sequences of such."""

_ID = "LibroCV"
_INHERITED = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_START = f'<EnvioLibro xmlns="{SII_NAMESPACE}"{_INHERITED} ID="{_ID}">\n'
_BLOCK = 1 << 16
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_OF_PURCHASES = frozenset({"TotOpIVARec"})
"""Totals that a book of sales has not: they are about credit."""


class Cover(NamedTuple):
    """What the Caratula says."""

    rut_emisor: str
    periodo: str
    """AAAA-MM."""
    operacion: str
    """``COMPRA`` or ``VENTA``."""
    resolution: Resolution
    moment: datetime
    """When it is signed, local time in Chile."""


class Files(NamedTuple):
    """Where a book is written."""

    book: IO[bytes]
    scratch: IO[bytes]
    """For the rows until the totals are known; open for reading too."""


def write(files: Files, cover: Cover, rows: Iterable[Row], summed: Sequence[Row], certificate: Certificate) -> int:
    """Write a book.

    :param rows: of the detail.
    :param summed: totals of the types that have no rows, as boletas: elements of ``TotalesPeriodo``.
    :returns: how many rows there were.
    :raises OSError: it cannot be written.
    """
    sums = _Sums(cover.operacion)
    detail = _child(structure(), "Detalle")
    for row in rows:
        sums.add(row)
        files.scratch.write(_text(detail, row).encode("latin-1", "replace"))
    every = sorted([*sums.totals(), *summed], key=lambda one: int(one["TpoDoc"]))
    head = _caratula(cover, certificate)
    if every:
        head += _text(_child(structure(), "ResumenPeriodo"), {"TotalesPeriodo": every})
    root = f'<LibroCompraVenta xsi:schemaLocation="{SII_NAMESPACE} LibroCV_v10.xsd" xmlns="{SII_NAMESPACE}"{_INHERITED}'
    files.book.write(f'{DECLARATION}\n{root} version="1.0">\n<EnvioLibro ID="{_ID}">\n'.encode("ascii"))
    digested = sha1(_START.encode("ascii"), usedforsecurity=False)
    files.scratch.seek(0)
    end = f"<TmstFirma>{cover.moment.isoformat(timespec='seconds')}</TmstFirma>\n</EnvioLibro>"
    for piece in (head.encode("latin-1", "replace"), *_pieces(files.scratch), end.encode("ascii")):
        digested.update(piece.decode("latin-1").encode("utf-8"))
        files.book.write(piece)
    signature = signature_of(digested.digest(), f"#{_ID}", certificate, _INHERITED)
    files.book.write(f"\n{signature}\n</LibroCompraVenta>\n".encode("ascii"))
    return sums.rows


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_BLOCK):
        yield piece


def _caratula(cover: Cover, certificate: Certificate) -> str:
    facts = {
        "RutEmisorLibro": cover.rut_emisor, "RutEnvia": certificate.rut, "PeriodoTributario": cover.periodo,
        "FchResol": cover.resolution.fecha.isoformat(), "NroResol": cover.resolution.numero,
        "TipoOperacion": cover.operacion, "TipoLibro": "MENSUAL", "TipoEnvio": "TOTAL",
    }  # fmt: skip
    return _text(_child(structure(), "Caratula"), facts)


def _child(element: Element, name: str) -> Element:
    return next(one for one in element.children if one.name == name)


def _text(element: Element, data: Row) -> str:
    """An element with what is given of its children, in the order of the schema; canonical as it stands."""
    inside = []
    for child in element.children:
        value = data.get(child.name)
        if child.children:
            inside += [_text(child, one) for one in value or ()]
        elif value is not None and value != "":
            text = _UNPRINTED.sub(" ", str(value))[: child.max_length or None]
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            inside.append(f"<{child.name}>{escaped}</{child.name}>\n")
    return f"<{element.name}>\n{''.join(inside)}</{element.name}>\n"


class _Sums:
    """What the rows come to, by document type."""

    def __init__(self, operacion: str) -> None:
        self.rows = 0
        self._pairs = [one for one in PAIRS if operacion == COMPRA or one.name not in _OF_PURCHASES]
        self._sums: dict[int, Counter[tuple[Pair, str]]] = {}

    def add(self, row: Row) -> None:
        """Add a row."""
        self.rows += 1
        sums = self._sums.setdefault(int(row["TpoDoc"]), Counter())
        for pair in self._pairs:
            if pair.how == "documents":
                sums[pair, ""] += 1
            elif pair.how == "annulled":
                sums[pair, ""] += "Anulado" in row
            else:
                for code, amount in _amounts(row, pair):
                    sums[pair, code] += amount if pair.how == "sum" else int(amount != 0)

    def totals(self) -> Iterator[Row]:
        """Elements of ``TotalesPeriodo``: those that the schema wants, and the others where there is something."""
        wanted = {"TotDoc", "TotMntExe", "TotMntNeto", "TotMntIVA", "TotMntTotal"}
        for tipo, sums in self._sums.items():
            row: dict[str, Any] = {"TpoDoc": tipo}
            for (pair, code), amount in sums.items():
                step, _, name = pair.total.rpartition("/")
                if not step:
                    if amount or name in wanted:
                        row[name] = amount
                elif amount:
                    _group(row.setdefault(step, []), pair.key, code)[name] = amount
            yield {**dict.fromkeys(wanted, 0), **row}


def _group(groups: list[dict[str, Any]], key: str, code: str) -> dict[str, Any]:
    """The one of *groups* that has the code, a new one if need be."""
    found = next((one for one in groups if not key or str(one[key]) == code), None)
    if found is None:
        groups.append(found := {key: code} if key else {})
    return found


def _amounts(row: Row, pair: Pair) -> Iterator[tuple[str, int]]:
    """What a row has of what a total sums up, each with its code."""
    step, _, name = pair.detail.rpartition("/")
    for group in row.get(step, ()) if step else (row,):
        if name in group:
            yield str(group[pair.key]) if pair.key else "", int(group[name])
