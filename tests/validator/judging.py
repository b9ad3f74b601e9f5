"""Documents for the validator's tests: a customer's file with parts exchanged, and what was said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dteplanows import parser, validator
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.problem import Severity
from tests.told import Codes, of_severity

TODAY = date(2026, 11, 24)
COMPANY = Company(
    rut="76354771-K",
    ambiente="pruebas",
    razon_social="Maestranza Ficticia Ltda.",
    giro="Fabricación de piezas",
    actecos=("259900", "331400"),
    direccion="Pasaje Los Aromos 415",
    comuna="Chillán",
    codigo_sii_sucursal="81234567",
)

FACTURA = """->Encabezado<-
{tipo};0;2026-11-24;0;0;22222222-2;Cliente Ficticio;Comercio;Calle 1;Lota;Lota;;
->Totales<-
{totales}
->Detalle<-
{detalle}
"""
BOLETA = """->Boleta<-
{tipo};0;2026-11-24;3;{neta};;;;66666666-6;;;;;;;;
->BoletaTotales<-
{totales}
->BoletaDetalle<-
{detalle}
"""
REFERENCE = "->Referencia<-\n1;33;120;2026-11-01;{code};motivo;\n"


def line(amount: int, price: str = "0", quantity: str = "1", discount: str = "0;0", exempt: int = 0, n: int = 1) -> str:
    """A line of a factura."""
    return f"{n};A;Cosa;{quantity};{price};{discount};0;0;{exempt};{amount};INT1;UN;;"


def judged(text: str, tolerante: bool = False, from_account: bool = False, company: Company = COMPANY) -> Document:
    """The one document of the TXT (or XML) *text*, judged."""
    formato = "2" if text.startswith("<") else "1"
    (document,) = parser.parse(text.encode(), formato)
    validator.judge(document, replace(company, tolerante=tolerante), TODAY, from_account)
    return document


def factura(detalle: str, totales: str, tipo: int = 33, more: str = "", tolerante: bool = False) -> Document:
    """A factura, guía or note of these lines and totals, judged."""
    return judged(FACTURA.format(tipo=tipo, totales=totales, detalle=detalle) + more, tolerante)


def boleta(detalle: str, totales: str, tipo: int = 39, neta: str = "0", more: str = "") -> Document:
    """A boleta of these lines and totals, judged."""
    return judged(BOLETA.format(tipo=tipo, totales=totales, detalle=detalle, neta=neta) + more)


def codes(document: Document, severity: Severity = Severity.ERROR) -> Codes:
    """Codes of the problems of one severity, in their order; it fails where one of another is asked for."""
    return of_severity(document, severity)


def figures(document: Document) -> tuple[int, int, int, int]:
    """MntNeto, MntExe, IVA and MntTotal, 0 for what is not there."""
    totales = document.totales
    return tuple(totales.amount(name) for name in ("MntNeto", "MntExe", "IVA", "MntTotal"))  # type: ignore[return-value]
