"""``sii consultar`` and ``conciliar``: what the SII says of documents, beside what the ledger believes."""

from __future__ import annotations

import json
from datetime import date

import click
from rich.table import Column, Table
from rich.text import Text

from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.output import data_output
from dteplanows.commands.progress import Shown
from dteplanows.commands.records import period, period_options
from dteplanows.commands.shown import console
from dteplanows.commands.sii import sii
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.sii.delivery.consulting import consult
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.order import delivery_of
from dteplanows.sii.delivery.reconciling import Comparison, Scope, reconcile
from dteplanows.sii.delivery.unissued import Difference
from dteplanows.validator.report import money

_LACK = (
    "Ningún servicio del SII entrega la lista de lo que tiene: lo que el SII tenga de folios que aquí no figuran ni "
    "están en un CAF cargado no se puede encontrar así. Compare con el Registro de Compras y Ventas en su sitio."
)


@sii.command("consultar", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.pass_context
def consultar(ctx: click.Context, *, tipo: int, folio: int, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Le pregunta al SII por un documento, y lo dice junto a lo que figura aquí. No cambia nada.

    De un folio que no se ha emitido aquí, pero que está en un CAF cargado, dice si el SII lo tiene. Termina con 1 si
    el SII y lo que figura aquí no coinciden, o si el SII no contesta.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        delivery = delivery_of(settings, ledger)
        try:
            told = consult(delivery, company, tipo, folio)
        except Refused as refused:  # 1 is for what the SII says otherwise
            raise click.UsageError(" ".join(one.text() for one in refused.problems)) from None
    _print(told.lines)
    ctx.exit(0 if told.is_good else 1)


@click.command("conciliar", cls=Command)
@company_options
@period_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option("--folios", metavar="NÚMERO", type=click.IntRange(0, 1000), default=20, show_default=True, cls=Option,
              help="De los folios libres y retenidos de cada tipo se pregunta hasta que al SII le falten estos "
              "seguidos; 0, por ninguno.")  # fmt: skip
@click.option("--maximo", metavar="NÚMERO", type=click.IntRange(1, 1_000_000), default=5000, show_default=True,
              cls=Option, help="Cuántas preguntas se hacen a lo más.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, cls=Option, help="Lo mismo, para programas.")
@click.pass_context
def conciliar(
    ctx: click.Context,
    *,
    empresa: str | None,
    ambiente: Ambiente | None,
    desde: date | None,
    hasta: date | None,
    mes: tuple[date, date] | None,
    tipo: int | None,
    folios: int,
    maximo: int,
    as_json: bool,
) -> None:
    """Compara lo que figura aquí con lo que dice el SII, y muestra las diferencias.

    Pregunta otra vez por cada documento que lleva más de una hora sin la última palabra del SII y anota la que dé; con
    un período, también por cada documento de él; y por los folios retenidos y los primeros libres: de estos, los que el
    SII ya tiene quedan retenidos. Termina con 1 si hay diferencias.
    """
    first, last = period(desde, hasta, mes)
    if last and not first:
        raise click.UsageError("Para un período indique su primer día con --desde, o un mes con --mes.")
    scope = Scope(first, last, tipo or 0, folios, maximo)
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        compared = _compare(delivery_of(settings, ledger), company, scope)
    if as_json:
        facts = {**compared._asdict(), "diferencias": [one._asdict() for one in compared.diferencias]}
        with data_output(None) as out:
            out.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        _show(company, compared)
    ctx.exit(1 if compared.diferencias or compared.sin_respuesta else 0)


def _compare(delivery: Delivery, company: Company, scope: Scope) -> Comparison:
    with Shown(console(to_errors=True), "Preguntas al SII") as shown:
        return reconcile(delivery, company, scope, lambda done: shown.at(done, None))


def _show(company: Company, compared: Comparison) -> None:
    click.echo(f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}.")
    click.echo(f"Preguntas al SII: {money(compared.preguntas)}. Documentos que ahora tienen su última palabra: "
               f"{money(compared.resueltos)}.")  # fmt: skip
    if compared.sin_respuesta:
        click.echo(f"Sin respuesta: {money(compared.sin_respuesta)}.")
    if compared.detalle:
        click.echo(f"No se terminó. {compared.detalle}")
    if compared.diferencias:
        _show_differences(compared.diferencias)
    else:
        click.echo("No hay diferencias en lo que se preguntó.")
    click.echo(_LACK)


def _show_differences(differences: tuple[Difference, ...]) -> None:
    table = Table(Column("Tipo", no_wrap=True), Column("Folio", no_wrap=True, justify="right"), "Aquí", "El SII dice",
                  "Diferencia, y qué hacer", show_lines=True)  # fmt: skip
    for one in differences:
        told = Text(one.diferencia)
        told.append(f"\nQué hacer: {one.remedio}", style="bold")
        table.add_row(str(one.tipo), str(one.folio), one.aqui, one.sii, told)
    console().print(table)


def _print(lines: list[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in lines:
        table.add_row(Text(label, style="bold"), Text(text))
    console().print(table)
