"""What every command begins with: the settings, the ledger, and which company is meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from dteplanows import issuing
from dteplanows.commands.spanish import Option
from dteplanows.document import rut
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.access import check_readable, check_writable, unwritable
from dteplanows.ledger.place import place_of
from dteplanows.ledger.read_only import ReadOnlyLedger
from dteplanows.ledger.store import DATABASE_FILE, Ledger, New
from dteplanows.settings import Settings, load

PASSWORD_VARIABLE = "DTEPLANOWS_CLAVE"
"""Environment variable that gives a password to a command that needs one."""

AMBIENTES: tuple[Ambiente, ...] = ("pruebas", "produccion")

Function = TypeVar("Function", bound=Callable[..., Any])


def company_options(function: Function) -> Function:
    """The two options that name a company."""
    function = click.option(
        "--ambiente", type=click.Choice(AMBIENTES), cls=Option, help="Ambiente de la empresa, si está en los dos."
    )(function)
    return click.option(
        "--empresa", metavar="RUT", cls=Option, callback=valid_rut, help="RUT de la empresa, si hay más de una."
    )(function)


def valid_rut(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The RUT in the SII's form, or a usage error that says what is wrong."""
    if value is None:
        return None
    try:
        return rut.parse(value)
    except rut.InvalidCheckDigit as right:
        raise click.BadParameter(f"el dígito verificador de «{value}» no corresponde; sería {right}.") from None
    except rut.InvalidRut:
        raise click.BadParameter(f"«{value}» no es un RUT; se escribe como 76123456-0.") from None


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The callback of an option that takes a date."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"«{value}» no es una fecha; se escribe como 2026-01-31.") from None


def settings_in(directory: Path | None, **arguments: Any) -> Settings:
    """The settings in force in *directory*, or in the usual one.

    :raises click.UsageError: there is no such directory.
    """
    settings = load(directorio=directory, **arguments)
    if not settings.directorio.is_dir():
        raise click.UsageError(
            f"No existe la carpeta de datos {settings.directorio}. Indique otra con --dir antes de la orden, "
            "o cree la primera empresa con la orden «empresa crear»."
        )
    return settings


@contextmanager
def open_ledger(directory: Path | None) -> Iterator[Ledger]:
    """The ledger of *directory*, closed at the end.

    :raises Refused: also when its folder cannot be read (AUT-060) or written (AUT-061).
    """
    settings = settings_in(directory)
    check_writable(settings.directorio, settings.directorio / DATABASE_FILE)
    ledger = Ledger(place_of(settings), settings.clave_maestra, New.NEVER)
    _tell_upgrade(ledger)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def read_ledger(directory: Path | None) -> Iterator[Ledger]:
    """The ledger of *directory* for a command that only reads: where nothing can be written it works all the same.

    :raises Refused: also when its folder cannot be read (AUT-060).
    """
    settings = settings_in(directory)
    folder, database = settings.directorio, settings.directorio / DATABASE_FILE
    check_readable(folder, database)
    if settings.base or not unwritable(folder, database):
        with open_ledger(directory) as ledger:
            yield ledger
        return
    ledger = ReadOnlyLedger(folder, settings.clave_maestra)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def open_issuer(directory: Path | None) -> Iterator[issuing.Issuer]:
    """The main road on the ledger of *directory*, closed at the end.

    :raises Refused: as :func:`open_ledger`.
    """
    settings = settings_in(directory)
    check_writable(settings.directorio, settings.directorio / DATABASE_FILE)
    issuer = issuing.open_issuer(settings)
    _tell_upgrade(issuer.ledger)
    try:
        yield issuer
    finally:
        issuer.ledger.close()


def _tell_upgrade(ledger: Ledger) -> None:
    if ledger.upgrade:
        click.echo(ledger.upgrade.text(), err=True)


def company_of(ledger: Ledger, empresa: str | None, ambiente: Ambiente | None) -> Company:
    """The company that is meant: the one named, or the only one there is, or that of the settings.

    :raises click.UsageError: there is none, or more than one.
    """
    all_of_them = ledger.companies.all()
    if not all_of_them:
        raise click.UsageError("Todavía no hay empresas. Cree la primera con la orden «empresa crear».")
    found = [one for one in all_of_them if empresa in (None, one.rut) and ambiente in (None, one.ambiente)]
    settings = load(directorio=ledger.directory)
    if len(found) > 1:  # settings choose only where nothing else does
        found = [one for one in found if settings.ambiente in ("", one.ambiente)] or found
    if len(found) > 1:
        found = [one for one in found if settings.empresa in ("", one.rut)] or found
    if len(found) == 1:
        return found[0]
    known = "; ".join(f"{one.rut} en {one.ambiente} ({one.razon_social})" for one in found or all_of_them)
    if found:
        raise click.UsageError(
            f"Hay más de una empresa posible. Elija con --empresa y --ambiente, o con los ajustes empresa y ambiente: "
            f"{known}."
        )
    raise click.UsageError(f"No existe esa empresa. Las que hay son: {known}.")


def readable(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """The file or files named, all of them there; nothing is begun when one is missing."""
    for path in value if isinstance(value, tuple) else (value,) if value is not None else ():
        if path.is_dir():
            raise click.BadParameter(f"«{path}» es una carpeta; se esperaba un archivo.")
        if not path.exists():
            raise click.BadParameter(f"no existe el archivo «{path}».")
        if not os.access(path, os.R_OK):
            raise click.BadParameter(f"no hay permiso para leer «{path}».")
    return value


def files_argument(function: Function) -> Function:
    """The argument that names one or more files."""
    path = click.Path(path_type=Path)
    return click.argument("archivos", metavar="ARCHIVO...", nargs=-1, required=True, type=path, callback=readable)(
        function
    )


def password_option(function: Function) -> Function:
    """The option that names a file with a password; there is none that takes the password itself."""
    return click.option(
        "--clave-archivo",
        metavar="ARCHIVO",
        cls=Option,
        type=click.Path(path_type=Path),
        callback=readable,
        help=f"Archivo que contiene la clave. Sin esta opción: la variable {PASSWORD_VARIABLE}, o se pregunta.",
    )(function)


def password(what: str, file: Path | None, twice: bool = False) -> str:
    """A password from *file*, else from the environment, else asked for; it is never shown.

    :param what: what the password is of, as the question names it.
    :param twice: ask a second time, for a new password.
    :raises click.UsageError: there is nobody to ask.
    """
    if file is not None:
        return file.read_text("utf-8").rstrip("\r\n")
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"Falta {what}. Escríbala en un archivo y use --clave-archivo, "
            f"o póngala en la variable de entorno {PASSWORD_VARIABLE}."
        )
    while True:
        text = _ask(what)
        if not twice or text == _ask(f"{what}, otra vez"):
            return text
        click.echo("Las dos no son iguales. Escríbala de nuevo.", err=True)


def _ask(what: str) -> str:
    return str(click.prompt(what[:1].upper() + what[1:], hide_input=True, default="", show_default=False, err=True))
