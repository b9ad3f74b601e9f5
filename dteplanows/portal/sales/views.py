"""The pages ``ventas`` and ``ventas/TIPO/FOLIO``, and the files that they give."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from dteplanows import printing
from dteplanows.archive.links import Copy
from dteplanows.archive.names import file_name
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import StoredDocument
from dteplanows.portal import PATH
from dteplanows.portal.current import company
from dteplanows.portal.sales import acts, book, document, file, history, query
from dteplanows.portal.sales.found import stored_at
from dteplanows.portal.services import services
from dteplanows.printers.content import able
from dteplanows.printers.shown import lines_of

sales = Blueprint("sales", __name__)


sales.add_app_template_filter(book.span_name, "span")
sales.add_app_template_filter(book.without_electronic, "short_type")


@sales.get("/<ambiente>/<rut>/ventas")
def sales_page() -> ResponseReturnValue:
    """The book of a period; of ``parte`` only that, for the page's own script."""
    ledger, asked = services().ledger, _asked()
    part = request.args.get("parte", "")
    facts = {"asked": asked, "hidden": book.hidden}
    if part == "totales":
        return render_template("sales_totals.html", **facts, totalled=book.totalled(ledger, company(), asked))
    facts["listed"] = book.listed(ledger, company(), asked)
    if part == "lista":
        return render_template("sales_list.html", **facts)
    types, users = book.kinds(ledger, company())
    adds_up = "sumar" in request.args or book.is_short(ledger, company(), asked)
    earlier, later = book.month_steps(asked)
    return render_template(
        "sales.html", **facts, types=types, users=[(one, one) for one in users],
        states=[(one, one) for one in query.ALL_STATES],
        months=book.months(clock.today(), asked.month), month_name=book.month_name, earlier_month=earlier,
        later_month=later, totalled=book.totalled(ledger, company(), asked) if adds_up else None,
    )  # fmt: skip


@sales.get("/<ambiente>/<rut>/ventas/<int:tipo>/<int:folio>")
def document_page(tipo: int, folio: int) -> ResponseReturnValue:
    """One document."""
    ledger, stored = services().ledger, stored_at(tipo, folio)
    shown = document.show(ledger, company(), stored)
    printers = ledger.printers.of(company())
    may = acts.acts_of(ledger, services().settings, company(), shown)
    return render_template(
        "sales_document.html", shown=shown, stored=stored, steps=history.steps(ledger, stored),
        trips=history.trips(ledger, stored), batch=history.batch(ledger, stored), file=file.received(ledger, stored),
        links=_links(shown), columns=document.COLUMNS, numeric=document.NUMERIC,
        acts=may, prints=lines_of(ledger, ledger.prints.of_document(stored.id)), printers=printers,
        able=able(stored.xml, printers),
        mails=ledger.document_mails.of_document(stored.id),
        note_name=DOCUMENT_NAMES.get(may.note, ""),
    )  # fmt: skip


@sales.get("/<ambiente>/<rut>/ventas/<int:tipo>/<int:folio>/<parte>")
def document_file(tipo: int, folio: int, parte: str) -> ResponseReturnValue:
    """A file of a document: ``xml``, ``pdf``, ``cedible``, ``ticket``, or ``archivo``, in which it came."""
    make = _FILES.get(parte)
    if make is None:
        abort(404)
    return make(stored_at(tipo, folio))


def _asked() -> query.Query:
    return query.read(request.args, clock.today(), book.PAGE)


def _links(shown: document.Shown) -> list[tuple[str, str]]:
    """The signed addresses of the printed copies and of the page for the receiver, which open without coming in, each
    with the key of its name."""
    if shown.content is None or shown.replaced_by:
        return []
    made, base = services().copies.links, request.url_root.rstrip("/").removesuffix(PATH)
    copies = [("document.link_pdf", Copy(shown.stored.id))]
    if shown.content.has_cedible:
        copies.append(("document.link_cedible", Copy(shown.stored.id, cedible=True)))
    found = [(name, made.path(copy, company().ambiente)) for name, copy in copies]
    found.append(("document.link_page", made.page(Copy(shown.stored.id), company().ambiente)))
    found.append(("document.link_xml", made.xml(Copy(shown.stored.id), company().ambiente)))
    return [(name, f"{base}{path}") for name, path in found]


def _xml(stored: StoredDocument) -> Response:
    return _file(stored.xml, "application/xml", file_name(stored.tipo, stored.folio, "xml"))


def _pdf(stored: StoredDocument, cedible: bool = False) -> Response:
    try:
        made = services().copies.prints.pdf(stored.xml, services().copies.facts(company(), stored), cedible)
    except printing.NotCedible:
        abort(404)
    except ValueError:
        raise Refused([problem("SRV-083", value=str(stored.id))]) from None
    return _file(made, "application/pdf", file_name(stored.tipo, stored.folio, cedible=cedible), "inline")


def _cedible(stored: StoredDocument) -> Response:
    return _pdf(stored, cedible=True)


def _ticket(stored: StoredDocument) -> Response:
    try:
        made = printing.ticket_pdf(stored.xml, services().copies.facts(company(), stored))
    except ValueError:
        abort(404)
    return _file(made, "application/pdf", f"ticket-{stored.tipo}-{stored.folio}.pdf", "inline")


def _received(stored: StoredDocument) -> Response:
    found = file.received(services().ledger, stored)
    if found is None:
        abort(404)
    # It is nothing that a browser opens, whatever is in it.
    return _file(found.content, "application/octet-stream", f"archivo-{found.sha256[:12]}.{found.ending}")


_FILES: dict[str, Callable[[StoredDocument], Response]] = {
    "xml": _xml, "pdf": _pdf, "cedible": _cedible, "ticket": _ticket, "archivo": _received,
}  # fmt: skip


def _file(data: bytes, media: str, name: str, how: str = "attachment") -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = media
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
