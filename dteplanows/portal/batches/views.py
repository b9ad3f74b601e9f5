"""The pages ``lotes`` and ``lotes/TRACKID``, as the order ``lotes`` shows them."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from dteplanows.bulk import progress
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger import presence
from dteplanows.ledger.batches import NEWEST
from dteplanows.portal import current
from dteplanows.portal.services import services

PAGE, REFUSED = 30, 25
"""Files, and refused documents of one, that a page shows."""

_MOST_DOCUMENTS = 10**9

batches = Blueprint("batches", __name__)


@batches.get("/<ambiente>/<rut>/lotes")
def batches_page() -> ResponseReturnValue:
    """The files received, newest first."""
    company, before = current.company(), _number("antes", NEWEST)
    found = services().ledger.batches.page(company.ambiente, company.rut, PAGE + 1, before or NEWEST)
    return render_template(
        "batches.html", listed=found[:PAGE], next=found[PAGE - 1].id if len(found) > PAGE else 0,
        open=any(one.estado != "terminado" for one in found), lives=_worker_lives(), before=before,
    )  # fmt: skip


@batches.get("/<ambiente>/<rut>/lotes/<int:number>")
def batch_page(number: int) -> ResponseReturnValue:
    """One of them: how far it is, and why its documents were refused."""
    ledger, company = services().ledger, current.company()
    one = ledger.batches.find(number) if number < NEWEST else None
    if one is None or (one.ambiente, one.rut_emisor) != (company.ambiente, company.rut):
        abort(404)
    after = _number("desde", _MOST_DOCUMENTS)
    refused = list(islice(ledger.batches.outcomes(one.id, True, after), REFUSED + 1)) if one.rechazados else []
    return render_template(
        "batch.html", one=one, refused=refused[:REFUSED], names=DOCUMENT_NAMES, after=after,
        next=refused[REFUSED - 1][0] if len(refused) > REFUSED else 0, seconds=round(progress.seconds(one)),
        rate=round(progress.per_second(one)), left=progress.seconds_left(one), lives=_worker_lives(),
    )  # fmt: skip


def _worker_lives() -> bool | None:
    """Whether something issues them; None where nobody can tell."""
    return presence.alive(services().settings.directorio, "trabajador")


def _number(name: str, most: int) -> int:
    found = request.args.get(name, 0, type=int)
    return found if 0 < found < most else 0
