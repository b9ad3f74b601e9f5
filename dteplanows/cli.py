"""The command line. Each command lives in :mod:`dteplanows.commands`; none holds a rule, a key or a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import dteplanows
from dteplanows.commands.spanish import LazyGroup, Option
from dteplanows.process import secrecy

COMMANDS = {
    "demo": ("running",),
    "serve": ("running",),
    "simulador": ("simulating",),
    "estado": ("status",),
    "worker": ("batches",),
    "lotes": ("batches",),
    "validar": ("files",),
    "procesar": ("files",),
    "reemitir": ("reissuing",),
    "anular": ("annulling",),
    "documentos": ("records",),
    "exportar": ("exporting",),
    "pdf": ("exporting",),
    "ticket": ("tickets",),
    "impresoras": ("tickets",),
    "diseno": ("designs",),
    "agente-impresion": ("print_agent",),
    "impresora": ("printers", "agent_keys"),
    "impresion": ("prints",),
    "envios": ("envelopes", "envelope_acts", "document_acts", "results"),
    "enlace": ("links",),
    "recibidos": ("received",),
    "llamadas": ("calls",),
    "llamada": ("calls",),
    "eventos": ("changes",),
    "oyentes": ("records",),
    "reglas": ("rules",),
    "empresa": ("companies",),
    "usuario": ("users", "people"),
    "certificado": ("certificates",),
    "caf": ("cafs",),
    "sii": ("sii", "asking"),
    "conciliar": ("asking",),
    "correo": ("results",),
    "avisos": ("notices",),
    "respaldo": ("backups",),
    "restaurar": ("backups",),
    "folio": ("held_folios",),
    "base": ("base", "copying", "backups"),
}
"""The modules of :mod:`dteplanows.commands` where each command lives, and those that add commands to it.

Only what is called is imported: all of it takes a second, which a monitor would wait for every minute.
"""

_STAYING = ("serve", "worker", "demo", "agente-impresion")
"""Commands that run until they are stopped: what their environment holds can be read for days."""

_PROGRAMS = (str(Path(dteplanows.__file__).with_name("__main__.py")), "dteplanows", "dteplanows.exe")
"""How this program's own process was called, and not one that has it as a library."""


@click.group("dteplanows", cls=LazyGroup, modules=COMMANDS)
@click.option(
    "--dir",
    "directorio",
    metavar="CARPETA",
    cls=Option,
    type=click.Path(file_okay=False, path_type=Path),
    help="Carpeta de los datos. Sin esta opción: la variable DTEPLANOWS_DIRECTORIO, o la carpeta del usuario.",
)
@click.version_option(dteplanows.__version__, message="dteplanows %(version)s", help="Muestra la versión y termina.")
@click.pass_context
def main(ctx: click.Context, directorio: Path | None) -> None:
    """Facturación electrónica para Chile con el contrato wsplano.asmx, en el equipo de la empresa.

    Para conocerlo sin preparar nada: dteplanows demo
    """
    called = sys.argv[0]
    if ctx.invoked_subcommand in _STAYING and {called, Path(called).name} & {*_PROGRAMS}:
        secrecy.leave_environment()
        secrecy.protect_memory()
    ctx.obj = directorio
