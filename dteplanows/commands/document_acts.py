"""What a person does about documents that wait for a word and not for the SII: ``envios adoptar``, ``descartar``."""

from __future__ import annotations

from datetime import date

import click

from dteplanows.archive import Archive
from dteplanows.commands.cafs import span_of
from dteplanows.commands.envelope_acts import agreed, goes_on, sure_option
from dteplanows.commands.envelopes import envios
from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.records import period, period_options
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import Span
from dteplanows.sii.delivery import documents_by_person
from dteplanows.sii.delivery.order import delivery_of
from dteplanows.validator.report import money


@envios.command("adoptar", cls=Command)
@company_options
@period_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option("--folios", metavar="FOLIOS", callback=lambda ctx, param, value: value and span_of(ctx, param, value),
              cls=Option, help="Solo ese folio, como 120, o ese tramo, como 120-150.")  # fmt: skip
@click.option("--ya-enviados", is_flag=True, cls=Option, help="Otro sistema los envió: no se envían, y se le pregunta "
              "al SII por cada uno hasta saber de él.")  # fmt: skip
@sure_option
@click.pass_context
def adoptar(
    ctx: click.Context,
    *,
    empresa: str | None,
    ambiente: Ambiente | None,
    desde: date | None,
    hasta: date | None,
    mes: tuple[date, date] | None,
    tipo: int | None,
    folios: Span | None,
    ya_enviados: bool,
    sure: bool,
) -> None:
    """Decide sobre los documentos «sin enviar», los que se emitieron antes de que este programa enviara.

    Desde ahora quedan pendientes de enviar o, con --ya-enviados, por confirmar con el SII. También decide sobre las
    notas que quedaron detenidas con lo que corrigen, sobre lo que se dijo enviado y el SII no confirma y, con
    --ya-enviados, sobre lo detenido porque el SII ya tiene ese folio. Dice cuántos son y pregunta antes.
    """
    first, last = period(desde, hasta, mes)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = [
            one
            for one in documents_by_person.adoptable(
                ledger, company, Wanted(first, last, tipo or 0), sent=ya_enviados
            )
            if folios is None or folios.desde <= one.folio <= folios.hasta
        ]
        if not found:
            click.echo("No hay documentos que esperen esa decisión.")
            if not ya_enviados:
                click.echo("Una nota de lo que el SII rechazó o se descartó no sale: se deja con «envios descartar».")
            return
        many = f"{money(len(found))} documentos" if len(found) > 1 else "1 documento"
        days = f"del {found[-1].fecha_emision} al {found[0].fecha_emision}"
        click.echo(f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}: {many}, {days}.")
        question = "¿Preguntarle al SII por ellos, sin enviarlos?" if ya_enviados else "¿Enviarlos al SII?"
        if not agreed(question, sure):
            return
        ids = [one.id for one in reversed(found)]
        done = documents_by_person.adopt(ledger, company, ids, sent=ya_enviados)
    words = "por confirmar: se le pregunta al SII por cada uno" if ya_enviados else "pendientes de enviar"
    click.echo(f"Decididos: {money(done)}, que ahora están {words}. {goes_on(settings_in(ctx.obj))}")


@envios.command("descartar", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--motivo", metavar="TEXTO", required=True, cls=Option, help="Por qué no se envía.")
@sure_option
@click.pass_context
def descartar(
    ctx: click.Context,
    *,
    tipo: int,
    folio: int,
    empresa: str | None,
    ambiente: Ambiente | None,
    motivo: str,
    sure: bool,
) -> None:
    """Deja sin efecto un documento detenido que el SII no tiene: no se envía más ni cuenta en los totales.

    Por ejemplo una nota que ya nadie quiere, o una venta cuyo folio el SII tiene de otro documento. Antes se le
    pregunta al SII si lo tiene. Su folio no se usa de nuevo, y esto no se deshace.
    """
    if not motivo.strip():
        raise click.UsageError("Diga por qué no se envía con --motivo TEXTO: queda en el registro.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        document = Archive(ledger, company, "operador").find(tipo, folio)
        what = f"tipo {tipo}, folio {folio}, de {document.razon_social_receptor}, total {money(document.monto_total)}"
        if not agreed(f"¿Descartar para siempre el documento {what}?", sure):
            return
        documents_by_person.discard(delivery_of(settings_in(ctx.obj), ledger), company, document, motivo.strip())
    click.echo(f"Descartado: {what}. No se envía, ni cuenta en los totales.")
    click.echo("Si el SII no tiene ese folio, anúlelo en su sitio: aquí no se usa otra vez.")
