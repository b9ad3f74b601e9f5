"""How a document is paid, as the design says it, and the codes for telephones."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from dteplanows.document.company import Dots
from dteplanows.printing import qr
from dteplanows.printing.design.model import Design
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.fields import Entry
from dteplanows.printing.flow import Flow
from dteplanows.printing.page import Text

_LABELS = (
    ("Banco", "pago_banco"), ("Tipo de cuenta", "pago_tipo_de_cuenta"), ("Nº de cuenta", "pago_numero_de_cuenta"),
    ("A nombre de", "pago_titular"), ("R.U.T.", "pago_rut"), ("Correo", "pago_correo"), ("Pague en", "pago_enlace"),
)  # fmt: skip


def draw(flow: Flow, design: Design, dots: Dots, say: Callable[[str], str]) -> None:
    """The data of the account, where the design has any."""
    found = [Entry(label, getattr(design, name)) for label, name in _LABELS if getattr(design, name)]
    if not found and not design.pago_texto:
        return
    code = qr.Placed(_content(design, found), dots) if design.pago_qr else None
    flow.need(60 + (code.side + 2 * qr.QUIET_ZONE if code else 0))
    flow.title(say(design.pago_titulo))
    flow.halves([one._replace(label=say(one.label)) for one in found])
    flow.paragraph(design.pago_texto)
    if code:
        height = code.side + 2 * qr.QUIET_ZONE
        flow.need(height)
        place = flow.y
        code.draw(flow.page, flow.sheet.left + qr.QUIET_ZONE, place + qr.QUIET_ZONE)
        words = "Escanee para pagar" if design.pago_enlace else "Escanee para copiar los datos de la cuenta"
        x = flow.sheet.left + code.side + 2 * qr.QUIET_ZONE + 6
        flow.page.write(Text(x, place + code.side / 2 + qr.QUIET_ZONE, words, flow.sheet.size))
        flow.y = place + height


def _content(design: Design, found: list[Entry]) -> str:
    """What the code says: the address where it is paid, or the data that a person would copy."""
    return design.pago_enlace or "\n".join(one.text for one in found)


def draw_page_code(flow: Flow, facts: PrintFacts) -> None:
    """The code with the address of the document's page, and what it is for."""
    if not facts.pagina:
        return
    code = qr.Placed(facts.pagina, facts.puntos_carta)
    height = code.side + 2 * qr.QUIET_ZONE
    flow.gap()
    flow.need(height)
    left = flow.sheet.left
    code.draw(flow.page, left + qr.QUIET_ZONE, flow.y + qr.QUIET_ZONE)
    x, y = left + height + 4, flow.y + height / 2 - 4
    for text in (qr.WORDS, urlsplit(facts.pagina).netloc):
        flow.page.write(Text(x, y, text, flow.sheet.size))
        y += flow.sheet.size + 3
    flow.y += height
