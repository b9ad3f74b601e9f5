"""The pages below ``ventas/TIPO/FOLIO`` on which something is done about a document, each of which shows it before."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.archive import GUIA, Archive, previews
from dteplanows.archive.states import state_of
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.outcome import Outcome
from dteplanows.document.problem import Problem, Refused
from dteplanows.issuing import annulling
from dteplanows.issuing.annulling_note import LONGEST_REASON, USUAL_REASON
from dteplanows.issuing.reissuing import must_be_free
from dteplanows.ledger.rows import ReceivedFile, StoredDocument
from dteplanows.log import call
from dteplanows.parser import XML, guess_formato
from dteplanows.portal import preview
from dteplanows.portal.afterwards import say
from dteplanows.portal.current import account, company, person
from dteplanows.portal.sales import acts, document, mending
from dteplanows.portal.sales.found import live_at
from dteplanows.portal.services import services
from dteplanows.sii.delivery import resending
from dteplanows.sii.reasons import read_reason

sales_acts = Blueprint("sales_acts", __name__)

_BASE = "/<ambiente>/<rut>/ventas/<int:tipo>/<int:folio>"


# --- annulling ----------------------------------------------------------------------------------------------------


@sales_acts.route(f"{_BASE}/anular", methods=["GET", "POST"])
def annul_page(tipo: int, folio: int) -> ResponseReturnValue:
    """The note that annuls a document, before it is issued; a form issues it. A guía is only marked."""
    stored = live_at(tipo, folio)
    if tipo == GUIA:
        return _annul_guia(stored)
    razon = request.form.get("razon", "") if request.method == "POST" else USUAL_REASON
    if request.method != "POST":
        return _note_page(stored, razon)
    call.note_operation("Procesar")
    try:
        outcome = annulling.annul(services().issuer, account(), stored, razon)
    except Refused as refused:
        call.note_refused(refused.problems)
        return _note_page(stored, razon, refused.problems), 400
    call.note_outcomes(outcome.documents, b"")
    return _done(outcome, "acts.done_nota")


@sales_acts.get(f"{_BASE}/anular/pdf")
def annul_pdf(tipo: int, folio: int) -> ResponseReturnValue:
    """The note as it would be printed."""
    stored = live_at(tipo, folio)
    rehearsed = annulling.rehearse(services().issuer, account(), stored, request.args.get("razon", ""))
    return preview.file(rehearsed.note.file, XML, 1)


def _note_page(stored: StoredDocument, razon: str, problems: Sequence[Problem] = ()) -> str:
    """The page of the note; *problems* that kept it from being issued just now take the place of those foreseen."""
    issuer = services().issuer
    facts: dict[str, object] = {}
    wrong = next((one for one in problems if one.code == "REF-061"), None)
    try:
        rehearsed = annulling.rehearse(issuer, account(), stored, USUAL_REASON if wrong else razon)
    except Refused as refused:
        found: Sequence[Problem] = refused.problems
    else:
        found = rehearsed.stopping
        draft = issuer.draft(account(), rehearsed.note.file, XML, 1)
        facts = {
            "note": rehearsed.note.tipo, "name": DOCUMENT_NAMES[rehearsed.note.tipo],
            "content": document.content_of(previews.shown(draft), draft.beside.as_dict()) if draft else None,
            "figures": rehearsed.outcome.figures,
            "remarks": rehearsed.outcome.problems,
        }  # fmt: skip
    if wrong is None:
        found = problems or found
    state = state_of(issuer.ledger, company(), stored, None)
    return render_template(
        "sales_annul.html", stored=stored, problems=found, razon=razon, longest=LONGEST_REASON, **facts,
        wrong_reason=wrong.expected if wrong else "", accepted=acts.is_accepted(issuer.ledger, stored), nota=state.nota,
        document_name=DOCUMENT_NAMES[stored.tipo], columns=document.COLUMNS, numeric=document.NUMERIC,
    )  # fmt: skip


def _annul_guia(stored: StoredDocument) -> ResponseReturnValue:
    ledger = services().ledger
    if request.method == "POST":
        Archive(ledger, company(), person().usuario).annul(stored.tipo, stored.folio)
        return _to(stored.tipo, stored.folio, "acts.done_guia")
    return render_template(
        "sales_annul_guia.html", stored=stored, document_name=DOCUMENT_NAMES[stored.tipo],
        annulled=ledger.marks.annulled(stored.id),
    )  # fmt: skip


# --- issuing again ------------------------------------------------------------------------------------------------


@sales_acts.route(f"{_BASE}/reemitir", methods=["GET", "POST"])
def reissue_page(tipo: int, folio: int) -> ResponseReturnValue:
    """A document that the SII refused, with its file to be mended: judged first, then issued with the same folio."""
    stored = live_at(tipo, folio)
    must_be_free(services().ledger, company(), stored)
    if request.method != "POST":
        return _reissue(stored, mending.text_of(services().ledger, stored))
    text = mending.given(request)
    data = text.encode("utf-8", "replace")
    confirmed = "confirmado" in request.form
    received = ReceivedFile(guess_formato(data), data)
    call.note_operation("Procesar" if confirmed else "Validar")
    try:
        outcome = services().issuer.reissue(account(), received, tipo, folio, solo_validar=not confirmed)
    except Refused as refused:
        call.note_refused(refused.problems)
        return _reissue(stored, text, problems=refused.problems), 400
    if confirmed:
        call.note_outcomes(outcome.documents, data)
    else:
        call.note_judged(outcome.documents)
    if confirmed and outcome.accepted:
        return _done(outcome, "acts.done_reemitido")
    return _reissue(stored, text, outcome), 200 if outcome.accepted else 400


@sales_acts.post(f"{_BASE}/reemitir/pdf")
def reissue_pdf(tipo: int, folio: int) -> ResponseReturnValue:
    """The mended document as it would be printed."""
    live_at(tipo, folio)
    data = mending.given(request).encode("utf-8", "replace")
    return preview.file(data, guess_formato(data), 1)


def _reissue(
    stored: StoredDocument, text: str, outcome: Outcome | None = None, problems: Sequence[Problem] = ()
) -> str:
    ledger = services().ledger
    delivery = ledger.deliveries.find(stored.id)
    content = None
    if outcome and outcome.accepted:
        data = text.encode("utf-8", "replace")
        draft = services().issuer.draft(account(), data, guess_formato(data), 1)
        content = document.content_of(previews.shown(draft), draft.beside.as_dict()) if draft else None
    return render_template(
        "sales_reissue.html", stored=stored, text=text, outcome=outcome, content=content,
        problems=[*problems, *(outcome.problems if outcome else ())],
        reasons=[read_reason(one).told() for one in (delivery.motivos.splitlines() if delivery else ())],
        document_name=DOCUMENT_NAMES[stored.tipo], columns=document.COLUMNS, numeric=document.NUMERIC,
    )  # fmt: skip


# --- the SII once more --------------------------------------------------------------------------------------------


@sales_acts.route(f"{_BASE}/reenviar", methods=["GET", "POST"])
def resend_page(tipo: int, folio: int) -> ResponseReturnValue:
    """Have a document that waits or was stopped go to the SII again."""
    stored, ledger = live_at(tipo, folio), services().ledger
    server = acts.server_of(ledger, services().settings, stored)
    if request.method == "POST":
        resending.resend(ledger, company(), stored, server)
        return _to(tipo, folio, "acts.done_reenviado")
    delivery = ledger.deliveries.find(stored.id)
    return render_template(
        "sales_resend.html", stored=stored, way=resending.way_of(ledger, stored, server), delivery=delivery,
        sends=services().settings.sii_enviar, document_name=DOCUMENT_NAMES[stored.tipo],
    )  # fmt: skip


# --- what they share ----------------------------------------------------------------------------------------------


def _done(outcome: Outcome, done: str) -> ResponseReturnValue:
    """The page of the document that was issued, which says so.

    :param done: key of the text.
    """
    (one,) = outcome.documents
    return _to(one.tipo, one.folio, done)


def _to(tipo: int, folio: int, done: str) -> ResponseReturnValue:
    say(done)
    return redirect(url_for("sales.document_page", tipo=tipo, folio=folio))
