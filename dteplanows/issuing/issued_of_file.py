"""Which documents of a file are issued already, and what was answered for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dteplanows import printing
from dteplanows.document.catalogue import RULES
from dteplanows.document.elements import BOLETAS, EXPORTS
from dteplanows.document.figures import Figures, of_signed
from dteplanows.document.in_pesos import in_pesos
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import NOWHERE, Problem, Severity
from dteplanows.ledger.answers import IssuedOfFile
from dteplanows.ledger.rows import StoredDocument


def are_boletas(documents: Iterable[Document]) -> bool:
    """Whether *documents* are boletas alone."""
    return all(one.tipo in BOLETAS for one in documents)


def matched(documents: Sequence[Document], issued: Sequence[IssuedOfFile]) -> Mapping[int, IssuedOfFile]:
    """Which of *documents*, by their place, became which of *issued*, all of the same file; in the order of the file.

    Documents of a type are issued in the order of the file, but some may have been refused: so receiver, date and total
    tell them apart where they differ, and the order where they do not.
    """
    left = list(issued)
    found: dict[int, IssuedOfFile] = {}
    for look in (_facts, _type):
        for number, document in enumerate(documents):
            if number in found or not left:
                continue
            facts = look(document)
            row = next((one for one in left if look(one) == facts and document.folio in (0, one.folio)), None)
            if row:
                found[number] = row
                left.remove(row)
    return dict(sorted(found.items()))


def as_answered(stored: StoredDocument, document: Document) -> DocumentOutcome:
    """The outcome of *document* when it was issued as *stored*."""
    amounts = Figures(stored.monto_neto, stored.monto_exento, stored.iva, stored.monto_total)
    return DocumentOutcome(
        stored.folio, stored.tipo, stored.creado, True, tuple(_said(stored)), documento_id=stored.id,
        cedible=printing.is_cedible(stored.tipo, document.id_doc.text("IndTraslado")),
        figures=of_signed(stored.xml) if stored.tipo in EXPORTS else amounts,
        receptor=f"{stored.rut_receptor} {stored.razon_social_receptor}".strip(),
    )  # fmt: skip


def _said(stored: StoredDocument) -> Iterator[Problem]:
    """What was remarked on it; the text is all that is kept of each."""
    for text in json.loads(stored.respuesta).get("avisos", ()):
        code, _, message = text.removeprefix("[").partition("] ")
        rule = RULES.get(code)
        yield Problem(code, rule.severity if rule else Severity.AVISO, NOWHERE, "", message, "", "")


def _facts(one: Document | IssuedOfFile) -> tuple[object, ...]:
    if isinstance(one, IssuedOfFile):
        return one.tipo, one.rut_receptor, one.fecha_emision, one.monto_total
    receptor, fecha = one.receptor.text("RUTRecep"), one.id_doc.text("FchEmis")
    return one.tipo, receptor, fecha, in_pesos(one, "MntTotal")


def _type(one: Document | IssuedOfFile) -> tuple[object, ...]:
    return (one.tipo,)
