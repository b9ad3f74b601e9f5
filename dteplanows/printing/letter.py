"""A document on letter paper (Manual de Muestras Impresas v4.0, Formato DTE v2.5), as the company's design has it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal

from dteplanows.document.elements import EXPORTS
from dteplanows.printing import closing, cutting, labels, payment, shown
from dteplanows.printing.columns import NUMBER, widest
from dteplanows.printing.design.model import NAMES
from dteplanows.printing.design.reading import keys
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import Entry, entries
from dteplanows.printing.flow import Carried, Column, Flow
from dteplanows.printing.page import Page, Text
from dteplanows.printing.sheet import Sheet, sheet_of
from dteplanows.printing.stored import Stored
from dteplanows.printing.table_rows import commission, line, packages, reference
from dteplanows.printing.top import Top

_ALIGN = {"codigo": "left", "descripcion": "left", "unidad": "centre"}
_MIDDLE = 0.564
"""Of the width between the margins, where what the document says of itself begins."""


def layout(stored: Stored, facts: PrintFacts, cedible: bool) -> list[Page]:
    """The pages of *stored*.

    Where stamp and totals would stand alone on a last page, the lines are brought closer together if that spares one.
    """
    made = _Letter(stored, facts, cedible)
    pages, design = made.pages(), facts.diseno
    closest = float(keys()["letra", "interlineado"].minimo)
    if made.ends_alone and design.letra_interlineado > closest:
        closer = replace(facts, diseno=replace(design, letra_interlineado=closest))
        fewer = _Letter(stored, closer, cedible).pages()
        if len(fewer) < len(pages):
            return fewer
    return pages


class _Letter:
    """One document on its way onto paper."""

    def __init__(self, stored: Stored, facts: PrintFacts, cedible: bool) -> None:
        self._stored, self._facts, self._cedible = stored, facts, cedible
        self._sheet: Sheet = sheet_of(facts.diseno)
        self._end = closing.Closing(stored, facts, self._sheet, cedible=cedible)
        self._top = Top(stored, facts, self._sheet)
        self._end.settle(self._top.later)
        self._flow = Flow(self._sheet, self._top, self._end.reserved)

    def pages(self) -> list[Page]:
        """All that is printed."""
        flow, design = self._flow, self._sheet.design
        self._parties()
        for title, section in (("Transporte", "transporte"), ("Exportación", "aduana"), ("Manejo de madera", "madera")):
            if found := self._entries(section):
                flow.title(self._say(title))
                flow.halves(found)
        self._packages()
        self._references()
        self._own_texts("arriba")
        self._lines()
        self._commissions()
        self._changes()
        self._subtotals()
        if found := self._entries("moneda"):
            flow.title(self._say("Valores en otra moneda"))
            flow.halves(found)
        self._own_texts("abajo")
        payment.draw(flow, design, self._facts.puntos_carta, self._say)
        payment.draw_page_code(flow, self._facts)
        self._end.close(flow)
        self._feet()
        return flow.pages

    @property
    def ends_alone(self) -> bool:
        """Whether the last page has stamp and totals only."""
        return self._end.is_alone

    def _feet(self) -> None:
        """What stands below the text of each page; it is read on the last one."""
        last = len(self._flow.pages)
        for number, page in enumerate(self._flow.pages, 1):
            with nullcontext() if number == last else page.tags.aside():
                self._foot(page, number, last)

    def _foot(self, page: Page, number: int, last: int) -> None:
        sheet, design = self._sheet, self._sheet.design
        y = sheet.bottom + 8
        for text in design.pie_textos:
            middle = Text((sheet.left + sheet.right) / 2, y, text, sheet.small, colour=design.main)
            page.write(middle, align="centre", room=sheet.room)
            y += sheet.small + 1.5
        if design.pie_numero_de_pagina:
            words = f"Página {number} de {last}"
            if self._stored.tipo in EXPORTS:
                words = f"{words} / Page {number} of {last}"
            with page.tags.aside():
                page.write(Text(sheet.width / 2, sheet.height - 22, words, sheet.size), align="centre")
        if self._facts.copia:
            page.write(Text(sheet.left, sheet.height - 20, self._facts.copia, 11, bold=True))
        if self._cedible:
            words = closing.cedible_words(self._stored.tipo)
            page.write(Text(sheet.right, sheet.height - 20, words, 11, bold=True), align="right")

    def _say(self, label: str) -> str:
        return labels.of(self._stored, label)

    def _column(self, title: str, align: str = "left", most: float = 0) -> Column:
        return Column(labels.above(self._stored, title), align, most * self._sheet.scale)  # type: ignore[arg-type]

    def _entries(self, section: str) -> list[Entry]:
        return [one._replace(label=self._say(one.label)) for one in entries(section, self._stored)]

    def _parties(self) -> None:
        """Who receives, and what the document says of itself."""
        flow, sheet = self._flow, self._sheet
        for text in self._top.rest:
            flow.paragraph(text, indent=0)
        flow.gap()
        flow.rule()
        flow.y += 2
        middle = sheet.left + _MIDDLE * sheet.room
        flow.labelled(self._entries("receptor"), self._entries("documento"), middle)
        flow.y += 2
        flow.rule()

    def _packages(self) -> None:
        rows = [packages(one) for one in self._stored.root.all("Encabezado/Transporte/Aduana/TipoBultos")]
        if rows:
            self._flow.gap()
            self._flow.table(
                [self._column("Bultos", most=110), self._column("Cantidad", "right", 60), self._column("Marcas"),
                 self._column("Contenedor", most=90), self._column("Sello", most=110)], rows,
            )  # fmt: skip

    def _references(self) -> None:
        rows = [reference(one) for one in self._stored.root.all("Referencia")]
        if rows:
            self._flow.gap()
            self._flow.table(
                [self._column("Documento de referencia", most=170), self._column("Folio", most=80),
                 self._column("Fecha", most=50), self._column("Razón")], rows,
            )  # fmt: skip

    def _lines(self) -> None:
        """The lines, in the design's columns, with their sum where they go on to another page."""
        stored, design = self._stored, self._sheet.design
        names = list(NAMES)
        columns = []
        for name in design.detalle_columnas:
            title = design.detalle_titulos.get(name) or labels.above(stored, NAMES[name])
            columns.append(Column(title, _ALIGN.get(name, "right"), widest(self._sheet, name)))  # type: ignore[arg-type]
        found = stored.root.all("Detalle")
        rows = [line(stored, one) for one in found]
        carried = None
        if design.detalle_suma_y_sigue:
            sums, total = [], Decimal(0)
            for one in found:
                amount = one.text("MontoItem")
                total += Decimal(amount) if shown.is_number(amount) else 0
                sums.append(shown.amount(str(total), stored.decimals))
            at = design.detalle_columnas.index("monto")
            carried = Carried(at, sums, self._say("Suma y sigue"), self._say("Suma anterior"))
        order = [names.index(name) for name in design.detalle_columnas]
        self._flow.gap()
        self._flow.table(columns, [[row[at] for at in order] for row in rows], carried)

    def _commissions(self) -> None:
        rows = [commission(self._stored, one) for one in self._stored.root.all("Comisiones")]
        if rows:
            self._flow.gap()
            columns = [self._column("Comisión o cargo", most=90), self._column("Glosa"),
                       self._column("Tasa", "right", 40)]  # fmt: skip
            amounts = (self._column(title, "right", NUMBER) for title in ("Neto", "Exento", "I.V.A."))
            self._flow.table([*columns, *amounts], rows)

    def _changes(self) -> None:
        """Discounts and surcharges on the whole document."""
        stored = self._stored
        rows = [[closing.change_words(one), closing.change_value(stored, one)]
                for one in stored.root.all("DscRcgGlobal")]  # fmt: skip
        if rows:
            self._flow.gap()
            columns = [self._column("Descuentos y recargos globales"), self._column("Valor", "right", 250)]
            self._flow.table(columns, rows)

    def _subtotals(self) -> None:
        """Subtotals and payments."""
        root, decimals = self._stored.root, self._stored.decimals
        rows = [[one.text("GlosaSTI"), shown.amount(one.text("ValSubtotSTI"), decimals)]
                for one in root.all("SubTotInfo")]  # fmt: skip
        if rows:
            self._flow.gap()
            self._flow.table([self._column("Subtotales informativos"), self._column("Valor", "right", NUMBER)], rows)
        rows = [
            [shown.day(one.text("FchPago")), one.text("GlosaPagos"), shown.amount(one.text("MntPago"), decimals)]
            for one in root.all("Encabezado/IdDoc/MntPagos")
        ]
        if rows:
            self._flow.gap()
            columns = [self._column("Fecha de pago", most=60), self._column("Glosa")]
            self._flow.table([*columns, self._column("Monto", "right", NUMBER)], rows)

    def _own_texts(self, where: str) -> None:
        """The customer's observations and data, above the lines or below them."""
        flow, design, facts = self._flow, self._sheet.design, self._facts
        if facts.observaciones and design.observaciones_lugar == where:
            observed = cutting.of_texts(facts.observaciones)
            flow.title(self._say(design.observaciones_titulo))
            for text in (*observed.texts, observed.said):
                flow.paragraph(text)
        if facts.adicionales and design.adicionales_lugar == where:
            added = cutting.of_data(facts.adicionales)
            names = design.adicionales_nombres
            flow.title(self._say(design.adicionales_titulo))
            flow.halves([Entry(names.get(name, name), text) for name, text in added.data.items()])
            flow.paragraph(added.said)
