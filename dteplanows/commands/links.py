"""``enlace``: the addresses of printed documents, which open without a login for whoever was given them."""

from __future__ import annotations

import click

from dteplanows.archive import Archive
from dteplanows.commands.opening import company_of, company_options, open_ledger
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.company import Ambiente


@click.group("enlace", cls=Group)
def enlace() -> None:
    """Las direcciones de los documentos impresos, que los abren sin clave."""


@enlace.command("retirar")
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option(
    "--copia",
    type=click.Choice(["todas", "original", "cedible"]),
    default="todas",
    show_default=True,
    cls=Option,
    help="Los enlaces de qué copia.",
)
@click.pass_context
def retirar_enlace(
    ctx: click.Context, *, tipo: int, folio: int, empresa: str | None, ambiente: Ambiente | None, copia: str
) -> None:
    """Retira los enlaces que se han entregado de un documento: quien los tenga ya no lo abre.

    Desde ahora ObtenerLink y Procesar entregan otros, que sí valen. No se deshace.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = Archive(ledger, company, "operador").find(tipo, folio)
        with ledger.transaction():
            for cedible in (False, True):
                if copia in ("todas", "cedible" if cedible else "original"):
                    ledger.marks.withdraw_links(found, cedible, "operador")
    which = {"todas": "", "original": " de la copia original", "cedible": " de la copia cedible"}[copia]
    click.echo(
        f"Los enlaces{which} del documento de tipo {tipo} y folio {folio} ya no lo abren. "
        "ObtenerLink entrega otros desde ahora."
    )


@enlace.command("retirar-todos")
@company_options
@click.option("--confirmar", metavar="RUT", required=True, cls=Option,
              help="El RUT de la empresa otra vez: todos los enlaces que ha entregado dejan de valer.")  # fmt: skip
@click.pass_context
def retirar_todos(ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, confirmar: str) -> None:
    """Retira los enlaces que se han entregado de todos los documentos de una empresa, también los impresos en ellos.

    Desde ahora ObtenerLink y Procesar entregan otros, que sí valen. No se deshace.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if confirmar != company.rut:
            raise click.UsageError(f"Para retirarlos escriba --confirmar {company.rut}. No se retiró ninguno.")
        ledger.marks.withdraw_all_links(company, "operador")
    click.echo(
        f"Los enlaces que {company.razon_social} ({company.ambiente}) había entregado ya no abren nada. "
        "ObtenerLink entrega otros desde ahora."
    )
