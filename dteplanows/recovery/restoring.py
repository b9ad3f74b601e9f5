"""Bringing a backup back: nothing newer is lost unasked, and no folio is given twice.

What was issued after the backup is not in it. So every folio that may have been issued since is held back until a
person frees it: those that the replaced database has, where all of it can be read; those up to the mark, which lies
beside the database or elsewhere; else those below the folio that a person names; else all. The database is made ready
in a folder of its own and put into its place in one step; the one that was there is kept.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, cast

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.elements import BRANCHES
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import held_back, older_ledger
from dteplanows.ledger.backup import Backup, Manifest, check_copy, open_backup, reason_of, series_of
from dteplanows.ledger.engines.errors import failing
from dteplanows.ledger.engines.exchange import Aside, Exchange
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.opening import exchange_at
from dteplanows.ledger.place import Place
from dteplanows.ledger.progress import Progress, silent
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.steps import newest_step
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE, read_key_file, write_key_file
from dteplanows.ledger.watermark import Mark
from dteplanows.recovery.backups import SEALED_AUTHORITY, as_signed, note_backup
from dteplanows.recovery.replaced import Replaced, compare
from dteplanows.settings import FILE, Settings

RESTORED = "base restaurada"
"""Event of a restored ledger."""

Ask = Callable[[Ledger, bool], Mapping[Series, int]]
"""Asked with the ledger as it will be and whether it is known how far each series had come; gives the first folio of a
series from which on none was issued, as far as a person knows it."""

_JUMP = 10_000_000
"""How far ids go on where it is not known which were given since: addresses of documents and TrackIds hold for good,
and must never open another's."""

_STAGING = ".restaurando-"
"""How the name of the folder begins in which the database is made ready."""


class Options(NamedTuple):
    """What the person says who has a backup restored."""

    ask: Ask
    """Asked once, before anything is held back."""
    replace: bool = False
    """Also when the database that is there has more than the backup."""
    key: str = ""
    """The master key; without it, that of the settings, of the directory, or of the backup."""


class Missing(NamedTuple):
    """What a restored ledger knows to be missing, or may be, of one type of a company."""

    series: Series
    last: int
    """Highest folio in the backup; 0 without any."""
    issued: list[Span]
    """Folios of documents that the replaced database has and the backup has not."""
    marked: int
    """How far it had come by the mark; 0 where that is no further than the backup, or not known."""
    held: list[Span]
    """What is held back since now."""


class Restored(NamedTuple):
    """What was done."""

    manifest: Manifest
    missing: list[Missing]
    """Of the types that the backup has documents or CAFs of, or of which documents are missing."""
    known: bool
    """How far each type had come is known, from the replaced database or the mark."""
    others_held: bool
    """All folios of all other types are held back too, because it is not known what was issued."""
    replaced: Replaced
    broken_off: list[int]
    """Batches that were being issued at the backup, and are not gone on with."""
    aside: str
    """Where the database that was there is kept; empty where there was none."""
    kept_settings: bool
    """The settings file that was there has stayed, though the backup has another."""


def check(path: Path) -> Backup:
    """The backup in *path*, if this program can restore it.

    :raises Refused: it is none (BAS-034), or of a newer program (BAS-036).
    """
    found = open_backup(path)
    if found.manifest.esquema > newest_step():
        raise Refused([problem("BAS-036", value=str(path), version=found.manifest.programa)])
    return found


def restore(backup: Backup, settings: Settings, options: Options, progress: Progress = silent) -> Restored:
    """Put the database of *backup* into the directory of *settings*.

    :raises Refused: BAS-035, BAS-037 to BAS-040, BAS-045, BAS-046, BAS-048, or the copy is not sound (BAS-033). But for
        BAS-040, the directory is as it was.
    """
    directory = settings.directorio
    moment = clock.now()
    place = Place(directory, settings.base, _mark_folder(backup, settings))
    staging = directory / f"{_STAGING}{os.getpid()}"
    exchange = exchange_at(place, staging)
    if exchange.part not in backup.manifest.partes:
        raise Refused([problem("BAS-077", value=str(backup.path))])
    with _written_to(place), _alone(exchange):
        for left in directory.glob(f"{_STAGING}*"):  # by one that was killed, for there is no other now
            shutil.rmtree(left, ignore_errors=True)
        exchange.discard()
        staging.mkdir(mode=0o700)
        try:
            _extract(backup, exchange, progress)
            key = _key_for(backup, settings, exchange.place, options.key)
            with closing(Ledger(exchange.place, key, keep_before_upgrade=False)) as ledger:
                with exchange.old() as old:
                    replaced = compare(old, ledger.connection)
                if replaced.has_more and not options.replace:
                    raise Refused([problem("BAS-038", value=str(directory), missing=replaced.text())])
                known = _known(ledger, replaced)
                next_folios = options.ask(ledger, known is not None)
                _check_answers(ledger, next_folios, replaced)
                motivo = f"la base se restauró del respaldo del {backup.manifest.momento:%d-%m-%Y %H:%M}"
                with ledger.transaction():
                    missing, others = _hold(ledger, replaced, known, next_folios, motivo)
                    _go_on_behind(ledger, replaced, known)
                    broken_off = _break_off_batches(ledger, replaced)
                    # Printed since then, or not: nobody knows, and the paper says so.
                    ledger.prints.mark_open()
                    # Nor which mails went out: a person who needs one sends it again.
                    ledger.document_mails.end_open("Quizás ya salió: la base se restauró de un respaldo.")
                    ledger.events.note(NewEvent(RESTORED, f"{motivo}, {backup.manifest.documentos} documentos"))
                note_backup(ledger, backup.path, backup.manifest)
                authority = backup.read(SEALED_AUTHORITY)
                _write_new(
                    settings.autoridad_de_prueba, ledger.secrets.unseal(authority.decode()) if authority else b""
                )
            aside = exchange.put_in_place(moment)
            kept = _give_files(backup, directory, key, settings, aside)
        finally:
            exchange.discard()
            shutil.rmtree(staging, ignore_errors=True)
    _check_result(place, backup.manifest, key, aside)
    where = aside.database if aside else ""
    return Restored(backup.manifest, missing, known is not None, others, replaced, broken_off, where, kept)


@contextmanager
def _alone(exchange: Exchange) -> Iterator[None]:
    """The directory, made when it is not there, with nobody else at its ledger."""
    exchange.target.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exchange.alone():
        yield


@contextmanager
def _written_to(place: Place) -> Iterator[None]:
    """:raises Refused: what is done inside fails for the disk's or the server's sake (BAS-048)."""
    try:
        yield
    except failing() as error:
        raise Refused([problem("BAS-048", value=str(place.directory), reason=reason_of(error))]) from error


# --- the copy -------------------------------------------------------------------------------------------------


def _extract(backup: Backup, exchange: Exchange, progress: Progress) -> None:
    """:raises Refused: it is not what was saved (BAS-035), or not sound (BAS-033)."""
    target, done = exchange.staging / f"{exchange.part}.parte", 0
    total = backup.manifest.partes[exchange.part].bytes
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:

        def write(block: bytes) -> None:
            nonlocal done
            file.write(block)
            done += len(block)
            progress("bytes leídos", done, total)

        backup.read_through(exchange.part, write)
    for name in backup.manifest.partes:
        if name != exchange.part:
            backup.read_through(name)
    exchange.take_in(target)
    with exchange.copy() as copy:
        check_copy(copy, as_signed, progress)


def _key_for(backup: Backup, settings: Settings, staging: Place, key: str) -> str:
    """The master key that opens the secrets of *backup*.

    :raises Refused: there is none (BAS-046), or only others (BAS-039).
    """
    candidates = (key, settings.clave_maestra, read_key_file(settings.directorio), backup.read(KEY_FILE).decode())
    there = [one.strip() for one in candidates if one.strip()]
    for one in there:
        try:
            Ledger(staging, one, keep_before_upgrade=False).close()
        except Refused as refused:
            if [reason.code for reason in refused.problems] != ["AUT-021"]:
                raise
        else:
            return one
    huella = backup.manifest.clave or "desconocida"
    raise Refused([problem("BAS-039" if there else "BAS-046", value=str(backup.path), huella=huella)])


# --- folios ---------------------------------------------------------------------------------------------------


def _check_answers(ledger: Ledger, next_folios: Mapping[Series, int], replaced: Replaced) -> None:
    """:raises Refused: a folio that is issued is said to be free (BAS-045)."""
    highest = highest_folios(ledger)
    for series, spans in replaced.issued.items():
        highest[series] = max(highest.get(series, 0), spans[-1].hasta)
    for series, folio in next_folios.items():
        if folio <= highest.get(series, 0):
            why = f"El {highest[series]} ya se emitió."
            raise Refused([problem("BAS-045", value=f"{series.tipo}={folio}", reason=why)])


def highest_folios(ledger: Ledger) -> dict[Series, int]:
    found = series_of(ledger.connection)
    return {Series(cast(Ambiente, one.ambiente), one.rut, one.tipo): one.mayor for one in found}


def known_series(ledger: Ledger) -> list[Series]:
    """The types of each company that have documents or CAFs."""
    cafs = {caf.series for one in ledger.companies.all() for caf in ledger.cafs.of(one.ambiente, one.rut)}
    return sorted({*highest_folios(ledger), *cafs})


def _mark_folder(backup: Backup, settings: Settings) -> Path:
    """Where the mark lies: as the settings say that the directory will have, which may be those of the backup."""
    if settings.carpeta_marca is None and not (settings.directorio / FILE).exists():
        there = tomllib.loads(backup.read(FILE).decode()).get("carpeta_marca")
        if there:
            return Path(there)
    return settings.carpeta_marca or settings.directorio


def _known(ledger: Ledger, replaced: Replaced) -> dict[Series, Mark] | None:
    """How far each series had come when the ledger was lost; None when that is not known.

    A mark that has not all that the backup has is an older one, and tells nothing. The replaced database, where all of
    it can be read, tells which folios it issued, and only a mark that is further tells more.
    """
    try:
        marks = {one.series: one for one in ledger.watermark.read()}
    except OSError:
        marks = {}
    last = "SELECT MAX(id) FROM documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?"
    for series, folio in highest_folios(ledger).items():
        mark = marks.get(series)
        (document,) = ledger.connection.execute(last, series).fetchone()
        if mark is None or mark.folio < folio or 0 < mark.documento_id < document:
            marks = {}
            break
    if replaced.intact:
        return {series: one for series, one in marks.items() if one.documento_id > replaced.last_document}
    return marks or None


def _hold(
    ledger: Ledger,
    replaced: Replaced,
    known: dict[Series, Mark] | None,
    next_folios: Mapping[Series, int],
    motivo: str,
) -> tuple[list[Missing], bool]:
    """Hold back what may have been issued since the backup, inside a transaction; and whether that is all of the types
    of which nothing is known."""
    highest, shown = highest_folios(ledger), known_series(ledger)
    gone = {*replaced.issued, *replaced.closed}
    behind = {one.series for one in older_ledger.behind(ledger)}
    everything = {Series(one.ambiente, one.rut, tipo) for one in ledger.companies.all() for tipo in BRANCHES}
    missing = []
    for series in sorted({*everything, *shown, *gone, *next_folios, *(known or ())}):
        wanted = [*replaced.issued.get(series, ()), *replaced.closed.get(series, ())]
        last = next_folios.get(series, 1) - 1
        if known is None and series not in next_folios:
            last = MAXIMUM_FOLIO
        elif known and series in known and series in behind:
            last = max(last, known[series].folio)
        if last:
            wanted.insert(0, Span(1, last))  # first, so that it is one span
        for span in wanted:
            held_back.hold(ledger, series, span, motivo)
        if series in shown or series in gone or series in next_folios or series in behind:
            held = [one.span for one in ledger.held.holds(series) if any(one.span.crosses(span) for span in wanted)]
            marked = known[series].folio if known and series in known and series in behind else 0
            missing.append(Missing(series, highest.get(series, 0), replaced.issued.get(series, []), marked, held))
    others = known is None and bool(everything - {*shown, *next_folios})
    return missing, others


def _break_off_batches(ledger: Ledger, replaced: Replaced) -> list[int]:
    """End the batches that may have gone on since the backup: issued once more, their documents would be doubled."""
    ended = []
    for one in ledger.batches.open():
        if not (replaced.intact and one.id in replaced.same_batches):
            ledger.batches.break_off(one, problem("BAS-047", value=str(one.hechos + 1)))
            ended.append(one.id)
    return ended


def _go_on_behind(ledger: Ledger, replaced: Replaced, known: dict[Series, Mark] | None) -> None:
    """Let the ids of documents and batches go on behind those that were given."""
    (document,) = ledger.connection.execute("SELECT COALESCE(MAX(id), 0) FROM documento").fetchone()
    batch = ledger.db.last_batch()
    marked = max((one.documento_id for one in (known or {}).values()), default=0)
    jump = _JUMP if known is None else 0
    ledger.documents.number_from(max(document, replaced.last_document, marked) + jump + 1)
    jump = 0 if replaced.intact and not known else _JUMP
    ledger.db.number_batches_from(max(batch, replaced.last_batch) + jump + 1)


# --- the directory --------------------------------------------------------------------------------------------


def _give_files(backup: Backup, directory: Path, key: str, settings: Settings, aside: Aside | None) -> bool:
    """Give the directory the key and the settings that it has not; whether it has other settings than the backup."""
    present = read_key_file(directory)
    if key != settings.clave_maestra.strip() and key != present:
        if present and aside:
            aside.folder.mkdir(mode=0o700, exist_ok=True)
            (directory / KEY_FILE).replace(aside.folder / KEY_FILE)
        write_key_file(directory, key.encode())
    wanted, file = backup.read(FILE), directory / FILE
    if not file.exists():
        _write_new(file, wanted)
        return False
    return bool(wanted) and file.read_bytes() != wanted


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner only; an empty one not at all."""
    if not content or path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check_result(place: Place, manifest: Manifest, key: str, aside: Aside | None) -> None:
    """:raises Refused: what is in place is not the backup (BAS-040)."""
    with closing(Ledger(place, key)) as ledger:
        found = series_of(ledger.connection)
        if found == manifest.series:
            # Where it cannot be written, the service says so, and that it is not as far as the ledger.
            with suppress(OSError):
                older_ledger.catch_up(ledger)
    if found != manifest.series:
        where = aside.database if aside else "(no había nada)"
        reason = "sus documentos no son los que el respaldo anota"
        raise Refused([problem("BAS-040", value=str(place.directory), reason=reason, aparte=where)])
