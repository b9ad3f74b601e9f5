"""The last backup, as the ledger remembers it."""

from __future__ import annotations

from dteplanows.recovery.backups import last_backup
from dteplanows.status.look import INSTALLATION, Look
from dteplanows.status.rows import Row, State

_OLD_DAYS, _TOO_OLD_DAYS = 2, 7

_REMEDY = (
    "Haga un respaldo con «dteplanows respaldo CARPETA», de preferencia en otro disco, y prográmelo con los ajustes "
    "respaldo_carpeta y respaldo_horas."
)


def backup(look: Look) -> Row:
    """When the last backup was made."""
    found = last_backup(look.ledger)
    is_real = any(one.ambiente == "produccion" for one in look.companies)
    facts = {
        "momento": found.momento.isoformat() if found.momento else None,
        "fallo": found.fallo.isoformat() if found.fallo else None,
    }
    failed = f" El {found.fallo:%d-%m-%Y a las %H:%M} falló uno: {found.motivo}" if found.fallo else ""
    if found.momento is None:
        state = State.GRAVE if is_real and look.ledger.usage.newest_document() else State.AVISO
        text = f"Nunca se ha hecho un respaldo.{failed}"
        return Row(INSTALLATION, "Respaldo", state, text, _REMEDY, facts)
    days = (look.now - found.momento).days
    text = f"El último es del {found.momento:%d-%m-%Y a las %H:%M}.{failed}"
    state = State.OK if days < _OLD_DAYS and not found.fallo else State.AVISO
    if days >= _TOO_OLD_DAYS and is_real:
        state = State.GRAVE
    return Row(INSTALLATION, "Respaldo", state, text, _REMEDY if state is not State.OK else "", facts)
