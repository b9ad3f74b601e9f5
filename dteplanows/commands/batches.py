"""``worker`` and ``lotes``: the files received in bulk mode, issued and watched."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dteplanows.bulk import progress, queue
from dteplanows.bulk.worker import working
from dteplanows.commands.opening import open_issuer, read_ledger, settings_in
from dteplanows.commands.progress import Shown
from dteplanows.commands.shown import Source, console, show_problems
from dteplanows.commands.spanish import Command, Option
from dteplanows.commands.watching import LOOK, Watch
from dteplanows.ledger.batch_rows import StoredBatch
from dteplanows.ledger.batches import TERM
from dteplanows.ledger.store import Ledger
from dteplanows.log import journal

_LISTED = 20
_SHOWN = 10
_NO_WORKER = (
    "Ningún trabajador emite los lotes en este equipo, y el lote no avanzará hasta que haya uno: inicie el servicio "
    "(dteplanows serve, con el ajuste procesar_lotes en true) o la orden dteplanows worker. Se sigue esperando; Ctrl-C "
    "para dejarlo."
)

_STYLES = {"pendiente": "dim", "en proceso": "yellow", "terminado": "green"}


@click.command("worker", cls=Command)
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Emite los archivos de ProcesarWSMasivo y envía lo emitido al SII, hasta que se detenga con Ctrl-C.

    El servicio ya hace lo primero por sí mismo, salvo que el ajuste procesar_lotes diga false, y lo segundo, salvo que
    lo diga sii_enviar. También imprime, envía los documentos por correo a sus receptores, y prepara los archivos que
    las personas piden en el portal. Puede haber varios a la vez.
    """
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, finish)
    settings = settings_in(ctx.obj)
    with journal.written(settings, messages=True), open_issuer(ctx.obj) as issuer:
        what = "los lotes y los envíos al SII" if settings.sii_enviar else "los lotes"
        click.echo(f"Atiende {what} (Ctrl-C para detenerlo; termina antes lo que tiene entre manos).")
        with working(settings, issuer.ledger, stop):
            queue.worker_of(settings, issuer).run(stop)


@click.command("lotes", cls=Command)
@click.argument("trackid", type=click.IntRange(min=1), required=False)
@click.option("--seguir", is_flag=True, cls=Option, help="Muestra el avance hasta que el lote termine.")
@click.option("--ultimos", metavar="NÚMERO", type=click.IntRange(1, 1000), default=_LISTED, cls=Option,
              help="Cuántos lotes se muestran; lo usual son 20.")  # fmt: skip
@click.option("--todos", is_flag=True, cls=Option, help="Muestra todos los documentos rechazados y no solo diez.")
@click.pass_context
def lotes(ctx: click.Context, *, trackid: int | None, seguir: bool, ultimos: int, todos: bool) -> None:
    """Muestra los archivos recibidos con ProcesarWSMasivo y cómo van; de un TRACKID, sus detalles y problemas."""
    if seguir and trackid is None:
        raise click.UsageError("Para seguir un lote indique su TRACKID, por ejemplo: lotes 38 --seguir")
    with read_ledger(ctx.obj) as ledger:
        if trackid is None:
            show_list(console(), ledger.batches.newest(ultimos))
            return
        batch = _batch(ledger, trackid)
        if seguir:
            batch = follow(console(), ledger, batch)
        show_batch(console(), ledger, batch, None if todos else _SHOWN)
    ctx.exit(1 if batch.rechazados else 0)


def show_list(out: Console, batches: list[StoredBatch]) -> None:
    """Print *batches* as a table."""
    if not batches:
        out.print("Todavía no se ha recibido ningún lote.")
        return
    table = Table()
    for title in ("TrackId", "Empresa", "Ambiente", "Recibido", "Estado"):
        table.add_column(title)
    for title in ("Documentos", "Rechazados", "Por segundo"):
        table.add_column(title, justify="right")
    for one in batches:
        table.add_row(
            str(one.id), one.rut_emisor, one.ambiente, one.recibido.isoformat(" "),
            Text(one.estado, style=_STYLES[one.estado]), _done(one), str(one.rechazados), rate(one),
        )  # fmt: skip
    out.print(table)


def show_batch(out: Console, ledger: Ledger, batch: StoredBatch, most: int | None) -> None:
    """Print what is known of *batch*, with the problems of its refused documents, of *most* at most."""
    facts = Table.grid(padding=(0, 2))
    for label, text in (
        ("Lote:", str(batch.id)),
        ("Empresa:", f"{batch.rut_emisor}, {batch.ambiente}"),
        ("Usuario:", batch.usuario),
        ("Recibido:", batch.recibido.isoformat(" ")),
        ("Estado:", batch.estado),
        ("Documentos:", _done(batch)),
        ("Rechazados:", str(batch.rechazados)),
        ("Por segundo:", rate(batch)),
        ("Duración:", _duration(batch)),
    ):
        facts.add_row(Text(label, style="bold"), Text(text))
    out.print(facts)
    if not batch.rechazados:
        return
    file = ledger.files.find(batch.archivo_sha256)
    source = Source(file.contenido) if file else None
    for shown, (number, one) in enumerate(ledger.batches.outcomes(batch.id, refused_only=True)):
        if most is not None and shown >= most:
            out.print(f"Hay {batch.rechazados - shown} documentos rechazados más; se muestran todos con --todos.")
            break
        tipo = f", tipo {one.tipo}" if one.tipo else ""
        folio = f", folio {one.folio}" if one.folio else ""
        out.print(f"Documento {number} del archivo{tipo}{folio}: rechazado.", style="red")
        show_problems(out, one.problems, source)


def follow(out: Console, ledger: Ledger, batch: StoredBatch) -> StoredBatch:
    """Show the progress until *batch* is done, and say so while no worker lives; the batch as it is at the end."""
    watch = Watch(ledger.directory, "trabajador", _NO_WORKER, silence=TERM)
    with Shown(out, _described(batch)) as shown:
        while True:
            shown.at(batch.hechos, batch.total or None, _described(batch), rate(batch))
            if batch.estado == "terminado":
                return batch
            if told := watch.look(batch.hechos):
                shown.say(told)
            time.sleep(LOOK)
            batch = _batch(ledger, batch.id)


def rate(batch: StoredBatch) -> str:
    """Documents per second since a worker first took *batch*."""
    return f"{progress.per_second(batch):.0f}" if batch.hechos else "-"


def _described(batch: StoredBatch) -> str:
    refused = f", {batch.rechazados} rechazados" if batch.rechazados else ""
    return f"Lote {batch.id}, {batch.estado}{refused}"


def _done(batch: StoredBatch) -> str:
    return f"{batch.hechos}/{batch.total or '?'}"


def _duration(batch: StoredBatch) -> str:
    return f"{progress.seconds(batch):.0f} s" if batch.comenzado else "-"


def _batch(ledger: Ledger, trackid: int) -> StoredBatch:
    batch = ledger.batches.find(trackid)
    if batch is None:
        raise click.UsageError(f"No existe el lote {trackid}. Los que hay se muestran con la orden «lotes».")
    return batch
