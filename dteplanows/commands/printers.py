"""``impresora``: the printers that documents go to by themselves, and the routes to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.table import Column, Table
from rich.text import Text

from dteplanows.commands.envelope_acts import agreed, sure_option
from dteplanows.commands.opening import company_of, company_options, open_ledger, read_ledger
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.company import Ambiente
from dteplanows.ledger import presence
from dteplanows.ledger.print_tables import COPIES, KINDS, StoredPrint
from dteplanows.ledger.store import Ledger
from dteplanows.printers import managing
from dteplanows.printers.addresses import HIGHEST_PORT
from dteplanows.printers.managing import Facts, RouteFacts
from dteplanows.printers.papers import Paper, formats, paper_of
from dteplanows.printers.shown import printer_words, route_words
from dteplanows.printing.escpos import DENSITIES

Function = TypeVar("Function", bound=Callable[..., Any])

PERSON = "operador"
"""Who asks for a copy at the command line."""
_PATIENCE = 20.0
"""Seconds for which ``probar`` waits for the printer."""

name_argument = click.argument("nombre", metavar="NOMBRE")


@click.group("impresora", cls=Group)
def impresora() -> None:
    """Las impresoras en que los documentos se imprimen solos, y qué va a cada una."""


def _facts_options(function: Function) -> Function:
    options: tuple[Any, ...] = (
        click.option("--clase", type=click.Choice(KINDS), cls=Option,
                     help="Cómo se llega a ella: red (un puerto, como 9100), lpd, ipp, carpeta o agente."),
        click.option("--direccion", metavar="DIRECCIÓN", cls=Option,
                     help="Dónde está: 192.168.1.50:9100; 192.168.1.60/cola; ipp://equipo/cola; una carpeta; o regip, "
                     "la dirección que registró el programa del usuario."),
        click.option("--formato", type=click.Choice(formats()), metavar="FORMATO", cls=Option,
                     help="Lo que recibe: pdf, lo usual; texto; o una impresora de tickets de la orden «impresoras»."),
        click.option("--cajon/--sin-cajon", default=None, cls=Option, help="Cada boleta abre el cajón del dinero."),
        click.option("--densidad", metavar="PASOS", type=click.IntRange(DENSITIES[0], DENSITIES[-1]), cls=Option,
                     help="Cuánto más oscuro (hasta 6) o más claro (hasta -6), si la impresora lo admite."),
    )  # fmt: skip
    for one in reversed(options):
        function = one(function)
    return function


@impresora.command("crear")
@name_argument
@company_options
@_facts_options
@click.option("--de-todas", is_flag=True, cls=Option, help="Sirve a todas las empresas, y no solo a una.")
@click.option("--sin-ruta", is_flag=True, cls=Option, help="No le envía nada hasta que se cree una ruta.")
@click.pass_context
def crear_impresora(
    ctx: click.Context, /, *, nombre: str, empresa: str | None, ambiente: Ambiente | None, de_todas: bool,
    sin_ruta: bool, **given: Any,
) -> None:  # fmt: skip
    """Crea una impresora. Si la empresa no tiene rutas, desde ahora va a ella todo lo que puede imprimir: a una de
    tickets, las boletas y, en 80 mm, lo que trae TpoImpresion T; a las demás, todos los documentos.

    Por ejemplo: dteplanows impresora crear "Caja 1" --clase red --direccion 192.168.1.50 --formato epson-tm-t20
    """
    if given["clase"] is None:
        raise click.UsageError("Falta la opción --clase.")
    with open_ledger(ctx.obj) as ledger:
        company = None if de_todas else company_of(ledger, empresa, ambiente)
        facts = Facts(nombre, **{name: value for name, value in given.items() if value is not None})
        made = managing.create(ledger, company, facts)
        click.echo(f"Impresora «{made.nombre}» creada.")
        if company and not sin_ruta and not ledger.printers.routes_of(company.ambiente, company.rut):
            managing.add_route(ledger, company, RouteFacts(made.nombre))
            paper = paper_of(made.formato)
            click.echo(f"Desde ahora va a ella, de lo que emite la empresa: {paper.words}.")
            if paper is not Paper.ANY:
                click.echo("Lo demás no se imprime solo mientras no haya otra impresora, de PDF, y una ruta a ella.")
            click.echo("Otras rutas: «impresora ruta».")
        elif not company or sin_ruta:
            click.echo("Nada va a ella hasta que una ruta lo diga: «impresora ruta».")


@impresora.command("cambiar")
@name_argument
@company_options
@_facts_options
@click.option("--nombre-nuevo", metavar="NOMBRE", cls=Option, help="Cómo se llama desde ahora.")
@click.pass_context
def cambiar_impresora(
    ctx: click.Context, /, *, nombre: str, empresa: str | None, ambiente: Ambiente | None, nombre_nuevo: str | None,
    **given: Any,
) -> None:  # fmt: skip
    """Cambia lo que se indique de una impresora; lo que espera se imprime ya con el cambio."""
    with open_ledger(ctx.obj) as ledger:
        one = ledger.printers.named(company_of(ledger, empresa, ambiente), nombre)
        changes = {name: value for name, value in {**given, "nombre": nombre_nuevo}.items() if value is not None}
        if not changes:
            raise click.UsageError("Indique qué cambiar. Las opciones: dteplanows impresora cambiar --help")
        made = managing.change(ledger, one, managing.facts_of(one)._replace(**changes))
    click.echo(f"Impresora «{made.nombre}» cambiada.")


@impresora.command("listar")
@company_options
@click.pass_context
def listar_impresoras(ctx: click.Context, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Muestra las impresoras de una empresa, y cómo está cada una."""
    with read_ledger(ctx.obj) as ledger:
        found = ledger.printers.of(company_of(ledger, empresa, ambiente))
        waiting = ledger.prints.waiting()
    if not found:
        click.echo("No hay impresoras. Cree una con «impresora crear».")
        return
    table = Table("Nombre", "Clase", Column("Dirección", overflow="fold"), "Formato", Column("Estado", overflow="fold"))
    for one in found:
        jobs = waiting[one.id].jobs if one.id in waiting else 0
        table.add_row(*map(Text, (one.nombre, one.clase, one.direccion, one.formato, printer_words(one, jobs))))
    console().print(table)


@impresora.command("borrar")
@name_argument
@company_options
@sure_option
@click.pass_context
def borrar_impresora(
    ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None, sure: bool
) -> None:
    """Borra una impresora y las rutas que llevan a ella. No puede tener trabajos por imprimir."""
    with open_ledger(ctx.obj) as ledger:
        one = ledger.printers.named(company_of(ledger, empresa, ambiente), nombre)
        if not agreed(f"¿Borrar la impresora «{one.nombre}» y las rutas que llevan a ella?", sure):
            return
        ledger.printers.remove(one)
    click.echo(f"Impresora «{one.nombre}» borrada.")


@impresora.command("retener")
@name_argument
@company_options
@click.pass_context
def retener_impresora(ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Deja de enviar a una impresora; lo que va a ella espera, en orden, hasta «impresora soltar»."""
    _hold(ctx, nombre, company=(empresa, ambiente), held=True)


@impresora.command("soltar")
@name_argument
@company_options
@click.pass_context
def soltar_impresora(ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Vuelve a enviar a una impresora retenida lo que espera."""
    _hold(ctx, nombre, company=(empresa, ambiente), held=False)


def _hold(ctx: click.Context, nombre: str, *, company: tuple[str | None, Ambiente | None], held: bool) -> None:
    with open_ledger(ctx.obj) as ledger:
        one = ledger.printers.named(company_of(ledger, *company), nombre)
        managing.hold(ledger, one, held=held)
    told = "está retenida: lo que va a ella espera" if held else "recibe de nuevo lo que va a ella"
    click.echo(f"La impresora «{one.nombre}» {told}.")


@impresora.command("probar")
@name_argument
@company_options
@click.pass_context
def probar_impresora(ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Imprime una página de prueba, en su turno, y espera un momento para decir cómo fue."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        one = ledger.printers.named(company, nombre)
        number = managing.print_trial(ledger, company, one, PERSON)
        if presence.alive(ledger.directory, "impresor") is False:
            click.echo(f"La página de prueba es el trabajo {number}. Se imprime cuando el servicio esté en marcha.")
            ctx.exit(1)
        job = _followed(ledger, number)
    if job.estado == "impresa":
        click.echo(f"«{one.nombre}» recibió la página de prueba (trabajo {number}): mire si salió bien.")
        return
    reason = job.problema or "todavía no le toca: otros trabajos están antes, o la impresora está retenida"
    click.echo(f"La página de prueba (trabajo {number}) no se ha impreso en «{one.nombre}»: {reason}.")
    ctx.exit(1)


def _followed(ledger: Ledger, number: int) -> StoredPrint:
    """What became of a job within a moment."""
    end = time.monotonic() + _PATIENCE
    while True:
        job = ledger.prints.find(number)
        if job is None:
            raise LookupError(f"no print {number}")
        if job.estado not in ("pendiente", "enviando") or job.problema or time.monotonic() > end:
            return job
        time.sleep(0.2)


# --- routes -------------------------------------------------------------------------------------------------------


@impresora.command("ruta")
@name_argument
@company_options
@click.option("--usuario", metavar="NOMBRE", default="", cls=Option, help="Solo lo que emite ese usuario.")
@click.option("--puerto", metavar="NÚMERO", type=click.IntRange(1, HIGHEST_PORT), default=None, cls=Option,
              help="Solo lo que llega con ese Puerto en el login.")  # fmt: skip
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), default=None, cls=Option,
              help="Solo los documentos de ese tipo.")  # fmt: skip
@click.option("--sucursal", metavar="CÓDIGO", default="", cls=Option,
              help="Solo los de la sucursal con ese código del SII.")  # fmt: skip
@click.option("--copia", "copias", type=click.Choice(COPIES), multiple=True, default=("original",), cls=Option,
              help="Qué se imprime, en ese orden; se puede repetir. Lo usual es solo el original.")  # fmt: skip
@click.option("--antes-de", metavar="NÚMERO", type=click.IntRange(min=1), default=None, cls=Option,
              help="La ruta ante la cual se pone; sin esta opción va al final.")  # fmt: skip
@click.pass_context
def crear_ruta(
    ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None, usuario: str,
    puerto: int | None, tipo: int | None, sucursal: str, copias: tuple[str, ...], antes_de: int | None,
) -> None:  # fmt: skip
    """Envía a una impresora los documentos que se indiquen; de las rutas vale la primera que corresponda.

    Por ejemplo: dteplanows impresora ruta Oficina --tipo 33 --copia original --copia cedible --antes-de 1
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        printer = ledger.printers.named(company, nombre)
        facts = RouteFacts(nombre, usuario, puerto or 0, tipo or 0, sucursal, copias)
        route = managing.add_route(ledger, company, facts, antes_de or 0)
    click.echo(f"Ruta {route.id} creada: {route_words(route, printer)} a «{nombre}», {', '.join(route.copias)}.")


@impresora.command("rutas")
@company_options
@click.pass_context
def listar_rutas(ctx: click.Context, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Muestra las rutas de una empresa en el orden en que se miran."""
    with read_ledger(ctx.obj) as ledger:
        found = ledger.printers.ways(company_of(ledger, empresa, ambiente))
    if not found:
        click.echo("No hay rutas: nada se imprime solo.")
        return
    table = Table("Ruta", "Qué documentos", "Impresora", "Copias")
    for route, printer in found:
        table.add_row(str(route.id), Text(route_words(route, printer)), Text(printer.nombre), ", ".join(route.copias))
    console().print(table)


@impresora.command("quitar-ruta")
@click.argument("numero", metavar="NÚMERO", type=click.IntRange(min=1))
@company_options
@click.pass_context
def quitar_ruta(ctx: click.Context, *, numero: int, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Quita una ruta; su NÚMERO es el que muestra impresora rutas. Lo que ya espera se imprime igual."""
    with open_ledger(ctx.obj) as ledger:
        managing.remove_route(ledger, company_of(ledger, empresa, ambiente), numero)
    click.echo(f"Ruta {numero} quitada.")
