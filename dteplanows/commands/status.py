"""``estado``: how the installation is, for people and for monitors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

import dteplanows
from dteplanows import status
from dteplanows.commands.opening import settings_in
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document import clock
from dteplanows.settings import Origin, Settings, origins, shown
from dteplanows.status.rows import Row, State, worst
from dteplanows.status.watching import summary
from dteplanows.validator.report import money
from dteplanows.web import server

_WORDS = {State.OK: "bien", State.AVISO: "AVISO", State.GRAVE: "GRAVE"}
_STYLES = {State.OK: "green", State.AVISO: "bold yellow", State.GRAVE: "bold red"}
_ORIGINS: dict[Origin, str] = {"usual": "valor usual", "archivo": "archivo de ajustes"}


@click.command("estado", cls=Command)
@click.option("--json", "as_json", is_flag=True, cls=Option, help="Lo mismo, para programas.")
@click.option("--ajustes", is_flag=True, cls=Option, help="Muestra todos los ajustes, también los que nadie cambió.")
@click.pass_context
def estado(ctx: click.Context, as_json: bool, ajustes: bool) -> None:
    """Muestra cómo está la instalación: certificados, folios, entrega al SII, respaldos, disco, reloj, lotes y ajustes.

    Termina con 0 si todo está bien, con 1 si hay avisos y con 2 si hay algo grave, como esperan los monitores.
    """
    settings = settings_in(ctx.obj)
    rows = [server.state(settings), *status.rows_in(settings)]
    sources = origins(settings, directorio=ctx.obj)
    if as_json:
        click.echo(json.dumps(as_object(settings, rows, sources), ensure_ascii=False, indent=2))
    else:
        show(console(), settings, rows)
        show_settings(console(), settings, sources, ajustes)
    ctx.exit(worst(rows).rank)


def as_object(settings: Settings, rows: Sequence[Row], sources: dict[str, Origin]) -> dict[str, Any]:
    """All of it for programs."""
    return {
        "version": dteplanows.__version__,
        "directorio": str(settings.directorio),
        "momento": clock.now().isoformat(),
        "estado": worst(rows).value,
        "salida": worst(rows).rank,
        "filas": [
            {
                "grupo": one.group,
                "nombre": one.name,
                "estado": one.state.value,
                "texto": one.text,
                "remedio": one.remedy,
                "datos": dict(one.facts),
            }
            for one in rows
        ],
        "ajustes": {name: {"valor": shown(settings, name), "origen": sources[name]} for name in sources},
    }


def show(out: Console, settings: Settings, rows: Sequence[Row]) -> None:
    """Print *rows*, group by group; what to do stands below what is wrong."""
    others = [len(one.name) for one in rows if not _is_of_folios(one)]
    parts: list[RenderableType] = [
        Text(f"dteplanows {dteplanows.__version__}, datos en {settings.directorio}", overflow="fold"),
        Text(summary(rows).capitalize(), style=_STYLES[worst(rows)]),
    ]
    for group, members in groupby(rows, key=lambda one: one.group):
        found = list(members)
        parts += [Text(), Text(group, style="bold"), _sentences(found, max(others))]
        if folios := [one for one in found if _is_of_folios(one)]:
            parts += [Text(), *_folios(folios)]
    _print(out, Group(*parts))


def show_settings(out: Console, settings: Settings, sources: dict[str, Origin], every: bool) -> None:
    """Print the settings in force and where each comes from; those that nobody set only where *every* one is asked."""
    table = _table(Column(no_wrap=True), Column(overflow="fold"), Column(no_wrap=True))
    for name, origin in sources.items():
        if every or origin != "usual":
            table.add_row(name, shown(settings, name) or "(vacío)", _ORIGINS.get(origin, origin))
    rest = "" if every else "Los demás tienen su valor usual; se muestran con --ajustes."
    _print(out, Group(Text(), Text("Ajustes", style="bold"), table, Text(rest)))


def _is_of_folios(row: Row) -> bool:
    return "tipo" in row.facts


def _sentences(rows: Iterable[Row], width: int) -> Table:
    """All but those of folios, each with its sentence."""
    table = _table(_state_column(), Column(no_wrap=True, min_width=width), Column(overflow="fold"))
    for one in rows:
        if not _is_of_folios(one):
            table.add_row(_state(one), one.name, _told(one.text, one.remedy))
    return table


def _folios(rows: Sequence[Row]) -> Iterator[RenderableType]:
    """The folios of a company as a table, and what to do about those that need it."""
    titles = ("Folios", "Libres", "Por día", "Alcanzan", "Vence el último")
    table = _table(_state_column(), *(Column(title, justify="right", no_wrap=True) for title in titles))
    table.show_header = True
    for one in rows:
        facts = one.facts
        days, last = facts["dias"], facts["vence"]
        per_day = f"{facts['por_dia']:.1f}".replace(".", ",").removesuffix(",0")
        enough = "-" if days is None or not facts["libres"] else _days(days)
        day = f"{date.fromisoformat(last):%d-%m-%Y}" if last else "no vence" if facts["libres"] else "-"
        table.add_row(_state(one), f"tipo {facts['tipo']}", money(facts["libres"]), per_day, enough, day)
    yield table
    remarkable = [one for one in rows if one.remedy or one.facts["vencidos"]]
    if remarkable:
        told = _table(Column(no_wrap=True), Column(overflow="fold"))
        for one in remarkable:
            told.add_row(f"tipo {one.facts['tipo']}", _told(one.text, one.remedy))
        yield from (Text(), told)
    if any(one.facts["se_crean"] for one in rows):
        yield Text("En pruebas, los CAF se crean solos cuando faltan.")


def _days(days: int) -> str:
    return "menos de 1 día" if not days else "1 día" if days == 1 else f"{money(days)} días"


def _state_column() -> Column:
    """A new one for each table, for a column keeps what is in it."""
    return Column(no_wrap=True, min_width=max(map(len, _WORDS.values())))


def _told(text: str, remedy: str) -> Text:
    found = Text(text)
    if remedy:
        found.append(f"\nQué hacer: {remedy}", style="bold")
    return found


def _state(row: Row) -> Text:
    return Text(_WORDS[row.state], style=_STYLES[row.state])


def _table(*columns: Column) -> Table:
    return Table(*columns, box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)


def _print(out: Console, what: RenderableType) -> None:
    """Print without the blanks that fill a table's last column."""
    with out.capture() as captured:
        out.print(what)
    for line in captured.get().splitlines():
        click.echo(line.rstrip(), color=out.is_terminal)
