"""Documents received from suppliers: judged and entered in the ledger; never numbered, stamped or signed."""

from __future__ import annotations

import json

from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.outcome import COMPRA, DocumentOutcome
from dteplanows.document.problem import errors
from dteplanows.ledger.rows import NewReceived, ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.parser.txt.purchases import OTHER_TAXES
from dteplanows.purchases.content import fingerprint, written
from dteplanows.purchases.judgement import judge

__all__ = ["enter", "fingerprint", "judge", "written"]

_JSON = json.JSONEncoder(ensure_ascii=False)


def enter(ledger: Ledger, account: Account, document: Document, file: ReceivedFile) -> DocumentOutcome:
    """Enter one document as received by the company of *account*, inside the transaction, unless it has an error or is
    there already.

    :param document: judged.
    :param file: what it came in.
    """
    if not errors(document.problems):
        row = _row(account, document, file)
        ledger.db.hold(part_of(account.company))
        if ledger.received.find(row.key):
            code, place = "CMP-006" if row.huella else "CMP-005", document.id_doc.place_of("Folio")
            document.problems.insert(0, problem(code, place, str(row.folio), tipo=row.tipo, rut=row.rut_emisor))
        else:
            ledger.received.record(row)
    accepted = not errors(document.problems)
    return DocumentOutcome(
        document.folio, document.tipo, clock.now(), accepted, tuple(document.problems), operacion=COMPRA
    )


def part_of(company: Company) -> str:
    """What of the ledger nobody else may change while a purchase of *company* is looked for and entered."""
    return f"compras {company.ambiente} {company.rut}"


def _row(account: Account, document: Document, file: ReceivedFile) -> NewReceived:
    """The ledger's row of a received document."""
    company, emisor, totales = account.company, document.emisor, document.totales
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
        usuario=account.usuario,
        creado=clock.now(),
    )
