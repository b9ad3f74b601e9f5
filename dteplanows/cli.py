"""The command line. Each command lives in :mod:`dteplanows.commands`; none holds a rule, a key or a table."""

from __future__ import annotations

from pathlib import Path

import click

import dteplanows
from dteplanows.commands import (
    batches,
    cafs,
    certificates,
    companies,
    exporting,
    files,
    links,
    received,
    records,
    rules,
    running,
    users,
)  # fmt: skip
from dteplanows.commands.spanish import Group, Option


@click.group("dteplanows", cls=Group)
@click.option(
    "--dir",
    "directorio",
    metavar="CARPETA",
    cls=Option,
    type=click.Path(file_okay=False, path_type=Path),
    help="Carpeta de los datos. Sin esta opción: la variable DTEPLANOWS_DIRECTORIO, o la carpeta del usuario.",
)
@click.version_option(
    dteplanows.__version__, message="dteplanows %(version)s", help="Muestra la versión y termina."
)
@click.pass_context
def main(ctx: click.Context, directorio: Path | None) -> None:
    """Facturación electrónica para Chile con el contrato wsplano.asmx, en el equipo de la empresa.

    Para conocerlo sin preparar nada: dteplanows demo
    """
    ctx.obj = directorio


for command in (
    running.demo,
    running.serve,
    batches.worker,
    batches.lotes,
    files.validar,
    files.procesar,
    records.documentos,
    exporting.exportar,
    exporting.pdf,
    links.enlace,
    received.recibidos,
    records.oyentes,
    rules.reglas,
    companies.empresa,
    users.usuario,
    certificates.certificado,
    cafs.caf,
):
    main.add_command(command)
