"""The secret of a second factor as a picture that a telephone reads."""

from __future__ import annotations

from dteplanows.printing import qr
from dteplanows.printing.pdf417 import BLACK

_QUIET_ZONE = 4
"""Modules around the code (ISO/IEC 18004)."""

_SCALE = 5
"""Pixels of a module."""


def picture_of(address: str) -> str:
    """The QR code of *address* as SVG: one path on a white ground, whatever the look of the page."""
    rows = qr.encode(address).rows
    modules = len(rows) + 2 * _QUIET_ZONE
    path = "".join(
        f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module == BLACK
    )
    side = modules * _SCALE
    return (
        f'<svg width="{side}" height="{side}" viewBox="0 0 {modules} {modules}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{modules}v{modules}h-{modules}z"/><path fill="#000" d="{path}"/></svg>'
    )
