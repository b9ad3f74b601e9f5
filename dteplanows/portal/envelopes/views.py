"""The pages ``envios`` and ``envios/NÚMERO``, and what a person does there, as the order ``envios`` does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.delivery_states import BY_HAND, ENVELOPE_STATES
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import NEWEST
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.badges import envelope_badge
from dteplanows.portal.envelopes import adopting, view_model
from dteplanows.portal.looks import looked
from dteplanows.portal.sales import history
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.sii.delivery import by_person, documents_by_person
from dteplanows.sii.delivery.consulting import Told, consult
from dteplanows.sii.delivery.order import delivery_of
from dteplanows.sii.upload import track_of

SITUATIONS = (*ENVELOPE_STATES, BY_HAND)
"""What the list may be narrowed to."""

envelopes = Blueprint("envelopes", __name__)
envelopes.add_app_template_filter(envelope_badge, "envelope_badge")


@envelopes.get("/<ambiente>/<rut>/envios")
def envelopes_page() -> ResponseReturnValue:
    """The list, and what waits for a person."""
    return _list()


@envelopes.get("/<ambiente>/<rut>/envios/<int:number>")
def envelope_page(number: int) -> ResponseReturnValue:
    """One envelope."""
    return _one(_found(number))


@envelopes.get("/<ambiente>/<rut>/envios/<int:number>/archivo")
def envelope_file(number: int) -> ResponseReturnValue:
    """The signed bytes, the same that the SII gets."""
    one = _found(number)
    response = Response(services().ledger.envelopes.file(one.id), mimetype="application/xml")
    name = f"envio-{one.id}-{one.rut_emisor}-{one.clase}.xml"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@envelopes.post("/<ambiente>/<rut>/envios/<int:number>/reintentar")
def retry_envelope(number: int) -> ResponseReturnValue:
    """Go on with it now."""
    return _decided(number, lambda one: by_person.retry(services().ledger, one), "envelopes.retried")


@envelopes.post("/<ambiente>/<rut>/envios/<int:number>/rehacer")
def remake_envelope(number: int) -> ResponseReturnValue:
    """Send its documents in another one."""
    given = services()

    def act(one: StoredEnvelope) -> StoredEnvelope:
        return by_person.remake(given.ledger, one, by_person.server_of(given.settings, one))

    return _decided(number, act, "envelopes.remade")


@envelopes.post("/<ambiente>/<rut>/envios/<int:number>/subido")
def note_upload(number: int) -> ResponseReturnValue:
    """Note the TRACKID that a person got."""

    def act(one: StoredEnvelope) -> StoredEnvelope:
        track = forms.needed("track", "TRACKID", t("envelopes.a_track"))
        if not track_of(track):
            raise Refused([problem("SRV-250", value=track, campo="TRACKID", wanted=t("envelopes.a_track"))])
        return by_person.note_upload(services().ledger, one, track)

    return _decided(number, act, "envelopes.noted")


@envelopes.route("/<ambiente>/<rut>/envios/consultar", methods=["GET", "POST"])
def ask_page() -> ResponseReturnValue:
    """What the SII says of one document, or of a folio with which nothing was issued."""
    given = request.form if request.method == "POST" else request.args
    asked = {"tipo": given.get("tipo", ""), "folio": given.get("folio", "")}
    told: Told | None = None
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            told = _consulted()
        except Refused as refused:
            problems = refused.problems
    page = render_template("envelopes_ask.html", asked=asked, told=told, problems=problems, types=forms.TYPES)
    return forms.refused(page, problems) if problems else page


@envelopes.post("/<ambiente>/<rut>/envios/descartar")
def discard_document() -> ResponseReturnValue:
    """End a stopped document that the SII does not have."""
    given, company = services(), current.company()
    try:
        tipo, folio = _number("tipo", t("folios.type"), 999), _number("folio", t("envelopes.folio"), MAXIMUM_FOLIO)
        motivo = forms.needed("motivo", t("folios.reason"), t("envelopes.a_reason"))
        document = given.ledger.documents.find(company.ambiente, company.rut, tipo, folio)
        if document is None:
            abort(404)
        documents_by_person.discard(delivery_of(given.settings, given.ledger), company, document, motivo)
    except Refused as refused:
        return forms.refused(_list(refused.problems), refused.problems)
    say("envelopes.discarded", tipo=tipo, folio=folio)
    return redirect(url_for("envelopes.envelopes_page"))


@envelopes.route("/<ambiente>/<rut>/envios/adoptar", methods=["GET", "POST"])
def adopt_page() -> ResponseReturnValue:
    """How many documents wait for a word; with ``confirmado``, that word."""
    asked = adopting.read(request.values)
    found = adopting.count(services().ledger, current.company(), asked) if "mirar" in request.values else None
    if request.method != "POST" or not found or found.is_more or asked.errors:
        return render_template("envelopes_adopt.html", asked=asked, found=found, most=adopting.MOST, types=forms.TYPES)
    done = documents_by_person.adopt(services().ledger, current.company(), found.ids, sent=asked.sent)
    say("envelopes.adopted_sent" if asked.sent else "envelopes.adopted", count=done)
    return redirect(url_for("envelopes.envelopes_page"))


# --- the parts ---


def _list(problems: Sequence[Problem] = ()) -> str:
    given, company = services(), current.company()
    situacion = request.args.get("estado", "")
    situacion = situacion if situacion in SITUATIONS else ""
    found = view_model.counts(given.ledger, company)
    row = view_model.row_of(looked().at(current.company_key()).rows)
    return render_template(
        "envelopes.html", problems=problems, counts=found, moving=view_model.is_moving(found), situacion=situacion,
        situations=[("", t("envelopes.all")), *((one, one) for one in SITUATIONS)], row=row,
        lives=view_model.worker_lives(given.settings), settings=given.settings,
        listed=view_model.listed(given.ledger, company, situacion, _before()),
        stopped=view_model.stopped(given.ledger, company) if any(one.estado == "detenido" for one in found) else [],
    )  # fmt: skip


def _before() -> int:
    """Before which number the page begins; 0 for the newest."""
    before = request.args.get("antes", 0, type=int)
    return before if 0 < before < NEWEST else 0


def _one(one: StoredEnvelope, problems: Sequence[Problem] = ()) -> str:
    given = services()
    untaken = by_person.is_untaken(one, by_person.server_of(given.settings, one))
    return render_template(
        "envelope.html", shown=view_model.show(given.ledger, one), trip=history.trip(given.ledger, one),
        problems=problems, untaken=untaken, whole=by_person.is_refused_whole(one),
    )  # fmt: skip


def _found(number: int) -> StoredEnvelope:
    one = view_model.find(services().ledger, current.company(), number) if number < NEWEST else None
    if one is None:
        abort(404)
    return one


def _decided(number: int, act: Callable[[StoredEnvelope], StoredEnvelope], key: str) -> ResponseReturnValue:
    """Do *act* with an envelope, and say *key* of it."""
    one = _found(number)
    try:
        after = act(one)
    except Refused as refused:
        return forms.refused(_one(one, refused.problems), refused.problems)
    say(key, number=after.id, estado=after.situacion, track=after.track_id)
    return redirect(url_for("envelopes.envelope_page", number=number))


def _consulted() -> Told:
    """:raises Refused: the form is wrong, or there is nothing to ask about."""
    given = services()
    tipo, folio = _number("tipo", t("folios.type"), 999), _number("folio", t("envelopes.folio"), MAXIMUM_FOLIO)
    return consult(delivery_of(given.settings, given.ledger), current.company(), tipo, folio)


def _number(name: str, label: str, most: int) -> int:
    return forms.number(forms.text(name), label, 1, most)
