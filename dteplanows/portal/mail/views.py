"""The page ``correo``: how documents are mailed to their receivers, what became of it, and all links withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document import clock
from dteplanows.document.problem import Problem, Refused
from dteplanows.document_mail import letter, way
from dteplanows.document_mail.letter import Words
from dteplanows.document_mail.shown import told
from dteplanows.document_mail.template import NAMES, SUBJECT, TEXT
from dteplanows.ledger.document_mail_tables import CompanyMail
from dteplanows.mail.sending import address_in
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.sii.notices.sending import outgoing_of

mail = Blueprint("mail", __name__)
mail.add_app_template_filter(told, "told")

_SHOWN = 50
_DAYS = 30


@mail.get("/<ambiente>/<rut>/correo")
def mail_page() -> ResponseReturnValue:
    """How the company mails its documents, and the last mails."""
    return _page(services().ledger.document_mails.way_of(current.company()))


@mail.post("/<ambiente>/<rut>/correo/cambiar")
def change_way() -> ResponseReturnValue:
    """What would change, and how a mail would look; with ``confirmado`` it is saved."""
    mails = services().ledger.document_mails
    before = mails.way_of(current.company())
    given = _given(before)
    try:
        after = way.judged(given, services().settings.url_publica)
    except Refused as refused:
        return forms.refused(_page(given, refused.problems), refused.problems)
    names = [one for one in way.LABELS if getattr(before, one) != getattr(after, one)]
    if not names:
        say("company.nothing", "info")
    elif not forms.is_checked("confirmado"):
        lines = [(way.LABELS[one], _told(before, one), _told(after, one)) for one in names]
        return render_template("mail_change.html", lines=lines, way=after, example=_example(after), flags=way.FLAGS)
    else:
        mails.change_way(after)
        say("mail.saved")
    return redirect(url_for("mail.mail_page"))


@mail.post("/<ambiente>/<rut>/correo/retirar-enlaces")
def withdraw_links() -> ResponseReturnValue:
    """Withdraw the links of all documents of the company."""
    services().ledger.marks.withdraw_all_links(current.company(), current.person().usuario)
    say("mail.withdrawn")
    return redirect(url_for("mail.mail_page"))


def _page(one: CompanyMail, problems: Sequence[Problem] = ()) -> str:
    ledger, company, settings = services().ledger, current.company(), services().settings
    outgoing = outgoing_of(settings)
    return render_template(
        "mail.html", way=one, problems=problems, labels=way.LABELS, flags=way.FLAGS, names=NAMES, subject=SUBJECT,
        text=TEXT, mails=ledger.document_mails.newest(company, _SHOWN), days=_DAYS,
        counts=ledger.document_mails.counts(company, clock.now() - timedelta(days=_DAYS)),
        no_server=outgoing is None or not outgoing.sender, no_address=not settings.url_publica,
        only=settings.correo_permitidos_pruebas, withdrawn=ledger.marks.links_withdrawn(company),
        link_days=settings.enlaces_dias, sender=address_in(settings.correo_remitente),
    )  # fmt: skip


def _given(before: CompanyMail) -> CompanyMail:
    given: dict[str, Any] = {one: request.form.get(one, "") for one in way.LABELS if one not in way.FLAGS}
    given |= {one: forms.is_checked(one) for one in way.FLAGS}
    return before._replace(**given)


def _told(one: CompanyMail, name: str) -> str:
    value = getattr(one, name)
    if isinstance(value, bool):
        return t("mail.yes") if value else t("mail.no")
    return value or t("company.usual")


def _example(one: CompanyMail) -> Words:
    root = services().settings.url_publica.rstrip("/")
    company = current.company()
    return letter.words(one, company, letter.example_facts(company, f"{root}/…" if root else ""))
