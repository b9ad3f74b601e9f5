"""``correo documentos``, ``correo enviar`` and ``correo enviados``: documents that are mailed to their receivers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from dteplanows.archive import Archive
from dteplanows.commands.opening import company_of, company_options, open_ledger, read_ledger, settings_in
from dteplanows.commands.results import correo
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.document_mail import letter, way
from dteplanows.document_mail.asking import ask
from dteplanows.document_mail.shown import told
from dteplanows.ledger.document_mail_tables import MAIL_STATES, CompanyMail
from dteplanows.mail.sending import address_in
from dteplanows.settings import Settings
from dteplanows.sii.notices.sending import outgoing_of


def _file(ctx: click.Context, param: click.Parameter, value: Path | None) -> str | None:
    if value is None:
        return None
    try:
        return value.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise click.BadParameter(f"«{value}» no está en UTF-8.") from None


@correo.command("documentos", cls=Command)
@company_options
@click.option("--enviar/--no-enviar", "activo", default=None, cls=Option,
              help="Si cada documento se envía al emitirlo, cuando su archivo trae una dirección.")  # fmt: skip
@click.option("--nombre", metavar="TEXTO", cls=Option, help="Nombre del remitente; vacío: la razón social.")
@click.option("--remitente", metavar="DIRECCIÓN", cls=Option,
              help="Dirección del remitente; vacía: la del ajuste correo_remitente.")  # fmt: skip
@click.option("--responder-a", metavar="DIRECCIÓN", cls=Option, help="A dónde se responde; vacía: al remitente.")
@click.option("--asunto", metavar="TEXTO", cls=Option, help="Plantilla del asunto; vacía: la usual.")
@click.option("--texto", metavar="ARCHIVO", callback=_file, cls=Option, help="Archivo con la plantilla del texto.",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--pdf/--sin-pdf", "con_pdf", default=None, cls=Option, help="Si lleva el PDF.")
@click.option("--xml/--sin-xml", "con_xml", default=None, cls=Option, help="Si lleva el XML firmado.")
@click.option("--enlace/--sin-enlace", "con_enlace", default=None, cls=Option, help="Si el texto lleva el enlace.")
@click.option("--esperar-sii/--sin-esperar", "espera_sii", default=None, cls=Option,
              help="Si espera a que el SII acepte el documento.")  # fmt: skip
@click.pass_context
def documentos(ctx: click.Context, /, empresa: str | None, ambiente: Ambiente | None, **facts: Any) -> None:
    """Muestra cómo envía una empresa sus documentos por correo a sus receptores, o cambia lo que se indica.

    En las plantillas, nombres como {documento}, {folio} o {enlace} se reemplazan; con un nombre equivocado se
    muestran todos los que hay.
    """
    settings = settings_in(ctx.obj)
    changes = {name: value for name, value in facts.items() if value is not None}
    with (open_ledger if changes else read_ledger)(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        one = ledger.document_mails.way_of(company)
        if changes:
            one = way.judged(one._replace(**changes), settings.url_publica)
            ledger.document_mails.change_way(one)
    click.echo(f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}.")
    _show(one)
    root = settings.url_publica.rstrip("/")
    said = letter.words(one, company, letter.example_facts(company, f"{root}/..." if root else ""))
    sender = one.remitente or address_in(settings.correo_remitente) or "(sin remitente)"
    click.echo(f"\nAsí se ve:\n\nDe: {said.sender} <{sender}>")
    click.echo(f"Asunto: {said.subject}\n\n{said.text}")
    for text in _missing(settings, one, company.ambiente):
        click.echo(f"\n{text}")


def _show(one: CompanyMail) -> None:
    table = Table.grid(padding=(0, 2))
    for name, label in way.LABELS.items():
        value = getattr(one, name)
        if name in ("asunto", "texto"):
            told = "propio" if value else "el usual"
        else:
            told = {True: "sí", False: "no", "": "(usual)"}.get(value, value)
        table.add_row(Text(f"{label}:", style="bold"), Text(str(told)))
    console().print(table)


def _missing(settings: Settings, one: CompanyMail, ambiente: str) -> list[str]:
    """What keeps mails from going out, or from being whole, in sentences."""
    outgoing, found = outgoing_of(settings), []
    if outgoing is None or not outgoing.sender:
        found.append("Falta el servidor que envía: ponga los ajustes correo_smtp_servidor y correo_remitente.")
    if one.con_enlace and not settings.url_publica:
        found.append("El correo no lleva enlace mientras falte el ajuste url_publica.")
    if ambiente == "pruebas" and not settings.correo_permitidos_pruebas.strip():
        found.append("En pruebas no se envía a nadie mientras el ajuste correo_permitidos_pruebas esté vacío.")
    return found


@correo.command("enviar", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--a", "direccion", metavar="DIRECCIÓN", default="", cls=Option,
              help="A quién se envía; sin esta opción, a la dirección que trae el archivo del documento.")  # fmt: skip
@click.pass_context
def enviar(
    ctx: click.Context, *, tipo: int, folio: int, empresa: str | None, ambiente: Ambiente | None, direccion: str
) -> None:
    """Envía un documento por correo, también otra vez. Sale en segundos si el servicio, o un worker, está andando."""
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = Archive(ledger, company, "operador").find(tipo, folio)
        to = ask(settings, ledger, found, direccion, "operador")
    click.echo(f"El documento de tipo {tipo} y folio {folio} se enviará a {to}. Véalo con «correo enviados».")


@correo.command("enviados", cls=Command)
@company_options
@click.option("--estado", type=click.Choice(MAIL_STATES), cls=Option, help="Solo los que están así.")
@click.option("--ultimos", metavar="NÚMERO", type=click.IntRange(1, 1000), default=20, show_default=True, cls=Option,
              help="Cuántos se muestran.")  # fmt: skip
@click.pass_context
def enviados(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, estado: Any, ultimos: int
) -> None:
    """Muestra los últimos documentos que se enviaron por correo, o que esperan, y qué pasó con cada uno."""
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = ledger.document_mails.newest(company, ultimos, [estado] if estado else ())
    if not found:
        click.echo("No hay ninguno.")
        return
    table = Table("Momento", "Documento", "A", "Estado", "Qué pasó")
    for one, tipo, folio in reversed(found):
        moment = f"{one.momento:%d-%m-%Y %H:%M}"
        table.add_row(moment, f"{tipo} {folio}", Text(one.destino), one.estado, Text(told(one)))
    console().print(table)
