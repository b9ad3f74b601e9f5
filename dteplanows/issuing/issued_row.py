"""What the ledger keeps of an issued document."""

from __future__ import annotations

import json

from dteplanows.document.in_pesos import in_pesos
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.folios.allocation import Taken
from dteplanows.issuing import issued_before
from dteplanows.issuing.submission import Submission
from dteplanows.ledger.rows import NewDocument

_JSON = json.JSONEncoder(ensure_ascii=False)


def row_of(
    submission: Submission, document: Document, outcome: DocumentOutcome, xml: bytes, taken: Taken
) -> NewDocument:
    """The ledger's row of *document* of the file submitted.

    :param outcome: what is answered for it.
    :param xml: as signed.
    :param taken: its folio.
    """
    company, receptor = submission.company, document.receptor
    monto_total = in_pesos(document, "MntTotal")
    return NewDocument(
        ambiente=company.ambiente,
        rut_emisor=company.rut,
        tipo=document.tipo,
        folio=outcome.folio,
        fecha_emision=document.id_doc.text("FchEmis"),
        rut_receptor=receptor.text("RUTRecep"),
        razon_social_receptor=receptor.text("RznSocRecep"),
        monto_neto=in_pesos(document, "MntNeto"),
        monto_exento=in_pesos(document, "MntExe"),
        iva=in_pesos(document, "IVA"),
        monto_total=monto_total,
        xml=xml,
        archivo=submission.file,
        beside=_JSON.encode(document.beside.as_dict()),
        respuesta=_JSON.encode(_answer(outcome)),
        caf_id=taken.caf_id,
        reemplaza=taken.reemplaza,
        usuario=submission.usuario,
        creado=outcome.fecha,
        referencias=issued_before.corrections(document, monto_total),
    )


def _answer(outcome: DocumentOutcome) -> dict[str, object]:
    """What was answered for the document, for storing as JSON."""
    return {
        "Folio": outcome.folio,
        "TipoDte": outcome.tipo,
        "Operacion": outcome.operacion,
        "Fecha": outcome.fecha.isoformat(),
        "Resultado": outcome.accepted,
        "avisos": [one.text() for one in outcome.problems],
    }
