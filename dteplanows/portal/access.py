"""Who may ask for what: one table, looked at before every request. An endpoint without a row answers nobody.

A page of a company stands below ``/<ambiente>/<rut>/``, and what counts is the person's role for that company. One that
the person does not have is answered as one that does not exist. Everywhere else the highest role counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from flask import Flask, abort, g, request, session
from flask.typing import ResponseReturnValue

from dteplanows.accounts.people import RANKS
from dteplanows.log import call
from dteplanows.portal.failures import must_come_in, must_enrol
from dteplanows.portal.sessions import Person, Sessions

TOKEN = "sesion"
"""Where the browser's signed cookie holds the token of the session."""

LAST = "empresa"
"""Where it holds the company whose page was asked for last, by environment and RUT."""


class Need(IntEnum):
    """The least that an endpoint asks of a person; the numbers are those of the roles."""

    NOTHING = 0
    """Nobody has to have come in."""
    CONTADOR = 1
    ADMINISTRADOR = 2
    OPERADOR = 3


TABLE: Mapping[str, Need] = {
    "static": Need.NOTHING,
    "entering.login": Need.NOTHING,
    "entering.code": Need.NOTHING,
    "entering.invitation": Need.NOTHING,
    "entering.logout": Need.NOTHING,
    "entering.token": Need.CONTADOR,
    "entering.home": Need.CONTADOR,
    "account.account_page": Need.CONTADOR,
    "account.change_password": Need.CONTADOR,
    "account.end_sessions": Need.CONTADOR,
    "account.factor_page": Need.CONTADOR,
    "account.change_factor": Need.CONTADOR,
    "people.people_page": Need.ADMINISTRADOR,
    "people.invite": Need.ADMINISTRADOR,
    "people.create": Need.ADMINISTRADOR,
    "people.person_page": Need.ADMINISTRADOR,
    "people.change": Need.ADMINISTRADOR,
    "audit.audit_page": Need.ADMINISTRADOR,
    "audit.export_file": Need.ADMINISTRADOR,
    "installation_audit.audit_page": Need.OPERADOR,
    "installation_audit.export_file": Need.OPERADOR,
    "style.style_page": Need.ADMINISTRADOR,
    "board.board_page": Need.CONTADOR,
    "validation.validation_page": Need.CONTADOR,
    "validation.judge_file": Need.CONTADOR,
    "validation.report_file": Need.CONTADOR,
    "validation.preview_file": Need.CONTADOR,
    "validation.mail_report": Need.CONTADOR,
    "validation.issue_file": Need.ADMINISTRADOR,
    "validation.issued_file": Need.CONTADOR,
    "integration.integration_page": Need.CONTADOR,
    "integration.example_file": Need.CONTADOR,
    "folios.folios_page": Need.CONTADOR,
    "folios.look_at_files": Need.ADMINISTRADOR,
    "folios.load_files": Need.ADMINISTRADOR,
    "folios.void_folios": Need.ADMINISTRADOR,
    "folios.hold_folios": Need.ADMINISTRADOR,
    "folios.release_folios": Need.ADMINISTRADOR,
    "certificates.certificates_page": Need.CONTADOR,
    "certificates.load_certificate": Need.ADMINISTRADOR,
    "certificates.remove_certificate": Need.ADMINISTRADOR,
    "envelopes.envelopes_page": Need.CONTADOR,
    "envelopes.envelope_page": Need.CONTADOR,
    "envelopes.envelope_file": Need.CONTADOR,
    "envelopes.retry_envelope": Need.ADMINISTRADOR,
    "envelopes.remake_envelope": Need.ADMINISTRADOR,
    "envelopes.note_upload": Need.ADMINISTRADOR,
    "envelopes.ask_page": Need.ADMINISTRADOR,
    "envelopes.discard_document": Need.ADMINISTRADOR,
    "envelopes.adopt_page": Need.ADMINISTRADOR,
    "batches.batches_page": Need.CONTADOR,
    "batches.batch_page": Need.CONTADOR,
    "backups.backups_page": Need.OPERADOR,
    "backups.make_backup": Need.OPERADOR,
    "backups.verify_ledger": Need.OPERADOR,
    "backups.read_backup": Need.OPERADOR,
    "settings.settings_page": Need.OPERADOR,
    "settings.setting_page": Need.OPERADOR,
    "company.company_page": Need.CONTADOR,
    "company.change_company": Need.ADMINISTRADOR,
    "designs.designs_page": Need.CONTADOR,
    "designs.choose_design": Need.ADMINISTRADOR,
    "designs.load_design": Need.ADMINISTRADOR,
    "designs.trial_file": Need.CONTADOR,
    "designs.logo_file": Need.CONTADOR,
    "designs.load_logo": Need.ADMINISTRADOR,
    "designs.remove_logo": Need.ADMINISTRADOR,
    "companies.companies_page": Need.OPERADOR,
    "companies.new_company": Need.OPERADOR,
    "simulator.simulator_page": Need.ADMINISTRADOR,
    "simulator.change_options": Need.ADMINISTRADOR,
    "simulator.add_fault": Need.ADMINISTRADOR,
    "simulator.end_faults": Need.ADMINISTRADOR,
    "sales.sales_page": Need.CONTADOR,
    "sales.document_page": Need.CONTADOR,
    "sales.document_file": Need.CONTADOR,
    "sales_acts.annul_page": Need.CONTADOR,
    "sales_acts.annul_pdf": Need.CONTADOR,
    "sales_acts.reissue_page": Need.ADMINISTRADOR,
    "sales_acts.reissue_pdf": Need.ADMINISTRADOR,
    "sales_acts.resend_page": Need.ADMINISTRADOR,
    "sales_handing.mail_page": Need.CONTADOR,
    "sales_handing.withdraw_page": Need.ADMINISTRADOR,
    "mail.mail_page": Need.CONTADOR,
    "mail.change_way": Need.ADMINISTRADOR,
    "mail.withdraw_links": Need.ADMINISTRADOR,
    "purchases.purchases_page": Need.CONTADOR,
    "guias.guias_page": Need.CONTADOR,
    "f29.f29_page": Need.CONTADOR,
    "printers.printers_page": Need.CONTADOR,
    "printers.new_printer": Need.OPERADOR,
    "printers.change_printer": Need.OPERADOR,
    "printers.remove_printer": Need.OPERADOR,
    "printers_agents.new_key": Need.OPERADOR,
    "printers_agents.remove_key": Need.OPERADOR,
    "printers_agents.key_file": Need.OPERADOR,
    "printers.act_on_printer": Need.ADMINISTRADOR,
    "printers.add_route": Need.ADMINISTRADOR,
    "printers.remove_route": Need.ADMINISTRADOR,
    "printers.act_on_job": Need.ADMINISTRADOR,
    "printers.print_document": Need.ADMINISTRADOR,
    "exports.exports_page": Need.CONTADOR,
    "exports.order_file": Need.CONTADOR,
    "exports.export_file": Need.CONTADOR,
    "exports.delete_export": Need.CONTADOR,
}
"""Every endpoint, with the least role that it asks for."""


BEFORE_ENROLMENT = frozenset({
    "entering.logout", "entering.token", "account.factor_page", "account.change_factor",
})  # fmt: skip
"""What somebody may ask for who has to have a second factor and has none."""


def guard(app: Flask, sessions: Sessions) -> None:
    """Have every request of *app* looked at."""

    @app.url_value_preprocessor
    def take_company(endpoint: str | None, values: dict[str, object] | None) -> None:
        """Take environment and RUT off the arguments of the views, which find the company in :mod:`current`."""
        g.person, g.company = None, None
        g.address = None
        if values and "rut" in values and "ambiente" in values:
            g.address = values.pop("ambiente"), values.pop("rut")

    @app.url_defaults
    def give_company(endpoint: str, values: dict[str, object]) -> None:
        """Addresses are of the company of the page that names them, unless they say another."""
        address = g.get("address")
        if address and app.url_map.is_endpoint_expecting(endpoint, "rut") and "rut" not in values:
            values["ambiente"], values["rut"] = address

    @app.before_request
    def look() -> ResponseReturnValue | None:
        if request.endpoint == "static":
            return None
        g.person = person = sessions.find(session[TOKEN]) if TOKEN in session else None
        if request.endpoint is None:
            return None
        need = TABLE.get(request.endpoint)
        if need is None:
            abort(403)
        if person is None:
            return must_come_in() if need else None
        call.note_account(person.usuario, *(g.address or ("", "")))
        _look_at(person, need)
        if need and person.must_enrol and request.endpoint not in BEFORE_ENROLMENT:
            return must_enrol()
        return None


def _look_at(person: Person, need: Need) -> None:
    """Stop what *person* may not do."""
    rol = person.best
    if g.address:
        g.company = next((one for one in person.companies if (one.ambiente, one.rut) == g.address), None)
        if g.company is None:
            call.note_account(person.usuario, "", "")
            abort(404)
        rol = person.rol(g.address)
        if session.get(LAST) != list(g.address):
            session[LAST] = list(g.address)
    if RANKS[rol] < need:
        abort(403)


def may(person: Person, endpoint: str, company: tuple[str, str] | None) -> bool:
    """Whether *person* may ask for *endpoint*, of *company* where it belongs to one."""
    need = TABLE.get(endpoint)
    return need is not None and RANKS[person.rol(company) if company else person.best] >= need
