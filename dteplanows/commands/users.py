"""``usuario``: who may call in a company's name, and who may come into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click
from rich.table import Table

from dteplanows.accounts import people
from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.commands import dialogue
from dteplanows.commands.opening import (
    company_of,
    company_options,
    open_ledger,
    password,
    password_option,
    read_ledger,
    settings_in,
)  # fmt: skip
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Rol, UserSettings
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.users import check_length

_ROLES: Sequence[Rol] = get_args(Rol)
_SETTINGS: dict[str, bool | None] = {"si": True, "no": False, "usual": None}


@click.group("usuario", cls=Group)
def usuario() -> None:
    """Los usuarios con que los sistemas llaman al servicio, y las personas que entran al portal."""


def _name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    value = value.strip()
    if not value:
        raise click.UsageError("El nombre del usuario está vacío.")
    if len(value) > people.LONGEST_NAME:
        raise click.BadParameter(f"tiene {len(value)} caracteres y se admiten {people.LONGEST_NAME}.")
    return value


name_argument = click.argument("nombre", metavar="USUARIO", callback=_name)
"""The user that a command is about."""


def _new_password(ledger: Ledger, nombre: str, company: Company, rol: Rol, clave_archivo: Path | None) -> str:
    """The password of a user of *company*, given or asked for; a person's is judged as the portal judges it."""
    clave = password(f"la clave de {nombre}", clave_archivo, twice=True)
    if not clave.strip():
        raise click.UsageError("La clave está vacía.")
    least = settings_in(ledger.directory).largo_minimo_clave
    if rol == "integracion":
        check_length(nombre, clave, least)
    else:
        check_new_password(clave, least, nombre, [company])
    return clave


def for_company(company: Company) -> str:
    """*company*, with its environment."""
    return f"{company.razon_social}, ambiente {company.ambiente}"


def as_rol(rol: Rol) -> str:
    """The role in words; nothing of the usual one."""
    return "" if rol == "integracion" else f", como {rol}"


@usuario.command("crear")
@name_argument
@company_options
@password_option
@click.option(
    "--avisos",
    type=click.Choice(["si", "no"]),
    cls=Option,
    help="Si la respuesta de Procesar le trae también los avisos. Sin esta opción: en pruebas sí, en producción no.",
)
@click.option(
    "--rol",
    type=click.Choice(_ROLES),
    default="integracion",
    cls=Option,
    help="Lo que puede: integracion solo llama al servicio; contador entra al portal a leer, descargar y anular; "
    "administrador maneja allí la empresa; operador, toda la instalación.  [usual: integracion]",
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
    rol: Rol,
) -> None:
    """Agrega un usuario de una empresa."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if ledger.users.has(nombre, company.ambiente, company.rut):
            raise Refused([problem("AUT-050", value=nombre, rut=company.rut, ambiente=company.ambiente)])
        clave = _new_password(ledger, nombre, company, rol, clave_archivo)
        ledger.users.save(nombre, clave, company.ambiente, company.rut, UserSettings(_SETTINGS.get(avisos or ""), rol))
    click.echo(f"El usuario {nombre} quedó registrado para {for_company(company)}{as_rol(rol)}.")


@usuario.command("clave")
@name_argument
@company_options
@password_option
@click.pass_context
def cambiar_clave(
    ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None, clave_archivo: Path | None
) -> None:
    """Cambia la clave de un usuario; los tokens que tenía dejan de valer."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if not ledger.users.has(nombre, company.ambiente, company.rut):
            raise Refused([problem("AUT-030", value=nombre, rut=company.rut, ambiente=company.ambiente)])
        rol = ledger.users.find(nombre, company.ambiente, company.rut).rol
        clave = _new_password(ledger, nombre, company, rol, clave_archivo)
        ledger.users.set_password(nombre, clave, company.ambiente, company.rut)
    click.echo(f"El usuario {nombre} tiene otra clave para {for_company(company)}. Los tokens que tenía ya no valen.")


@usuario.command("modificar")
@name_argument
@company_options
@click.option(
    "--avisos",
    type=click.Choice([*_SETTINGS]),
    cls=Option,
    help="Si la respuesta de Procesar le trae también los avisos; usual: en pruebas sí, en producción no.",
)
@click.option("--rol", type=click.Choice(_ROLES), cls=Option, help="Lo que puede, como en «usuario crear».")
@click.pass_context
def modificar_usuario(
    ctx: click.Context,
    nombre: str,
    empresa: str | None,
    ambiente: Ambiente | None,
    avisos: str | None,
    rol: Rol | None,
) -> None:
    """Cambia los ajustes o el rol de un usuario; la clave queda como estaba."""
    if avisos is None and rol is None:
        raise click.UsageError("Diga qué cambia: --avisos, --rol o ambos.")
    changes = [*([f"con avisos: {avisos}"] if avisos else ()), *([f"con el rol {rol}"] if rol else ())]
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        with ledger.writing():
            if avisos:
                ledger.users.set_avisos(nombre, company.ambiente, company.rut, _SETTINGS[avisos])
            if rol:
                ledger.users.set_rol(nombre, company.ambiente, company.rut, rol)
    click.echo(f"El usuario {nombre} quedó {' y '.join(changes)}, para {for_company(company)}.")


@usuario.command("deshabilitar")
@name_argument
@company_options
@click.pass_context
def deshabilitar_usuario(ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Impide que un usuario llame, hasta que se habilite de nuevo; conserva su clave."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        ledger.users.disable(nombre, company.ambiente, company.rut)
    click.echo(f"El usuario {nombre} ya no puede llamar por {for_company(company)}; «usuario habilitar» lo revierte.")


@usuario.command("habilitar")
@name_argument
@company_options
@click.pass_context
def habilitar_usuario(ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Deja que un usuario deshabilitado llame de nuevo, con la clave que tenía."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        ledger.users.enable(nombre, company.ambiente, company.rut)
    click.echo(f"El usuario {nombre} puede llamar por {for_company(company)}.")


@usuario.command("eliminar")
@name_argument
@company_options
@click.option("--si", "sure", is_flag=True, cls=Option, help="No pregunta si está seguro.")
@click.pass_context
def eliminar_usuario(
    ctx: click.Context, nombre: str, empresa: str | None, ambiente: Ambiente | None, sure: bool
) -> None:
    """Elimina un usuario. Los documentos que envió conservan su nombre."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if not sure and not dialogue.is_possible():
            raise click.UsageError("Para eliminarlo sin que se pregunte agregue --si.")
        if not sure and not dialogue.is_sure(f"¿Eliminar el usuario {nombre} de {for_company(company)}?"):
            click.echo("No se eliminó nada.")
            return
        ledger.users.delete(nombre, company.ambiente, company.rut)
    click.echo(f"El usuario {nombre} quedó eliminado de {for_company(company)}.")


@usuario.command("listar")
@click.pass_context
def listar_usuarios(ctx: click.Context) -> None:
    """Muestra los usuarios, nunca sus claves."""
    with read_ledger(ctx.obj) as ledger:
        users = ledger.users.all()
    if not users:
        click.echo("No hay usuarios.")
        return
    table = Table(
        "Usuario", "RUT de la empresa", "Ambiente", "Rol", "Segundo factor", "Avisos en la respuesta", "Estado"
    )
    for one in users:
        avisos = ("sí" if one.con_avisos else "no") + (", lo usual" if one.avisos is None else "")
        state = f"deshabilitado el {one.deshabilitado:%Y-%m-%d}" if one.deshabilitado else "habilitado"
        factor = "sí" if one.segundo_factor else "falta" if one.exige_segundo_factor else "no"
        table.add_row(one.usuario, one.rut, one.ambiente, one.rol, factor, avisos, state)
    console().print(table)
