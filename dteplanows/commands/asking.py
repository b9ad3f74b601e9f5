"""``sii consultar`` and ``conciliar``: what the SII says of documents, beside what the ledger believes."""

from __future__ import annotations

import json
from datetime import date

import click
from rich.table import Column, Table
from rich.text import Text

from dteplanows.commands.envelope_acts import delivery_of
from dteplanows.commands.opening import company_of, company_options, open_ledger, settings_in
from dteplanows.commands.output import data_output
from dteplanows.commands.progress import Shown
from dteplanows.commands.records import period, period_options
from dteplanows.commands.shown import console
from dteplanows.commands.sii import sii
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.elements import BOLETAS
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.rows import Series, StoredDocument
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.questions import Meant, ask_about, ask_about_folio, caf_with, meaning
from dteplanows.sii.delivery.reconciling import Comparison, Scope, reconcile
from dteplanows.sii.delivery.unissued import Difference
from dteplanows.sii.document_state import DocumentState, asked
from dteplanows.validator.report import money

_LACK = (
    "Ningún servicio del SII entrega la lista de lo que tiene: lo que el SII tenga de folios que aquí no figuran ni "
    "están en un CAF cargado no se puede encontrar así. Compare con el Registro de Compras y Ventas en su sitio."
)


@sii.command("consultar", cls=Command)
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.pass_context
def consultar(ctx: click.Context, *, tipo: int, folio: int, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Le pregunta al SII por un documento, y lo dice junto a lo que figura aquí. No cambia nada.

    De un folio que no se ha emitido aquí, pero que está en un CAF cargado, dice si el SII lo tiene. Termina con 1 si
    el SII y lo que figura aquí no coinciden, o si el SII no contesta.
    """
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        delivery = delivery_of(settings, ledger)
        document = ledger.documents.find(company.ambiente, company.rut, tipo, folio)
        lines, good = _about(delivery, company, document) if document else _about_free(delivery, company, tipo, folio)
    _print(lines)
    ctx.exit(0 if good else 1)


def _about(delivery: Delivery, company: Company, document: StoredDocument) -> tuple[list[tuple[str, str]], bool]:
    """What is told of a document that was issued here, and whether all is well."""
    standing = delivery.ledger.deliveries.find(document.id)
    estado = standing.estado if standing else UNSENT
    told = [("Documento:", f"tipo {document.tipo}, folio {document.folio}, del {document.fecha_emision}"),
            ("Aquí figura:", f"{estado} desde {standing.desde:%Y-%m-%d %H:%M:%S}" if standing else UNSENT)]  # fmt: skip
    state = ask_about(delivery, document, company)
    meant = meaning(state, estado)
    track = ""
    question = asked(document)
    certificate = delivery.certificate(company)
    hosts = delivery.sii.addresses.of(company.ambiente, of_test_authority=question.of_test_authority)
    if state.received and certificate and (document.tipo not in BOLETAS or hosts.way_of_boletas != "rest"):
        track = delivery.sii.document_with_track(question, certificate).track_id
    told += _answer(hosts.name, state, meant)
    if track:
        told.append(("TRACKID:", f"{track}, del envío que lo llevó"))
    return told, state.outcome.name == "respondido" and not meant.difference


def _about_free(delivery: Delivery, company: Company, tipo: int, folio: int) -> tuple[list[tuple[str, str]], bool]:
    """What is told of a folio with which nothing was issued here."""
    caf = caf_with(delivery, company, tipo, folio)
    if caf is None:
        raise click.UsageError(
            f"No se emitió un documento de tipo {tipo} y folio {folio}, ni hay un CAF con ese folio: al SII se le "
            "pregunta con los datos del documento."
        )
    use = delivery.ledger.folios.use(Series(company.ambiente, company.rut, tipo), folio)
    state = ask_about_folio(delivery, company, caf, folio)
    words = "El SII tiene un documento con ese folio." if state.received else "El SII no tiene ese folio."
    heard = state.outcome.name == "respondido"
    difference = "el SII lo tiene y aquí no se emitió" if state.received and not use.estado else ""
    remedy = "Si lo emitió otro sistema, regístrelo con «caf anular» y --otro-sistema." if difference else ""
    meant = Meant(words, difference, remedy) if heard else meaning(state, "")
    told = [
        ("Documento:", f"tipo {tipo}, folio {folio}"),
        ("Aquí figura:", ", ".join(filter(None, (use.estado or "libre", use.motivo)))),
    ]
    return [*told, *_answer("El SII", state, meant)], heard and not difference


def _answer(name: str, state: DocumentState, meant: Meant) -> list[tuple[str, str]]:
    said = f"{meant.words} ({state.gloss})" if state.gloss else meant.words
    told = [(f"{name[:1].upper()}{name[1:]} dice:", said)]
    if state.attention:
        told.append(("N.º de atención:", state.attention))
    if meant.difference:
        told.append(("Diferencia:", f"{meant.difference}."))
    remedy = meant.remedy or ("" if state.outcome.name == "respondido" else state.outcome.remedy)
    return [*told, ("Qué hacer:", remedy)] if remedy else told


@click.command("conciliar", cls=Command)
@company_options
@period_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option("--folios", metavar="NÚMERO", type=click.IntRange(0, 1000), default=20, show_default=True, cls=Option,
              help="De los folios libres y retenidos de cada tipo se pregunta hasta que al SII le falten estos "
              "seguidos; 0, por ninguno.")  # fmt: skip
@click.option("--maximo", metavar="NÚMERO", type=click.IntRange(1, 1_000_000), default=5000, show_default=True,
              cls=Option, help="Cuántas preguntas se hacen a lo más.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, cls=Option, help="Lo mismo, para programas.")
@click.pass_context
def conciliar(
    ctx: click.Context,
    *,
    empresa: str | None,
    ambiente: Ambiente | None,
    desde: date | None,
    hasta: date | None,
    mes: tuple[date, date] | None,
    tipo: int | None,
    folios: int,
    maximo: int,
    as_json: bool,
) -> None:
    """Compara lo que figura aquí con lo que dice el SII, y muestra las diferencias.

    Pregunta otra vez por cada documento que lleva más de una hora sin la última palabra del SII y anota la que dé; con
    un período, también por cada documento de él; y por los folios retenidos y los primeros libres: de estos, los que el
    SII ya tiene quedan retenidos. Termina con 1 si hay diferencias.
    """
    first, last = period(desde, hasta, mes)
    if last and not first:
        raise click.UsageError("Para un período indique su primer día con --desde, o un mes con --mes.")
    scope = Scope(first, last, tipo or 0, folios, maximo)
    settings = settings_in(ctx.obj)
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        compared = _compare(delivery_of(settings, ledger), company, scope)
    if as_json:
        facts = {**compared._asdict(), "diferencias": [one._asdict() for one in compared.diferencias]}
        with data_output(None) as out:
            out.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        _show(company, compared)
    ctx.exit(1 if compared.diferencias or compared.sin_respuesta else 0)


def _compare(delivery: Delivery, company: Company, scope: Scope) -> Comparison:
    with Shown(console(to_errors=True), "Preguntas al SII") as shown:
        return reconcile(delivery, company, scope, lambda done: shown.at(done, None))


def _show(company: Company, compared: Comparison) -> None:
    click.echo(f"{company.razon_social}, RUT {company.rut}, ambiente {company.ambiente}.")
    click.echo(f"Preguntas al SII: {money(compared.preguntas)}. Documentos que ahora tienen su última palabra: "
               f"{money(compared.resueltos)}.")  # fmt: skip
    if compared.sin_respuesta:
        click.echo(f"Sin respuesta: {money(compared.sin_respuesta)}.")
    if compared.detalle:
        click.echo(f"No se terminó. {compared.detalle}")
    if compared.diferencias:
        _show_differences(compared.diferencias)
    else:
        click.echo("No hay diferencias en lo que se preguntó.")
    click.echo(_LACK)


def _show_differences(differences: tuple[Difference, ...]) -> None:
    table = Table(Column("Tipo", no_wrap=True), Column("Folio", no_wrap=True, justify="right"), "Aquí", "El SII dice",
                  "Diferencia, y qué hacer", show_lines=True)  # fmt: skip
    for one in differences:
        told = Text(one.diferencia)
        told.append(f"\nQué hacer: {one.remedio}", style="bold")
        table.add_row(str(one.tipo), str(one.folio), one.aqui, one.sii, told)
    console().print(table)


def _print(lines: list[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in lines:
        table.add_row(Text(label, style="bold"), Text(text))
    console().print(table)
