"""The end of a letter: stamp, totals, and on the cedible copy the receipt of the goods.

The SII wants the stamp in the lower part of the page, 2 cm or more from its left edge.
"""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.document.elements import EXPORTS
from dteplanows.printing import shown, stamp
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import Entry, entries, words
from dteplanows.printing.flow import BOTTOM, LEFT, RIGHT, SIZE, SMALL, Flow
from dteplanows.printing.page import MILLIMETRE, Box, Page, Text, wrap
from dteplanows.printing.stored import Part, Stored

_GUIA = 52
_STAMP_LEFT = 21 * MILLIMETRE
_TOTALS_LEFT = 336.0
_AMOUNT = 100.0
"""Room of an amount of the totals, in points."""
_ROW = 10.5

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


def cedible_words(tipo: int) -> str:
    """The word that makes the copy cedible, by document type."""
    return "CEDIBLE CON SU FACTURA" if tipo == _GUIA else "CEDIBLE"


def change_words(one: Part) -> str:
    """What a discount or surcharge on the whole document is, in words."""
    kind = words("TpoMov", one.text("TpoMov")) or one.text("TpoMov")
    scope = [f"sobre lo {words('IndExeDR', code)}" for code in one.texts("IndExeDR") if words("IndExeDR", code)]
    return ": ".join([" ".join([kind, *scope]), *one.texts("GlosaDR")])


def change_value(one: Part, other_currency: bool) -> str:
    """Its value, in percent or in an amount; behind it, where there is one, the value in another currency."""
    value = shown.number(one.text("ValorDR"))
    if value and one.text("TpoValor") == "%":
        value = f"{value}%"
    elif value and not other_currency:
        value = f"$ {value}"
    other = [f"{shown.number(text)} en otra moneda" for text in one.texts("ValorDROtrMnda")]
    return " / ".join([*([value] if value else []), *other])


def close(flow: Flow, stored: Stored, facts: PrintFacts, cedible: bool) -> None:
    """Draw the end at the foot of the last page, on a new one when there is no room."""
    size = stamp.Barcode(stored.ted, "carta", facts.puntos_carta)
    lines = stamp.words(facts)
    totals = _totals(stored)
    zone = max(stamp.height_of(size, len(lines)), sum(len(label) for label, _ in totals) * _ROW + 14)
    receipt = _RECEIPT_HEIGHT if cedible else 0
    flow.gap()
    flow.need(zone + receipt)
    y = BOTTOM - receipt - zone
    top = BOTTOM - receipt - stamp.height_of(size, len(lines))
    stamp.draw(flow.page, size, _STAMP_LEFT, top, lines if stored.ted else [])
    _draw_totals(flow.page, y, totals)
    if cedible:
        _draw_receipt(flow.page, BOTTOM - receipt)
    flow.y = BOTTOM


def _totals(stored: Stored) -> list[tuple[list[str], Entry]]:
    """The totals, each with its label in lines."""
    found = entries("totales", stored)
    if stored.tipo not in EXPORTS:
        found = [one._replace(label=f"{one.label} $") if one.strong else one for one in found]
    return [(wrap(one.label, SIZE, RIGHT - _TOTALS_LEFT - _AMOUNT - 8, one.strong), one) for one in found]


def _draw_totals(page: Page, y: float, totals: Sequence[tuple[list[str], Entry]]) -> None:
    height = sum(len(label) for label, _ in totals) * _ROW + 5
    page.put(Box(_TOTALS_LEFT, y, RIGHT - _TOTALS_LEFT, height, 0.5, (0, 0, 0)))
    y += 1
    for label, entry in totals:
        for line in label:
            y += _ROW
            page.write(Text(_TOTALS_LEFT + 4, y - 2, line, SIZE, bold=entry.strong))
        base = y - 2 - (len(label) - 1) * _ROW
        amount = Text(RIGHT - 4, base, entry.text, SIZE + entry.strong, bold=entry.strong)
        page.write(amount, align="right", room=_AMOUNT)


def _draw_receipt(page: Page, y: float) -> None:
    """The block that the receiver signs (Ley 19.983)."""
    width = RIGHT - LEFT
    page.put(Box(LEFT, y + 4, width, _RECEIPT_HEIGHT - 8, 0.5, (0, 0, 0)))
    for at, (label, start, end) in enumerate(_RECEIPT_PLACES):
        base = y + (20 if at < 2 else 40)
        x, to_x = LEFT + 6 + start * (width - 12), LEFT + 6 + end * (width - 12)
        page.write(Text(x, base, f"{label}:", SIZE, bold=True))
        page.rule(x + 36, base + 1, to_x)
    for at, line in enumerate(wrap(RECEIPT, SMALL, width - 12)):
        page.write(Text(LEFT + 6, y + 53 + at * 8, line, SMALL))
