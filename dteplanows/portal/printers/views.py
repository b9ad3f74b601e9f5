"""The page ``impresoras`` and what a person does there, as the orders ``impresora`` and ``impresion`` do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.print_tables import COPIES, KINDS, CopyKind, PrinterKind, StoredPrinter
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.printers import view_model
from dteplanows.portal.printers.found import printer_at
from dteplanows.portal.sales.found import stored_at
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.printers import managing
from dteplanows.printers.addresses import HIGHEST_PORT
from dteplanows.printers.managing import Again, Facts, RouteFacts
from dteplanows.printers.shown import COPY_WORDS, agent_words
from dteplanows.printing.escpos import DENSITIES

printers = Blueprint("printers", __name__, url_prefix="/<ambiente>/<rut>/impresoras")


@printers.app_context_processor
def _words() -> dict[str, object]:
    return {"copy_choices": lambda: [(one, COPY_WORDS[one]) for one in COPIES], "print_kinds": view_model.STATE_KINDS}


@printers.get("")
def printers_page() -> ResponseReturnValue:
    """The printers of the company, the routes to them, and what waits and was printed."""
    return _page()


@printers.route("/nueva", methods=["GET", "POST"])
def new_printer() -> ResponseReturnValue:
    """Make one."""
    if request.method == "GET":
        return _form(Facts("", "red"))
    given = Facts("", "red")
    try:
        given = _given()
        company = None if forms.is_checked("de_todas") else current.company()
        made = managing.create(services().ledger, company, given)
    except Refused as refused:
        return forms.refused(_form(given, refused.problems), refused.problems)
    say("printers.created", name=made.nombre)
    return _back()


@printers.route("/<int:number>/cambiar", methods=["GET", "POST"])
def change_printer(number: int) -> ResponseReturnValue:
    """Change one."""
    one = printer_at(number)
    given = managing.facts_of(one)
    if request.method == "GET":
        return _form(given, one=one)
    try:
        given = _given()
        made = managing.change(services().ledger, one, given)
    except Refused as refused:
        return forms.refused(_form(given, refused.problems, one), refused.problems)
    say("printers.changed", name=made.nombre)
    return _back()


@printers.post("/<int:number>/borrar")
def remove_printer(number: int) -> ResponseReturnValue:
    """Remove one."""
    one = printer_at(number)
    try:
        services().ledger.printers.remove(one)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("printers.removed", name=one.nombre)
    return _back()


@printers.post("/<int:number>/hacer")
def act_on_printer(number: int) -> ResponseReturnValue:
    """Hold one, go on with it, or print a test page. One of all companies is held for all of them."""
    one, ledger, what = printer_at(number), services().ledger, request.form.get("hacer", "")
    if what == "probar":
        managing.print_trial(ledger, current.company(), one, current.person().usuario)
    elif what in ("retener", "soltar"):
        if not one.ambiente and current.rol() != "operador":
            abort(403)
        managing.hold(ledger, one, held=what == "retener")
    else:
        abort(400)
    say(f"printers.done_{what}", name=one.nombre)
    return _back()


@printers.post("/rutas")
def add_route() -> ResponseReturnValue:
    """Send some documents to a printer."""
    label, form = t("printers.port"), request.form
    try:
        tipo = forms.number(form.get("tipo", ""), t("printers.type"), 0, 999, empty=0)
        port = forms.number(form.get("puerto", ""), label, 1, HIGHEST_PORT, empty=0)
        copies = tuple(one for one in COPIES if one in form.getlist("copia"))
        printer = forms.needed("impresora", t("printers.printer"), t("printers.a_printer"))
        facts = RouteFacts(printer, forms.text("usuario"), port, tipo, forms.text("sucursal"), copies)
        before = forms.number(form.get("antes", ""), t("printers.before"), 1, 10**12, empty=0)
        managing.add_route(services().ledger, current.company(), facts, before)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("printers.route_added")
    return _back()


@printers.post("/rutas/<int:number>/quitar")
def remove_route(number: int) -> ResponseReturnValue:
    """Send them there no more."""
    try:
        managing.remove_route(services().ledger, current.company(), number)
    except Refused:
        abort(404)
    say("printers.route_removed")
    return _back()


@printers.post("/trabajos/<int:number>")
def act_on_job(number: int) -> ResponseReturnValue:
    """Move a job to another printer, or give it up."""
    ledger, company, what = services().ledger, current.company(), request.form.get("hacer", "")
    try:
        job = managing.job_of(ledger, company, number)
    except Refused:
        abort(404)
    try:
        if what == "mover":
            printer = ledger.printers.named(company, forms.text("impresora"))
            managing.move(ledger, job, printer)
            say("printers.moved", name=printer.nombre)
        elif what == "cancelar":
            managing.cancel(ledger, job)
            say("printers.cancelled")
        else:
            abort(400)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    return _back()


@printers.post("/imprimir/<int:tipo>/<int:folio>")
def print_document(tipo: int, folio: int) -> ResponseReturnValue:
    """Print a copy of a document, whether it was printed before or not."""
    ledger, company, stored = services().ledger, current.company(), stored_at(tipo, folio)
    try:
        printer = ledger.printers.named(company, forms.text("impresora"))
        copia = cast(CopyKind, forms.choice("copia", t("printers.copy"), COPIES))
        managing.print_again(ledger, company, Again(stored, printer, copia, current.person().usuario))
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("printers.ordered", name=printer.nombre)
    return redirect(url_for("sales.document_page", tipo=tipo, folio=folio))


def _given() -> Facts:
    """What the form of a printer says.

    :raises Refused: a part of it is none of what the page offers.
    """
    clase = cast(PrinterKind, forms.choice("clase", t("printers.kind"), KINDS))
    density = forms.choice("densidad", t("printers.density"), [str(one) for one in DENSITIES])
    address = "" if clase == "agente" else forms.text("direccion")
    return Facts(
        forms.text("nombre"), clase, address, forms.text("formato"), forms.is_checked("cajon"), int(density)
    )


def _page(problems: Sequence[Problem] = ()) -> str:
    shown = view_model.shown(services().ledger, current.company())
    befores = [("", t("printers.at_end")), *((one.id, f"{one.words} ({one.printer})") for one in shown.routes)]
    return render_template("printers.html", shown=shown, problems=problems, types=forms.TYPES, befores=befores)


def _form(facts: Facts, problems: Sequence[Problem] = (), one: StoredPrinter | None = None) -> str:
    agent = services().ledger.print_agents.of(one.id) if one else None
    return render_template(
        "printer.html", facts=facts, problems=problems, one=one, agent=agent, agent_words=agent_words(agent),
        kinds=[(kind, t(f"printers.kind_{kind}")) for kind in KINDS],
        formats=view_model.format_choices(t("printers.pdf"), t("printers.text")),
        densities=[(step, f"{step:+d}" if step else t("printers.usual")) for step in DENSITIES],
    )  # fmt: skip


def _back() -> ResponseReturnValue:
    return redirect(url_for("printers.printers_page"))
