"""The page ``empresa`` of a company and those of the installation's companies, as the order ``empresa``."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.accounts import companies as accounts
from dteplanows.accounts.company_facts import LABELS, shown
from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.company import form
from dteplanows.portal.company.form import Form
from dteplanows.portal.services import services
from dteplanows.portal.texts import t

AMBIENTES: tuple[Ambiente, ...] = ("pruebas", "produccion")

company = Blueprint("company", __name__)
companies = Blueprint("companies", __name__)


@company.route("/<ambiente>/<rut>/empresa", methods=["GET"])
def company_page() -> ResponseReturnValue:
    """The facts of the company."""
    return _company(form.of_company(current.company()))


@company.post("/<ambiente>/<rut>/empresa/cambiar")
def change_company() -> ResponseReturnValue:
    """What would change; with ``confirmado`` it is saved."""
    given = form.of_request(request.form)
    if not given.is_good:
        return _company(given), 400
    try:
        change = accounts.changed(current.company(), given.values)
    except Refused as refused:
        return forms.refused(_company(given, refused.problems), refused.problems)
    if not change.names:
        say("company.nothing", "info")
        return redirect(url_for("company.company_page"))
    if not forms.is_checked("confirmado"):
        lines = [(LABELS[one], shown(change.before, one), shown(change.after, one)) for one in change.names]
        return render_template("company_change.html", lines=lines, form=given)
    services().ledger.companies.save(change.after)
    say("company.changed")
    return redirect(url_for("company.company_page"))


@companies.get("/instalacion/empresas")
def companies_page() -> ResponseReturnValue:
    """All companies of the installation."""
    return render_template("installation_companies.html", found=services().ledger.companies.all())


@companies.route("/instalacion/empresas/nueva", methods=["GET", "POST"])
def new_company() -> ResponseReturnValue:
    """A new one."""
    if request.method != "POST":
        return _new(form.of_company(None))
    given, settings = form.of_request(request.form), services().settings
    had_authority = settings.autoridad_de_prueba.exists()
    try:
        ambiente = forms.choice("ambiente", t("companies.ambiente"), AMBIENTES)
        key = _rut()
        if not given.is_good:
            return _new(given), 400
        one = Company(rut=key, ambiente="produccion" if ambiente == "produccion" else "pruebas", **given.values)
        accounts.create(services().ledger, settings, one)
    except Refused as refused:
        return forms.refused(_new(given, refused.problems), refused.problems)
    say("company.created", name=one.razon_social)
    if not had_authority and settings.autoridad_de_prueba.exists():
        say("company.restart", "info")
    return redirect(url_for("companies.companies_page"))


def _company(given: Form, problems: Sequence[Problem] = ()) -> str:
    return render_template("company.html", form=given, problems=problems, shown=shown)


def _new(given: Form, problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "company_new.html", form=given, problems=problems, ambientes=AMBIENTES, rut_written=forms.text("rut"),
        ambiente=forms.text("ambiente"),
    )  # fmt: skip


def _rut() -> str:
    """:raises Refused: the form has none that is valid (SRV-250, SRV-251)."""
    text = forms.needed("rut", "RUT", t("company.a_rut"))
    try:
        return rut.parse(text)
    except rut.InvalidRut:
        raise Refused([problem("SRV-250", value=text, campo="RUT", wanted=t("company.a_rut"))]) from None
