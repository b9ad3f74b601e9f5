"""``empresa`` and ``usuario``: who issues, and who may call in its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import click
from rich.table import Table

from dteplanows import demo
from dteplanows.commands.opening import (
    AMBIENTES,
    company_of,
    company_options,
    day,
    open_ledger,
    password,
    password_option,
    valid_rut,
)
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.company import Ambiente, Company, PatenteDesconocida, PreciosConImpuestos, Reparos
from dteplanows.document.text import foreign, printable_in_dte
from dteplanows.ledger.store import Ledger
from dteplanows.settings import load

_ACTECOS_AT_MOST = 4
"""A DTE names up to four economic activities (Formato DTE v2.5, Acteco)."""


@click.group("empresa", cls=Group)
def empresa() -> None:
    """Las empresas que emiten documentos."""


def _actecos(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"[0-9]{6}", value):
            raise click.BadParameter(f"«{value}» no es un código de actividad: se esperaban seis dígitos.")
    if len(values) > _ACTECOS_AT_MOST:
        raise click.BadParameter(f"se admiten {_ACTECOS_AT_MOST} actividades y vienen {len(values)}.")
    return values


def _text(limit: int) -> Any:
    """A callback that takes a text of at most *limit* characters, and at least one when the option was given."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip()
        if len(value) > limit:
            raise click.BadParameter(f"tiene {len(value)} caracteres y se admiten {limit}.")
        if not value and isinstance(param, click.Option) and param.required:
            raise click.BadParameter("está vacío.")
        return value

    return check


def _sentence(limit: int) -> Any:
    """A callback that takes a text of at most *limit* characters that can stand in a document."""
    check = _text(limit)

    def printable(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
        text = printable_in_dte(check(ctx, param, value) or "")
        if odd := foreign(text):
            raise click.BadParameter(f"tiene caracteres que un documento no admite: {odd}")
        return " ".join(text.split())

    return printable


# Lengths: Formato DTE v2.5, zone Emisor.
@empresa.command("crear")
@click.option("--rut", metavar="RUT", required=True, callback=valid_rut, cls=Option, help="RUT, como 76123456-0.")
@click.option("--razon-social", metavar="TEXTO", required=True, callback=_text(100), cls=Option, help="Razón social.")
@click.option("--giro", metavar="TEXTO", required=True, callback=_text(80), cls=Option, help="Giro.")
@click.option(
    "--acteco",
    "actecos",
    metavar="CÓDIGO",
    required=True,
    multiple=True,
    callback=_actecos,
    cls=Option,
    help="Código de actividad económica, seis dígitos; la opción se puede repetir.",
)
@click.option("--direccion", metavar="TEXTO", required=True, callback=_text(60), cls=Option, help="Calle y número.")
@click.option("--comuna", metavar="TEXTO", required=True, callback=_text(20), cls=Option, help="Comuna.")
@click.option("--ciudad", metavar="TEXTO", default="", callback=_text(20), cls=Option, help="Ciudad.")
@click.option("--sucursal", metavar="TEXTO", default="", callback=_text(20), cls=Option, help="Nombre de la sucursal.")
@click.option(
    "--codigo-sii-sucursal", metavar="CÓDIGO", default="", callback=_text(9), cls=Option, help="Su código en el SII."
)
@click.option("--telefono", metavar="TEXTO", default="", callback=_text(20), cls=Option, help="Teléfono.")
@click.option("--correo", metavar="TEXTO", default="", callback=_text(80), cls=Option, help="Correo electrónico.")
@click.option(
    "--tolerante",
    is_flag=True,
    cls=Option,
    help="Si los montos del archivo no cuadran, avisa y emite lo que suman las líneas, en vez de rechazar.",
)
@click.option(
    "--reparos",
    type=click.Choice(get_args(Reparos)),
    callback=lambda ctx, param, value: value or "",
    cls=Option,
    help="Qué hacer con lo que el SII acepta con reparo: detener el documento, o emitirlo y avisar. "
    "Sin esta opción se avisa, en pruebas y en producción.",
)
@click.option(
    "--numero-resolucion",
    metavar="NÚMERO",
    type=click.IntRange(0, 999_999),
    default=0,
    show_default=True,
    cls=Option,
    help="Número de la resolución del SII que la autoriza a emitir; va impreso. En certificación es 0.",
)
@click.option("--fecha-resolucion", metavar="FECHA", callback=day, cls=Option, help="Su fecha, como 2014-08-22.")
@click.option(
    "--unidad-sii",
    metavar="TEXTO",
    default="",
    callback=_text(40),
    cls=Option,
    help="Unidad del SII de su casa matriz, como SANTIAGO CENTRO; va impresa bajo el recuadro.",
)
@click.option(
    "--patente-desconocida",
    type=click.Choice(get_args(PatenteDesconocida)),
    default="avisar",
    show_default=True,
    cls=Option,
    help="Qué hacer si un documento que acompaña mercaderías no trae la patente: solo avisar, o además escribir en él "
    "que no se conoce.",
)
@click.option(
    "--transporte-courier",
    metavar="EMPRESA",
    default="",
    callback=_sentence(60),
    cls=Option,
    help="Courier que lleva los despachos: se escribe en los documentos que no traen patente; S escribe solo que va "
    "por courier.",
)
@click.option(
    "--traslado-prolongado",
    metavar="MOTIVO",
    default="",
    callback=_sentence(200),
    cls=Option,
    help="Por qué un traslado toma más de un día: se escribe en los documentos cuya fecha de llegada es posterior a la "
    "de salida.",
)
@click.option(
    "--precios-con-impuestos",
    type=click.Choice(get_args(PreciosConImpuestos)),
    default="rechazar",
    show_default=True,
    cls=Option,
    help="Qué hacer si los precios incluyen el IVA y también impuestos adicionales: rechazar el documento, o escribir "
    "las líneas netas con el mismo total.",
)
@click.option(
    "--minutos-repetido",
    metavar="MINUTOS",
    type=click.IntRange(0, 1440),
    default=0,
    show_default=True,
    cls=Option,
    help="Por cuántos minutos el mismo archivo con folio 0, del mismo usuario, recibe la respuesta que ya tuvo en vez "
    "de emitirse otra vez. No vale para boletas.",
)
@click.option(
    "--ambiente",
    type=click.Choice(AMBIENTES),
    default="pruebas",
    show_default=True,
    cls=Option,
    help="Ambiente en que emite. La misma empresa puede estar en los dos.",
)
@click.option("--reemplazar", is_flag=True, cls=Option, help="Cambia los datos de una empresa que ya existe.")
@click.pass_context
def crear_empresa(ctx: click.Context, /, reemplazar: bool, **facts: Any) -> None:
    """Agrega una empresa."""
    settings = load(directorio=ctx.obj)
    company = Company(**facts)
    ledger = Ledger(settings.directorio, settings.clave_maestra)
    try:
        known = ledger.company(company.ambiente, company.rut)
        if known is not None and not reemplazar:
            raise click.UsageError(
                f"La empresa {known.rut} ya existe en {known.ambiente}: {known.razon_social}. "
                "Para cambiar sus datos agregue --reemplazar."
            )
        ledger.save_company(company)
        if company.ambiente == "pruebas" and settings.caf_automatico:
            demo.authority(settings.autoridad_de_prueba)
    finally:
        ledger.close()
    done = "Datos cambiados" if known else "Empresa creada"
    click.echo(f"{done}: {company.rut}, {company.razon_social}, ambiente {company.ambiente}.")


@empresa.command("listar")
@click.pass_context
def listar_empresas(ctx: click.Context) -> None:
    """Muestra las empresas."""
    with open_ledger(ctx.obj) as ledger:
        companies = ledger.companies()
    if not companies:
        click.echo("No hay empresas.")
        return
    table = Table("RUT", "Ambiente", "Razón social", "Giro", "Actividades", "Dirección", "Resolución")
    for one in companies:
        where = ", ".join(part for part in (one.direccion, one.comuna, one.ciudad) if part)
        year = f" de {one.fecha_resolucion.year}" if one.fecha_resolucion else ""
        facts = (one.razon_social, one.giro, " ".join(one.actecos), where, f"{one.numero_resolucion}{year}")
        table.add_row(one.rut, one.ambiente, *facts)
    console().print(table)


_SETTINGS: dict[str, bool | None] = {"si": True, "no": False, "usual": None}


@click.group("usuario", cls=Group)
def usuario() -> None:
    """Los usuarios con que los sistemas llaman al servicio."""


@usuario.command("crear")
@click.argument("nombre", metavar="USUARIO", callback=_text(100))
@company_options
@password_option
@click.option(
    "--avisos",
    type=click.Choice(["si", "no"]),
    cls=Option,
    help="Si la respuesta de Procesar le trae también los avisos. Sin esta opción: en pruebas sí, en producción no.",
)
@click.pass_context
def crear_usuario(
    ctx: click.Context,
    *,
    nombre: str,
    empresa: str | None,
    ambiente: Ambiente | None,
    clave_archivo: Path | None,
    avisos: str | None,
) -> None:
    """Agrega un usuario de una empresa, o cambia su clave."""
    if not nombre:
        raise click.UsageError("El nombre del usuario está vacío.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        clave = password(f"la clave de {nombre}", clave_archivo, twice=True)
        if not clave.strip():
            raise click.UsageError("La clave está vacía.")
        ledger.save_user(nombre, clave, company.ambiente, company.rut, _SETTINGS[avisos] if avisos else None)
    click.echo(f"El usuario {nombre} quedó registrado para {company.razon_social}, ambiente {company.ambiente}.")


@usuario.command("modificar")
@click.argument("nombre", metavar="USUARIO")
@company_options
@click.option(
    "--avisos",
    type=click.Choice([*_SETTINGS]),
    required=True,
    cls=Option,
    help="Si la respuesta de Procesar le trae también los avisos; usual: en pruebas sí, en producción no.",
)
@click.pass_context
def modificar_usuario(
    ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None, avisos: str
) -> None:
    """Cambia los ajustes de un usuario; la clave queda como estaba."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        ledger.set_avisos(nombre, company.ambiente, company.rut, _SETTINGS[avisos])
    click.echo(f"El usuario {nombre} quedó con avisos: {avisos}, para {company.razon_social} en {company.ambiente}.")


@usuario.command("listar")
@click.pass_context
def listar_usuarios(ctx: click.Context) -> None:
    """Muestra los usuarios, nunca sus claves."""
    with open_ledger(ctx.obj) as ledger:
        users = ledger.users()
    if not users:
        click.echo("No hay usuarios.")
        return
    table = Table("Usuario", "RUT de la empresa", "Ambiente", "Avisos en la respuesta")
    for one in users:
        avisos = ("sí" if one.con_avisos else "no") + (", lo usual" if one.avisos is None else "")
        table.add_row(one.usuario, one.rut, one.ambiente, avisos)
    console().print(table)
