"""``exportar`` and ``pdf``: issued documents as files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from dteplanows import printing
from dteplanows.archive import Archive
from dteplanows.archive.copies import Copies, printed_at
from dteplanows.archive.export import Export, Part, content, export, exported, folder_of, pack, staging_of, write_whole
from dteplanows.archive.names import file_name
from dteplanows.archive.rows import DOCUMENT_FIELDS, document_row, write_csv
from dteplanows.archive.states import state_of_listed
from dteplanows.archive.totals import totals
from dteplanows.commands.opening import company_of, company_options, read_ledger, settings_in, valid_rut
from dteplanows.commands.output import data_output
from dteplanows.commands.progress import Shown
from dteplanows.commands.records import period, period_options
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.validator.report import money

_LIST = "documentos.csv"
"""The list of what was exported, beside it."""


@click.command("exportar", cls=Command)
@click.argument("destino", metavar="DESTINO", type=click.Path(path_type=Path))
@company_options
@period_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option("--receptor", metavar="RUT", callback=valid_rut, cls=Option, help="Solo los de ese receptor.")
@click.option("--usuario", metavar="USUARIO", cls=Option, help="Solo los que envió ese usuario.")
@click.option("--zip", "as_zip", is_flag=True, cls=Option, help="DESTINO es un archivo zip, y no una carpeta.")
@click.option(
    "--solo", type=click.Choice(["xml", "pdf"]), cls=Option, help="Solo el XML firmado o solo el PDF; si no, los dos."
)
@click.option("--cedible", is_flag=True, cls=Option, help="También la copia cedible en PDF, de los que la tienen.")
@click.pass_context
def exportar(
    ctx: click.Context,
    *,
    destino: Path,
    empresa: str | None,
    ambiente: Ambiente | None,
    desde: date | None,
    hasta: date | None,
    mes: tuple[date, date] | None,
    tipo: int | None,
    receptor: str | None,
    usuario: str | None,
    as_zip: bool,
    solo: str | None,
    cedible: bool,
) -> None:
    """Guarda en DESTINO el XML y el PDF de los documentos, una carpeta por empresa y mes, y su lista en CSV.

    Si se interrumpe, la misma orden sigue donde quedó: lo que ya está no se hace de nuevo, y nunca queda un archivo a
    medias.
    """
    first, last = period(desde, hasta, mes)
    wanted = Wanted(first, last, tipo or 0, receptor or "", (usuario or "").strip())
    parts = {Part(solo)} if solo else {Part.XML, Part.PDF}
    if cedible:
        parts.add(Part.CEDIBLE)
    if as_zip and destino.is_dir():
        raise click.UsageError(f"{destino} es una carpeta; con --zip se espera el nombre de un archivo.")
    if not as_zip and destino.is_file():
        raise click.UsageError(f"{destino} es un archivo; sin --zip se espera una carpeta.")
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        total = sum(one.documentos + one.anuladas for one in totals(ledger, company, wanted))
        if not total:
            click.echo("No hay documentos que exportar.")
            return
        folder = folder_of(company, staging_of(destino) if as_zip else destino)
        order = Export(ledger, company, wanted, folder, frozenset(parts), _copies(ctx, ledger))
        failed = _export(order, total)
        _write_list(order)
        if as_zip:
            _pack(order, destino)
    click.echo(f"Guardado: {destino}")
    ctx.exit(1 if failed else 0)


def _copies(ctx: click.Context, ledger: Ledger) -> Copies:
    return Copies(ledger, printed_at=printed_at(settings_in(ctx.obj)))


def _export(order: Export, total: int) -> int:
    """Write the files of about *total* documents; how many could not be printed."""
    out = console(to_errors=True)
    number = written = kept = failed = 0
    with Shown(out, "Documentos exportados") as shown:
        for number, step in enumerate(export(order), 1):
            written, kept = written + step.written, kept + step.kept
            if step.failed:
                failed += 1
                shown.say(problem("CFG-048", value=str(step.folio), tipo=step.tipo).text())
            shown.at(number, max(total, number))
    before = f" Ya estaban {money(kept)}." if kept else ""
    click.echo(f"Documentos: {money(number)}. Archivos escritos: {money(written)}.{before}")
    return failed


def _write_list(order: Export) -> None:
    rows = (
        document_row(one, state_of_listed(order.ledger, order.company, one))
        for one in order.ledger.finding.found(order.company, order.wanted)
    )
    with data_output(order.folder / _LIST) as out:
        write_csv(out, DOCUMENT_FIELDS, rows)


def _pack(order: Export, archive: Path) -> None:
    def files() -> Iterable[Path]:
        yield order.folder / _LIST
        yield from exported(order)

    with Shown(console(to_errors=True), "Archivos en el zip") as shown:
        for number in pack(archive, iter(files())):
            shown.at(number, None)


@click.command("pdf", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--cedible", is_flag=True, cls=Option, help="La copia cedible.")
@click.option(
    "--salida",
    metavar="ARCHIVO",
    type=click.Path(dir_okay=False, path_type=Path),
    cls=Option,
    help="Cómo se llama; lo usual es factura-33-1204.pdf, según su tipo y folio, en la carpeta actual.",
)
@click.pass_context
def pdf(
    ctx: click.Context,
    *,
    tipo: int,
    folio: int,
    empresa: str | None,
    ambiente: Ambiente | None,
    cedible: bool,
    salida: Path | None,
) -> None:
    """Guarda el documento de ese TIPO y FOLIO impreso, en PDF."""
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = Archive(ledger, company, "operador").find(tipo, folio)
        path = salida or Path(file_name(tipo, folio, cedible=cedible))
        try:
            data = content(_copies(ctx, ledger), company, found, Part.CEDIBLE if cedible else Part.PDF)
        except printing.NotCedible:
            raise click.UsageError(
                f"El documento de tipo {tipo} y folio {folio} no tiene copia cedible: la tienen las facturas y las "
                "guías que son una venta."
            ) from None
        except ValueError:
            raise Refused([problem("CFG-048", value=str(folio), tipo=tipo)]) from None
    write_whole(path, data)
    click.echo(f"Guardado: {path}")
