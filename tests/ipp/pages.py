"""A PDF page of any size with a square whose place shows whether it was moved or scaled."""

from __future__ import annotations

import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas


def page(width: float, height: float) -> bytes:
    """A page of so many mm: a black square of 20 mm, 10 mm from the left and from below."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width * mm, height * mm))
    canvas.rect(10 * mm, 10 * mm, 20 * mm, 20 * mm, stroke=0, fill=1)
    canvas.save()
    return out.getvalue()
