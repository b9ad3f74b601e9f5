"""What stands on a ticket, row by row; how a row looks is for :mod:`ticket_text`, :mod:`roll` and :mod:`escpos`.

A ticket is the paper of boletas and, where the document says so (``TpoImpresion`` T), of invoices, notes and guías.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from dteplanows.document.elements import BOLETAS, DOCUMENT_NAMES
from dteplanows.printing import cutting, shown, stamp
from dteplanows.printing.closing import RECEIPT, RECEIPT_FIELDS, cedible_words, change_value, change_words
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import coded, entries, words_or_code
from dteplanows.printing.stored import Part, Stored
from dteplanows.printing.table_rows import commission, packages
from dteplanows.printing.top import TEST_MARK as LETTER_MARK

Kind = Literal["centre", "text", "pair", "rule", "box", "field"]


class Row(NamedTuple):
    """One row: centred, from the left, a text with an amount at the right, a line across, the document's box, or a
    name with a line to write on by hand."""

    kind: Kind
    text: str = ""
    right: str = ""
    bold: bool = False


RULE = Row("rule")
TEST_MARK = LETTER_MARK.replace("–", "-")
"""Thermal printers have no more letters than ISO-8859-1."""


def is_ticket(stored: Stored) -> bool:
    """Whether *stored* is printed on a roll."""
    return stored.tipo in BOLETAS or stored.root.text("Encabezado/IdDoc/TpoImpresion") == "T"


def has_barcode(stored: Stored, facts: PrintFacts) -> bool:
    """Whether its stamp is printed: always, but for boletas of a company that leaves it out."""
    return not (facts.boleta_sin_timbre and stored.tipo in BOLETAS)


def head(stored: Stored, facts: PrintFacts) -> Iterator[Row]:
    """What stands above the stamp."""
    if facts.copia:
        yield Row("centre", facts.copia, bold=True)
    if facts.ambiente == "pruebas":
        yield Row("centre", TEST_MARK, bold=True)
    yield Row("centre", stored.issuer_name, bold=True)
    yield Row("centre", stored.issuer_giro)
    for one in entries("emisor", stored):
        yield Row("centre", one.text)
    issuer = shown.rut(stored.root.text("Encabezado/Emisor/RUTEmisor"))
    yield Row("box", f"R.U.T.: {issuer}\n{DOCUMENT_NAMES[stored.tipo].upper()}\nNº {stored.folio}", bold=True)
    if facts.unidad_sii:
        yield Row("centre", f"S.I.I. - {facts.unidad_sii}", bold=True)
    for section in ("documento", "receptor", "transporte", "aduana", "madera"):
        for one in entries(section, stored):
            yield Row("text", f"{one.label}: {one.text}")
    for package in stored.root.all("Encabezado/Transporte/Aduana/TipoBultos"):
        yield Row("text", ". ".join(filter(None, packages(package))))
    yield RULE
    for line in stored.root.all("Detalle"):
        yield from _line(stored, line)
    yield RULE
    for charge in stored.root.all("Comisiones"):
        kind, glosa, rate, *amounts = commission(stored, charge)
        yield Row("text", " ".join(filter(None, [f"{kind}:", glosa, rate])))
        for name, amount in zip(("Neto", "Exento", "I.V.A."), amounts, strict=True):
            if amount:
                yield Row("pair", f"  {name}", amount)
    for change in stored.root.all("DscRcgGlobal"):
        yield Row("pair", change_words(change), change_value(stored, change))
    for part in stored.root.all("SubTotInfo"):
        yield Row("pair", part.text("GlosaSTI"), shown.amount(part.text("ValSubtotSTI"), stored.decimals))
    for total in entries("totales", stored):
        yield Row("pair", f"{total.label} $" if total.strong else total.label, total.text, total.strong)
    for payment in stored.root.all("Encabezado/IdDoc/MntPagos"):
        text = " ".join(filter(None, [f"Pago {shown.day(payment.text('FchPago'))}", payment.text("GlosaPagos")]))
        yield Row("pair", text, shown.amount(payment.text("MntPago"), stored.decimals))
    for one in entries("moneda", stored):
        yield Row("pair", one.label, one.text)
    for reference in stored.root.all("Referencia"):
        yield from _reference(reference)


def foot(stored: Stored, facts: PrintFacts, cedible: bool = False) -> Iterator[Row]:
    """What stands under the stamp, or in its place.

    :param cedible: on the copy that can be ceded, whose receiver signs for the goods.
    """
    for line in stamp.words(facts) if has_barcode(stored, facts) else stamp.words(facts)[1:]:
        yield Row("centre", line)
    if facts.consulta:
        yield Row("centre", f"Consulte su boleta en {facts.consulta}")
    observed = cutting.of_texts(facts.observaciones, cutting.ON_TICKET)
    added = cutting.of_data(facts.adicionales, cutting.ON_TICKET)
    data = (f"{name}: {text}" for name, text in added.data.items())
    for text in (*observed.texts, observed.said, *data, added.said):
        yield Row("text", text)
    for text in facts.diseno.pie_textos:
        yield Row("centre", text)
    if cedible:
        for name in RECEIPT_FIELDS:
            yield Row("field", name)
        yield Row("text", RECEIPT)
        yield Row("centre", cedible_words(stored.tipo), bold=True)
    if facts.ambiente == "pruebas":
        yield Row("centre", TEST_MARK, bold=True)


def _line(stored: Stored, one: Part) -> Iterator[Row]:
    number = shown.number

    def money(text: str) -> str:
        return shown.amount(text, stored.decimals)

    yield Row("text", " ".join([*one.texts("CdgItem/VlrCodigo"), one.text("NmbItem")]))
    for text in one.texts("DscItem"):
        yield Row("text", text)
    for note in entries("linea", stored, one):
        yield Row("text", f"{note.label}: {note.text}" if note.label else note.text)
    quantity = " ".join([*map(number, one.texts("QtyItem")), *one.texts("UnmdItem")])
    price = " x ".join([*([quantity] if quantity else []), *map(money, one.texts("PrcItem"))])
    changes = [f"-{money(text)}" for text in one.texts("DescuentoMonto")]
    changes += [f"+{money(text)}" for text in one.texts("RecargoMonto")]
    yield Row("pair", " ".join([price, *changes]).strip(), money(one.text("MontoItem")))


def _reference(one: Part) -> Iterator[Row]:
    texts = [coded("TpoDoc", code) for code in one.texts("TpoDocRef")]
    texts += [f"Nº {folio}" for folio in one.texts("FolioRef")]
    texts += [f"del {shown.day(text)}" for text in one.texts("FchRef")]
    reasons = [words_or_code("CodRef", code) for code in one.texts("CodRef")]
    reasons += one.texts("RazonRef") + one.texts("CodVndor") + one.texts("CodCaja")
    text = " ".join(texts)
    yield Row("text", "Referencia: " + ". ".join([*([text] if text else []), *reasons]))
