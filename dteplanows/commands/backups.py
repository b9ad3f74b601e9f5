"""``respaldo``, ``restaurar`` and ``base``: the ledger kept, brought back and checked."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click
from rich.table import Table

from dteplanows.commands import dialogue
from dteplanows.commands.base import base
from dteplanows.commands.opening import open_ledger, readable, settings_in
from dteplanows.commands.shown import console, show_problems
from dteplanows.commands.spanish import Command, Option
from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.backup import Manifest
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.recovery.backups import back_up
from dteplanows.recovery.replaced import documents_of, in_words
from dteplanows.recovery.restoring import Options, Restored, check, highest_folios, known_series, restore
from dteplanows.recovery.verification import State, Verification
from dteplanows.settings import load
from dteplanows.validator.report import money

_EVERY = 5.0
"""Seconds between two lines of progress, where there is no terminal."""

_ANSWER = re.compile(r"(?:([0-9.]+-[0-9kK])/)?(?:(pruebas|produccion)/)?(\d{1,3})[=:](\d{1,10})", re.ASCII)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Tells how far a work is: in one line of the terminal, or every few seconds in one of its own."""
    terminal = sys.stderr.isatty()
    began = told = time.monotonic()
    last, begun_at = "", began

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told, last, begun_at
        now = time.monotonic()
        if what != last:
            last, begun_at = what, now
        if now - told < (0.2 if terminal else _EVERY):
            return
        told = now
        rate = f", {money(int(done / (now - begun_at)))} por segundo" if now > begun_at and done else ""
        share = f" ({done * 100 // total} %)" if total else ""
        line = f"{what}: {money(done)} de {money(total)}{share}{rate}"
        click.echo(f"\r\x1b[K{line}" if terminal else line, err=True, nl=not terminal)

    try:
        yield tell
    finally:
        if terminal and told > began:
            click.echo("\r\x1b[K", err=True, nl=False)


# --- respaldo -------------------------------------------------------------------------------------------------


@click.command("respaldo", cls=Command)
@click.argument("destino", metavar="DESTINO", type=click.Path(path_type=Path))
@click.option(
    "--con-clave",
    is_flag=True,
    cls=Option,
    help="Incluye la clave maestra. Quien tenga ese archivo puede firmar y timbrar: guárdelo bajo llave.",
)
@click.pass_context
def respaldo(ctx: click.Context, *, destino: Path, con_clave: bool) -> None:
    """Respalda la base y los ajustes en un archivo, sin detener el servicio, y revisa que sirva.

    DESTINO es una carpeta, en que el archivo recibe un nombre con la fecha, o un archivo nuevo que termina en .zip.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger, shown_progress() as progress:
        made = back_up(ledger, settings, destino, con_clave=con_clave, progress=progress)
    click.echo(f"Respaldo hecho y revisado: {made.path} ({money(-(-made.path.stat().st_size // 1000))} kB).")
    _show_contents(made.manifest)
    if con_clave:
        click.echo(
            f"El respaldo trae la clave maestra de huella {made.manifest.clave}: quien lo tenga puede firmar y "
            "timbrar. Guárdelo bajo llave y no lo mande por correo."
        )
        return
    file = settings.directorio / KEY_FILE
    where = "la del ajuste clave_maestra" if settings.clave_maestra else f"el archivo {file}"
    click.echo(
        f"Para restaurarlo hace falta también la clave maestra de huella {made.manifest.clave} ({where}), que no viene "
        "en él. Guarde una copia de esa clave en otro lugar que los respaldos; sin ella no se pueden leer el "
        "certificado ni los CAF."
    )


def _show_contents(manifest: Manifest) -> None:
    click.echo(f"Trae {_documents(manifest.documentos)}, hasta el {manifest.momento:%d-%m-%Y %H:%M:%S}.")
    for one in manifest.series:
        name = f"{one.rut}, {one.ambiente}, tipo {one.tipo}"
        click.echo(f"  {name}: {_documents(one.documentos)}, hasta el folio {one.mayor}")


def _documents(count: int) -> str:
    return _count(count, "documento", "documentos")


def _count(count: int, one: str, more: str) -> str:
    return f"{money(count)} {one if count == 1 else more}"


# --- restaurar ------------------------------------------------------------------------------------------------


class _Answer(NamedTuple):
    """The first folio of a type from which on none was used."""

    text: str
    rut: str
    """Empty when not given, as the environment."""
    ambiente: str
    tipo: int
    folio: int


def _answers(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> list[_Answer]:
    """The answers of the command line."""
    found = []
    for text in value:
        match = _ANSWER.fullmatch(text.strip())
        if not match or int(match[3]) not in BRANCHES or not 1 <= int(match[4]) <= MAXIMUM_FOLIO:
            raise Refused([problem("BAS-045", value=text, reason="No tiene esa forma, o el tipo no existe.")])
        try:
            company = rut.parse(match[1]) if match[1] else ""
        except rut.InvalidRut:
            raise Refused([problem("BAS-045", value=text, reason="El RUT no es válido.")]) from None
        found.append(_Answer(text, company, match[2] or "", int(match[3]), int(match[4])))
    return found


@click.command("restaurar", cls=Command)
@click.argument("archivo", metavar="ARCHIVO", type=click.Path(path_type=Path), callback=readable)
@click.option(
    "--siguiente",
    metavar="TIPO=FOLIO",
    multiple=True,
    callback=_answers,
    cls=Option,
    help="El primer folio de un tipo desde el que ninguno se usó, por ejemplo 33=1205; con más de una empresa, "
    "RUT/TIPO=FOLIO. Se puede repetir. De los tipos de que no se sabe, se retienen todos los folios.",
)
@click.option(
    "--reemplazar",
    is_flag=True,
    cls=Option,
    help="Reemplaza también una base que tiene más que el respaldo; se guarda aparte.",
)
@click.option(
    "--clave-maestra-archivo",
    metavar="ARCHIVO",
    type=click.Path(path_type=Path),
    callback=readable,
    cls=Option,
    help="Archivo con la clave maestra, si no está en la carpeta de datos ni en el respaldo.",
)
@click.pass_context
def restaurar(
    ctx: click.Context,
    *,
    archivo: Path,
    siguiente: list[_Answer],
    reemplazar: bool,
    clave_maestra_archivo: Path | None,
) -> None:
    """Pone en la carpeta de datos la base de un respaldo, con el servicio detenido.

    Los folios que pueden haberse emitido después del respaldo quedan retenidos, y se muestra cuáles son.
    """
    backup = check(archivo)
    settings = load(directorio=ctx.obj)
    key = clave_maestra_archivo.read_text("utf-8") if clave_maestra_archivo else ""

    def ask(ledger: Ledger, known: bool) -> dict[Series, int]:
        answers = {_meant(ledger, one): one.folio for one in siguiente}
        return answers if answers or known or not _at_terminal() else _asked(ledger)

    with shown_progress() as progress:
        done = restore(backup, settings, Options(ask, reemplazar, key), progress)
    click.echo(f"Restaurado en {settings.directorio} el respaldo {archivo}.")
    _show_contents(done.manifest)
    _show_missing(done)
    if done.broken_off:
        click.echo(
            "No se siguen emitiendo estos lotes, que estaban a medias: "
            f"{', '.join(map(str, done.broken_off))}. Vea cada uno con «dteplanows lotes TRACKID»."
        )
    if done.aside:
        click.echo(f"Lo que había antes está en {done.aside}. Consérvelo hasta explicar todos los folios.")
    if done.kept_settings:
        click.echo("Se conservó el archivo de ajustes que había en la carpeta; el del respaldo es otro.")


def _at_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _meant(ledger: Ledger, answer: _Answer) -> Series:
    """The series that an answer is about.

    :raises Refused: it could be of several companies, or of none (BAS-045).
    """
    found = [
        Series(one.ambiente, one.rut, answer.tipo)
        for one in ledger.companies.all()
        if answer.rut in ("", one.rut) and answer.ambiente in ("", one.ambiente)
    ]
    if len(found) == 1:
        return found[0]
    known = "; ".join(f"{one.rut} en {one.ambiente}" for one in ledger.companies.all())
    reason = f"{'Puede ser de varias empresas' if found else 'No es de ninguna empresa del respaldo'}: {known}."
    raise Refused([problem("BAS-045", value=answer.text, reason=reason)])


def _asked(ledger: Ledger) -> dict[Series, int]:
    """What the person at the terminal knows of each type."""
    click.echo("No se sabe qué se emitió después del respaldo. Mire en el sitio del SII el último folio de cada tipo.")
    highest, answers = highest_folios(ledger), {}
    for one in known_series(ledger):
        last = highest.get(one, 0)
        folio = dialogue.ask(
            f"{one.rut}, {one.ambiente}, tipo {one.tipo}, en el respaldo hasta el {last}: "
            "¿desde qué folio no se ha usado ninguno? (0 si no lo sabe: se retienen todos)",
            _folio_or_0,
            "0",
        )
        if folio:
            answers[one] = folio
    return answers


def _folio_or_0(answer: str) -> int:
    digits = answer.strip()
    if not (digits.isascii() and digits.isdecimal() and int(digits) <= MAXIMUM_FOLIO):
        raise click.UsageError(f"Responda con un folio, de 1 a {MAXIMUM_FOLIO}, o con 0.")
    return int(digits)


def _show_missing(done: Restored) -> None:
    """Which documents are missing, and which folios are held back."""
    issued = [one for one in done.missing if one.issued]
    for one in issued:
        name = f"{one.series.rut}, {one.series.ambiente}, tipo {one.series.tipo}"
        verb = "Falta" if sum(span.size for span in one.issued) == 1 else "Faltan"
        click.echo(f"{verb} {documents_of(one.issued)}: {name}.")
    for one in done.missing:
        if one.marked:
            name = f"{one.series.rut}, {one.series.ambiente}, tipo {one.series.tipo}"
            click.echo(f"Pueden faltar documentos: según la marca se llegó al folio {one.marked} ({name}).")
    if not done.known:
        click.echo("No se sabe qué documentos se emitieron después del respaldo.")
    elif not any(one.issued or one.marked for one in done.missing):
        click.echo("No falta ningún documento de después del respaldo.")
    for name, spans in (("CAF", done.replaced.cafs), ("folios anulados o retenidos", done.replaced.closed)):
        for series, those in spans.items():
            click.echo(f"Faltan {name} de {series.rut}, {series.ambiente}, tipo {series.tipo}: {in_words(those)}.")
    if done.replaced.rows:
        more = ", ".join(f"{count} {name}" for name, count in done.replaced.rows.items())
        click.echo(f"La base reemplazada tenía además: {more}.")
    held = [one for one in done.missing if one.held]
    if not held:
        click.echo("No se retuvo ningún folio.")
        return
    table = Table("Empresa", "Ambiente", "Tipo", "Último en el respaldo", "Retenidos")
    for one in held:
        series = one.series
        table.add_row(series.rut, series.ambiente, str(series.tipo), str(one.last), in_words(one.held))
    console().print(table)
    if done.others_held:
        click.echo("De los demás tipos se retuvieron todos los folios.")
    click.echo(
        "Los folios retenidos no se entregan. Busque cada uno en el sitio del SII: si no se emitió, "
        "«dteplanows folio liberar TIPO FOLIOS --motivo TEXTO»; si se emitió, "
        "«dteplanows caf anular TIPO FOLIOS --motivo TEXTO --otro-sistema»."
    )


# --- base verificar -------------------------------------------------------------------------------------------


@base.command("verificar", cls=Command)
@click.option("--desde-el-principio", is_flag=True, cls=Option, help="No continúa una revisión interrumpida.")
@click.pass_context
def verificar(ctx: click.Context, *, desde_el_principio: bool) -> None:
    """Revisa toda la base: cada documento con su firma y su timbre, cada archivo recibido y todos los folios.

    No detiene el servicio. Interrumpida con Ctrl-C, la próxima vez continúa donde quedó.
    """
    with open_ledger(ctx.obj) as ledger, shown_progress() as progress:
        began = time.monotonic()
        verification = Verification(ledger, progress, anew=desde_el_principio)
        before = verification.state.documentos
        if verification.resumed:
            click.echo(f"Continúa la revisión comenzada el {verification.state.comenzado:%d-%m-%Y %H:%M}.", err=True)
        state = verification.run()
    _show_state(state, int((state.documentos - before) / max(0.001, time.monotonic() - began)))
    ctx.exit(1 if state.total else 0)


def _show_state(state: State, rate: int) -> None:
    click.echo(
        f"Revisados: {_documents(state.documentos)} ({money(rate)} por segundo), "
        f"{_count(state.archivos, 'archivo recibido', 'archivos recibidos')} y los folios de "
        f"{_count(state.series, 'tipo', 'tipos')}."
    )
    if not state.total:
        click.echo("Todo está como se guardó, y cada folio está explicado.")
        return
    show_problems(console(), state.problems)
    if state.total > len(state.hallazgos):
        click.echo(f"Se muestran los primeros {len(state.hallazgos)} de {money(state.total)} hallazgos.")
