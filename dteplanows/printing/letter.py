"""A document on letter paper (Manual de Muestras Impresas v4.0, Formato DTE v2.5)."""

from __future__ import annotations

from urllib.parse import urlsplit

from dteplanows.document.elements import DOCUMENT_NAMES, EXPORTS
from dteplanows.printing import closing, cutting, qr, shown
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import Entry, entries
from dteplanows.printing.flow import BOTTOM, LEFT, RIGHT, SIZE, WIDTH, Column, Flow
from dteplanows.printing.page import MILLIMETRE, RED, Box, Page, Text, wrap
from dteplanows.printing.stored import Stored
from dteplanows.printing.table_rows import commission, line, packages, reference

TEST_MARK = "DOCUMENTO DE PRUEBA – SIN VALIDEZ TRIBUTARIA"
PREVIEW_MARK = "VISTA PREVIA – NO ES UN DOCUMENTO"
"""Across each page of a document that is not issued."""

_BOX_WIDTH = 72 * MILLIMETRE
_BOX_LINE = 2.0
"""In points; between 0.5 and 1 mm."""
_BOX_SIZE = 12.0
_NUMBER = 66.0
"""Widest column of amounts, in points, which nine digits fill; longer ones are written smaller."""


def layout(stored: Stored, facts: PrintFacts, cedible: bool) -> list[Page]:
    """The pages of *stored*."""
    flow = Flow(_Top(stored, facts))
    _parties(flow, stored)
    for title, section in (("Transporte", "transporte"), ("Exportación", "aduana"), ("Manejo de madera", "madera")):
        if found := entries(section, stored):
            flow.title(title)
            flow.halves(found)
    _packages(flow, stored)
    _references(flow, stored)
    _lines(flow, stored)
    _after_the_lines(flow, stored, facts)
    _code(flow, facts)
    closing.close(flow, stored, facts, cedible)
    last = len(flow.pages)
    for number, page in enumerate(flow.pages, 1):
        page.write(Text(WIDTH / 2, BOTTOM + 18, f"Página {number} de {last}", SIZE), align="centre")
        if facts.copia:
            page.write(Text(LEFT, BOTTOM + 20, facts.copia, 11, bold=True))
        if cedible:
            page.write(Text(RIGHT, BOTTOM + 20, closing.cedible_words(stored.tipo), 11, bold=True), align="right")
    return flow.pages


class _Top:
    """Draws what stands at the top of each page; on the pages after the first a short form of it."""

    def __init__(self, stored: Stored, facts: PrintFacts) -> None:
        self._stored = stored
        self._facts = facts
        self._first = True

    def __call__(self, page: Page) -> float:
        stored = self._stored
        if not stored.ted:
            page.slanted(PREVIEW_MARK)
        elif self._facts.ambiente == "pruebas":
            page.slanted(TEST_MARK)
        bottom = max(self._box(page), self._issuer(page))
        if not self._first:
            name = stored.root.text("Encabezado/Receptor/RznSocRecep")
            page.write(Text(LEFT, bottom + 9, "Señor(es): " + name, SIZE), room=RIGHT - LEFT)
            bottom += 12
        self._first = False
        return bottom + 4

    def _box(self, page: Page) -> float:
        """The box with RUT, name and number of the document; answers where it ends."""
        stored, left = self._stored, RIGHT - _BOX_WIDTH
        centre = left + _BOX_WIDTH / 2
        name = wrap(DOCUMENT_NAMES[stored.tipo].upper(), _BOX_SIZE, _BOX_WIDTH - 16, bold=True)
        issuer = shown.rut(stored.root.text("Encabezado/Emisor/RUTEmisor"))
        lines = [f"R.U.T.: {issuer}", *name, f"Nº {stored.folio}"]
        height = 17.0 * len(lines) + 14
        page.put(Box(left, 30, _BOX_WIDTH, height, _BOX_LINE, RED))
        for at, text in enumerate(lines, 1):
            page.write(Text(centre, 33 + 17 * at, text, _BOX_SIZE, bold=True, colour=RED), align="centre")
        bottom = 30 + height
        if self._facts.unidad_sii:
            bottom += 13
            unit = f"S.I.I. - {self._facts.unidad_sii}"
            page.write(Text(centre, bottom, unit, 9, bold=True, colour=RED), align="centre", room=_BOX_WIDTH)
        return bottom

    def _issuer(self, page: Page) -> float:
        """Name and address of the issuer; answers where they end."""
        stored, room = self._stored, RIGHT - _BOX_WIDTH - LEFT - 14
        y = 30.0
        for name in wrap(stored.issuer_name, 12, room, bold=True):
            y += 14
            page.write(Text(LEFT, y, name, 12, bold=True))
        if not self._first:
            return y
        giro = [f"Giro: {stored.issuer_giro}"] if stored.issuer_giro else []
        texts = [*giro, *(f"{one.label}: {one.text}" for one in entries("emisor", stored))]
        for text in texts:
            for part in wrap(text, SIZE, room):
                y += 10
                page.write(Text(LEFT, y + 2, part, SIZE))
        return y + 2


def _parties(flow: Flow, stored: Stored) -> None:
    """Who receives, and what the document says of itself."""
    flow.gap()
    flow.page.rule(LEFT, flow.y, RIGHT)
    flow.y += 2
    flow.labelled(entries("receptor", stored), entries("documento", stored), 340)
    flow.y += 2
    flow.page.rule(LEFT, flow.y, RIGHT)


def _packages(flow: Flow, stored: Stored) -> None:
    rows = [packages(one) for one in stored.root.all("Encabezado/Transporte/Aduana/TipoBultos")]
    if rows:
        flow.gap()
        columns = [Column("Bultos", most=110), Column("Cantidad", "right", 60), Column("Marcas")]
        flow.table([*columns, Column("Contenedor", most=90), Column("Sello", most=110)], rows)


def _references(flow: Flow, stored: Stored) -> None:
    rows = [reference(one) for one in stored.root.all("Referencia")]
    if rows:
        flow.gap()
        columns = [Column("Documento de referencia", most=170), Column("Folio", most=80), Column("Fecha", most=50)]
        flow.table([*columns, Column("Razón")], rows)


def _lines(flow: Flow, stored: Stored) -> None:
    columns = [
        Column("Código", most=70),
        Column("Descripción"),
        Column("Cantidad", "right", _NUMBER),
        Column("Unidad", "centre", 30),
        Column("Precio", "right", _NUMBER),
        Column("Desc./Rec.", "right", _NUMBER),
        Column("Monto", "right", _NUMBER),
    ]
    flow.gap()
    flow.table(columns, [line(stored, one) for one in stored.root.all("Detalle")])


def _after_the_lines(flow: Flow, stored: Stored, facts: PrintFacts) -> None:
    _commissions(flow, stored)
    _changes(flow, stored)
    rows = [[one.text("GlosaSTI"), shown.number(one.text("ValSubtotSTI"))] for one in stored.root.all("SubTotInfo")]
    if rows:
        flow.gap()
        flow.table([Column("Subtotales informativos"), Column("Valor", "right", _NUMBER)], rows)
    rows = [
        [shown.day(one.text("FchPago")), one.text("GlosaPagos"), shown.number(one.text("MntPago"))]
        for one in stored.root.all("Encabezado/IdDoc/MntPagos")
    ]
    if rows:
        flow.gap()
        flow.table([Column("Fecha de pago", most=60), Column("Glosa"), Column("Monto", "right", _NUMBER)], rows)
    if found := entries("moneda", stored):
        flow.title("Valores en otra moneda")
        flow.halves(found)
    if facts.observaciones:
        observed = cutting.of_texts(facts.observaciones)
        flow.title("Observaciones")
        for text in (*observed.texts, observed.said):
            flow.paragraph(text)
    if facts.adicionales:
        added = cutting.of_data(facts.adicionales)
        flow.title("Datos adicionales")
        flow.halves([Entry(name, text) for name, text in added.data.items()])
        flow.paragraph(added.said)


def _code(flow: Flow, facts: PrintFacts) -> None:
    """The code with the address of the document's page, and what it is for."""
    if not facts.pagina:
        return
    code = qr.Placed(facts.pagina, facts.puntos_carta)
    height = code.side + 2 * qr.QUIET_ZONE
    flow.gap()
    flow.need(height)
    code.draw(flow.page, LEFT + qr.QUIET_ZONE, flow.y + qr.QUIET_ZONE)
    x, y = LEFT + height + 4, flow.y + height / 2 - 4
    for text in (qr.WORDS, urlsplit(facts.pagina).netloc):
        flow.page.write(Text(x, y, text, SIZE))
        y += 11
    flow.y += height


def _commissions(flow: Flow, stored: Stored) -> None:
    rows = [commission(one) for one in stored.root.all("Comisiones")]
    if rows:
        flow.gap()
        columns = [Column("Comisión o cargo", most=90), Column("Glosa"), Column("Tasa", "right", 40)]
        flow.table([*columns, *(Column(title, "right", _NUMBER) for title in ("Neto", "Exento", "I.V.A."))], rows)


def _changes(flow: Flow, stored: Stored) -> None:
    """Discounts and surcharges on the whole document."""
    rows = [[closing.change_words(one), closing.change_value(one, stored.tipo in EXPORTS)]
            for one in stored.root.all("DscRcgGlobal")]  # fmt: skip
    if rows:
        flow.gap()
        flow.table([Column("Descuentos y recargos globales"), Column("Valor", "right", 250)], rows)
