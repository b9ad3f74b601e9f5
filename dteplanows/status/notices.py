"""Whether the SII's mail is read, and whether the notices reach those who are to be told."""

from __future__ import annotations

from collections.abc import Iterator

from dteplanows.document.company import Company
from dteplanows.status.look import INSTALLATION, Look, group_of
from dteplanows.status.rows import Row, State


def mailboxes(look: Look) -> Iterator[Row]:
    """A row for each mailbox that is read now and could not be."""
    for one in look.ledger.mail.mailboxes():
        server = look.settings.correo_imap_servidor
        if one.falla and server and f"@{server}:" in one.origen:
            text = f"El buzón {one.origen} no se pudo leer el {one.momento:%d-%m-%Y a las %H:%M}: {one.falla}."
            remedy = "Revise los ajustes correo_imap_* y la clave, con «dteplanows correo leer»."
            facts = {"buzon": one.origen, "momento": one.momento.isoformat(), "falla": one.falla}
            yield Row(INSTALLATION, "Correo del SII", State.AVISO, text, remedy, facts)


def notices(look: Look, company: Company) -> Iterator[Row]:
    """A row for each way by which *company* is told: how many notices wait, and whether they get there."""
    for one in look.ledger.notices.channels():
        if (one.ambiente, one.rut_emisor) != (company.ambiente, company.rut):
            continue
        waiting, lost = (look.ledger.notices.count(one, estado) for estado in ("pendiente", "perdido"))
        facts = {"canal": one.canal, "pendientes": waiting, "perdidos": lost, "falla": one.falla}
        name = f"Avisos por {one.canal}"
        if one.falla:
            text = f"No llegan, {waiting} esperan y {lost} se dieron por perdidos: {one.falla}."
            remedy = "Vea qué falla con «dteplanows avisos probar»."
            yield Row(group_of(company), name, State.AVISO, text, remedy, facts)
        elif lost:
            text = f"{lost} se dieron por perdidos; ahora llegan."
            yield Row(group_of(company), name, State.OK, text, "", facts)
        else:
            yield Row(group_of(company), name, State.OK, f"Llegan; {waiting} esperan.", "", facts)
