"""Backups: one file each, which holds the database with its sealed secrets, the settings, and a manifest.

It is a ZIP file: one name to copy, move and delete, that any system opens; its directory comes last, so that a file cut
short is none. The manifest says what is inside, with the SHA-256 of every part and the highest folios. A backup is
written under another name and gets its own when it has been read back; whatever ends the work before leaves none.

The database is copied while others write to it, and the copy is checked: as
the engine does, every received file against its SHA-256, and every signed document against its digest.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import socket
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import BaseModel, ValidationError

import dteplanows
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.durable import sync
from dteplanows.ledger.engines.base import DATABASE, DUMP, Connection, Copy, Database
from dteplanows.ledger.engines.errors import failing, is_full, text_of
from dteplanows.ledger.progress import Progress, silent
from dteplanows.process.system_errors import in_words

_MANIFEST = "manifiesto.json"
_FORMAT = 1
_BLOCK = 1 << 20
_LEVEL = 1
"""Of the compression. What is signed hardly gets smaller by more work."""

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REASONS = {
    errno.ENOENT: "no existe esa carpeta",
    errno.ENOTDIR: "lo que debía ser la carpeta es un archivo",
}
"""What may be said of the place of a backup more closely than of any file."""

_BATCH = 50
"""Documents, or files, that are read at once."""

_FILES = "SELECT sha256, contenido FROM archivo WHERE sha256 > ? ORDER BY sha256 LIMIT ?"
_DOCUMENTS = "SELECT id, tipo, folio, xml FROM documento WHERE id > ? ORDER BY id LIMIT ?"

Judge = Callable[[bytes], bool]
"""Whether a signed document is as it was signed."""


class SeriesCount(BaseModel):
    """How many documents of one type a company has issued."""

    ambiente: str
    rut: str
    tipo: int
    documentos: int
    mayor: int
    """The highest folio among them."""


class Part(BaseModel):
    """A file inside a backup."""

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds."""

    formato: int
    programa: str
    """Version of the program that made it."""
    esquema: int
    """Number of the database's form."""
    instalacion: str
    """Tells this installation from others."""
    momento: datetime
    """Local moment in Chile at which the copy began."""
    clave: str
    """Fingerprint of the master key that opens the secrets; empty when it was not known."""
    con_clave: bool
    """The master key is inside."""
    documentos: int
    series: list[SeriesCount]
    partes: dict[str, Part]


class Origin(NamedTuple):
    """What is backed up beside the database."""

    clave: str
    """Fingerprint of the master key; empty when it is not known."""
    con_clave: bool
    """The master key is among the parts."""
    parts: Mapping[str, bytes]
    """The other files, by name."""


class _Facts(NamedTuple):
    """What the copy of the database itself tells."""

    momento: datetime
    """When it began; local, in Chile."""
    part: str
    """Name of its part of the backup."""
    schema: int
    installation: str
    series: list[SeriesCount]


# --- making ---------------------------------------------------------------------------------------------------


def name_for(installation: str, moment: datetime) -> str:
    """The file name of a backup that a program names."""
    return f"dteplanows-{installation}-{moment:%Y%m%d-%H%M%S}.zip"


def backups_of(folder: Path, installation: str) -> list[Path]:
    """The backups of an installation in *folder* that a program named, oldest first."""
    named = re.compile(rf"dteplanows-{re.escape(installation)}-\d{{8}}-\d{{6}}\.zip")
    return sorted(one for one in folder.iterdir() if named.fullmatch(one.name))


def installation_of(connection: Connection) -> str:
    """Eight digits that tell a database's installation from others; zeros for one without a master key yet."""
    row = connection.execute("SELECT valor FROM ajuste WHERE clave = 'prueba_clave_maestra'").fetchone()
    return hashlib.sha256(str(row[0]).encode()).hexdigest()[:8] if row else "0" * 8


def make_backup(
    db: Database, target: Path, origin: Origin, judge: Judge | None = None, progress: Progress = silent
) -> Manifest:
    """Back *db* up into the new file *target*, which is whole and durable on return.

    :param judge: judges every signed document; None where that takes too long.
    :raises Refused: *target* is there already (BAS-030), the disk is full (BAS-031), it cannot be written (BAS-032) or
        the copy is not sound (BAS-033).
    """
    if target.exists():
        raise Refused([problem("BAS-030", value=str(target))])
    with _written_to(target):
        _sweep(target.parent)
    # Who makes it stands in the name, so that what a killed program left is known.
    draft = target.with_name(f".{target.name}.{socket.gethostname()}.{os.getpid()}.parte")
    copied = draft.with_suffix(".base")
    moment = clock.now()
    try:
        with _written_to(target):
            with db.copied(copied, progress) as copy:
                check_copy(copy, judge, progress)
                facts = _Facts(
                    moment, db.backup_part, copy.version, installation_of(copy.connection), series_of(copy.connection)
                )
            manifest = _write(draft, copied, origin, facts, progress)
            copied.unlink()
            written = open_backup(draft)
            for number, name in enumerate(manifest.partes):
                progress("partes releídas", number, len(manifest.partes))
                written.read_through(name)
            draft.replace(target)
            sync(target.parent)
        return manifest
    finally:
        for one in (draft, copied, copied.with_name(copied.name + "-journal")):
            with suppress(OSError):
                one.unlink(missing_ok=True)


def check_copy(copy: Copy, judge: Judge | None, progress: Progress = silent) -> None:
    """See that the copy of a database is sound.

    :raises Refused: it is not (BAS-033), with the first reason.
    """
    for reason in _faults(copy, judge, progress):
        raise Refused([problem("BAS-033", reason=reason)])


def _faults(copy: Copy, judge: Judge | None, progress: Progress) -> Iterator[str]:
    yield from copy.complaints
    for sha256, contenido in _in_pages(copy.connection, _FILES, ""):
        if contenido and hashlib.sha256(contenido).hexdigest() != sha256:
            yield f"el archivo recibido {sha256} no tiene ese contenido"
    if judge is None:
        return
    total = copy.connection.execute("SELECT COUNT(*) FROM documento").fetchone()[0]
    for number, (_, tipo, folio, xml) in enumerate(_in_pages(copy.connection, _DOCUMENTS, 0)):
        if not judge(xml):
            yield f"el documento de tipo {tipo} y folio {folio} no es el que se firmó"
        if number % _BATCH == 0:
            progress("documentos revisados", number, total)


def _in_pages(connection: Connection, query: str, last: object) -> Iterator[tuple[Any, ...]]:
    """The rows of *query*, some at once, each behind the one before by its first column."""
    while rows := connection.execute(query, (last, _BATCH)).fetchall():
        yield from rows
        last = rows[-1][0]


def series_of(connection: Connection) -> list[SeriesCount]:
    """How many documents of each type each company has issued, and the highest folio."""
    rows = connection.execute(
        "SELECT ambiente, rut_emisor, tipo, COUNT(*), MAX(folio) FROM documento GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    names = ("ambiente", "rut", "tipo", "documentos", "mayor")
    return [SeriesCount(**dict(zip(names, row, strict=True))) for row in rows]


def without_key(settings: str) -> str:
    """A settings file without its master key, otherwise letter by letter.

    :raises Refused: the lines of the key cannot be told from the others (BAS-044).
    """
    try:
        there = tomllib.loads(settings)
        if "clave_maestra" not in there:
            return settings
        rest = re.sub(r"(?m)^[ \t]*[\"']?clave_maestra[\"']?[ \t]*=.*(?:\n|\Z)", "", settings)
        if tomllib.loads(rest) == {name: value for name, value in there.items() if name != "clave_maestra"}:
            return rest
    except tomllib.TOMLDecodeError:
        pass
    raise Refused([problem("BAS-044")])


def _write(draft: Path, database: Path, origin: Origin, facts: _Facts, progress: Progress) -> Manifest:
    parts: dict[str, Part] = {}
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            with database.open("rb") as source:
                parts[facts.part] = _add(archive, facts.part, source, progress, database.stat().st_size)
            for name, content in origin.parts.items():
                parts[name] = _add(archive, name, io.BytesIO(content), progress, len(content))
            manifest = Manifest(
                formato=_FORMAT,
                programa=dteplanows.__version__,
                esquema=facts.schema,
                instalacion=facts.installation,
                momento=facts.momento,
                clave=origin.clave,
                con_clave=origin.con_clave,
                documentos=sum(one.documentos for one in facts.series),
                series=facts.series,
                partes=parts,
            )
            archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes], progress: Progress, size: int) -> Part:
    digest, done = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as written:
        while block := source.read(_BLOCK):
            digest.update(block)
            written.write(block)
            done += len(block)
            progress("bytes guardados", done, size)
    return Part(bytes=done, sha256=digest.hexdigest())


def _sweep(folder: Path) -> None:
    """Delete what backups of this machine that were killed have left in *folder*."""
    drafts = re.compile(rf"\..+\.zip\.{re.escape(socket.gethostname())}\.(\d+)\.(parte|base(-journal)?)")
    for one in folder.iterdir():
        found = drafts.fullmatch(one.name)
        if found and not _runs(int(found[1])):
            one.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    if os.name != "posix" or process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def _written_to(target: Path) -> Iterator[None]:
    """:raises Refused: what is done inside cannot write (BAS-031, BAS-032)."""
    try:
        yield
    except failing() as error:
        if _is_full(error):
            free = shutil.disk_usage(target.parent).free
            libres = f"{free / 1e6:,.0f}".replace(",", ".")
            raise Refused([problem("BAS-031", value=str(target), libres=libres)]) from error
        raise Refused([problem("BAS-032", value=str(target), reason=reason_of(error))]) from error


def _is_full(error: Exception) -> bool:
    return error.errno in _NO_SPACE if isinstance(error, OSError) else is_full(error)


def reason_of(error: Exception) -> str:
    """Why a file cannot be written or read, in words for the person where they are known."""
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or in_words(error)
    return text_of(error) or str(error)


# --- reading --------------------------------------------------------------------------------------------------


class Backup:
    """A backup file, for reading."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    def read_through(self, name: str, write: Callable[[bytes], object] | None = None) -> None:
        """Read a part to its end.

        :param write: takes the part in pieces.
        :raises Refused: the part is not the one of the manifest (BAS-035).
        """
        digest, wanted = hashlib.sha256(), self.manifest.partes[name]
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as part:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    if write:
                        write(block)
        except (zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
            raise Refused([problem("BAS-035", value=str(self.path), part=name)]) from error
        if digest.hexdigest() != wanted.sha256:
            raise Refused([problem("BAS-035", value=str(self.path), part=name)])

    def read(self, name: str) -> bytes:
        """A part that fits into memory; empty when there is none of that name.

        :raises Refused: it is not the one of the manifest (BAS-035).
        """
        if name not in self.manifest.partes:
            return b""
        content = bytearray()
        self.read_through(name, content.extend)
        return bytes(content)


def open_backup(path: Path) -> Backup:
    """The backup in the file *path*; only its manifest is read.

    :raises Refused: it is no backup, or was cut short (BAS-034).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest.model_validate_json(archive.read(_MANIFEST))
    except (zipfile.BadZipFile, KeyError, EOFError, ValidationError, ValueError) as error:
        raise Refused([problem("BAS-034", value=str(path))]) from error
    if not {DATABASE, DUMP} & set(manifest.partes) or manifest.formato != _FORMAT:
        raise Refused([problem("BAS-034", value=str(path))])
    return Backup(path, manifest)
