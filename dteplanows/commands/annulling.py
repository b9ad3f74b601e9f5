"""``anular``: the note that annuls an issued document, shown first and then issued."""

from __future__ import annotations

from dataclasses import replace

import click

from dteplanows.accounts.callers import Callers
from dteplanows.archive import GUIA, Archive
from dteplanows.commands.envelope_acts import agreed, sure_option
from dteplanows.commands.files import show_outcome
from dteplanows.commands.opening import company_of, company_options, open_issuer, settings_in
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.document.outcome import Outcome
from dteplanows.document.problem import Refused
from dteplanows.issuing.annulling import annul, rehearse
from dteplanows.issuing.annulling_note import USUAL_REASON
from dteplanows.log import call, journal


@click.command("anular", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--motivo", metavar="TEXTO", default=USUAL_REASON, show_default=True, cls=Option,
              help="Por qué se anula, como aparece en la nota.")  # fmt: skip
@sure_option
@click.pass_context
def anular(
    ctx: click.Context,
    *,
    tipo: int,
    folio: int,
    empresa: str | None,
    ambiente: Ambiente | None,
    motivo: str,
    sure: bool,
) -> None:
    """Anula un documento emitido con la nota que corresponde: la muestra, pregunta y la emite.

    Una factura o boleta se anula con una nota de crédito, una nota de crédito con una de débito, y las de exportación
    con las suyas. Una guía que no salió solo se marca como anulada. No se deshace: una nota solo la anula otra.
    """
    with journal.written(settings_in(ctx.obj)), open_issuer(ctx.obj) as issuer:
        company = company_of(issuer.ledger, empresa, ambiente)
        account = Callers(issuer.ledger).operator(company.ambiente, company.rut)
        archive = Archive(issuer.ledger, company, account.usuario)
        stored = archive.find(tipo, folio)
        if tipo == GUIA:
            if agreed(f"¿Anular la guía de folio {folio}, que no salió?", sure):
                archive.annul(tipo, folio)
                click.echo("La guía quedó anulada. En el Libro de Guías de Despacho también va como anulada.")
            return
        rehearsed = rehearse(issuer, account, stored, motivo)
        if rehearsed.stopping:
            raise Refused(rehearsed.stopping)
        name = f"nota {rehearsed.note.tipo}"
        shown = replace(rehearsed.outcome, folio=0)
        show_outcome(console(), name, rehearsed.note.file, Outcome((shown,), validated_only=True))
        if not agreed(f"¿Emitir esta nota, que anula el documento de tipo {tipo} y folio {folio}?", sure):
            return
        with journal.calling("orden", "Procesar"):
            call.note_account(call.operator(), company.ambiente, company.rut)
            outcome = annul(issuer, account, stored, motivo)
            call.note_outcomes(outcome.documents, rehearsed.note.file)
        show_outcome(console(), name, rehearsed.note.file, outcome)
