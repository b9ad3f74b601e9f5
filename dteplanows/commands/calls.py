"""``llamadas`` and ``llamada``: who called, what for, and why something was refused."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from dteplanows.commands.moments import how_many, list_options, show_rows, stretch_options
from dteplanows.commands.opening import open_ledger, settings_in, valid_rut
from dteplanows.commands.shown import Source, console, show_problems
from dteplanows.commands.spanish import Command, Option
from dteplanows.log import reading
from dteplanows.log.journal import CALL, FOLDER, KEPT
from dteplanows.log.kept import KeptFile, read_kept
from dteplanows.process.system_errors import in_words

_COLUMNS: Mapping[str, str] = {
    "momento": "Momento", "usuario": "Usuario", "rut": "Empresa", "ip": "Dirección", "operacion": "Operación",
    "cuales": "Documentos", "codigos": "Códigos", "id": "Identificador",
}  # fmt: skip
"""Of the table."""

_WORDS: Mapping[str, str] = {
    **_COLUMNS, "tipos": "Tipos", "folios": "Folios", "ms": "Milisegundos", "linea": "Línea", "nivel": "Nivel",
    "via": "Vía", "usuario_dicho": "Dijo ser", "ambiente": "Ambiente", "formato": "Formato",
    "huella": "SHA-256 del archivo", "lote": "TrackId", "documento": "Documento", "rechazados": "Rechazados",
    "documentos": "Documentos", "pedidos": "Folios pedidos", "avisos": "Avisos", "guardado": "Archivo guardado",
    "falla": "Falla", "entran": "Bytes recibidos", "salen": "Bytes enviados", "estado": "Estado HTTP",
}  # fmt: skip

_CSV = (
    "momento", "id", "via", "operacion", "usuario", "rut", "ambiente", "ip", "tipos", "folios", "pedidos", "documentos",
    "rechazados", "codigos", "avisos", "huella", "lote", "ms", "entran", "salen", "estado",
)  # fmt: skip


@click.command("llamadas", cls=Command)
@stretch_options
@click.option("--usuario", metavar="USUARIO", cls=Option, help="Solo las de ese usuario, o de quien dijo serlo.")
@click.option("--rut", metavar="RUT", callback=valid_rut, cls=Option, help="Solo las de esa empresa.")
@click.option("--operacion", metavar="NOMBRE", cls=Option, help="Solo esa operación, como Procesar.")
@click.option("--codigo", metavar="CÓDIGO", cls=Option, help="Solo las que recibieron ese código, como DOC-003.")
@click.option("--folio", type=click.IntRange(1, 9_999_999_999), cls=Option, help="Solo las que tratan de ese folio.")
@click.option("--rechazadas", is_flag=True, cls=Option, help="Solo las rechazadas, en todo o en parte.")
@list_options
@click.pass_context
def llamadas(
    ctx: click.Context,
    *,
    desde: datetime | None,
    hasta: datetime | None,
    usuario: str | None,
    rut: str | None,
    operacion: str | None,
    codigo: str | None,
    folio: int | None,
    rechazadas: bool,
    ultimos: int | None,
    formato: str,
) -> None:
    """Muestra las llamadas al servicio: quién, desde dónde, qué pidió, qué se emitió y por qué se rechazó.

    Por ejemplo: dteplanows llamadas --desde «ayer 15:00» --hasta «ayer 15:20» --rechazadas
    """
    folder = settings_in(ctx.obj).directorio / FOLDER
    question = reading.Question(
        desde, hasta, usuario or "", rut or "", operacion or "", (codigo or "").upper(), folio or 0, rechazadas
    )
    most = how_many(ultimos, formato)
    found: Iterable[dict[str, Any]] = reading.last(folder, question, most) if most else reading.lines(folder, question)
    columns = _COLUMNS if formato == "tabla" else dict.fromkeys(_CSV, "")
    if formato != "json":
        found = map(_row, found)
    show_rows(found, columns, formato, "No hay llamadas.", whole=("momento", "id"))


def _row(line: dict[str, Any]) -> dict[str, Any]:
    """A line as a row: who it says to be where that was not proven, and of counted lines how many they are."""
    row = {**line, "momento": str(line["momento"]).replace("T", " ")[:19]}
    row["cuales"] = line.get("folios") or line.get("pedidos") or line.get("tipos")
    if "usuario_dicho" in line:
        row["usuario"] = f"¿{line['usuario_dicho']}?"
    if "veces" in line:
        row["usuario"] = " ".join(f"¿{one}?" for one in line.get("usuarios_dichos", ()))
        row["id"] = f"{line['veces']} llamadas más, desde las {str(line.get('desde', ''))[11:19]}"
    return row


@click.command("llamada", cls=Command)
@click.argument("identificador", metavar="IDENTIFICADOR")
@click.option(
    "--archivo",
    metavar="RUTA",
    cls=Option,
    type=click.Path(path_type=Path, allow_dash=True),
    help="Escribe en esa ruta el archivo que trajo, si está guardado; - lo escribe en la salida.",
)
@click.pass_context
def llamada(ctx: click.Context, identificador: str, archivo: Path | None) -> None:
    """Muestra una llamada entera: todo lo que se sabe de ella y los motivos que se respondieron.

    El IDENTIFICADOR es el de la lista, el del encabezado X-Request-Id o el que nombra la respuesta.
    """
    settings = settings_in(ctx.obj)
    found = reading.of_call(settings.directorio / FOLDER, identificador.strip())
    if not found:
        raise click.UsageError(
            f"No hay una llamada {identificador}. Puede que ya no se guarde: el registro llega a "
            f"{settings.registro_dias} días y {settings.registro_megas} MiB."
        )
    line = next((one for one in found if one["linea"] == CALL), {})
    kept = read_kept(settings.directorio / KEPT, str(line["guardado"])) if "guardado" in line else None
    content = _content(ctx, line, kept)
    if archivo is not None:
        _write(archivo, content)
        return
    _show(found, kept, content)


def _content(ctx: click.Context, line: dict[str, Any], kept: KeptFile | None) -> bytes:
    """The file of the call, as it was kept or as the ledger has it; empty where neither does."""
    if kept and kept.content:
        return kept.content
    if "huella" not in line:
        return b""
    with open_ledger(ctx.obj) as ledger:
        stored = ledger.files.find(str(line["huella"]))
    return stored.contenido if stored else b""


def _write(path: Path, content: bytes) -> None:
    if not content:
        raise click.UsageError("El archivo de esa llamada no está guardado.")
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"No se puede escribir {path}: {in_words(error)}.") from None
    click.echo(f"Archivo de {len(content)} bytes: {path}")


def _show(found: list[dict[str, Any]], kept: KeptFile | None, content: bytes) -> None:
    out = console()
    for line in found:
        facts = Table.grid(padding=(0, 2))
        for name, value in line.items():
            text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
            facts.add_row(_WORDS.get(name, name.capitalize()), text)
        out.print(facts)
    line = next((one for one in found if one["linea"] == CALL), {})
    if kept:
        out.print("Lo que se respondió:", style="bold")
        show_problems(out, kept.problems, Source(content) if content else None)
    if content:
        out.print(f"El archivo está guardado: dteplanows llamada {line['id']} --archivo RUTA")
    if "lote" in line:
        out.print(f"Los documentos del archivo: dteplanows lotes {line['lote']} --todos")
