"""Fictitious files for the parser's tests, built from the few parts that a test cares about."""

from __future__ import annotations

from dteplanows.document.model import Document
from dteplanows.parser import parse

HEADER = "33;0;2026-03-02;0;0;22222222-2;Vidrios del Maipo Ltda;Vidriería;Los Pinos 12;Buin;Buin;;"
TOTALS = "0;0;0;0;10000;0;19;1900;11900;"
LINE = "1;V-10;Vidrio templado;2;5000;0;0;0;0;0;10000;INT1;UN;;"

BOLETA = "39;0;2026-03-02;3;0;;;;66666666-6;;Cliente;;;;;;"
BOLETA_TOTALS = "0;0;0;11900;0;0;0;0;"
BOLETA_LINE = "1;V-10;Vidrio;0;1;11900;0;11900;INT1;UN;;"


def header(tipo: int = 33, despacho: str = "0", traslado: str = "0", correo: str = "") -> str:
    """The row of Encabezado for a document of *tipo*."""
    receptor = "22222222-2;Vidrios del Maipo Ltda;Vidriería;Los Pinos 12;Buin;Buin"
    return f"{tipo};0;2026-03-02;{despacho};{traslado};{receptor};{correo};"


def txt(sections: dict[str, str]) -> bytes:
    """A TXT of *sections*, each with its rows (separated by line feeds)."""
    return "".join(f"->{name}<-\n{rows}\n" for name, rows in sections.items()).encode()


def factura(**changed: str) -> bytes:
    """A factura with sections replaced or added."""
    return txt({"Encabezado": HEADER, "Totales": TOTALS, "Detalle": LINE} | changed)


def boleta(**changed: str) -> bytes:
    """A boleta with sections replaced or added."""
    return txt({"Boleta": BOLETA, "BoletaTotales": BOLETA_TOTALS, "BoletaDetalle": BOLETA_LINE} | changed)


def one(data: bytes, formato: str = "1") -> Document:
    """The only document of *data*."""
    documents = parse(data, formato)
    assert len(documents) == 1
    return documents[0]


def codes(document: Document) -> list[str]:
    """The codes of the problems of *document*, in order."""
    return [problem.code for problem in document.problems]


def xml(inside: str = "", tipo: int = 33, id_doc: str = "", receptor: str = "", emisor: str = "") -> bytes:
    """A DTE with *inside* behind its header."""
    return (
        f"<DTE><Documento><Encabezado><IdDoc><TipoDTE>{tipo}</TipoDTE><Folio>0</Folio>"
        f"<FchEmis>2026-03-02</FchEmis>{id_doc}</IdDoc><Emisor><RUTEmisor>1-9</RUTEmisor>{emisor}</Emisor>"
        f"<Receptor><RUTRecep>22.222.222-2</RUTRecep>{receptor}</Receptor>"
        "<Totales><MntNeto>10000</MntNeto><TasaIVA>19.00</TasaIVA><IVA>1900</IVA>"
        "<MntTotal>11,900.00</MntTotal></Totales>"
        f"</Encabezado>{inside}</Documento></DTE>"
    ).encode()
