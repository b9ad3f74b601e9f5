"""``serve`` and ``demo``: the service itself."""

from __future__ import annotations

from pathlib import Path

import click

from dteplanows import demo as the_demo
from dteplanows.commands.opening import settings_in
from dteplanows.commands.spanish import Command, Option
from dteplanows.web import server

_port_option = click.option(
    "--port", "puerto", metavar="NÚMERO", type=click.IntRange(1, 65535), cls=Option, help="Puerto; el usual es 8080."
)
_host_option = click.option(
    "--host", metavar="DIRECCIÓN", cls=Option, help="Dirección en que atiende; la usual es 127.0.0.1, solo este equipo."
)


@click.command("serve", cls=Command)
@_port_option
@_host_option
@click.option(
    "--trabajadores",
    metavar="NÚMERO",
    type=click.IntRange(1, 64),
    cls=Option,
    help="Cuántas llamadas se atienden a la vez; lo usual son 2.",
)
@click.option(
    "--servidor",
    type=click.Choice(["granian", "waitress"]),
    cls=Option,
    help="Servidor web; el usual es granian.",
)
@click.option(
    "--lotes/--sin-lotes",
    "procesar_lotes",
    default=None,
    cls=Option,
    help="Emite también los archivos de ProcesarWSMasivo, o los deja a la orden worker; lo usual es emitirlos.",
)
@click.pass_context
def serve(
    ctx: click.Context,
    *,
    puerto: int | None,
    host: str | None,
    trabajadores: int | None,
    servidor: str | None,
    procesar_lotes: bool | None,
) -> None:
    """Atiende el servicio wsplano hasta que se detenga con Ctrl-C."""
    settings = settings_in(
        ctx.obj, puerto=puerto, host=host, trabajadores=trabajadores, servidor=servidor, procesar_lotes=procesar_lotes
    )
    server.serve(settings, click.echo)


@click.command("demo", cls=Command)
@_port_option
@_host_option
@click.option(
    "--dir",
    "directorio",
    metavar="CARPETA",
    cls=Option,
    type=click.Path(file_okay=False, path_type=Path),
    help="Carpeta de la demostración; la usual es demo, dentro de la carpeta actual.",
)
@click.option("--once", is_flag=True, cls=Option, help="Emite el documento de muestra y termina.")
@click.pass_context
def demo(ctx: click.Context, puerto: int | None, host: str | None, directorio: Path | None, once: bool) -> None:
    """Prepara una empresa de prueba, atiende el servicio y emite un documento de muestra."""
    ctx.exit(the_demo.run(directorio or ctx.obj or Path("demo"), puerto, host, once, click.echo))
