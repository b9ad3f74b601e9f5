"""The page ``validar``: files judged, shown, mended and, in ``pruebas``, issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from dteplanows.archive import Archive
from dteplanows.document.elements import BRANCHES
from dteplanows.document.mail import is_mail
from dteplanows.document.samples import WRONG
from dteplanows.parser import guess_formato
from dteplanows.portal import current, preview
from dteplanows.portal.access import may
from dteplanows.portal.failures import is_script
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.portal.validation import judging, on_page, report
from dteplanows.portal.validation.judging import Given
from dteplanows.portal.validation.view import FileView

MOST_FILES = 20
"""Files that one form may bring."""

_LONGEST_NAME = 120
_HIGHEST_NUMBER = 10_000
_DIGITS = 5

validation = Blueprint("validation", __name__)


@validation.route("/<ambiente>/<rut>/validar", methods=["GET", "POST"])
def validation_page() -> ResponseReturnValue:
    """The page; with files in a form, each with what became of it."""
    given = _given() if request.method == "POST" else []
    views = [_judged(one) for one in given[:MOST_FILES]]
    sheets = [_sheet(view, number) for number, view in enumerate(views, 1)]
    return _page(sheets, len(given) - len(views), nothing=request.method == "POST" and not given)


@validation.post("/<ambiente>/<rut>/validar/archivo")
def judge_file() -> ResponseReturnValue:
    """One file, for the page's script: the part of the page that shows it."""
    return _one(_given(), _judged)


@validation.post("/<ambiente>/<rut>/validar/emitir")
def issue_file() -> ResponseReturnValue:
    """Issue a file of ``pruebas``; a form without a script is asked first."""
    if current.company().ambiente != "pruebas":
        abort(404)
    given = _given()
    if not given or is_script() or "confirmado" in request.form:
        return _one(given, _issued)
    return render_template("validation_issue.html", given=given[0], sheet=_sheet(_judged(given[0]), 1))


@validation.post("/<ambiente>/<rut>/validar/informe")
def report_file() -> ResponseReturnValue:
    """The report of one file, as a page to keep or to print."""
    given = _given()
    if not given:
        return _nothing()
    view = _judged(given[0])
    page = make_response(report.page_of(view))
    page.headers["Content-Disposition"] = f'attachment; filename="{on_page.report_name(view.name)}"'
    return page


@validation.post("/<ambiente>/<rut>/validar/informe/correo")
def mail_report() -> ResponseReturnValue:
    """Ask for the address to which the report of one file goes, and send it."""
    given = _given()
    if not given or not report.can_be_sent():
        abort(404)
    view, to = _judged(given[0]), request.form.get("correo")
    wrong, failed, sent = "", "", False
    if to is not None and not is_mail(to.strip()):
        wrong = t("report_mail.wrong")
    elif to is not None:
        failed = report.send(view, to.strip())
        sent = not failed
    page = render_template(
        "validation_report_mail.html", view=view, to=to or "", wrong=wrong, failed=failed, sent=sent
    )
    return page, 400 if wrong else 503 if failed else 200


@validation.post("/<ambiente>/<rut>/validar/previa")
def preview_file() -> ResponseReturnValue:
    """One document of a file as it would be printed, marked as what it is: a preview."""
    given = _given()
    number = request.form.get("documento", "1")
    if not given or not number.isascii() or not number.isdecimal() or len(number) > _DIGITS:
        abort(400)
    return preview.file(given[0].data, guess_formato(given[0].data), int(number))


@validation.get("/<ambiente>/<rut>/validar/emitido/<int:tipo>/<int:folio>/<kind>")
def issued_file(tipo: int, folio: int, kind: str) -> ResponseReturnValue:
    """What was issued: the printed document (``pdf``) or the signed ``xml``."""
    if kind not in ("pdf", "xml"):
        abort(404)
    company = current.company()
    archive = Archive(services().ledger, company, current.person().usuario)
    if kind == "xml":
        data, mimetype = archive.find(tipo, folio).xml, "application/xml"
    else:
        found = services().copies.pdf(archive.copy(tipo, folio, cedible=False))
        if found is None:
            abort(404)
        data, mimetype = found, "application/pdf"
    response = Response(data, mimetype=mimetype)
    disposition = "inline" if kind == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{company.rut}F{folio}T{tipo}.{kind}"'
    return response


# --- the parts ---


def _one(given: Sequence[Given], work: Callable[[Given], FileView]) -> ResponseReturnValue:
    """*work* done with the one file *given*: a part of a page for a script, else a page."""
    if not given:
        return _nothing()
    number = request.form.get("numero", "")
    shown = min(int(number), _HIGHEST_NUMBER) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    sheet = _sheet(work(given[0]), shown)
    if is_script():
        return render_template("validation_sheet.html", **sheet)
    return _page([sheet])


def _page(sheets: Sequence[dict[str, Any]], left_out: int = 0, *, nothing: bool = False) -> str:
    """The whole page with *sheets*.

    :param left_out: files beyond those that one form may bring.
    :param nothing: a form came without a file.
    """
    return render_template(
        "validation.html", sheets=sheets, left_out=left_out, nothing=nothing, most=MOST_FILES, example=WRONG
    )


def _nothing() -> ResponseReturnValue:
    return _page([], nothing=True), 400


def _judged(given: Given) -> FileView:
    return judging.judge(services().issuer, current.account(), given)


def _issued(given: Given) -> FileView:
    return judging.issue(services().issuer, current.account(), given)


def _sheet(view: FileView, number: int) -> dict[str, Any]:
    """What the template of one file is given."""
    company = current.company()
    key = company.ambiente, company.rut
    issue = company.ambiente == "pruebas" and may(current.person(), "validation.issue_file", key)
    return {
        "view": view, "number": number, "may_issue": issue, "printed": BRANCHES,
        "mails": report.can_be_sent(),
        "data": on_page.script_data(view) if view.editable else "", "charset": on_page.charset_in_words(view.charsets),
    }  # fmt: skip


def _given() -> list[Given]:
    """The files of the request: chosen, or as a text of the page. They can be read once."""
    chosen = [one for one in request.files.getlist("archivo") if one.filename]
    found = [Given(_name(one), one.stream.read()) for one in chosen]
    text = request.form.get("texto")
    if text is not None and (text.strip() or "nombre" in request.form):
        name = request.form.get("nombre", "")[:_LONGEST_NAME] or t("validation.pasted")
        found.append(Given(name, text.encode("utf-8", "replace")))
    return found


def _name(file: FileStorage) -> str:
    """The name of *file* without folders, which some browsers send, and not longer than a page can show."""
    return cast(str, file.filename).replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME]
