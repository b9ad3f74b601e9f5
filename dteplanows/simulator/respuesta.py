"""The document RESPUESTA that the services in SOAP answer with.

Its elements carry the prefix SII, its fields do not; the header of QueryEstDteAv is the exception. The number of the
attention (NUM_ATENCION) stands in three places of the manual, and here too: in the header, behind the counts of the
body, and beside the header of an error.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from xml.sax.saxutils import escape

from dteplanows.simulator.moments import Clock

Fields = Iterable[tuple[str, object]]
_NUMBERS = itertools.count(1001)


def fields(given: Fields, prefix: str = "") -> str:
    """*given* as elements."""
    return "".join(f"<{prefix}{name}>{escape(str(value))}</{prefix}{name}>" for name, value in given)


def respuesta(header: str, body: str | None = None, beside: str = "", body_first: bool = False) -> str:
    """The whole document.

    :param beside: what stands beside the header.
    """
    head = f"<SII:RESP_HDR>{header}</SII:RESP_HDR>"
    inner = "" if body is None else f"<SII:RESP_BODY>{body}</SII:RESP_BODY>"
    parts = inner + head if body_first else head + inner
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<SII:RESPUESTA xmlns:SII="http://www.sii.cl/XMLSchema">{parts}{beside}</SII:RESPUESTA>'
    )


def attention(clock: Clock) -> str:
    """A number of attention, as ``532 ( 2004/06/14 16:44:20)``."""
    return f"{next(_NUMBERS)} ( {clock.wall():%Y/%m/%d %H:%M:%S})"
