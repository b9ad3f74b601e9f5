"""The page ``certificados`` and what a person does there, as the order ``certificado`` does it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.accounts import certificates as accounts
from dteplanows.document import clock
from dteplanows.document.problem import Problem, Refused
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.services import services
from dteplanows.signer.certificate import read_certificate, utc_now

_ANOTHER, _SHORTER = "CRT-032", "CRT-034"
"""Refusals that somebody may overrule."""

certificates = Blueprint("certificates", __name__)


@certificates.get("/<ambiente>/<rut>/certificados")
def certificates_page() -> ResponseReturnValue:
    """The certificates of the company."""
    return _page()


@certificates.post("/<ambiente>/<rut>/certificados/cargar")
def load_certificate() -> ResponseReturnValue:
    """Load one. Its password opens it here and is forgotten."""
    confirmed = accounts.Confirmed(forms.is_checked("otro_firmante"), forms.is_checked("aunque_venza_antes"))
    moment = utc_now()
    try:
        given = forms.some_files("archivo")[0]
        one = read_certificate(given.content, request.form.get("clave", ""))
        loaded = accounts.load(services().ledger, current.company(), one, moment, confirmed)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    if loaded.ya_estaba:
        say("certificates.was_there", "info", titular=one.titular)
    else:
        say("certificates.loaded", titular=one.titular, rut=one.rut, day=clock.day(one.valid_until))
        if one.valid_from > moment:
            say("certificates.waits", "info", day=clock.day(one.valid_from))
        if loaded.primera_vez:
            say("certificates.confirm_at_sii", "info", titular=one.titular)
    return _back()


@certificates.post("/<ambiente>/<rut>/certificados/<int:number>/quitar")
def remove_certificate(number: int) -> ResponseReturnValue:
    """Forget one with its key."""
    ledger, company = services().ledger, current.company()
    if number not in {one.id for one in ledger.certificates.of(company.ambiente, company.rut)}:
        abort(404)
    try:
        last = forms.is_checked("aunque_no_quede_otro")
        removed = accounts.remove(ledger, number, utc_now(), aunque_no_quede_otro=last)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    say("certificates.removed", titular=removed.titular, rut=removed.rut_firmante)
    return _back()


def _page(problems: Sequence[Problem] = ()) -> str:
    moment, company = utc_now(), current.company()
    kept = accounts.kept(services().ledger, moment, company)
    signs = next((one for one in kept if one.estado == "en uso"), None)
    codes = {one.code for one in problems}
    return render_template(
        "certificates.html", kept=list(reversed(kept)), signs=signs, problems=problems,
        nobody=None if signs else accounts.why_none(services().ledger, company, moment),
        another=_ANOTHER in codes, shorter=_SHORTER in codes, soon=accounts.WARNING_DAYS, day_of=clock.day,
    )  # fmt: skip


def _back() -> ResponseReturnValue:
    return redirect(url_for("certificates.certificates_page"))
