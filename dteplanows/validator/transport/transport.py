"""What Resolución Exenta SII 154 of 2025 asks of a document that goes with goods, article by article.

It moved twice (Resolución Exenta SII 52 of 2026) and is in force for what is issued or leaves from :data:`IN_FORCE` on.
It refuses nothing: what is missing is told in one aviso that names each datum with its article. What is not known must
be said expressly in the document; those sentences are written by :mod:`dteplanows.validator.transport.statements`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document, Group
from dteplanows.document.phrases import phrase
from dteplanows.validator.transport import plates, statements
from dteplanows.validator.transport.plates import TRAILER, VEHICLE, Said

IN_FORCE = date(2026, 11, 1)
"""First day of emission or departure that the resolution applies to; the texts for people say the same day."""

GUIA = 52
BY_ISSUER = frozenset({2, 3})
"""TipoDespacho of goods that the issuer sends."""

ARTICLES: Mapping[str, str] = {
    "DirDest": "1 a", "CmnaDest": "1 a", "RUTTrans": "1 b", "Chofer": "1 b", VEHICLE: "1 c", TRAILER: "1 c",
    "FchLlegada": "3 b", "FchSalida": "3 d", "HraSalida": "3 d",
}  # fmt: skip
"""The data of the transport by the article that asks for it, in the order of the articles."""

OF_A_LINE = ("QtyItem", "UnmdItem")
"""What the resolution asks of each good besides its name."""
_SALE = 1
_OTHER_TRANSFER = 6
"""IndTraslado that says that nothing is sold, and not why the goods are moved."""

_LINES_NAMED = 5


def carries_goods(document: Document) -> bool:
    """Whether *document* goes with goods that somebody transports: each guía, and what its issuer dispatches with."""
    return document.tipo == GUIA or document.id_doc.amount("TipoDespacho") in BY_ISSUER


def of(document: Document) -> Group | None:
    """The group Transporte, or None."""
    found = document.root.group("Encabezado").groups.get("Transporte")
    return found[0] if found else None


def check(document: Document, company: Company, said: Said | None) -> None:
    """Write what *document* must say expressly, and tell what it lacks.

    :param said: what stood in the place of its plates.
    """
    obliged = carries_goods(document) and _in_force(document)
    if not (obliged or said or statements.asked(document)):
        return
    written = statements.write(document, company if obliged else None, of(document), said or Said())
    if not obliged:
        return
    _check_plates(document)
    missing = [*_missing(document, written), *_missing_of_lines(document), *_missing_of_the_way(document, written)]
    missing.sort(key=lambda one: one[0])
    if missing:
        header, transport = document.root.group("Encabezado"), of(document)
        first = next((name for _, name in missing if name in ARTICLES), "")
        place = transport.place_of(first) if transport and first else header.place_of("Transporte")
        document.problems.append(problem("DOC-055", place, missing=_listed(missing)))


def _in_force(document: Document) -> bool:
    emission, transport = document.id_doc.day("FchEmis"), of(document)
    days = [day for day in (emission, transport.day("FchSalida") if transport else None) if day]
    return not days or max(days) >= IN_FORCE


def _check_plates(document: Document) -> None:
    transport = of(document)
    for name in (VEHICLE, TRAILER):
        text = transport.text(name) if transport else ""
        if transport and text and not plates.is_plate(text):
            document.problems.append(problem("DOC-120", transport.place_of(name), text, name=name))


# --- what is missing: article and name of each datum -------------------------------------------------------------


def _missing(document: Document, written: statements.Written) -> Iterator[tuple[str, str]]:
    transport, emisor = of(document), document.emisor
    origin = emisor.field("DirOrigen")
    if origin and origin.text and not getattr(emisor.field("CmnaOrigen"), "text", ""):
        yield "1 a", "CmnaOrigen"  # the company's own stands there, beside an address that is another
    for name, article in ARTICLES.items():
        known = transport is not None and _says(transport, name)
        if not known and name not in document.unread and name not in written.instead_of:
            yield article, name


def _says(transport: Group, name: str) -> bool:
    return name in transport.fields or any(not one.is_empty() for one in transport.all(name))


def _missing_of_lines(document: Document) -> Iterator[tuple[str, str]]:
    id_doc, lines = document.id_doc, document.detalles
    priced = document.tipo != GUIA or id_doc.amount("IndTraslado") == _SALE
    for name in (*OF_A_LINE, "PrcItem") if priced else OF_A_LINE:
        without = [number for number, line in enumerate(lines, 1) if name not in line.fields]
        if without and name not in document.unread:
            yield "1 d", f"{name} {_where(without, len(lines))}"


def _where(numbers: list[int], count: int) -> str:
    if len(numbers) == count:
        return phrase("lines.in_each" if count > 1 else "lines.in_the_line")
    if len(numbers) > _LINES_NAMED:
        return phrase("lines.in_many", count=len(numbers))
    if len(numbers) == 1:
        return phrase("lines.in_one", number=numbers[0])
    return phrase("lines.in_several", numbers=_joined(list(map(str, numbers))))


def _missing_of_the_way(document: Document, written: statements.Written) -> Iterator[tuple[str, str]]:
    """What kind of transfer it is, why goods are moved that nobody buys, and why it takes more than a day."""
    unexplained = document.tipo == GUIA and document.id_doc.amount("IndTraslado") == _OTHER_TRANSFER
    if unexplained and not written.motive and any("PrcItem" not in line.fields for line in document.detalles):
        yield "1 d", phrase("transport.motive")
    if document.tipo == GUIA and not document.id_doc.amount("IndTraslado") and "IndTraslado" not in document.unread:
        yield "2", "IndTraslado"
    if written.prolonged_without_reason:
        yield "3 b", phrase("transport.motive_of_prolonged")
    elif statements.takes_days(document, of(document)) and not written.prolonged:
        yield "3 b", phrase("transport.declaration")


def _listed(missing: list[tuple[str, str]]) -> str:
    """``DirDest y CmnaDest (artículo 1 a); Patente (artículo 1 c)``."""
    by_article: dict[str, list[str]] = {}
    for article, name in missing:
        by_article.setdefault(article, []).append(
            phrase("transport.trailer", name=name) if name == TRAILER else name
        )
    return "; ".join(
        phrase("transport.by_article", names=_joined(names), article=article) for article, names in by_article.items()
    )


def _joined(parts: list[str]) -> str:
    return " y ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
