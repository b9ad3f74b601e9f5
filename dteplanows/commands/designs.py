"""``diseno``: how what a company prints looks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from rich.table import Table

from dteplanows import printing
from dteplanows.accounts import designs
from dteplanows.archive import facts_of
from dteplanows.archive.export import write_whole
from dteplanows.archive.names import NAMES
from dteplanows.commands.opening import company_of, company_options, open_ledger, read_ledger, readable
from dteplanows.commands.progress import Shown
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.printing.design import Design, described, read, ready_design
from dteplanows.printing.design.trial import LENGTHS
from dteplanows.printing.design.writing import written


@click.group("diseno", cls=Group)
def diseno() -> None:
    """El aspecto de lo que se imprime: diseños listos o propios, y el logo."""


@diseno.command("listar")
@click.pass_context
def listar_disenos(ctx: click.Context) -> None:
    """Muestra los diseños listos, y cuál usa cada empresa."""
    table = Table("Diseño", "Qué es")
    for name, meaning in described().items():
        table.add_row(name, meaning)
    console().print(table)
    with read_ledger(ctx.obj) as ledger:
        used = Table("Empresa", "Ambiente", "Diseño", "Logo")
        for one in ledger.companies.all():
            look = designs.look_of(ledger, one)
            used.add_row(one.razon_social, one.ambiente, look.design.nombre, "sí" if look.logo else "no")
    if used.row_count:
        console().print(used)


@diseno.command("mostrar")
@click.argument("nombre", metavar="[NOMBRE]", required=False)
@company_options
@click.pass_context
def mostrar_diseno(ctx: click.Context, *, nombre: str | None, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Escribe el archivo de un diseño listo o, sin NOMBRE, el de la empresa, con lo que significa cada línea.

    Para hacer uno propio: dteplanows diseno mostrar moderno > propio.toml
    """
    if nombre:
        click.echo(written(ready_design(nombre)), nl=False)
        return
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        text = designs.file_of(company, ledger.designs.outline(company))
    click.echo(text, nl=not text.endswith("\n"))


@diseno.command("elegir")
@click.argument("nombre", metavar="NOMBRE")
@company_options
@click.pass_context
def elegir_diseno(ctx: click.Context, *, nombre: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Imprime desde ahora con un diseño listo; el logo queda como está."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        designs.choose(ledger, company, nombre)
    click.echo(f"{company.razon_social}, ambiente {company.ambiente}: desde ahora imprime con el diseño {nombre}.")


@diseno.command("cargar")
@click.argument("archivo", metavar="ARCHIVO", type=click.Path(path_type=Path), callback=readable)
@company_options
@click.pass_context
def cargar_diseno(ctx: click.Context, *, archivo: Path, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Imprime desde ahora con el diseño de un ARCHIVO TOML; antes se revisa entero, y si algo está mal nada cambia."""
    text = _text_of(archivo)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        designs.load(ledger, company, text)
    click.echo(f"{company.razon_social}, ambiente {company.ambiente}: desde ahora imprime con el diseño de {archivo}.")


@diseno.command("logo")
@click.argument("archivo", metavar="[ARCHIVO]", required=False, type=click.Path(path_type=Path), callback=readable)
@company_options
@click.option("--quitar", is_flag=True, cls=Option, help="Imprime sin logo desde ahora.")
@click.pass_context
def logo_de_empresa(
    ctx: click.Context, *, archivo: Path | None, empresa: str | None, ambiente: Ambiente | None, quitar: bool
) -> None:
    """Guarda el logo de la empresa, un PNG o JPEG, o lo quita."""
    if (archivo is None) != quitar:
        raise click.UsageError("Indique el archivo del logo, o --quitar.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if archivo:
            designs.put_logo(ledger, company, archivo.read_bytes())
        else:
            designs.remove_logo(ledger, company)
    click.echo(f"{company.razon_social}, ambiente {company.ambiente}: logo {'quitado' if quitar else 'guardado'}.")


@diseno.command("prueba")
@click.option(
    "--en", "carpeta", metavar="CARPETA", required=True, cls=Option,
    type=click.Path(file_okay=False, path_type=Path), help="Carpeta en que quedan los PDF; se crea si no existe.",
)  # fmt: skip
@company_options
@click.option("--listo", metavar="NOMBRE", cls=Option, help="Con ese diseño listo, y no con el de la empresa.")
@click.option(
    "--archivo", metavar="ARCHIVO", type=click.Path(path_type=Path), callback=readable, cls=Option,
    help="Con el diseño de ese archivo, antes de cargarlo.",
)  # fmt: skip
@click.pass_context
def prueba_de_diseno(
    ctx: click.Context,
    *,
    carpeta: Path,
    empresa: str | None,
    ambiente: Ambiente | None,
    listo: str | None,
    archivo: Path | None,
) -> None:
    """Dibuja documentos de todos los tipos, con 1, 40 y 60 líneas y con textos largos, para ver un diseño.

    No emite nada: cada hoja lo dice, y el timbre no es de ningún documento.
    """
    if listo and archivo:
        raise click.UsageError("Indique --listo o --archivo, no los dos.")
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        facts = facts_of(ledger, company, {})
    chosen: Design = ready_design(listo) if listo else read(_text_of(archivo)) if archivo else facts.diseno
    facts = replace(facts, diseno=chosen)
    trials = [(tipo, length) for tipo in NAMES for length in LENGTHS]
    with Shown(console(to_errors=True), "Documentos dibujados") as shown:
        for number, (tipo, length) in enumerate(trials, 1):
            lines, long_texts = LENGTHS[length]
            made = printing.design_trial(company, facts, tipo, lines, long_texts=long_texts)
            write_whole(carpeta / f"{NAMES[tipo]}-{tipo}-{length}.pdf", made)
            shown.at(number, len(trials))
    click.echo(f"Guardado: {len(trials)} archivos en {carpeta}")


def _text_of(file: Path) -> str:
    """
    :raises Refused: it is no text in UTF-8 (DIS-001).
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Refused([problem("DIS-001")]) from None
