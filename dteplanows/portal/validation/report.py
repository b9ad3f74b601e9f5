"""The report of a validated file as one page, to keep, to print, or to send by mail."""

from __future__ import annotations

from email.message import EmailMessage

from flask import render_template

from dteplanows.document import clock
from dteplanows.ledger.events import NewEvent
from dteplanows.mail.failing import MailFailed
from dteplanows.portal import current
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.portal.validation import on_page
from dteplanows.portal.validation.view import FileView
from dteplanows.sii.notices.sending import mail, outgoing_of


def page_of(view: FileView) -> str:
    """The page, which needs nothing beside itself."""
    return render_template("validation_report.html", view=view, moment=clock.now(), style=on_page.report_style())


def can_be_sent() -> bool:
    """Whether the installation has a server of mails."""
    outgoing = outgoing_of(services().settings)
    return outgoing is not None and bool(outgoing.sender)


def send(view: FileView, to: str) -> str:
    """Mail the report of *view* to one address; why it was not taken, empty when it was."""
    company = current.company()
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = t("report_mail.subject", name=" ".join(view.name.split()), company=company.razon_social)
    message["Date"] = clock.mail_date()
    message["Auto-Submitted"] = "auto-generated"
    facts = {"name": view.name, "company": company.razon_social, "rut": company.rut, "ambiente": company.ambiente}
    text = t("report_mail.text", who=current.person().usuario, sentence=view.outcome.mensaje, **facts)
    message.set_content(text, cte="quoted-printable")
    message.add_attachment(
        page_of(view).encode(), maintype="text", subtype="html", filename=on_page.report_name(view.name)
    )
    ledger = services().ledger
    try:
        mail(services().settings, ledger, message)
    except MailFailed as failure:
        return str(failure)
    detail = t("report_mail.event", name=view.name, to=to)
    ledger.events.note(NewEvent("informe enviado", detail, company.ambiente, company.rut))
    return ""
