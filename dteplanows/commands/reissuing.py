"""``reemitir``: the folio of a document that the SII refused, issued again with its correction."""

from __future__ import annotations

from pathlib import Path

import click

from dteplanows.accounts.callers import Callers
from dteplanows.archive import Archive
from dteplanows.commands.files import show_outcome
from dteplanows.commands.opening import company_of, company_options, open_issuer, settings_in
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command
from dteplanows.document.company import Ambiente, Company
from dteplanows.issuing import Issuer
from dteplanows.issuing.reissuing import must_be_free
from dteplanows.ledger.rows import ReceivedFile, StoredDocument
from dteplanows.log import call, journal
from dteplanows.parser import guess_formato
from dteplanows.sii.reasons import read_reason


@click.command("reemitir", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@click.argument(
    "archivo", metavar="[ARCHIVO]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@company_options
@click.pass_context
def reemitir(
    ctx: click.Context, *, tipo: int, folio: int, archivo: Path | None, empresa: str | None, ambiente: Ambiente | None
) -> None:
    """Emite de nuevo, con el mismo folio, un documento que el SII rechazó.

    ARCHIVO es el del documento corregido, TXT o XML, con ese único documento; su folio puede ser 0. Sin ARCHIVO, dice
    por qué lo rechazó el SII y qué falta. El documento rechazado queda en el registro.
    """
    with journal.written(settings_in(ctx.obj)), open_issuer(ctx.obj) as issuer:
        company = company_of(issuer.ledger, empresa, ambiente)
        account = Callers(issuer.ledger).operator(company.ambiente, company.rut)
        document = Archive(issuer.ledger, company, account.usuario).find(tipo, folio)
        must_be_free(issuer.ledger, company, document)
        if archivo is None:
            _tell(issuer, company, document)
            return
        data = archivo.read_bytes()
        with journal.calling("orden", "Procesar"):
            call.note_account(call.operator(), company.ambiente, company.rut)
            outcome = issuer.reissue(account, ReceivedFile(guess_formato(data), data), tipo, folio)
            call.note_outcomes(outcome.documents, data)
        show_outcome(console(), str(archivo), data, outcome)
    ctx.exit(0 if outcome.accepted else 1)


def _tell(issuer: Issuer, company: Company, document: StoredDocument) -> None:
    """Say why the SII refused *document*, and what is to be done."""
    delivery = issuer.ledger.deliveries.find(document.id)
    reasons = delivery.motivos.splitlines() if delivery else []
    since = f" el {delivery.desde:%Y-%m-%d %H:%M}" if delivery else ""
    out = console()
    out.print(f"El SII rechazó{since} el documento de tipo {document.tipo} y folio {document.folio}:", style="bold")
    for text in reasons or ["(sin motivo: el SII no lo dio)"]:
        out.print(f"  {read_reason(text).told()}")
    issued = f"{document.creado:%Y-%m-%d %H:%M}, por {document.usuario}"
    out.print(f"Se emitió el {issued}, de un archivo con SHA-256 {document.archivo_sha256}.")
    out.print("Falta el archivo con el documento corregido. Cuando lo tenga:")
    out.print(f"  dteplanows reemitir {document.tipo} {document.folio} ARCHIVO --empresa {company.rut}")
