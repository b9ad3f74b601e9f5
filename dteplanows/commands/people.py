"""``usuario invitar`` and what else is done to the people who come into the portal."""

from __future__ import annotations

import click
from rich.table import Table

from dteplanows.accounts import invitations
from dteplanows.accounts.invitation_mail import is_address, letter
from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Option
from dteplanows.commands.users import as_rol, for_company, name_argument, usuario
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Opened, Rol
from dteplanows.ledger.store import Ledger
from dteplanows.mail.failing import MailFailed
from dteplanows.settings import Settings
from dteplanows.sii.notices.sending import mail

_PEOPLE = ("contador", "administrador", "operador")


@usuario.command("invitar")
@name_argument
@company_options
@click.option(
    "--rol",
    type=click.Choice(_PEOPLE),
    default="contador",
    cls=Option,
    help="Lo que podrá; a un usuario que ya existe no le cambia el suyo.  [usual: contador]",
)
@click.option("--correo", metavar="DIRECCIÓN", default="", cls=Option, help="A quién se envía; sin esta, se muestra.")
@click.pass_context
def invitar_usuario(
    ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None, rol: Rol, correo: str
) -> None:
    """Da un enlace, que sirve una vez, con que una persona elige su clave: también si olvidó la que tenía."""
    if correo and not is_address(correo):
        raise click.BadParameter(f"«{correo}» no es una dirección de correo.")
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if ledger.users.has(nombre, company.ambiente, company.rut):
            rol = ledger.users.find(nombre, company.ambiente, company.rut).rol
        token = invitations.invite(ledger, company, nombre, rol, correo)
        link = f"{_origin(settings)}/portal/invitacion/{token}"
        click.echo(f"{nombre} quedó invitado a {for_company(company)}{as_rol(rol)}.")
        if correo:
            try:
                mail(settings, ledger, letter(company, nombre, correo, link))
            except MailFailed as failure:
                click.echo(f"El correo a {correo} no salió: {failure}.", err=True)
            else:
                click.echo(f"El enlace salió por correo a {correo}.")
                return
    click.echo(f"Entréguele este enlace, que sirve una vez, durante {invitations.DAYS} días:\n{link}")


def _origin(settings: Settings) -> str:
    """Where the portal is, as this machine reaches it or as the installation says."""
    if settings.url_publica:
        return settings.url_publica.rstrip("/")
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(settings.host, settings.host)
    scheme = "https" if settings.tls_certificado else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.puerto}"


@usuario.command("segundo-factor")
@name_argument
@company_options
@click.option("--exigir", type=click.Choice(["si", "no"]), cls=Option, help="Si tiene que tener uno.")
@click.option("--quitar", is_flag=True, cls=Option, help="Olvida el que tiene, porque perdió el teléfono.")
@click.pass_context
def segundo_factor(
    ctx: click.Context,
    nombre: str,
    empresa: str | None,
    ambiente: Ambiente | None,
    exigir: str | None,
    quitar: bool,
) -> None:
    """Exige el segundo factor con que una persona entra al portal, o quita el que tiene."""
    if exigir is None and not quitar:
        raise click.UsageError("Diga qué cambia: --exigir, --quitar o ambos.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        with ledger.writing():
            if quitar:
                ledger.second_factors.remove([user_of(ledger, nombre, company.ambiente, company.rut)])
            if exigir:
                ledger.users.set_exige(nombre, company.ambiente, company.rut, exigir == "si")
    if quitar:
        click.echo(f"{nombre} entra a {for_company(company)} sin segundo factor.")
    if exigir:
        click.echo(f"A {nombre} {'se le' if exigir == 'si' else 'no se le'} exige un segundo factor.")


def user_of(ledger: Ledger, usuario: str, ambiente: Ambiente, rut: str) -> Opened:
    """What a user of a company opens.

    :raises Refused: the company has no such user (AUT-030).
    """
    found = ledger.logins.user(usuario, ambiente, rut)
    if found is None:
        raise Refused([problem("AUT-030", value=usuario, rut=rut, ambiente=ambiente)])
    return found


@usuario.command("cerrar-sesiones")
@name_argument
@company_options
@click.pass_context
def cerrar_sesiones(ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Cierra las sesiones y anula los tokens de un usuario; su clave queda como estaba."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        ledger.users.end_everything(nombre, company.ambiente, company.rut)
    click.echo(f"Las sesiones y los tokens de {nombre} ya no valen para {for_company(company)}. Puede entrar de nuevo.")


@usuario.command("invitaciones")
@company_options
@click.option("--retirar", metavar="USUARIO", default="", cls=Option, help="Deja sin valor la de ese usuario.")
@click.pass_context
def invitaciones(ctx: click.Context, empresa: str | None, ambiente: Ambiente | None, retirar: str) -> None:
    """Muestra las invitaciones que todavía se pueden aceptar, o retira una."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = ledger.invitations.of(company.ambiente, company.rut)
        if retirar:
            wanted = next((one for one in found if one.usuario.casefold() == retirar.strip().casefold()), None)
            if wanted is None:
                raise click.UsageError(f"No hay ninguna invitación de «{retirar}» que se pueda retirar.")
            ledger.invitations.withdraw(wanted.id, company.ambiente, company.rut)
            click.echo(f"El enlace de {wanted.usuario} ya no sirve.")
            return
    if not found:
        click.echo("No hay invitaciones por aceptar.")
        return
    table = Table("Usuario", "Rol", "Correo", "Vence")
    for one in found:
        table.add_row(one.usuario, one.rol, one.correo, f"{one.vence:%Y-%m-%d %H:%M}")
    console().print(table)
