"""``agente-impresion``: the program at the customer's site that prints what the service has for a printer there."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

import click

from dteplanows.commands.spanish import Command, Option
from dteplanows.document import clock
from dteplanows.log import call
from dteplanows.log.where import where
from dteplanows.print_agent import configuration, journal
from dteplanows.print_agent.agent import Agent
from dteplanows.print_agent.service import Service

log = logging.getLogger(__name__)


@click.command("agente-impresion", cls=Command)
@click.argument("archivo", metavar="CONFIGURACIÓN", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--comprobar", is_flag=True, cls=Option, help="Solo lee la configuración, y dice si sirve.")
@click.pass_context
def agente_impresion(ctx: click.Context, archivo: Path, comprobar: bool) -> None:
    """Imprime en este equipo lo que el servicio tiene para una impresora, hasta que se detenga con Ctrl-C.

    CONFIGURACIÓN es el archivo que muestra la orden «impresora clave». El agente llama al servicio, y nadie lo llama a
    él: funciona detrás de cualquier router. Lo que se está imprimiendo queda anotado junto a ese archivo.
    """
    found = configuration.read(archivo)
    if comprobar:
        click.echo(f"La configuración sirve: imprime en {found.output.name} lo que tiene {found.direccion}.")
        return
    stop, broken = threading.Event(), threading.Event()

    def work() -> None:
        try:
            agent.run(stop)
        except Exception as failure:  # noqa: BLE001 - the outermost edge of the thread
            broken.set()
            identifier = call.identifier()
            log.error("Error %s en el agente de impresión: %s", identifier, where(failure))
            _say(f"El agente se detuvo por un error interno ({identifier}). Inícielo de nuevo.")

    def end(*_: object) -> None:
        stop.set()

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    with journal.opened(found.journal) as kept:
        _say(f"El agente imprime en {found.output.name} lo que tiene {found.direccion}.")
        agent = Agent(Service(found), kept, found.output, _say)
        working = threading.Thread(target=work, daemon=True)
        working.start()
        # The question that waits for a job is left behind; what is being printed is not.
        while working.is_alive() and not (stop.is_set() and agent.is_idle()):
            working.join(0.2)
    if broken.is_set():
        ctx.exit(1)
    _say("El agente se detuvo.")


def _say(text: str) -> None:
    click.echo(f"{clock.now():%Y-%m-%d %H:%M:%S} {text}")
