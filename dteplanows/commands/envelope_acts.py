"""What a person does about envelopes: ``envios reintentar``, ``rehacer``, ``subido`` and ``crear``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dteplanows.commands import dialogue
from dteplanows.commands.envelope_facts import documents_of
from dteplanows.commands.envelopes import NUMBER, envelope_of, envios, save_file
from dteplanows.commands.opening import AMBIENTES, open_ledger, settings_in, valid_rut
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.settings import Settings
from dteplanows.sii.delivery import by_person
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.order import delivery_of
from dteplanows.sii.upload import track_of

_number = click.argument("envio", metavar="ENVÍO", type=NUMBER)
sure_option = click.option("--si", "sure", is_flag=True, cls=Option, help="No pregunta si está seguro.")


@envios.command("reintentar", cls=Command)
@_number
@click.pass_context
def reintentar(ctx: click.Context, *, envio: int) -> None:
    """Sigue ya con un envío detenido o que espera, con los mismos bytes.

    Si alguna vez se comenzó a subir y no se sabe si llegó, primero se le pregunta al SII.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        after = by_person.retry(ledger, envelope_of(ledger, envio))
    click.echo(f"El envío {envio} está ahora {after.estado}. {goes_on(settings)}")


@envios.command("rehacer", cls=Command)
@_number
@sure_option
@click.pass_context
def rehacer(ctx: click.Context, *, envio: int, sure: bool) -> None:
    """Forma de nuevo un envío del que el SII no tomó nada: sus documentos van en otro, firmado otra vez.

    Sirve después de un rechazo por la carátula (RCT), por la firma o por el permiso, cuando la causa está remediada, y
    para lo que se mandó al simulador o a maullin y ahora va al otro.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        one = envelope_of(ledger, envio)
        if one.por_subir:
            question = f"¿Es seguro que nadie subió el envío {envio} al sitio del SII? Si no, llegaría dos veces."
            if not agreed(question, sure):
                return
        after = by_person.remake(ledger, one, by_person.server_of(settings, one))
    click.echo(f"El envío {envio} quedó {after.estado}. Lo que llevaba está pendiente y va en un envío nuevo.")
    if one.por_subir:
        click.echo(f"No suba el archivo del envío {envio} al sitio del SII: sus documentos llegarían dos veces.")


@envios.command("subido", cls=Command)
@_number
@click.option("--track", metavar="NÚMERO", required=True, cls=Option, help="El identificador que dio el SII.")
@click.pass_context
def subido(ctx: click.Context, *, envio: int, track: str) -> None:
    """Anota que una persona subió un envío al sitio del SII, y el número que le dieron; desde ahí se sigue solo.

    Un número mal anotado se corrige con la misma orden, mientras el SII no haya dicho nada de sus documentos.
    """
    if not track_of(track):
        raise click.UsageError(f"«{track}» no es un TRACKID: es un número, como 1234567890.")
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        after = by_person.note_upload(ledger, envelope_of(ledger, envio), track.strip())
    click.echo(f"El envío {envio} quedó con el TRACKID {after.track_id}. {goes_on(settings)}")


@envios.command("crear", cls=Command)
@click.option("--empresa", metavar="RUT", callback=valid_rut, cls=Option, help="Solo lo de esa empresa.")
@click.option("--ambiente", type=click.Choice(AMBIENTES), cls=Option, help="Solo lo de ese ambiente.")
@click.option("--solo-archivo", is_flag=True, cls=Option, help="Los escribe en archivos para que alguien los suba a "
              "mano: ningún proceso los envía.")  # fmt: skip
@click.option("--carpeta", metavar="CARPETA", type=click.Path(file_okay=False, path_type=Path), default=".",
              cls=Option, help="Dónde se escriben los archivos; lo usual es la carpeta en que se está.")  # fmt: skip
@click.pass_context
def crear(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, solo_archivo: bool, carpeta: Path
) -> None:
    """Forma ya los envíos de lo que está pendiente, sin esperar otros documentos.

    Con --solo-archivo, para subirlos a mano al sitio del SII; después anote el número que dé con «envios subido».
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        delivery = delivery_of(settings, ledger)
        made = 0
        for one in _formed(delivery, empresa, ambiente, solo_archivo):
            made += 1
            what = f"Envío {one.id}: {documents_of(one)} de {one.rut_emisor}, {one.ambiente}."
            if solo_archivo:
                path = carpeta / f"envio-{one.id}-{one.rut_emisor}-{one.clase}.xml"
                save_file(path, ledger.envelopes.file(one.id))
                what = f"{what} Guardado: {path}"
            click.echo(what)
            if one.de_prueba and solo_archivo:
                click.echo("  Lo timbró un CAF de prueba de este programa: el SII lo rechaza; sirve para el simulador.")
    if not made:
        click.echo("No hay nada pendiente que pueda salir.")
    elif not solo_archivo:
        click.echo(goes_on(settings))


def _formed(
    delivery: Delivery, empresa: str | None, ambiente: Ambiente | None, by_hand: bool
) -> Iterator[StoredEnvelope]:
    for due in delivery.ledger.deliveries.due():
        if empresa in (None, due.group.rut_emisor) and ambiente in (None, due.group.ambiente):
            yield from by_person.form_now(delivery, due.group, by_hand=by_hand)


def goes_on(settings: Settings) -> str:
    """Who goes on now."""
    if settings.sii_enviar:
        return "Sigue el trabajador del servicio."
    return "Ningún trabajador sigue (ajuste sii_enviar): lo que el SII sabe de cada documento lo anota «conciliar»."


def agreed(question: str, sure: bool) -> bool:
    """Whether the person says yes.

    :raises click.UsageError: there is nobody to ask.
    """
    if not sure and not dialogue.is_possible():
        raise click.UsageError("Para hacerlo sin que se pregunte agregue --si.")
    if sure or dialogue.is_sure(question):
        return True
    click.echo("No se hizo nada.")
    return False
