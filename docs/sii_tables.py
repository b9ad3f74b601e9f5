"""The page of the manual with the SII's codes, from the table by which the program itself reads them."""

from __future__ import annotations

from docs.words import literal, plain, table, title
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import REASONS

FAMILIES: dict[str, tuple[str, ...]] = {
    "Todo un envío": ("ENV", "SCH", "CHR", "LSX", "CVC", "XML", "CRT", "FIR", "RFR", "EST"),
    "Un documento": ("DTE", "CAF", "TED", "HED", "DET", "REF", "DOC"),
    "Al enviar y al ingresar": ("UPL", "SEED", "TOK", "COR", "BOL"),
    "Folios": ("FOL",),
    "Lo que se recibe, los reclamos y la cesión": ("INT", "REC", "CED", "AEC", "RTC"),
    "La certificación": ("SET", "MUE"),
    "Libros y resúmenes": ("LBR", "IECV", "RVD"),
}
"""How the page groups the codes, by how they begin."""


def codes_page() -> str:
    """Every code that is described, with its meaning and what to do."""
    text = title("Códigos del SII", "=") + (
        "Lo que significa cada código con que el SII rechaza, repara o contesta, y qué hacer. Donde el SII no da un "
        "número, el código es un nombre de este programa. El nivel, que es la cifra del medio, no decide: un documento "
        "está rechazado solo si el SII lo dice de él. De uno **rechazado** el folio no quedó usado; uno aceptado **con "
        "reparos** está aceptado y no se emite de nuevo. Un código que no está aquí se muestra tal como llegó.\n\n"
    )
    for name, begins in FAMILIES.items():
        rows = [
            [literal(code), plain(f"{one.meaning[0].upper()}{one.meaning[1:]}."), plain(f"{one.remedy}.")]
            for code, one in REASONS.items()
            if family_of(code) in begins
        ]
        text += title(name, "-") + table(["Código", "Qué significa", "Qué hacer"], rows)
    return text + _outcomes()


def _outcomes() -> str:
    """What can become of an attempt, by name, with what is known then."""
    rows = [
        [literal(one.name), plain(one.meaning), one.received, "sí" if one.ask_first else "no", plain(one.remedy)]
        for one in OUTCOMES.values()
    ]
    return (
        title("Lo que puede ocurrir al enviar o al preguntar", "-")
        + "«Lo tiene» dice si el SII quedó con el archivo. Donde no se sabe, primero se pregunta por el documento. Lo "
        "que se envía otra vez son siempre los mismos bytes, porque con otra firma el SII lo toma por repetido.\n\n"
        + table(["Nombre", "Qué pasó", "Lo tiene", "Se pregunta antes", "Qué hacer"], rows)
    )


def family_of(code: str) -> str:
    """How *code* begins.

    >>> family_of("DET-2-200"), family_of("RFR"), family_of("TOK--03")
    ('DET', 'RFR', 'TOK')
    """
    return code.partition("-")[0]
