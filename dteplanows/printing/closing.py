"""The end of a letter: stamp, totals, and on the cedible copy the receipt of the goods.

The SII wants the stamp in the lower part of the page, 2 cm or more from its left edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TypeAlias

from dteplanows.document.elements import EXPORTS
from dteplanows.printing import labels, shown, stamp
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import Entry, entries, words
from dteplanows.printing.flow import Flow
from dteplanows.printing.page import BLACK, MILLIMETRE, Box, Page, Text
from dteplanows.printing.sheet import Sheet
from dteplanows.printing.stored import Part, Stored

_GUIA = 52
_STAMP_LEFT = 21 * MILLIMETRE
_TOTALS_LEFT = 336.0
_AMOUNT = 100.0
"""Room of an amount of the totals, in points."""
_ABOVE = 6.0
"""Between the text and what stands at the foot of every page, in points."""
_LEAST_LINES, _LEAST_ROOM, _LEAST_PART = 8, 110.0, 1 / 3
"""What each page keeps for the lines of the document beside what stands on all pages: lines, points, and of what it has
for both. Where it is less, all stands on the last page only."""
_SURELY = 0.4
"""Of a page, below which a foot has room under any head."""

RECEIPT = (
    "El acuse de recibo que se declara en este acto, de acuerdo a lo dispuesto en la letra b) del Art. 4°, y la letra "
    "c) del Art. 5° de la Ley 19.983, acredita que la entrega de mercaderías o servicio(s) prestado(s) ha(n) sido "
    "recibido(s)."
)
"""Legend of the law on the transfer of invoices (Manual de Muestras Impresas v4.0)."""
_RECEIPT_PLACES = (("Nombre", 0.0, 0.56), ("R.U.T.", 0.58, 1.0), ("Fecha", 0.0, 0.24), ("Recinto", 0.26, 0.56),
                   ("Firma", 0.58, 1.0))  # fmt: skip
"""What the receiver writes by hand, with the parts of the width between which it stands."""
RECEIPT_FIELDS = tuple(name for name, *_ in _RECEIPT_PLACES)
"""The names of the same."""
_RECEIPT_HEIGHT = 72.0
_RECEIPT_SIZE, _LEGEND_SIZE = 8.0, 7.0
_RECEIPT_BESIDE = 86.0
_BESIDE_PLACES = (("Nombre", 0.0, 1.0, 0), ("R.U.T.", 0.0, 0.48, 1), ("Fecha", 0.52, 1.0, 1), ("Recinto", 0.0, 0.48, 2),
                  ("Firma", 0.52, 1.0, 2))  # fmt: skip
"""The same in three rows, where the block stands beside the stamp."""


def cedible_words(tipo: int) -> str:
    """The word that makes the copy cedible, by document type."""
    return "CEDIBLE CON SU FACTURA" if tipo == _GUIA else "CEDIBLE"


def change_words(one: Part) -> str:
    """What a discount or surcharge on the whole document is, in words."""
    kind = words("TpoMov", one.text("TpoMov")) or one.text("TpoMov")
    scope = [f"sobre lo {words('IndExeDR', code)}" for code in one.texts("IndExeDR") if words("IndExeDR", code)]
    return ": ".join([" ".join([kind, *scope]), *one.texts("GlosaDR")])


def change_value(stored: Stored, one: Part) -> str:
    """Its value, in percent or in an amount; behind it, where there is one, the value in another currency."""
    value = one.text("ValorDR")
    if value and one.text("TpoValor") == "%":
        value = f"{shown.number(value)}%"
    elif value:
        amount = shown.amount(value, stored.decimals)
        value = amount if stored.tipo in EXPORTS else f"$ {amount}"
    other = [f"{shown.number(text)} en otra moneda" for text in one.texts("ValorDROtrMnda")]
    return " / ".join([*([value] if value else []), *other])


_Total: TypeAlias = tuple[list[str], Entry]
"""A total with its label in lines."""


class Closing:
    """The end of a letter: what stands at the foot of its last page, or of every page."""

    def __init__(self, stored: Stored, facts: PrintFacts, sheet: Sheet, *, cedible: bool) -> None:
        self._sheet = sheet
        self._stamp = stamp.Barcode(stored.ted, "carta", facts.puntos_carta)
        self._words = stamp.words(facts) if stored.ted else []
        self._totals = self._labelled(stored)
        self._above: list[_Total] = []
        self._cedible = cedible
        self._stamp_height = stamp.height_of(self._stamp, len(stamp.words(facts)))
        self._row = sheet.leading + 0.9
        self._receipt_below = _RECEIPT_HEIGHT if cedible and not sheet.is_low else 0.0
        self._receipt_beside = _RECEIPT_BESIDE if cedible and sheet.is_low else 0.0
        self.reserved = 0.0
        """What every page keeps free for what stands on all of them, in points."""
        self.is_alone = False
        """Whether it stands by itself on the last page."""

    def settle(self, begins: Callable[[], float]) -> None:
        """Choose what stands at the foot of each page, and which totals go above it.

        :param begins: answers where the text of a page begins, in points; asked only where it matters.
        """
        sheet, design = self._sheet, self._sheet.design
        is_wanted = "todas" in (design.totales_en, design.timbre_en)
        if not is_wanted and self.zone + self._receipt_below < _SURELY * sheet.bottom:
            return
        room = sheet.bottom - begins()
        highest = room - self._receipt_below - _ABOVE
        while len(self._totals) > 1 and self.zone > max(highest, self._stamp_height):
            self._above.append(self._totals.pop(0))
        whole = self.zone + self._receipt_below + _ABOVE
        least = max(_LEAST_ROOM, _LEAST_LINES * sheet.leading, _LEAST_PART * room)
        if is_wanted and not self._above and room - whole >= least:
            self.reserved = whole

    @property
    def _totals_height(self) -> float:
        return self._height_of(self._totals)

    def _height_of(self, totals: Sequence[_Total]) -> float:
        return sum(len(label) for label, _ in totals) * self._row + 5

    @property
    def zone(self) -> float:
        """Height in points of stamp and totals, and of what stands beside the stamp."""
        return max(self._stamp_height, self._totals_height + 9 + self._receipt_beside)

    def close(self, flow: Flow) -> None:
        """Draw the end at the foot of the last page, on a new one when there is no room, and the rest on the others."""
        if not self.reserved:
            self._draw_above(flow)
            flow.gap()
            before = len(flow.pages)
            flow.need(self.zone + self._receipt_below)
            self.is_alone = len(flow.pages) > before
        design, last = self._sheet.design, len(flow.pages) - 1
        for number, page in enumerate(flow.pages):
            if number < last and not self.reserved:
                continue
            # They are read once, behind all else.
            with nullcontext() if number == last else page.tags.aside():
                if number == last or design.totales_en == "todas":
                    self._draw_totals(page, self._sheet.bottom - self._receipt_below - self.zone, self._totals)
                if number == last or design.timbre_en == "todas":
                    top = self._sheet.bottom - self._receipt_below - self._stamp_height
                    stamp.draw(page, self._stamp, _STAMP_LEFT, top, self._words)
        if self._receipt_below:
            self._draw_receipt(flow.page, self._sheet.bottom - self._receipt_below)
        elif self._receipt_beside:
            top = self._sheet.bottom - self.zone + self._totals_height + 5
            self._draw_receipt_beside(flow.page, top)

    def _draw_above(self, flow: Flow) -> None:
        """The totals that the foot of a page has no room for, on as many pages as they take."""
        left = self._above
        while left:
            flow.gap()
            flow.need(self._height_of(left[:1]))
            some = left[:1]
            while len(some) < len(left) and flow.y + self._height_of(left[: len(some) + 1]) <= flow.bottom:
                some = left[: len(some) + 1]
            self._draw_totals(flow.page, flow.y, some)
            flow.y += self._height_of(some)
            left = left[len(some) :]

    def _labelled(self, stored: Stored) -> list[_Total]:
        """The totals, each with its label in lines."""
        sheet, found = self._sheet, entries("totales", stored)
        if stored.tipo not in EXPORTS:
            found = [one._replace(label=f"{one.label} $") if one.strong else one for one in found]
        room = sheet.right - _TOTALS_LEFT - _AMOUNT - 8
        return [(sheet.wrap(labels.of(stored, one.label), sheet.size, room, one.strong), one) for one in found]

    def _draw_totals(self, page: Page, y: float, totals: Sequence[_Total]) -> None:
        sheet, design = self._sheet, self._sheet.design
        right, size = sheet.right, sheet.size
        top = y
        y += 2
        with page.tags.inside("Table"):
            for label, entry in totals:
                height, colour = len(label) * self._row, BLACK
                if entry.strong:
                    page.put(Box(_TOTALS_LEFT, y, right - _TOTALS_LEFT, height, 0, design.shade))
                    colour = design.on_shade
                amount = Text(right - 4, y + self._row - 3, entry.text, size + entry.strong, entry.strong, colour)
                with page.tags.inside("TR"):
                    with page.tags.inside("TH", "Row"):
                        for at, line in enumerate(label, 1):
                            base = y + at * self._row - 3
                            page.write(Text(_TOTALS_LEFT + 4, base, line, size, bold=entry.strong, colour=colour))
                    with page.tags.inside("TD"):
                        page.write(amount, align="right", room=_AMOUNT)
                y += height
        page.put(Box(_TOTALS_LEFT, top, right - _TOTALS_LEFT, y + 2 - top, 0.5, design.main))

    def _draw_receipt(self, page: Page, y: float) -> None:
        """The block that the receiver signs (Ley 19.983)."""
        sheet = self._sheet
        left, width = sheet.left, sheet.room
        page.put(Box(left, y + 4, width, _RECEIPT_HEIGHT - 8, 0.5, BLACK))
        for at, (label, start, end) in enumerate(_RECEIPT_PLACES):
            base = y + (20 if at < 2 else 40)
            x, to_x = left + 6 + start * (width - 12), left + 6 + end * (width - 12)
            page.write(Text(x, base, f"{label}:", _RECEIPT_SIZE, bold=True))
            page.rule(x + 40, base + 1, to_x)
        with page.tags.inside("P"):
            for at, line in enumerate(sheet.wrap(RECEIPT, _LEGEND_SIZE, width - 12)):
                page.write(Text(left + 6, y + 50.5 + at * 8, line, _LEGEND_SIZE))

    def _draw_receipt_beside(self, page: Page, y: float) -> None:
        """The same in the room beside the stamp, where a sheet is too low to have it below."""
        sheet = self._sheet
        left, width = _TOTALS_LEFT, sheet.right - _TOTALS_LEFT
        page.put(Box(left, y, width, _RECEIPT_BESIDE - 4, 0.5, BLACK))
        for label, start, end, row in _BESIDE_PLACES:
            base = y + 12 + 13 * row
            x, to_x = left + 4 + start * (width - 8), left + 4 + end * (width - 8)
            page.write(Text(x, base, f"{label}:", _LEGEND_SIZE, bold=True))
            page.rule(x + 34, base + 1, to_x)
        with page.tags.inside("P"):
            for at, line in enumerate(sheet.wrap(RECEIPT, 6, width - 8)):
                page.write(Text(left + 4, y + 47 + at * 6.6, line, 6))
