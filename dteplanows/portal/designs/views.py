"""The page ``disenos`` and what a person does there, as the order ``diseno`` does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows import printing
from dteplanows.accounts import designs as accounts
from dteplanows.archive import facts_of
from dteplanows.document.problem import Problem, Refused
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.printing.design import described, logo, read, ready_design
from dteplanows.printing.design.reading import plain
from dteplanows.printing.design.trial import LENGTHS
from dteplanows.printing.design.writing import written

designs = Blueprint("designs", __name__, url_prefix="/<ambiente>/<rut>/disenos")


@designs.get("")
def designs_page() -> ResponseReturnValue:
    """The ready designs, the company's own and its logo; with ``desde`` the text of a ready one, to change it."""
    origin = request.args.get("desde", "")
    if not origin:
        return _page()
    try:
        return _page(text=written(ready_design(origin)))
    except Refused:
        abort(404)


@designs.post("/elegir")
def choose_design() -> ResponseReturnValue:
    """Print with a ready design from now on."""
    name = forms.text("nombre")
    try:
        accounts.choose(services().ledger, current.company(), name)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("designs.chosen", name=name)
    return _back()


@designs.post("/cargar")
def load_design() -> ResponseReturnValue:
    """Print with the design of the form from now on; where something is wrong with it nothing changes."""
    text = _text()
    try:
        accounts.load(services().ledger, current.company(), text)
    except Refused as refused:
        return forms.refused(_page(refused.problems, text), refused.problems)
    say("designs.loaded")
    return _back()


@designs.post("/prueba")
def trial_file() -> ResponseReturnValue:
    """A document that only shows a design, ready or as it stands in the form: nothing is kept."""
    ledger, company, name, text = services().ledger, current.company(), forms.text("listo"), _text()
    try:
        chosen = ready_design(name) if name else read(text)
        tipo = int(forms.choice("tipo", t("designs.type"), [str(one) for one, _ in forms.TYPES]))
        lines, long_texts = LENGTHS[forms.choice("largo", t("designs.length"), list(LENGTHS))]
    except Refused as refused:
        return forms.refused(_page(refused.problems, text), refused.problems)
    facts = replace(facts_of(ledger, company, {}), diseno=chosen)
    draw = partial(printing.design_trial, company, facts, tipo, lines, long_texts=long_texts)
    response = make_response(services().copies.prints.made(draw))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="prueba-de-diseno.pdf"'
    return response


@designs.get("/logo")
def logo_file() -> Response:
    """The company's logo, as it is printed."""
    found = services().ledger.designs.find(current.company())
    if found is None or not found.logo:
        abort(404)
    response = make_response(found.logo)
    response.headers["Content-Type"] = logo.media_of(found.logo)
    return response


@designs.post("/logo/cargar")
def load_logo() -> ResponseReturnValue:
    """Print that picture from now on."""
    try:
        given = forms.some_files("archivo")[0]
        accounts.put_logo(services().ledger, current.company(), given.content)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("designs.logo_loaded")
    return _back()


@designs.post("/logo/quitar")
def remove_logo() -> ResponseReturnValue:
    """Print no picture any more."""
    accounts.remove_logo(services().ledger, current.company())
    say("designs.logo_removed")
    return _back()


def _text() -> str:
    return plain(request.form.get("texto", ""))


def _page(problems: Sequence[Problem] = (), text: str = "") -> str:
    ledger, company = services().ledger, current.company()
    found = ledger.designs.find(company)
    look = accounts.look_from(company, found)
    return render_template(
        "designs.html", problems=problems, ready=described(), used=look.design.nombre,
        is_own=bool(found and found.archivo), text=text or accounts.file_of(company, found),
        logo=logo.as_printed(look.logo) if look.logo else None, types=forms.TYPES,
        lengths=[(one, t(f"designs.length_{one}")) for one in LENGTHS],
        type_chosen=forms.text("tipo") or "33", length_chosen=forms.text("largo"),
    )  # fmt: skip


def _back() -> ResponseReturnValue:
    return redirect(url_for("designs.designs_page"))
