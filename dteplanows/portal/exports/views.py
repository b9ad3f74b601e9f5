"""The page ``exportaciones``, and the files that are asked for and fetched there."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.catalogue import problem
from dteplanows.exports import at_once, delete, name_of, order, path_of
from dteplanows.exports.formats import FORMATS
from dteplanows.ledger.book_tables import StoredExport
from dteplanows.portal import failures
from dteplanows.portal.current import company, person
from dteplanows.portal.exports import asked, view_model
from dteplanows.portal.months import month_of
from dteplanows.portal.services import services
from dteplanows.portal.texts import t

exports = Blueprint("exports", __name__)

exports.add_app_template_global(view_model.choices, "export_choices")


@exports.get("/<ambiente>/<rut>/exportaciones")
def exports_page() -> ResponseReturnValue:
    """What was asked for; of ``parte`` only the list, for the page's own script."""
    shown = view_model.shown(services().ledger, company(), services().settings.exportaciones_dias)
    if request.args.get("parte") == "lista":
        return render_template("exports_list.html", shown=shown)
    return render_template(
        "exports.html", shown=shown, month=month_of(request.args), days=services().settings.exportaciones_dias,
        ordered=request.args.get("pedida", 0, type=int),
    )  # fmt: skip


@exports.post("/<ambiente>/<rut>/exportaciones/pedir")
def order_file() -> ResponseReturnValue:
    """The file itself where it has few documents; else it is made in the background."""
    formato, ledger = request.form.get("formato", ""), services().ledger
    try:
        what = asked.what_of(formato, request.form, (t("sales.notes_sign"), t("sales.notes_left_out")))
    except asked.WrongError:
        abort(400)
    if at_once.is_short(ledger, company(), formato, what):
        path = at_once.make(ledger, company(), formato, what)
        return _sent(path, formato, name_of(company(), formato, what))
    identifier = order(ledger, company(), person().usuario, formato, what)
    return redirect(url_for("exports.exports_page", pedida=identifier))


@exports.get("/<ambiente>/<rut>/exportaciones/<int:numero>")
def export_file(numero: int) -> ResponseReturnValue:
    """A file that was made."""
    one = _found(numero)
    path = path_of(services().ledger, one)
    if one.estado != "lista":
        abort(404)
    if not path.exists():
        return failures.told([problem("SRV-264", value=one.nombre, equipo=one.equipo)], 404)
    return _sent(path, one.formato, one.nombre)


@exports.post("/<ambiente>/<rut>/exportaciones/<int:numero>/eliminar")
def delete_export(numero: int) -> ResponseReturnValue:
    """Remove a file, or what is made of it."""
    delete(services().ledger, _found(numero))
    return redirect(url_for("exports.exports_page"))


def _found(numero: int) -> StoredExport:
    one = services().ledger.exports.find(numero)
    if one is None or (one.ambiente, one.rut_emisor) != (company().ambiente, company().rut):
        abort(404)
    return one


def _sent(path: Path, formato: str, name: str) -> Response:
    response = send_file(path, FORMATS[formato].media, as_attachment=True, download_name=name, etag=False)
    # What else is sent from files is for everybody, and kept by browsers.
    response.headers["Cache-Control"] = "no-store"
    return response
