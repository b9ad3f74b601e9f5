"""``base``: the database of an installation."""

from __future__ import annotations

import click

from dteplanows.commands.spanish import Command, Group
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.store import DATABASE_FILE, Ledger, New
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
    path = settings.directorio / DATABASE_FILE
    if path.exists():
        raise Refused([problem("BAS-012", value=str(settings.directorio))])
    Ledger(settings.directorio, settings.clave_maestra, New.ANYWHERE).close()
    click.echo(f"Base de datos creada: {path}. Agregue la primera empresa con la orden «empresa crear».")
