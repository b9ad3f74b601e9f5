"""The pages on which a document is mailed to somebody, and its links are withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.problem import Problem, Refused
from dteplanows.document_mail.asking import address_of, ask
from dteplanows.ledger.rows import StoredDocument
from dteplanows.portal import forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.current import person
from dteplanows.portal.sales.found import live_at
from dteplanows.portal.services import services

sales_handing = Blueprint("sales_handing", __name__)

_BASE = "/<ambiente>/<rut>/ventas/<int:tipo>/<int:folio>"


@sales_handing.route(f"{_BASE}/correo", methods=["GET", "POST"])
def mail_page(tipo: int, folio: int) -> ResponseReturnValue:
    """Have the document mailed."""
    stored, ledger = live_at(tipo, folio), services().ledger
    if request.method != "POST":
        return _mail(stored, address_of(stored))
    address = forms.text("direccion")
    try:
        to = ask(services().settings, ledger, stored, address, person().usuario)
    except Refused as refused:
        return forms.refused(_mail(stored, address, refused.problems), refused.problems)
    say("mail.ordered", address=to)
    return redirect(url_for("sales.document_page", tipo=tipo, folio=folio))


@sales_handing.route(f"{_BASE}/retirar-enlaces", methods=["GET", "POST"])
def withdraw_page(tipo: int, folio: int) -> ResponseReturnValue:
    """Withdraw the links of the document."""
    stored, ledger = live_at(tipo, folio), services().ledger
    if request.method == "POST":
        with ledger.transaction():
            for cedible in (False, True):
                ledger.marks.withdraw_links(stored, cedible, person().usuario)
        say("mail.document_withdrawn")
        return redirect(url_for("sales.document_page", tipo=tipo, folio=folio))
    return render_template("sales_withdraw.html", stored=stored, document_name=DOCUMENT_NAMES[tipo])


def _mail(stored: StoredDocument, address: str, problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "sales_mail.html", stored=stored, address=address, problems=problems, document_name=DOCUMENT_NAMES[stored.tipo],
        most=services().settings.correo_reenvios_dia,
    )  # fmt: skip
