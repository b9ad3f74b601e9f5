"""``validar`` and ``procesar``: files of an ERP judged or issued from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from dteplanows.accounts.callers import Account, Callers
from dteplanows.archive import Archive
from dteplanows.commands.opening import company_of, company_options, files_argument, open_issuer, settings_in
from dteplanows.commands.shown import Source, console, show_problems
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.document.money import PESO
from dteplanows.document.outcome import COMPRA, DocumentOutcome, Outcome
from dteplanows.document.problem import errors
from dteplanows.issuing import Issuer
from dteplanows.log import call, journal
from dteplanows.parser import TXT, XML, guess_formato
from dteplanows.process.system_errors import naming
from dteplanows.validator.report import money

_format_option = click.option(
    "--formato",
    type=click.Choice([TXT, XML]),
    cls=Option,
    help="1 para TXT, 2 para XML. Sin esta opción se reconoce por el contenido.",
)


@click.command("validar", cls=Command)
@files_argument
@company_options
@_format_option
@click.pass_context
def validar(
    ctx: click.Context,
    *,
    archivos: tuple[Path, ...],
    empresa: str | None,
    ambiente: Ambiente | None,
    formato: str | None,
) -> None:
    """Revisa archivos y dice todos sus problemas, sin emitir nada."""
    with journal.written(settings_in(ctx.obj)), open_issuer(ctx.obj) as issuer:
        account = _account(issuer, empresa, ambiente)
        good = _each(issuer, account, archivos, _Work(formato, solo_validar=True))
    ctx.exit(0 if good else 1)


@click.command("procesar", cls=Command)
@files_argument
@company_options
@_format_option
@click.option(
    "--xml",
    "carpeta",
    metavar="CARPETA",
    cls=Option,
    type=click.Path(file_okay=False, path_type=Path),
    help="Guarda también en esa carpeta el XML firmado de cada documento emitido.",
)
@click.pass_context
def procesar(
    ctx: click.Context,
    *,
    archivos: tuple[Path, ...],
    empresa: str | None,
    ambiente: Ambiente | None,
    formato: str | None,
    carpeta: Path | None,
) -> None:
    """Emite los documentos de los archivos: folio, timbre, firma y registro."""
    with journal.written(settings_in(ctx.obj)), open_issuer(ctx.obj) as issuer:
        account = _account(issuer, empresa, ambiente)
        good = _each(issuer, account, archivos, _Work(formato, solo_validar=False, carpeta=carpeta))
    ctx.exit(0 if good else 1)


def xml_name(rut: str, tipo: int, folio: int) -> str:
    """File name of a signed document, unique among all companies."""
    return f"{rut}F{folio}T{tipo}.xml"


def _account(issuer: Issuer, empresa: str | None, ambiente: Ambiente | None) -> Account:
    company = company_of(issuer.ledger, empresa, ambiente)
    return Callers(issuer.ledger).operator(company.ambiente, company.rut)


class _Work(NamedTuple):
    """What is done with each file."""

    formato: str | None
    """None to tell it by the content."""
    solo_validar: bool
    carpeta: Path | None = None
    """Where signed documents are saved too; None for nowhere."""


def _each(issuer: Issuer, account: Account, paths: Sequence[Path], work: _Work) -> bool:
    """Process every file and show what became of it; whether no document was refused."""
    formato, solo_validar, carpeta = work
    out = console()
    good = True
    for path in paths:
        data = path.read_bytes()
        with journal.calling("orden", "Validar" if solo_validar else "Procesar"):
            call.note_account(call.operator(), account.company.ambiente, account.company.rut)
            outcome = issuer.process(account, data, formato or guess_formato(data), solo_validar)
            if solo_validar:
                call.note_judged(outcome.documents)
            else:
                call.note_outcomes(outcome.documents, data)
        show_outcome(out, str(path), data, outcome)
        if carpeta is not None:
            _save(out, Archive(issuer.ledger, account.company, account.usuario), outcome, carpeta)
        good = good and all(one.accepted for one in outcome.documents)
    return good


def show_outcome(out: Console, name: str, data: bytes, outcome: Outcome) -> None:
    """Print what became of the file *name* with the content *data*, document by document."""
    source = Source(data)
    out.print(f"{name}: {outcome.mensaje}", style="bold")
    for one in outcome.documents:
        out.print(f"  {_sentence(one, outcome.validated_only)}", style="green" if one.accepted else "red")
        for line in _what_is_issued(one):
            out.print(f"    {line}")
        if one.problems:
            if one.accepted:
                out.print("  Lo que se supuso o conviene revisar:")
            show_problems(out, one.problems, source)


def _what_is_issued(one: DocumentOutcome) -> list[str]:
    """Receiver and figures of a document that is issued, or would be; nothing for others."""
    if not one.accepted or one.figures is None:
        return []
    figures = one.figures
    parts = [("neto", figures.neto), ("exento", figures.exento), ("IVA", figures.iva), ("total", figures.total)]
    amounts = ", ".join(f"{name} {money(amount)}" for name, amount in parts if amount or name == "total")
    currency = figures.moneda or "pesos"
    in_pesos = f", {money(figures.total_en_pesos)} pesos" if figures.moneda and figures.moneda != PESO else ""
    return [f"Receptor: {one.receptor}", f"Montos: {amounts} ({currency}{in_pesos})"]


def _sentence(one: DocumentOutcome, validated_only: bool) -> str:
    if one.libro:
        return _sentence_of_book(one, validated_only)
    tipo = f"Documento de tipo {one.tipo}" if one.tipo else "Documento sin tipo"
    folio = f", folio {one.folio}" if one.folio else ""
    if one.accepted and one.operacion == COMPRA:
        return f"{tipo}{folio}: {'se puede registrar' if validated_only else 'registrado'} como compra."
    if one.accepted and not validated_only:
        return f"{tipo}: emitido con el folio {one.folio}."
    if one.accepted:
        return f"{tipo}{folio}: se puede emitir."
    found = len(errors(one.problems))
    return f"{tipo}{folio}: rechazado por {found} {'problema' if found == 1 else 'problemas'}."


def _sentence_of_book(one: DocumentOutcome, validated_only: bool) -> str:
    libro = f"Libro de {'compras' if one.operacion == COMPRA else 'ventas'}"
    if one.accepted:
        return f"{libro}: {'se puede guardar' if validated_only else 'guardado'}."
    found = len(errors(one.problems))
    return f"{libro}: rechazado por {found} {'problema' if found == 1 else 'problemas'}."


def _save(out: Console, archive: Archive, outcome: Outcome, carpeta: Path) -> None:
    carpeta.mkdir(parents=True, exist_ok=True)
    for one in outcome.documents:
        if one.accepted and not one.libro and one.operacion != COMPRA:
            path = carpeta / xml_name(archive.company.rut, one.tipo, one.folio)
            with naming(path):
                path.write_bytes(archive.find(one.tipo, one.folio).xml)
            out.print(f"  XML firmado: {path}")
