"""The command line. Each command lives in :mod:`dteplanows.commands`; none holds a rule, a key or a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import dteplanows
from dteplanows.commands import (
    asking,
    backups,
    base,
    batches,
    cafs,
    calls,
    certificates,
    changes,
    companies,
    copying,  # noqa: F401 - adds its command to the group base
    document_acts,  # noqa: F401 - adds its commands to the group envios
    envelope_acts,  # noqa: F401 - adds its commands to the group envios
    envelopes,
    exporting,
    files,
    held_folios,
    links,
    notices,
    received,
    records,
    reissuing,
    results,
    rules,
    running,
    sii,
    simulating,
    status,
    users,
)
from dteplanows.commands.spanish import Group, Option
from dteplanows.process import secrecy

_STAYING = ("serve", "worker", "demo")
"""Commands that run until they are stopped: what their environment holds can be read for days."""

_PROGRAMS = (str(Path(dteplanows.__file__).with_name("__main__.py")), "dteplanows", "dteplanows.exe")
"""How this program's own process was called, and not one that has it as a library."""


@click.group("dteplanows", cls=Group)
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


for command in (
    running.demo,
    running.serve,
    simulating.simulador,
    status.estado,
    batches.worker,
    batches.lotes,
    files.validar,
    files.procesar,
    reissuing.reemitir,
    records.documentos,
    exporting.exportar,
    exporting.pdf,
    envelopes.envios,
    links.enlace,
    received.recibidos,
    calls.llamadas,
    calls.llamada,
    changes.eventos,
    records.oyentes,
    rules.reglas,
    companies.empresa,
    users.usuario,
    certificates.certificado,
    cafs.caf,
    sii.sii,
    asking.conciliar,
    results.correo,
    notices.avisos,
    backups.respaldo,
    backups.restaurar,
    held_folios.folio,
    base.base,
):
    main.add_command(command)
