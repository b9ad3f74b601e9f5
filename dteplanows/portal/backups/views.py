"""The page ``respaldos``, and what whoever runs the installation does there, as ``respaldo`` and ``base verificar``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.progress import Progress
from dteplanows.portal import current, forms
from dteplanows.portal.backups import view_model
from dteplanows.portal.services import services
from dteplanows.recovery.backups import last_backup
from dteplanows.recovery.jobs import Jobs, Kind

backups = Blueprint("backups", __name__)


@backups.get("/instalacion/respaldos")
def backups_page() -> ResponseReturnValue:
    """The backups there are, and the work under way."""
    return _page()


@backups.post("/instalacion/respaldos/hacer")
def make_backup() -> ResponseReturnValue:
    """Begin a backup."""
    given = services()
    where = str(view_model.folder_of(given.settings))
    return _begun("respaldo", where, lambda progress: view_model.make(given.ledger, given.settings, progress))


@backups.post("/instalacion/respaldos/verificar")
def verify_ledger() -> ResponseReturnValue:
    """Begin the check of everything."""
    ledger = services().ledger
    return _begun("verificacion", "toda la base", lambda progress: view_model.verify(ledger, progress))


@backups.post("/instalacion/respaldos/revisar")
def read_backup() -> ResponseReturnValue:
    """Begin to read one of the backups through."""
    given, name = services(), forms.text("archivo")
    if name not in {one.name for one in view_model.kept(given.ledger, given.settings)}:
        abort(404)
    path = view_model.folder_of(given.settings) / name
    return _begun("revision", name, lambda progress: view_model.read_through(path, progress))


def _begun(kind: Kind, what: str, work: Callable[[Progress], tuple[bool, str]]) -> ResponseReturnValue:
    ledger = services().ledger
    try:
        Jobs(ledger).begin(kind, current.person().usuario, work)
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    ledger.events.note(NewEvent(f"{kind} desde el portal", what))
    return redirect(url_for("backups.backups_page"))


def _page(problems: Sequence[Problem] = ()) -> str:
    given = services()
    jobs = Jobs(given.ledger)
    return render_template(
        "backups.html", problems=problems, kept=view_model.kept(given.ledger, given.settings),
        last=last_backup(given.ledger), settings=given.settings, folder=view_model.folder_of(given.settings),
        making=jobs.last("respaldo"), verifying=jobs.last("verificacion"), reading=jobs.last("revision"),
    )  # fmt: skip
