"""The page ``folios`` and what a person does there, as the orders ``caf`` and ``folio`` do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document import clock
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import held_back, voiding
from dteplanows.folios.age import last_day
from dteplanows.folios.authority import authority_of
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.folios.loading import consider, load
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say, say_problem
from dteplanows.portal.folios import view_model
from dteplanows.portal.forms import Given
from dteplanows.portal.looks import looked
from dteplanows.portal.services import services
from dteplanows.portal.texts import t

MOST_FILES = 50
"""CAF files that one form may bring."""

folios = Blueprint("folios", __name__)


class Told(NamedTuple):
    """A file and what there is to say of it."""

    name: str
    problems: Sequence[Problem]
    caf: Caf | None = None
    """What it holds; None where it could not be read."""

    @property
    def is_good(self) -> bool:
        """Whether it can be loaded."""
        return self.caf is not None and not errors(self.problems)


@folios.get("/<ambiente>/<rut>/folios")
def folios_page() -> ResponseReturnValue:
    """The folios of each type."""
    return _page()


@folios.post("/<ambiente>/<rut>/folios/leer")
def look_at_files() -> ResponseReturnValue:
    """What the files are that somebody has chosen, before they are loaded: a part of the page, for its script."""
    found = [_considered(one) for one in forms.files("archivo")[:MOST_FILES]]
    return render_template("folios_look.html", files=found, last_day=last_day, names=DOCUMENT_NAMES)


@folios.post("/<ambiente>/<rut>/folios/cargar")
def load_files() -> ResponseReturnValue:
    """Load the files, each from the folio that somebody says."""
    try:
        given = forms.some_files("archivo")[:MOST_FILES]
        firsts = [*request.form.getlist("desde_folio"), *[""] * len(given)]
        told = [_loaded(one, first) for one, first in zip(given, firsts, strict=False)]
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    wrong = [one for one in told if not one.is_good]
    if wrong:
        return forms.refused(_page(files=wrong), [each for one in wrong for each in one.problems])
    return _back()


@folios.post("/<ambiente>/<rut>/folios/anular")
def void_folios() -> ResponseReturnValue:
    """Void a range for good."""

    def act(series: Series, span: Span, motivo: str) -> None:
        done = voiding.void(services().ledger, series, span, motivo, otro_sistema=forms.is_checked("otro_sistema"))
        say("folios.voided", tipo=series.tipo, folios=ranges([span]), nuevos=done.nuevos, antes=done.antes)

    return _done(act)


@folios.post("/<ambiente>/<rut>/folios/retener")
def hold_folios() -> ResponseReturnValue:
    """Hold a range back until somebody knows whether it was issued."""

    def act(series: Series, span: Span, motivo: str) -> None:
        count = held_back.hold(services().ledger, series, span, motivo)
        say("folios.held_now", tipo=series.tipo, folios=ranges([span]), count=count)

    return _done(act)


@folios.post("/<ambiente>/<rut>/folios/liberar")
def release_folios() -> ResponseReturnValue:
    """Free a range that was held back."""

    def act(series: Series, span: Span, motivo: str) -> None:
        count = held_back.release(services().ledger, series, span, current.person().usuario, motivo)
        say("folios.released", tipo=series.tipo, folios=ranges([span]), count=count)

    return _done(act)


# --- the parts ---


def _page(problems: Sequence[Problem] = (), files: Sequence[Told] = ()) -> str:
    ledger, company = services().ledger, current.company()
    seen = looked().at(current.company_key())
    return render_template(
        "folios.html", cards=view_model.cards(ledger, services().settings, company, seen.rows),
        held=view_model.held_of(ledger, company), problems=problems, files=files, maximum=MAXIMUM_FOLIO,
        types=forms.TYPES,
    )  # fmt: skip


def _back() -> ResponseReturnValue:
    return redirect(url_for("folios.folios_page"))


def _done(act: Callable[[Series, Span, str], None]) -> ResponseReturnValue:
    """Do *act* with the range and the reason of the form."""
    try:
        tipo = forms.number(forms.text("tipo"), t("folios.type"), 1, 999)
        first = forms.number(forms.text("desde"), t("folios.first"), 1, MAXIMUM_FOLIO)
        last = forms.number(forms.text("hasta"), t("folios.last"), 1, MAXIMUM_FOLIO, empty=first)
        act(Series.of(current.company(), tipo), Span(first, last), forms.text("motivo"))
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    return _back()


def _considered(given: Given) -> Told:
    """What there is to say of a file before it is loaded."""
    try:
        caf = _read(given)
        return Told(given.name, consider(services().ledger, current.company(), caf, clock.today()), caf)
    except Refused as refused:
        return Told(given.name, refused.problems)


def _loaded(given: Given, first: str) -> Told:
    """Load a file; the next page says so."""
    try:
        caf = _read(given)
        desde = forms.number(first, t("folios.from_folio"), 1, MAXIMUM_FOLIO, empty=0)
        voided, found = load(services().ledger, current.company(), caf, clock.today(), desde)
    except Refused as refused:
        return Told(given.name, refused.problems)
    name = DOCUMENT_NAMES.get(caf.tipo, "")
    say("folios.loaded", tipo=caf.tipo, name=name, folios=ranges([Span(caf.desde, caf.hasta)]))
    if voided.nuevos:
        say("folios.used_elsewhere", "info", count=voided.nuevos, last=desde - 1)
    for one in found:
        say_problem(one, given.name)
    return Told(given.name, found, caf)


def _read(given: Given) -> Caf:
    authority = authority_of(services().settings)
    return read_caf(given.content, authority.public_key if authority else None)
