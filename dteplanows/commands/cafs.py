"""``caf``: what a company numbers its documents with, and which of its folios it will never use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
from rich.table import Column, Table

from dteplanows.commands.opening import (
    company_of,
    company_options,
    files_argument,
    open_ledger,
    read_ledger,
    settings_in,
)
from dteplanows.commands.shown import console, show_problems
from dteplanows.commands.spanish import Command, Group, Option
from dteplanows.document import clock
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import allocation, voiding
from dteplanows.folios.age import last_day
from dteplanows.folios.authority import TestAuthority, authority_of
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.folios.loading import load
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span, StoredCaf
from dteplanows.ledger.store import Ledger
from dteplanows.validator.report import money

_COLUMNS = (
    "Tipo", "Desde", "Hasta", "Autorizado", "Vence", "Días", "Libres", "Emitidos", "Anulados", "En otro", "Numera",
)  # fmt: skip
_SHORT = {"Emitidos": "Emit.", "Anulados": "Anul.", "En otro": "Otro", "Autorizado": ""}
"""What a column is called in a narrow table; empty for the one that is left out."""
_WIDTH_OF_ONE_TABLE = 148
"""Characters of a line that holds the company too; in narrower terminals each company has a table of its own."""

_SPAN = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?")


@click.group("caf", cls=Group)
def caf() -> None:
    """Los archivos de folios (CAF) que entrega el SII."""


@caf.command("cargar", cls=Command)
@files_argument
@company_options
@click.option(
    "--desde-folio",
    metavar="FOLIO",
    type=click.IntRange(1, MAXIMUM_FOLIO),
    cls=Option,
    help="Primer folio que todavía no se usa, si una parte del CAF se usó en otro sistema: los anteriores no se "
    "entregan nunca. Solo con un archivo.",
)
@click.pass_context
def cargar_caf(
    ctx: click.Context,
    *,
    archivos: tuple[Path, ...],
    empresa: str | None,
    ambiente: Ambiente | None,
    desde_folio: int | None,
) -> None:
    """Carga archivos de folios. La empresa se reconoce por el RUT que trae cada uno.

    Los folios que el SII entregó de nuevo también se cargan: cada folio se timbra con el CAF más reciente que lo tiene.
    """
    if desde_folio and len(archivos) > 1:
        raise click.UsageError("La opción --desde-folio es de un solo archivo. Cargue los demás aparte.")
    authority = authority_of(settings_in(ctx.obj))
    wanted = _Loading(empresa, ambiente, desde_folio or 0)
    good = True
    with open_ledger(ctx.obj) as ledger:
        for path in archivos:
            found = _load(ledger, authority, path, wanted)
            if found:
                click.echo(f"{path}:")
                show_problems(console(), found)
            good = good and not errors(found)
    ctx.exit(0 if good else 1)


class _Loading(NamedTuple):
    """How a CAF file is loaded."""

    empresa: str | None
    """RUT of the company; None for that of the file."""
    ambiente: Ambiente | None
    """None for the only one that the company is in."""
    desde_folio: int
    """The first folio that is not used yet; 0 for the first one of the range."""


def _load(ledger: Ledger, authority: TestAuthority | None, path: Path, wanted: _Loading) -> Sequence[Problem]:
    """Load one CAF file; what is wrong with it, or worth knowing."""
    try:
        one = read_caf(path.read_bytes(), authority.public_key if authority else None)
        company = company_of(ledger, wanted.empresa or one.rut, wanted.ambiente)
        return _save(ledger, one, company, wanted.desde_folio)
    except Refused as refused:
        return refused.problems


def _save(ledger: Ledger, one: Caf, company: Company, desde_folio: int) -> Sequence[Problem]:
    """Record the CAF for its company, and say so.

    :raises Refused: it cannot be used, or not from that folio on.
    """
    voided, found = load(ledger, company, one, clock.today(), desde_folio)
    click.echo(
        f"CAF cargado para {company.razon_social}, ambiente {company.ambiente}: "
        f"tipo {one.tipo}, folios {one.desde} a {one.hasta}."
    )
    if voided.nuevos:
        click.echo(
            f"Quedaron anulados por haberse usado en otro sistema: {count_of(voided.nuevos)}, "
            f"hasta el {desde_folio - 1}."
        )
    return found


def span_of(ctx: click.Context, param: click.Parameter, value: str) -> Span:
    """The callback of an argument that takes one folio or a range of them."""
    found = _SPAN.fullmatch(value.strip())
    if not found:
        raise click.BadParameter(f"«{value}» no sirve; se escribe un folio, como 120, o un tramo, como 120-150.")
    return Span(int(found[1]), int(found[2] or found[1]))


@caf.command("anular", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folios", metavar="FOLIOS", callback=span_of)
@company_options
@click.option(
    "--motivo",
    metavar="TEXTO",
    required=True,
    cls=Option,
    help="Por qué no se usarán, por ejemplo: anulados en el SII el 3 de mayo.",
)
@click.option(
    "--otro-sistema",
    is_flag=True,
    cls=Option,
    help="Otro sistema emitió documentos con esos folios, que las notas de crédito y de débito pueden corregir.",
)
@click.pass_context
def anular_folios(
    ctx: click.Context,
    *,
    tipo: int,
    folios: Span,
    empresa: str | None,
    ambiente: Ambiente | None,
    motivo: str,
    otro_sistema: bool,
) -> None:
    """Anula para siempre folios sin usar: uno, como 120, o un tramo, como 120-150.

    Aquí se registra lo que se anuló en el sitio del SII, o lo que se usó en otro sistema; al SII no se le avisa nada.
    Si un folio del tramo tiene un documento, no se anula ninguno. Repetir la orden no cambia nada;
    con --otro-sistema, lo que estaba anulado queda como usado en otro sistema y conserva también su motivo.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        done = voiding.void(ledger, Series.of(company, tipo), folios, motivo, otro_sistema=otro_sistema)
        accounts = allocation.account(ledger, company, tipo)
    where = f"tipo {tipo}, {company.razon_social}, ambiente {company.ambiente}"
    click.echo(f"Anulados: {count_of(done.nuevos)} ({ranges([folios])}, {where}).")
    if done.antes:
        click.echo(f"Estaban anulados desde antes: {count_of(done.antes)}.")
    if done.de_otro:
        click.echo(f"De esos, quedaron como usados en otro sistema: {count_of(done.de_otro)}; conservan su motivo.")
    free = sum(one.libres for one in accounts)
    following = min((one.siguiente for one in accounts if one.siguiente), default=0)
    click.echo(f"De ese tipo quedan libres: {count_of(free)}{f', desde el {following}' if following else ''}.")


def count_of(folios: int) -> str:
    """A number of folios in words."""
    return "1 folio" if folios == 1 else f"{money(folios)} folios"


@caf.command("listar")
@click.pass_context
def listar_cafs(ctx: click.Context) -> None:
    """Muestra los folios de cada CAF: libres, emitidos y anulados, y los que pasaron a un CAF más reciente.

    También el último día en que sirve y cuántos faltan. Los de tipos que no dan crédito fiscal no vencen.
    """
    terminal = console()
    if not terminal.is_terminal:
        terminal.width = _WIDTH_OF_ONE_TABLE
    rows: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    held = 0
    with read_ledger(ctx.obj) as ledger:
        for company in ledger.companies.all():
            for tipo in sorted({one.tipo for one in ledger.cafs.of(company.ambiente, company.rut, None)}):
                accounts = allocation.account(ledger, company, tipo)
                held += sum(one.retenidos for one in accounts)
                rows.setdefault((company.rut, company.ambiente), []).extend(
                    (str(tipo), *_account_row(one)) for one in accounts
                )
    if not rows:
        click.echo("No hay CAF.")
    elif terminal.width >= _WIDTH_OF_ONE_TABLE:
        table = Table("Empresa", "Ambiente", *_COLUMNS)
        for company_row, accounts_rows in rows.items():
            for row in accounts_rows:
                table.add_row(*company_row, *row)
        terminal.print(table)
    else:
        for company_row, accounts_rows in rows.items():
            names = [_SHORT.get(name, name) for name in _COLUMNS]
            shown = [Column(name, no_wrap=True) for name in names if name]
            table = Table(*shown, box=None, padding=(0, 1, 0, 0), pad_edge=False)
            for row in accounts_rows:
                table.add_row(*(cell for name, cell in zip(names, row, strict=True) if name))
            terminal.print(f"Empresa {company_row[0]}, ambiente {company_row[1]}:")
            terminal.print(table)
    if held:
        click.echo(f"Además están retenidos: {count_of(held)}. Vea por qué con «dteplanows folio retenidos».")


def _account_row(one: allocation.CafAccount) -> tuple[str, ...]:
    numbers = (one.libres, one.emitidos, one.anulados, one.en_otro)
    caf = one.caf
    numbering = "lo pedido" if caf.solo_pedidos else "todo"
    days = (f"{caf.fecha_autorizacion:%d-%m-%Y}", *_age(caf))
    return str(caf.desde), str(caf.hasta), *days, *map(str, numbers), numbering


def _age(caf: StoredCaf) -> tuple[str, str]:
    """The last day of *caf* and how many are left, today included."""
    last = last_day(caf.tipo, caf.fecha_autorizacion)
    if last is None:
        return "no vence", ""
    left = (last - clock.today()).days + 1
    return f"{last:%d-%m-%Y}", str(left) if left > 0 else "vencido"
