"""Whether the documents that a company mails get to their receivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dteplanows.document.company import Company
from dteplanows.status.look import Look, group_of
from dteplanows.status.rows import Row, State

_LATE = timedelta(hours=1)
_DAYS = 7


def mails(look: Look, company: Company) -> Iterator[Row]:
    """A row where *company* mails what it issues: how many went out in a week, wait, and did not get there."""
    way = look.ledger.document_mails.way_of(company)
    counts = look.ledger.document_mails.counts(company, look.now - timedelta(days=_DAYS))
    if not way.activo and not counts.pendientes:
        return
    facts = {**counts._asdict(), "dias": _DAYS}
    name, group = "Correo de los documentos", group_of(company)
    text = (
        f"En {_DAYS} días: {counts.enviados} enviados, {counts.no_enviados} no enviados, {counts.devueltos} devueltos; "
        f"{counts.pendientes} esperan."
    )
    if not (look.settings.correo_smtp_servidor and look.settings.correo_remitente):
        remedy = "Ponga los ajustes correo_smtp_servidor y correo_remitente."
        yield Row(group, name, State.AVISO, f"No hay servidor que envíe. {text}", remedy, facts)
        return
    oldest = look.ledger.document_mails.oldest_in_trouble(company)
    if oldest and oldest.momento < look.now - _LATE:
        why = f"{oldest.detalle.rstrip('.')}. Se intenta de nuevo, sin que nadie lo pida."
        yield Row(group, name, State.AVISO, f"{text} {why}", "Vea cuándo con «dteplanows correo enviados».", facts)
        return
    yield Row(group, name, State.OK, text, "", facts)
