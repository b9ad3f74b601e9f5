"""The backups that there are, and the work that makes and checks them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import backups_of, installation_of, open_backup
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.store import Ledger
from dteplanows.recovery.backups import back_up
from dteplanows.recovery.verification import Verification
from dteplanows.settings import Settings
from dteplanows.validator.report import money

OWN_FOLDER = "respaldos"
"""Of the data directory, where no setting names another one."""

SHOWN = 30
"""Backups that are listed, the newest ones."""


class Kept(NamedTuple):
    """A backup in the folder."""

    name: str
    bytes: int
    momento: datetime | None
    """When it was begun; None where the file is no whole backup."""
    documentos: int
    programa: str
    con_clave: bool


def folder_of(settings: Settings) -> Path:
    """Where backups are made."""
    return Path(settings.respaldo_carpeta) if settings.respaldo_carpeta else settings.directorio / OWN_FOLDER


def kept(ledger: Ledger, settings: Settings) -> list[Kept]:
    """The backups of this installation, newest first."""
    folder = folder_of(settings)
    try:
        there = backups_of(folder, installation_of(ledger.connection))
        return [_kept(one) for one in there[::-1][:SHOWN]]
    except OSError:
        return []


def _kept(path: Path) -> Kept:
    size = path.stat().st_size
    try:
        manifest = open_backup(path).manifest
    except Refused:
        return Kept(path.name, size, None, 0, "", con_clave=False)
    return Kept(path.name, size, manifest.momento, manifest.documentos, manifest.programa, manifest.con_clave)


def make(ledger: Ledger, settings: Settings, progress: Progress) -> tuple[bool, str]:
    """Make a backup. Gives whether it is there, and what there is to say.

    :raises Refused: as :func:`~dteplanows.recovery.backups.back_up`.
    """
    folder = folder_of(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = back_up(ledger, settings, folder, progress=progress)
    return True, f"Respaldo hecho y revisado: {made.path.name}, con {_documents(made.manifest.documentos)}."


def verify(ledger: Ledger, progress: Progress) -> tuple[bool, str]:
    """Check the whole ledger. Gives whether all is well, and what was found."""
    state = Verification(ledger, progress).run()
    looked = f"Se revisaron {_documents(state.documentos)} y {money(state.archivos)} archivos recibidos."
    if not state.total:
        return True, f"{looked} Todo está como se guardó, y cada folio está explicado."
    told = " ".join(one.text() for one in state.problems[:5])
    return False, f"{looked} Hallazgos: {money(state.total)}. {told}"


def read_through(path: Path, progress: Progress) -> tuple[bool, str]:
    """Read a backup from its beginning to its end, each part against its digest.

    :raises Refused: it is none, or is damaged.
    """
    found = open_backup(path)
    for number, part in enumerate(found.manifest.partes, 1):
        found.read_through(part)
        progress("partes leídas", number, len(found.manifest.partes))
    return True, f"{path.name} se leyó entero y está como se hizo: trae {_documents(found.manifest.documentos)}."


def _documents(count: int) -> str:
    return "1 documento" if count == 1 else f"{money(count)} documentos"
