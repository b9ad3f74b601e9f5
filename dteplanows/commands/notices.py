"""``avisos``: who is told of what the SII refuses, remarks, or does not get in time."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from dteplanows.commands.company_facts import mail
from dteplanows.commands.opening import company_of, company_options, open_ledger, read_ledger, settings_in
from dteplanows.commands.spanish import Command, Group, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.notice_tables import Channel, Way
from dteplanows.ledger.notices import new_channel
from dteplanows.ledger.store import Ledger
from dteplanows.mail.failing import MailFailed
from dteplanows.settings import Settings
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.notices import sending, webhook, words


@click.group("avisos", cls=Group)
def avisos() -> None:
    """A quién se avisa de lo que el SII rechaza, acepta con reparos o no recibe a tiempo."""


def _url(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value and (fault := webhook.fault_of(value)):
        raise click.BadParameter(f"«{value}» no sirve: {fault}.")
    return value


@avisos.command("correo", cls=Command)
@company_options
@click.option("--a", "direccion", metavar="DIRECCIÓN", callback=mail, cls=Option, help="A quién se escribe.")
@click.option("--quitar", is_flag=True, cls=Option, help="Ya no se avisa por correo, tampoco lo que está pendiente.")
@click.pass_context
def correo(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, direccion: str | None, quitar: bool
) -> None:
    """Avisa por correo a la dirección técnica de una empresa. Los envía el servidor de los ajustes correo_smtp_*."""
    if bool(direccion) == quitar:
        raise click.UsageError("Indique la dirección con --a, o --quitar.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        _change(ledger, company, "correo", direccion or "")
        if direccion and sending.outgoing_of(settings_in(ctx.obj)) is None:
            click.echo("Falta el servidor que envía: ponga los ajustes correo_smtp_servidor y correo_remitente.")


@avisos.command("webhook", cls=Command)
@company_options
@click.option("--url", metavar="DIRECCIÓN", callback=_url, cls=Option, help="Qué dirección se llama, por https.")
@click.option("--quitar", is_flag=True, cls=Option, help="Ya no se llama, tampoco con lo que está pendiente.")
@click.pass_context
def llamado(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, url: str | None, quitar: bool
) -> None:
    """Avisa llamando a una dirección de la empresa (webhook) con un POST firmado.

    Muestra una sola vez el secreto con que se comprueba la firma; cada vez que se pone una dirección es otro.
    """
    if bool(url) == quitar:
        raise click.UsageError("Indique la dirección con --url, o --quitar.")
    secret = webhook.new_secret()
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        _change(ledger, company, "webhook", url or "", ledger.secrets.seal(secret.encode()) if url else "")
    if url:
        click.echo(f"Secreto, que no se muestra otra vez: {secret}")


def _change(ledger: Ledger, company: Company, way: Way, to: str, secret: str = "") -> None:
    """Open the channel to *to*, or close it where that is empty, and say so."""
    who = f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}"
    known = ledger.notices.channel(company.ambiente, company.rut, way)
    if to:
        channel = new_channel(company.ambiente, company.rut, way, to, secret)
        ledger.notices.open(channel)
        click.echo(f"{who}: se avisa por {way} a {words.shown(channel)}.")
    elif known:
        ledger.notices.close(known)
        click.echo(f"{who}: ya no se avisa por {way}.")
    else:
        click.echo(f"{who}: no se avisaba por {way}.")


@avisos.command("ver", cls=Command)
@click.pass_context
def ver(ctx: click.Context) -> None:
    """Muestra a quién se avisa, qué está pendiente y qué falla."""
    with read_ledger(ctx.obj) as ledger:
        channels = ledger.notices.channels()
        for one in channels:
            waiting, lost = (ledger.notices.count(one, estado) for estado in ("pendiente", "perdido"))
            click.echo(f"{one.rut_emisor} {one.ambiente}, por {one.canal} a {words.shown(one)}: "
                       f"{waiting} pendientes, {lost} perdidos.")  # fmt: skip
            if one.falla:
                click.echo(f"  Falla: {one.falla}")
    if not channels:
        click.echo("No se avisa a nadie. Ponga una dirección con «avisos correo» o «avisos webhook».")


@avisos.command("probar", cls=Command)
@company_options
@click.pass_context
def probar(ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Envía ahora un aviso de prueba por cada medio de una empresa. Termina con 1 si alguno falla."""
    settings = settings_in(ctx.obj)
    failed: list[tuple[Channel, str]] = []
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = [ledger.notices.channel(company.ambiente, company.rut, way) for way in _TRIALS]
        channels = [one for one in found if one]
        if not channels:
            raise click.UsageError("No se avisa a nadie. Ponga una dirección con «avisos correo» o «avisos webhook».")
        for one in channels:
            try:
                _TRIALS[one.canal](settings, ledger, company, one)
            except MailFailed as failure:
                failed.append((one, str(failure)))
            else:
                click.echo(f"Enviado por {one.canal} a {words.shown(one)}.")
    if failed:
        raise Refused(
            [
                problem("SII-061", value=words.shown(one), medio=one.canal, reason=why)
                for one, why in failed
            ]
        )


def _try_mail(settings: Settings, ledger: Ledger, company: Company, channel: Channel) -> None:
    sending.mail(settings, ledger, words.trial(company, channel.destino))


def _try_webhook(settings: Settings, ledger: Ledger, company: Company, channel: Channel) -> None:
    content = {**webhook.payload(company, ()), "prueba": True}
    secret = ledger.secrets.unseal(channel.secreto).decode()
    request = webhook.signed(channel.destino, secret, content, int(time.time()))
    sending.post(Client(Limits(10, 20, 30, 65536)), request)


_TRIALS: dict[Way, Callable[[Settings, Ledger, Company, Channel], None]] = {
    "correo": _try_mail, "webhook": _try_webhook,
}  # fmt: skip
