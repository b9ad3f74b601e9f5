"""The pages of the audit, of a company and of the whole installation, and their file."""

from __future__ import annotations

import io
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.accounts.audit import FIELDS, Change, changes_of, event_row, kind_of
from dteplanows.archive.rows import write_csv
from dteplanows.ledger.events import WantedEvents
from dteplanows.ledger.rows import StoredEvent
from dteplanows.portal import current
from dteplanows.portal.audit.query import asked
from dteplanows.portal.services import services
from dteplanows.portal.texts import t

SHOWN = 50
"""Events of a page."""

MOST = 50_000
"""Events of a file, the newest ones."""

audit = Blueprint("audit", __name__)
installation_audit = Blueprint("installation_audit", __name__)


class Row(NamedTuple):
    """An event on the page."""

    event: StoredEvent
    kind: str
    changes: list[Change]


@audit.get("/<ambiente>/<rut>/auditoria")
def audit_page() -> ResponseReturnValue:
    """What happened to the company of the address."""
    return _page(*current.company_key())


@audit.get("/<ambiente>/<rut>/auditoria/archivo")
def export_file() -> ResponseReturnValue:
    """The same as CSV."""
    return _file(*current.company_key())


@installation_audit.get("/auditoria", endpoint="audit_page")
def installation_page() -> ResponseReturnValue:
    """What happened to all companies and to the installation itself."""
    return _page()


@installation_audit.get("/auditoria/archivo", endpoint="export_file")
def installation_file() -> ResponseReturnValue:
    """The same as CSV."""
    return _file()


def _page(ambiente: str = "", rut: str = "") -> str:
    events, query = services().ledger.events, asked(request.args)
    wanted = query.wanted(ambiente, rut)
    found = events.page(wanted, SHOWN + 1, query.before, query.after)
    is_more = len(found) > SHOWN
    shown = (found[-SHOWN:] if query.after else found[:SHOWN]) if is_more else found
    newer = older = ""
    endpoint = request.endpoint or ""
    if shown and (query.before or (query.after and is_more)):
        newer = url_for(endpoint, **query.filters, despues=str(shown[0].id))
    if shown and (query.after or is_more):
        older = url_for(endpoint, **query.filters, antes=str(shown[-1].id))
    kinds = events.types(WantedEvents(rut=rut, ambiente=ambiente))
    return render_template(
        "audit.html",
        asked=query,
        rows=[Row(one, kind_of(one.tipo), changes_of(one)) for one in shown],
        newer=newer,
        older=older,
        types=[("", t("audit.all_types")), *((one, kind_of(one)) for one in kinds)],
        file=url_for(".export_file", **query.filters),
        names={(one.ambiente, one.rut): one.razon_social for one in current.person().companies},
    )


def _file(ambiente: str = "", rut: str = "") -> Response:
    wanted = asked(request.args).wanted(ambiente, rut)
    out = io.StringIO()
    write_csv(out, FIELDS, map(event_row, services().ledger.events.page(wanted, MOST)))
    name = f"auditoria-{rut or 'instalacion'}.csv"
    return Response(
        out.getvalue().encode("utf-8", "replace"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
