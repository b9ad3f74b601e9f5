"""``empresa``: who issues."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table
from rich.text import Text

from dteplanows.accounts import companies
from dteplanows.accounts.company_facts import LABELS, shown
from dteplanows.commands import dialogue
from dteplanows.commands.company_facts import REQUIRED, fact_options, given, reader
from dteplanows.commands.opening import AMBIENTES, company_of, company_options, open_ledger, read_ledger, valid_rut
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.access import check_writable
from dteplanows.ledger.place import place_of
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.settings import load


@click.group("empresa", cls=Group)
def empresa() -> None:
    """Las empresas que emiten documentos."""


@empresa.command("crear")
@click.option("--rut", metavar="RUT", callback=valid_rut, cls=Option, help="RUT, como 76123456-0.")
@fact_options
@click.option(
    "--ambiente",
    type=click.Choice(AMBIENTES),
    cls=Option,
    help="Ambiente en que emite; lo usual es pruebas. La misma empresa puede estar en los dos.",
)
@click.pass_context
def crear_empresa(ctx: click.Context, /, **facts: Any) -> None:
    """Agrega una empresa. Sin ninguna opción pregunta sus datos, uno por uno.

    Obligatorios: --rut, --razon-social, --giro, --acteco, --direccion y --comuna; en producción, también
    --numero-resolucion y --fecha-resolucion.
    """
    facts = given(facts)
    if not facts and dialogue.is_possible():
        facts = _asked(ctx)
    missing = [option for name, option in REQUIRED.items() if name not in facts]
    if missing:
        first = f"Falta la opción {missing[0]}." if len(missing) == 1 else f"Faltan las opciones {', '.join(missing)}."
        raise click.UsageError(f"{first} En una terminal, «empresa crear» sin opciones pregunta cada dato.")
    company = Company(**{"ambiente": "pruebas", **facts})
    companies.check_resolution(company)
    settings = load(directorio=ctx.obj)
    check_writable(settings.directorio, settings.directorio / DATABASE_FILE)
    ledger = Ledger(place_of(settings), settings.clave_maestra)
    try:
        if known := ledger.companies.find(company.ambiente, company.rut):
            facts = {"ambiente": known.ambiente, "nombre": known.razon_social}
            raise click.UsageError(problem("AUT-053", value=known.rut, **facts).text())
        companies.create(ledger, settings, company)
    finally:
        ledger.close()
    click.echo(f"Empresa creada: {company.rut}, {company.razon_social}, ambiente {company.ambiente}.")


def _asked(ctx: click.Context) -> dict[str, Any]:
    """The facts of a new company, asked for one by one."""
    parameter = click.Option(["--dato"])

    def ask(name: str, question: str, check: Any, default: str | None = None) -> Any:
        facts[name] = dialogue.ask(question, lambda answer: check(ctx, parameter, answer), default)
        return facts[name]

    facts: dict[str, Any] = {}
    click.echo("Datos de la nueva empresa. Entre corchetes, lo que vale si solo se oprime Enter. Ctrl-C para dejarlo.",
               err=True)  # fmt: skip
    ask("rut", "RUT, como 76123456-0", valid_rut)
    facts["ambiente"] = dialogue.ask(
        "Ambiente, pruebas o produccion", dialogue.choice({one: one for one in AMBIENTES}), "pruebas"
    )
    ask("razon_social", "Razón social", reader("razon_social"))
    ask("giro", "Giro", reader("giro"))
    ask("actecos", "Códigos de actividad económica, de uno a cuatro, separados por espacios",
        reader("actecos"))  # fmt: skip
    ask("direccion", "Dirección, calle y número", reader("direccion"))
    comuna = ask("comuna", "Comuna", reader("comuna"))
    ask("ciudad", "Ciudad", reader("ciudad"), comuna)
    ask("telefono", "Teléfono (opcional)", reader("telefono"), "")
    ask("correo", "Correo (opcional)", reader("correo"), "")
    if facts["ambiente"] == "produccion":
        ask("numero_resolucion", "Número de la resolución del SII", _resolution_number)
        ask("fecha_resolucion", "Fecha de la resolución, como 2014-08-22", reader("fecha_resolucion"))
        ask("unidad_sii", "Unidad del SII, como SANTIAGO CENTRO (opcional)", reader("unidad_sii"), "")
    company = Company(**facts)
    _print_facts(company)
    if not dialogue.is_sure("¿Crear esta empresa?", default=True):
        raise click.Abort
    return facts


def _resolution_number(ctx: click.Context, param: click.Parameter, answer: str) -> int:
    if not answer.strip().isdecimal() or not 1 <= int(answer) <= 999_999:
        raise click.UsageError("Se esperaba un número entre 1 y 999999.")
    return int(answer)


def _print_facts(company: Company) -> None:
    table = Table.grid(padding=(0, 2))
    for name, label in LABELS.items():
        if getattr(company, name) != getattr(_EMPTY, name):
            table.add_row(Text(f"{label}:", style="bold"), Text(shown(company, name)))
    console(to_errors=True).print(table)


_EMPTY = Company("", "pruebas", "", "", (), "", "")


@empresa.command("cambiar")
@company_options
@fact_options
@click.pass_context
def cambiar_empresa(ctx: click.Context, /, empresa: str | None, ambiente: Ambiente | None, **facts: Any) -> None:
    """Cambia los datos que se indican de una empresa y muestra cómo estaban; los demás quedan como están.

    Un dato opcional se quita con un texto vacío, por ejemplo --telefono "".
    """
    changes = given(facts)
    if not changes:
        raise click.UsageError("Indique qué dato cambia, por ejemplo --telefono 225556677; vea todos con --help.")
    with open_ledger(ctx.obj) as ledger:
        before = company_of(ledger, empresa, ambiente)
        change = companies.changed(before, changes)
        after, changed = change.after, change.names
        if changed:
            ledger.companies.save(after)
    click.echo(f"Empresa {after.rut}, {after.razon_social}, ambiente {after.ambiente}.")
    if not changed:
        click.echo("Nada cambió: los datos ya eran esos.")
        return
    table = Table("Dato", "Antes", "Ahora")
    for name in changed:
        table.add_row(LABELS[name], Text(shown(before, name)), Text(shown(after, name)))
    console().print(table)


@empresa.command("listar")
@click.pass_context
def listar_empresas(ctx: click.Context) -> None:
    """Muestra las empresas."""
    with read_ledger(ctx.obj) as ledger:
        found = ledger.companies.all()
    if not found:
        click.echo("No hay empresas.")
        return
    table = Table("RUT", "Ambiente", "Razón social", "Giro", "Actividades", "Dirección", "Resolución")
    for one in found:
        where = ", ".join(part for part in (one.direccion, one.comuna, one.ciudad) if part)
        year = f" de {one.fecha_resolucion.year}" if one.fecha_resolucion else ""
        facts = (one.razon_social, one.giro, " ".join(one.actecos), where, f"{one.numero_resolucion}{year}")
        table.add_row(one.rut, one.ambiente, *facts)
    console().print(table)
