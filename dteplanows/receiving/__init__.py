"""Documents received from suppliers: judged and entered in the ledger; never numbered, stamped or signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.outcome import COMPRA, DocumentOutcome
from dteplanows.document.problem import errors
from dteplanows.issuing import unfinished
from dteplanows.ledger.rows import NewReceived, ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.parser.txt_purchases import OTHER_TAXES
from dteplanows.receiving.content import fingerprint, written
from dteplanows.receiving.judgement import judge

__all__ = ["enter", "fingerprint", "judge", "receive", "written"]

_JSON = json.JSONEncoder(ensure_ascii=False)
_CHUNK = 50
"""Documents of one file that are committed together."""


class _Rehearsed(Exception):  # noqa: N818 - rolls a rehearsal back; nothing failed
    """Ends a transaction that only looked whether the documents could be entered."""


def receive(
    ledger: Ledger,
    company: Company,
    usuario: str,
    documents: Sequence[Document],
    file: ReceivedFile,
    today: date,
    solo_validar: bool = False,
    something_done: bool = False,
) -> list[DocumentOutcome]:
    """Enter those of *documents* that have no error as received by *company*; each document stands for itself.

    :param solo_validar: only judge; what was entered on trial is taken back.
    :param something_done: other documents of the file are issued already: a failure is told and not raised.
    """
    for document in documents:
        judge(document, company, today)
    outcomes: list[DocumentOutcome] = []
    if solo_validar:
        try:
            with ledger.transaction():  # one, so that a document that stands twice in the file is found
                outcomes += [enter(ledger, company, usuario, one, file) for one in documents]
                raise _Rehearsed
        except _Rehearsed:
            return outcomes
    for start in range(0, len(documents), _CHUNK):
        try:
            with ledger.transaction(_purchases_of(company)):
                entered = [enter(ledger, company, usuario, one, file) for one in documents[start : start + _CHUNK]]
        except Exception as failure:
            if not outcomes and not something_done:
                raise
            return outcomes + unfinished.unregistered(documents[start:], failure)
        outcomes += entered
    return outcomes


def enter(ledger: Ledger, company: Company, usuario: str, document: Document, file: ReceivedFile) -> DocumentOutcome:
    """Enter one document, inside the transaction, unless it has an error or is there already."""
    if not errors(document.problems):
        row = _row(company, usuario, document, file)
        ledger.db.hold(_purchases_of(company))
        key = (row.ambiente, row.rut_empresa, row.rut_emisor, row.tipo, row.folio, row.huella)
        if ledger.received.find(*key):
            code, place = "CMP-006" if row.huella else "CMP-005", document.id_doc.place_of("Folio")
            document.problems.insert(0, problem(code, place, str(row.folio), tipo=row.tipo, rut=row.rut_emisor))
        else:
            ledger.received.record(row)
    accepted = not errors(document.problems)
    return DocumentOutcome(
        document.folio, document.tipo, clock.now(), accepted, tuple(document.problems), operacion=COMPRA
    )


def _purchases_of(company: Company) -> str:
    """What of the ledger nobody else may change while a purchase is looked for and entered."""
    return f"compras {company.ambiente} {company.rut}"


def _row(company: Company, usuario: str, document: Document, file: ReceivedFile) -> NewReceived:
    """The ledger's row of a received document."""
    emisor, totales = document.emisor, document.totales
    return NewReceived(
        ambiente=company.ambiente,
        rut_empresa=company.rut,
        rut_emisor=emisor.text("RUTEmisor"),
        tipo=document.tipo,
        folio=document.folio,
        huella="" if document.folio else fingerprint(document),
        fecha_emision=document.id_doc.text("FchEmis"),
        razon_social_emisor=emisor.text("RznSoc"),
        monto_neto=totales.amount("MntNeto"),
        monto_exento=totales.amount("MntExe"),
        iva=totales.amount("IVA"),
        otros_impuestos=totales.amount(OTHER_TAXES),
        monto_total=totales.amount("MntTotal"),
        contenido=written(document),
        archivo=file,
        beside=_JSON.encode(document.beside.as_dict()),
        avisos=_JSON.encode([one.text() for one in document.problems]),
        usuario=usuario,
        creado=clock.now(),
    )
