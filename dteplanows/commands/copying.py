"""``base copiar``: the ledger moves into PostgreSQL."""

from __future__ import annotations

import click

from dteplanows.commands.backups import shown_progress
from dteplanows.commands.base import base
from dteplanows.commands.opening import open_ledger, settings_in
from dteplanows.commands.spanish import Command
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.recovery.copying import copy
from dteplanows.settings import FILE
from dteplanows.validator.report import money


@base.command("copiar", cls=Command)
@click.argument("direccion", metavar="DIRECCION")
@click.pass_context
def copiar(ctx: click.Context, *, direccion: str) -> None:
    """Pasa la base de la carpeta a una base vacía de PostgreSQL, fila por fila, y compara las dos.

    DIRECCION es la de la base nueva, como postgresql://usuario:clave@servidor:5432/dteplanows. El servicio debe estar
    detenido. Si se interrumpe, la misma orden sigue donde quedó.
    """
    settings = settings_in(ctx.obj)
    if settings.base:
        raise Refused([problem("BAS-081")])
    with open_ledger(ctx.obj) as ledger, shown_progress() as progress:
        done = copy(ledger, direccion, progress)
    count = money(sum(done.rows.values()))
    click.echo(f"Copiadas y comparadas {count} filas de {len(done.rows)} tablas en {done.name}.")
    click.echo(f"La base que había queda en {done.aside}; ya no se usa.")
    click.echo(f"Ahora ponga esa dirección en el ajuste base de {settings.directorio / FILE}, e inicie el servicio.")
