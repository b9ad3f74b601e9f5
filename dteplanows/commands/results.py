"""``envios resultado`` and ``correo``: the SII's mail with the result of an envelope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dteplanows.commands.envelopes import envios
from dteplanows.commands.opening import open_ledger, password, password_option, read_ledger, settings_in
from dteplanows.commands.spanish import Command, Group
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.document_mail import returned as returns
from dteplanows.mail.failing import MailFailed
from dteplanows.sii.delivery import post, results
from dteplanows.sii.delivery.results import Taken
from dteplanows.sii.notices import sending

_BAD = ("sin envío", "otra empresa", "no corresponde")
"""What a person should look at."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read."""


def _files(ctx: click.Context, param: click.Parameter, value: tuple[Path, ...]) -> tuple[Path, ...]:
    missing = next((one for one in value if not one.exists()), None)
    if missing:
        raise click.BadParameter(f"no existe «{missing}».")
    return value


@envios.command("resultado", cls=Command)
@click.argument(
    "archivos", metavar="ARCHIVO...", nargs=-1, required=True, type=click.Path(path_type=Path), callback=_files
)
@click.pass_context
def resultado(ctx: click.Context, *, archivos: tuple[Path, ...]) -> None:
    """Toma el resultado de un envío que el SII mandó por correo: el correo guardado (.eml), su XML o su texto.

    De una carpeta se toman todos sus archivos. Tomar dos veces el mismo no cambia nada. Termina con 1 si alguno no
    sirvió.
    """
    good = True
    with open_ledger(ctx.obj) as ledger:
        for path in _all(archivos):
            found = results.take_in(ledger, path.read_bytes(), path.name) if path.stat().st_size <= _LARGEST else []
            for one in found:
                click.echo(f"{path}: {one.text}")
            if not found:
                click.echo(f"{path}: No trae el resultado de un envío.")
            good &= bool(found) and not _look(found)
    ctx.exit(0 if good else 1)


def _all(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]


def _look(found: list[Taken]) -> bool:
    return any(one.fate in _BAD for one in found)


@click.group("correo", cls=Group)
def correo() -> None:
    """El buzón en que el SII deja los resultados, y lo que sale por correo: avisos, y documentos a sus receptores."""


_PASSWORDS = {
    "imap": (post.PASSWORD, "la clave del buzón"),
    "smtp": (sending.PASSWORD, "la clave del servidor de correo"),
}


@correo.command("clave", cls=Command)
@click.argument("cual", metavar="CUÁL", type=click.Choice(sorted(_PASSWORDS)))
@password_option
@click.pass_context
def clave(ctx: click.Context, *, cual: str, clave_archivo: Path | None) -> None:
    """Guarda la clave de un servidor de correo, sellada: imap es la del buzón y smtp la del que envía."""
    name, what = _PASSWORDS[cual]
    text = password(what, clave_archivo)
    with open_ledger(ctx.obj) as ledger:
        ledger.settings.save(name, ledger.secrets.seal(text.encode()) if text else "")
    click.echo(f"Guardada {what}." if text else f"Borrada {what}.")


@correo.command("leer", cls=Command)
@click.pass_context
def leer(ctx: click.Context) -> None:
    """Lee ahora los correos nuevos del SII y las devoluciones, y dice qué trajeron.

    El servicio lo hace solo, cada correo_imap_minutos.
    """
    settings = settings_in(ctx.obj)
    account = post.account_of(settings)
    if account is None:
        raise click.UsageError("No hay un buzón: ponga los ajustes correo_imap_servidor y correo_imap_usuario.")
    with open_ledger(ctx.obj) as ledger:
        try:
            found = post.read(settings, ledger, account)
            click.echo(f"Correos nuevos del SII: {found.mails}.")
            for one in found.taken:
                click.echo(one.text)
            returned = returns.read(settings, ledger, account)
        except MailFailed as failure:
            raise Refused([problem("SII-060", value=account.name, reason=str(failure))]) from None
    if returned:
        click.echo(f"Documentos que volvieron sin llegar a su receptor: {returned}. Véalos con «correo enviados».")


@correo.command("ver", cls=Command)
@click.pass_context
def ver(ctx: click.Context) -> None:
    """Muestra hasta dónde se leyó cada buzón y qué resultados esperan a que aparezca su envío."""
    with read_ledger(ctx.obj) as ledger:
        mailboxes, loose = ledger.mail.mailboxes(), ledger.mail.loose()
    for one in mailboxes:
        how = f"falló: {one.falla}" if one.falla else "bien"
        click.echo(f"{one.origen}: leído el {one.momento:%d-%m-%Y a las %H:%M}, {how}.")
    for mail in loose:
        click.echo(f"Sin envío: TRACKID {mail.track_id}, RUT {mail.rut_emisor}, del {mail.momento:%d-%m-%Y %H:%M}.")
    if not mailboxes and not loose:
        click.echo("Todavía no se ha leído ningún correo.")
