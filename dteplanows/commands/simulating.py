"""``simulador``: a local SII, to deliver to without the real one."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from dteplanows.commands.spanish import Command, Option
from dteplanows.simulator.options import Behaviour, MisunderstoodError, Options
from dteplanows.simulator.server import Simulator

_folder = click.Path(file_okay=False, path_type=Path)
_file = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command("simulador", cls=Command)
@click.option(
    "--port", "puerto", metavar="NÚMERO", type=click.IntRange(0, 65535), default=8181, cls=Option,
    help="Puerto; el usual es 8181, y con 0 toma uno libre.",
)  # fmt: skip
@click.option(
    "--host", metavar="DIRECCIÓN", default="127.0.0.1", cls=Option,
    help="Dirección en que atiende; la usual es 127.0.0.1, solo este equipo.",
)  # fmt: skip
@click.option(
    "--dir", "directorio", metavar="CARPETA", type=_folder, cls=Option,
    help="Carpeta de sus datos; la usual es simulador, dentro de la carpeta de los datos o de la actual.",
)  # fmt: skip
@click.option("--produccion", is_flag=True, cls=Option, help="Se comporta como el ambiente de producción.")
@click.option(
    "--demora", metavar="SEGUNDOS", type=click.FloatRange(0), default=1.0, cls=Option,
    help="Segundos entre la subida de un sobre y su último estado; lo usual es 1.",
)  # fmt: skip
@click.option(
    "--reglas", metavar="ARCHIVO", type=_file, multiple=True, cls=Option,
    help="Fallas que debe cometer, en JSON; se puede repetir.",
)  # fmt: skip
@click.option(
    "--empresas", metavar="ARCHIVO", type=_file, cls=Option,
    help="Empresas que conoce, en JSON, con su resolución y sus usuarios.",
)  # fmt: skip
@click.option(
    "--clave-caf", "claves", metavar="IDK=ARCHIVO", multiple=True, cls=Option,
    help="Clave pública (PEM) de otra autoridad que firma CAF; se puede repetir.",
)  # fmt: skip
@click.option(
    "--esquemas", metavar="CARPETA", type=click.Path(exists=True, file_okay=False, path_type=Path), cls=Option,
    help="Carpeta con los esquemas (XSD) del SII, para validar también con ellos.",
)  # fmt: skip
@click.option(
    "--smtp", metavar="SERVIDOR:PUERTO", default="", cls=Option,
    help="Servidor de correo por el que también envía los resultados.",
)  # fmt: skip
@click.pass_context
def simulador(
    ctx: click.Context,
    *,
    puerto: int,
    host: str,
    directorio: Path | None,
    produccion: bool,
    demora: float,
    reglas: tuple[Path, ...],
    empresas: Path | None,
    claves: tuple[str, ...],
    esquemas: Path | None,
    smtp: str,
) -> None:
    """Atiende como el SII, rechazos incluidos, en este equipo y hasta que se detenga con Ctrl-C.

    No envía nada al SII ni necesita nada de él. Lo recibido y los correos con los resultados quedan en su carpeta.
    """
    options = Options(
        directorio or (ctx.obj or Path()) / "simulador", host, puerto, produccion, esquemas, _keys(claves), smtp,
        Behaviour(demora=demora),
    )  # fmt: skip
    try:
        simulator = Simulator(options)
        for path in reglas:
            simulator.sii.faults.load(path)
        if empresas is not None:
            simulator.sii.companies.load(empresas)
    except (MisunderstoodError, ValueError, TypeError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"No se pudo abrir {host}:{puerto} o la carpeta {options.folder}: {error}.") from None
    _run(simulator)


def _keys(given: tuple[str, ...]) -> dict[str, str]:
    keys = {}
    for one in given:
        idk, _, name = one.partition("=")
        try:
            keys[idk] = Path(name).read_text("ascii")
        except (OSError, ValueError):
            raise click.UsageError(f"«{one}»: se espera IDK=ARCHIVO, con la clave pública en PEM.") from None
    return keys


def _run(simulator: Simulator) -> None:
    """Answer until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with simulator:
        click.echo(f"Simulador del SII en {simulator.address}")
        click.echo(f"Control: {simulator.address}/control   Carpeta: {simulator.sii.options.folder}")
        click.echo("Se detiene con Ctrl-C.")
        ended.wait()
