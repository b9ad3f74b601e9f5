"""The last backup, as the ledger remembers it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.ledger.store import Ledger
from dteplanows.status.look import INSTALLATION, Look
from dteplanows.status.rows import Row, State

_LAST = "ultimo_respaldo"
"""The setting of the ledger in which a backup notes what became of it, as JSON."""

_OLD_DAYS, _TOO_OLD_DAYS = 2, 7

_REMEDY = "Haga un respaldo, de preferencia en otro disco, y prográmelo para cada día."


class LastBackup(NamedTuple):
    """What became of the backups of an installation."""

    momento: datetime | None
    """When the last good one was begun, local moment in Chile; None when there is none."""
    fallo: datetime | None
    """When one has failed since; None when none has."""
    motivo: str
    """Why it failed, in words for the person."""


def last_backup(ledger: Ledger) -> LastBackup:
    """What became of the backups of *ledger*. Here alone is known how that is noted."""
    try:
        noted = json.loads(ledger.setting(_LAST) or "{}")
        return LastBackup(_moment(noted, "momento"), _moment(noted, "fallo"), str(noted.get("motivo") or ""))
    except (ValueError, TypeError, AttributeError):
        return LastBackup(None, None, "")


def _moment(noted: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(noted[name]) if noted.get(name) else None


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
        state = State.GRAVE if is_real and look.ledger.newest_document() else State.AVISO
        text = f"Nunca se ha hecho un respaldo.{failed}"
        return Row(INSTALLATION, "Respaldo", state, text, _REMEDY, facts)
    days = (look.now - found.momento).days
    text = f"El último es del {found.momento:%d-%m-%Y a las %H:%M}.{failed}"
    state = State.OK if days < _OLD_DAYS and not found.fallo else State.AVISO
    if days >= _TOO_OLD_DAYS and is_real:
        state = State.GRAVE
    return Row(INSTALLATION, "Respaldo", state, text, _REMEDY if state is not State.OK else "", facts)
