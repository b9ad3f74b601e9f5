"""``envios``: what went to the SII, what it said, and the signed bytes."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import click

from dteplanows.commands import envelope_facts, listing
from dteplanows.commands.envelope_watch import follow_all, follow_one
from dteplanows.commands.opening import AMBIENTES, read_ledger, valid_rut
from dteplanows.commands.output import data_output
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Group, Option
from dteplanows.commands.tables import LISTED, Order, list_options, print_table, tell_shortened, write
from dteplanows.document.company import Ambiente
from dteplanows.ledger.delivery_states import BY_HAND, ENVELOPE_STATES
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import WantedEnvelopes
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery import told

NUMBER = click.IntRange(1, 9_999_999_999)


class _Listing(Group):
    """A group that by itself, without a command behind it, shows a list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's own: no argument is no fault."""
        return click.Group.parse_args(self, ctx, args)


@click.group("envios", cls=_Listing, invoke_without_command=True)
@click.option("--estado", metavar="ESTADO", type=click.Choice([*ENVELOPE_STATES, BY_HAND]), cls=Option,
              help="Solo los que están así: " + ", ".join([*ENVELOPE_STATES, BY_HAND]) + ".")  # fmt: skip
@click.option("--empresa", metavar="RUT", callback=valid_rut, cls=Option, help="Solo los de esa empresa.")
@click.option("--ambiente", type=click.Choice(AMBIENTES), cls=Option, help="Solo los de ese ambiente.")
@click.option("--seguir", is_flag=True, cls=Option, help="Muestra el avance hasta que todos los documentos tengan la "
              "última palabra del SII o esperen a una persona; luego, la lista.")  # fmt: skip
@list_options
@click.pass_context
def envios(
    ctx: click.Context,
    *,
    estado: str | None,
    empresa: str | None,
    ambiente: Ambiente | None,
    seguir: bool,
    formato: listing.Format,
    salida: Path | None,
    ultimos: int | None,
    todos: bool,
    as_json: bool,
) -> None:
    """Muestra los envíos al SII de todas las empresas, el último primero: cómo va cada uno y qué dijo el SII."""
    if ctx.invoked_subcommand:
        return
    formato = "json" if as_json else formato
    if salida and formato == "tabla":
        raise click.UsageError("La opción --salida es de listas en csv o json: agregue --formato csv.")
    wanted = WantedEnvelopes(ambiente or "", empresa or "", estado or "")
    order = Order(formato, salida, ultimos or (LISTED if formato == "tabla" and not todos else None))
    with read_ledger(ctx.obj) as ledger:
        if seguir:
            follow_all(console(to_errors=formato != "tabla"), ledger, wanted)
        _show_list(ledger, wanted, order)


def _show_list(ledger: Ledger, wanted: WantedEnvelopes, order: Order) -> None:
    found = islice(ledger.envelopes.found(wanted), None if order.most is None else order.most + 1)
    rows = map(told.envelope_row, found)
    if order.formato != "tabla":
        write(order, told.FIELDS, islice(rows, order.most))
        return
    if not print_table(envelope_facts.ENVELOPES, islice(rows, order.most)):
        click.echo("No hay envíos.")
    elif next(rows, None) is not None:
        tell_shortened(order)


@envios.command("ver", cls=Command)
@click.argument("envio", metavar="ENVÍO", type=NUMBER)
@click.option("--seguir", is_flag=True, cls=Option, help="Muestra el avance hasta que el envío termine o se detenga.")
@click.option("--conversacion", is_flag=True, cls=Option, help="Muestra enteras cada pregunta al SII y su respuesta.")
@click.option("--todos", is_flag=True, cls=Option, help="Muestra todos los documentos y no solo los primeros.")
@click.option("--json", "as_json", is_flag=True, cls=Option, help="Lo mismo, para programas.")
@click.pass_context
def ver(ctx: click.Context, *, envio: int, seguir: bool, conversacion: bool, todos: bool, as_json: bool) -> None:
    """Muestra un envío: sus documentos, los motivos del SII con lo que significan y su remedio, y lo conversado.

    Termina con 1 si el envío está detenido o si el SII rechazó algún documento.
    """
    out = console()
    with read_ledger(ctx.obj) as ledger:
        one = envelope_of(ledger, envio)
        if seguir:
            one = follow_one(console(to_errors=as_json), ledger, one)
        facts = told.facts_of(ledger, one)
        if as_json:
            with data_output(None) as stream:
                stream.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        else:
            envelope_facts.show_envelope(out, facts, todos)
        if conversacion and not as_json:
            out.print()
            envelope_facts.show_conversation(out, ledger.envelopes.exchanges(one.id))
    refused = any(document["estado"] in ("rechazado", "detenido") for document in facts["lista"])
    ctx.exit(1 if refused or one.estado == "detenido" else 0)


@envios.command("guardar", cls=Command)
@click.argument("envio", metavar="ENVÍO", type=NUMBER)
@click.argument("archivo", metavar="ARCHIVO", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def guardar(ctx: click.Context, *, envio: int, archivo: Path) -> None:
    """Guarda en un archivo los bytes firmados de un envío, los mismos que recibe el SII."""
    with read_ledger(ctx.obj) as ledger:
        one = envelope_of(ledger, envio)
        save_file(archivo, ledger.envelopes.file(one.id))
    click.echo(f"Guardado: {archivo} ({one.bytes} bytes, SHA-256 {one.sha256})")


def save_file(path: Path, data: bytes) -> None:
    """Write *data* to *path*, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.parcial")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def envelope_of(ledger: Ledger, number: int) -> StoredEnvelope:
    """The envelope of that number.

    :raises click.UsageError: there is none.
    """
    found = ledger.envelopes.find(number)
    if found is None:
        raise click.UsageError(f"No existe el envío {number}. Los que hay se muestran con la orden «envios».")
    return found
