"""Customers' XML files of every document type, for the tests of amounts: a good head around given lines and totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from dteplanows import parser, validator
from dteplanows.document.elements import BOLETAS, EXPORTS, structure
from dteplanows.document.model import Document
from tests.told import CodeSet, of_families
from tests.validator.judging import COMPANY, TODAY

Values = Mapping[str, object]


def element(name: str, content: object) -> str:
    """*content* (a value, a mapping of elements or a list of either) as elements called *name*."""
    if isinstance(content, list):
        return "".join(element(name, one) for one in content)
    inner = elements(content) if isinstance(content, Mapping) else str(content)
    return f"<{name}>{inner}</{name}>\n"


def elements(values: Values) -> str:
    """All of *values* as elements."""
    return "".join(element(name, content) for name, content in values.items())


def line(amount: object, **more: object) -> dict[str, object]:
    """A line of that MontoItem; None leaves the amount out."""
    found: dict[str, object] = {"NmbItem": "Cosa", **more}
    return found if amount is None else {**found, "MontoItem": amount}


def reference(tipo: int = 33, code: int = 3) -> dict[str, object]:
    """A reference of a note to a document of that type."""
    return {"NroLinRef": 1, "TpoDocRef": tipo, "FolioRef": 120, "FchRef": "2026-11-01", "CodRef": code}


def read(tipo: int, lines: list[dict[str, object]], totales: Values, id_doc: Values | None = None,
         receptor: Values | None = None, header: Values | None = None, **root: object) -> Document:  # fmt: skip
    """The document as the parser gives it.

    :param header: groups of Encabezado behind Totales.
    :param root: groups behind the lines: ``Referencia``, ``DscRcgGlobal``...
    """
    first: dict[str, object] = {"TipoDTE": tipo, "Folio": 0, "FchEmis": "2026-11-24", **(id_doc or {})}
    if tipo in BOLETAS:
        first.setdefault("IndServicio", 3)
    if tipo == 52:
        first.setdefault("IndTraslado", 1)
    who = "55555555-5" if tipo in EXPORTS else "22222222-2"
    buyer = {"RUTRecep": who, "RznSocRecep": "Cliente", "GiroRecep": "Comercio", "DirRecep": "Calle 1",
             "CmnaRecep": "Lota", **(receptor or {})}  # fmt: skip
    numbered = [{"NroLinDet": number, **one} for number, one in enumerate(lines, 1)]
    head = {"IdDoc": first, "Emisor": {"RUTEmisor": "1-9"}, "Receptor": buyer, "Totales": totales, **(header or {})}
    body = elements({"Encabezado": head, "Detalle": numbered, **root})
    name = structure(tipo).name
    (document,) = parser.parse(f"<DTE><{name}>{body}</{name}></DTE>".encode(), "2")
    return document


def judged(tipo: int, lines: list[dict[str, object]], totales: Values, *, tolerante: bool = False,
           valor_uf: str = "0", **parts: object) -> Document:  # fmt: skip
    """The document of these lines and totals, judged; *parts* as :func:`read` takes them."""
    document = read(tipo, lines, totales, **parts)  # type: ignore[arg-type]
    validator.judge(document, replace(COMPANY, tolerante=tolerante), TODAY, valor_uf=Decimal(valor_uf))
    return document


def found(document: Document) -> CodeSet:
    """Codes of the arithmetic and of its data that were reported, of any severity."""
    return of_families(document, "TOT-", "DOC-1")


def texts(document: Document, *names: str) -> tuple[str, ...]:
    """Totals by name as text; empty for what is not there."""
    return tuple(document.totales.text(name) for name in names)
