"""``sii``: what can be asked of the SII itself."""

from __future__ import annotations

import click
from rich.table import Column, Table
from rich.text import Text

from dteplanows.accounts.opened import OpenedCertificates
from dteplanows.commands.opening import company_of, company_options, read_ledger, settings_in
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group
from dteplanows.document.company import Ambiente, Company
from dteplanows.sii.probe import Check, probe
from dteplanows.sii.service import open_sii

_STYLES = {"bien": "green", "falla": "bold red", "no se probó": "yellow"}


@click.group("sii", cls=Group)
def sii() -> None:
    """El SII: si se puede llegar a él y si deja entrar."""


@sii.command("probar")
@company_options
@click.pass_context
def probar(ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Prueba la conexión con el SII de una empresa, sin enviar nada.

    Mira cada servidor, su conexión segura y su hora, pide una semilla y un token con el certificado de la empresa, y
    pregunta por un documento que no existe, para ver si su dueño puede actuar por ella. Termina con 0 si todo está
    bien y con 1 si algo falla; de lo que falla dice qué hacer.
    """
    settings = settings_in(ctx.obj)
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        certificate = OpenedCertificates(ledger).current(company)
    service = open_sii(settings)
    hosts = service.addresses.of(company.ambiente)
    click.echo(f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}: {hosts.name}.")
    checks = list(probe(service.http, hosts, company, certificate, service.tokens))
    _show([*checks, *_resolution(company, hosts.name)])
    ctx.exit(1 if any(one.result == "falla" for one in checks) else 0)


def _resolution(company: Company, name: str) -> list[Check]:
    """What the SII would refuse an envelope for (CRT-3-19), and no question shows beforehand."""
    if name == "simulador" or company.fecha_resolucion:
        return []
    return [
        Check(
            "Resolución", "no se probó", "Falta la fecha de la resolución de la empresa, que va en cada envío.",
            "Póngala con la orden «empresa cambiar»; en certificación es la de la postulación.",
        )
    ]  # fmt: skip


def _show(checks: list[Check]) -> None:
    table = Table(
        Column(no_wrap=True), Column(no_wrap=True), Column(overflow="fold"),
        box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False,
    )  # fmt: skip
    for one in checks:
        told = Text(one.text)
        if one.remedy:
            told.append(f"\nQué hacer: {one.remedy}", style="bold")
        table.add_row(Text(one.result, style=_STYLES[one.result]), one.name, told)
    out = console()
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip(), color=out.is_terminal)
