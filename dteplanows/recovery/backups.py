"""Backups of an installation: its database, its settings and, only when asked for, its master key.

What became of the last one is kept in the ledger, for whoever looks whether there are any.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import Manifest, Origin, installation_of, make_backup, name_for, without_key
from dteplanows.ledger.engines.errors import of_databases
from dteplanows.ledger.progress import Progress, silent
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE, read_key_file
from dteplanows.settings import FILE, Settings
from dteplanows.signer.verification import digest_holds, parts_of

SEALED_AUTHORITY = "autoridad-de-prueba.sellada"
"""Name in a backup of the key with which the installation makes its own CAFs, sealed by the master key."""

_LAST = "ultimo_respaldo"


class LastBackup(BaseModel):
    """What became of the backups of an installation."""

    momento: datetime | None = None
    """When the last good one was begun, local moment in Chile; None when there is none."""
    archivo: str = ""
    """Its file."""
    documentos: int = 0
    bytes: int = 0
    fallo: datetime | None = None
    """When one has failed since; None when none has."""
    motivo: str = ""
    """Why, in words for the person."""


class Made(NamedTuple):
    """A backup that was made."""

    path: Path
    manifest: Manifest


def back_up(
    ledger: Ledger, settings: Settings, target: Path, *, con_clave: bool = False, progress: Progress = silent
) -> Made:
    """Back the installation up, while it works, and note in the ledger what became of it.

    :param target: the new file, which ends in ``.zip``, or a folder, in which it gets a name.
    :param con_clave: the master key goes into the backup too.
    :raises Refused: BAS-030 to BAS-033, or the settings hold the key in a way that cannot be left out (BAS-044).
    """
    moment = clock.now()
    if target.suffix != ".zip" or target.is_dir():
        target /= name_for(installation_of(ledger.connection), moment)
    try:
        manifest = make_backup(ledger.db, target, _origin(ledger, settings, con_clave), as_signed, progress)
    except Refused as refused:
        note_failure(ledger, refused.problems[0].message)
        raise
    note_backup(ledger, target, manifest)
    return Made(target, manifest)


def last_backup(ledger: Ledger) -> LastBackup:
    """What became of the backups of *ledger*."""
    known = ledger.settings.get(_LAST)
    return LastBackup.model_validate_json(known) if known else LastBackup()


def note_backup(ledger: Ledger, backup: Path, manifest: Manifest) -> None:
    """Note that *backup* is the last good one of *ledger*: it was made of it, or brought back as it."""
    size, name = backup.stat().st_size, str(backup.resolve())
    _note(ledger, LastBackup(momento=manifest.momento, archivo=name, documentos=manifest.documentos, bytes=size))


def note_failure(ledger: Ledger, why: str) -> None:
    """Note that a backup has failed."""
    _note(ledger, last_backup(ledger).model_copy(update={"fallo": clock.now(), "motivo": why}))


def _note(ledger: Ledger, last: LastBackup) -> None:
    # A ledger that cannot be written can still be backed up, and why a backup failed is more than that it is not noted.
    with suppress(*of_databases()):
        ledger.settings.save(_LAST, last.model_dump_json())


def as_signed(xml: bytes) -> bool:
    """Whether a stored document is the one whose digest was signed."""
    parts = parts_of(xml)
    return parts is not None and digest_holds(parts)


def _origin(ledger: Ledger, settings: Settings, con_clave: bool) -> Origin:
    """What is backed up beside the database.

    :raises Refused: the master key stands in the settings in a way that cannot be left out (BAS-044).
    """
    parts: dict[str, bytes] = {}
    file = settings.directorio / FILE
    if file.exists():
        text = file.read_text("utf-8")
        parts[FILE] = (text if con_clave else without_key(text)).encode()
    authority = settings.autoridad_de_prueba
    if authority.exists():
        parts[SEALED_AUTHORITY] = ledger.secrets.seal(authority.read_bytes()).encode()
    if con_clave:
        parts[KEY_FILE] = (settings.clave_maestra or read_key_file(settings.directorio)).strip().encode()
    return Origin(ledger.secrets.fingerprint, con_clave, parts)
