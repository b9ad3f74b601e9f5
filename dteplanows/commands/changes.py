"""``eventos``: what was changed in the installation, by whom, and what was there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from dteplanows.accounts.audit import FIELDS, changes_of, event_row, tipo_of
from dteplanows.commands.moments import how_many, list_options, show_rows, stretch_options
from dteplanows.commands.opening import AMBIENTES, open_ledger, valid_rut
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente
from dteplanows.ledger.events import WantedEvents
from dteplanows.ledger.rows import StoredEvent

_TABLE = {"momento": "Momento", "quien": "Quién", "tipo": "Qué", "de": "Empresa", "cambio": "Antes → después"}


@click.command("eventos", cls=Command)
@stretch_options
@click.option("--tipo", metavar="QUÉ", default="", cls=Option, help="Solo los de ese tipo, como «empresa cambiada».")
@click.option("--quien", metavar="TEXTO", default="", cls=Option, help="Solo los de quien lleve ese texto.")
@click.option("--empresa", metavar="RUT", callback=valid_rut, cls=Option, help="Solo los de esa empresa.")
@click.option("--ambiente", type=click.Choice(AMBIENTES), cls=Option, help="Solo los de ese ambiente.")
@list_options
@click.pass_context
def eventos(
    ctx: click.Context,
    *,
    desde: datetime | None,
    hasta: datetime | None,
    tipo: str,
    quien: str,
    empresa: str | None,
    ambiente: Ambiente | None,
    ultimos: int | None,
    formato: str,
) -> None:
    """Muestra qué se cambió: empresas, usuarios, certificados, CAF, folios anulados, ajustes; quién, antes y después.

    Las emisiones no están aquí: véalas con «dteplanows documentos».
    """
    with open_ledger(ctx.obj) as ledger:
        wanted = WantedEvents(desde, hasta, tipo_of(tipo), quien, rut=empresa or "", ambiente=ambiente or "")
        found = ledger.events.changes(wanted, how_many(ultimos, formato))
        if formato == "tabla":
            show_rows(map(_in_table, found), _TABLE, formato, "No hay eventos.", whole=("momento",))
        else:
            show_rows(map(_row, found), dict.fromkeys(FIELDS, ""), formato, "")


def _in_table(one: StoredEvent) -> dict[str, Any]:
    """An event as a row for people: of what is new only what it says, of what was changed both."""
    changes = [f"{name}: {before}{' → ' if before else ''}{after}" for name, before, after in changes_of(one)]
    return event_row(one) | {
        "quien": f"{one.quien}{', ' if one.quien and one.desde else ''}{one.desde}",
        "de": f"{one.rut_emisor} {one.ambiente}".strip(),
        "cambio": "\n".join([one.detalle, *changes]),
    }


def _row(one: StoredEvent) -> dict[str, Any]:
    """An event for programs: what was changed by name."""
    return event_row(one) | {"antes": one.antes, "despues": one.despues}
