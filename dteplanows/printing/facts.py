"""What is printed and does not stand in the signed document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dteplanows.document.company import Ambiente, Dots, Paper
from dteplanows.printing.design.model import Design


@dataclass(frozen=True, slots=True)
class PrintFacts:
    """Facts of the company and of the customer's file that go onto the paper."""

    ambiente: Ambiente
    """In ``pruebas`` every page says that it has no tax validity."""
    numero_resolucion: int = 0
    """Of the resolution that authorizes the issuer; 0 in certification."""
    fecha_resolucion: date | None = None
    """Of the same resolution; without it only its number is printed."""
    unidad_sii: str = ""
    """Office of the SII that the issuer's main address belongs to, e.g. ``SANTIAGO CENTRO``; printed under the box."""
    observaciones: tuple[str, ...] = ()
    """Lines of observation."""
    adicionales: Mapping[str, str] = field(default_factory=dict)
    """The customer's own data by name."""
    pagina: str = ""
    """Address of the page that shows the document to its receiver, printed as a QR code; empty for none."""
    consulta: str = ""
    """Address where the receiver of a boleta can see it; empty for none."""
    puntos_carta: Dots = 300
    """Dots per inch of the printer of letters; what stands on the grid of 300 stands on that of 600 and 1200 too."""
    puntos_ticket: Dots = 203
    """Dots per inch of the printer of tickets."""
    rollo: Paper = "80"
    """Paper of boletas: the millimetres of a roll, or ``carta``."""
    copia: str = ""
    """What a copy that is not the first one says of itself, such as ``REIMPRESIÓN``; empty for nothing."""
    boleta_sin_timbre: bool = False
    """Printed boletas have no barcode (optional since 2026-01-01)."""
    diseno: Design = field(default_factory=Design)
    """How letters look."""
    logo: bytes = b""
    """The company's, as :func:`dteplanows.printing.design.logo.kept` made it; empty for none."""
    es_prueba_de_diseno: bool = False
    """What is printed shows a design, and is no document."""

    @property
    def printed_logo(self) -> bytes:
        """The logo where the design has a place for it; empty for none."""
        return b"" if self.diseno.emisor_logo == "no" else self.logo


class NotCedible(ValueError):  # noqa: N818 - named for the state of the document
    """The document has no cedible copy."""
