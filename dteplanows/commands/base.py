"""``base``: the database of an installation."""

from __future__ import annotations

import getpass
import re

import click

from dteplanows.commands.cafs import count_of
from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.shown import console, show_problems
from dteplanows.commands.spanish import Command, Group, Option
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused, errors
from dteplanows.folios import held_back, older_ledger
from dteplanows.folios.older_ledger import Watch
from dteplanows.issuing.readiness import bounds_of
from dteplanows.ledger import clock_watch
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.clock_watch import ClockWatch
from dteplanows.ledger.opening import is_there
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger, New
from dteplanows.process.system_errors import in_words
from dteplanows.settings import load


@click.group("base", cls=Group)
def base() -> None:
    """La base de datos de la instalación."""


@base.command("crear", cls=Command)
@click.pass_context
def crear(ctx: click.Context) -> None:
    """Crea una base de datos nueva, sin empresas, en la carpeta de datos.

    Las órdenes «empresa crear» y «demo» lo hacen solas en una carpeta vacía. Esta es para una carpeta que ya tiene sus
    ajustes o su clave maestra, que quedan como están.
    """
    settings = load(directorio=ctx.obj)
    place = place_of(settings)
    if is_there(place):
        raise Refused([problem("BAS-081" if place.base else "BAS-012", value=str(settings.directorio))])
    ledger = Ledger(place, settings.clave_maestra, New.ANYWHERE)
    ledger.close()
    click.echo(f"Base de datos creada: {ledger.db.name}. Agregue la primera empresa con la orden «empresa crear».")


def _first_folios(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[int, int]:
    found = {}
    for value in values:
        written = re.fullmatch(r"([0-9]{1,3}):([0-9]{1,10})", value.strip())
        if not written or not int(written[2]):
            raise click.BadParameter(f"«{value}» no sirve; se escribe como 33:1181, el tipo y su primer folio libre.")
        found[int(written[1])] = int(written[2])
    return found


@base.command("continuar", cls=Command)
@company_options
@click.option("--retener", is_flag=True, cls=Option, help="Retiene todos los folios que pueden haberse emitido.")
@click.option(
    "--desde",
    metavar="TIPO:FOLIO",
    multiple=True,
    callback=_first_folios,
    cls=Option,
    help="Primer folio de ese tipo que con seguridad no se emitió, como 33:1181; los anteriores sin documento quedan "
    "retenidos. Se puede repetir. Los demás tipos quedan como con --retener.",
)
@click.pass_context
def continuar(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, retener: bool, desde: dict[int, int]
) -> None:
    """Dice si la base es más antigua que lo emitido, y permite seguir emitiendo con ella.

    Sin opciones solo muestra. Los folios que quedan retenidos se ven con «folio retenidos» y se liberan con «folio
    liberar», uno por uno o por tramos, cuando se sabe que no se emitieron.
    """
    with open_ledger(ctx.obj) as ledger:
        stopped = Watch(ledger).at_start()
        if not retener and not desde:
            if stopped:
                show_problems(console(), stopped)
            else:
                click.echo("La base de datos está al día con su marca: no hay nada que aclarar.")
            ctx.exit(1 if errors(stopped) else 0)
        first = {}
        if desde:
            company = company_of(ledger, empresa, ambiente)
            first = {Series(company.ambiente, company.rut, tipo): folio for tipo, folio in desde.items()}
        try:
            done = older_ledger.resume(ledger, first)
        except OSError as failure:
            reason = in_words(failure)
            raise Refused([problem("BAS-022", value=str(ledger.watermark.path), reason=reason)]) from None
        held = {one: held_back.held(ledger, one) for one in done}
    if not done:
        click.echo("La base de datos está al día con su marca: no había nada que aclarar.")
    for series, folios in done.items():
        where = f"tipo {series.tipo}, RUT {series.rut}, ambiente {series.ambiente}"
        spans = ranges(one.span for one in held[series]) or "ninguno"
        click.echo(f"Retenidos ahora: {count_of(folios)} ({where}). De ese tipo están retenidos: {spans}.")
    if done:
        click.echo("Se puede seguir emitiendo; no es necesario reiniciar el servicio.")


@base.command("reloj", cls=Command)
@click.option("--aceptar", is_flag=True, cls=Option, help="Confirma que la hora del equipo está bien.")
@click.pass_context
def reloj(ctx: click.Context, *, aceptar: bool) -> None:
    """Muestra la hora con que se fechan los documentos, y permite confirmarla si el servicio no le cree."""
    with open_ledger(ctx.obj) as ledger:
        if aceptar:
            clock_watch.accept(ledger, getpass.getuser())
        found = ClockWatch(ledger, bounds_of(settings_in(ctx.obj))).at_start()
    click.echo(f"Hora de Chile según este equipo: {clock.now():%d-%m-%Y %H:%M:%S}.")
    if aceptar:
        click.echo("Hora confirmada; el servicio sigue emitiendo, no es necesario reiniciarlo.")
    if found:
        show_problems(console(), found)
    ctx.exit(1 if errors(found) else 0)
