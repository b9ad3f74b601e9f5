"""``impresora clave``: the key of the agent that prints at the customer's site, with the file by which it is set up."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from dteplanows.commands.envelope_acts import agreed, sure_option
from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.printers import impresora, name_argument
from dteplanows.commands.spanish import Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.printers import agents
from dteplanows.printers.agent_file import agent_file
from dteplanows.process import secrecy
from dteplanows.process.system_errors import in_words


@impresora.command("clave")
@name_argument
@company_options
@click.option(
    "--url",
    metavar="DIRECCIÓN",
    cls=Option,
    help="La dirección del servicio como la ve el agente; sin esta opción, la del ajuste url_publica.",
)
@click.option(
    "--salida",
    metavar="ARCHIVO",
    type=click.Path(dir_okay=False, path_type=Path),
    cls=Option,
    help="Guarda el archivo en lugar de mostrarlo; solo este usuario lo puede leer.",
)
@click.option("--quitar", is_flag=True, cls=Option, help="Quita la clave: ningún agente imprime más en ella.")
@sure_option
@click.pass_context
def clave_de_impresora(
    ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None, url: str | None,
    salida: Path | None, quitar: bool, sure: bool,
) -> None:  # fmt: skip
    """Crea la clave del agente de una impresora de clase agente, y el archivo con que se configura.

    La clave se muestra solo esta vez. Si la impresora ya tenía una, esa deja de servir.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        one = ledger.printers.named(company_of(ledger, empresa, ambiente), nombre)
        before = ledger.print_agents.of(one.id)
        if quitar:
            if before and not agreed(f"¿Quitar la clave de «{one.nombre}»? Su agente no imprime más.", sure):
                return
            gone = ledger.print_agents.remove_key(one)
            click.echo(f"La impresora «{one.nombre}» ya no tiene clave." if gone else "No tenía clave.")
            return
        if before and not agreed(f"La impresora «{one.nombre}» ya tiene clave, y deja de servir. ¿Crear otra?", sure):
            return
        if salida:
            _must_take_files(salida.parent)
        key = agents.new_key(ledger, one)
    text = agent_file(one.nombre, url or settings.url_publica, key)
    if salida is None:
        click.echo(text, nl=False)
        return
    secrecy.write_private(salida, text.encode())
    click.echo(f"Guardado: {salida}. Llévelo al equipo del agente, diga en él cuál es su impresora, e inicie ahí:")
    click.echo(f"dteplanows agente-impresion {salida.name}")


def _must_take_files(folder: Path) -> None:
    """:raises Refused: no file can be made in *folder* (CFG-045), and a key that is shown once would be lost."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise Refused([problem("CFG-045", ruta=folder, reason=in_words(error))]) from None
