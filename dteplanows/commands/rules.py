"""``reglas``: every problem that can be found in a file, with what is expected, the remedy and the source."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dteplanows.commands.shown import STYLES, console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.catalogue import RULES, Rule
from dteplanows.document.placeholders import readable
from dteplanows.document.problem import Severity
from dteplanows.document.text import without_accents

_LABELS = {"mensaje": "Problema:", "sii": "SII:", "esperado": "Esperado:", "remedio": "Remedio:", "fuente": "Fuente:"}


@click.command("reglas", cls=Command)
@click.argument("codigos", metavar="[CÓDIGO]...", nargs=-1)
@click.option(
    "--gravedad",
    type=click.Choice([one.value for one in Severity]),
    cls=Option,
    help="Solo las de esa gravedad: error impide emitir, reparo lo observa el SII, aviso solo informa.",
)
@click.option("--texto", metavar="TEXTO", default="", cls=Option, help="Solo las que contienen ese texto, sin acentos.")
@click.option("--json", "as_json", is_flag=True, cls=Option, help="Para programas: una lista en JSON.")
@click.pass_context
def reglas(ctx: click.Context, codigos: tuple[str, ...], gravedad: str | None, texto: str, as_json: bool) -> None:
    """Muestra las reglas con que se revisan los archivos: todas, o las de un CÓDIGO o de su comienzo.

    Lo que va entre ‹ y › lo pone el servicio en cada caso. Ejemplos: reglas TXT-014, reglas TOT --gravedad error
    """
    chosen = choose(RULES, codigos, gravedad, texto)
    if as_json:
        listed = [{"codigo": code, "gravedad": one.severity.value, **texts_of(one)} for code, one in chosen.items()]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    elif chosen:
        show(console(), chosen)
    else:
        click.echo("Ninguna regla es así.", err=True)
    ctx.exit(0 if chosen else 1)


def choose(
    rules: Mapping[str, Rule], beginnings: tuple[str, ...] = (), severity: str | None = None, text: str = ""
) -> dict[str, Rule]:
    """Those of *rules*, by code in order, that fit everything asked for.

    :param beginnings: beginnings of codes in any case; a rule fits when its code has one of them, or there are none.
    :param text: what one of its texts contains, whatever the case and the accents.
    """
    wanted = tuple(one.upper() for one in beginnings) or ("",)
    return {
        code: rules[code]
        for code in sorted(rules)
        if code.startswith(wanted)
        and severity in (None, rules[code].severity.value)
        and _plain(text) in _plain("\n".join(texts_of(rules[code]).values()))
    }


def texts_of(rule: Rule) -> dict[str, str]:
    """The texts of *rule* for people, by their Spanish name; one that the rule has not is empty."""
    return {
        "mensaje": readable(rule.message),
        "sii": rule.answer,
        "esperado": readable(rule.expected),
        "remedio": readable(rule.remedy),
        "fuente": rule.source,
    }


def show(out: Console, rules: Mapping[str, Rule]) -> None:
    """Print *rules* as a table, and how many they are."""
    table = Table(show_header=False, show_lines=True, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for code, rule in rules.items():
        facts = Table.grid(padding=(0, 1))
        facts.add_column(no_wrap=True, style="dim")
        facts.add_column(overflow="fold")
        for name, text in texts_of(rule).items():
            if text:
                facts.add_row(_LABELS[name], Text(text))
        table.add_row(Text(f"{rule.severity}\n{code}", style=STYLES[rule.severity]), facts)
    out.print(table)
    out.print("1 regla." if len(rules) == 1 else f"{len(rules)} reglas.")


def _plain(text: str) -> str:
    """*text* for comparing: in lower case and without accents."""
    return without_accents(text.casefold())
